"""Marks in XLSX that calamine does not hand over: hidden rows, struck-through cells, cells far out to the right.

Reads the sheets' XML as a stream. Most workbooks have none of these marks, which a search in the raw bytes shows in
a fraction of the time that parsing takes.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from doorplate.exchange.formats.marks import Marks, SheetTooLarge

_CHUNK = 1 << 20
_HIDDEN = re.compile(rb"""hidden=["'](?:1|true)["']""")
_FAR_CELL = re.compile(rb"""<(?:\w+:)?c [^>]*?r=["']([A-Z]{3})([0-9]{1,7})["']""")
_CELL_REF = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def column_index(letters: str) -> int:
    """ "A" → 0, "XFD" → 16383."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def may_have_marks(path: Path) -> bool:
    """A quick look for struck-through styles and hidden rows. Raises zipfile.BadZipFile, zlib.error, OSError, ValueError."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "xl/styles.xml" in names and b"strike" in archive.read("xl/styles.xml"):
            return True
        return any(_is_hidden_in(archive, name) for name in names if name.startswith("xl/worksheets/"))


def _is_hidden_in(archive: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if b"hidden" in (text := tail + chunk) and _HIDDEN.search(text):
                return True
            tail = chunk[-20:]
    return False


def read_marks(path: Path, most_cells: int) -> dict[str, Marks]:
    """Marks by sheet name. Raises SheetTooLarge, zipfile.BadZipFile, ET.ParseError."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        struck = struck_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else set()
        parts = sheet_parts(archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels"))
        return {sheet: _sheet_marks(archive, part, sheet, struck, most_cells) for sheet, part in parts.items() if part in names}


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def sheet_parts(workbook: bytes, relationships: bytes) -> dict[str, str]:
    """Sheet name → part, from xl/workbook.xml and its relationships. Raises ET.ParseError."""
    relations = {}
    for node in ET.fromstring(relationships):  # noqa: S314 - expat limits entity expansion
        target = node.get("Target", "")
        relations[node.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    book = ET.fromstring(workbook)  # noqa: S314
    return {
        node.get("name", ""): relations.get(node.get(_RELATION_ID), "") for node in book.iter() if _local(node.tag) == "sheet"
    }


def struck_styles(raw: bytes) -> set[str]:
    """Indexes into cellXfs whose font is struck through, from xl/styles.xml. Raises ET.ParseError."""
    if b"strike" not in raw:
        return set()
    root = ET.fromstring(raw)  # noqa: S314
    fonts = next((list(n) for n in root if _local(n.tag) == "fonts"), [])
    struck = {
        str(i)
        for i, font in enumerate(fonts)
        if any(_local(n.tag) == "strike" and n.get("val", "1") not in ("0", "false") for n in font)
    }
    formats = next((list(n) for n in root if _local(n.tag) == "cellXfs"), [])
    return {str(i) for i, xf in enumerate(formats) if xf.get("fontId", "0") in struck}


def _sheet_marks(archive: zipfile.ZipFile, part: str, sheet: str, struck_styles: set[str], most_cells: int) -> Marks:
    with archive.open(part) as stream:
        hidden, last_column, last_row = _skim(stream)
    if last_column * last_row > most_cells:
        raise SheetTooLarge(f"{sheet}|{last_column}")
    marks = Marks()
    if hidden or struck_styles:
        with archive.open(part) as stream:
            _walk(stream, struck_styles, marks)
    return marks


def _skim(stream: IO[bytes]) -> tuple[bool, int, int]:
    """Is anything hidden; the last column and row among the cells beyond column ZZ (0, 0 when there are none)."""
    hidden, last_column, last_row, tail = False, 0, 0, b""
    while chunk := stream.read(_CHUNK):
        text = tail + chunk
        hidden = hidden or bool(_HIDDEN.search(text))
        for match in _FAR_CELL.finditer(text):
            last_column = max(last_column, column_index(match[1].decode()) + 1)
            last_row = max(last_row, int(match[2]))
        tail = text[-200:]
    return hidden, last_column, last_row


def _walk(stream: IO[bytes], struck_styles: set[str], marks: Marks) -> None:
    row = column = 0
    for event, node in ET.iterparse(stream, ("start", "end")):  # noqa: S314
        name = _local(node.tag)
        if event == "end":
            if name == "row":
                node.clear()
            continue
        if name == "row":
            row, column = int(node.get("r", row + 1)), -1
            if node.get("hidden") in ("1", "true"):
                marks.hidden_rows.add(row)
        elif name == "c":
            ref = _CELL_REF.fullmatch(node.get("r", ""))
            column = column_index(ref[1]) if ref else column + 1
            if node.get("s") in struck_styles:
                marks.struck_cells.add((row, column))
