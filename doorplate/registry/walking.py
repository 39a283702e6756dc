"""The order in which one walks a community: grid by grid, street by street, up the odd side and back down the even one."""

from __future__ import annotations

from doorplate.addresses.numerals import number_value
from doorplate.model import Address

WalkingKey = tuple[str, str, int, str, int, int, int, str]


def walking_key(address: Address, grid: str) -> WalkingKey:
    """Sorts addresses into walking order (D): grid code, street, its lanes after the street itself in their own order,
    odd numbers upwards, even numbers downwards, suffixes behind their number (before it on the way back)."""
    elements = address.elements
    number = int(elements.number) if elements.number.isdigit() else 0
    suffix = int(elements.suffix) if elements.suffix.isdigit() else 0
    direction = -1 if number % 2 == 0 else 1
    street = elements.street or elements.hamlet or elements.compound
    lane = number_value(elements.lane)
    return (grid, street, lane, elements.lane, -direction, direction * number, direction * suffix, address.standard_address)
