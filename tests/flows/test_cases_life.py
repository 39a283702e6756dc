"""A matter's life: asked, routed, worked, settled, answered, rated, reopened; passed on by the clock when nobody moves."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flows.case_stories import (
    AUX,
    CHIEF,
    CODES,
    EVERYBODY,
    GRID,
    LEADER,
    MORNING,
    OFFICER,
    OTHER_GRID,
    SECOND,
    SUPERIOR,
    Story,
    story,
)

from doorplate.errors import InputError, NotFound, Refused
from doorplate.registry.cases.acts import Act, confirm_answered, looked, note, route, settle
from doorplate.registry.cases.clock import escalate_due
from doorplate.registry.cases.working import cases_page


@pytest.fixture
def village(store) -> Story:
    return story(store)


def act(village: Story, receipt, who) -> Act:
    return Act(who.id, village.case(receipt).id, village.version(receipt))


def test_from_question_to_stars(village):
    receipt = village.ask()
    first = village.door.follow(receipt.number, receipt.pin)
    assert (first.status, first.owner, receipt.hours) == ("routed", "联户长", 24), "a leader who did not agree is not named"
    assert [s.step for s in first.steps] == ["accepted", "routed"]
    assert first.due_at == MORNING + timedelta(hours=24)

    opened = looked(village.work, LEADER.id, village.case(receipt).id)
    assert (opened.text, opened.version) == ("家里停水了, 找谁?", 2)
    route(village.work, act(village, receipt, LEADER), GRID.id, "水管在路上, 要网格员找水厂")
    village.door.add(receipt.number, receipt.pin, "隔壁也停了")
    note(village.work, act(village, receipt, GRID), "水厂说下午来")
    village.clock.pass_by(hours=5)
    settle(village.work, act(village, receipt, GRID), "水厂已修好, 请开总阀。")

    answered = village.door.follow(receipt.number, receipt.pin)
    assert (answered.status, answered.owner, answered.due_at) == ("answered", "网格员 赵网格", None)
    assert [(s.step, s.by) for s in answered.steps] == [
        ("accepted", "您"), ("routed", "系统自动"), ("routed", "联户长"),
        ("added", "您"), ("settled", "网格员 赵网格"), ("answered", "网格员 赵网格")]
    assert "水厂说下午来" not in str(answered), "a remark is for colleagues"
    assert "水厂已修好, 请开总阀。" in [s.words for s in answered.steps]

    assert village.door.rate(receipt.number, receipt.pin, 2).rating == 2
    with pytest.raises(Refused) as refused:
        village.door.rate(receipt.number, receipt.pin, 5)
    assert refused.value.code == "case.rated"
    again = village.door.reopen(receipt.number, receipt.pin, "晚上又停了")
    assert (again.status, again.rating, again.owner, again.may_rate) == ("routed", None, "网格员 赵网格", False)
    settle(village.work, act(village, receipt, GRID), "换了新阀")
    village.door.reopen(receipt.number, receipt.pin, "还漏")
    settle(village.work, act(village, receipt, GRID), "再换")
    with pytest.raises(Refused) as refused:
        village.door.reopen(receipt.number, receipt.pin, "还漏")
    assert refused.value.code == "case.reopened_enough"


def test_settled_without_an_answer_is_not_possible(village):
    receipt = village.ask()
    for nothing in ("", "  \n", "\u200b\u202e", "\u3164"):
        with pytest.raises(Refused) as refused:
            settle(village.work, act(village, receipt, LEADER), nothing)
        assert refused.value.code == "case.no_answer"
    assert village.case(receipt).status == "routed"


def test_who_left_a_phone_number_is_called_or_reads_it(village):
    consent = village.door.form(CODES["near"], "ask").consent_version
    called = village.ask(phone="138 1234 5678", consent=consent)
    settle(village.work, act(village, called, LEADER), "已修好")
    assert village.case(called).status == "settled"
    assert village.case(called).due_at is not None, "calling has a clock too"
    confirm_answered(village.work, act(village, called, LEADER), "phone", "下午打通了")
    assert village.case(called).status == "answered"
    with pytest.raises(Refused) as refused:
        confirm_answered(village.work, act(village, called, LEADER), "phone", "")
    assert refused.value.code == "case.not_settled"

    reads = village.ask(phone="029-87654321", consent=consent)
    settle(village.work, act(village, reads, LEADER), "已修好")
    assert village.door.follow(reads.number, reads.pin).status == "answered"


def test_a_page_of_before_does_not_overwrite_what_happened_since(village):
    receipt = village.ask()
    old = act(village, receipt, LEADER)
    looked(village.work, CHIEF.id, old.case_id)
    note(village.work, old, "别人看过不算变化")
    with pytest.raises(Refused) as refused:
        settle(village.work, old, "答复")
    assert refused.value.code == "store.stale"


def test_the_clock_takes_it_through_every_level(village):
    receipt, way = village.ask(), []
    while True:
        case = village.case(receipt)
        way.append((case.level, case.owner_id))
        village.clock.pass_by(hours=23)
        assert escalate_due(village.work) == 0, "an hour is left"
        village.clock.pass_by(hours=2)
        if escalate_due(village.work) == 0:
            break
        assert escalate_due(village.work) == 0, "run again, it does nothing twice"
    assert way == [("leader", "leader"), ("grid", "grid"), ("officer", "officer"), ("station", "chief"), ("superior", "superior")]
    assert village.steps(receipt) == ["accepted", "routed", *["escalated"] * 4]
    with village.work.registry.store.reading() as reader:
        escalated = [e for e in reader.events_of([village.case(receipt).id]) if e.event.verb == "case.escalated"]
    assert {e.event.actor for e in escalated} == {"clock"}
    assert village.door.follow(receipt.number, receipt.pin).steps[-1].words == "交给 上级公安机关 王督察"


def test_deputies_stand_in_on_the_way(village):
    for person in (GRID, OFFICER, CHIEF):
        village.away(person)
    receipt, way = village.ask(category="service"), []
    for _ in range(3):
        way.append((village.case(receipt).level, village.case(receipt).owner_id))
        village.clock.pass_by(hours=73)
        escalate_due(village.work)
    assert way == [("officer", AUX.id), ("station", SECOND.id), ("superior", SUPERIOR.id)], "the grid has nobody: passed over"


def test_absence_is_both_days_included_and_who_left_is_no_one(village):
    village.away(LEADER, until=date(2026, 11, 23))
    assert village.case(village.ask()).owner_id == GRID.id
    village.clock.pass_by(days=1)
    assert village.case(village.ask()).owner_id == LEADER.id
    village.change(LEADER, left_on=date(2026, 11, 24))
    assert village.case(village.ask()).owner_id == LEADER.id, "the last day counts"
    village.clock.pass_by(days=1)
    assert village.case(village.ask()).owner_id == GRID.id
    with pytest.raises(NotFound):
        cases_page(village.work, LEADER.id, "mine", 1)


def test_a_village_with_nobody_on_record_has_a_station(store):
    village = story(store, people=())
    receipt = village.ask()
    assert (village.case(receipt).level, village.case(receipt).owner_id) == ("station", None)
    assert village.door.follow(receipt.number, receipt.pin).owner == "派出所"
    village.clock.pass_by(hours=25)
    assert escalate_due(village.work) == 1
    assert village.case(receipt).level == "superior"


def test_each_sees_what_is_theirs(village):
    near = village.ask()
    far = village.ask(plate_code=CODES["far"], category="service")
    seen = {person.id: {row.case.id for row in cases_page(village.work, person.id, "open", 1).rows} for person in EVERYBODY}
    here, there = village.case(near).id, village.case(far).id
    assert seen == {"leader": {here}, "grid": {here}, "grid2": {there}, "officer": {here, there}, "aux": {here, there},
                    "chief": {here, there}, "second": {here, there}, "superior": {here, there}}
    with pytest.raises(NotFound):
        looked(village.work, OTHER_GRID.id, here)


def test_the_list_is_paged_and_counted(village):
    for _ in range(23):
        village.ask()
    late = village.ask(category="other", text="有人打架", sure_not_emergency=True)
    page = cases_page(village.work, OFFICER.id, "open", 1)
    assert (page.total, page.pages, len(page.rows), page.counts["mine"]) == (24, 2, 20, 1)
    assert page.rows[0].case.id == village.case(late).id, "urgent first"
    assert (page.rows[0].case.level, page.rows[0].case.due_at) == ("officer", MORNING + timedelta(hours=1))
    assert len(cases_page(village.work, OFFICER.id, "open", 99).rows) == 4
    village.clock.pass_by(hours=30)
    assert cases_page(village.work, OFFICER.id, "overdue", 1).total == 24
    assert cases_page(village.work, OFFICER.id, "done", 1).total == 0


def test_it_is_given_only_to_those_listed(village):
    receipt = village.ask()
    for stranger in ("", "nobody", OTHER_GRID.id, "desk:leader"):
        with pytest.raises(InputError) as refused:
            route(village.work, act(village, receipt, LEADER), stranger, "转")
        assert refused.value.code == "case.no_such_person"
    route(village.work, act(village, receipt, LEADER), "desk:station", "请所里定")
    assert (village.case(receipt).level, village.case(receipt).owner_id) == ("station", None)
    assert cases_page(village.work, CHIEF.id, "mine", 1).total == 1


def test_the_same_thing_next_door_is_suggested(village):
    first = village.ask(plate_code=CODES["next"], category="other", text="幸福路整条街停水两天了")
    other = village.ask(plate_code=CODES["next"], category="service", text="身份证在哪办")
    village.ask(plate_code=CODES["far"], category="life", text="停水了")
    mine = village.ask(text="我们幸福路停水两天没人管")
    near = looked(village.work, OFFICER.id, village.case(mine).id).near
    assert [row.case.id for row in near] == [village.case(first).id]
    village.clock.pass_by(days=20)
    assert looked(village.work, OFFICER.id, village.case(village.ask()).id).near == ()
    assert village.case(other).id not in {row.case.id for row in near}


def test_looking_is_recorded_and_says_nothing(village):
    receipt = village.ask(text="不要让人知道")
    looked(village.work, OFFICER.id, village.case(receipt).id)
    with village.work.registry.store.reading() as reader:
        last = reader.events_of([village.case(receipt).id])[-1].event
    assert (last.verb, last.actor, last.before, last.after) == ("case.looked", OFFICER.id, {}, {})


def test_an_appointment_keeps_its_wish(village):
    form = village.door.form(CODES["near"], "appointment", "en")
    assert [one.id for one in form.services] == ["id-card"]
    assert form.services[0].words == "Get an identity card"
    assert all(day.isoweekday() < 6 for day in form.days)
    assert form.days[0] == date(2026, 11, 24)
    receipt = village.ask(kind="appointment", category="office", text="", service_id="id-card", wanted_day=form.days[0],
                          wanted_part="am", language="en")
    view = village.door.follow(receipt.number, receipt.pin)
    assert (view.service, view.wanted_day, view.wanted_part, view.category) == (
        "Get an identity card", form.days[0], "am", "At the office")
    for wrong, field in (({"wanted_day": date(2026, 11, 22)}, "wanted_day"), ({"wanted_day": None}, "wanted_day"),
                         ({"service_id": "gas"}, "service_id"), ({"wanted_part": "night"}, "wanted_part")):
        with pytest.raises(InputError) as refused:
            village.ask(**{"kind": "appointment", "category": "office", "wanted_day": form.days[0], **wrong})
        assert refused.value.details["field"] == field


def test_two_clocks_at_once_pass_it_on_once(village):
    receipts = [village.ask() for _ in range(5)]
    village.clock.pass_by(hours=25)
    ready, passed = threading.Barrier(3), []

    def run() -> None:
        ready.wait()
        passed.append(escalate_due(village.work))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(passed) == 5
    assert {village.case(one).level for one in receipts} == {"grid"}
