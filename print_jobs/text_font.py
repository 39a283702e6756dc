"""The font object for the stamped texts: one subset CID font with a ToUnicode map, so that what is painted can be read out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from print_jobs.fonts import Face
from print_jobs.pdf_file import PdfFile

_DEFAULT_WIDTH = 1000  # a hanzi
_FLAGS_SYMBOLIC = 4


def add_text_font(pdf: PdfFile, face: Face, characters: Iterable[str]) -> int:
    """Embeds `face` cut down to `characters` and gives the number of its Type 0 font object (ISO 32000-1, 9.7)."""
    glyphs = {face.glyph(character): character for character in sorted(set(characters), reverse=True)}
    program = face.subset(glyphs.values())
    name = b"/%b+%b" % (_tag(program), face.postscript_name.encode())
    file = pdf.add_stream(program, b"/Subtype/CIDFontType0C")
    ascent, descent, capital = face.heights
    descriptor = pdf.add(
        b"<</Type/FontDescriptor/FontName%b/Flags %d/FontBBox[0 %d 1000 %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d"
        b"/StemV 130/FontFile3 %d 0 R>>" % (
            name, _FLAGS_SYMBOLIC, descent, ascent, ascent, descent, capital, file))
    descendant = pdf.add(
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/DW %d/W[%b]/FontDescriptor %d 0 R>>" % (name, _DEFAULT_WIDTH, _widths(face, glyphs), descriptor))
    unicode = pdf.add_stream(_to_unicode(glyphs))
    return pdf.add(b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>" % (
        name, descendant, unicode))


def _tag(program: bytes) -> bytes:
    """Six capitals that tell subsets apart (ISO 32000-1, 9.6.4), from the subset's content."""
    return bytes(65 + byte % 26 for byte in hashlib.sha256(program).digest()[:6])


def _widths(face: Face, glyphs: Iterable[int]) -> bytes:
    widths = ((glyph, face.width_of(glyph)) for glyph in sorted(glyphs))
    return b" ".join(b"%d[%d]" % (glyph, width) for glyph, width in widths if width != _DEFAULT_WIDTH)


def _to_unicode(glyphs: dict[int, str]) -> bytes:
    lines = [b"<%04X> <%b>" % (glyph, character.encode("utf-16-be").hex().upper().encode())
             for glyph, character in sorted(glyphs.items())]
    blocks = [lines[i:i + 100] for i in range(0, len(lines), 100)]  # at most 100 entries a block, CMap specification
    mapping = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n"
            b"/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + mapping +
            b"\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
