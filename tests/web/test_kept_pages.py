"""Pages kept ready: rendered once, sent as they are, and gone the moment something on them may have changed."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import BARE, IN_USE, LONG, NEVER_ISSUED, RETIRED, VILLAGE, MemoryRegistry
from wire import BASE_URL

from doorplate.public_view import PageChanges
from doorplate.settings import Settings
from webapp import create_app
from webapp.kept_pages import KEPT_WITHOUT_REGISTRY_S, KeptPages, Shelf, best_encoding, key_of

PAGE = f"/d/{IN_USE}"


@dataclass
class Changing(MemoryRegistry):
    """A registry that says what it is told to have changed, and counts how often it is asked."""

    next: PageChanges | None = None
    times_asked: int = 0
    answering: Callable[[], None] = field(default=lambda: None)

    def changes(self, since: int) -> PageChanges:
        self.times_asked += 1
        self.answering()
        self.ready()
        told, self.next = self.next or PageChanges(self.seq), None
        self.seq = max(self.seq, told.seq)
        return told

    def changed(self, **what: Any) -> None:
        self.next = PageChanges(self.seq + 1, **what)


@dataclass
class Clock:
    at: float = 1000.0
    day: date = date(2026, 11, 23)

    def __call__(self) -> float:
        return self.at

    def today(self) -> date:
        return self.day


@pytest.fixture
def registry() -> Changing:
    return Changing()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(registry: Changing, clock: Clock) -> Flask:
    app = create_app(Settings(base_url=BASE_URL), registry)
    shelf_of(app).now, shelf_of(app).today = clock, clock.today
    return app


def shelf_of(app: Flask) -> Shelf:
    shelf: Shelf = app.extensions["doorplate.shelf"]
    return shelf


def renderings(registry: Changing, code: str = IN_USE) -> int:
    return registry.asked.count(code)


def test_a_page_is_rendered_once_and_sent_many_times(resident: FlaskClient, registry: Changing) -> None:
    first = resident.get(PAGE)
    again = [resident.get(PAGE) for _ in range(5)]
    assert renderings(registry) == 1
    assert all((one.data, one.status) == (first.data, first.status) for one in again)
    first.headers.pop("Date", None)  # the server's business
    assert all(dict(one.headers) == dict(first.headers) for one in again), "nobody can tell a kept page from a new one"


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress), ("", bytes)])
def test_every_browser_gets_it_as_it_can_read_it(
    resident: FlaskClient, encoding: str, unpack: Callable[[bytes], bytes]
) -> None:
    rendered, kept = (resident.get(PAGE, headers={"Accept-Encoding": encoding}) for _ in "12")
    assert rendered.headers.get("Content-Encoding", "") == kept.headers.get("Content-Encoding", "") == encoding
    assert unpack(rendered.data) == unpack(kept.data)
    assert "幸福路二巷" in unpack(kept.data).decode()
    assert int(kept.headers["Content-Length"]) == len(kept.data)
    assert kept.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("accepted", "chosen"), [
    ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("gzip;q=0", ""), ("identity", ""), ("", ""), ("br;q=0, gzip;q=0.5", "gzip"),
    ("*", "br"), ("\x00;;q=", ""), ("GZIP", "gzip"),
])  # fmt: skip
def test_encodings_are_chosen_as_asked(accepted: str, chosen: str) -> None:
    assert best_encoding(accepted) == chosen


def test_a_phone_that_has_it_already_gets_no_body(resident: FlaskClient, registry: Changing) -> None:
    tag = resident.get(PAGE).headers["ETag"]
    for known in (tag, f'"other", {tag}', "*"):
        answer = resident.get(PAGE, headers={"If-None-Match": known})
        assert (answer.status_code, answer.data) == (304, b""), known
        assert answer.headers["ETag"] == tag
        assert "Content-Security-Policy" in answer.headers
    assert resident.get(PAGE, headers={"If-None-Match": '"other"'}).status_code == 200
    assert renderings(registry) == 1


def test_head_has_the_headers_and_no_body(resident: FlaskClient, registry: Changing) -> None:
    whole = resident.get(PAGE)
    answer = resident.head(PAGE)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == whole.headers["Content-Length"]
    assert renderings(registry) == 1


@pytest.mark.parametrize(("changed", "goes"), [
    ({"codes": frozenset({IN_USE})}, True),
    ({"codes": frozenset({LONG})}, False),
    ({"communities": frozenset({VILLAGE.code})}, True),
    ({"communities": frozenset({"110101001001"})}, False),
    ({"maps": frozenset({IN_USE})}, True),
    ({"everything": True}, True),
    ({}, False),
])  # fmt: skip
def test_it_goes_when_something_on_it_may_have_changed(
    resident: FlaskClient, registry: Changing, clock: Clock, changed: dict[str, Any], goes: bool
) -> None:
    resident.get(PAGE)
    registry.changed(**changed)
    clock.at += 1.1
    resident.get(PAGE)
    assert renderings(registry) == (2 if goes else 1)


def test_what_changed_shows_after_a_second(resident: FlaskClient, registry: Changing, clock: Clock) -> None:
    resident.get(PAGE)
    registry.plates = {**registry.plates, IN_USE: registry.plates[RETIRED]}
    registry.changed(codes=frozenset({IN_USE}))
    assert resident.get(PAGE).status_code == 200, "asked a moment ago"
    clock.at += 1.0
    assert resident.get(PAGE).status_code == 410


def test_the_registry_is_asked_once_a_second_however_many_come(resident: FlaskClient, registry: Changing, clock: Clock) -> None:
    for _ in range(40):
        resident.get(PAGE)
        clock.at += 0.1
    assert registry.times_asked <= 5


def test_a_new_day_in_china_begins_with_new_pages(resident: FlaskClient, registry: Changing, clock: Clock) -> None:
    resident.get(PAGE)
    clock.day, clock.at = date(2026, 11, 24), clock.at + 2
    resident.get(PAGE)
    assert renderings(registry) == 2


def test_a_retired_plate_is_kept_and_unknown_codes_are_not(app: Flask, resident: FlaskClient, registry: Changing) -> None:
    for code in (RETIRED, RETIRED, NEVER_ISSUED, NEVER_ISSUED):
        resident.get(f"/d/{code}")
    assert (renderings(registry, RETIRED), renderings(registry, NEVER_ISSUED)) == (1, 2)
    assert len(shelf_of(app)) == 1


def test_scanning_goes_on_while_the_registry_is_down(resident: FlaskClient, registry: Changing, clock: Clock) -> None:
    resident.get(PAGE)
    registry.down = True
    clock.at += KEPT_WITHOUT_REGISTRY_S - 1
    kept = resident.get(PAGE)
    assert (kept.status_code, kept.headers["Age"]) == (200, str(int(KEPT_WITHOUT_REGISTRY_S - 1)))
    assert resident.get(f"/d/{LONG}").status_code == 503, "what was never rendered cannot be sent"
    clock.at += 2
    assert resident.get(PAGE).status_code == 503, "what is ten minutes old is not told as true"
    registry.down = False
    clock.at += 2
    assert resident.get(PAGE).status_code == 200


def test_reading_choices_are_pages_of_their_own(resident: FlaskClient, registry: Changing) -> None:
    texts = {resident.get(f"{PAGE}{choice}").text for choice in ("", "?lang=en", "?size=large", "?lang=en&size=large")}
    assert len(texts) == 4
    again = {resident.get(f"{PAGE}{choice}").text for choice in ("", "?lang=en", "?size=large", "?size=large&lang=en")}
    assert again == texts
    assert renderings(registry) == 4


def test_parameters_of_others_make_no_new_page(resident: FlaskClient, registry: Changing) -> None:
    hostile = ("?" + "a" * 5000, "?" + "&".join("abcdefgh" * 20))
    for query in ("", "?q=https%3A%2F%2Fmp", "?from=singlemessage&isappinstalled=0", *hostile):
        assert resident.get(PAGE + query).status_code == 200
    assert renderings(registry) <= 3


def test_a_question_to_the_start_page_is_answered_afresh(resident: FlaskClient) -> None:
    assert resident.get("/").status_code == 200
    assert resident.get(f"/?code={IN_USE}").status_code == 302
    assert resident.get("/?code=zz").status_code == 400
    assert resident.get("/?lang=en&code=zz").status_code == 400
    assert key_of("/", "code=1") is None
    assert key_of("/", "size=large") == ("/", "size=large")


def test_the_shelf_has_only_so_much_room(registry: Changing, clock: Clock) -> None:
    app = create_app(Settings(base_url=BASE_URL, kept_pages_mb=1), registry)
    shelf = shelf_of(app)
    one = shelf.room = 60_000
    resident = app.test_client()
    for code in (IN_USE, LONG, BARE, RETIRED):
        for choice in ("", "?lang=en", "?size=large", "?lang=en&size=large"):
            resident.get(f"/d/{code}{choice}")
    assert 0 < shelf._used <= one
    assert 0 < len(shelf) < 16
    resident.get(f"/d/{IN_USE}/map.svg")
    assert shelf._used == sum(page.size for page in shelf._pages.values())


def test_forms_are_never_kept(app: Flask, resident: FlaskClient) -> None:
    for path in (f"{PAGE}/ask", "/form-token", "/healthz", "/metrics", "/follow", "/nothing"):
        resident.get(path)
    assert len(shelf_of(app)) == 0


def test_a_page_something_changed_under_is_not_kept(app: Flask, resident: FlaskClient, registry: Changing, clock: Clock) -> None:
    """Between asking and answering another request learns of a change: what was rendered may be the old page."""
    shelf, resolve = shelf_of(app), registry.resolve

    def slow_resolve(code: str) -> Any:
        found = resolve(code)
        registry.changed(codes=frozenset({IN_USE}))
        clock.at += 2
        shelf.find(("/", ""))
        return found

    resident.get("/healthz")
    registry.resolve = slow_resolve  # type: ignore[method-assign]
    resident.get(PAGE)
    assert len(shelf) == 0


def test_nobody_waits_for_one_who_asks(app: Flask, resident: FlaskClient, registry: Changing, clock: Clock) -> None:
    resident.get(PAGE)
    clock.at += 1.5
    asking, done = threading.Event(), threading.Event()

    def hang() -> None:
        asking.set()
        done.wait(10)

    registry.answering = hang
    first = threading.Thread(target=app.test_client().get, args=(PAGE,))
    first.start()
    assert asking.wait(10)
    assert resident.get(PAGE).status_code == 200, "while the other one still asks"
    assert not done.is_set()
    done.set()
    first.join(10)
    assert renderings(registry) == 1


def test_every_page_view_is_counted_kept_or_not(app: Flask, resident: FlaskClient, registry: Changing) -> None:
    for _ in range(3):
        resident.get(PAGE)
    resident.get(f"{PAGE}?lang=en")
    resident.head(PAGE)
    resident.get(f"{PAGE}/contacts.vcf")
    resident.get(f"/d/{NEVER_ISSUED}")
    resident.get(f"/d/{RETIRED}")
    resident.get("/")
    app.extensions["doorplate.tally"].flush()
    assert {code: scans for (code, _), scans in registry.scans.items()} == {IN_USE: 4}


def test_counts_that_cannot_be_handed_on_wait(app: Flask, resident: FlaskClient, registry: Changing) -> None:
    resident.get(PAGE)
    registry.down = True
    app.extensions["doorplate.tally"].flush()
    registry.down = False
    resident.get(PAGE)
    app.extensions["doorplate.tally"].flush()
    app.extensions["doorplate.tally"].flush()
    assert list(registry.scans.values()) == [2]


def test_without_room_nothing_is_kept(registry: Changing) -> None:
    app = create_app(Settings(base_url=BASE_URL, kept_pages_mb=0), registry)
    resident = app.test_client()
    assert resident.get(PAGE).status_code == resident.get(PAGE).status_code == 200
    assert renderings(registry) == 2


def test_kept_pages_come_before_everything_else(app: Flask) -> None:
    assert isinstance(app.wsgi_app, KeptPages)
