"""Writes a PDF object by object straight to a file, so that memory does not grow with the number of pages (ISO 32000-1, 7.5).

Small objects are gathered in object streams and the cross-reference is a stream: a page takes a few bytes beside its content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
from isal import isal_zlib

PT = 72 / 25.4  # points in a millimetre

_HEADER = b"%PDF-1.6\n%\xe9\x97\xa8\xe7\x89\x8c\n"  # the version PDF/X-4 is made of (ISO 15930-7)
_COMPRESSION = isal_zlib.ISAL_BEST_COMPRESSION
_GATHERED = 200  # objects in one object stream
_DIRECT, _IN_STREAM = 1, 2  # ISO 32000-1, table 18


class PdfFile:
    """Objects are numbered in the order they are reserved or added; nothing in the file depends on the clock or the machine."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._position = 0
        self._places: list[tuple[int, int, int]] = [(0, 0, 65535)]
        self._gathered: list[tuple[int, bytes]] = []
        self._write(_HEADER)

    @property
    def digest(self) -> str:
        """SHA-256 of what has been written so far: a name for the file that its content gives."""
        return self._digest.hexdigest()

    def reserve(self) -> int:
        """A number for an object that is written later."""
        self._places.append((0, 0, 0))
        return len(self._places) - 1

    def add(self, data: bytes, number: int | None = None) -> int:
        """Writes an object (a dictionary, or a whole stream object) and says its number."""
        number = number or self.reserve()
        self._places[number] = (_DIRECT, self._position, 0)
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, data))
        return number

    def gather(self, data: bytes, number: int | None = None) -> int:
        """Keeps an object that is no stream for the next object stream (ISO 32000-1, 7.5.7) and says its number."""
        number = number or self.reserve()
        self._gathered.append((number, data))
        if len(self._gathered) == _GATHERED:
            self._flush()
        return number

    def add_stream(self, content: bytes, entries: bytes = b"") -> int:
        """Writes a stream, compressed, with further dictionary `entries`."""
        return self.add_flate(isal_zlib.compress(content, _COMPRESSION), entries)

    def add_flate(self, packed: bytes, entries: bytes = b"") -> int:
        """Writes a stream that is compressed already."""
        return self.add(b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (entries, len(packed), packed))

    def add_plain(self, content: bytes, entries: bytes = b"") -> int:
        """Writes a stream as it is, so that simple tools find it."""
        return self.add(b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content))

    def finish(self, catalog: int, info: int) -> None:
        """Cross-reference stream and end. The file's /ID is the hash of what was written: the same content, the same bytes."""
        self._flush()
        number, start = self.reserve(), self._position
        self._places[number] = (_DIRECT, start, 0)
        table = np.array(self._places, ">u8")
        columns = np.concatenate([table[:, :1].astype(">u1"), table[:, 1].astype(">u8").view(">u1").reshape(-1, 8)[:, 3:],
                                  table[:, 2].astype(">u2").view(">u1").reshape(-1, 2)], axis=1)
        rows = np.diff(columns, axis=0, prepend=np.zeros((1, 8), np.uint8))  # PNG predictor "up" (ISO 32000-1, 7.4.4.4)
        packed = isal_zlib.compress(np.insert(rows, 0, 2, axis=1).tobytes(), _COMPRESSION)
        identity = self.digest[:32].encode()
        self.add(b"<</Type/XRef/Size %d/W[1 5 2]/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]/Filter/FlateDecode"
                 b"/DecodeParms<</Predictor 12/Columns 8>>/Length %d>>stream\n%b\nendstream" % (
                     len(self._places), catalog, info, identity, identity, len(packed), packed), number)
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _flush(self) -> None:
        if not self._gathered:
            return
        number, heads, at = self.reserve(), [], 0
        for index, (gathered, data) in enumerate(self._gathered):
            self._places[gathered] = (_IN_STREAM, number, index)
            heads.append(b"%d %d" % (gathered, at))
            at += len(data) + 1
        head = b" ".join(heads) + b"\n"
        packed = isal_zlib.compress(head + b"\n".join(data for _, data in self._gathered), _COMPRESSION)
        self.add(b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
            len(self._gathered), len(head), len(packed), packed), number)
        self._gathered.clear()

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._position += len(data)


def text_string(text: str) -> bytes:
    """A PDF text string in UTF-16 with its byte order mark."""
    return b"<" + ("\ufeff" + text).encode("utf-16-be").hex().upper().encode() + b">"


def number(value: float) -> bytes:
    """A length in points to a hundredth (3.5 µm), as short as it can be written."""
    return b"%.7g" % (round(value, 2) + 0.0)


def box(left: float, bottom: float, right: float, top: float) -> bytes:
    """A rectangle given in millimetres."""
    return b"[%.4f %.4f %.4f %.4f]" % (left * PT, bottom * PT, right * PT, top * PT)


def resources(groups: Mapping[str, Mapping[str, int]]) -> bytes:
    """A resource dictionary: numbers of objects by group (Font, XObject …) and name."""
    inner = [b"/%b<<%b>>" % (group.encode(), b"".join(b"/%b %d 0 R" % (name.encode(), obj) for name, obj in names.items()))
             for group, names in groups.items() if names]
    return b"<<%b>>" % b"".join(inner)
