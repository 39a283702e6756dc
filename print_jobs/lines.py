"""Lines of hanzi, pinyin and small type: type shrinks, names wrap, everything is centred by its ink, by the design's rules.

A text that does not fit gives no runs: preflight says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from print_jobs.data_files import Cmyk
from print_jobs.fonts import Letters
from print_jobs.runs import Run
from print_jobs.zones import Box, NameZone, PinyinZone, PostcodeZone, SmallText

# The box of a full-height hanzi in Noto Sans CJK, em; used instead of each name's own ink, so that a street's plates align.
HANZI_TOP, HANZI_BOTTOM = 0.85, -0.09
GROUP_GAP_EM = 0.45
_LABEL_GAP_EM = 0.5
_AIR = 0.95  # (D) part of a name's box that its lines may fill up and down, so that neighbours do not touch
_TONE_MARK_EM = 0.07  # (D) how far pinyin is set below the middle to make up for its tone marks
_BREAKS_AFTER = tuple("省市县区镇乡街道路巷弄里村庄组坊园苑院楼")


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text is set: size and tracking in mm, horizontal scale."""

    em_mm: float
    color: Cmyk
    tracking_mm: float = 0.0
    stretch: float = 1.0


def runs_at(text: str, x_mm: float, baseline_mm: float, style: Style, letters: Letters) -> list[Run]:
    """The text as runs, one for each change of font, from the origin of its first character."""
    runs = []
    for key, piece in letters.pieces(text):
        face = letters.faces[key]
        runs.append(Run(piece, x_mm, baseline_mm, style.em_mm, style.color, style.tracking_mm, key, (),
                        face.stroke_em * style.em_mm, style.stretch))
        x_mm += (face.advance(piece) * style.em_mm + style.tracking_mm * len(piece)) * style.stretch
    return runs


def set_name(name: str, box: Box, zone: NameZone, letters: Letters) -> tuple[Run, ...]:
    """A name in the part `box` of its zone: one line while the type stays at or above one_line_mm, else two."""
    longest = 2 * box.width_mm / zone.least_mm + 2  # em: two full lines of the least type, and their side bearings
    if not name or len(name) > 4 * longest or letters.advance(name) > longest:
        return ()
    em = _largest((name,), box, zone, letters)
    if em >= zone.one_line_mm or (len(name) == 1 and em >= zone.least_mm):
        return _lines((name,), em, box, zone, letters)
    lines, em = _broken(name, box, zone, letters) if len(name) > 1 else ((name,), em)
    return _lines(lines, em, box, zone, letters) if em >= zone.least_mm else ()


def set_pinyin(text: str, box: Box, line: PinyinZone, letters: Letters) -> tuple[Run, ...]:
    """One line of pinyin, its capitals with their tone marks in the middle of `box`."""
    if not text or len(text) > 4 * box.width_mm / line.least_mm:
        return ()
    ink, gaps = letters.ink(text), max(len(text) - 1, 0)
    em = min(line.size_mm, box.width_mm / max(ink.right - ink.left + gaps * line.tracking_em, 1e-6))
    if em < line.least_mm:
        return ()
    width = (ink.right - ink.left + gaps * line.tracking_em) * em
    baseline = box.y_mm + (box.height_mm + letters.ink("H").top * em) / 2 + _TONE_MARK_EM * em
    start = box.x_mm + (0 if line.align == "left" else (box.width_mm - width) / 2)
    return tuple(runs_at(text, start - ink.left * em, baseline, Style(em, line.color, line.tracking_em * em), letters))


def set_small(text: str, zone: SmallText, letters: Letters) -> tuple[Run, ...]:
    """One centred line of small type; words, such as the groups of a code, stand clearly apart."""
    words = text.split()
    if not words:
        return ()
    inks = [letters.ink(word) for word in words]
    width = sum(ink.right - ink.left for ink in inks) + GROUP_GAP_EM * (len(words) - 1)
    em = min(zone.size_mm, zone.width_mm / max(width, 1e-6))
    if em < zone.least_mm:
        return ()
    baseline = zone.y_mm + (zone.height_mm + letters.ink("0").top * em) / 2
    x, runs = zone.x_mm + (zone.width_mm - width * em) / 2, list[Run]()
    for word, ink in zip(words, inks, strict=True):
        runs += runs_at(word, x - ink.left * em, baseline, Style(em, zone.color), letters)
        x += (ink.right - ink.left + GROUP_GAP_EM) * em
    return tuple(runs)


def set_postcode(postcode: str, zone: PostcodeZone, letters: Letters) -> tuple[Run, ...]:
    """Label and digits on one foot, or each digit in the middle of its box."""
    if not postcode:
        return ()
    if zone.boxes:
        return _boxed(postcode, zone, letters)
    label, digits = letters.ink(zone.label), letters.ink(postcode)
    label_width = (label.right - label.left) * zone.label_scale + _LABEL_GAP_EM if zone.label else 0.0
    width = label_width + digits.right - digits.left + zone.tracking_em * (len(postcode) - 1)
    em = min(zone.size_mm, zone.width_mm / max(width, 1e-6), zone.height_mm / (HANZI_TOP - HANZI_BOTTOM))
    if em < zone.least_mm:
        return ()
    baseline = zone.y_mm + (zone.height_mm + letters.ink("0").top * em) / 2
    x = zone.x_mm + (0 if zone.align == "left" else (zone.width_mm - width * em) / 2)
    small = zone.label_scale * em
    middle = baseline - (letters.ink("0").top * em - (label.top + label.bottom) * small) / 2
    runs = runs_at(zone.label, x - label.left * small, middle, Style(small, zone.color), letters)
    at = x + label_width * em - digits.left * em
    return (*runs, *runs_at(postcode, at, baseline, Style(em, zone.color, zone.tracking_em * em), letters))


def postcode_boxes(zone: PostcodeZone) -> tuple[Box, ...]:
    """The six squares in the middle of the zone, none when the design has none."""
    if zone.boxes is None:
        return ()
    side, gap = zone.boxes.side_mm, zone.boxes.gap_mm
    left, top = zone.x_mm + (zone.width_mm - 6 * side - 5 * gap) / 2, zone.y_mm + (zone.height_mm - side) / 2
    return tuple(Box(x_mm=left + i * (side + gap), y_mm=top, width_mm=side, height_mm=side) for i in range(6))


def _boxed(postcode: str, zone: PostcodeZone, letters: Letters) -> tuple[Run, ...]:
    boxes = postcode_boxes(zone)
    if len(postcode) != len(boxes):
        return ()
    em = min(zone.size_mm, boxes[0].height_mm)
    runs = list[Run]()
    for digit, box in zip(postcode, boxes, strict=True):
        ink = letters.ink(digit)
        x = box.x_mm + (box.width_mm - (ink.right + ink.left) * em) / 2
        runs += runs_at(digit, x, box.y_mm + (box.height_mm + letters.ink("0").top * em) / 2, Style(em, zone.color), letters)
    return tuple(runs)


def _largest(lines: tuple[str, ...], box: Box, zone: NameZone, letters: Letters) -> float:
    """The largest type, not above the design's, in which these lines fit the box."""
    inks = [letters.ink(line) for line in lines]
    width = max(ink.right - ink.left for ink in inks)
    height = (HANZI_TOP - HANZI_BOTTOM) + (len(lines) - 1) * zone.leading
    wanted = zone.size_mm if len(lines) == 1 else zone.one_line_mm
    return min(wanted, box.width_mm / max(width, 1e-6), _AIR * box.height_mm / height)


def _lines(lines: tuple[str, ...], em: float, box: Box, zone: NameZone, letters: Letters) -> tuple[Run, ...]:
    """Lines of one size, spread if short, centred by ink across (or flush left) and by the hanzi box up and down."""
    block = (len(lines) - 1) * zone.leading * em
    baseline = box.y_mm + box.height_mm / 2 + ((HANZI_TOP + HANZI_BOTTOM) * em - block) / 2
    runs = list[Run]()
    for i, line in enumerate(lines):
        ink = letters.ink(line)
        natural = (ink.right - ink.left) * em
        gaps = len(line) - 1 if len(lines) == 1 else 0
        missing = max(zone.fill * box.width_mm - natural, 0)
        tracking = min(missing / gaps, zone.spread_em * em) if gaps else 0.0
        free = box.width_mm - natural - tracking * gaps
        x = box.x_mm + (0 if zone.align == "left" else free / 2) - ink.left * em
        runs += runs_at(line, x, baseline + i * zone.leading * em, Style(em, zone.color, tracking), letters)
    return tuple(runs)


def _broken(name: str, box: Box, zone: NameZone, letters: Letters) -> tuple[tuple[str, ...], float]:
    """Two lines and their type: the break that leaves it largest, or one after 路, 村, 巷 … that costs at most a quarter (D)."""
    pairs = [(name[:at].strip(), name[at:].strip()) for at in range(1, len(name))]
    sizes = {lines: _largest(lines, box, zone, letters) for lines in pairs}
    best = max(pairs, key=lambda lines: (round(sizes[lines], 3), -abs(len(lines[0]) - len(lines[1]))))
    natural = [lines for lines in pairs if lines[0].endswith(_BREAKS_AFTER) and sizes[lines] >= 0.75 * sizes[best]]
    chosen = max(natural, key=lambda lines: sizes[lines], default=best)
    return chosen, sizes[chosen]
