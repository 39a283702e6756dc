"""The card that parts one installation zone from the next in a pile: as large as a plate, white, black ink only.

It shows the zone's short code large enough to find it in a stack from an arm's length, and what follows below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from print_jobs.fonts import Face, FontSet
from print_jobs.items import ZoneCard
from print_jobs.pdf_file import PT
from print_jobs.plate_design import PlateDesign

_BLACK = b"0 0 0 1 k 0 0 0 1 K"
_NOWHERE = "未分区"
_MISSING = "□"  # stands for a character the font lacks: the card helps to sort, it is no plate
_EDGE = 0.045  # of the face's shorter side, from the trim to the frame
_ARROW = ((-0.5, 0.0), (0.5, 0.0), (0.0, -1.0))  # a triangle pointing down, in its own height


@dataclass(frozen=True, slots=True)
class _Line:
    """A centred line: largest size and middle of its ink, as parts of the face's height, the middle from the top."""

    text: str
    size: float
    middle: float


def card_operators(card: ZoneCard, design: PlateDesign, fonts: FontSet) -> bytes:
    """The card as PDF operators in points from the lower left corner of the face; its font is named /F."""
    face, font = design.face, fonts.main
    width, height, edge = face.width_mm, face.height_mm, _EDGE * min(face.width_mm, face.height_mm)
    parts = [_BLACK, b"%.4f w %.4f %.4f %.4f %.4f re S" % (
        0.006 * height * PT, edge * PT, edge * PT, (width - 2 * edge) * PT, (height - 2 * edge) * PT)]
    for line in _lines(card):
        if run := _centred(line, width, height, width - 5 * edge, font):
            parts.append(run)
    x, y, side = width / 2, 0.135 * height, 0.05 * height
    corners = [((x + side * dx) * PT, (y + side * dy) * PT) for dx, dy in _ARROW]
    parts.append(b"%.4f %.4f m %.4f %.4f l %.4f %.4f l f" % tuple(value for corner in corners for value in corner))
    return b"q\n" + b"\n".join(parts) + b"\nQ"


def card_characters(card: ZoneCard) -> str:
    """Every character the card may paint, so that the volume's font holds it."""
    return "".join(line.text for line in _lines(card)) + _MISSING


def _lines(card: ZoneCard) -> Iterator[_Line]:
    zone, grid = card.zone or card.grid, card.grid if card.grid != card.zone else ""
    yield _Line("安装分区", 0.075, 0.125)
    yield _Line(zone.rpartition("-")[2] or _NOWHERE, 0.34, 0.33)
    yield _Line(" · ".join(part for part in (zone, f"网格 {grid}" if grid else "") if part), 0.06, 0.53)
    yield _Line(f"共 {card.plates} 块", 0.1, 0.635)
    yield _Line(f"{card.first} 至 {card.last}", 0.075, 0.74)
    yield _Line("此卡以下为本区门牌", 0.06, 0.825)


def _centred(line: _Line, width: float, height: float, room: float, font: Face) -> bytes:
    """The line as large as asked, or as the room allows, centred by its ink both ways; nothing where it has no ink."""
    lacking = font.missing(line.text)
    text = "".join(_MISSING if character in lacking else character for character in line.text)
    ink = font.ink(text)
    if ink.right <= ink.left:
        return b""
    em = min(line.size * height, room / (ink.right - ink.left))
    x = (width - (ink.right + ink.left) * em) / 2
    y = height * (1 - line.middle) - (ink.top + ink.bottom) / 2 * em
    return b"BT /F %.4f Tf 1 0 0 1 %.4f %.4f Tm <%b> Tj ET" % (em * PT, x * PT, y * PT, font.codes(text))
