"""The parts of an XLSX container: small ones whole, sheets as a stream that is checked while it is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

from doorplate.exchange.formats.xlsx_cells import NotPlain

WORKBOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
_DECLARED = rb"""<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?(?: standalone=["']\w+["'])?\s*\?>"""
PROLOGUE = rb"(?:\xef\xbb\xbf)?(?:" + _DECLARED + rb")?\s*"  # of XML in UTF-8
_PIECE = 1 << 16  # compressed bytes fed at once
_MOST_OUT = 1 << 20  # unpacked bytes taken at once, so that a bomb is met piece by piece
_SMALL_PART = 4 << 20


class Parts:
    """An open container; names: its directory. Raises NotPlain where calamine could see another content than zlib does."""

    def __init__(self, path: str) -> None:
        self._path = path
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
        self.names = {info.filename: info for info in infos}
        if len({info.filename.lower() for info in infos}) < len(infos) or WORKBOOK not in self.names:
            raise NotPlain("names")

    def small(self, name: str) -> bytes:
        """A part of few bytes."""
        if self.names[name].file_size > _SMALL_PART:
            raise NotPlain("size")
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """The part, unpacked piece by piece; its size and checksum must come out as the directory says."""
        info = self.names.get(name)
        if info is None or info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotPlain("part")
        size, checksum = 0, 0
        for piece in _unpacked(self._packed(info), info.compress_type == zipfile.ZIP_DEFLATED):
            size, checksum = size + len(piece), zlib.crc32(piece, checksum)
            if size > info.file_size:
                raise NotPlain("size")
            yield piece
        if size != info.file_size or checksum != info.CRC:
            raise NotPlain("checksum")

    def _packed(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        with open(self._path, "rb") as file:
            file.seek(info.header_offset)
            header = file.read(30)  # APPNOTE.TXT 4.3.7
            if header[:4] != b"PK\3\4":
                raise NotPlain("header")
            file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
            left = info.compress_size
            while left and (piece := file.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece


def _unpacked(packed: Iterator[bytes], is_deflated: bool) -> Iterator[bytes]:
    if not is_deflated:
        yield from packed
        return
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed:
        left = piece
        while left and not unpack.eof:
            yield unpack.decompress(left, _MOST_OUT)
            left = unpack.unconsumed_tail
    yield unpack.flush()
    if not unpack.eof:
        raise NotPlain("cut off")
