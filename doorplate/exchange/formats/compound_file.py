"""Streams out of compound files (MS-CFB), the container of XLS. Bounded: no chain is followed longer than the file is."""

from __future__ import annotations

import struct
from collections.abc import Sequence

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA  # MS-CFB 2.1: numbers from here on mean something else
_END = 0xFFFFFFFE
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_SECTOR_SHIFTS, _MINI_SHIFT = (9, 12), 6


def stream_of(data: bytes, name: str) -> bytes:
    """The stream of this name, b"" when there is none. Raises ValueError, struct.error for a file that contradicts itself."""
    return _Compound(data).stream(name)


class _Compound:
    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC):
            raise ValueError("no compound file")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        directory, _, self._cutoff, mini_fat = struct.unpack_from("<4I", data, 48)
        if shift not in _SECTOR_SHIFTS or mini_shift != _MINI_SHIFT:
            raise ValueError("sector size")
        self._size: int = 1 << shift
        self._fat = self._numbers(self._fat_sectors())
        self._entries = self._joined(self._chain(directory))
        self._mini_fat = self._numbers(self._chain(mini_fat)) if mini_fat < _LAST_SECTOR else ()

    def stream(self, name: str) -> bytes:
        wanted = name.encode("utf-16-le")
        root = b""
        for at in range(0, len(self._entries) - _ENTRY + 1, _ENTRY):
            start, size = struct.unpack_from("<II", self._entries, at + 116)
            length, kind = struct.unpack_from("<HB", self._entries, at + 64)
            if kind == _ROOT and not root:
                root = self._joined(self._chain(start))[:size] if start < _LAST_SECTOR else b""
            if kind == _STREAM and length == len(wanted) + 2 and self._entries.startswith(wanted, at):
                return self._mini(root, start)[:size] if size < self._cutoff else self._joined(self._chain(start))[:size]
        return b""

    def _fat_sectors(self) -> list[int]:
        """Where the FAT itself stands: 109 numbers in the header, further ones in a chain of their own."""
        following, count = struct.unpack_from("<II", self._data, 68)
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(min(count, self._sectors)):
            if following >= _LAST_SECTOR:
                break
            *more, following = struct.unpack(f"<{self._size // 4}I", self._sector(following).ljust(self._size, b"\xff"))
            sectors += more
        found = [sector for sector in sectors if sector < _LAST_SECTOR]
        if len(found) > self._sectors or len(set(found)) < len(found):
            raise ValueError("FAT")
        return found

    @property
    def _sectors(self) -> int:
        return len(self._data) // self._size

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        if at >= len(self._data):
            raise ValueError("beyond the end")
        return self._data[at : at + self._size]

    def _joined(self, sectors: Sequence[int]) -> bytes:
        return b"".join(map(self._sector, sectors))

    def _numbers(self, sectors: Sequence[int]) -> tuple[int, ...]:
        raw = self._joined(sectors)
        return struct.unpack_from(f"<{len(raw) // 4}I", raw)

    def _chain(self, start: int) -> list[int]:
        return _followed(self._fat, start, self._sectors)

    def _mini(self, root: bytes, start: int) -> bytes:
        size = 1 << _MINI_SHIFT
        return b"".join(root[i * size : (i + 1) * size] for i in _followed(self._mini_fat, start, len(root) // size + 1))


def _followed(table: Sequence[int], start: int, most: int) -> list[int]:
    """The sectors from `start` on. Raises ValueError for a chain that bites its tail, breaks off or leads out of the table."""
    found: list[int] = []
    while start != _END:
        if start >= len(table) or len(found) > most:
            raise ValueError("chain")
        found.append(start)
        start = table[start]
    return found
