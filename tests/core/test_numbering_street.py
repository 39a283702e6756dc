"""A whole street: each rule of DB11/T 856 as a story, then minimal changes, then what must hold whatever comes in."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from core.numbering_streets import EAST_WEST, STREET, bare, door, house, line, new_numbers, point, two_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from doorplate.addresses.numbering import (
    Door,
    Profile,
    Street,
    load_profile,
    mouth_of,
    parse_profile,
    profile_names,
    propose_for_street,
)
from doorplate.errors import InputError

BEIJING = load_profile()
VILLAGE = load_profile("east-west-left-odd")


def anew(doors: list[Door], street: Street = STREET, profile: Profile = BEIJING, **more: object) -> dict[str, str]:
    return new_numbers(propose_for_street(doors, street, profile, keep_existing=False, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("street", [STREET, Street("幸福路", EAST_WEST), Street("幸福路", EAST_WEST[::-1])],
                         ids=["points", "line", "line drawn the other way"])
def test_an_east_west_street_runs_from_the_east_north_odd_south_even(street: Street) -> None:
    doors = two_rows(15)
    assert anew(bare(doors), street) == {d.id: f"{d.number}号" for d in doors}


def test_a_north_south_street_runs_from_the_north_west_odd_east_even() -> None:
    doors = [door(f"d{n}", -6.0 if n % 2 else 6.0, -12.0 * ((n - 1) // 2), n) for n in range(1, 31)]
    assert anew(bare(doors), Street("南北街")) == {d.id: f"{d.number}号" for d in doors}


@pytest.mark.parametrize("turn", [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_dead_end_is_numbered_inward_right_odd_whatever_the_compass(turn: tuple[int, int]) -> None:
    dx, dy = turn
    doors = [door(f"d{n}", dx * s + dy * side, dy * s - dx * side, n)
             for n in range(1, 9) for s, side in [(8 + 12 * ((n - 1) // 2), 4 if n % 2 else -4)]]
    lane = Street("一巷", kind="dead-end", mouth=point(0.0, 0.0))
    assert anew(bare(doors), lane) == {d.id: f"{d.number}号" for d in doors}
    left = anew(bare(doors), lane, VILLAGE)
    assert left == {d.id: f"{d.number + (1 if d.number % 2 else -1)}号" for d in doors if d.number}


def test_the_mouth_of_a_lane_is_where_the_street_is() -> None:
    lane = [door(f"l{n}", 100.0, 20.0 + 12 * n) for n in range(5)]
    street = [door(f"s{n}", 20.0 * n, 6.0) for n in range(10)]
    assert mouth_of(lane, street) == lane[0].point
    assert mouth_of(lane, []) is None


def test_a_one_sided_street_has_the_numbers_of_its_side() -> None:
    north = [door(f"d{i}", -12.0 * i - 6, 7.0) for i in range(8)]
    south = [door(f"d{i}", -12.0 * i - 6, -7.0) for i in range(8)]
    street = Street("河沿街", EAST_WEST, "one-sided")
    assert list(anew(north, street).values()) == [f"{n}号" for n in range(1, 16, 2)]
    assert list(anew(south, street).values()) == [f"{n}号" for n in range(2, 17, 2)]
    assert list(anew(south, Street("河沿街", None, "one-sided")).values()) == [f"{n}号" for n in range(1, 16, 2)]


def test_4_13_and_14_are_not_skipped_unless_a_profile_says_so() -> None:
    doors = bare(two_rows(10))
    assert {"4号", "13号", "14号"} <= set(anew(doors).values())
    superstitious = BEIJING.model_copy(update={"skipped": (4, 13, 14)})
    assert not {"4号", "13号", "14号"} & set(anew(doors, profile=superstitious).values())


def _around_the_corner() -> list[Door]:
    """West, then south: 24 doors a leg, ids and numbers in walking order, right-hand side odd."""
    rng = random.Random(3)
    places = [(-10.0 - 12 * i, 6.0 * side) for i in range(12) for side in (1, -1)]
    places += [(-160.0 - 6.0 * side, -14.0 - 12 * i) for i in range(12) for side in (1, -1)]
    return [door(f"d{k}", x + rng.gauss(0, 1), y + rng.gauss(0, 1), k + 1) for k, (x, y) in enumerate(places)]


def test_an_l_shaped_street_is_walked_around_its_corner() -> None:
    doors = _around_the_corner()
    drawn = Street("拐弯街", line((0.0, 0.0), (-160.0, 0.0), (-160.0, -160.0)))
    assert anew(bare(doors), drawn) == {d.id: f"{d.number}号" for d in doors}
    plan = propose_for_street(doors, Street("拐弯街"), BEIJING)
    assert plan.changes == 0


def test_without_a_line_an_l_shaped_street_is_walked_in_order_and_all_but_the_corner_is_on_its_side() -> None:
    doors = _around_the_corner()
    numbers = anew(bare(doors), Street("拐弯街"))
    right = sum(int(numbers[d.id].removesuffix("号")) % 2 == (d.number or 0) % 2 for d in doors)
    assert right >= len(doors) - 3
    for parity in (1, 0):
        walked = [int(numbers[d.id].removesuffix("号")) for d in doors if int(numbers[d.id].removesuffix("号")) % 2 == parity]
        assert sum(a > b for a, b in pairwise(walked)) <= 1


def test_metric_numbers_tell_the_distance() -> None:
    doors = [door(f"d{i}", -s, 6.0 if i % 2 else -6.0) for i, s in enumerate([10, 26, 50, 51, 90, 240, 243])]
    plan = propose_for_street(doors, Street("公路", EAST_WEST), load_profile("metric-2m"), keep_existing=False)
    for a in plan.assignments:
        assert a.new is not None
        assert a.along_m is not None
        assert abs(a.new.number * 2.0 - a.along_m) <= 4.0
        assert a.new.number % 2 == (1 if a.row == -1 else 0)


def test_empty_ground_keeps_numbers_where_the_profile_says_so() -> None:
    places = (6, 18, 66, 78)
    doors = [door(f"d{x}", -x, -6.0) for x in places] + [door(f"e{x}", -x, 6.0) for x in places]
    street = Street("幸福路", EAST_WEST)
    assert [v for k, v in anew(doors, street, VILLAGE).items() if k[0] == "d"] == ["1号", "3号", "11号", "13号"]
    assert [v for k, v in anew(doors, street).items() if k[0] == "d"] == ["2号", "4号", "6号", "8号"]


def test_suffixes_go_with_their_number() -> None:
    doors = [*two_rows(8, odd="south"), door("s", -54.0 - 4, -6.0, 9, 1)]
    numbers = anew(doors, Street("幸福路", EAST_WEST))
    assert numbers["d9"] == "10号"
    assert numbers["s"] == "10号附1号"


def test_a_street_in_order_stays_as_it_is_even_by_a_stranger_rule() -> None:
    for odd in ("north", "south"):
        plan = propose_for_street(two_rows(30, noise=1.5, odd=odd), STREET, BEIJING)
        assert (plan.changes, plan.additions) == (0, 0)


@pytest.mark.parametrize(("wrong", "moved"), [
    pytest.param({7: 9, 9: 7}, {"d7": "7号", "d9": "9号"}, id="two plates exchanged"),
    pytest.param({17: 18}, {"d17": "17号"}, id="wrong parity"),
    pytest.param({21: 19}, {"d21": "21号"}, id="the neighbour's number twice"),
    pytest.param({25: 125}, {"d25": "25号"}, id="a number far out of order"),
])
def test_only_what_contradicts_is_renumbered(wrong: dict[int, int], moved: dict[str, str]) -> None:
    doors = [Door(d.id, d.point, wrong.get(d.number or 0, d.number)) for d in two_rows(20, plot=14.0)]
    plan = propose_for_street(doors, STREET, BEIJING)
    assert {a.door_id: str(a.new) for a in plan.assignments if a.changed} == moved
    assert all(a.why for a in plan.assignments if a.changed)


def test_new_houses_never_take_a_neighbours_plate_down() -> None:
    doors = [*two_rows(20), door("new1", -94.0, 6.0), door("new2", -98.0, 6.0)]
    plan = propose_for_street(doors, STREET, BEIJING)
    assert plan.changes == 0
    assert {new_numbers(plan)[k] for k in ("new1", "new2")} == {"15号附1号", "15号附2号"}


def test_a_retired_number_on_a_wall_is_replaced() -> None:
    plan = propose_for_street(two_rows(10), STREET, BEIJING, spent=[house(7)])
    changed = [a for a in plan.assignments if a.changed]
    assert [(str(a.old), str(a.new)) for a in changed] == [("7号", "5号附1号")]
    assert "停用" in changed[0].why


def test_doors_nobody_can_place_keep_theirs_or_are_left_to_a_person() -> None:
    doors = [*two_rows(10), Door("far", point(4000.0, 0.0), 45), Door("lost", None, 47), Door("blank", None)]
    plan = propose_for_street(doors, STREET, BEIJING)
    numbers = new_numbers(plan)
    assert (numbers["far"], numbers["lost"], numbers["blank"]) == ("45号", "47号", "")
    assert any("要人定" in w for w in plan.warnings)


@pytest.mark.parametrize("doors", [
    [], [Door("a", None)], [Door("a", point(0, 0))], [Door("a", point(0, 0), 3), Door("b", point(0, 0), 5)],
])
def test_too_little_to_go_by_is_said_not_guessed(doors: list[Door]) -> None:
    for keep in (True, False):
        plan = propose_for_street(doors, STREET, BEIJING, keep_existing=keep)
        assert len(plan.assignments) == len(doors)
        assert any("看不出走向" in w for w in plan.warnings)


def test_a_line_of_one_place_is_refused() -> None:
    with pytest.raises(InputError, match="line_too_short"):
        propose_for_street(two_rows(3), Street("幸福路", ((108.0, 34.0), (108.0, 34.0))), BEIJING)


def test_every_profile_that_ships_is_valid_and_a_bad_one_is_named() -> None:
    assert {"beijing-db11t856", "east-west-left-odd", "metric-2m", "compound-s", "as-learned"} <= set(profile_names())
    assert all(load_profile(name).title for name in profile_names())
    with pytest.raises(InputError, match="profile_unknown"):
        load_profile("nowhere")
    for text in ("title = ", 'title = "x"\nmethod = "dice"'):
        with pytest.raises(InputError, match="profile_invalid"):
            parse_profile(text, "自定")


def test_as_learned_numbers_anew_by_the_streets_own_rule() -> None:
    doors = two_rows(12, odd="south", numbers=set(range(1, 25)) - {9, 11})
    numbers = anew(doors, profile=load_profile("as-learned"))
    assert numbers["d7"] == "7号"
    assert numbers["d13"] == "13号"


def test_the_same_street_gives_the_same_plan_in_whatever_order_it_is_listed() -> None:
    doors = [*two_rows(20, noise=2.0), door("n", -100.0, 6.0)]
    mixed = doors[:]
    random.Random(4).shuffle(mixed)
    assert new_numbers(propose_for_street(doors, STREET, BEIJING)) == new_numbers(propose_for_street(mixed, STREET, BEIJING))


_NUMBER = st.one_of(st.none(), st.integers(1, 60))
_DOOR = st.tuples(st.floats(-300, 0), st.sampled_from([-7.0, -5.0, 5.0, 7.0]), _NUMBER, st.integers(0, 8))
_DOORS = st.lists(_DOOR, max_size=40)
_PROFILES = st.sampled_from(["beijing-db11t856", "metric-2m", "east-west-left-odd"])


def _drawn(raw: list[tuple[float, float, int | None, int]]) -> list[Door]:
    return [door(f"d{i}", x, y, n, 1 if n and s == 0 else 0) for i, (x, y, n, s) in enumerate(raw)]


@settings(max_examples=150, deadline=None)
@given(_DOORS, st.sets(st.integers(1, 60), max_size=15), st.booleans(), _PROFILES, st.booleans())
def test_whatever_comes_in(raw: list[tuple[float, float, int | None, int]], spent: set[int], keep: bool, name: str,
                           drawn: bool) -> None:
    """Numbers unique, spent ones never given, parity right, order monotone along the street; nothing lost."""
    doors, street = _drawn(raw), Street("幸福路", EAST_WEST if drawn else None)
    profile = load_profile(name).model_copy(update={"learn": "never"})
    plan = propose_for_street(doors, street, profile, keep_existing=keep, spent=[house(n) for n in spent])
    assert sorted(a.door_id for a in plan.assignments) == sorted(d.id for d in doors)
    given_now = [a.new for a in plan.assignments if a.new]
    assert len(set(given_now)) == len(given_now)
    assert not {h.number for h in given_now if not h.suffix} & spent
    placed = [a for a in plan.assignments if a.new and a.along_m is not None and not a.new.suffix]
    if plan.path:
        odd_row = 1 if name == "east-west-left-odd" else -1
        assert all(a.row == (odd_row if a.new.number % 2 else -odd_row) for a in placed if a.new)
        for row in (1, -1):
            walk = [(a.along_m or 0.0, a.new.number) for a in placed if a.row == row and a.new]
            hung = [(a.along_m or 0.0, a.new.number) for a in placed if a.row == row and a.new and a.new == a.old]
            crossed = {one for one in hung for other in hung if (one[0] - other[0]) * (one[1] - other[1]) < 0}
            walk = [one for one in walk if one not in crossed]  # what hangs crosswise a few metres apart has no order to keep
            assert all(n < m or s > t - 8.0 for s, n in walk for t, m in walk if s < t)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(1, 40), min_size=8), st.lists(st.floats(-235, -5), max_size=6), st.integers(0, 10_000))
def test_keeping_keeps(numbers: set[int], new: list[float], seed: int) -> None:
    """On a street in order no plate comes down, however many houses are new; and those get numbers nobody has."""
    rng = random.Random(seed)
    doors = two_rows(20, numbers=numbers) + [door(f"n{i}", x, rng.choice((-6.0, 6.0))) for i, x in enumerate(new)]
    plan = propose_for_street(doors, Street("幸福路", EAST_WEST), BEIJING.model_copy(update={"learn": "never"}))
    assert plan.changes == 0
    assert plan.additions == len(new)
    assert len({a.new for a in plan.assignments}) == len(doors)


def test_a_street_of_eight_thousand_doors_is_no_trouble() -> None:
    doors = two_rows(4000, noise=1.0)
    plan = propose_for_street(doors, Street("长街", line((0.0, 0.0), (-48000.0, 0.0))), BEIJING)
    assert plan.changes <= len(doors) // 100
