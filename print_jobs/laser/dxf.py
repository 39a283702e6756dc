"""A drawing as ASCII DXF of AutoCAD 2000 (AC1015), millimetres: every ring a closed LWPOLYLINE on layer ENGRAVE or CUT.

y runs upwards from the lower left corner of the face, as engravers count. DXF has no holes: a ring inside another is one, as
every laser program fills closed outlines even-odd.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from print_jobs.laser.drawing import Drawing, rings

_RED, _WHITE = 1, 7  # colour numbers of AutoCAD; 7 is black on paper
_LAYERS = (("0", _WHITE), ("ENGRAVE", _WHITE), ("CUT", _RED))
_MODEL, _PAPER = "1F", "1B"  # handles of the two block records, referred to before they are written
_LAST = 0xFFFF  # larger than every handle of the frame; entities are numbered behind it

Pairs = Iterator[tuple[int, object]]


def dxf_bytes(drawing: Drawing) -> bytes:
    """The file, lines ending in CR LF."""
    layers = (("ENGRAVE", drawing.engrave), ("CUT", drawing.cut))
    outlines = [(layer, ring) for layer, polygons in layers for ring in rings(polygons)]
    entities = [_polyline(f"{handle:X}", layer, ring, drawing.height_mm)
                for handle, (layer, ring) in enumerate(outlines, _LAST + 1)]
    return "".join([_text(_header(drawing, _LAST + 1 + len(outlines))), _before(), *entities, _after()]).encode("ascii")


@lru_cache(maxsize=1)
def _before() -> str:
    return _text([*_frame(), (0, "SECTION"), (2, "ENTITIES")])


@lru_cache(maxsize=1)
def _after() -> str:
    return _text([(0, "ENDSEC"), *_objects(), (0, "EOF")])


def _text(pairs: Iterable[tuple[int, object]]) -> str:
    return "".join(f"{code:>3}\r\n{value}\r\n" for code, value in pairs)


def _header(drawing: Drawing, next_handle: int) -> Pairs:
    yield from [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1015"), (9, "$HANDSEED"), (5, f"{next_handle:X}"),
                (9, "$INSUNITS"), (70, 4), (9, "$MEASUREMENT"), (70, 1),
                (9, "$EXTMIN"), (10, 0.0), (20, 0.0), (30, 0.0),
                (9, "$EXTMAX"), (10, drawing.width_mm), (20, drawing.height_mm), (30, 0.0), (0, "ENDSEC")]


def _polyline(handle: str, layer: str, ring: list[list[float]], height_mm: float) -> str:
    start = _text([(0, "LWPOLYLINE"), (5, handle), (330, _MODEL), (100, "AcDbEntity"), (8, layer), (100, "AcDbPolyline"),
                   (90, len(ring)), (70, 1), (43, 0.0)])
    return start + "".join([f" 10\r\n{x:.7g}\r\n 20\r\n{height_mm - y:.7g}\r\n" for x, y in ring])


def _frame() -> Pairs:
    """Classes, tables and blocks: what every file of this version must have, and our layers."""
    yield from [(0, "SECTION"), (2, "CLASSES"), (0, "ENDSEC"), (0, "SECTION"), (2, "TABLES")]
    yield from _table("VPORT", "8", [])
    lines = [("ByBlock", "14", ""), ("ByLayer", "15", ""), ("Continuous", "16", "Solid line")]
    yield from _table("LTYPE", "5", [
        [(5, handle), (330, "5"), (100, "AcDbSymbolTableRecord"), (100, "AcDbLinetypeTableRecord"), (2, name), (70, 0), (3, text),
         (72, 65), (73, 0), (40, 0.0)] for name, handle, text in lines])
    yield from _table("LAYER", "2", [
        [(5, f"{0x40 + i:X}"), (330, "2"), (100, "AcDbSymbolTableRecord"), (100, "AcDbLayerTableRecord"), (2, name), (70, 0),
         (62, color), (6, "Continuous")] for i, (name, color) in enumerate(_LAYERS)])
    yield from _table("STYLE", "3", [
        [(5, "11"), (330, "3"), (100, "AcDbSymbolTableRecord"), (100, "AcDbTextStyleTableRecord"), (2, "Standard"), (70, 0),
         (40, 0.0), (41, 1.0), (50, 0.0), (71, 0), (42, 2.5), (3, "txt"), (4, "")]])
    yield from _table("VIEW", "6", [])
    yield from _table("UCS", "7", [])
    yield from _table("APPID", "9", [
        [(5, "12"), (330, "9"), (100, "AcDbSymbolTableRecord"), (100, "AcDbRegAppTableRecord"), (2, "ACAD"), (70, 0)]])
    yield from _table("DIMSTYLE", "A", [
        [(105, "27"), (330, "A"), (100, "AcDbSymbolTableRecord"), (100, "AcDbDimStyleTableRecord"), (2, "Standard"), (70, 0)]])
    yield from _table("BLOCK_RECORD", "1", [
        [(5, handle), (330, "1"), (100, "AcDbSymbolTableRecord"), (100, "AcDbBlockTableRecord"), (2, name)]
        for name, handle in (("*Model_Space", _MODEL), ("*Paper_Space", _PAPER))])
    yield from [(0, "ENDSEC"), (0, "SECTION"), (2, "BLOCKS")]
    yield from _block("*Model_Space", _MODEL, "20", "21")
    yield from _block("*Paper_Space", _PAPER, "1C", "1D")
    yield 0, "ENDSEC"


def _table(name: str, handle: str, records: Iterable[list[tuple[int, object]]]) -> Pairs:
    there = list(records)
    yield from [(0, "TABLE"), (2, name), (5, handle), (330, 0), (100, "AcDbSymbolTable"), (70, len(there))]
    if name == "DIMSTYLE":
        yield 100, "AcDbDimStyleTable"
    for record in there:
        yield 0, name
        yield from record
    yield 0, "ENDTAB"


def _block(name: str, record: str, begin: str, end: str) -> Pairs:
    yield from [(0, "BLOCK"), (5, begin), (330, record), (100, "AcDbEntity"), (8, "0"), (100, "AcDbBlockBegin"), (2, name),
                (70, 0), (10, 0.0), (20, 0.0), (30, 0.0), (3, name), (1, ""),
                (0, "ENDBLK"), (5, end), (330, record), (100, "AcDbEntity"), (8, "0"), (100, "AcDbBlockEnd")]


def _objects() -> Pairs:
    yield from [(0, "SECTION"), (2, "OBJECTS"),
                (0, "DICTIONARY"), (5, "C"), (330, 0), (100, "AcDbDictionary"), (281, 1), (3, "ACAD_GROUP"), (350, "D"),
                (0, "DICTIONARY"), (5, "D"), (330, "C"), (100, "AcDbDictionary"), (281, 1), (0, "ENDSEC")]
