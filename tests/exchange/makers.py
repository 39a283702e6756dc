"""Files made for tests: ordinary lists in every format, and hostile ones."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import xlsxwriter

ROWS: list[list[object]] = [
    ["序号", "户主", "街路巷", "门牌号", "经度", "纬度", "备注"],
    *([i, f"测试{c}", "幸福路", f"{2 * i - 1}号", round(108.21 + i / 1e4, 4), 34.27, ""] for i, c in enumerate("甲乙丙丁戊", 1)),
]


def write_xlsx(path: Path, rows: Iterable[Sequence[object]] = ROWS, sheet: str = "名单") -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for i, row in enumerate(rows):
            page.write_row(i, 0, row)
    return path


def write_csv(path: Path, rows: Iterable[Sequence[object]] = ROWS, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.write_bytes("".join(delimiter.join(map(str, row)) + "\r\n" for row in rows).encode(encoding))
    return path


def write_ods(path: Path, rows: Iterable[Sequence[object]] = ROWS) -> Path:
    def cell(value: object) -> str:
        kind = (
            f'office:value-type="float" office:value="{value}"'
            if isinstance(value, int | float)
            else 'office:value-type="string"'
        )
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    name = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{name}:office:1.0" '
        f'xmlns:table="{name}:table:1.0" xmlns:text="{name}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="名单">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{name}:manifest:1.0"></manifest:manifest>',
        )
    return path


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A copy of a zip container with parts changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def zip_bomb(source: Path, target: Path, part: str, filler: bytes, megabytes: int) -> Path:
    """The part grows to many megabytes that compress to almost nothing."""

    def swell(name: str, data: bytes) -> bytes:
        if not name.endswith(part):
            return data
        at = data.rindex(b"</s")
        return data[:at] + filler * ((megabytes << 20) // len(filler)) + data[at:]

    return rewritten(source, target, swell)


def encrypted_workbook(path: Path) -> Path:
    """What Excel writes for a workbook with a password: a compound file (MS-CFB) with the stream EncryptedPackage."""
    streams = {"EncryptionInfo": b"\x04\x00\x04\x00" + b"\0" * 5000, "EncryptedPackage": b"\x01" * 5000}
    sectors: list[bytes] = []
    fat: list[int] = []
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, data) in enumerate(streams.items(), 1):
        start = len(sectors)
        chunks = [data[i : i + 512].ljust(512, b"\0") for i in range(0, len(data), 512)]
        sectors += chunks
        fat += [*range(start + 1, start + len(chunks)), 0xFFFFFFFE]
        entries.append(_entry(name, 2, start, len(data), right=2 if number == 1 else 0xFFFFFFFF))
    directory = len(sectors)
    sectors.append(b"".join(entries).ljust(512, b"\0"))
    fat += [0xFFFFFFFE, 0xFFFFFFFD]
    sectors.append(struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat))))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        1,
        directory,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
    )
    path.write_bytes(header + struct.pack("<109I", directory + 1, *[0xFFFFFFFF] * 108) + b"".join(sectors))
    return path


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16sIQQIQ", raw, len(raw) + 2, kind, 1, 0xFFFFFFFF, right, child, b"", 0, 0, 0, start, size)
