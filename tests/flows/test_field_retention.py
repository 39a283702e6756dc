"""What came in from the field goes when its time is over; what it did stays, and nothing that is on its way is lost."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from case_stories import VILLAGE
from door_stories import NEAR, REVIEWER, WORKER, World, world
from flows.review_stories import NEW_PLATE, ReviewStory, ident
from PIL import Image

import webapp.serve
from doorplate.cli.cases import open_cases
from doorplate.cli.serving import run_doors
from doorplate.cli.work import open_field
from doorplate.field.records import FieldItem
from doorplate.field_view import SentFile
from doorplate.people.account import Actor, Grant
from doorplate.registry.cases.retention import sweep_orphans
from doorplate.registry.field.door import FieldDesk
from doorplate.registry.field.retention import Forgotten, forget_field
from doorplate.registry.scanning import Scanning
from doorplate.settings import Settings
from doorplate.store import Store
from tests.support.village import uid

WORKING = Actor(WORKER, "测试网格员", (Grant("grid_worker", f"{VILLAGE}-G01"),), device_id=uid(f"phone {WORKER}"))


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


@pytest.fixture
def desk(here: World) -> FieldDesk:
    return FieldDesk(here.work)


def photo(number: int) -> SentFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (number, 90, 120)).save(out, "JPEG")
    return SentFile(uid(f"photo {number}"), "photo", hashlib.sha256(out.getvalue()).hexdigest(), out.getvalue(), {"lon": 108.2})


def item(here: World, number: int, kind: str = "visit", **more: Any) -> dict[str, Any]:
    own = {"visit": {"presence": "scan", "purposes": ["check"]},
           "correction": {"operation": "correct", "base": 1, "changes": {"number": "11"}, "reason": "登记错了"}}[kind]
    return {"id": f"{number:032x}", "kind": kind, "at": here.clock.now.isoformat(), "community": VILLAGE, "address": NEAR, **own,
            **more}


def send(here: World, desk: FieldDesk, *items: Any) -> list[str]:
    return [one.code or one.result for one in desk.sync(WORKING, items, here.clock.now).receipts]


def kept(here: World, number: int) -> FieldItem:
    with here.store.reading() as reader:
        found = reader.item_sent(f"{number:032x}")
    assert found is not None
    return found


def files(here: World) -> set[str]:
    return set(here.work.vault.keys("field/"))


def later(here: World, days: int) -> None:
    here.clock.pass_by(days=days)


def test_content_and_pictures_go_after_their_days_and_not_before(here: World, desk: FieldDesk) -> None:
    desk.store_file(WORKING, photo(1))
    send(here, desk, item(here, 1, files=[photo(1).id], note="住户在家"))
    days = here.work.settings.keep.item_days
    later(here, days)
    assert forget_field(here.work) == Forgotten(0, 0, 0, 0, 0)
    assert len(files(here)) == 1
    later(here, 1)
    assert forget_field(here.work) == Forgotten(1, 1, 1, 0, 0)
    assert forget_field(here.work) == Forgotten(0, 0, 0, 0, 0)
    assert (kept(here, 1).payload_sealed, files(here)) == (None, set())
    with here.store.reading() as reader:
        [file] = reader.field_files([photo(1).id])
        assert (file.key, dict(file.evidence), file.item_id) == ("", {}, f"{1:032x}")
        assert len(reader.visits_at(NEAR)) == 1


def test_what_was_forgotten_is_still_known_when_a_phone_sends_it_again(here: World, desk: FieldDesk) -> None:
    desk.store_file(WORKING, photo(1))
    old = item(here, 1, files=[photo(1).id])
    send(here, desk, old)
    later(here, 400)
    forget_field(here.work)
    assert desk.store_file(WORKING, photo(1)).result == "duplicate"
    assert send(here, desk, old) == ["duplicate"]
    assert files(here) == set()


def test_what_waits_for_a_reviewer_waits_whole_and_goes_after_the_decision(here: World, desk: FieldDesk) -> None:
    desk.store_file(WORKING, photo(1))
    send(here, desk, item(here, 1, "correction", files=[photo(1).id]))
    later(here, 1000)
    assert forget_field(here.work).items == 0
    with here.store.writing() as unit:
        one = kept(here, 1)
        decided = replace(one, status="rejected", reviewer_id=REVIEWER, reviewed_at=here.clock.now, words="没有错")
        unit.save(one, decided, here.work.registry.event("item.rejected", one.id))
    assert forget_field(here.work).items == 0
    later(here, here.work.settings.keep.item_days + 1)
    assert (forget_field(here.work).items, files(here)) == (1, set())
    assert kept(here, 1).words == "没有错"


def test_a_file_no_item_ever_named_goes_and_may_come_again(here: World, desk: FieldDesk) -> None:
    desk.store_file(WORKING, photo(1))
    later(here, here.work.settings.keep.item_days + 1)
    assert (forget_field(here.work).files, files(here)) == (1, set())
    late = item(here, 1, files=[photo(1).id])
    assert send(here, desk, late) == ["item.file_missing"]
    assert desk.store_file(WORKING, photo(1)).result == "accepted"
    assert send(here, desk, late) == ["accepted"]
    assert len(files(here)) == 1


def test_what_nobody_could_read_goes_after_a_year(here: World, desk: FieldDesk) -> None:
    desk.set_aside(WORKING, b"\xff half a phone", "request.not_json")
    later(here, here.work.settings.keep.aside_days)
    assert forget_field(here.work).asides == 0
    later(here, 1)
    assert forget_field(here.work).asides == 1
    with here.store.reading() as reader:
        assert reader.kept_aside() == ()


def test_what_a_crash_left_in_the_vault_is_swept_and_nothing_else(here: World, desk: FieldDesk) -> None:
    desk.store_file(WORKING, photo(1))
    today = f"{here.clock.now:%Y%m%d}"
    here.work.vault.put(f"field/{today}/{'e' * 32}", b"nobody's")
    here.work.vault.put(f"cases/{today}/{'e' * 32}", b"another door's")
    assert forget_field(here.work).orphans == 0, "it may be on its way in just now"
    later(here, 2)
    assert forget_field(here.work).orphans == 1
    assert len(files(here)) == 1
    assert len(list(here.work.vault.keys("cases/"))) == 1


def test_pictures_of_a_visit_go_with_the_matter_it_brought_up(here: World, desk: FieldDesk) -> None:
    for number in (1, 2):
        desk.store_file(WORKING, photo(number))
    matter = {"category": "hazard", "text": "门前路灯不亮"}
    assert send(here, desk, item(here, 1, files=[photo(2).id, photo(1).id], matter=matter)) == ["accepted"]
    with here.store.reading() as reader:
        [visit] = reader.visits_at(NEAR)
        shown = reader.case_files(visit.case_id or "")
    assert [(one.kind, one.width, one.height) for one in shown] == [("photo", 64, 48)] * 2
    casework = here.work.casework
    assert casework is not None
    for one in shown:
        data = casework.vault.get(one.key)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (one.size, one.sha256)
        assert Image.open(io.BytesIO(data)).size == (64, 48)
    later(here, here.work.settings.keep.item_days + 1)
    forget_field(here.work)
    assert sweep_orphans(casework) == 0
    assert all(casework.vault.get(one.key) for one in shown), "the matter keeps its own"


def test_a_visit_that_cannot_open_its_matter_leaves_no_picture_with_it(here: World, desk: FieldDesk) -> None:
    desk.store_file(WORKING, photo(1))
    matter = {"category": "unheard", "text": "门前路灯不亮"}
    assert send(here, desk, item(here, 1, files=[photo(1).id], matter=matter)) == ["case.category"]
    assert list(here.work.vault.keys("cases/")) == []


def test_a_plate_hung_under_doubt_is_the_reviewers_event_and_names_who_hung_it(store: Store) -> None:
    story = ReviewStory(store)
    told = {"kind": "mount", "address": ident("house 2"), "community": VILLAGE, "plate": NEW_PLATE, "outcome": "mounted",
            "height_mm": 2000, "side": "right"}
    sent = story.send("wang", told, (), ("mount.typed",))
    story.approve(sent)
    with store.reading() as reader:
        plate = reader.plate_by_code(NEW_PLATE)
        assert plate is not None
        event = reader.events_of([plate.id])[-1].event
        [mounting] = reader.mountings_at([ident("house 2")])
        written = reader.events_of([mounting.id])[-1].event
    assert (event.verb, event.actor, event.source) == ("plate.mounted", ident("zhao"), f"field:{sent}")
    assert "wang" in event.reason
    assert (written.actor, mounting.account_id) == (ident("zhao"), ident("wang"))


def test_a_server_does_it_by_itself(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chores `doorplate serve` hands to its server, done once."""
    home = tmp_path / "home"
    home.mkdir()
    told = Settings(home=home, database_url=store_url, base_url="https://mp.example", doors=("scan", "field"))
    work, given = open_field(told), list[Any]()
    for folder in ("field", "cases"):
        work.vault.put(f"{folder}/20200101/{'e' * 32}", b"nobody's")
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # so that it is put back
    monkeypatch.setattr(webapp.serve, "serve", lambda _app, _host, _port, chores, _lock: given.extend(chores))
    run_doors(told, Scanning(work.registry.store), "127.0.0.1", 0, open_cases(told))
    for chore in given:
        chore.act()
    assert list(work.vault.keys()) == []
    assert {one.name for one in given if one.alone} == {"clock", "retention", "orphans", "field-retention"}


def test_nothing_forgotten_is_told_by_the_trail(here: World, desk: FieldDesk) -> None:
    send(here, desk, item(here, 1, note="绝密标记"))
    later(here, 400)
    forget_field(here.work)
    with here.store.reading() as reader:
        told = [one.event for one in reader.events(limit=10_000)]
    assert "绝密标记" not in json.dumps([[one.before, one.after, one.reason] for one in told], ensure_ascii=False, default=str)
