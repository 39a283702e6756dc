"""Houses that pass their numbers round (5 ↔ 7, 1 → 3 → 5 → 1): none of them can go first, all of them can go at once.

From then on each number means the house that bears it now: a name in use always goes before an old name. The old names stay
with both houses (`history.names_of`), so that a letter or a deed of before can still be followed (D).
"""

from __future__ import annotations

from collections.abc import Mapping


def rings(wants: Mapping[str, str]) -> list[tuple[str, ...]]:
    """wants: address id → id of the address whose number it is to get. The rings of two or more, each once, in the order in
    which they are first met; who wants a number that nobody in a ring gives up is in none."""
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for start in wants:
        path: list[str] = []
        at: str | None = start
        while at is not None and at in wants and at not in seen:
            seen.add(at)
            path.append(at)
            at = wants[at]
        if at is not None and at in path and len(ring := path[path.index(at):]) > 1:
            found.append(tuple(ring))
    return found
