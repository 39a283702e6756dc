"""Elements → text: the standard address, and the key under which two writings of one address meet."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter

from doorplate.addresses.numerals import to_number
from doorplate.addresses.text import clean, simplified
from doorplate.model import Division, Elements

_every_field = attrgetter(*Elements.__dataclass_fields__)


def standard_address(division: Division, elements: Elements) -> str:
    """Prefix, group, street, lane, 53号附1号, compound, 3号楼2单元5层501室: the order of GA/T 2000.32-2014."""
    return division.prefix + local_address(elements)


def local_address(elements: Elements) -> str:
    """The standard address below its community."""
    e = elements
    inside = "".join(value + word for value, word in (
        (e.building, "号楼" if e.building.isdigit() else "栋"), (e.unit, "单元"), (e.floor, "层"), (e.room, "室")) if value)
    return e.hamlet + e.street + e.lane + e.painted_number + e.compound + inside


def key(elements: Elements) -> str:
    """The normal form for matching: simplified, half-width, lanes and groups by number; fields parted by "/".

    Equal keys = the same door as far as the text can tell. The community is not part of it.
    """
    return "/".join([_fold(value) if value else "" for value in _every_field(elements)])


def address_key(community: str, elements: Elements) -> str:
    """The key of an address in the registry: its community's code and its normal form."""
    return f"{community}:{key(elements)}"


def thoroughfare_key(elements: Elements) -> str:
    """The part of the key that names what the number counts along: group, street, lane, compound."""
    return "/".join(_fold(v) for v in (elements.hamlet, elements.street, elements.lane, elements.compound))


def _fold(value: str) -> str:
    if not value or (value.isdigit() and value.isascii()):
        return value.lstrip("0") or value
    return _fold_name(value)


@lru_cache(maxsize=65536)
def _fold_name(value: str) -> str:
    folded = simplified(clean(value)).upper()
    number = to_number(folded)
    return str(number) if number is not None else folded
