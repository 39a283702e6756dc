"""Houses that pass their numbers round in one act, and the open doubts of a house that is merged into another."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from flows.settling_stories import (
    DAY,
    GROUNDS,
    VILLAGE,
    doubt,
    elements,
    events,
    finding_of,
    open_street,
    refusal,
    require_sound,
    standard,
    table,
)
from flows.test_village_to_plates import ORDER, accept

from doorplate.addresses.operations import Assign, Correct, Merge, Retire
from doorplate.errors import Refused
from doorplate.model import Household, Point
from doorplate.registry import Registry
from doorplate.registry.deciding import Ruling
from doorplate.registry.exchanging import rings
from doorplate.registry.history import called, names_of, register_as_of
from doorplate.registry.operating import Task, operate
from doorplate.registry.printing import order_batch, record_printed
from doorplate.registry.settling import Choice, preview, settle
from doorplate.registry.undoing import undo

ACCEPT = Ruling("accept", GROUNDS)


def numbers(registry: Registry, ids: list[str]) -> list[str]:
    return [table(registry)[one].elements.number for one in ids]


def swap(one: str, two: str, first: int, second: int) -> list[Task]:
    return [Task(one, Correct(GROUNDS, elements(first))), Task(two, Correct(GROUNDS, elements(second)))]


@pytest.mark.parametrize(("wants", "found"), [
    ({"a": "b", "b": "a"}, [("a", "b")]), ({"a": "b", "b": "c", "c": "a"}, [("a", "b", "c")]), ({"a": "b"}, []),
    ({"a": "a"}, []), ({"x": "a", "a": "b", "b": "a"}, [("a", "b")]), ({"a": "b", "b": "a", "x": "a"}, [("a", "b")]), ({}, []),
    ({"a": "b", "b": "a", "c": "d", "d": "c"}, [("a", "b"), ("c", "d")]),
])
def test_rings_are_found_wherever_one_begins(wants: dict[str, str], found: list[tuple[str, ...]]) -> None:
    assert rings(wants) == found


def test_two_swapped_plates_are_put_right_in_one_act(registry: Registry) -> None:
    """The check says of both that they changed places: each proposal is the other one's number."""
    ids = open_street(registry, 4)
    findings = [doubt(registry, ids[1], "disordered", "3号"), doubt(registry, ids[2], "disordered", "2号")]
    seen = preview(registry, VILLAGE, Choice(codes=("disordered",)), ACCEPT)
    assert numbers(registry, ids) == ["1", "2", "3", "4"]
    before = events(registry)
    act, plan = settle(registry, VILLAGE, Choice(codes=("disordered",)), ACCEPT)
    assert plan == seen
    assert [(o.act, o.effect.before, o.effect.after) for o in plan.outcomes] == [
        ("换号", standard(2), standard(3)), ("换号", standard(3), standard(2))]
    assert plan.hindered == ()
    assert numbers(registry, ids) == ["1", "3", "2", "4"]
    assert events(registry) == before + 5  # two houses, two findings, the act: nobody sees a step between
    assert {finding_of(registry, f).resolution for f in findings} == {"settled"}
    require_sound(registry)
    undo(registry, act.id)
    assert numbers(registry, ids) == ["1", "2", "3", "4"]
    require_sound(registry)


def test_an_exchanged_number_means_the_house_that_bears_it_now(registry: Registry) -> None:
    ids = open_street(registry, 3)
    operate(registry, VILLAGE, swap(ids[0], ids[1], 2, 1))
    assert [[a.id for a in called(registry, VILLAGE, standard(n))] for n in (1, 2)] == [[ids[1]], [ids[0]]]
    assert [table(registry)[one].aliases for one in ids[:2]] == [(standard(1),), (standard(2),)]
    assert [(n.old, n.new) for n in names_of(registry, ids[0])] == [(standard(1), standard(2))]
    assert [(n.old, n.new) for n in names_of(registry, ids[1])] == [(standard(2), standard(1))]
    with registry.store.reading() as reader:
        assert [a.id for a in reader.addresses_by_alias(VILLAGE, standard(1))] == [ids[0]]
    assert {a.id: a for a in register_as_of(registry, VILLAGE, DAY)} == table(registry)


def test_a_whole_street_moves_round(registry: Registry) -> None:
    """Every house gets its neighbour's number and the last one the first: no one of them could go first."""
    ids = open_street(registry, 30)
    tasks = [Task(one, Correct(GROUNDS, elements(n % 30 + 1))) for n, one in enumerate(ids, 1)]
    random.Random(3).shuffle(tasks)
    act = operate(registry, VILLAGE, tasks)
    assert numbers(registry, ids) == [str(n % 30 + 1) for n in range(1, 31)]
    require_sound(registry)
    undo(registry, undo(registry, act.settlement.id).settlement.id)
    assert numbers(registry, ids) == [str(n % 30 + 1) for n in range(1, 31)]


def test_in_a_ring_others_wait_for_what_is_left(registry: Registry) -> None:
    """2 ↔ 3 change places; 4 wants the 2 as well and stays."""
    ids = open_street(registry, 4)
    for i, wish in ((1, "3号"), (2, "2号"), (3, "2号")):
        doubt(registry, ids[i], "disordered", wish)
    _, plan = settle(registry, VILLAGE, Choice(codes=("disordered",)), ACCEPT)
    assert numbers(registry, ids) == ["1", "3", "2", "4"]
    assert [h.code for h in plan.hindered] == ["address.number_taken"]
    require_sound(registry)


def test_the_check_saw_one_of_the_two_and_the_clerk_asks_for_the_exchange(registry: Registry) -> None:
    ids = open_street(registry, 3)
    finding = doubt(registry, ids[0], "disordered", "7号")
    wish = Ruling("amend", GROUNDS, "幸福路2号", exchange=True)
    _, plan = settle(registry, VILLAGE, Choice((finding,)), wish)
    assert [o.act for o in plan.outcomes] == ["换号"]
    assert numbers(registry, ids) == ["2", "1", "3"]
    lonely = doubt(registry, ids[2], "disordered", "7号")
    refusal("address.nothing_to_exchange", settle, registry, VILLAGE, Choice((lonely,)), replace(wish, address="幸福路9号"))
    require_sound(registry)


def test_a_house_with_two_households_is_not_exchanged_behind_their_backs(registry: Registry) -> None:
    ids = open_street(registry, 3)
    with registry.store.writing() as unit:
        for one in ("b" * 32, "c" * 32):
            unit.save(None, Household(one, VILLAGE, ids[0], 3, None, ""), registry.event("household.listed", one))
    doubt(registry, ids[0], "disordered", "2号", household_id="b" * 32)
    doubt(registry, ids[1], "disordered", "1号")
    assert refusal("address.number_taken", settle, registry, VILLAGE, Choice(codes=("disordered",)), ACCEPT)
    assert numbers(registry, ids) == ["1", "2", "3"]


def test_spent_numbers_stay_spent_and_half_a_ring_changes_nothing(registry: Registry) -> None:
    ids = open_street(registry, 4)
    operate(registry, VILLAGE, [Task(ids[3], Retire(GROUNDS))])
    before = events(registry)
    refusal("address.number_spent", operate, registry, VILLAGE,
            [*swap(ids[0], ids[1], 2, 1), Task(ids[2], Correct(GROUNDS, elements(4)))])
    refusal("address.number_taken", operate, registry, VILLAGE,
            [*swap(ids[0], ids[1], 2, 1), Task(None, Assign(GROUNDS, "a" * 32, VILLAGE, elements(2)))])
    assert events(registry) == before
    require_sound(registry)


def test_both_plates_must_be_made_anew(registry: Registry) -> None:
    ids = open_street(registry, 2)
    batch = order_batch(registry, ORDER, accept).batch
    record_printed(registry, batch)
    done = operate(registry, VILLAGE, swap(ids[0], ids[1], 2, 1))
    assert sorted(code for e in done.effects for code in e.new_metal) == sorted(p.code for p in batch.plates)


def test_what_was_built_on_an_exchange_keeps_it(registry: Registry) -> None:
    ids = open_street(registry, 2)
    act = operate(registry, VILLAGE, swap(ids[0], ids[1], 2, 1)).settlement
    later = operate(registry, VILLAGE, [Task(ids[0], Correct(GROUNDS, elements(9)))]).settlement
    assert later.id[:8] in refusal("undo.built_upon", undo, registry, act.id)


def test_a_name_set_aside_must_be_given_back(registry: Registry) -> None:
    ids = open_street(registry, 2)
    with pytest.raises(Refused) as caught, registry.store.writing() as unit:
        unit.set_aside(ids[:1])
    assert caught.value.code == "store.unfinished"
    require_sound(registry)


@pytest.mark.parametrize("by_finding", [False, True])
def test_doubts_about_a_merged_house_go_with_it_or_end_with_it(registry: Registry, by_finding: bool) -> None:
    one, two, _ = open_street(registry, 3)
    operate(registry, VILLAGE, [Task(one, Correct(GROUNDS, point=Point(108.2031, 34.2701)))])
    cause = doubt(registry, two, "wrong.number", "1号")
    codes = ("disordered", "point.off", "duplicate.number", "duplicate.household", "damaged", "retired")
    open_ones = {code: doubt(registry, two, code) for code in codes}
    closed = doubt(registry, two, "damaged")
    settle(registry, VILLAGE, Choice((closed,)), ACCEPT)
    if by_finding:
        act = settle(registry, VILLAGE, Choice((cause,)), ACCEPT)[0]
    else:
        act = operate(registry, VILLAGE, [Task(two, Merge(GROUNDS, table(registry)[one]))]).settlement
    assert table(registry)[two].status == "retired"
    now = {code: finding_of(registry, f) for code, f in open_ones.items()}
    moved = {"duplicate.number", "duplicate.household", "damaged", "retired"}
    assert {code for code, f in now.items() if f.resolution == "open"} == moved
    assert {f.address_id for f in now.values()} == {one}
    assert finding_of(registry, cause).resolution == "settled"
    assert finding_of(registry, closed).address_id == two
    with registry.store.reading() as reader:
        told = {code: reader.events_of([f])[-1].event for code, f in open_ones.items()}
    assert (told["damaged"].verb, told["disordered"].verb) == ("finding.linked", "finding.settled")
    assert f"{standard(2)} 已并入 {standard(1)}, 这个问题转到该地址" in told["damaged"].reason
    assert "这个问题随之了结" in told["point.off"].reason
    undo(registry, act.id)
    back = [finding_of(registry, f) for f in open_ones.values()]
    assert {(f.resolution, f.address_id) for f in back} == {("open", two)}
    require_sound(registry)


def test_a_doubted_point_that_is_taken_over_stays_doubted(registry: Registry) -> None:
    one, two, _ = open_street(registry, 3)
    operate(registry, VILLAGE, [Task(two, Correct(GROUNDS, point=Point(108.2031, 34.2701)))])
    finding = doubt(registry, two, "point.off")
    operate(registry, VILLAGE, [Task(two, Merge(GROUNDS, table(registry)[one]))])
    assert (finding_of(registry, finding).resolution, finding_of(registry, finding).address_id) == ("open", one)
