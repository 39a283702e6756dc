"""The fonts of a design by key, and what is painted with which: the main font, behind it those for characters it lacks.

"main" is always there; the others are optional: a font this machine lacks is left out, and preflight complains when a plate
needs it.
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path

from doorplate.errors import Unavailable
from print_jobs.face import Face, Ink, Shaped, united
from print_jobs.plate_design import Font, Typefaces

__all__ = ["MAIN", "Face", "FontSet", "Ink", "Letters", "Shaped", "fonts_of", "locate"]

MAIN, LATIN, FALLBACK = "main", "latin", "fallback"


@dataclass(frozen=True, eq=False)
class Letters:
    """Fonts in the order they are asked for a character. Measures as Face's, in em. Fallbacks are asked for letters only, as
    ideographs are: they also hold emoji and the like, which no name may contain."""

    faces: Mapping[str, Face]

    @cached_property
    def first(self) -> Face:
        return next(iter(self.faces.values()))

    def key_of(self, character: str) -> str:
        """Key of the first font that has the character; of the first of all where none has."""
        return self._key_of(character) or next(iter(self.faces))

    def _key_of(self, character: str) -> str | None:
        letter = unicodedata.category(character) == "Lo"
        asked = ((key, face) for key, face in self.faces.items() if letter or not key.startswith(FALLBACK))
        return next((key for key, face in asked if face.has(character)), None)

    def pieces(self, text: str) -> tuple[tuple[str, str], ...]:
        """The text cut where the font changes: (key, piece)."""
        if not self.first.missing(text):
            return ((next(iter(self.faces)), text),) if text else ()
        return tuple((key, "".join(piece)) for key, piece in groupby(text, self.key_of))

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters none of the fonts has, in order, each once."""
        return tuple(c for c in self.first.missing(text) if self._key_of(c) is None)

    def advance(self, text: str) -> float:
        return sum(self.faces[key].advance(piece) for key, piece in self.pieces(text))

    def ink(self, text: str) -> Ink:
        x, boxes = 0.0, []
        for key, piece in self.pieces(text):
            boxes.append((x, 0.0, self.faces[key].ink(piece)))
            x += self.faces[key].advance(piece)
        return united(boxes)

    def look(self, text: str) -> tuple[tuple[str, int], ...]:
        """(font, glyph) of every character: what is equal here looks the same on the plate."""
        return tuple((key, self.faces[key].glyph(c)) for c in text for key in (self.key_of(c),))


@dataclass(frozen=True, eq=False)
class FontSet:
    """The faces of a design by key: "main" always, others as the design names them and this machine has them."""

    faces: Mapping[str, Face]

    @property
    def main(self) -> Face:
        return self.faces[MAIN]

    @cached_property
    def digest(self) -> str:
        """Tells whether two machines have the same fonts."""
        return "\n".join(f"{key} {face.digest}" for key, face in sorted(self.faces.items()))

    @cached_property
    def hanzi(self) -> Letters:
        """What names and numbers are painted with: the main font, then the fallbacks."""
        return Letters({key: face for key, face in self.faces.items() if key == MAIN or key.startswith(FALLBACK)})

    @cached_property
    def latin(self) -> Letters:
        """What pinyin is painted with."""
        return Letters({LATIN: self.faces[LATIN], MAIN: self.main}) if LATIN in self.faces else Letters({MAIN: self.main})

    @cached_property
    def scripts(self) -> Mapping[str, Face]:
        """The fonts of the local scripts by key, and the main font last: it has Hangul, and Latin for Zhuang."""
        scripts = {key: face for key, face in self.faces.items() if key in Typefaces.SCRIPTS}
        return {**scripts, MAIN: self.main}


@lru_cache(maxsize=16)
def fonts_of(typefaces: Typefaces) -> FontSet:
    """The faces a design asks for, those of the optional fonts as far as this machine has them.

    Raises Unavailable(font.missing) without the main font, Unavailable(font.fontconfig) without fontconfig."""
    faces = {MAIN: locate(typefaces.main)}
    for key, font in typefaces.optional():
        face = _found(font)
        if face is not None:
            faces[key] = face
    return FontSet(faces)


def locate(font: Font) -> Face:
    """The face of a design's font. Raises Unavailable(font.missing, font.fontconfig): nothing else is put in its place, because
    the wrong cut of a CJK font paints Japanese forms (the glyphs of 直 骨 判 differ)."""
    face = _found(font)
    if face is None:
        raise Unavailable("font.missing", f"这台机器没有字体 {font.postscript_name}: 请安装 {font.package or font.family}",
                          family=font.family)
    return face


def _found(font: Font) -> Face | None:
    for name, families, path, index in _installed():
        if name == font.postscript_name and font.family in families:
            return Face(Path(path), index, name, font.stroke_em)
    return None


@lru_cache(maxsize=1)
def _installed() -> tuple[tuple[str, tuple[str, ...], str, int], ...]:
    """PostScript name, families, file and index of every font of this machine; instances of variable fonts left out."""
    command = ["fc-list", "--format", "%{file}\\n%{index}\\n%{postscriptname}\\n%{family}\\n"]
    try:
        lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()  # noqa: S603
    except (OSError, subprocess.SubprocessError) as exc:
        raise Unavailable("font.fontconfig", "找不到 fc-list: 请安装 fontconfig 和 fonts-noto-cjk") from exc
    records = zip(*(lines[i::4] for i in range(4)), strict=False)
    found = ((name, tuple(family.split(",")), file, int(index)) for file, index, name, family in records if index.isdigit())
    return tuple(sorted(record for record in found if record[3] < 1 << 16))
