"""The one font of a batch: found by family and weight, measured, and cut down to the characters that are printed.

Sizes are in em (the body size); multiply by millimetres. Glyph numbers are those of the whole font: in its CFF table they are
the CIDs too, so they stay the same whatever is left out.
"""

from __future__ import annotations

import hashlib
import math
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import uharfbuzz as hb

from doorplate.errors import Unavailable
from print_jobs.plate_design import Font

_UNNEEDED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "name", "OS/2", "post")


@dataclass(frozen=True, slots=True)
class Ink:
    """The box that the ink of a text fills, in em from its origin on the baseline, y upwards."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Face:
    """A font on disk: index counts the faces of a collection (0 = JP, 2 = SC in Noto Sans CJK)."""

    path: Path
    index: int
    postscript_name: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file and the index: the same metrics and outlines on every machine that agrees on it."""
        with self.path.open("rb") as file:
            return f"{hashlib.file_digest(file, 'sha256').hexdigest()}:{self.index}"

    @cached_property
    def _hb_face(self) -> hb.Face:
        return hb.Face(hb.Blob.from_file_path(str(self.path)), self.index)

    @cached_property
    def _hb_font(self) -> hb.Font:
        return hb.Font(self._hb_face)

    @cached_property
    def _glyphs(self) -> _Glyphs:
        return _Glyphs(self._hb_font, int(self._hb_face.upem))

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of `text` this font cannot paint, in order, each once."""
        return tuple(c for c in dict.fromkeys(text) if not self._hb_font.get_nominal_glyph(ord(c)))

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
        x, left, right, bottom, top = 0.0, math.inf, -math.inf, math.inf, -math.inf
        for character in text:
            glyph = self._glyphs[character]
            box = glyph.ink
            if box.right > box.left:
                left, right = min(left, x + box.left), max(right, x + box.right)
                bottom, top = min(bottom, box.bottom), max(top, box.top)
            x += glyph.advance
        return Ink(left, bottom, right, top) if right > left else Ink(0, 0, 0, 0)

    @property
    def heights(self) -> tuple[int, int, int]:
        """Ascent, descent and height of capitals, thousandths of an em."""
        extents = self._hb_font.get_font_extents("ltr")
        return self._thousandths(extents.ascender), self._thousandths(extents.descender), round(self.ink("H").top * 1000)

    def width_of(self, glyph: int) -> int:
        """Advance of a glyph in thousandths of an em, as PDF wants it."""
        return self._thousandths(self._hb_font.get_glyph_h_advance(glyph))

    def subset(self, characters: Iterable[str]) -> bytes:
        """The bare CFF program with the glyphs of `characters` only; the same for the same set."""
        wanted = hb.SubsetInput()
        wanted.unicode_set.update(sorted(ord(c) for c in characters))
        wanted.flags = hb.SubsetFlags.NO_HINTING
        for tag in _UNNEEDED_TABLES:
            wanted.drop_table_tag_set.add(int.from_bytes(tag.ljust(4).encode(), "big"))
        return bytes(hb.subset(self._hb_face, wanted).reference_table("CFF ").data)

    def _thousandths(self, units: float) -> int:
        return round(units * 1000 / float(self._hb_face.upem))


MAIN = "main"


@dataclass(frozen=True)
class FontSet:
    """The faces of a design by key: "main" always, others as the design names them."""

    faces: Mapping[str, Face]

    @property
    def main(self) -> Face:
        return self.faces[MAIN]

    @cached_property
    def digest(self) -> str:
        """Tells whether two machines have the same fonts."""
        return "\n".join(f"{key} {face.digest}" for key, face in sorted(self.faces.items()))


@dataclass(frozen=True, slots=True)
class _Glyph:
    number: int
    code: bytes
    advance: float
    ink: Ink


class _Glyphs(dict[str, _Glyph]):
    """Glyphs by character, measured when they are first asked for."""

    def __init__(self, font: hb.Font, upem: int) -> None:
        super().__init__()
        self._font, self._upem = font, upem

    def __missing__(self, character: str) -> _Glyph:
        font, upem = self._font, self._upem
        number = font.get_nominal_glyph(ord(character)) or 0
        extents = font.get_glyph_extents(number)
        left, top = extents.x_bearing / upem, extents.y_bearing / upem
        ink = Ink(left, top + extents.height / upem, left + extents.width / upem, top)
        glyph = self[character] = _Glyph(number, b"%04X" % number, font.get_glyph_h_advance(number) / upem, ink)
        return glyph


def fonts_of(font: Font) -> FontSet:
    """The faces a design asks for. Raises Unavailable(font.missing)."""
    return FontSet({MAIN: locate(font)})


@lru_cache(maxsize=16)
def locate(font: Font) -> Face:
    """The face fontconfig gives for a design's font. Raises Unavailable(font.missing): fontconfig would fall back silently, and
    the wrong cut of a CJK font paints Japanese forms (the glyphs of 直 骨 判 differ)."""
    pattern = f"{font.family}:weight={font.weight}:lang=zh-cn"
    command = ["fc-match", "--format", "%{file}\\n%{index}\\n%{postscriptname}\\n%{family}\\n", pattern]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()  # noqa: S603
    except (OSError, subprocess.SubprocessError) as exc:
        raise Unavailable("font.fontconfig", "找不到 fc-match: 请安装 fontconfig 和 fonts-noto-cjk") from exc
    file, index, name, family = (found + [""] * 4)[:4]
    if font.family not in family.split(",") or name != font.postscript_name:
        raise Unavailable("font.missing", f"这台机器没有字体 {font.postscript_name}: 请安装 fonts-noto-cjk", family=font.family)
    return Face(Path(file), int(index) & 0xFFFF, name)
