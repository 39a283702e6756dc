"""What typesetting hands to the press: pieces of text in one font and size, at their place on the face."""

from __future__ import annotations

from typing import NamedTuple

from print_jobs.plate_design import Cmyk


class PlacedGlyph(NamedTuple):
    """A glyph of shaped text: its number in the font, where its origin stands after the run's own, mm, y upwards."""

    number: int
    x_mm: float
    y_mm: float = 0.0


class Run(NamedTuple):
    """A piece of text in one size: x_mm and baseline_mm of its first character's origin, y downwards from the face's upper edge;
    em_mm body size; tracking_mm added after every character.

    face: key of its font in the FontSet. glyphs: where the script needs shaping, what HarfBuzz made of the text, left to right;
    empty when every character is its own glyph. stroke_mm: width of an outline in the same colour, that brings a font of lighter
    weight up to its neighbours'. stretch: horizontal scale of the glyphs and of the tracking (1 = as drawn).

    A named tuple, because a plate has a dozen and 100,000 plates are set: made and hashed at a fifth of a dataclass's cost.
    """

    text: str
    x_mm: float
    baseline_mm: float
    em_mm: float
    color: Cmyk
    tracking_mm: float = 0.0
    face: str = "main"
    glyphs: tuple[PlacedGlyph, ...] = ()
    stroke_mm: float = 0.0
    stretch: float = 1.0
