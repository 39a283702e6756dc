"""The font symbols are set in: its 256 characters are all patterns of two by four modules, as outlines.

A symbol is set twice, the second time shifted by half a character both ways: where characters of one setting meet, those of the
other go through, so that no light seams are left. Set like this a symbol takes a third of the bytes its rectangles would, and
is read and drawn faster. The program is CFF (Adobe Technical Note 5176), written here because no font has these characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from print_jobs.pdf_file import PdfFile
from print_jobs.text_font import subset_tag, unicode_map

CHARACTER = (4, 2)
"""Modules of a character: rows, columns. Bit 7 of its number is the upper left one, bit 6 the one beside it, … 1 = dark."""

_MODULE = 250  # units, 1000 to an em: an em is four modules
_OVERLAP = 2  # units a dark module reaches right and down, over what rounding may leave open: 8 µm of a millimetre (D)
_COUNT = 256
_STANDARD_STRINGS = 391  # numbers below name the strings every reader of CFF knows
_NAME = b"DoorplateModules"
_END, _MOVE, _LINES = b"\x0e", b"\x15", b"\x06"  # Technical Note 5177: endchar, rmoveto, hlineto
_CHARSET, _CHARSTRINGS, _PRIVATE, _BOX = 15, 17, 18, 5  # operators of the top dictionary
_WIDTH = b"\x1c" + (CHARACTER[1] * _MODULE).to_bytes(2, "big") + b"\x14"  # the private dictionary: defaultWidthX


def add_module_font(pdf: PdfFile) -> int:
    """Embeds the font and gives its number. Read out as text, a symbol is spaces."""
    program = module_program()
    name, (rows, columns) = subset_tag(program) + b"+" + _NAME, CHARACTER
    file = pdf.add_stream(program, b"/Subtype/Type1C")
    descriptor = pdf.gather(
        b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent 0/CapHeight %d"
        b"/StemV %d/FontFile3 %d 0 R>>" % (name, *_box(), rows * _MODULE, rows * _MODULE, _MODULE, file))
    widths, names = b" ".join([b"%d" % (columns * _MODULE)] * _COUNT), b"".join(b"/" + one for one in _names())
    unicode = pdf.add_stream(unicode_map(dict.fromkeys(range(_COUNT), " "), 1))
    return pdf.gather(
        b"<</Type/Font/Subtype/Type1/BaseFont/%b/FirstChar 0/LastChar %d/Widths[%b]/Encoding<</Type/Encoding/Differences[0%b]>>"
        b"/FontDescriptor %d 0 R/ToUnicode %d 0 R>>" % (name, _COUNT - 1, widths, names, descriptor, unicode))


@lru_cache(maxsize=1)
def module_program() -> bytes:
    """The font program."""
    outlines = _index([_END, *(_outline(number) for number in range(_COUNT))])
    head = b"\x01\x00\x04\x02" + _index([_NAME])
    names, subroutines = _index(_names()), _index([])
    charset = b"\x02" + _STANDARD_STRINGS.to_bytes(2, "big") + (_COUNT - 1).to_bytes(2, "big")
    size = len(_index([_top(0, 0, 0)]))
    start = len(head) + size + len(names) + len(subroutines)
    top = _index([_top(start, start + len(charset), start + len(charset) + len(outlines))])
    return head + top + names + subroutines + charset + outlines + _WIDTH


def _top(charset: int, outlines: int, private: int) -> bytes:
    box = b"".join(_number(value) for value in _box())
    return b"".join([box, bytes([_BOX]), _offset(charset), bytes([_CHARSET]), _offset(outlines), bytes([_CHARSTRINGS]),
                     _number(len(_WIDTH)), _offset(private), bytes([_PRIVATE])])


def _box() -> tuple[int, int, int, int]:
    rows, columns = CHARACTER
    return 0, -_OVERLAP, columns * _MODULE + _OVERLAP, rows * _MODULE


def _outline(number: int) -> bytes:
    """The dark modules of a character, those beside each other as one rectangle."""
    pen, at = b"", (0, 0)
    for left, bottom, modules in _rectangles(number):
        width, height = modules * _MODULE + _OVERLAP, _MODULE + _OVERLAP
        pen += _number(left - at[0]) + _number(bottom - _OVERLAP - at[1]) + _MOVE
        pen += b"".join(map(_number, (width, height, -width))) + _LINES
        at = (left, bottom + _MODULE)
    return pen + _END


def _rectangles(number: int) -> Iterator[tuple[int, int, int]]:
    """Left and lower edge in units, width in modules."""
    rows, columns = CHARACTER
    for row in range(rows):
        bits = f"{number:08b}"[row * columns:(row + 1) * columns]
        for dark in [bits] if bits == "11" else [bits[0] + "0", "0" + bits[1]]:
            if "1" in dark:
                yield dark.index("1") * _MODULE, (rows - 1 - row) * _MODULE, dark.count("1")


def _names() -> Sequence[bytes]:
    return [b"m%02X" % number for number in range(_COUNT)]


def _index(items: Iterable[bytes]) -> bytes:
    """An INDEX (Technical Note 5176, 5): count, size of offsets, offsets from 1, data."""
    items = list(items)
    if not items:
        return b"\x00\x00"
    at, offsets = 1, [1]
    for item in items:
        at += len(item)
        offsets.append(at)
    return len(items).to_bytes(2, "big") + b"\x02" + b"".join(offset.to_bytes(2, "big") for offset in offsets) + b"".join(items)


def _number(value: int) -> bytes:
    """A whole number as dictionaries and outlines both write it (5176, table 3; 5177, 3.2)."""
    return bytes([value + 139]) if -107 <= value <= 107 else b"\x1c" + value.to_bytes(2, "big", signed=True)


def _offset(value: int) -> bytes:
    """A number of constant length, so that offsets can be told before they are known."""
    return b"\x1d" + value.to_bytes(4, "big")

