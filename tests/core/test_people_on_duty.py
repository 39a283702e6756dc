"""Who answers at a door on a day: order, deputies, days at the border, and who is never named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from doorplate.errors import InputError
from doorplate.model import Notice, Staff
from doorplate.people.duty import DoorPlace
from doorplate.people.rules import parse_rules, people_rules
from doorplate.public_view import contacts, notices, posted

VILLAGE = "610431001203"
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
DOOR = DoorPlace(VILLAGE, f"{VILLAGE}-G01", f"{VILLAGE}-L003")
RULES = people_rules()


def person(name: str, role: str, area: str = VILLAGE, **more: object) -> Staff:
    values = {"confirmed_on": TODAY, **more}
    return Staff(f"id-{name}-{area}", name, role, "029-00000000", area, **values)  # type: ignore[arg-type]


def shown(*staff: Staff, place: DoorPlace = DOOR, day: date = TODAY) -> list[str]:
    """What a page would say: 乙, or 乙(代甲) for a deputy."""
    views = contacts(staff, place, day, RULES)
    return [f"{one.name}(代{one.standing_in_for})" if one.standing_in_for else one.name for one in views]


OFFICER, WORKER = person("甲", "社区民警"), person("丙", "网格员", f"{VILLAGE}-G01")
DEPUTY = person("乙", "社区民警", "610431001204")


def away(one: Staff, first: date = TODAY, last: date | None = None, by: Staff | None = None) -> Staff:
    return replace(one, absent_from=first, absent_until=last, deputy_id=by.id if by else None)


def test_officer_then_auxiliary_then_grid_then_own_group_then_village() -> None:
    staff = [
        person("丁", "村党支部书记"),
        WORKER,
        person("乙", "警务助理（网格长）"),
        person("戊", "辅警"),
        OFFICER,
        person("己", "联户长", f"{VILLAGE}-L003"),
        person("庚", "派出所所长", "610431001"),
        person("辛", "副所长（社区民警）"),
    ]
    assert shown(*staff) == ["甲", "辛", "乙", "戊", "丙", "己", "丁"]


def test_only_those_responsible_here_and_each_once() -> None:
    staff = [
        OFFICER,
        replace(OFFICER, id="again"),
        person("乙", "网格员", f"{VILLAGE}-G02"),
        WORKER,
        person("丁", "社区民警", "610431001204"),
        person("戊", "社区民警", "610431002"),
        person("己", "民警", "610431"),
    ]
    assert shown(*staff) == ["甲", "己", "丙"]
    assert shown(*staff, place=DoorPlace(VILLAGE)) == ["甲", "己"]


@pytest.mark.parametrize("area", [VILLAGE, f"{VILLAGE}-G01", f"{VILLAGE}-L004", "610431001"])
def test_a_group_leader_stands_on_the_pages_of_the_own_group_only(area: str) -> None:
    assert shown(OFFICER, person("己", "联户长", area)) == ["甲"]
    assert shown(person("己", "联户长", f"{VILLAGE}-L003"), place=DoorPlace(VILLAGE, f"{VILLAGE}-G01")) == []


def test_who_did_not_agree_is_named_nowhere_not_even_as_the_absent_one() -> None:
    leader = person("己", "联户长", f"{VILLAGE}-L003", published=False)
    assert shown(OFFICER, leader) == ["甲"]
    assert shown(away(leader, by=OFFICER), OFFICER) == ["甲"]
    assert shown(away(OFFICER, by=leader), leader, WORKER) == ["丙"]
    assert not posted([leader], TODAY, RULES)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (TODAY - DAY, ["甲", "丙"]),
        (TODAY, ["乙(代甲)", "丙"]),
        (TODAY + 6 * DAY, ["乙(代甲)", "丙"]),
        (TODAY + 7 * DAY, ["甲", "丙"]),
    ],
)
def test_a_deputy_stands_in_on_the_first_day_and_the_last(day: date, expected: list[str]) -> None:
    assert shown(away(OFFICER, TODAY, TODAY + 6 * DAY, DEPUTY), WORKER, DEPUTY, day=day) == expected


def test_without_a_deputy_the_next_responsible_moves_up_and_at_last_nobody_but_the_station() -> None:
    assert shown(away(OFFICER), WORKER) == ["丙"]
    assert shown(away(OFFICER)) == []
    assert shown(replace(away(OFFICER), deputy_id="nobody"), WORKER) == ["丙"]


def test_a_deputy_who_is_away_is_stood_in_for_too_and_a_circle_ends() -> None:
    third = person("三", "民警", "610431002")
    assert shown(away(OFFICER, by=DEPUTY), away(DEPUTY, by=third), third) == ["三(代甲)"]
    assert shown(away(OFFICER, by=DEPUTY), away(DEPUTY, by=OFFICER), WORKER) == ["丙"]
    assert shown(away(OFFICER, by=OFFICER), WORKER) == ["丙"]


def test_a_deputy_who_serves_here_anyway_is_named_once_in_the_absent_ones_place() -> None:
    assert shown(away(OFFICER, by=WORKER), person("戊", "辅警"), WORKER) == ["丙(代甲)", "戊"]
    other = person("子", "民警")
    assert shown(away(OFFICER, by=WORKER), away(other, by=WORKER), WORKER) == ["丙(代甲、子)"]


@pytest.mark.parametrize(("left_on", "expected"), [(TODAY, ["甲"]), (TODAY - DAY, []), (TODAY + DAY, ["甲"])])
def test_the_last_day_of_duty_is_a_day_of_duty(left_on: date, expected: list[str]) -> None:
    assert shown(replace(OFFICER, left_on=left_on)) == expected
    assert shown(away(person("丑", "民警"), by=OFFICER), replace(OFFICER, left_on=TODAY - DAY)) == []


def test_the_chief_answers_when_nobody_else_does() -> None:
    chief = person("庚", "派出所所长", "610431001")
    assert shown(chief, OFFICER) == ["甲"]
    assert shown(chief, away(OFFICER)) == ["庚"]
    assert shown(chief, away(OFFICER, by=chief), WORKER) == ["庚(代甲)", "丙"], "as a deputy the chief answers like the officer"
    assert shown(person("寅", "卫生所所长"), OFFICER) == ["甲", "寅"], "the chief of the clinic is no chief of the station"


@pytest.mark.parametrize(("days", "stale"), [(0, False), (90, False), (91, True), (-1, False)])
def test_unconfirmed_for_more_than_ninety_days_is_said(days: int, stale: bool) -> None:
    (view,) = contacts([replace(OFFICER, confirmed_on=TODAY - days * DAY)], DOOR, TODAY, RULES)
    assert view.stale is stale


def test_never_confirmed_is_stale_and_the_days_are_the_offices_own() -> None:
    assert contacts([replace(OFFICER, confirmed_on=None)], DOOR, TODAY, RULES)[0].stale
    rules = parse_rules("confirm_within_days = 7", "people.toml")
    assert contacts([replace(OFFICER, confirmed_on=TODAY - 8 * DAY)], DOOR, TODAY, rules)[0].stale


def test_an_office_may_order_and_hide_roles() -> None:
    rules = parse_rules(
        'confirm_within_days = 30\nothers_shown = false\n[[role]]\nid = "grid"\nwords = ["网格"]\n'
        '[[role]]\nid = "officer"\nwords = ["民警"]\n[[role]]\nid = "auxiliary"\nwords = ["辅警"]\nshown = "never"',
        "people.toml",
    )
    staff = [OFFICER, WORKER, person("戊", "辅警"), person("丁", "村党支部书记")]
    assert [one.name for one in contacts(staff, DOOR, TODAY, rules)] == ["丙", "甲"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "confirm_within_days = 0",
        "confirm_within_days = 'x'",
        "confirm_within_days = 9\nmore = 1",
        "a = ",
        "confirm_within_days = 9\n[[role]]\nid = 'a'\nwords = []",
        "confirm_within_days = 9\n[[role]]\nid = 'a'\nwords = ['x']\n[[role]]\nid = 'a'\nwords = ['y']",
    ],
)
def test_a_mistake_in_the_rules_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"people\.toml") as refused:
        parse_rules(text, "people.toml")
    assert refused.value.code == "people.invalid"


def test_paper_that_hangs_for_months_names_the_absent_but_not_who_left() -> None:
    staff = [away(OFFICER), replace(WORKER, left_on=TODAY - DAY)]
    assert [one.name for one in posted(staff, TODAY, RULES)] == ["甲"]


def notice(name: str, area: str, first: date = TODAY, last: date = TODAY, kind: str = "news") -> Notice:
    return Notice(name, area, kind, name, "内容", first, last)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("area", "here"),
    [
        ("", True),
        ("61", True),
        ("610431", True),
        (VILLAGE, True),
        (f"{VILLAGE}-G01", True),
        (f"{VILLAGE}-L003", True),
        (f"{VILLAGE}-G02", False),
        ("610432", False),
        ("610431001204", False),
    ],
)
def test_a_notice_holds_in_its_area(area: str, here: bool) -> None:
    assert bool(notices([notice("一", area)], DOOR, TODAY)) is here


def test_both_days_of_a_notice_count_and_warnings_come_first() -> None:
    one = notice("一", "", TODAY - DAY, TODAY + DAY)
    for day, held in ((TODAY - 2 * DAY, 0), (TODAY - DAY, 1), (TODAY + DAY, 1), (TODAY + 2 * DAY, 0)):
        assert len(notices([one], DOOR, day)) == held
    three = [notice("旧", "", TODAY - 2 * DAY), notice("新", "", TODAY), notice("警", "", TODAY - 5 * DAY, kind="warning")]
    assert [view.title for view in notices(three, DOOR, TODAY)] == ["警", "新", "旧"]


def test_a_notice_speaks_english_where_it_can() -> None:
    one = replace(notice("标题", ""), translations={"en": {"title": "Title"}})
    (view,) = notices([one], DOOR, TODAY)
    assert (view.in_language("en").title, view.in_language("en").body, view.in_language("fr").title) == ("Title", "内容", "标题")
