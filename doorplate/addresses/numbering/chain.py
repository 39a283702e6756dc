"""Which doors already stand in the order of their numbers: the most trustworthy such chain, phone noise allowed for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NOISE_M = 8.0  # (D) two phone readings of 3 m noise each differ by less in 19 cases of 20
_NEAR = 3  # (D) doors on either hand that tell a door's place
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


def in_order(numbers: Sequence[int | None], trust: Sequence[float] | None = None) -> set[int]:
    """Positions of the strictly rising run of numbers with the most trust (all alike: the longest); None never belongs to
    it. n log n: for every number the best run that ends below it, by a Fenwick tree of maxima."""
    ranks = {n: k + 1 for k, n in enumerate(sorted({n for n in numbers if n is not None}))}
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(ranks) + 1)
    before: dict[int, int] = {}
    ends: list[tuple[float, int]] = []
    for at, number in enumerate(numbers):
        if number is None:
            continue
        weight, last = _highest(best, ranks[number] - 1)
        before[at] = last
        ends.append((weight + (trust[at] if trust else 1.0), at))
        _raise(best, ranks[number], ends[-1])
    at = max(ends, key=lambda end: (end[0], -(numbers[end[1]] or 0)))[1] if ends else -1
    kept: set[int] = set()
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept


def trusts(along: Sequence[float], numbers: Sequence[int]) -> list[float]:
    """How well each door of a row stands where the doors with the nearest numbers put it: 1 there, ½ three doors off.

    Of two doors that contradict each other the one whose place is out of step gives way.
    """
    if len(numbers) <= _NEAR:
        return [1.0] * len(numbers)
    order = np.lexsort((np.asarray(along), np.asarray(numbers)))
    n, s = np.asarray(numbers, dtype=np.float64)[order], np.asarray(along, dtype=np.float64)[order]
    apart = np.diff(n)
    per = float(np.median(np.diff(s)[apart > 0] / apart[apart > 0])) if (apart > 0).any() else 0.0
    told = np.full((len(n), 2 * _NEAR), np.nan)
    for k in range(1, _NEAR + 1):
        told[k:, k - 1] = s[:-k] + per * (n[k:] - n[:-k])
        told[:-k, _NEAR + k - 1] = s[k:] - per * (n[k:] - n[:-k])
    door = max(abs(per) * float(np.median(apart[apart > 0])), 1.0) if (apart > 0).any() else 1.0
    off = np.abs(np.nanmedian(told, axis=1) - s) / (3 * door)
    trust = np.empty(len(n))
    trust[order] = 1.0 - 0.5 * np.minimum(1.0, off)
    return [float(v) for v in trust]


def _highest(best: Sequence[tuple[float, int]], rank: int) -> tuple[float, int]:
    found = (0.0, -1)
    while rank > 0:
        found = max(found, best[rank], key=lambda end: (end[0], -end[1]))
        rank -= rank & -rank
    return found


def _raise(best: list[tuple[float, int]], rank: int, end: tuple[float, int]) -> None:
    while rank < len(best):
        best[rank] = max(best[rank], end, key=lambda one: (one[0], -one[1]))
        rank += rank & -rank
