"""Renders the files of the static edition through the views of the residents' door.

Views are called as for a visitor, but without what stands around them (limits, counters, kept pages, compression): publishing is
no scan. What the registry cannot answer is raised and never becomes a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from doorplate.public_map import MapFacts
from doorplate.public_view import PublicRegistry, Resolution
from webapp.assets import BUNDLES
from webapp.reading import readings
from webapp.static_edition_files import EditionFile

_PAGES = (200, 410)  # anything else, a redirect too, is no page
_NO_CODE = "/d/0"  # too short to be one: answered by the page about unknown plates
_PORTRAIT = re.compile(rb'"(/portraits/[0-9a-f]{64}\.jpg)"')
_FRONTS = ("/", "/howto")
_WHOLE = ("/sw.js",)  # files outside /static that pages load
_UNKNOWN: Any = object()


@dataclass
class _Once:
    """The registry, asked once for what all readings of a plate's page show."""

    registry: PublicRegistry
    code: str = ""
    found: Any = _UNKNOWN
    facts: Any = _UNKNOWN

    def resolve(self, code: str) -> Resolution:
        self._turn_to(code)
        if self.found is _UNKNOWN:
            self.found = self.registry.resolve(code)
        resolution: Resolution = self.found
        return resolution

    def map_facts(self, code: str) -> MapFacts | None:
        self._turn_to(code)
        if self.facts is _UNKNOWN:
            self.facts = self.registry.map_facts(code)
        facts: MapFacts | None = self.facts
        return facts

    def forget(self) -> None:
        self.found = self.facts = _UNKNOWN

    def __getattr__(self, name: str) -> Any:
        return getattr(self.registry, name)

    def _turn_to(self, code: str) -> None:
        if code != self.code:
            self.code, self.found, self.facts = code, _UNKNOWN, _UNKNOWN


@dataclass
class Pages:
    """The files of an edition. app: made by `create_app` with the door `scan`, for publishing alone."""

    app: Flask
    _environ: dict[str, Any] = field(init=False)
    _once: _Once = field(init=False)
    _portraits: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        builder = EnvironBuilder(base_url=self.app.extensions["doorplate.settings"].base_url or None)
        self._environ = builder.get_environ()
        self._once = _Once(self.app.extensions["doorplate.registry"])
        self.app.extensions["doorplate.registry"] = self._once
        codes = self.app.extensions["doorplate.languages"]
        self._readings = readings(codes)
        self._languages = [one for one in self._readings if not one.large]

    def plate(self, code: str) -> Iterator[EditionFile]:
        """Every file of a plate, the page last: who finds a page finds what it loads. An unknown code has none."""
        self._once.forget()
        pages = [self._file(_join(f"/d/{code}", one.as_path)) for one in self._readings]
        if pages[0] is None:
            yield EditionFile(f"/d/{code}", None)
            return
        yield from self._new_portraits(pages[0])
        yield from self._maps(code)
        card = f"/d/{code}/contacts.vcf"
        yield self._file(card) or EditionFile(card, None)
        yield from (page for page in reversed(pages) if page)

    def maps(self, code: str) -> Iterator[EditionFile]:
        """The small map of a plate alone."""
        self._once.forget()
        return self._maps(code)

    def fronts(self) -> Iterator[EditionFile]:
        """What every edition has once: start, how-to and unknown page, style sheets, scripts, WeChat's files."""
        asset = self.app.jinja_env.globals["asset"]
        fixed = [asset(bundle) for bundle in BUNDLES] + [*_WHOLE, *self._plain_texts()]  # type: ignore[operator]
        pages = [_join(front, one.as_path) for front in _FRONTS for one in self._readings]
        for file in map(self._file, [*fixed, *pages]):
            if file:
                yield file
        unknown = self._answer(_NO_CODE)
        yield EditionFile("/404.html", unknown.get_data(), unknown.mimetype or "text/html")

    def _maps(self, code: str) -> Iterator[EditionFile]:
        for one in self._languages:
            path = f"{_join(f'/d/{code}', one.as_path)}/map.svg"
            yield self._file(path) or EditionFile(path, None)

    def _new_portraits(self, page: EditionFile) -> Iterator[EditionFile]:
        named = {path.decode() for path in _PORTRAIT.findall(page.body or b"")}
        for path in sorted(named - self._portraits):
            self._portraits.add(path)
            if file := self._file(path):
                yield file

    def _plain_texts(self) -> list[str]:
        return [rule.rule for rule in self.app.url_map.iter_rules() if rule.rule.endswith(".txt") and not rule.arguments]

    def _file(self, path: str) -> EditionFile | None:
        """None where the door has no such page."""
        response = self._answer(path)
        if response.status_code not in _PAGES:
            return None
        lasting = "immutable" in response.headers.get("Cache-Control", "")
        return EditionFile(path, response.get_data(), response.mimetype or "", lasting)

    def _answer(self, path: str) -> Response:
        with self.app.request_context({**self._environ, "PATH_INFO": path}):
            for read in self.app.url_value_preprocessors[None]:
                read(request.endpoint, request.view_args)
            try:
                return self.app.make_response(self.app.dispatch_request())
            except HTTPException as exc:
                return Response(status=exc.code)


def _join(path: str, reading: str) -> str:
    return f"{path.rstrip('/')}/{reading}" if reading else path
