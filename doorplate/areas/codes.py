"""Area codes: the community's 12 digits, the letter of the kind, a number ("610431001203-G01")."""

from __future__ import annotations

from collections.abc import Iterable

from doorplate.model import Area, AreaKind

LETTERS: dict[AreaKind, str] = {"grid": "G", "beat": "B", "group": "L", "zone": "Z", "community": ""}
WORDS: dict[AreaKind, str] = {"grid": "网格", "beat": "警格", "group": "联户", "zone": "安装片区", "community": "社区"}
_WIDTHS: dict[AreaKind, int] = {"group": 3, "zone": 3}  # a community has more than 99 of these; codes must sort as they count


def area_code(kind: AreaKind, community: str, number: int) -> str:
    """The code of the area with this number: G01, G02 … and Z001, L001 … behind the community's code."""
    return f"{community}-{LETTERS[kind]}{number:0{_WIDTHS.get(kind, 2)}d}"


def code_number(code: str) -> int:
    """The number in an area's code (610431001203-G07 → 7), 0 where it has none."""
    letter, digits = (tail := code.rpartition("-")[2])[:1], tail[1:]
    return int(digits) if letter in LETTERS.values() and digits.isascii() and digits.isdigit() else 0


def next_number(areas: Iterable[Area], kind: AreaKind) -> int:
    """One more than the highest number areas of this kind ever had: a code that was given is not given to another by chance."""
    return max((code_number(a.code) for a in areas if a.kind == kind), default=0) + 1
