"""Which doors already stand in the order of their numbers: the longest such chain, phone noise allowed for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

NOISE_M = 8.0  # (D) two phone readings of 3 m noise each differ by less in 19 cases of 20
_PASSES = 3  # (D) noise never carries a door past more than three neighbours


def walk_order(along: Sequence[float], numbers: Sequence[int | None]) -> list[int]:
    """Indices in walking order; neighbours nearer than phone noise stand in the order of their numbers."""
    order = sorted(range(len(along)), key=lambda i: (along[i], numbers[i] or 0, i))
    for _ in range(_PASSES):
        for at in range(len(order) - 1):
            a, b = order[at], order[at + 1]
            na, nb = numbers[a], numbers[b]
            if na is not None and nb is not None and na > nb and along[b] - along[a] < NOISE_M:
                order[at], order[at + 1] = b, a
    return order


def in_order(numbers: Sequence[int | None]) -> set[int]:
    """Positions of a longest strictly rising run of numbers (patience, n log n); None never belongs to it."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int] = {}
    for at, number in enumerate(numbers):
        if number is None:
            continue
        place = bisect_left(tails, number)
        if place:
            before[at] = ends[place - 1]
        if place == len(tails):
            tails.append(number)
            ends.append(at)
        else:
            tails[place], ends[place] = number, at
    kept: set[int] = set()
    at_last = ends[-1] if ends else None
    while at_last is not None:
        kept.add(at_last)
        at_last = before.get(at_last)
    return kept
