"""Where every character of a plate goes: sizes shrink, names wrap and everything is centred by its ink, by the design's rules.

Positions are millimetres on the face, y downwards to the baseline. A text that does not fit gives no runs: preflight says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from doorplate.model import BatchPlate
from doorplate.plates.code import grouped
from print_jobs.fonts import MAIN, Face, FontSet
from print_jobs.plate_design import Cmyk, NameZone, NumberZone, PlateDesign, SmallText

# The box of a full-height hanzi in Noto Sans CJK, em; used instead of each name's own ink, so that a street's plates align.
_HANZI_TOP, _HANZI_BOTTOM = 0.85, -0.09
_GROUP_GAP_EM = 0.45
_BREAKS_AFTER = tuple("省市县区镇乡街道路巷弄里村庄组坊园苑院")
_NUMBER_PARTS = re.compile(r"^(\D*)(\d+)(.*)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A glyph of shaped text: its number in the font, where its origin stands after the run's own, mm, y upwards."""

    number: int
    x_mm: float
    y_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one size: x_mm and baseline_mm of its first character's origin, em_mm body size, tracking_mm added after
    every character. face: key of its font in the FontSet. glyphs: where the script needs shaping, what HarfBuzz made of the text,
    left to right; empty when every character is its own glyph."""

    text: str
    x_mm: float
    baseline_mm: float
    em_mm: float
    color: Cmyk
    tracking_mm: float = 0.0
    face: str = MAIN
    glyphs: tuple[PlacedGlyph, ...] = ()


@dataclass(frozen=True, slots=True)
class PlateText:
    """The typeset texts of one plate; an empty tuple where a text does not fit its zone."""

    name: tuple[Run, ...]
    number: tuple[Run, ...]
    code: tuple[Run, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        return self.name + self.number + self.code


def set_plate(plate: BatchPlate, design: PlateDesign, fonts: FontSet) -> PlateText:
    """The variable texts of a plate, typeset."""
    face = fonts.main
    return PlateText(set_name(plate.street, design.name_zone, face), set_number(plate.number, design.number_zone, face),
                     set_small(grouped(plate.code), design.code, face))


@lru_cache(maxsize=4096)
def set_name(name: str, zone: NameZone, face: Face) -> tuple[Run, ...]:
    """One line while the type stays at or above one_line_mm, else two."""
    longest = 2 * zone.width_mm / zone.least_mm + 2  # em: two full lines of the least type, and their side bearings
    if not name or face.advance(name) > longest:
        return ()
    em = _largest((name,), zone, face)
    if em >= zone.one_line_mm or (len(name) == 1 and em >= zone.least_mm):
        return _lines((name,), em, zone, face)
    lines, em = _broken(name, zone, face)
    return _lines(lines, em, zone, face) if em >= zone.least_mm else ()


@lru_cache(maxsize=4096)
def set_number(number: str, zone: NumberZone, face: Face) -> tuple[Run, ...]:
    """The first digits large, what stands around them small on the same foot. A number without digits is set large as a whole."""
    if not number:
        return ()
    found = _NUMBER_PARTS.match(number)
    before, digits, after = found.groups() if found else ("", number, "")
    parts = [(before, zone.small_scale), (digits, 1.0), (after, zone.small_scale)]
    parts = [(text, scale) for text, scale in parts if text]
    inks = [face.ink(text) for text, _ in parts]
    width = sum((ink.right - ink.left) * scale for ink, (_, scale) in zip(inks, parts, strict=True))
    width += zone.gap_em * (len(parts) - 1)
    main = face.ink(digits)
    em = min(zone.size_mm, zone.width_mm / max(width, 1e-6), zone.height_mm / max(main.top - main.bottom, 1e-6))
    if em < zone.least_mm:
        return ()
    baseline = zone.y_mm + (zone.height_mm + (main.top + main.bottom) * em) / 2
    x, runs = zone.x_mm + (zone.width_mm - width * em) / 2, []
    for (text, scale), ink in zip(parts, inks, strict=True):
        size = em * scale
        rise = 0.0 if text == digits else ink.bottom * size  # hanzi reach below the baseline: lift them onto the digits' foot
        runs.append(Run(text, x - ink.left * size, baseline + rise, size, zone.color))
        x += (ink.right - ink.left) * size + zone.gap_em * em
    return tuple(runs)


def set_small(text: str, zone: SmallText, face: Face) -> tuple[Run, ...]:
    """One centred line of digits and letters; the groups of a code stand clearly apart."""
    words = text.split()
    if not words:
        return ()
    inks = [face.ink(word) for word in words]
    width = sum(ink.right - ink.left for ink in inks) + _GROUP_GAP_EM * (len(words) - 1)
    em = min(zone.size_mm, zone.width_mm / max(width, 1e-6))
    if em < zone.least_mm:
        return ()
    baseline = zone.y_mm + (zone.height_mm + face.ink("0").top * em) / 2
    x, runs = zone.x_mm + (zone.width_mm - width * em) / 2, []
    for word, ink in zip(words, inks, strict=True):
        runs.append(Run(word, x - ink.left * em, baseline, em, zone.color))
        x += (ink.right - ink.left + _GROUP_GAP_EM) * em
    return tuple(runs)


def _largest(lines: tuple[str, ...], zone: NameZone, face: Face) -> float:
    """The largest type, not above the design's, in which these lines fit the zone."""
    inks = [face.ink(line) for line in lines]
    width = max(ink.right - ink.left for ink in inks)
    height = (_HANZI_TOP - _HANZI_BOTTOM) + (len(lines) - 1) * zone.leading
    wanted = zone.size_mm if len(lines) == 1 else zone.one_line_mm
    return min(wanted, zone.width_mm / max(width, 1e-6), zone.height_mm / height)


def _lines(lines: tuple[str, ...], em: float, zone: NameZone, face: Face) -> tuple[Run, ...]:
    """Lines of one size, spread if short, centred by ink across and by the hanzi box up and down."""
    block = (len(lines) - 1) * zone.leading * em
    baseline = zone.y_mm + zone.height_mm / 2 + ((_HANZI_TOP + _HANZI_BOTTOM) * em - block) / 2
    runs = []
    for i, line in enumerate(lines):
        ink = face.ink(line)
        natural = (ink.right - ink.left) * em
        gaps = len(line) - 1 if len(lines) == 1 else 0
        missing = max(zone.fill * zone.width_mm - natural, 0)
        tracking = min(missing / gaps, zone.spread_em * em) if gaps else 0.0
        x = zone.x_mm + (zone.width_mm - natural - tracking * gaps) / 2 - ink.left * em
        runs.append(Run(line, x, baseline + i * zone.leading * em, em, zone.color, tracking))
    return tuple(runs)


def _broken(name: str, zone: NameZone, face: Face) -> tuple[tuple[str, str], float]:
    """Two lines and their type: the break that leaves it largest, or one after 路, 村, 巷 … that costs at most a quarter (D)."""
    pairs = [(name[:at].strip(), name[at:].strip()) for at in range(1, len(name))]
    sizes = {lines: _largest(lines, zone, face) for lines in pairs}
    best = max(pairs, key=lambda lines: (round(sizes[lines], 3), -abs(len(lines[0]) - len(lines[1]))))
    natural = [lines for lines in pairs if lines[0].endswith(_BREAKS_AFTER) and sizes[lines] >= 0.75 * sizes[best]]
    chosen = max(natural, key=lambda lines: sizes[lines], default=best)
    return chosen, sizes[chosen]
