"""Who has a matter: levels by role, duty by day, deputies, the hidden, and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from doorplate.cases.case import Case
from doorplate.cases.duty import ORDER, DoorStaff, is_chief, level_of, on_duty
from doorplate.cases.lifecycle import NAMES, may, may_rate, may_reopen, require_may
from doorplate.cases.routing import Charge, Subject, charge_again, due_at, first_charge, next_charge
from doorplate.cases.settings import load_case_settings
from doorplate.cases.visibility import hidden_from
from doorplate.errors import Refused
from doorplate.model import Staff

SETTINGS = load_case_settings()
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CASE = Case("c", "0" * 32, "R", "610431001203", None, "", "ask", "life", "routed", NOW, "leader")


def person(name: str, role: str, area: str = "610431001203", **more: object) -> Staff:
    return Staff(name, name, role, "", area, **more)  # type: ignore[arg-type]


def door(*people: Staff) -> DoorStaff:
    return DoorStaff(people, TODAY, SETTINGS.roles, {one.id: one for one in people})


@pytest.mark.parametrize(("role", "level"), [
    ("联户长", "leader"), ("十户长", "leader"), ("微网格长", "leader"), ("网格员", "grid"), ("第一网格网格长", "grid"),
    ("社区民警", "officer"), ("辅警", "officer"), ("社区民警兼网格长", "officer"), ("警长", "officer"), ("派出所所长", "station"),
    ("副所长", "station"), ("武功县公安局副局长", "superior"), ("督察", "superior"),
    ("村支书", None), ("卫生所所长", None), ("", None)])
def test_the_level_of_a_role(role, level):
    assert level_of(role, SETTINGS.roles) == level


def test_the_chief_is_not_the_second():
    assert is_chief(person("a", "所长"), SETTINGS.roles)
    assert not is_chief(person("a", "副所长"), SETTINGS.roles)
    assert not is_chief(person("a", "民警"), SETTINGS.roles)


@pytest.mark.parametrize(("more", "there"), [
    ({}, True), ({"absent_from": TODAY}, False), ({"absent_from": TODAY, "absent_until": TODAY}, False),
    ({"absent_from": TODAY + timedelta(days=1)}, True),
    ({"absent_from": date(2026, 1, 1), "absent_until": date(2026, 11, 22)}, True),
    ({"left_on": TODAY}, True), ({"left_on": TODAY - timedelta(days=1)}, False), ({"absent_until": date(2027, 1, 1)}, True)])
def test_on_duty(more, there):
    assert on_duty(person("a", "民警", **more), TODAY) is there


def test_the_narrowest_area_and_the_head_come_first():
    staff = door(person("town", "民警", "610431001"), person("here", "民警"), person("second", "副所长"),
                 person("chief", "所长", "610431"))
    assert [one.id for one in staff.at("officer")] == ["here", "town"]
    assert [one.id for one in staff.at("station")] == ["chief", "second"]


def test_a_deputy_stands_in_unless_away_too():
    away = {"absent_from": TODAY}
    one = person("one", "网格员", deputy_id="two", **away)
    assert door(one, person("two", "辅警")).acting("grid").id == "two"
    assert door(one, person("two", "辅警", **away)).acting("grid") is None
    assert door(one, person("two", "辅警", **away), person("three", "网格员")).acting("grid").id == "three"
    assert door(one, person("two", "辅警")).acting("grid", frozenset({"two"})) is None
    chain = [replace(one, deputy_id="two"), person("two", "辅警", deputy_id="three", **away), person("three", "辅警")]
    assert door(*chain).acting("grid").id == "three", "the deputy's deputy"
    assert hidden_from(chain[:1], {p.id: p for p in chain}, TODAY) == {"one", "two", "three"}
    assert door(person("self", "网格员", deputy_id="self", **away)).acting("grid") is None


def test_levels_without_anybody_are_passed_over():
    staff = door(person("o", "民警"))
    assert first_charge(Subject("ask"), "leader", False, staff) == Charge("officer", "o")
    assert first_charge(Subject("ask"), "leader", False, door()) == Charge("station", None)
    at_officer = replace(CASE, level="officer")
    assert next_charge(at_officer, Subject("ask"), staff) == Charge("station", None)
    assert next_charge(replace(CASE, level="station"), Subject("ask"), staff) == Charge("superior", None)
    assert next_charge(replace(CASE, level="superior"), Subject("ask"), staff) is None


def test_an_urgent_one_begins_with_the_officer():
    staff = door(person("l", "联户长"), person("o", "民警"), person("c", "所长"))
    assert first_charge(Subject("ask"), "leader", True, staff) == Charge("officer", "o")
    assert first_charge(Subject("ask"), "station", True, staff) == Charge("station", "c")
    assert due_at(replace(CASE, urgent=True), "officer", SETTINGS, NOW) == NOW + timedelta(hours=1)


def test_a_category_has_its_own_hours_at_its_first_level_only():
    hazard = replace(CASE, kind="report", category="hazard", level="grid")
    assert due_at(hazard, "grid", SETTINGS, NOW) == NOW + timedelta(hours=4)
    assert due_at(hazard, "officer", SETTINGS, NOW) == NOW + timedelta(hours=24)
    assert due_at(replace(CASE, category="was once"), "superior", SETTINGS, NOW) == NOW + timedelta(hours=72)


def test_a_direct_line_matter_never_reaches_the_named_or_their_deputies():
    """Every choice of up to two named, of every chief's presence and of who is whose deputy."""
    ids = ("officer", "chief", "second", "superior")
    roles = dict(zip(ids, ("民警", "所长", "副所长", "督察"), strict=True))
    pairs, absences = list(product(ids[:3], ids[:3])), [(), ("chief",), ("chief", "second")]
    for named, away, (deputised, deputy) in product(pairs, absences, product(ids, ids)):
        people = [person(one, roles[one], deputy_id=deputy if one == deputised else None,
                         absent_from=TODAY if one in away else None) for one in ids]
        about = [one for one in people if one.id in named]
        subject = Subject("direct", frozenset(named), hidden_from(about, {one.id: one for one in people}, TODAY))
        charge = first_charge(subject, "station", False, door(*people))
        assert charge.owner_id not in subject.hidden
        assert charge.level in ("station", "superior")
        assert charge.level == "superior" or "chief" not in named
        case = replace(CASE, kind="direct", level=charge.level)
        for later in (next_charge(case, subject, door(*people)), charge_again(case, subject, door(*people))):
            assert later is None or later.owner_id not in subject.hidden


def test_a_direct_line_matter_does_not_go_where_nobody_reads():
    staff, direct = door(person("c", "所长")), replace(CASE, kind="direct", level="station")
    assert next_charge(direct, Subject("direct"), staff) is None
    named = Subject("direct", frozenset({"c"}), frozenset({"c"}))
    assert first_charge(named, "station", False, staff) == Charge("superior", None)


def test_a_reopened_one_goes_back_or_up():
    assert charge_again(CASE, Subject("ask"), door(person("l", "联户长"))) == Charge("leader", "l")
    assert charge_again(CASE, Subject("ask"), door(person("g", "网格员"))) == Charge("grid", "g")
    assert charge_again(replace(CASE, kind="direct", level="officer"), Subject("direct"), door()) == Charge("officer", None)


def test_what_may_be_done_in_which_state():
    allowed = {doing: {s for s in NAMES if may(doing, replace(CASE, status=s))}
               for doing in ("route", "settle", "confirm", "add", "rate", "reopen", "withdraw")}
    assert allowed == {
        "route": {"accepted", "routed"}, "settle": {"accepted", "routed"}, "confirm": {"settled"}, "add": {"accepted", "routed"},
        "rate": {"answered"}, "reopen": {"answered"}, "withdraw": {"accepted", "routed", "settled", "answered"}}
    with pytest.raises(Refused) as refused:
        require_may("settle", replace(CASE, status="withdrawn"))
    assert refused.value.code == "case.closed"
    assert "已撤回" in refused.value.message
    answered = replace(CASE, status="answered")
    assert may_rate(answered)
    assert not may_rate(replace(answered, rating=3))
    assert may_reopen(replace(answered, reopened=1), 2)
    assert not may_reopen(replace(answered, reopened=2), 2)


def test_the_order_is_from_neighbour_to_superior():
    assert ORDER == ("leader", "grid", "officer", "station", "superior")
