"""The font objects for the stamped texts: subset CID fonts with ToUnicode maps, so that what is painted can be read out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from print_jobs.fonts import MAIN, Face, FontSet
from print_jobs.pdf_file import PdfFile
from print_jobs.runs import Run

_DEFAULT_WIDTH = 1000  # a hanzi
_FLAGS_SYMBOLIC = 4


@dataclass
class UsedFonts:
    """What has been painted with each face of a set: characters, and glyphs that shaping made."""

    fonts: FontSet
    characters: dict[str, set[str]] = field(default_factory=dict)
    glyphs: dict[str, set[int]] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """The resource name of a face: F for the main one, F1, F2 … for the others in the order of their keys."""
        return "F" if key == MAIN else f"F{sorted(k for k in self.fonts.faces if k != MAIN).index(key) + 1}"

    def add(self, runs: Iterable[Run]) -> None:
        """Notes what these runs paint."""
        for run in runs:
            if run.glyphs:
                self.glyphs.setdefault(run.face, set()).update(glyph.number for glyph in run.glyphs)
            else:
                self.characters.setdefault(run.face, set()).update(run.text)

    def add_text(self, text: str) -> None:
        """Notes a text in the main font."""
        self.characters.setdefault(MAIN, set()).update(text)

    def __contains__(self, key: str) -> bool:
        """Whether anything was painted with this face."""
        return key in self.characters or key in self.glyphs

    def embed(self, pdf: PdfFile, reserved: Mapping[str, int]) -> None:
        """Writes the faces under the numbers reserved for them, each cut down to what was painted."""
        for key, number in reserved.items():
            face = self.fonts.faces[key]
            painted = {face.glyph(c): c for c in sorted(self.characters.get(key, {" "}), reverse=True)}
            add_text_font(pdf, face, {**dict.fromkeys(self.glyphs.get(key, ()), ""), **painted}, number)


def add_text_font(pdf: PdfFile, face: Face, glyphs: Mapping[int, str], number: int | None = None) -> int:
    """Embeds `face` cut down to `glyphs` (with the characters they stand for, "" = said by ActualText) and gives the number of
    its Type 0 font object (ISO 32000-1, 9.7)."""
    truetype = face.outlines == "truetype"
    program = face.subset_glyphs(glyphs)
    name = b"/%b+%b" % (subset_tag(program), face.postscript_name.encode())
    entries = b"/Length1 %d" % len(program) if truetype else b"/Subtype/CIDFontType0C"
    file = pdf.add_stream(program, entries)
    ascent, descent, capital = face.heights
    descriptor = pdf.gather(
        b"<</Type/FontDescriptor/FontName%b/Flags %d/FontBBox[0 %d 1000 %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d"
        b"/StemV 130/FontFile%d %d 0 R>>" % (
            name, _FLAGS_SYMBOLIC, descent, ascent, ascent, descent, capital, 2 if truetype else 3, file))
    kind = b"CIDFontType2/CIDToGIDMap/Identity" if truetype else b"CIDFontType0"
    descendant = pdf.gather(
        b"<</Type/Font/Subtype/%b/BaseFont%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/DW %d/W[%b]/FontDescriptor %d 0 R>>" % (kind, name, _DEFAULT_WIDTH, _widths(face, glyphs), descriptor))
    unicode = pdf.add_stream(unicode_map({glyph: text for glyph, text in glyphs.items() if text}))
    return pdf.gather(b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>" % (
        name, descendant, unicode), number)


def subset_tag(program: bytes) -> bytes:
    """Six capitals that tell subsets apart (ISO 32000-1, 9.6.4), from the subset's content."""
    return bytes(65 + byte % 26 for byte in hashlib.sha256(program).digest()[:6])


def _widths(face: Face, glyphs: Iterable[int]) -> bytes:
    widths = ((glyph, face.width_of(glyph)) for glyph in sorted(glyphs))
    return b" ".join(b"%d[%d]" % (glyph, width) for glyph, width in widths if width != _DEFAULT_WIDTH)


def unicode_map(texts: Mapping[int, str], code_bytes: int = 2) -> bytes:
    """What the codes of a font, so many bytes each, stand for (ISO 32000-1, 9.10.3)."""
    digits = 2 * code_bytes
    lines = [b"<%0*X> <%b>" % (digits, code, text.encode("utf-16-be").hex().upper().encode())
             for code, text in sorted(texts.items())]
    blocks = [lines[i:i + 100] for i in range(0, len(lines), 100)]  # at most 100 entries a block, CMap specification
    mapping = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n"
            b"/CMapType 2 def\n1 begincodespacerange\n<%b> <%b>\nendcodespacerange\n" % (b"0" * digits, b"F" * digits) + mapping +
            b"\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
