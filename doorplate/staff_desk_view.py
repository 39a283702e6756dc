"""What the room of people and areas may show and do: the desk is handed a `StaffDesk`. No resident is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from doorplate.people.account import Actor, Role

AccountAct = Literal["password", "disable", "enable", "reset_code", "revoke"]
MATRIX_ROLES: tuple[Role, ...] = ("chief", "officer", "auxiliary", "grid_leader", "grid_worker")


@dataclass(frozen=True, slots=True)
class Held:
    """A role in an area: its code, its name ("" everywhere), from and until (None = until told)."""

    role: Role
    area: str
    area_name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class DeviceLine:
    id: str
    name: str
    registered_at: datetime
    seen_at: datetime | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class AccountLine:
    """own: the asker's. contact: whose it is on the plates' pages, "" nobody's. locked_until: None when it is not."""

    id: str
    login: str
    name: str
    held: Sequence[Held]
    disabled: bool
    locked_until: datetime | None
    has_code: bool
    must_change: bool
    contact: str
    own: bool


@dataclass(frozen=True, slots=True)
class AccountSheet:
    line: AccountLine
    devices: Sequence[DeviceLine]


@dataclass(frozen=True, slots=True)
class AccountPage:
    lines: Sequence[AccountLine]
    total: int
    page: int
    pages: int
    find: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A village, or a grid of it (grid True). cells: role → names of who holds it exactly there, each with "(代 …)" where
    somebody stands in today. gap: nobody answers here, nor above it in the village."""

    code: str
    name: str
    grid: bool
    cells: Mapping[Role, Sequence[str]]
    gap: bool


@dataclass(frozen=True, slots=True)
class MatrixPage:
    rows: Sequence[MatrixRow]
    gaps: int
    page: int
    pages: int


class StaffDesk(Protocol):
    """Every method may raise NotPermitted(permission.denied), NotFound(account.unknown). Nobody acts on their own account:
    NotPermitted(account.own)."""

    def accounts(self, actor: Actor, find: str, page: int) -> AccountPage: ...

    def open(self, actor: Actor, account_id: str) -> AccountSheet: ...

    def add(self, actor: Actor, login: str, name: str, role: str, area: str) -> tuple[str, str]:
        """(id, password to be read out once). Raises InputError(account.…, staff.area), Refused(account.known)."""

    def act(self, actor: Actor, account_id: str, act: AccountAct, what: str = "") -> str:
        """what: a device's id. Gives the new password for "password", "" else."""

    def assign(self, actor: Actor, account_id: str, role: str, area: str, until: str) -> None:
        """until: a day or "". Raises InputError(account.role, staff.area, assignment.days), Refused(assignment.known)."""

    def unassign(self, actor: Actor, account_id: str, role: str, area: str) -> None:
        """Raises NotFound(assignment.unknown)."""

    def matrix(self, actor: Actor, page: int) -> MatrixPage: ...
