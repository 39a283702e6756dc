"""The time machine: what the register said, and what held, on any day; and what changed between two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flows.settling_stories import GROUNDS, VILLAGE, Clock, elements, open_street, standard, table
from flows.test_village_to_plates import delivery

from doorplate.addresses.operations import Assign, Correct, Retire
from doorplate.checking import Checked
from doorplate.errors import NotFound
from doorplate.model import Address
from doorplate.registry import Registry
from doorplate.registry.history import Calendar, diff, register_as_of
from doorplate.registry.lists import import_lists
from doorplate.registry.operating import Task, operate
from doorplate.registry.settling import Choice, Ruling, settle
from doorplate.registry.undoing import undo
from doorplate.registry.verifying import verify_community

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(noon(MARCH))


@pytest.fixture
def street(registry: Registry, clock: Clock) -> Registry:
    """Houses 1 to 4, entered in March."""
    timed = replace(registry, now=clock)
    open_street(timed, 4)
    return timed


def living(registry: Registry, day: date, by: Calendar = "recorded") -> set[str]:
    return {a.standard_address for a in register_as_of(registry, VILLAGE, day, by) if a.status != "retired"}


def named(registry: Registry, number: int) -> Address:
    return next(a for a in table(registry).values() if a.standard_address == standard(number))


def test_the_register_is_rebuilt_from_its_events_alone(registry: Registry, sample: Checked, sample_files: list[Path]):
    import_lists(registry, delivery(sample, sample_files))
    verify_community(registry, VILLAGE)
    settle(registry, VILLAGE, Choice(codes=("disordered", "incomplete")), Ruling("accept", replace(GROUNDS, effective_on=MAY)))
    rebuilt = list(register_as_of(registry, VILLAGE, date(2026, 11, 23)))
    with registry.store.reading() as reader:
        assert rebuilt == list(reader.addresses(VILLAGE))
    assert any(a.point and a.aliases for a in rebuilt)
    assert list(register_as_of(registry, VILLAGE, date(2026, 11, 22))) == []


def test_each_day_shows_what_was_known_at_its_end(street: Registry, clock: Clock):
    clock.moment = noon(APRIL)
    operate(street, VILLAGE, [Task(named(street, 1).id, Correct(GROUNDS, elements(11)))])
    clock.moment = noon(MAY)
    operate(street, VILLAGE, [Task(named(street, 2).id, Retire(GROUNDS))])
    assert living(street, MARCH - timedelta(days=1)) == set()
    assert living(street, MARCH) == {standard(n) for n in (1, 2, 3, 4)}
    assert living(street, APRIL - timedelta(days=1)) == living(street, MARCH)
    assert living(street, APRIL) == {standard(n) for n in (11, 2, 3, 4)}
    assert living(street, MAY) == {standard(n) for n in (11, 3, 4)}


def test_a_day_ends_when_it_ends_in_china(street: Registry, clock: Clock):
    clock.moment = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)  # half past midnight of 1 April
    operate(street, VILLAGE, [Task(named(street, 1).id, Retire(GROUNDS))])
    assert standard(1) in living(street, date(2026, 3, 31))
    assert standard(1) not in living(street, APRIL)


def test_a_moment_is_exact(street: Registry, clock: Clock):
    clock.moment = noon(APRIL)
    operate(street, VILLAGE, [Task(named(street, 1).id, Retire(GROUNDS))])
    before = {a.standard_address for a in register_as_of(street, VILLAGE, noon(APRIL)) if a.status != "retired"}
    assert standard(1) in before


def test_what_held_is_another_question_than_what_was_written_down(street: Registry, clock: Clock):
    """Written down in May: the house was torn down in April, and a new one counts from June."""
    clock.moment = noon(MAY)
    operate(street, VILLAGE, [Task(named(street, 1).id, Retire(replace(GROUNDS, effective_on=APRIL)))])
    june = replace(GROUNDS, effective_on=date(2026, 6, 1))
    operate(street, VILLAGE, [Task(None, Assign(june, "c" * 32, VILLAGE, elements(9)))])
    assert standard(1) in living(street, APRIL)
    assert standard(1) not in living(street, APRIL, "effective")
    assert standard(9) in living(street, MAY)
    assert standard(9) not in living(street, MAY, "effective")
    assert living(street, date(2026, 6, 1), "effective") == living(street, MAY)


def test_what_was_undone_never_held_but_was_written_down(street: Registry, clock: Clock):
    clock.moment = noon(APRIL)
    since_april = replace(GROUNDS, effective_on=APRIL)
    act = operate(street, VILLAGE, [Task(named(street, 1).id, Correct(since_april, elements(11)))]).settlement
    clock.moment = noon(MAY)
    undo(street, act.id)
    assert standard(11) in living(street, APRIL)
    assert standard(11) not in living(street, APRIL, "effective")
    assert living(street, MAY) == living(street, MAY, "effective") == living(street, MARCH)


def test_the_difference_of_two_days(street: Registry, clock: Clock):
    clock.moment = noon(APRIL)
    why = replace(GROUNDS, reason="路名统一")
    operate(street, VILLAGE, [Task(named(street, 1).id, Correct(why, elements(1, "和谐街")))])
    operate(street, VILLAGE, [Task(named(street, 2).id, Retire(GROUNDS)),
                              Task(None, Assign(GROUNDS, "c" * 32, VILLAGE, elements(9)))])
    found = diff(street, VILLAGE, MARCH, APRIL)
    assert [(c.before and c.before.standard_address, c.after and c.after.standard_address) for c in found.corrected] == [
        (standard(1), standard(1, "和谐街"))]
    assert "路名统一" in found.corrected[0].reason
    assert [c.after and c.after.standard_address for c in found.added] == [standard(9)]
    assert [c.before and c.before.standard_address for c in found.retired] == [standard(2)]
    assert found.moved == ()
    nothing = diff(street, VILLAGE, APRIL, MAY)
    assert (nothing.added, nothing.corrected, nothing.retired, nothing.moved) == ((), (), (), ())


def test_an_address_in_another_grid_has_moved(registry: Registry, sample: Checked, sample_files: list[Path]):
    clock = Clock(noon(MARCH))
    timed = replace(registry, now=clock)
    import_lists(timed, delivery(sample, sample_files))
    with timed.store.reading() as reader:
        grids = [a.id for a in reader.areas(VILLAGE, "grid")]
        house = reader.addresses(VILLAGE, status="proposed")[0]
    clock.moment = noon(APRIL)
    other = next(g for g in grids if g != house.grid_id)
    operate(timed, VILLAGE, [Task(house.id, Correct(GROUNDS, grid_id=other))])
    found = diff(timed, VILLAGE, MARCH, APRIL)
    assert [(c.before and c.before.grid_id, c.after and c.after.grid_id) for c in found.moved] == [(house.grid_id, other)]
    assert found.corrected == ()


def test_an_unknown_community_has_no_history(registry: Registry):
    for ask in (lambda: register_as_of(registry, VILLAGE, MAY), lambda: diff(registry, VILLAGE, MARCH, MAY)):
        with pytest.raises(NotFound) as caught:
            ask()
        assert caught.value.code == "community.unknown"
