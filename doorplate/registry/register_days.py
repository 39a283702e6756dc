"""The time machine's pages: the register as of a day, and what changed between two."""

from __future__ import annotations

from datetime import date

from doorplate.register_view import DayPage
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.history import Changed, diff, register_as_of

PAGE = 50


def as_of(registry: Registry, community: str, day: date, page: int) -> DayPage:
    """Living addresses at the end of that day, in order of entry; what is retired is counted."""
    addresses = list(register_as_of(registry, community, day))
    living = [("", one.standard_address, "") for one in addresses if one.status != "retired"]
    counts = {status: sum(one.status == status for one in addresses) for status in ("proposed", "verified", "retired")}
    return _paged(registry, community, living, page, counts)


def changes(registry: Registry, community: str, start: date, end: date, page: int) -> DayPage:
    """Added, corrected, moved to another grid, retired, in this order."""
    found = diff(registry, community, start, end)
    kinds = {"added": found.added, "corrected": found.corrected, "moved": found.moved, "retired": found.retired}
    lines = [_line(one) for kind in kinds.values() for one in kind]
    return _paged(registry, community, lines, page, {name: len(kind) for name, kind in kinds.items()})


def _line(changed: Changed) -> tuple[str, str, str]:
    before, after = changed.before, changed.after
    return before.standard_address if before else "", after.standard_address if after else "", changed.reason


def _paged(registry: Registry, community: str, lines: list[tuple[str, str, str]], page: int, counts: dict[str, int]) -> DayPage:
    with registry.store.reading() as reader:
        known = require_community(reader, community)
    pages = max(1, -(-len(lines) // PAGE))
    page = min(page, pages)
    shown = [(before.removeprefix(known.prefix), after.removeprefix(known.prefix), reason)
             for before, after, reason in lines[(page - 1) * PAGE:page * PAGE]]
    return DayPage(community, known.names[-1], tuple(shown), len(lines), page, pages, counts)
