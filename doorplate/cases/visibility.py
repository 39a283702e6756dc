"""Who of the staff may see a matter. Pure; the store asks the same in SQL (`store.case_reader`).

A direct-line matter that names somebody is seen neither by them nor by whoever stands in for them; it is seen by the station's
chief, or by the superior alone where the chief is named. Other matters are seen by everybody from the grid worker up whose area
the door lies in; a household group leader sees only what lies with them (D: least privilege).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from doorplate.cases.case import Case, Level
from doorplate.cases.duty import stand_ins
from doorplate.model import Staff

OPEN_TO: Mapping[Level, frozenset[Level]] = {
    "leader": frozenset({"station", "superior"}), "grid": frozenset({"station", "superior"}),
    "officer": frozenset({"station", "superior"}), "station": frozenset({"station", "superior"}),
    "superior": frozenset({"superior"})}
"""A direct-line matter lying at a level → the levels whose people may see it beside its owner."""

AREA_WIDE: frozenset[Level] = frozenset({"grid", "officer", "station", "superior"})
"""Levels that see every other matter of their area."""


@dataclass(frozen=True, slots=True)
class CaseScope:
    """What one member of staff may see. prefix: what the community's code must begin with; grid_id: only doors of this grid;
    stands_for: their own id and those of absent colleagues they stand in for today; not_about: their own id, those of everybody
    whose deputy they are, absent or not, and of whom those absent are deputies. level None = no level of their own: only what
    lies with them."""

    staff_id: str
    level: Level | None
    prefix: str
    grid_id: str | None
    stands_for: tuple[str, ...]
    not_about: tuple[str, ...]

    @property
    def direct_at(self) -> tuple[Level, ...]:
        """The levels at which a direct-line matter is open to this person's level."""
        return tuple(at for at, seen_by in OPEN_TO.items() if self.level in seen_by)


def may_see(scope: CaseScope, case: Case, grid_id: str | None) -> bool:
    """grid_id: of the address the matter is about, None where there is none."""
    if set(scope.not_about) & set(case.about):
        return False
    if case.owner_id in scope.stands_for:
        return True
    if not case.community.startswith(scope.prefix) or (scope.grid_id is not None and grid_id != scope.grid_id):
        return False
    return case.level in scope.direct_at if case.kind == "direct" else scope.level in AREA_WIDE


def hidden_from(named: Iterable[Staff], known: Mapping[str, Staff], today: date) -> frozenset[str]:
    """Ids of those a direct-line matter naming these must never reach: them, their deputies, and while a deputy is away, whoever
    stands in for that one. known: everybody's records that may be needed, by id."""
    return frozenset(one.id for person in named for one in (person, *stand_ins(person, known, today)))
