"""The line in the local script above the name: Uyghur is joined and runs right to left, Tibetan is stacked, Mongolian lies on its
side and runs left to right; Yi, Zhuang and Korean are set as they come."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import groupby

from print_jobs.face import Face, united
from print_jobs.fonts import MAIN
from print_jobs.runs import PlacedGlyph, Run
from print_jobs.zones import Align, Box, ScriptLine

_LEFTWARDS = frozenset({"R", "AL"})
_AIR = 0.86  # (D) part of its box, from above, that the script may fill: the rest keeps it off the name
_NUMBERS_AND_LATIN = frozenset({"L", "EN"})
_SHAPING = frozenset("\u180b\u180c\u180d\u180e\u180f\u200c\u200d\u202f")
"""Marks without ink that choose a letter's form: Mongolian selectors and vowel separator, (non-)joiners, narrow space."""


def script_of(text: str, faces: Mapping[str, Face]) -> str:
    """Key of the font for this text: the first that has all of its letters, else the first that has one of them, else main."""
    letters = [c for c in text if unicodedata.category(c)[0] == "L"]
    whole = (key for key, face in faces.items() if letters and all(face.has(c) for c in letters))
    part = (key for key, face in faces.items() if any(face.has(c) for c in letters))
    return next(whole, next(part, MAIN))


def missing_in(text: str, faces: Mapping[str, Face]) -> tuple[str, ...]:
    """The characters neither the script's font nor the main font has, each once."""
    face, main = faces[script_of(text, faces)], faces[MAIN]
    return tuple(c for c in dict.fromkeys(text) if c not in _SHAPING and not face.has(c) and not main.has(c))


def chooses_form(character: str) -> bool:
    """Whether this invisible character belongs into shaped text."""
    return character in _SHAPING


def set_script(text: str, box: Box, line: ScriptLine, align: Align, faces: Mapping[str, Face]) -> tuple[Run, ...]:
    """One line, its ink in the upper part of `box`. Each piece of one font and direction is a run in reading order inside, the
    runs stand from left to right."""
    if not text.strip() or len(text) > 8 * box.width_mm / line.least_mm:
        return ()
    x, boxes, shaped = 0.0, [], []
    for key, piece, rightwards in _pieces(text, faces):
        done = faces[key].shape(piece, rightwards=rightwards)
        shaped.append((key, piece, x, done))
        boxes.append((x, 0.0, done.ink))
        x += done.advance
    ink, height = united(boxes), _AIR * box.height_mm
    em = min(line.size_mm, box.width_mm / max(ink.right - ink.left, 1e-6), height / max(ink.top - ink.bottom, 1e-6))
    if em < line.least_mm or ink.right <= ink.left:
        return ()
    left = box.x_mm + (0 if align == "left" else (box.width_mm - (ink.right - ink.left) * em) / 2) - ink.left * em
    baseline = box.y_mm + (height + (ink.top + ink.bottom) * em) / 2
    return tuple(
        Run(piece, left + at * em, baseline, em, line.color, 0.0, key,
            tuple(PlacedGlyph(number, gx * em, gy * em) for number, gx, gy in done.glyphs), faces[key].stroke_em * em)
        for key, piece, at, done in shaped)


def _pieces(text: str, faces: Mapping[str, Face]) -> list[tuple[str, str, bool]]:
    """(font, piece, whether it is read rightwards) from left to right: a plain case of the bidirectional algorithm (UAX 9),
    enough for names with numbers in them."""
    script = script_of(text, faces)
    leftwards = any(unicodedata.bidirectional(c) in _LEFTWARDS for c in text)

    def of(character: str) -> tuple[str, bool]:
        known = faces[script].has(character) or character in _SHAPING or not faces[MAIN].has(character)
        return script if known else MAIN, not leftwards or unicodedata.bidirectional(character) in _NUMBERS_AND_LATIN

    pieces = [(key, "".join(piece), rightwards) for (key, rightwards), piece in groupby(text, of)]
    return pieces[::-1] if leftwards else pieces
