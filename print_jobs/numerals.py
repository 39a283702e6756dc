"""The painted number: its digits as large as the zone allows, what stands around them small."""

from __future__ import annotations

import re

from print_jobs.face import Ink
from print_jobs.fonts import Letters
from print_jobs.lines import HANZI_BOTTOM, HANZI_TOP, Style, runs_at
from print_jobs.runs import Run
from print_jobs.zones import NumberZone

_PARTS = re.compile(r"^([^\dA-Z]*)([A-Z]{0,2}\d+|[A-Z]{1,2}(?![A-Za-z]))(.*)$", re.ASCII | re.DOTALL)
_MOST = 60  # characters; no zone holds more at any legible size


def parts_of_number(number: str) -> tuple[str, str, str]:
    """What stands before the first digits (or block letter: A座, B12号楼), these, and what stands after. A number without any is
    all digits."""
    found = _PARTS.match(number)
    before, digits, after = found.groups() if found else ("", number, "")
    return before, digits, after


def set_number(number: str, zone: NumberZone, letters: Letters) -> tuple[Run, ...]:
    """The digits large, what stands around them small on the same foot, or in a line below where the zone is stacked."""
    if not number.strip() or len(number) > _MOST:
        return ()
    before, digits, after = parts_of_number(number)
    return _stacked(before + digits, after, zone, letters) if zone.stacked else _beside((before, digits, after), zone, letters)


def _beside(parts: tuple[str, str, str], zone: NumberZone, letters: Letters) -> tuple[Run, ...]:
    digits = letters.ink(parts[1])
    around = [letters.ink(text) for text in (parts[0], parts[2]) if text]
    rest = sum(_width(ink) for ink in around) * zone.small_scale + zone.gap_em * len(around)
    em, stretch = _fitted(digits, rest, zone, zone.height_mm)
    if em < zone.least_mm:
        return ()
    baseline = zone.y_mm + (zone.height_mm + (digits.top + digits.bottom) * em) / 2
    x = zone.x_mm + (zone.width_mm - (_width(digits) * stretch + rest) * em) / 2
    runs = list[Run]()
    for i, text in enumerate(parts):
        if not text:
            continue
        ink, size, wide = letters.ink(text), em, stretch
        rise = 0.0
        if i != 1:
            size, wide = em * zone.small_scale, 1.0
            rise = ink.bottom * size  # hanzi reach below the baseline: lift them onto the digits' foot
        runs += runs_at(text, x - ink.left * size * wide, baseline + rise, Style(size, zone.color, 0.0, wide), letters)
        x += _width(ink) * size * wide + zone.gap_em * em
    return tuple(runs)


def _stacked(digits: str, words: str, zone: NumberZone, letters: Letters) -> tuple[Run, ...]:
    """The words' size and place depend on the zone alone, so that 3号楼 and 12号楼 of one compound align."""
    tall = letters.ink("0").top
    ink, below = letters.ink(digits), letters.ink(words)
    words_height = (HANZI_TOP - HANZI_BOTTOM) * zone.small_scale
    full = min(zone.size_mm, zone.height_mm / (tall + zone.gap_em + words_height)) if words else zone.size_mm
    room = zone.height_mm - (zone.gap_em + words_height) * full if words else zone.height_mm
    em, stretch = _fitted(ink, 0.0, zone, room)
    em = min(em, full)
    small = min(zone.small_scale * full, zone.width_mm / max(_width(below), 1e-6))
    if em < zone.least_mm or (words and small < zone.least_mm * zone.small_scale):
        return ()
    used = (tall + zone.gap_em + words_height) * full if words else tall * full
    top = zone.y_mm + (zone.height_mm - used) / 2
    baseline = top + (tall * full + (ink.top + ink.bottom) * em) / 2
    runs = runs_at(digits, _centred(ink, em * stretch, zone), baseline, Style(em, zone.color, 0.0, stretch), letters)
    foot = zone.y_mm + (zone.height_mm + used) / 2 + HANZI_BOTTOM * zone.small_scale * full
    runs += runs_at(words, _centred(below, small, zone), foot, Style(small, zone.color), letters)
    return tuple(runs)


def _fitted(digits: Ink, rest_em: float, zone: NumberZone, height_mm: float) -> tuple[float, float]:
    """Type size and horizontal scale of the digits: narrowed first, then smaller."""
    em = min(zone.size_mm, height_mm / max(digits.top - digits.bottom, 1e-6))
    width = max(_width(digits), 1e-6)
    stretch = min(max((zone.width_mm / em - rest_em) / width, zone.least_stretch), 1.0)
    return min(em, zone.width_mm / (width * stretch + rest_em)), stretch


def _centred(ink: Ink, em_mm: float, zone: NumberZone) -> float:
    return zone.x_mm + (zone.width_mm - (ink.left + ink.right) * em_mm) / 2


def _width(ink: Ink) -> float:
    return ink.right - ink.left
