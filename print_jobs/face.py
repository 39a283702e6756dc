"""One font on disk: measured, shaped by HarfBuzz, and cut down to the glyphs that are printed.

Sizes are in em (the body size); multiply by millimetres. Glyph numbers are those of the whole font and stay the same whatever is
left out: a CFF table with CIDs keeps them as CIDs, every other program is cut without renumbering.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import uharfbuzz as hb

_UNNEEDED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "name", "OS/2", "post", "cmap", "STAT", "fvar",
                    "gvar", "avar", "HVAR", "MVAR", "DSIG", "gasp", "MATH")
_CID_KEYED = b"\x0c\x1e"  # the operator ROS, first in the Top DICT of a CID-keyed font (Adobe technical note 5176, 18)


@dataclass(frozen=True, slots=True)
class Ink:
    """The box that the ink of a text fills, in em from its origin on the baseline, y upwards."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """What HarfBuzz made of a text: (glyph number, x, y) from the origin, left to right; width; ink. All in em."""

    glyphs: tuple[tuple[int, float, float], ...]
    advance: float
    ink: Ink


@dataclass(frozen=True)
class Face:
    """A font on disk: index counts the faces of a collection (0 = JP, 2 = SC in Noto Sans CJK). stroke_em: how wide an outline
    brings it up to the weight of the main font, 0 = none."""

    path: Path
    index: int
    postscript_name: str
    stroke_em: float = 0.0

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the face's table directory, which holds a checksum of every table (OpenType, "Table directory"): the same
        metrics and outlines on every machine that agrees on it, without reading twenty megabytes."""
        with self.path.open("rb") as file:
            head = file.read(12)
            if head[:4] == b"ttcf":
                file.seek(12 + 4 * self.index)
                file.seek(struct.unpack(">L", file.read(4))[0])
                head = file.read(12)
            directory = head + file.read(16 * struct.unpack(">H", head[4:6])[0])
        return f"{self.postscript_name}:{hashlib.sha256(directory).hexdigest()}"

    @cached_property
    def _hb_face(self) -> hb.Face:
        return hb.Face(hb.Blob.from_file_path(str(self.path)), self.index)

    @cached_property
    def _hb_font(self) -> hb.Font:
        return hb.Font(self._hb_face)

    @cached_property
    def _upem(self) -> int:
        return int(self._hb_face.upem)

    @cached_property
    def _glyphs(self) -> _Glyphs:
        return _Glyphs(self._hb_font, self._upem)

    @cached_property
    def outlines(self) -> Literal["cff", "truetype"]:
        """Which kind of font program `subset` gives: bare CFF (FontFile3, CIDFontType0C) or TrueType (FontFile2)."""
        return "cff" if "CFF " in self._hb_face.table_tags else "truetype"

    def has(self, character: str) -> bool:
        """Whether the font has a glyph for the character."""
        return bool(self._hb_font.get_nominal_glyph(ord(character)))

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of `text` this font cannot paint, in order, each once."""
        return tuple(c for c in dict.fromkeys(text) if not self.has(c))

    def glyph(self, character: str) -> int:
        """Glyph number (= CID); 0 when the font lacks the character."""
        return self._glyphs[character].number

    def advance(self, text: str) -> float:
        """Width of `text` set without kerning, em."""
        glyphs = self._glyphs
        return sum([glyphs[c].advance for c in text])

    def codes(self, text: str) -> bytes:
        """`text` as the hexadecimal CIDs of a PDF string."""
        glyphs = self._glyphs
        return b"".join([glyphs[c].code for c in text])

    def ink(self, text: str) -> Ink:
        """Ink box of `text` set without kerning. Text without ink gives an empty box at the origin."""
        x, boxes = 0.0, []
        for character in text:
            glyph = self._glyphs[character]
            boxes.append((x, 0.0, glyph.ink))
            x += glyph.advance
        return united(boxes)

    def shape(self, text: str, *, rightwards: bool) -> Shaped:
        """The text as its script joins and stacks it, left to right on the line; rightwards: the direction it is read in."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "ltr" if rightwards else "rtl"
        hb.shape(self._hb_font, buffer)
        x, glyphs, boxes = 0.0, [], []
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            where = (x + position.x_offset / self._upem, position.y_offset / self._upem)
            glyphs.append((int(info.codepoint), *where))
            boxes.append((*where, self._ink_of(info.codepoint)))
            x += position.x_advance / self._upem
        return Shaped(tuple(glyphs), x, united(boxes))

    @property
    def heights(self) -> tuple[int, int, int]:
        """Ascent, descent and height of capitals, thousandths of an em."""
        extents = self._hb_font.get_font_extents("ltr")
        return self._thousandths(extents.ascender), self._thousandths(extents.descender), round(self.ink("H").top * 1000)

    def width_of(self, glyph: int) -> int:
        """Advance of a glyph in thousandths of an em, as PDF wants it."""
        return self._thousandths(self._hb_font.get_glyph_h_advance(glyph))

    def subset(self, characters: Iterable[str]) -> bytes:
        """The font program with the glyphs of `characters` only; the same for the same set. See subset_glyphs."""
        return self.subset_glyphs(self.glyph(c) for c in characters)

    def subset_glyphs(self, glyphs: Iterable[int]) -> bytes:
        """The font program with the glyphs of these numbers only (shaped ones have no character); the same for the same set. Bare
        CFF or TrueType, see `outlines`."""
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(sorted(set(glyphs)))
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        if not self._cid_keyed:
            wanted.flags |= hb.SubsetFlags.RETAIN_GIDS
        for tag in _UNNEEDED_TABLES:
            wanted.drop_table_tag_set.add(int.from_bytes(tag.ljust(4).encode(), "big"))
        cut = hb.subset(self._hb_face, wanted)
        return bytes(cut.reference_table("CFF ").data if self.outlines == "cff" else cut.blob.data)

    @cached_property
    def _cid_keyed(self) -> bool:
        """Whether glyphs keep their numbers as CIDs."""
        if self.outlines == "truetype":
            return False
        table = bytes(self._hb_face.reference_table("CFF ").data)
        start, end = _first_in_index(table, _index_end(table, table[2]))
        return _CID_KEYED in table[start:end][:32]

    def _ink_of(self, glyph: int) -> Ink:
        return _ink(self._hb_font, glyph, self._upem)

    def _thousandths(self, units: float) -> int:
        return round(units * 1000 / self._upem)


def united(boxes: Iterable[tuple[float, float, Ink]]) -> Ink:
    """The box around inks that stand at (x, y); those without ink do not count."""
    inked = [(x, y, box) for x, y, box in boxes if box.right > box.left]
    if not inked:
        return Ink(0, 0, 0, 0)
    left, bottom, right, top = math.inf, math.inf, -math.inf, -math.inf
    for x, y, box in inked:
        left, right = min(left, x + box.left), max(right, x + box.right)
        bottom, top = min(bottom, y + box.bottom), max(top, y + box.top)
    return Ink(left, bottom, right, top)


@dataclass(frozen=True, slots=True)
class _Glyph:
    number: int
    code: bytes
    advance: float
    ink: Ink


class _Glyphs(dict[str, _Glyph]):
    """Measures of characters, asked of HarfBuzz once."""

    def __init__(self, font: hb.Font, upem: int) -> None:
        super().__init__()
        self._font, self._upem = font, upem

    def __missing__(self, character: str) -> _Glyph:
        number = self._font.get_nominal_glyph(ord(character)) or 0
        advance = self._font.get_glyph_h_advance(number) / self._upem
        glyph = self[character] = _Glyph(number, b"%04X" % number, advance, _ink(self._font, number, self._upem))
        return glyph


def _ink(font: hb.Font, glyph: int, upem: int) -> Ink:
    extents = font.get_glyph_extents(glyph)
    left, top = extents.x_bearing / upem, extents.y_bearing / upem
    return Ink(left, top + extents.height / upem, left + extents.width / upem, top)


def _index_end(table: bytes, start: int) -> int:
    """Where a CFF INDEX that begins at `start` ends."""
    count, size = struct.unpack(">HB", table[start:start + 3])
    last = start + 3 + count * size
    end: int = last + size + int.from_bytes(table[last:last + size], "big") - 1
    return end


def _first_in_index(table: bytes, start: int) -> tuple[int, int]:
    """Begin and end of a CFF INDEX's first object."""
    count, size = struct.unpack(">HB", table[start:start + 3])
    ends = [int.from_bytes(table[start + 3 + i * size:start + 3 + (i + 1) * size], "big") for i in range(2)]
    data = start + 3 + (count + 1) * size - 1
    return data + ends[0], data + ends[1]
