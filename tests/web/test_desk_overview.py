"""The overview: every figure comes from the records, leads to them, and is no wider than the asker's areas."""

from __future__ import annotations

import random
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from desk_office import VILLAGE, Office
from test_desk_register import act, door

from doorplate.model import Address, Community, Elements, Plate
from doorplate.overview_view import Standing
from doorplate.people.account import Actor, Grant
from doorplate.people.permission import permission_rules
from doorplate.plates.code import new_codes
from doorplate.registry import Registry
from doorplate.registry.counters import count
from doorplate.registry.overview import OverviewRoom
from doorplate.store import Store

CHIEF = Actor("c", "测试", (Grant("chief", "610431"),))


def test_the_figures_are_those_the_records_give(office: Office) -> None:
    known = count(office.registry, VILLAGE)
    page = office.visitor("chief").get("/desk/overview/").text
    row = re.sub(r"<[^>]+>", " ", page[page.index("<tbody>"):page.index("</tbody>")])
    numbers = [int(one) for one in re.findall(r"(?<![.\d])(\d+)(?![.\d]| %)", row)]
    assert numbers[0] == known.addresses
    assert known.verified in numbers
    assert known.households_without_door in numbers
    assert known.plates_on_wrong_wall in numbers
    assert known.findings_open in numbers


def test_what_was_just_done_is_counted(office: Office) -> None:
    before = office.visitor("chief").get("/desk/overview/").text
    act(office.visitor("registrar"), door(office, "和谐街4号"), "retire", sure="yes")
    after = office.visitor("chief").get("/desk/overview/").text
    doors = [int(re.findall(r"<b>(\d+)</b><span>在用地址", page)[0]) for page in (before, after)]
    assert doors[0] - doors[1] == 1


@pytest.mark.parametrize("who", ["printer", "officer_", "sysadmin", "nobody", "group_leader"])
def test_who_does_not_see_reports_is_told_so(who: str, office: Office) -> None:
    answer = office.visitor(who.rstrip("_")).get("/desk/overview/")
    assert answer.status_code == (200 if who == "officer_" else 403)


def test_a_county_is_looked_into_step_by_step(store: Store) -> None:
    """Two townships, one of them with sixty villages: the second page, the order, the way up."""
    registry = Registry(store, "ab" * 32, "tester", lambda: datetime(2026, 11, 24, tzinfo=UTC), random.Random(1))
    names = ("陕西省", "咸阳市", "武功县")
    codes = new_codes(registry.rng, 61)
    with store.writing() as unit:
        for n in range(61):
            code = f"610431{'001' if n < 60 else '002'}{200 + n}"
            where = (*names, "普集街道" if n < 60 else "苏坊镇", f"第{n}村")
            unit.save(None, Community(code, where, "".join(where)), registry.event("community.opened", code))
            elements, written = Elements(street="一路", number="1"), "".join(where) + "一路1号"
            one = Address(f"{n:032x}", code, elements, written, f"{code}:{n}", "verified")
            plate = Plate(f"{n + 1000:032x}", codes[n], one.id, "small-gate", "mounted" if n % 2 else "planned")
            for record in (one, plate):
                unit.save(None, record, registry.event("x.added", record.id))

    class Work:
        permissions = permission_rules()
        now = registry.now()

    work = Work()
    work.registry = registry  # type: ignore[attr-defined]
    room = OverviewRoom(work)  # type: ignore[arg-type]
    top = room.overview(CHIEF, "", "", 1)
    assert [(one.code, one.name, one.doors) for one in top.lines] == [("610431001", "普集街道", 60), ("610431002", "苏坊镇", 1)]
    assert (top.total.doors, top.total.plates, top.total.mounted) == (61, 61, 30)
    inside = room.overview(CHIEF, "610431001", "mounted", 2)
    assert (len(inside.lines), inside.pages) == (10, 2)
    assert inside.path[-1] == ("610431001", "普集街道")
    assert all(isinstance(one, Standing) and one.mounted == 0 for one in inside.lines)
    one_township = replace(CHIEF, grants=(Grant("chief", "610431002"),))
    assert [one.name for one in room.overview(one_township, "", "", 1).lines] == ["第60村"]


def test_a_count_that_takes_long_is_shown_with_its_time_and_renewed_beside(office: Office) -> None:
    passed = [0.0]

    def clock() -> float:
        passed[0] += 10
        return passed[0]

    class Work:
        permissions, registry, now = permission_rules(), office.registry, datetime.now(UTC) + timedelta(days=1)

    room = OverviewRoom(Work(), clock)  # type: ignore[arg-type]
    first = room.overview(CHIEF, "", "", 1)
    act(office.visitor("registrar"), door(office, "和谐街4号"), "retire", sure="yes")
    assert room.overview(CHIEF, "", "", 1).total == first.total, "the last count, at once"
    for _ in range(200):
        if (found := room.overview(CHIEF, "", "", 1)).total.doors == first.total.doors - 1:
            break
        time.sleep(0.02)
    assert found.total.doors == first.total.doors - 1
