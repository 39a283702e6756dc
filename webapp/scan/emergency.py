"""Help by text message, for who cannot speak or must not be heard."""

from __future__ import annotations

from urllib.parse import quote


def police_sms(number: str, address: str) -> str:
    """A link that opens a message to the police with the address in it; "" without a number.

    RFC 5724 writes `?body=`, Apple's Messages understands `&body=`: `?&body=` is read by both. The number is a setting: 12110
    goes on with the last three digits of the area code (12110029) where the police of a city ask for it.
    """
    return f"sms:{number}?&body={quote(f'我在{address}，需要帮助：', safe='')}" if number else ""
