"""Names sealed for the database, found again by a keyed index, shown masked (standards.md, privacy: AES-256-GCM, keys outside
the database, keyed index for search, masking 张*, 138****5678)."""

from __future__ import annotations

import hashlib
import hmac
import random
import re
import unicodedata

from doorplate.errors import Refused
from doorplate.sealing import BrokenSeal, Seal, derived_key

_PURPOSE = "households"
_BETWEEN = re.compile(r"[\s·•・‧･．.]+")  # spaces inside a name, and the dots of 买买提·艾力 in all their forms
_VARIANT_MARKS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # variation selectors: the same character, another glyph


class Sealer:
    """Seals, opens and indexes names with the registry's secret key. Raises InputError(settings.secret_key) for a weak one."""

    def __init__(self, secret: str) -> None:
        self._seal = Seal(secret, _PURPOSE)
        self._index_key = derived_key(secret, _PURPOSE, b"index")

    def seal(self, name: str, rng: random.Random) -> bytes:
        """The name, encrypted; twice the same name gives different bytes. rng should be `random.SystemRandom()`."""
        return self._seal.seal(_bytes(name), rng)

    def open(self, sealed: bytes) -> str:
        """The name again. Raises Refused(household.seal_broken) when the bytes or the key are not the ones it was sealed with."""
        try:
            return self._seal.open(sealed).decode(errors="surrogatepass")
        except BrokenSeal as exc:
            raise Refused("household.seal_broken", "户主姓名打不开: 密钥不是封存时的那一把, 或数据被改动过") from exc

    def index(self, name: str, community: str) -> str:
        """64 hex digits by which the same name in the same community is found, and nothing else is learned.
        The community is part of it: equal names in two villages must not show as equal."""
        return hmac.new(self._index_key, _bytes(f"{community}\n{normal_name(name)}"), hashlib.sha256).hexdigest()


def normal_name(name: str) -> str:
    """张 三, 张三 and 张三 with a variation selector are one name: NFKC, no spaces, dots or variation marks, upper case."""
    return _BETWEEN.sub("", _VARIANT_MARKS.sub("", unicodedata.normalize("NFKC", name))).upper()


def mask_name(name: str) -> str:
    """张三 → 张*; the length is not told. Empty stays empty."""
    name = name.strip()
    return f"{name[0]}*" if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; shorter numbers keep their last two digits only. What is no number is hidden whole."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone)).removeprefix("0086")
    digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if len(digits) >= 5 else "****" if phone.strip() else ""


def _bytes(text: str) -> bytes:
    """A half-decoded character in somebody's list must not stop its import."""
    return text.encode(errors="surrogatepass")
