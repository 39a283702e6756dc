"""What a file is, by its first bytes and its container — never by its name alone."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from doorplate.errors import InputError

Form = Literal["workbook", "text", "geo"]
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TABLES = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"BM": "图片",
    b"\x1f\x8b": "压缩包",
    b"RIFF": "图片或录音",
    b"\x7fELF": "程序",
    b"MZ": "程序",
}
_GEO_SUFFIXES = {".geojson", ".json", ".gpkg", ".shp", ".kml", ".fgb"}


def form_of(path: Path) -> Form:
    """How to read this file. Raises InputError list.not_found, list.empty, list.not_a_table, list.broken."""
    if not path.is_file():
        raise InputError("list.not_found", f"找不到文件 {path.name}, 请检查文件名和所在的文件夹", file=path.name)
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as exc:
        raise InputError("list.not_found", f"文件 {path.name} 打不开, 请检查是否有权读取", file=path.name) from exc
    if not head.strip(b"\0 \r\n\t\xef\xbb\xbf\xfe\xff"):
        raise InputError("list.empty", f"文件 {path.name} 是空的, 没有可读的内容, 请换成填好的文件", file=path.name)
    for magic, what in _NOT_TABLES.items():
        if head.startswith(magic) and not (magic == b"BM" and path.suffix.lower() != ".bmp"):
            raise _not_a_table(path, what)
    if head.startswith(b"PK"):
        return _zip_form(path)
    if head.startswith(_OLE):
        return "workbook"
    if head.startswith((b"SQLite format 3", b"\x00\x00\x27\x0a", b"fgb")):
        return "geo"
    if path.suffix.lower() in _GEO_SUFFIXES or head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return "geo"
    return "text"


def _zip_form(path: Path) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise InputError("list.broken", f"文件 {path.name} 已损坏, 打不开, 请用表格软件打开后另存再试", file=path.name) from exc
    if any(n in ("xl/workbook.xml", "xl/workbook.bin", "content.xml") for n in names) and "word/document.xml" not in names:
        return "workbook"
    if any(n.lower().endswith(".shp") for n in names):
        return "geo"
    kind = "Word 文档" if "word/document.xml" in names else "演示文稿" if "ppt/presentation.xml" in names else "压缩包, 请先解压"
    raise _not_a_table(path, kind)


def _not_a_table(path: Path, what: str) -> InputError:
    return InputError(
        "list.not_a_table", f"文件 {path.name} 是{what}, 不是地址表, 请给 XLSX、XLS、ODS、CSV 或文本文件", file=path.name
    )
