"""A file of the static edition, and how it is packed for the way."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import brotli

PACKED = ("text/html", "text/css", "text/javascript", "image/svg+xml", "text/vcard")
_WORTH_IT = 512  # bytes; below this packing saves nothing
_GZIP_LEVEL, _BROTLI_QUALITY = 6, 5  # (D) the last few percent would cost ten times the rendering


@dataclass(frozen=True, slots=True)
class EditionFile:
    """path: the address a visitor asks for, from "/". mimetype: without parameters. body None = there is no such file.
    lasting: named after its content, so kept for ever."""

    path: str
    body: bytes | None
    mimetype: str = ""
    lasting: bool = False

    @property
    def is_page(self) -> bool:
        return self.mimetype == "text/html" and not self.path.endswith(".html")

    @property
    def worth_packing(self) -> bool:
        return self.mimetype in PACKED and self.body is not None and len(self.body) >= _WORTH_IT

    def gzipped(self) -> bytes:
        return gzip.compress(self.body or b"", _GZIP_LEVEL, mtime=0)

    def brotlied(self) -> bytes:
        return bytes(brotli.compress(self.body or b"", mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY))
