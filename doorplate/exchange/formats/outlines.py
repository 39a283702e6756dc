"""Outlines picked on a map and pasted as text: a title line, then lon,lat;lon,lat;…"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PAIR = re.compile(r"(-?[0-9]{1,3}\.[0-9]+)\s*[,，]\s*(-?[0-9]{1,3}\.[0-9]+)")
_RUN = re.compile(rf"(?:{_PAIR.pattern}[\s;；|\]\[]*){{4,}}")


@dataclass(frozen=True, slots=True)
class Outline:
    """title: the text before the coordinates; points: (lon, lat) as written."""

    line: int
    title: str
    points: tuple[tuple[float, float], ...]


def is_outline(lines: Iterable[str]) -> bool:
    """Does the text hold a run of four or more coordinate pairs, on one line or one below the other?"""
    return bool(_RUN.search("\n".join(line.strip() for line in lines)))


def read_outlines(lines: Iterable[str]) -> list[Outline]:
    """One outline for each title line; pairs that follow a title belong to it."""
    found: list[Outline] = []
    title, start = "", 1
    points: list[tuple[float, float]] = []
    for number, line in enumerate(lines, 1):
        pairs = _PAIR.findall(line)
        words = _PAIR.sub("", line).strip(" \t\r\n;；,，:：|[]{}\ufeff")
        if words:
            if points:
                found.append(Outline(start, title, tuple(points)))
            title, start, points = words, number, []
        points += [(float(lon), float(lat)) for lon, lat in pairs]
    return [*found, Outline(start, title, tuple(points))] if points else found
