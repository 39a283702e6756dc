"""Public pages kept ready in memory: a page is rendered once, and then sent as it is until something on it may have changed.

What may have changed is asked of the registry (`PublicRegistry.changes`), once a second at most and by one request at a time:
the others go on with what is known. A page ends with the day in China as well (absences, notices). While the registry does not
answer, what was true a moment ago is still the best there is: kept pages are sent for ten minutes more, with their `Age`.

Only answers of the views named in `KEPT` are kept, compressed; codes nobody was given never are.
"""

from __future__ import annotations

import gzip
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

import brotli
from flask import Flask, Response, current_app, request
from werkzeug.http import parse_accept_header, parse_etags

from doorplate.china import day_of
from doorplate.errors import DoorplateError
from doorplate.public_view import Current, PageChanges, PublicRegistry, Resolution, Retired
from webapp.resolved import resolved

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEPT = frozenset({"scan.start", "scan.open_plate", "scan.contacts_card", "scan.small_map", "scan.howto"})
"""Views whose answers depend on nothing but the path, the reading and the registry."""

ASKED_EVERY_S = 1.0
KEPT_WITHOUT_REGISTRY_S = 600.0  # (D) a restart or a short fault of the database is over by then
_PATIENCE_S = 0.5
_READING = frozenset({"lang", "size"})
_OVERHEAD = 1500  # bytes a page costs beside its body, about
_PLATE = re.compile(r"/d/([0-9A-Z]{13})(?:/|$)")
_NOT_KEPT_HEADERS = frozenset({"content-length", "content-encoding", "etag", "date"})

Key = tuple[str, str]


def china_day() -> date:
    return day_of(datetime.now(UTC))


@dataclass(eq=False, slots=True)
class KeptPage:
    """One answer. code, community: what it shows, "" = of nothing in particular; scanned: the code a request for it counts as."""

    status: str
    headers: list[tuple[str, str]]
    gz: bytes
    etag: str
    code: str = ""
    community: str = ""
    scanned: str = ""
    br: bytes | None = None

    def body(self, encoding: str) -> bytes:
        if encoding == "gzip":
            return self.gz
        if encoding == "br":
            if self.br is None:
                self.br = brotli.compress(gzip.decompress(self.gz), quality=5)
            return self.br
        return gzip.decompress(self.gz)

    @property
    def size(self) -> int:
        return len(self.gz) * 2 + _OVERHEAD  # room for the other encoding, which may come later

    def may_differ(self, changes: PageChanges) -> bool:
        if changes.everything or self.code in changes.codes or self.code in changes.maps:
            return True
        return bool(changes.communities) and (not self.community or self.community in changes.communities)


@dataclass
class Shelf:
    """The pages of one process, the longest unasked thrown away first. room: bytes; 0 keeps nothing."""

    registry: PublicRegistry
    room: int
    now: Callable[[], float] = monotonic
    today: Callable[[], date] = china_day
    _pages: OrderedDict[Key, KeptPage] = field(default_factory=OrderedDict)
    _used: int = 0
    _seq: int = -1
    _day: date | None = None
    _asked_at: float = float("-inf")
    _known_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def moment(self) -> int:
        """Where the trail stood when pages rendered from now on were begun; -1 = not known, nothing can be kept."""
        return self._seq

    @property
    def age_s(self) -> float:
        """For how long the registry has not been heard of."""
        return self.now() - self._known_at

    def find(self, key: Key) -> KeptPage | None:
        """A page that still holds."""
        self._ask()
        if self.age_s > KEPT_WITHOUT_REGISTRY_S:
            return None
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: KeptPage, begun_at: int) -> None:
        """begun_at: `moment` when the page was asked for; a page that something changed under is not kept."""
        with self._lock:
            if begun_at != self._seq or begun_at < 0 or page.size > self.room:
                return
            self._drop(key)
            self._pages[key] = page
            self._used += page.size
            while self._used > self.room:
                self._drop(next(iter(self._pages)))

    def _ask(self) -> None:
        if self.now() - self._asked_at < ASKED_EVERY_S:
            return
        # Who comes while another one asks goes on, unless nothing was known for long: what lay overnight is not believed.
        idle = self.age_s > 2 * ASKED_EVERY_S and self._asked_at == self._known_at
        if not self._asking.acquire(timeout=_PATIENCE_S if idle else 0):
            return
        try:
            if self.now() - self._asked_at >= ASKED_EVERY_S:
                self._look()
        finally:
            self._asking.release()

    def _look(self) -> None:
        asked_at = self.now()
        try:
            changes = self.registry.changes(self._seq)
        except DoorplateError:
            self._asked_at = self.now()
            return
        with self._lock:
            if self._day != (day := self.today()):
                self._day, changes = day, PageChanges(changes.seq, everything=True)
            for key in [key for key, page in self._pages.items() if page.may_differ(changes)]:
                self._drop(key)
            self._seq = changes.seq
            self._asked_at = self._known_at = asked_at

    def _drop(self, key: Key) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self._used -= gone.size


@dataclass
class KeptPages:
    """WSGI middleware: what is on the shelf is sent from it, everything else comes from the application behind.
    scanned: told the code of every plate whose page was sent from here."""

    behind: WSGIApplication
    shelf: Shelf
    scanned: Callable[[str], None]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        key = key_of(environ["PATH_INFO"], environ.get("QUERY_STRING", "")) if method in ("GET", "HEAD") else None
        if key is None:
            return self.behind(environ, start_response)
        page = self.shelf.find(key)
        if page is None:
            environ["doorplate.keep"] = (key, self.shelf.moment)
            return self.behind(environ, start_response)
        if page.scanned and method == "GET":
            self.scanned(page.scanned)
        return _send(page, environ, start_response, self.shelf.age_s)


def _send(page: KeptPage, environ: WSGIEnvironment, start_response: StartResponse, age_s: float) -> list[bytes]:
    headers = [*page.headers, ("ETag", page.etag)]
    if age_s > 2 * ASKED_EVERY_S:
        headers.append(("Age", str(int(age_s))))
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and page.status.startswith("200") and parse_etags(known).contains_weak(page.etag[3:-1]):
        start_response("304 NOT MODIFIED", [one for one in headers if one[0] != "Content-Type"])
        return []
    encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body = page.body(encoding)
    if encoding:
        headers.append(("Content-Encoding", encoding))
    headers.append(("Content-Length", str(len(body))))
    start_response(page.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """Of what a browser accepts, what it costs least bytes in: br, gzip, or "" for neither."""
    found = parse_accept_header(accepted)
    return next((one for one in ("br", "gzip") if found[one] > 0), "")


def key_of(path: str, query: str) -> Key | None:
    """Under what a page is kept: path and reading. A plate's page looks at no other parameter (WeChat and others add theirs);
    elsewhere a parameter may be a question, and its answer is not kept: None."""
    if not query:
        return path, ""
    asked = parse_qsl(query, max_num_fields=20) if len(query) < 500 and query.count("&") < 20 else None
    if asked is None or (not path.startswith("/d/") and any(name not in _READING for name, _ in asked)):
        return None
    reading = {name: value for name, value in reversed(asked) if name in _READING}
    return path, "&".join(f"{name}={reading[name]}" for name in sorted(reading))


def install(app: Flask, shelf: Shelf, scanned: Callable[[str], None]) -> None:
    """Puts the shelf before everything else the application does."""
    app.extensions["doorplate.shelf"] = shelf
    app.wsgi_app = KeptPages(app.wsgi_app, shelf, scanned)  # type: ignore[method-assign]


def offer(response: Response) -> KeptPage | None:
    """Takes an answer, complete but not yet compressed, onto the shelf if it is one to keep."""
    asked = request.environ.get("doorplate.keep")
    if asked is None or request.method != "GET" or request.endpoint not in KEPT or response.status_code not in (200, 410):
        return None
    found = _PLATE.match(request.path)
    code = found[1] if found else ""
    response.add_etag(weak=True)
    page = KeptPage(
        response.status,
        [(name, value) for name, value in response.headers if name.lower() not in _NOT_KEPT_HEADERS],
        gzip.compress(response.get_data(), 6, mtime=0),
        response.headers["ETag"],
        code=code,
        community=_community(resolved().get(code)),
        scanned=code if request.endpoint == "scan.open_plate" else "",
    )
    cast(Shelf, current_app.extensions["doorplate.shelf"]).put(asked[0], page, asked[1])
    return page


def _community(found: Resolution | None) -> str:
    if isinstance(found, Current):
        return found.view.community_code
    return found.community_code if isinstance(found, Retired) else ""
