"""Who may sign in: accounts, what they are assigned to, the devices they registered. Pure.

A member of staff (`model.Staff`) is an official contact that pages show; an account is the right to work here. They are tied by
`staff_id` where one person is both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

Role = Literal["sysadmin", "auditor", "registrar", "reviewer", "printer", "chief", "officer", "auxiliary", "grid_leader",
               "grid_worker", "group_leader"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Account:
    """One person's right to sign in. login: lower case, NFKC, unique for ever. password: an argon2id hash (never in the trail).
    failures: wrong passwords in a row; until locked_until nothing is tried. must_change: somebody else gave the password."""

    id: str
    login: str
    name: str
    password: str
    staff_id: str | None = None
    totp_sealed: bytes | None = None
    must_change: bool = True
    failures: int = 0
    locked_until: datetime | None = None
    disabled: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role in an area, both days included (valid_to None = until told). area_code: as `Staff.area_code`: a division code cut
    where it begins to hold ("" = everywhere), a community's, a grid's or a household group's."""

    id: str
    account_id: str
    role: Role
    area_code: str
    valid_from: date
    valid_to: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """A phone (or ODK client) one account registered. token_hash: SHA-256 of the token it shows, hex. part_sealed: the server's
    part of the key its data is locked with. revoked_at: from then on it is answered 401 and wipes itself."""

    id: str
    account_id: str
    name: str
    kind: Literal["phone", "odk"]
    token_hash: str
    part_sealed: bytes | None
    registered_at: datetime
    revoked_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in an area today, own or as a deputy (deputy_for: the account it is held for)."""

    role: Role
    area_code: str
    deputy_for: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in, and what they hold today. `words`: name and role, for heads of pages and the trail's reader.
    device_id: the phone they ask from, "" at the desk; session: the desk's session, "" on a phone. has_code: signs in with two
    steps; must_enrol: has to, and has not set it up."""

    account_id: str
    name: str
    grants: tuple[Grant, ...]
    staff_id: str | None = None
    device_id: str = ""
    must_change: bool = False
    session: str = ""
    has_code: bool = False
    must_enrol: bool = False
