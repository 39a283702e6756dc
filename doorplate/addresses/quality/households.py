"""Which lines speak of the same household: across lists, and twice within one list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import permutations

from doorplate.addresses.quality.lines import Line

_CROWD = 12  # (D) more lines at one door than this are a block of flats


class Households:
    """Lines joined into households, step by step."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._parent = list(range(len(lines)))

    def join(self, a: Line, b: Line) -> None:
        """One household from now on."""
        x, y = self.root(a.index), self.root(b.index)
        self._parent[max(x, y)] = min(x, y)

    def same(self, a: Line, b: Line) -> bool:
        return self.root(a.index) == self.root(b.index)

    def numbered(self) -> dict[int, list[Line]]:
        """The households by the index of their first line, which is written down in each of their lines."""
        groups: dict[int, list[Line]] = defaultdict(list)
        for line in self.lines:
            line.household = self.root(line.index)
            groups[line.household].append(line)
        return groups

    def root(self, at: int) -> int:
        """The index of the first line of the household that a line belongs to so far."""
        while self._parent[at] != at:
            self._parent[at] = self._parent[self._parent[at]]
            at = self._parent[at]
        return at


def join_lists(lines: Sequence[Line], households: Households) -> None:
    """Join each line of a second list with the line of the first that means the same household.

    Sure ties first (same head, same door), then the same head with the same street, then the same head alone where
    people and number do not speak against it and nobody else is meant. Last a door with as many people under another
    head (户主变更), where neither list has a line for the other's head.
    """
    _join_by(lines, households, lambda x: (x.head, x.door) if x.person and x.elements.number else None)
    _join_by(lines, households, lambda x: (x.head, x.way, x.members) if x.person and x.elements.thoroughfare else None)
    _join_by(lines, households, lambda x: (x.head, x.phone) if x.person and x.phone else None)
    _join_by(lines, households, lambda x: (x.head, x.way) if x.person and x.elements.thoroughfare else None)
    _join_by(lines, households, lambda x: (x.head, x.members, x.elements.number) if x.person and x.elements.number else None)
    _join_by(lines, households, lambda x: (x.head, x.members) if x.person else None)
    _join_by(lines, households, lambda x: x.door if x.kind == "retired" and x.elements.number else None)
    _join_renamed(lines, households)
    _join_by(lines, households, lambda x: (x.door, x.members) if x.person and x.elements.number and x.members else None)


def _join_renamed(lines: Sequence[Line], households: Households) -> None:
    """原户主…, …之子: a line whose note names the head that another list has at the same door."""
    bound = _lists_reached(lines, households)
    at_door: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.person and line.elements.number:
            at_door[line.door].append(line)
    for same in at_door.values():
        for a, b in permutations(same, 2) if len(same) <= _CROWD else ():
            free = b.list_name not in bound[households.root(a.index)] and a.list_name not in bound[households.root(b.index)]
            if a.list_name != b.list_name and free and len(b.head) > 1 and b.head in a.note:
                households.join(a, b)


def _join_by(lines: Sequence[Line], households: Households, tie: Callable[[Line], object]) -> None:
    """Join lines of different lists that alone share a tie; a line already joined with that list is left out."""
    bound = _lists_reached(lines, households)
    tied: dict[object, list[Line]] = defaultdict(list)
    for line in lines:
        if (value := tie(line)) is not None:
            tied[value].append(line)
    for same in tied.values():
        by_list: dict[str, list[Line]] = defaultdict(list)
        for line in same:
            by_list[line.list_name].append(line)
        for a, b in _pairs(list(by_list)):
            free_a = _one_household([x for x in by_list[a] if b not in bound[households.root(x.index)]], households)
            free_b = _one_household([x for x in by_list[b] if a not in bound[households.root(x.index)]], households)
            if free_a and free_b and not _contradict(free_a, free_b):
                households.join(free_a, free_b)


def _lists_reached(lines: Iterable[Line], households: Households) -> dict[int, set[str]]:
    reached: dict[int, set[str]] = defaultdict(set)
    for line in lines:
        reached[households.root(line.index)].add(line.list_name)
    return reached


def _one_household(lines: list[Line], households: Households) -> Line | None:
    """The first of the lines where all are one household already, None where several are meant."""
    roots = {households.root(x.index) for x in lines}
    return lines[0] if len(roots) == 1 else None


def _contradict(a: Line, b: Line) -> bool:
    """Different people counts and different doors: a namesake, not the same household. So is who is reported late from
    another street, unless to correct a line."""
    members = a.members is not None and b.members is not None and a.members != b.members
    doors = bool(a.elements.number and b.elements.number) and a.door != b.door
    reported = any(x.list_name == "late" and not x.correction for x in (a, b))
    streets = bool(a.elements.thoroughfare and b.elements.thoroughfare) and a.way != b.way
    return (members and doors) or (reported and streets)


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(x, y) for i, x in enumerate(names) for y in names[i + 1:]]
