"""所长直通车: who is named never sees it, nor whoever stands in for them, by no way through the desk."""

from __future__ import annotations

import contextlib

import pytest
from flows.case_stories import (
    AUX,
    CHIEF,
    CODES,
    EVERYBODY,
    GRID,
    MARKER,
    OFFICER,
    SECOND,
    SUPERIOR,
    Story,
    story,
)

from doorplate.errors import InputError, NotFound
from doorplate.registry.cases.acts import Act, looked, note, route, settle
from doorplate.registry.cases.clock import escalate_due
from doorplate.registry.cases.working import cases_page, close_by, file_of, scope_of


@pytest.fixture
def village(store) -> Story:
    return story(store)


def direct(village: Story, *about: str, **more: object):
    return village.ask(kind="direct", category="complaint", text=f"反映一件事 {MARKER}", about=about, **more)


def who_sees(village: Story, receipt) -> set[str]:
    """By every way there is: the four lists, opening, and the suggestions beside another matter of the same door."""
    case_id, seen = village.case(receipt).id, set()
    beside = village.case(village.ask(kind="direct", category="complaint"))
    for person in EVERYBODY:
        lists = {row.case.id for show in ("mine", "open", "overdue", "done")
                 for row in cases_page(village.work, person.id, show, 1).rows}
        with village.work.registry.store.reading() as reader:
            scope = scope_of(village.work, reader, person.id)
            near = {one.id for one in close_by(village.work, reader, beside, scope)}
            opens = reader.case_in(scope, case_id) is not None
        assert opens == (case_id in lists) == (case_id in near)
        with contextlib.suppress(NotFound):
            looked(village.work, person.id, case_id)
            assert opens
            seen.add(person.id)
        assert opens == (person.id in seen)
    return seen


def test_only_the_chief_and_above_read_it(village):
    receipt = direct(village)
    assert (village.case(receipt).level, village.case(receipt).owner_id) == ("station", CHIEF.id)
    assert who_sees(village, receipt) == {CHIEF.id, SECOND.id, SUPERIOR.id}


def test_who_is_named_does_not_see_it_nor_their_deputy(village):
    village.change(OFFICER, deputy_id=SECOND.id)
    receipt = direct(village, OFFICER.id)
    assert village.case(receipt).owner_id == CHIEF.id
    assert who_sees(village, receipt) == {CHIEF.id, SUPERIOR.id}
    assert {OFFICER.id, SECOND.id}.isdisjoint(p.id for p in looked(village.work, CHIEF.id, village.case(receipt).id).people)
    for hidden in (OFFICER.id, SECOND.id):
        with pytest.raises(InputError):
            route(village.work, Act(CHIEF.id, village.case(receipt).id, village.version(receipt)), hidden, "查一下")


def test_the_chief_named_goes_to_the_superior(village):
    receipt = direct(village, CHIEF.id)
    assert (village.case(receipt).level, village.case(receipt).owner_id) == ("superior", SUPERIOR.id)
    assert who_sees(village, receipt) == {SUPERIOR.id}
    with pytest.raises(NotFound):
        note(village.work, Act(CHIEF.id, village.case(receipt).id, 2), "看看")
    with pytest.raises(NotFound):
        settle(village.work, Act(SECOND.id, village.case(receipt).id, 2), "已办")
    with pytest.raises(NotFound):
        file_of(village.work, CHIEF.id, village.case(receipt).id, "x")


def test_the_chief_away_and_the_deputy_named(village):
    village.away(CHIEF)
    assert village.case(direct(village, SECOND.id)).owner_id == SUPERIOR.id, "nobody at the station may have it"
    assert village.case(direct(village, GRID.id)).owner_id == SECOND.id


def test_the_chief_who_is_the_deputy_of_the_named(village):
    village.change(OFFICER, deputy_id=CHIEF.id)
    receipt = direct(village, OFFICER.id)
    assert village.case(receipt).owner_id == SECOND.id
    assert who_sees(village, receipt) == {SECOND.id, SUPERIOR.id}


def test_who_becomes_a_deputy_later_loses_sight_of_it(village):
    receipt = direct(village, OFFICER.id)
    assert SECOND.id in who_sees(village, receipt)
    village.change(OFFICER, deputy_id=SECOND.id)
    assert SECOND.id not in who_sees(village, receipt)


def test_without_a_superior_on_record_it_is_kept_and_the_form_says_where_to_call(store):
    village = story(store, people=[one for one in EVERYBODY if one.id != SUPERIOR.id])
    hints = {one.id: one.hint for one in village.door.form(CODES["near"], "direct").people}
    assert "12389" in hints[CHIEF.id]
    assert "12345" in hints[CHIEF.id]
    assert hints[SECOND.id] == ""
    receipt = direct(village, CHIEF.id)
    case = village.case(receipt)
    assert (case.level, case.owner_id) == ("superior", None)
    for person in (CHIEF, SECOND, OFFICER):
        with pytest.raises(NotFound):
            looked(village.work, person.id, case.id)
    assert MARKER in village.door.follow(receipt.number, receipt.pin).text


def test_the_clock_does_not_carry_it_to_those_it_names_or_to_nobody(store):
    village = story(store, people=[one for one in EVERYBODY if one.id != SUPERIOR.id])
    receipt = direct(village, OFFICER.id)
    village.clock.pass_by(hours=30)
    assert escalate_due(village.work) == 0, "it stays with the chief, overdue, instead of where nobody reads"
    assert cases_page(village.work, CHIEF.id, "overdue", 1).total == 1
    assert village.case(receipt).level == "station"


def test_given_down_by_the_chief_it_is_the_officers_and_nobody_elses_there(village):
    receipt = direct(village, GRID.id)
    case_id = village.case(receipt).id
    route(village.work, Act(CHIEF.id, case_id, village.version(receipt)), AUX.id, "去了解情况")
    assert who_sees(village, receipt) == {AUX.id, CHIEF.id, SECOND.id, SUPERIOR.id}


def test_only_people_offered_can_be_named_and_leaders_who_did_not_agree_are_not(village):
    offered = {one.id for one in village.door.form(CODES["near"], "direct").people}
    assert offered == {"grid", "officer", "aux", "chief", "second"}
    for wrong in ("leader", "superior", "grid2", "' OR 1=1"):
        with pytest.raises(InputError) as refused:
            direct(village, wrong)
        assert refused.value.details["field"] == "about"


def test_the_trail_does_not_say_whom_it_names(village):
    direct(village, OFFICER.id)
    with village.work.registry.store.reading() as reader:
        told = [e.event for e in reader.events(limit=10_000) if e.event.verb == "case.opened"]
    assert told[0].after["about"] == "sealed"
    assert told[0].after["text_sealed"] == "sealed"
    assert "receipt" not in told[0].after


def test_the_deputy_of_an_absent_deputy_is_a_deputy_too(village):
    village.change(OFFICER, deputy_id=AUX.id)
    village.change(AUX, deputy_id=CHIEF.id)
    assert village.case(direct(village, OFFICER.id)).owner_id == CHIEF.id, "the auxiliary is there: nobody behind them counts"
    village.away(AUX)
    receipt = direct(village, OFFICER.id)
    assert village.case(receipt).owner_id == SECOND.id
    assert who_sees(village, receipt) == {SECOND.id, SUPERIOR.id}
