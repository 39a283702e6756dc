"""Hidden rows and struck-through cells of a workbook of any kind, by what it is and not by its name.

In XLSX they are read as strictly as the values. In ODS and XLS they are a help: whatever is odd there means no marks.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from xml.parsers.expat import ExpatError

from doorplate.exchange.formats import ods_marks, xls_marks, xlsx_marks
from doorplate.exchange.formats.compound_file import MAGIC
from doorplate.exchange.formats.marks import Marks

_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError)
_ODD = (*_BROKEN, ExpatError, struct.error, LookupError, OverflowError, MemoryError)


def are_needed(path: Path) -> bool:
    """Must a failure to read the marks refuse the workbook? True for XLSX."""
    return _has_part(path, "xl/workbook.xml")


def may_have_marks(path: Path) -> bool:
    """A quick look, without parsing, for struck-through styles and hidden rows. Whoever reads the cells tells what is broken."""
    try:
        if _is_compound(path):
            return True
        return ods_marks.may_have_marks(path) if _has_part(path, ods_marks.CONTENT) else xlsx_marks.may_have_marks(path)
    except _BROKEN:
        return False


def read_marks(path: Path, most_cells: int) -> dict[str, Marks]:
    """Marks by sheet name. Raises SheetTooLarge, zipfile.BadZipFile, ET.ParseError for XLSX, nothing for other files."""
    if are_needed(path):
        return xlsx_marks.read_marks(path, most_cells)
    try:
        if _is_compound(path):
            return xls_marks.read_marks(path)
        return ods_marks.read_marks(path) if _has_part(path, ods_marks.CONTENT) else {}
    except _ODD:
        return {}


def _is_compound(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _has_part(path: Path, part: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return part in archive.NameToInfo
    except _BROKEN:
        return False
