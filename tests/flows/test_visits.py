"""走访: who was at which door, why, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from door_stories import CODES, NEAR, NEXT, WORKER, World, world

from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.diary import Diary
from doorplate.field.records import FORGOTTEN, Visit
from doorplate.registry.field.diary import diary_of
from doorplate.registry.field.mountings import record_mount
from doorplate.registry.field.notes import forget_notes
from doorplate.registry.field.tampering import TAMPERED, record_tamper
from doorplate.registry.field.visits import record_visit
from doorplate.store import Store
from tests.support.village import uid

MATTER = {"category": "life", "text": "门前路灯不亮"}


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


def visit(here: World, **more: Any) -> Visit:
    sent = here.told("visit", **{"presence": "scan", "purposes": ["check"], **more})
    with here.store.writing() as unit:
        record_visit(here.work, unit, here.item(sent), sent)
    with here.store.reading() as reader:
        return reader.visits_at(sent.address)[0]


def fix(here: World, lon: float) -> dict[str, Any]:
    return {"lon": lon, "lat": 34.27, "accuracy_m": 5, "at": here.clock.now.isoformat()}


def test_a_visit_is_written_with_why_what_and_how_near(here: World) -> None:
    told = visit(here, purposes=["check", "service", "check"], done=["id-card"], fixes=[fix(here, 108.2001)], note="住户在家")
    assert (told.account_id, told.purposes, told.done) == (WORKER, ("check", "service"), ("id-card",))
    assert told.distance_m == pytest.approx(9.2, abs=0.3)
    assert told.words_sealed is not None
    assert here.work.opened(told.words_sealed, told.id).decode() == "住户在家"


def test_the_note_is_readable_nowhere_else(here: World) -> None:
    visit(here, note="绝密标记")
    with here.store.reading() as reader:
        assert all("绝密标记" not in f"{one.event.before}{one.event.after}" for one in reader.events())


@pytest.mark.parametrize(("more", "code"), [({"purposes": ["spying"]}, "visit.purpose"), ({"done": ["magic"]}, "visit.service")])
def test_what_is_not_offered_is_refused(here: World, more: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as told:
        visit(here, **more)
    assert told.value.code == code
    with here.store.reading() as reader:
        assert not reader.visits_at(NEAR)


def test_a_matter_becomes_a_case_once_and_goes_where_such_matters_go(here: World) -> None:
    kinds = [one.id for one in here.work.casework.settings.categories if one.kind == "report"]  # type: ignore[union-attr]
    told = visit(here, matter={**MATTER, "category": kinds[0]})
    with here.store.reading() as reader:
        case = reader.case(told.case_id or "")
        assert case is not None
        assert (case.address_id, case.status) == (NEAR, "routed")
        assert next(one.by for one in reader.case_entries(case.id)) == WORKER


def test_a_matter_where_no_plate_is_known_stays_with_the_visit(here: World) -> None:
    kinds = [one.id for one in here.work.casework.settings.categories if one.kind == "report"]  # type: ignore[union-attr]
    with pytest.raises(Refused) as told:
        visit(here, address=uid("door gone"), matter={**MATTER, "category": kinds[0]})
    assert told.value.code == "visit.no_plate"


@pytest.mark.parametrize(("seen", "why", "kept"), [
    ("https://pay.example/a?name=张三&tel=13812345678", "host", "pay.example/a"),
    ("pay.example/a#13812345678", "host", "pay.example/a"), ("https://u:p@[::1", "host", "不是网址, 16 个字"),
    ("BEGIN:VCARD\nN:张三;\nTEL:13812345678", "unknown", "不是网址, 31 个字"),
    ("随便什么\u202e字", "unknown", "不是网址, 5 个字"),
    ("7K3M-X9QA-B2CD", "check", "7K3M-X9QA-B2CD"), ("", "check", "空白"), ("x" * 300, "unknown", "不是网址, 300 个字")])
def test_a_foreign_code_is_a_finding_and_nothing_of_anybody_is_kept(here: World, seen: str, why: str, kept: str) -> None:
    for _ in range(3):
        sent = here.told("tamper", seen=seen, why=why)
        with here.store.writing() as unit:
            record_tamper(here.work, unit, here.item(sent), sent)
    with here.store.reading() as reader:
        [found] = reader.findings_at(NEAR, TAMPERED)
    assert found.finding.value == f"{why} {kept} ×3"
    assert "138" not in str(found.finding.as_json())


def test_a_code_at_no_named_door_is_noted_at_the_plates_own_or_the_nearest(here: World) -> None:
    own = here.told("tamper", seen="x", why="far", plate=CODES["next"], address=None)
    near = here.told("tamper", seen="https://a.example/", why="host", address=None, fixes=[fix(here, 108.2)])
    with here.store.writing() as unit:
        for sent in (own, near):
            record_tamper(here.work, unit, here.item(sent), sent)
    with here.store.reading() as reader:
        assert [one.finding.value for one in reader.findings_at(NEXT, TAMPERED)] == [f"far {CODES['next']} ×1"]
        assert [one.finding.value for one in reader.findings_at(NEAR, TAMPERED)] == ["host a.example/ ×1"]


def test_a_code_at_no_door_cannot_be_looked_after(here: World) -> None:
    sent = here.told("tamper", seen="x", why="unknown", address=None)
    with pytest.raises(Refused), here.store.writing() as unit:
        record_tamper(here.work, unit, here.item(sent), sent)


def test_a_visit_to_no_door_of_this_village_is_none(here: World) -> None:
    with pytest.raises(NotFound):
        visit(here, address=uid("nowhere"))


def test_notes_are_forgotten_when_their_time_is_over(here: World) -> None:
    visit(here, note="住户在家")
    sent = here.told("mount", plate=CODES["near"], outcome="refused", note="李四不同意")
    with here.store.writing() as unit:
        record_mount(here.work, unit, here.item(sent), sent)
    assert forget_notes(here.work) == 0
    here.clock.pass_by(days=here.work.settings.keep.item_days + 1)
    assert forget_notes(here.work) == 2
    assert forget_notes(here.work) == 0
    with here.store.reading() as reader:
        assert reader.visits_at(NEAR)[0].words_sealed is None
        assert reader.mountings_at([NEAR])[0].words == FORGOTTEN
        assert all("李四" not in repr(one) for one in reader.events())


class TestDiary:
    """It writes itself."""

    def told(self, here: World, day: date | None = None) -> Diary:
        with here.store.reading() as reader:
            worker = reader.account(WORKER)
            assert worker is not None
            return diary_of(here.work, reader, worker, day or here.clock.now.date())

    def test_a_day_in_words(self, here: World) -> None:
        visit(here, purposes=["check"], done=["id-card"])
        here.clock.pass_by(minutes=5)
        sent = here.told("mount", plate=CODES["next"], address=NEXT, outcome="absent")
        waiting = here.told("correction", operation="correct", changes={"number": "9"}, reason="号码登记错了")
        with here.store.writing() as unit:
            record_mount(here.work, unit, here.item(sent), sent)
            item = here.item(waiting, fields=("number",), status="waiting")
            unit.save(None, item, here.work.registry.event("item.received", item.id))
        assert self.told(here).summary == "2026-11-23 测试网格员: 走访 1, 上报 1, 安装 1"
        assert [one.told for one in self.told(here).lines] == [
            "09:00 幸福路1号 走访: 核对门牌地址; 办了 办身份证", "09:05 幸福路1号 上报: 门牌号 (待审核)",
            "09:05 幸福路2号 安装: 家里没人, 要再去"]

    def test_a_day_in_china_ends_at_midnight_there(self, here: World) -> None:
        here.clock.pass_by(hours=14, minutes=59)
        visit(here)
        here.clock.pass_by(minutes=1)
        visit(here)
        today = date(2026, 11, 23)
        assert [len(self.told(here, day).lines) for day in (today, today + timedelta(days=1))] == [1, 1]

    def test_an_empty_day_says_so(self, here: World) -> None:
        assert self.told(here).summary.endswith("没有记录")
