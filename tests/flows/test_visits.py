"""走访: who was at which door, why, and what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from door_stories import NEAR, WORKER, World, world

from doorplate.errors import InputError, Refused
from doorplate.field.records import Visit
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
    ("https://pay.example/a?name=张三&tel=13812345678", "host", "pay.example/a"), ("随便什么\u202e字", "unknown", "随便什么字"),
    ("", "check", "空白"), ("x" * 300, "unknown", "x" * 60)])
def test_a_foreign_code_is_a_finding_and_nothing_of_anybody_is_kept(here: World, seen: str, why: str, kept: str) -> None:
    for _ in range(3):
        sent = here.told("tamper", seen=seen, why=why)
        with here.store.writing() as unit:
            record_tamper(here.work, unit, here.item(sent), sent)
    with here.store.reading() as reader:
        [found] = reader.findings_at(NEAR, TAMPERED)
    assert found.finding.value == f"{why} {kept} ×3"
    assert "138" not in str(found.finding.as_json())


def test_a_code_at_no_door_cannot_be_looked_after(here: World) -> None:
    sent = here.told("tamper", seen="x", why="unknown", address=None)
    with pytest.raises(Refused), here.store.writing() as unit:
        record_tamper(here.work, unit, here.item(sent), sent)
