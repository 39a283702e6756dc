"""What changes from plate to plate, as PDF operators: the texts, and the symbol as outlines in black ink only.

The operators of a plate are written in points from the lower left corner of its face, so they do not depend on where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from doorplate.plates.symbol import QUIET_MODULES, Modules
from print_jobs.pdf_file import PT, number, text_string
from print_jobs.plate_design import Cmyk, PlateFace, QrField
from print_jobs.runs import PlacedGlyph, Run
from print_jobs.sheet import Marks, SheetLayout
from print_jobs.symbol_text import symbol_texts
from print_jobs.text_font import UsedFonts

_BLACK = b"0 0 0 1 k"
_ARC = 0.5523  # a quarter circle as a Bézier curve


def symbol_operators(modules: Modules, field: QrField, face_height_mm: float) -> list[bytes]:
    """Each symbol of `modules` (n, size, size) as a text object in the font of modules, /Q."""
    size = modules.shape[1]
    module = field.field_mm / (size + 2 * QUIET_MODULES)
    x, y = field.x_mm + QUIET_MODULES * module, face_height_mm - field.y_mm - QUIET_MODULES * module
    start = b"BT %b %b %b Td " % (_BLACK, number(x * PT), number(y * PT))
    return [b"%b%bET\n" % (start, text) for text in symbol_texts(modules, module * PT)]


def text_operators(runs: Iterable[Run], used: UsedFonts, face_height_mm: float) -> bytes:
    """The runs as one text object; nothing is said twice that a run shares with the one before."""
    pen = _Pen(used, face_height_mm)
    drawn = b"".join([pen.draw(run) for run in runs])
    return b"BT %b%bET\n" % (drawn, pen.reset())


@dataclass
class _Pen:
    """What the text object's state is after the last run, as it was written."""

    used: UsedFonts
    face_height_mm: float
    state: dict[bytes, bytes] = field(default_factory=lambda: {b"Tc": b"0", b"Tz": b"100", b"Tr": b"0"})
    x: float = 0.0
    y: float = 0.0

    def draw(self, run: Run) -> bytes:
        inks = b" ".join(b"%g" % (ink / 100) for ink in run.color)
        wanted = {b"k": inks, b"Tf": b"/%b %b" % (self.used.name(run.face).encode(), number(run.em_mm * PT)),
                  b"Tc": number(run.tracking_mm * PT), b"Tz": b"%.6g" % (run.stretch * 100),
                  b"Tr": b"2" if run.stroke_mm else b"0"}
        if run.stroke_mm:  # the outline that brings a lighter font up to its neighbours
            wanted |= {b"K": inks, b"w": number(run.stroke_mm * PT), b"j": b"1"}
        changed = b"".join([b"%b %b " % (value, name) for name, value in wanted.items() if self.state.get(name) != value])
        self.state |= wanted
        if run.glyphs:
            return changed + b"".join(self._shaped(run))
        return b"%b%b<%b>Tj " % (changed, self._moved(run.x_mm, run.baseline_mm), self.used.fonts.faces[run.face].codes(run.text))

    def reset(self) -> bytes:
        """Back to plain text: tracking, scale and outline outlast a text object (ISO 32000-1, 9.3.1) and would spoil the next."""
        plain = {b"Tc": b"0", b"Tz": b"100", b"Tr": b"0"}
        return b"".join([b"%b %b " % (value, name) for name, value in plain.items() if self.state[name] != value])

    def _moved(self, x_mm: float, baseline_mm: float) -> bytes:
        x, y = round(x_mm * PT, 2), round((self.face_height_mm - baseline_mm) * PT, 2)
        step = b"%b %b Td" % (number(x - self.x), number(y - self.y))
        self.x, self.y = x, y
        return step

    def _shaped(self, run: Run) -> Iterator[bytes]:
        """Glyphs as HarfBuzz placed them; the text they stand for is said beside them (ISO 32000-1, 14.9.4)."""
        face = self.used.fonts.faces[run.face]
        yield b"/Span<</ActualText%b>>BDC " % text_string(run.text)
        for height, level in groupby(run.glyphs, key=lambda glyph: glyph.y_mm):
            glyphs = list(level)
            yield self._moved(run.x_mm + glyphs[0].x_mm, run.baseline_mm - height)
            yield b"[%b]TJ " % b"".join(_kerned(glyphs, run.em_mm, [face.width_of(glyph.number) for glyph in glyphs]))
        yield b"EMC "


def _kerned(glyphs: list[PlacedGlyph], em_mm: float, widths: list[int]) -> Iterator[bytes]:
    """Glyph numbers with what is missing to the next one's place, in thousandths of an em."""
    drawn = 0.0  # where the pen stands after what was written, thousandths from the first glyph
    for glyph, width in zip(glyphs, widths, strict=True):
        wanted = (glyph.x_mm - glyphs[0].x_mm) / em_mm * 1000
        if step := round(drawn - wanted):
            yield b"%d" % step
            drawn -= step
        yield b"<%04X>" % glyph.number
        drawn += width


def crop_marks(layout: SheetLayout, face: PlateFace, marks: Marks) -> bytes:
    """Crop marks around the block of plates, at every edge a knife follows, in the stroke colour that is set."""
    xs = sorted({edge for x, _ in layout.slots for edge in (x, x + face.width_mm)})
    ys = sorted({edge for _, y in layout.slots for edge in (y, y + face.height_mm)})
    near, far = marks.offset_mm, marks.offset_mm + marks.length_mm
    lines = [(x, y - near, x, y - far) for x in xs for y in ys[:1]] + [(x, y + near, x, y + far) for x in xs for y in ys[-1:]]
    lines += [(x - near, y, x - far, y) for x in xs[:1] for y in ys] + [(x + near, y, x + far, y) for x in xs[-1:] for y in ys]
    drawn = b"\n".join(b"%.4f %.4f m %.4f %.4f l" % tuple(value * PT for value in line) for line in lines)
    return b"%.4f w\n%b S\n" % (marks.line_mm * PT, drawn)


def outline(face: PlateFace, more_mm: float = 0) -> bytes:
    """The trim of a face as a path, with its corner radius; more_mm: so much larger on all sides."""
    radius = max(face.corner_radius_mm + more_mm, 0) if face.corner_radius_mm else 0
    left = bottom = -more_mm
    right, top = face.width_mm + more_mm, face.height_mm + more_mm
    if not radius:
        return _path(b"%.4f %.4f %.4f %.4f re\n", left, bottom, right - left, top - bottom)
    parts = [_path(b"%.4f %.4f m\n", left + radius, bottom)]
    corners = ((right, bottom, 1, 0, 0, 1), (right, top, 0, 1, -1, 0), (left, top, -1, 0, 0, -1), (left, bottom, 0, -1, 1, 0))
    for x, y, in_x, in_y, out_x, out_y in corners:
        parts.append(_path(b"%.4f %.4f l\n", x - in_x * radius, y - in_y * radius))
        parts.append(_arc((x, y), (in_x, in_y), (out_x, out_y), radius))
    return b"".join(parts) + b"h\n"


def circle(x_mm: float, y_mm: float, radius_mm: float) -> bytes:
    """A circle as a path."""
    parts = [_path(b"%.4f %.4f m\n", x_mm + radius_mm, y_mm)]
    for dx, dy, in_x, in_y in ((1, 1, 0, 1), (-1, 1, -1, 0), (-1, -1, 0, -1), (1, -1, 1, 0)):
        corner = (x_mm + dx * radius_mm, y_mm + dy * radius_mm)
        parts.append(_arc(corner, (in_x, in_y), (-in_y, in_x), radius_mm))
    return b"".join(parts) + b"h\n"


def fill_color(color: Cmyk) -> bytes:
    """The operator that sets the fill colour, CMYK in per cent."""
    return b" ".join(b"%g" % (ink / 100) for ink in color) + b" k"


def _arc(corner: tuple[float, float], into: tuple[float, float], out: tuple[float, float], radius: float) -> bytes:
    """A quarter circle round a corner that the straight lines would reach in the directions `into` and leave in `out`."""
    (x, y), rest = corner, (1 - _ARC) * radius
    return _path(b"%.4f %.4f %.4f %.4f %.4f %.4f c\n", x - into[0] * rest, y - into[1] * rest, x + out[0] * rest,
                 y + out[1] * rest, x + out[0] * radius, y + out[1] * radius)


def _path(operator: bytes, *values_mm: float) -> bytes:
    return operator % tuple(value * PT for value in values_mm)

