"""Which pages an act can change: every kind of act is done, and every page compared before and after, on both databases.

A page that differs and is not named would stay wrong for ever on a phone; one that is named and does not differ costs a look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flows.area_stories import split
from flows.conftest import NOW, VILLAGE
from flows.publish_stories import (
    CHIEF,
    CODES,
    DEPUTY,
    OFFICE,
    OTHER,
    RETIRED_PLATE,
    change_address,
    outcome,
    source,
    two_villages,
)
from flows.settling_stories import GROUNDS, PREFIX, Clock

from doorplate.addresses.operations import Correct, Merge, Retire
from doorplate.model import Elements, Household, ListImport, Point
from doorplate.notices import NoticeDraft
from doorplate.people.rules import people_rules
from doorplate.public_view import PageChanges
from doorplate.registry import Registry, page_changes
from doorplate.registry.area_acts import rename_area
from doorplate.registry.notices import post_notice
from doorplate.registry.operating import Task, operate
from doorplate.registry.people import NewPerson, add_person, confirm_person, end_duty, set_away, set_deputy
from doorplate.registry.printing import issue_plate, retire_plate

HERE = {code for address, code in CODES.items() if address != "other1"} | {RETIRED_PLATE}
IN_USE = HERE - {RETIRED_PLATE}
DAY = date(2026, 11, 23)


@pytest.fixture
def village(registry: Registry) -> Registry:
    return two_villages(registry)


def test_a_corrected_address_changes_its_plates_and_its_neighbours_maps(village: Registry) -> None:
    other_street = Task("幸福路2", Correct(GROUNDS, Elements(street="和谐街", number="77")))
    done = outcome(village, lambda: operate(village, VILLAGE, [other_street]))
    assert done.codes == {CODES["幸福路2"], RETIRED_PLATE} == done.changes.codes
    assert CODES["幸福路1"] in done.changes.maps
    assert CODES["幸福路39"] not in done.changes.maps, "480 m away"
    assert not done.changes.everything
    assert not done.changes.communities


def test_a_retired_and_a_merged_address(village: Registry) -> None:
    gone = outcome(village, lambda: operate(village, VILLAGE, [Task("和谐街1", Retire(GROUNDS))]))
    assert gone.codes == {CODES["和谐街1"]}
    with village.store.reading() as reader:
        into = reader.address("幸福路1")
    assert into is not None
    merged = outcome(village, lambda: operate(village, VILLAGE, [Task("幸福路2", Merge(GROUNDS, into))]))
    assert CODES["幸福路2"] in merged.codes
    # What the merged door's plate says of today may speak of the address that stands: its next change counts for both.
    renamed = f"{PREFIX}幸福路1号甲"
    later = outcome(village, lambda: change_address(village, "幸福路1", "address.renamed", standard_address=renamed))
    assert {CODES["幸福路1"], CODES["幸福路2"], RETIRED_PLATE} <= later.changes.codes


def test_a_point_that_moved_changes_maps_where_it_was_and_where_it_is(village: Registry) -> None:
    with village.store.reading() as reader:
        far = reader.address("other1")
    assert far is not None
    assert far.point is not None
    beside = Point(far.point.lon + 0.0002, far.point.lat)
    done = outcome(village, lambda: change_address(village, "幸福路3", "address.located", point=beside))
    assert {CODES["幸福路1"], CODES["幸福路2"], CODES["other1"]} <= done.changes.maps
    assert done.codes == set()
    assert not done.changes.codes, "that door has no plate"


@pytest.mark.parametrize("who", ["s1", "s-officer"])
def test_a_contact_changes_its_community_and_no_other(village: Registry, who: str) -> None:
    done = outcome(village, lambda: confirm_person(village, who, "02987654321"))
    assert done.changes.communities == {VILLAGE}
    assert done.codes, "nothing would be proved"
    assert done.codes <= IN_USE
    assert CODES["other1"] not in done.codes


def test_an_officer_away_is_shown_through_the_deputy_whose_phone_counts_here_too(village: Registry) -> None:
    set_deputy(village, "s-officer", DEPUTY)
    away = outcome(village, lambda: set_away(village, "s-officer", DAY, None))
    assert away.codes == IN_USE
    phone = outcome(village, lambda: confirm_person(village, DEPUTY, "02911112222"))
    assert phone.changes.communities == {VILLAGE, OTHER}
    assert phone.codes == IN_USE | {CODES["other1"]}


def test_somebody_new_and_somebody_who_left(village: Registry) -> None:
    new = NewPerson("测试民警乙", "社区民警", "02900000009", OTHER)
    assert outcome(village, lambda: add_person(village, new, people_rules())).codes == {CODES["other1"]}
    assert outcome(village, lambda: end_duty(village, "s2", DAY - timedelta(days=1))).codes == {CODES["和谐街1"]}
    chief = outcome(village, lambda: confirm_person(village, CHIEF, "02933334444"))
    assert chief.changes.communities == {VILLAGE, OTHER}, "the chief's area is the township"


@pytest.mark.parametrize(("area", "communities", "everything"), [
    (f"{VILLAGE}-G01", {VILLAGE}, False), (VILLAGE, {VILLAGE}, False), (OFFICE, {VILLAGE, OTHER}, False),
    ("", set(), True)])  # fmt: skip
def test_a_notice_changes_the_area_it_is_for(village: Registry, area: str, communities: set[str], everything: bool) -> None:
    days = {"from": DAY, "until": DAY + timedelta(days=3)}
    draft = NoticeDraft.model_validate({"area": area, "kind": "warning", "title": "防诈骗提醒", "body": "不要转账", **days})
    done = outcome(village, lambda: post_notice(village, draft))
    assert (done.changes.communities, done.changes.everything) == (communities, everything)
    assert done.codes


def test_station_area_names_and_borders(village: Registry) -> None:
    def new_station() -> None:
        with village.store.writing() as unit:
            place = unit.community(VILLAGE)
            assert place is not None
            known = replace(place, station_name="测试派出所", station_phone="029-00000110")
            unit.save(place, known, village.event("community.changed", VILLAGE))

    assert outcome(village, new_station).codes == HERE
    assert outcome(village, lambda: rename_area(village, VILLAGE, "G02", "和谐网格", apply=True)).codes == {CODES["和谐街1"]}
    divided = outcome(village, lambda: split(village))
    assert divided.codes
    assert divided.changes.communities == {VILLAGE}


def test_a_plate_retired_and_one_issued(village: Registry) -> None:
    code = CODES["振兴路20"]
    assert outcome(village, lambda: retire_plate(village, code, "破损换新")).codes == {code}
    issued = outcome(village, lambda: issue_plate(village, "振兴路20", "small-gate"))
    assert len(issued.codes) == 1
    assert issued.changes.codes == issued.codes


def test_households_findings_and_lists_change_no_page(village: Registry) -> None:
    def quietly() -> None:
        with village.store.writing() as unit:
            unit.save(None, Household("h-new", VILLAGE, "幸福路1", 5, None, ""), village.event("household.listed", "h-new"))
            unit.save(None, ListImport("l1", VILLAGE, "f1", ("名单.csv",)), village.event("list.imported", "l1"))

    done = outcome(village, quietly)
    assert done.changes == PageChanges(done.changes.seq)
    assert not done.differing


def test_a_register_loaded_in_bulk_may_change_every_map(village: Registry) -> None:
    def load() -> None:
        with village.store.writing() as unit:
            brought = ListImport("l2", VILLAGE, "f2", ("登记表.csv",), {"addresses": 1}, digest="ab" * 32)
            unit.save(None, brought, village.event("list.imported", "l2"))

    assert outcome(village, load).changes.everything


def test_what_nobody_knows_and_what_is_too_much_is_everything(village: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    seq, day = source(village).stands()
    assert source(village).changes(seq + 5, day).everything, "another trail: the registry was restored from an older copy"
    confirm_person(village, "s1", "02987654321")
    assert not source(village).changes(seq, day).everything
    monkeypatch.setattr(page_changes, "_MOST_EVENTS", 0)
    assert source(village).changes(seq, day).everything
    monkeypatch.undo()
    with village.store.writing() as unit:
        staff = unit.staff_of(["s1"])[0]
        unit.save(staff, replace(staff, phone="02987654322"), village.event("weather.turned", "s1"))
    assert source(village).changes(seq, day).everything


@pytest.mark.parametrize(("act", "day"), [
    (lambda registry: set_away(registry, "s-officer", DAY + timedelta(days=1), DAY + timedelta(days=2)), DAY + timedelta(days=1)),
    (lambda registry: set_away(registry, "s-officer", DAY, DAY), DAY + timedelta(days=1)),
    (lambda registry: end_duty(registry, "s-officer", DAY), DAY + timedelta(days=1)),
    (lambda registry: None, date(2026, 11, 2) + timedelta(days=people_rules().confirm_within_days + 1)),
])  # fmt: skip
def test_a_day_that_comes_changes_pages_by_itself(village: Registry, act: Callable[[Registry], object], day: date) -> None:
    act(village)
    clock = Clock(NOW + (day - DAY) - timedelta(days=1))
    dated = replace(village, now=clock)

    def tomorrow() -> None:
        clock.moment += timedelta(days=1)

    done = outcome(dated, tomorrow)
    assert done.codes >= IN_USE
    assert VILLAGE in done.changes.communities
    quiet = source(replace(village, now=lambda: NOW + timedelta(days=400))).changes(done.changes.seq, DAY + timedelta(days=399))
    assert quiet == PageChanges(quiet.seq), "nothing begins or ends on that day"


def test_a_register_of_another_day_before_is_made_anew(village: Registry) -> None:
    seq, day = source(village).stands()
    assert source(village).changes(seq, day + timedelta(days=1)).everything, "the clock was set back"
