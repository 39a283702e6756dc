"""Administrative divisions of mainland China by their 12-digit statistical code, and what they were called before.

Data: doorplate/areas/data/divisions.zip, one compressed member a province, made by tools/build_divisions.py; a first
look-up in a province unpacks its member (some 20 ms), further ones take microseconds.
"""

from __future__ import annotations

import lzma
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import resources

from doorplate.errors import InputError
from doorplate.model import Division

_PIECE = re.compile(r"([0-9]{3})?(.+)")


def lookup(code: str) -> Division:
    """The division with this code, at any level (higher levels are zero-filled: 610431000000 is the county).

    Raises InputError division.bad_code (not 12 digits), division.unknown.
    """
    if not re.fullmatch(r"[0-9]{12}", code):
        raise InputError("division.bad_code", f"区划代码“{code}”不对, 要写 12 位数字, 例如 610431001203", division=code)
    names = _names(code)
    if names is None:
        now = recoded(code)
        hint = f", 所在区县的代码已改为 {now[:6]}" if now else ", 请核对统计用区划代码"
        raise InputError("division.unknown", f"没有代码为 {code} 的村、社区或上级区划{hint}", division=code)
    return Division(code, names)


def township_of(code: str) -> Division:
    """The township (乡镇/街道) a community lies in. Raises as `lookup`."""
    return lookup(code[:9] + "000")


def siblings(code: str) -> tuple[Division, ...]:
    """All other communities of the same county, those of the same township first, each group in code order.
    Raises as `lookup`."""
    above = lookup(code[:6] + "000000").names
    others = [Division(c, (*above, township, name)) for c, township, name in _communities(code[:6]) if c != code]
    return tuple(sorted(others, key=lambda d: (d.code[:9] != code[:9], d.code)))


def former_names(code: str) -> tuple[str, ...]:
    """Earlier names of the county or city this code lies in, the latest first, without today's: 151000 → 呼伦贝尔盟 …
    Known for 1980–2024 (quhua). Empty when there are none or the code is unknown."""
    place = _place_code(code)
    today = _county_name(place) if place[4:] != "00" else _places().get(place[:4])
    return tuple(_names_before(place, today)) if today else ()


def recoded(code: str) -> str | None:
    """Today's 12-digit code of the county or city that once had this code's first six digits; None when the code is still
    in use, or when nothing is known. Only the county is known: the last six digits are zeros."""
    place = _place_code(code)
    seen = {place}
    current, year = place, 0
    while not _in_use(current):
        later = [(y, new) for y, old, _, new, _ in _changes() if old == current and y >= year and new not in seen]
        if not later:
            return None
        year, current = min(later)
        seen.add(current)
    return None if current == place else current + "000000"


def _place_code(code: str) -> str:
    return code[:6].ljust(6, "0")


def _names_before(place: str, name: str) -> Iterator[str]:
    told, seen, reached = {name}, {(place, name)}, [(place, name, 9999)]
    while reached:
        at, called, until = reached.pop(0)
        for year, old, old_name, new, new_name in reversed(_changes()):
            if (new, new_name) == (at, called) and year <= until and (old, old_name) not in seen:
                seen.add((old, old_name))
                reached.append((old, old_name, year))
                if old_name not in told:
                    told.add(old_name)
                    yield old_name


def _in_use(place: str) -> bool:
    return place[:4] in _places() if place[4:] == "00" else _county_name(place) is not None


def _names(code: str) -> tuple[str, ...] | None:
    """Names from the province down to the level of the code; None when there is no such division."""
    places = _places()
    levels: list[str | None] = [places.get(code[:2])]
    if code[2:] != "0" * 10:
        levels.append(places.get(code[:4]))
    if code[4:] != "0" * 8:
        levels.append(_county_name(code[:6]))
    if code[6:] != "0" * 6:
        levels += _below(code)
    if not all(levels):
        return None
    names = [name for name in levels if name]
    # Cities without counties (东莞市) stand twice in the data: as city and as county.
    return tuple(n for i, n in enumerate(names) if i != 2 or n != names[1])


def _below(code: str) -> list[str | None]:
    """Township and, where the code goes so far, community."""
    township = next((t for c, t, _ in _townships(code[:6]) if c == code[:9]), None)
    if code[9:] == "000":
        return [township]
    return [township, next((name for c, _, name in _communities(code[:6]) if c == code), None)]


def _member(name: str) -> str:
    with resources.files("doorplate.areas").joinpath("data/divisions.zip").open("rb") as file, zipfile.ZipFile(file) as archive:
        try:
            return lzma.decompress(archive.read(name)).decode()
        except KeyError:
            return ""


@cache
def _places() -> dict[str, str]:
    """Provinces (2 digits) and cities (4 digits) → name."""
    return dict(re.findall(r"^([0-9]{4}|[0-9]{2})(\D.*)$", _member("places.xz"), re.MULTILINE))


@cache
def _province(province: str) -> str:
    return _member(f"{province}.xz")


@cache
def _changes() -> tuple[tuple[int, str, str, str, str], ...]:
    """(year, old code, old name, new code, new name), by year."""
    rows = (line.split("\t") for line in _member("changes.xz").splitlines())
    return tuple((int(year), old, old_name, new, new_name) for year, old, old_name, new, new_name in rows)


def _county_name(county: str) -> str | None:
    match = re.search(rf"^={county}(.+)$", _province(county[:2]), re.MULTILINE)
    return match[1] if match else None


@cache
def _townships(county: str) -> tuple[tuple[str, str, str], ...]:
    """(9-digit code, name, its communities still packed) of a county."""
    text = _province(county[:2])
    start = text.find(f"={county}")
    if start < 0:
        return ()
    end = text.find("\n=", start)
    lines = text[start : end if end > 0 else len(text)].splitlines()[1:]
    split = (line.partition("|") for line in lines)
    return tuple((county + head[1:4], head[4:], tail) for head, _, tail in split)


@cache
def _communities(county: str) -> tuple[tuple[str, str, str], ...]:
    """(12-digit code, township name, community name) of a county, in code order."""
    found = []
    for township, name, packed in _townships(county):
        tail = -1
        for piece in filter(None, packed.split("|")):
            match = _PIECE.fullmatch(piece)
            if match:
                tail = int(match[1]) if match[1] else tail + 1
                found.append((f"{township}{tail:03d}", name, match[2]))
    return tuple(found)
