"""How a visitor reads: language and type size, kept in the address of the page, because nothing is kept in the browser.

A page that is also published as a file (`PAGES`) has a path for every reading, so that the file and the answer have one address:
`/d/CODE` in Chinese and normal type, `/d/CODE/large`, `/d/CODE/en`, `/d/CODE/en-large`; the start page `/`, `/large`, `/en` …
Every other page (forms, receipts) keeps the choice as `?lang=en&size=large`, which a published page understands as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, g, request
from werkzeug.routing import BaseConverter

from webapp import languages
from webapp.languages import CHINESE

PAGES = re.compile(r"/|/howto|/d/[0-9A-Z]{13}")
"""Paths of the pages that exist as files in every reading; their routes end in `/<reading:reading>` as well."""

LARGE = "large"


@dataclass(frozen=True, slots=True)
class Reading:
    """language: its code; large: the large type. as_path: the last part of a page's address, "" = Chinese in normal type."""

    language: str = CHINESE.code
    large: bool = False

    @property
    def as_path(self) -> str:
        language = "" if self.language == CHINESE.code else self.language
        return "-".join(filter(None, (language, LARGE if self.large else "")))

    @property
    def as_query(self) -> str:
        language = "" if self.language == CHINESE.code else self.language
        return urlencode({name: value for name, value in (("lang", language), ("size", LARGE if self.large else "")) if value})


def readings(codes: Iterable[str]) -> tuple[Reading, ...]:
    """Every way to read a page in these languages, the plain one first."""
    return tuple(Reading(code, large) for code in codes for large in (False, True))


def install(app: Flask) -> None:
    by_path = {one.as_path: one for one in readings(app.extensions["doorplate.languages"]) if one.as_path}
    # Only what exists is a reading: anything else behind a code stays free for other routes.
    regex = "|".join(sorted(by_path, reverse=True))
    app.url_map.converters["reading"] = type("ReadingConverter", (BaseConverter,), {"regex": regex})

    @app.url_value_preprocessor
    def read_path(_endpoint: str | None, values: dict[str, object] | None) -> None:
        g.reading = by_path.get(str((values or {}).pop("reading", "")))

    @app.context_processor
    def words_for_pages() -> dict[str, object]:
        return {
            "language": languages.chosen(),
            "languages": list(languages.available().values()),
            "large": is_large(),
            "link": link,
            "here": here,
        }


def is_large() -> bool:
    in_path: Reading | None = g.get("reading")
    return in_path.large if in_path else request.args.get("size") == LARGE


def chosen_reading() -> Reading:
    """How this request wants to read."""
    return Reading(languages.chosen().code, is_large())


def page_path() -> str:
    """The path of this request without the reading at its end."""
    in_path: Reading | None = g.get("reading")
    return (request.path.removesuffix(f"/{in_path.as_path}") or "/") if in_path else request.path


def link(path: str, **changes: str) -> str:
    """A path of ours, with the visitor's choices carried along and these changes (lang=…, size=…; "" takes one off)."""
    reading = _changed(changes)
    if PAGES.fullmatch(path):
        return f"{path.rstrip('/')}/{reading.as_path}" if reading.as_path else path
    return f"{path}?{reading.as_query}" if reading.as_query else path


def here(**changes: str) -> str:
    """This page with other choices. Only a page that exists repeats its own address."""
    return link(page_path(), **changes) if PAGES.fullmatch(page_path()) else here_by_query(**changes)


def here_by_query(**changes: str) -> str:
    """The same for a page that stands for many addresses, as the one about unknown plates: relative, without its address."""
    return f"?{_changed(changes).as_query}"


def _changed(changes: dict[str, str]) -> Reading:
    now = chosen_reading()
    language = changes.get("lang", now.language)
    large = changes["size"] == LARGE if "size" in changes else now.large
    return Reading(language if language in languages.available() else CHINESE.code, large)
