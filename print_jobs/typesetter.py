"""The only place that talks to WeasyPrint: one HTML page in, the PDF objects that paint it out. Imported when needed, because
WeasyPrint takes half a second to load."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import pydyf
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

_REFERENCE = re.compile(rb"(?<![\d.])(\d+) 0 R\b")
_FONT_NAME = re.compile(rb"(/[A-Z]{6})\+[^\s/<>\[\]()]+")


class NoFetching(URLFetcher):  # type: ignore[misc]
    """A template that asks for anything outside itself is a mistake: WeasyPrint's own fetcher would read files."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise FatalURLFetchingError(f"the template asks for {url[:80]}")


def form_objects(html: str, font_name: str, bleed_pt: float) -> tuple[bytes, ...]:
    """The first page of `html` as a Form XObject and all it refers to, numbered from 1 = the form.

    The page's box is the form's box, moved so that the origin lies inside its bleed. Subset fonts are renamed to their
    PostScript name, which WeasyPrint does not keep.
    """
    caught: list[pydyf.PDF] = []
    HTML(string=html, url_fetcher=NoFetching()).write_pdf(finisher=lambda _document, pdf: caught.append(pdf))
    objects = {obj.number: obj for obj in caught[0].objects}
    page = next(obj for obj in objects.values() if isinstance(obj, pydyf.Dictionary) and obj.get("Type") == "/Page")
    form = objects[_number(page["Contents"])]
    form.extra |= {"Type": "/XObject", "Subtype": "/Form", "BBox": page["MediaBox"], "Resources": page["Resources"],
                   "Matrix": f"[1 0 0 1 {-bleed_pt:.4f} {-bleed_pt:.4f}]"}
    order = _closure(form.number, objects)
    numbers = {old: new for new, old in enumerate(order, 1)}
    return tuple(_renumbered(objects[old].data, numbers, font_name) for old in order)


def _closure(start: int, objects: dict[int, Any]) -> list[int]:
    order = [start]
    for number in order:  # grows while it is walked
        found = (int(ref) for ref in _REFERENCE.findall(_head(objects[number].data)[0]))
        order += [ref for ref in dict.fromkeys(found) if ref not in order]
    return order


def _renumbered(data: bytes, numbers: dict[int, int], font_name: str) -> bytes:
    head, body = _head(data)
    head = _REFERENCE.sub(lambda match: b"%d 0 R" % numbers[int(match[1])], head)
    return _FONT_NAME.sub(lambda match: match[1] + b"+" + font_name.encode(), head) + body


def _head(data: bytes) -> tuple[bytes, bytes]:
    """An object's dictionary, and its stream if it has one: references are written in the former only."""
    head, keyword, body = data.partition(b"\nstream\n")
    return head, keyword + body


def _number(reference: object) -> int:
    text = reference if isinstance(reference, bytes) else str(reference).encode()
    return int(text.split()[0])
