"""Many short documents → one PDF file, some at a time: WeasyPrint keeps a document in memory (300 MB a thousand rows)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import pydyf

from print_jobs.pdf_file import PdfFile, text_string

_REFERENCE = re.compile(rb"(?<![\d.])(\d+) 0 R\b")


class Joined:
    """A PDF that grows by the pages of what WeasyPrint has rendered. Each part brings its own subset of the fonts."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._file = PdfFile(self._buffer)
        self._root = self._file.reserve()
        self._pages: list[int] = []
        self._title = ""

    def add(self, documents: Sequence[Any]) -> None:
        """Paints rendered documents (`weasyprint.Document`) at the end; the first of all gives the title."""
        caught: list[tuple[pydyf.PDF, list[Any]]] = []
        first = documents[0]
        self._title = self._title or first.metadata.title or ""
        first.copy([page for document in documents for page in document.pages]).write_pdf(
            finisher=lambda _document, pdf: caught.append((pdf, pdf.objects[1:])))  # before it adds its own cross-references
        ((pdf, objects),) = caught
        ours = {pdf.pages.number: self._root}
        kept = [obj for obj in objects if obj not in (pdf.pages, pdf.catalog, pdf.info)]
        ours |= {obj.number: self._file.reserve() for obj in kept}
        for obj in kept:
            self._file.add(_renumbered(obj.data, ours), ours[obj.number])
            if isinstance(obj, pydyf.Dictionary) and obj.get("Type") == "/Page":
                self._pages.append(ours[obj.number])

    def finish(self) -> bytes:
        """The whole file; nothing in it depends on the clock or the machine."""
        kids = b" ".join(b"%d 0 R" % number for number in self._pages)
        self._file.gather(b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self._pages), kids), self._root)
        catalog = self._file.gather(b"<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)>>" % self._root)
        info = self._file.gather(b"<</Title%b/Producer(doorplate)>>" % text_string(self._title))
        self._file.finish(catalog, info)
        return self._buffer.getvalue()


def _renumbered(data: bytes, ours: dict[int, int]) -> bytes:
    """An object with its references told in our numbers; they stand in dictionaries, never in a stream's content."""
    head, keyword, body = data.partition(b"\nstream\n")
    return _REFERENCE.sub(lambda match: b"%d 0 R" % ours[int(match[1])], head) + keyword + body
