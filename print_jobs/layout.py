"""Where every character of a plate goes, by the design's rules, and which text must be found in which box.

Positions are millimetres on the face, y downwards to the baseline. A text that does not fit gives no runs: preflight says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from doorplate.model import BatchPlate
from doorplate.plates.code import ALPHABET, grouped
from print_jobs.fonts import FontSet
from print_jobs.lines import GROUP_GAP_EM, set_name, set_pinyin, set_postcode, set_small
from print_jobs.local_script import set_script
from print_jobs.numerals import set_number
from print_jobs.plate_design import PlateDesign
from print_jobs.runs import PlacedGlyph, Run
from print_jobs.zones import Box, NumberZone, PinyinZone, PostcodeZone

__all__ = ["LOCAL_SCRIPT", "PlacedGlyph", "PlateText", "Run", "ZoneText", "set_name", "set_number", "set_plate", "set_small",
           "zone_texts"]

LOCAL_SCRIPT = "民族文字"
_CACHED = 4096


@dataclass(frozen=True, slots=True)
class PlateText:
    """The typeset texts of one plate; an empty tuple where a text is absent, has no zone, or does not fit it."""

    name: tuple[Run, ...]
    number: tuple[Run, ...]
    code: tuple[Run, ...]
    pinyin: tuple[Run, ...] = ()
    minority: tuple[Run, ...] = ()
    postcode: tuple[Run, ...] = ()

    @property
    def runs(self) -> tuple[Run, ...]:
        return self.minority + self.name + self.pinyin + self.number + self.postcode + self.code


@dataclass(frozen=True, slots=True)
class ZoneText:
    """A text that must be readable in a box of the face, and what it is called."""

    title: str
    text: str
    box: Box


def set_plate(plate: BatchPlate, design: PlateDesign, fonts: FontSet) -> PlateText:
    """The variable texts of a plate, typeset."""
    return _setter(design, fonts).set(plate)


def zone_texts(plate: BatchPlate, design: PlateDesign) -> tuple[ZoneText, ...]:
    """What must be found where, if the plate is printed right."""
    boxes = boxes_of(design, bool(plate.minority), bool(plate.pinyin), bool(plate.postcode))
    wanted = ((LOCAL_SCRIPT, plate.minority, boxes.minority), ("路名", plate.street, boxes.name),
              ("拼音", pinyin_of(plate, design), boxes.pinyin), ("号码", plate.number, boxes.number),
              ("邮编", _labelled(plate.postcode, boxes.postcode), boxes.postcode), ("编码", grouped(plate.code), design.code))
    return tuple(ZoneText(title, text, box) for title, text, box in wanted if text and box is not None)


def pinyin_of(plate: BatchPlate, design: PlateDesign) -> str:
    """The pinyin as this design writes it."""
    return _cased(plate.pinyin, design.pinyin_zone) if design.pinyin_zone else ""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where the texts of a plate stand; None where the design has no place or the plate no text."""

    minority: Box | None
    name: Box | None
    pinyin: PinyinZone | None
    number: NumberZone | None
    postcode: PostcodeZone | None


@lru_cache(maxsize=256)
def boxes_of(design: PlateDesign, minority: bool, pinyin: bool, postcode: bool) -> Boxes:
    """The boxes of plates with or without these lines: what is absent leaves its room to its heir; the local script takes the
    upper part of the name's."""
    line = design.name_zone.minority if design.name_zone else None
    pinyin = pinyin and not (minority and line and line.instead_of_pinyin)
    zones: dict[str, Box | None] = {"name_zone": design.name_zone, "pinyin_zone": design.pinyin_zone,
                                    "number_zone": design.number_zone}
    for freed, carried in ((design.postcode_zone, postcode), (design.pinyin_zone, pinyin)):
        heir = zones.get(freed.heir or "") if freed else None
        if freed and freed.heir and heir and not carried:
            zones[freed.heir] = _grown(heir, freed if freed is design.postcode_zone else zones["pinyin_zone"] or freed)
    name = zones["name_zone"]
    upper = name.height_mm * line.share if name and line and minority else 0.0
    spelled, number = zones["pinyin_zone"], zones["number_zone"]
    return Boxes(
        minority=_part(name, 0.0, upper) if name and upper else None,
        name=_part(name, upper, name.height_mm) if name else None,
        pinyin=spelled if pinyin and isinstance(spelled, PinyinZone) else None,
        number=number if isinstance(number, NumberZone) else None,
        postcode=design.postcode_zone if postcode else None)


def _part(zone: Box, top: float, bottom: float) -> Box:
    return Box(x_mm=zone.x_mm, y_mm=zone.y_mm + top, width_mm=zone.width_mm, height_mm=bottom - top)


def _grown(zone: Box, freed: Box) -> Box:
    top, bottom = min(zone.y_mm, freed.y_mm), max(zone.bottom_mm, freed.bottom_mm)
    return zone.model_copy(update={"y_mm": top, "height_mm": bottom - top})


@lru_cache(maxsize=8)
def _setter(design: PlateDesign, fonts: FontSet) -> _Setter:
    return _Setter(design, fonts)


class _Setter:
    """Sets plates of one design in one set of fonts. What many plates share (a street's name, a number) is set once."""

    def __init__(self, design: PlateDesign, fonts: FontSet) -> None:
        self._design, self._fonts = design, fonts
        self._block = lru_cache(_CACHED)(self._set_block)
        self._number = lru_cache(_CACHED)(self._set_number)
        self._postcode = lru_cache(_CACHED)(self._set_postcode)
        face, zone = fonts.main, design.code
        self._advance = {c: face.advance(c) for c in ALPHABET}
        self._edges = {c: (face.ink(c).left, face.ink(c).right - face.advance(c)) for c in ALPHABET}
        self._code_zone, self._code_color = zone, zone.color
        self._code_middle = zone.x_mm + zone.width_mm / 2, zone.y_mm + zone.height_mm / 2, face.ink("0").top / 2

    def set(self, plate: BatchPlate) -> PlateText:
        minority, name, pinyin = self._block(plate.street, plate.pinyin, plate.minority, bool(plate.postcode))
        number = self._number(plate.number, bool(plate.postcode))
        return PlateText(name, number, self._set_code(plate.code), pinyin, minority, self._postcode(plate.postcode))

    def _set_block(self, name: str, pinyin: str, minority: str, postcode: bool) -> tuple[tuple[Run, ...], ...]:
        """Local script, name, pinyin."""
        zone, fonts = self._design.name_zone, self._fonts
        boxes = boxes_of(self._design, bool(minority), bool(pinyin), postcode)
        above: tuple[Run, ...] = ()
        there: tuple[Run, ...] = ()
        below: tuple[Run, ...] = ()
        if zone and zone.minority and boxes.minority:
            above = set_script(minority, boxes.minority, zone.minority, zone.align, fonts.scripts)
        if zone and boxes.name:
            there = set_name(name, boxes.name, zone, fonts.hanzi)
        if boxes.pinyin:
            below = set_pinyin(_cased(pinyin, boxes.pinyin), boxes.pinyin, boxes.pinyin, fonts.latin)
        return above, there, below

    def _set_number(self, number: str, postcode: bool) -> tuple[Run, ...]:
        zone = boxes_of(self._design, False, True, postcode).number
        return set_number(number, zone, self._fonts.hanzi) if zone else ()

    def _set_postcode(self, postcode: str) -> tuple[Run, ...]:
        zone = self._design.postcode_zone
        return set_postcode(postcode, zone, self._fonts.hanzi) if zone else ()

    def _set_code(self, code: str) -> tuple[Run, ...]:
        """As set_small does, from tables: the code is the one text no two plates share."""
        zone, advance, edges = self._code_zone, self._advance, self._edges
        groups = grouped(code).split()
        try:
            inks = [(edges[group[0]][0], sum([advance[c] for c in group]) + edges[group[-1]][1]) for group in groups]
        except KeyError:  # not a code of ours: preflight says so
            return set_small(grouped(code), zone, self._fonts.hanzi)
        width = sum([right - left for left, right in inks]) + GROUP_GAP_EM * (len(groups) - 1)
        em = min(zone.size_mm, zone.width_mm / max(width, 1e-6))
        if em < zone.least_mm:
            return ()
        x, y, rise = self._code_middle
        x, baseline, runs = x - width * em / 2, y + rise * em, []
        for group, (left, right) in zip(groups, inks, strict=True):
            runs.append(Run(group, x - left * em, baseline, em, self._code_color))
            x += (right - left + GROUP_GAP_EM) * em
        return tuple(runs)


def _labelled(postcode: str, zone: PostcodeZone | None) -> str:
    return f"{zone.label} {postcode}".strip() if zone else ""


def _cased(pinyin: str, line: PinyinZone) -> str:
    return pinyin.upper() if line.capitals else pinyin
