"""A new house on a street that has numbers: which one it gets, and what the clerk is told."""

from __future__ import annotations

import pytest
from core.numbering_streets import EAST_WEST, STREET, door, house, line, point, said, two_rows

from doorplate.addresses.numbering import Door, Profile, Street, load_profile, plan_of_house, propose_for_house

BEIJING = load_profile()


def at(number: int, plot: float = 12.0) -> tuple[float, float]:
    """Where two_rows puts a number."""
    return -plot * ((number - 1) // 2 + 0.5), 6.0 if number % 2 else -6.0


def changed(**fields: object) -> Profile:
    return BEIJING.model_copy(update=fields)


def test_between_15_and_17_nothing_is_free_so_15_gets_a_suffix() -> None:
    x, y = at(15)
    answer = propose_for_house(STREET, two_rows(20), point(x - 6, y), BEIJING)
    assert str(answer.house) == "15号附1号"
    assert answer.side == "北侧"
    assert "15 号和 17 号之间" in said(answer)
    assert house(17, 1) in answer.alternatives


def test_a_second_new_house_there_gets_the_next_suffix() -> None:
    x, y = at(15)
    doors = [*two_rows(20), door("s", x - 4, y, 15, 1)]
    assert propose_for_house(STREET, doors, point(x - 8, y), BEIJING).house == house(15, 2)


def test_a_retired_suffix_is_not_given_again() -> None:
    x, y = at(15)
    assert propose_for_house(STREET, two_rows(20), point(x - 6, y), BEIJING, [house(15, 1)]).house == house(15, 2)


def test_by_another_policy_the_nearest_lends_its_number_or_nobody_does() -> None:
    x, y = at(17)
    here = point(x + 4, y)
    assert propose_for_house(STREET, two_rows(20), here, changed(suffix_base="nearest")).house == house(17, 1)
    refused = propose_for_house(STREET, two_rows(20), here, changed(when_full="refuse"))
    assert refused.house is None
    assert "要人定" in said(refused)


def test_a_gap_in_the_numbers_is_filled_by_place() -> None:
    doors = two_rows(20, numbers=set(range(1, 41)) - {13, 15, 17})
    for number in (13, 15, 17):
        answer = propose_for_house(STREET, doors, point(*at(number)), BEIJING)
        assert answer.house == house(number)
        assert set(answer.alternatives) >= {house(n) for n in (13, 15, 17) if n != number}


def test_a_retired_number_is_never_given_again() -> None:
    doors = two_rows(20, numbers=set(range(1, 41)) - {17})
    answer = propose_for_house(STREET, doors, point(*at(17)), BEIJING, [house(17)])
    assert answer.house == house(15, 1)
    assert house(17) not in answer.alternatives


def test_the_far_end_goes_on_and_keeps_numbers_for_empty_plots() -> None:
    doors = two_rows(20)
    x, y = at(40)
    assert propose_for_house(STREET, doors, point(x - 12, y), BEIJING).house == house(42)
    further = propose_for_house(STREET, doors, point(x - 38, y), BEIJING)
    assert further.house == house(46)
    assert house(42) in further.alternatives
    assert propose_for_house(STREET, doors, point(x - 12, y), BEIJING, [house(42)]).house == house(44)


def test_before_number_one_there_is_only_a_suffix() -> None:
    x, y = at(1)
    assert propose_for_house(STREET, two_rows(20), point(x + 12, y), BEIJING).house == house(1, 1)


def test_the_streets_own_rule_goes_before_the_profile_and_is_said() -> None:
    doors = two_rows(20, numbers=set(range(1, 41)) - {13}, odd="south")
    answer = propose_for_house(STREET, doors, point(at(13)[0], -6.0), BEIJING)
    assert answer.house == house(13)
    assert answer.side == "南侧"
    assert "照本街现有门牌的规律: 由东向西编号, 左手 (南侧) 单号、右手 (北侧) 双号" in said(answer)


def test_a_profile_may_refuse_to_learn() -> None:
    answer = propose_for_house(STREET, two_rows(20, odd="south"), point(-300.0, 6.0), changed(learn="never"))
    assert answer.number is not None
    assert answer.number % 2 == 1
    assert "照本街" not in said(answer)


def test_the_first_house_on_its_side_stands_abreast_of_those_opposite() -> None:
    street = Street("幸福路", EAST_WEST)
    doors = [d for d in two_rows(20) if d.number and d.number % 2]
    answer = propose_for_house(street, doors, point(at(21)[0], -6.0), changed(learn="never"))
    assert answer.house == house(22)


@pytest.mark.parametrize(("numbers", "expected"), [(range(1, 40, 2), 41), (range(2, 41, 2), 42)])
def test_a_one_sided_street_stays_odd_or_even(numbers: range, expected: int) -> None:
    doors = [door(f"d{n}", -6.0 * n, 6.0, n) for n in numbers]
    answer = propose_for_house(Street("河沿街", kind="one-sided"), doors, point(-6.0 * expected, 6.0), BEIJING)
    assert answer.house == house(expected)
    assert "只用" in said(answer)


def test_across_a_one_sided_street_a_person_is_asked() -> None:
    doors = [door(f"d{n}", -6.0 * n, 6.0, n) for n in range(1, 40, 2)]
    answer = propose_for_house(Street("河沿街"), doors, point(-100.0, -9.0), BEIJING)
    assert "街对面" in said(answer)


def test_consecutive_numbers_in_one_row_are_learned() -> None:
    doors = [door(f"d{n}", 14.0 * n, 0.4 * (n % 3), n) for n in range(1, 16) if n != 8]
    answer = propose_for_house(Street("三组"), doors, point(14.0 * 8, 0.0), BEIJING)
    assert answer.house == house(8)
    assert "不分单双号" in said(answer)


def test_a_hamlet_in_rows_up_and_down_is_learned_as_it_is_walked() -> None:
    places = [(14.0 * (k if row % 2 == 0 else 9 - k), -30.0 * row) for row in range(4) for k in range(10)]
    doors = [door(f"d{n}", *xy, n) for n, xy in enumerate(places, 1)]
    for missing in (5, 16, 27, 38):
        others = [d for d in doors if d.number != missing]
        assert propose_for_house(Street("三组"), others, point(*places[missing - 1]), BEIJING).house == house(missing)


def test_numbers_by_distance_are_learned() -> None:
    doors = [door(f"d{n}", -2.0 * n, 6.0 if n % 2 else -6.0, n) for n in (5, 8, 17, 22, 31, 30, 43, 46, 57, 60, 71, 74)]
    answer = propose_for_house(STREET, doors, point(-2.0 * 37, 6.0), BEIJING)
    assert answer.number in (35, 37, 39)
    assert "按距离编" in said(answer)


def test_a_lane_is_numbered_from_its_mouth_right_odd() -> None:
    lane = Street("一巷", line((0.0, 0.0), (0.0, 80.0)), "dead-end")
    first = propose_for_house(lane, [], point(4.0, 10.0), BEIJING)
    assert (first.house, first.side) == (house(1), "东侧")
    other = propose_for_house(lane, [Door("a", point(4.0, 10.0), 1)], point(-4.0, 10.0), BEIJING)
    assert (other.house, other.side) == (house(2), "西侧")


def test_wrong_neighbours_are_left_out_and_named() -> None:
    doors = [d if d.number != 9 else door("d9", *at(9), 99) for d in two_rows(20, numbers=set(range(1, 41)) - {13})]
    answer = propose_for_house(STREET, doors, point(*at(13)), BEIJING)
    assert answer.house == house(13)
    assert "次序不对" in said(answer)


def test_a_point_on_an_existing_door_is_questioned() -> None:
    answer = propose_for_house(STREET, two_rows(20), point(*at(15)), BEIJING)
    assert "离15号只有" in said(answer)


def test_a_point_on_the_middle_of_the_street_takes_the_free_number() -> None:
    doors = two_rows(20, numbers=set(range(1, 41)) - {18})
    answer = propose_for_house(Street("幸福路", EAST_WEST), doors, point(at(18)[0], 0.5), BEIJING)
    assert answer.house == house(18)
    assert "看不准在哪一侧" in said(answer)


def test_a_point_far_from_the_street_gets_no_number() -> None:
    answer = propose_for_house(Street("幸福路", EAST_WEST), two_rows(20), point(-100.0, 400.0), BEIJING)
    assert answer.house is None
    assert "核对坐标" in said(answer)


def test_a_street_without_doors_or_line_begins_at_one_and_says_what_is_not_known() -> None:
    answer = propose_for_house(STREET, [], point(0.0, 0.0), BEIJING)
    assert answer.house == house(1)
    assert "看不出" in said(answer)


def test_doors_without_points_or_numbers_do_no_harm() -> None:
    doors = [*two_rows(20, numbers=set(range(1, 41)) - {15}), Door("lost", None, 55), Door("bare", None)]
    assert propose_for_house(STREET, doors, point(*at(15)), BEIJING).house == house(15)
    assert propose_for_house(STREET, [Door("lost", None, 1)], point(0.0, 0.0), BEIJING).house is None


def test_the_plan_for_the_map_changes_nothing_but_the_new_house() -> None:
    doors, here = two_rows(10), point(at(15)[0] - 6, 6.0)
    plan = plan_of_house(STREET, doors, here, BEIJING, propose_for_house(STREET, doors, here, BEIJING))
    assert [str(a.new) for a in plan.assignments if a.changed] == ["15号附1号"]
    assert (plan.changes, plan.additions) == (0, 1)
