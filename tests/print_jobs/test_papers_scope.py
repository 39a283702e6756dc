"""What a notice says a group holds: few words, and never a number that is somebody else's."""

from __future__ import annotations

import pytest

from doorplate.model import Elements
from doorplate.papers.scope import scope_of


def doors(street: str, *numbers: str) -> list[Elements]:
    """幸福路 with numbers written "7" or "7附1"."""
    split = [number.partition("附") for number in numbers]
    return [Elements(street=street, number=number, suffix=suffix) for number, _, suffix in split]


@pytest.mark.parametrize(("mine", "others", "words"), [
    (("1", "3", "5", "19"), (), "1–19 号（单）"),
    (("2", "4", "18"), ("1", "3", "17"), "2–18 号（双）"),
    (("1", "2", "3", "4"), (), "1–4 号"),
    (("1", "2", "3", "5"), ("4",), "1–3 号、5 号"),
    (("1", "3", "5", "2", "4"), ("6",), "1–5 号"),
    (("1", "3", "7"), ("5",), "1–3 号（单）、7 号"),
    (("7",), (), "7 号"),
    (("10", "9", "100"), (), "9–100 号"),
    (("53", "53附1", "55"), (), "53–55 号（单）"),
    (("53附1", "55"), ("53",), "55 号、53号附1号"),
    (("1", "甲3"), (), "1 号、甲3号"),
])
def test_a_street_is_told_in_few_words_that_are_true(mine: tuple[str, ...], others: tuple[str, ...], words: str) -> None:
    assert scope_of(doors("幸福路", *mine), doors("幸福路", *others)) == (f"幸福路 {words}",)


def test_every_street_has_its_line_and_numbers_of_another_street_do_not_matter() -> None:
    mine = [*doors("幸福路", "1", "5"), Elements(street="幸福路", lane="二巷", number="3")]
    assert scope_of(mine, doors("和谐街", "3")) == ("幸福路 1–5 号（单）", "幸福路二巷 3 号")


def test_buildings_are_told_by_building_and_doors_without_a_number_are_counted() -> None:
    mine = [Elements(compound="阳光小区", building=str(n), room="101") for n in (1, 2, 3)]
    bare = [Elements(hamlet="三组"), Elements(hamlet="三组")]
    others = [Elements(compound="阳光小区", building="3", room="102")]
    assert scope_of([*mine, *bare], others) == ("阳光小区 1–2 号楼、3号楼（部分）", "三组 未编号 2 处")


def test_no_door_no_words() -> None:
    assert scope_of([], doors("幸福路", "1")) == ()


def test_ranges_hold_exactly_the_groups_doors() -> None:
    """Whatever the numbers: read back, the words name every number of the group and none of another's."""
    for seed in range(200):
        numbers = [n for n in range(1, 40) if (n * 7919 + seed * 104729) % 11 < 8]
        mine = {n for n in numbers if (n * 31 + seed * 17) % 5 < 3}
        (line,) = scope_of(doors("路", *map(str, mine)), doors("路", *(str(n) for n in numbers if n not in mine))) or ("路 ",)
        assert read_back(line) & set(numbers) == mine


def read_back(line: str) -> set[int]:
    named: set[int] = set()
    for part in line.partition(" ")[2].split("、"):
        first, _, last = part.removesuffix("（单）").removesuffix("（双）").removesuffix(" 号").partition("–")
        if first:
            step = 2 if part.endswith("）") else 1
            named |= set(range(int(first), int(last or first) + 1, step))
    return named
