"""Acts on a street's addresses, as a person names them; taken back, refused, and never against the rules of numbers."""

from __future__ import annotations

import random

import pytest
from flows.settling_stories import (
    GROUNDS,
    VILLAGE,
    elements,
    events,
    open_street,
    random_act,
    refusal,
    require_sound,
    standard,
    table,
)
from flows.test_village_to_plates import ORDER, accept

from doorplate.addresses.operations import Assign, Correct, Merge, Retire
from doorplate.model import Household
from doorplate.registry import Registry
from doorplate.registry.history import called, names_of
from doorplate.registry.operating import Task, operate
from doorplate.registry.printing import issue_plate, order_batch, record_printed
from doorplate.registry.undoing import undo
from doorplate.registry.verifying import verify_community


def test_an_undo_is_refused_when_something_was_built_on_it(registry: Registry):
    house = open_street(registry, 3)[0]
    first = operate(registry, VILLAGE, [Task(house, Correct(GROUNDS, elements(11)))]).settlement
    second = operate(registry, VILLAGE, [Task(house, Correct(GROUNDS, elements(13)))]).settlement
    assert second.id[:8] in refusal("undo.built_upon", undo, registry, first.id)
    operate(registry, VILLAGE, [Task(None, Assign(GROUNDS, registry.new_id(), VILLAGE, elements(11)))])
    assert standard(11) in refusal("undo.built_upon", undo, registry, second.id)
    require_sound(registry)


def test_metal_is_built_upon(registry: Registry):
    open_street(registry, 1)
    act = operate(registry, VILLAGE, [Task(None, Assign(GROUNDS, "a" * 32, VILLAGE, elements(5)))]).settlement
    plate = issue_plate(registry, "a" * 32, "small-gate")
    assert plate.code in refusal("undo.built_upon", undo, registry, act.id)


def test_an_undo_takes_the_verification_of_a_correction_with_it(registry: Registry):
    open_street(registry, 1)
    act = operate(registry, VILLAGE, [Task(None, Assign(GROUNDS, "a" * 32, VILLAGE, elements(5)))]).settlement
    fix = operate(registry, VILLAGE, [Task("a" * 32, Correct(GROUNDS, elements(7)))]).settlement
    assert verify_community(registry, VILLAGE).verified == 1
    undo(registry, fix.id)
    assert (table(registry)["a" * 32].status, table(registry)["a" * 32].standard_address) == ("proposed", standard(5))
    undo(registry, act.id)
    assert table(registry)["a" * 32].status == "retired"


def test_retired_numbers_stay_retired_and_undone_ones_do_not(registry: Registry):
    one, two, _ = open_street(registry, 3)
    assign = Task(None, Assign(GROUNDS, registry.new_id(), VILLAGE, elements(1)))
    gone = operate(registry, VILLAGE, [Task(one, Retire(GROUNDS))]).settlement
    refusal("address.number_spent", operate, registry, VILLAGE, [assign])
    refusal("address.number_spent", operate, registry, VILLAGE, [Task(two, Correct(GROUNDS, elements(1)))])
    undo(registry, gone.id)
    assert table(registry)[one].status == "verified"
    refusal("address.number_taken", operate, registry, VILLAGE, [assign])


def test_every_old_name_leads_to_the_living_address(registry: Registry):
    one, two, _ = open_street(registry, 3)
    operate(registry, VILLAGE, [Task(one, Correct(GROUNDS, elements(11)))])
    operate(registry, VILLAGE, [Task(one, Correct(GROUNDS, elements(11, "和谐街")))])
    operate(registry, VILLAGE, [Task(two, Merge(GROUNDS, table(registry)[one]))])
    for name in (standard(1), standard(11), standard(11, "和谐街"), standard(2)):
        assert [a.id for a in called(registry, VILLAGE, name)] == [one]
    assert [(n.old, n.new) for n in names_of(registry, one)] == [
        (standard(1), standard(11)), (standard(11), standard(11, "和谐街"))]
    assert called(registry, VILLAGE, standard(99)) == ()


def test_merging_takes_the_households_along(registry: Registry):
    one, two, _ = open_street(registry, 3)
    with registry.store.writing() as unit:
        unit.save(None, Household("b" * 32, VILLAGE, two, 3, None, ""), registry.event("household.listed", "b" * 32))
    act = operate(registry, VILLAGE, [Task(two, Merge(GROUNDS, table(registry)[one]))]).settlement
    with registry.store.reading() as reader:
        assert reader.households(VILLAGE)[0].address_id == one
    undo(registry, act.id)
    with registry.store.reading() as reader:
        assert reader.households(VILLAGE)[0].address_id == two
    assert table(registry)[two].status == "verified"


def test_plates_that_show_what_is_no_longer_true_are_named(registry: Registry):
    one, two, _ = open_street(registry, 3)
    batch = order_batch(registry, ORDER, accept).batch
    record_printed(registry, batch)
    code = {p.standard_address: p.code for p in batch.plates}
    done = operate(registry, VILLAGE, [Task(one, Correct(GROUNDS, elements(11))), Task(two, Retire(GROUNDS))])
    assert [e.new_metal for e in done.effects] == [(code[standard(1)],), ()]
    assert [e.take_down for e in done.effects] == [(), (code[standard(2)],)]
    with registry.store.reading() as reader:
        assert {p.status for p in reader.plates(VILLAGE)} == {"proved"}


def test_an_act_of_many_steps_is_done_whole_or_not_at_all(registry: Registry):
    one, two, three = open_street(registry, 3)
    before = events(registry)
    refusal("address.number_spent", operate, registry, VILLAGE,
            [Task(one, Retire(GROUNDS)), Task(two, Correct(GROUNDS, elements(9))), Task(three, Correct(GROUNDS, elements(1)))])
    assert events(registry) == before


def test_a_number_freed_in_the_same_act_may_be_taken(registry: Registry):
    one, two, _ = open_street(registry, 3)
    tasks = [Task(one, Correct(GROUNDS, elements(9))), Task(two, Correct(GROUNDS, elements(1)))]
    act = operate(registry, VILLAGE, tasks).settlement
    assert table(registry)[two].standard_address == standard(1)
    undo(registry, act.id)
    assert [table(registry)[one].standard_address, table(registry)[two].standard_address] == [standard(1), standard(2)]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_and_undone_the_register_stays_sound(registry: Registry, seed: int):
    chance = random.Random(seed)
    open_street(registry, 5)
    acts: list[str] = []
    retired: dict[str, str] = {}
    for _ in range(60):
        done = random_act(registry, chance, acts)
        acts += [done] if done else []
        now = table(registry)
        living = {a.key: a.id for a in now.values() if a.status != "retired"}
        assert all(living.get(key, one) == one for key, one in retired.items() if now[one].status == "retired")
        retired = _retired(registry)
    require_sound(registry)
    assert len(acts) > 15


def _retired(registry: Registry) -> dict[str, str]:
    """Key → address, of those really retired: what was only withdrawn had never been in force."""
    with registry.store.reading() as reader:
        gone = [a for a in reader.addresses(VILLAGE) if a.status == "retired"]
        last = {a.id: [e.event.verb for e in reader.events_of([a.id]) if "status" in e.event.after][-1] for a in gone}
        return {a.key: a.id for a in gone if last[a.id] != "address.withdrawn"}
