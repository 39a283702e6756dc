"""The room of people and areas: `staff_desk_view.StaffDesk` over the registry. Nobody acts on their own account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from doorplate.errors import InputError, NotFound, NotPermitted
from doorplate.model import Area, Community
from doorplate.people.account import Account, Actor, Assignment, Role
from doorplate.people.grants import in_force
from doorplate.people.permission import Permission, PermissionRules, areas_of
from doorplate.people.signin import SignInRules
from doorplate.registry import Registry, accounts, devices
from doorplate.registry.days import today
from doorplate.staff_desk_view import (
    MATRIX_ROLES,
    AccountAct,
    AccountLine,
    AccountPage,
    AccountSheet,
    DeviceLine,
    Held,
    MatrixPage,
    MatrixRow,
)
from doorplate.store import Reader

PAGE, VILLAGES = 50, 20
_ANSWERING: tuple[Role, ...] = ("officer", "auxiliary", "grid_leader", "grid_worker")
_DEPTHS = ((6, -3), (9, -2), (12, -1))


class StaffRoom:
    """Made once per process."""

    def __init__(self, registry: Registry, permissions: PermissionRules, rules: SignInRules) -> None:
        self._registry, self._permissions, self._rules = registry, permissions, rules

    def accounts(self, actor: Actor, find: str, page: int) -> AccountPage:
        self._require(actor, "account.manage")
        told = find.strip().lower()
        with self._registry.store.reading() as reader:
            found = [one for one in reader.accounts() if told in one.login or told in one.name.lower()]
            pages = max(1, -(-len(found) // PAGE))
            page = min(page, pages)
            lines = self._lines(reader, actor, found[(page - 1) * PAGE:page * PAGE])
        return AccountPage(lines, len(found), page, pages, find)

    def open(self, actor: Actor, account_id: str) -> AccountSheet:
        self._require(actor, "account.manage")
        with self._registry.store.reading() as reader:
            account = accounts.account_by_id(reader, account_id)
            [line] = self._lines(reader, actor, [account])
            seen = reader.devices_seen()
            phones = tuple(DeviceLine(one.id, one.name, one.registered_at, seen.get(one.id), one.revoked_at is not None)
                           for one in reader.devices([account.id]))
        return AccountSheet(line, phones)

    def add(self, actor: Actor, login: str, name: str, role: str, area: str) -> tuple[str, str]:
        self._require(actor, "account.manage")
        registry = self._by(actor)
        password = accounts.drawn_password(registry.rng)
        new = accounts.NewAccount(login, name, cast(Role, role), area.strip())
        return accounts.add_account(registry, new, password, self._rules).id, password

    def act(self, actor: Actor, account_id: str, act: AccountAct, what: str = "") -> str:
        self._require(actor, "device.manage" if act == "revoke" else "account.manage")
        self._require_other(actor, account_id)
        registry = self._by(actor)
        if act == "password":
            password = accounts.drawn_password(registry.rng)
            accounts.set_password(registry, account_id, password, self._rules)
            return password
        if act == "revoke":
            self._require_theirs(account_id, what)
            devices.revoke(registry, what, "工作台收回")
        else:
            {"disable": accounts.disable, "enable": accounts.enable, "reset_code": accounts.reset_code}[act](registry, account_id)
        return ""

    def assign(self, actor: Actor, account_id: str, role: str, area: str, until: str) -> None:
        self._require(actor, "account.manage")
        self._require_other(actor, account_id)
        accounts.assign(self._by(actor), account_id, cast(Role, role), area.strip(), _day(until))

    def unassign(self, actor: Actor, account_id: str, role: str, area: str) -> None:
        self._require(actor, "account.manage")
        self._require_other(actor, account_id)
        accounts.unassign(self._by(actor), account_id, cast(Role, role), area.strip())

    def matrix(self, actor: Actor, page: int) -> MatrixPage:
        self._require(actor, "account.manage")
        with self._registry.store.reading() as reader:
            communities = sorted(reader.communities(), key=lambda one: one.code)
            pages = max(1, -(-len(communities) // VILLAGES))
            page = min(page, pages)
            held = self._held_by_area(reader)
            rows = [row for one in communities[(page - 1) * VILLAGES:page * VILLAGES]
                    for row in _rows(one, reader.areas(one.code, "grid"), held)]
        return MatrixPage(tuple(rows), sum(one.gap for one in rows), page, pages)

    def _held_by_area(self, reader: Reader) -> dict[str, list[tuple[Role, str]]]:
        """Area code → (role, name) of who holds it today, with who stands in for whom."""
        day, found = today(self._registry), dict[str, list[tuple[Role, str]]]()
        people = {one.id: one for one in reader.accounts() if not one.disabled}
        away = reader.staff_away(day)
        for one in reader.assignments():
            account = people.get(one.account_id)
            if account is not None and in_force(one, day):
                absent = away.get(account.staff_id or "")
                deputy = away.get(absent.deputy_id or "") if absent is not None else None
                name = f"{account.name} (代 {deputy.name})" if absent and deputy and absent.absent_from else account.name
                found.setdefault(one.area_code, []).append((one.role, name))
        return found

    def _lines(self, reader: Reader, actor: Actor, found: Sequence[Account]) -> tuple[AccountLine, ...]:
        names, day, now = _names(reader.communities()), today(self._registry), self._registry.now()
        held: dict[str, list[Assignment]] = {}
        for one in reader.assignments([account.id for account in found]):
            if one.valid_to is None or one.valid_to >= day:
                held.setdefault(one.account_id, []).append(one)
        contacts = {one.id: one.name for one in reader.staff_of(account.staff_id for account in found if account.staff_id)}
        return tuple(
            AccountLine(account.id, account.login, account.name, tuple(_held(one, names) for one in held.get(account.id, [])),
                        account.disabled, account.locked_until if account.locked_until and account.locked_until > now else None,
                        account.totp_sealed is not None, account.must_change, contacts.get(account.staff_id or "", ""),
                        account.id == actor.account_id)
            for account in found)

    def _require(self, actor: Actor, permission: Permission) -> None:
        """Accounts belong to the whole office, so the permission must hold everywhere."""
        if "" not in areas_of(actor, permission, self._permissions):
            raise NotPermitted("permission.denied", "管账号是系统管理员的事; 如果应该有, 请找系统管理员", permission=permission)

    def _require_other(self, actor: Actor, account_id: str) -> None:
        if account_id == actor.account_id:
            raise NotPermitted("account.own", "自己的账号要由另一位系统管理员来办")

    def _require_theirs(self, account_id: str, device_id: str) -> None:
        with self._registry.store.reading() as reader:
            device = reader.device(device_id)
        if device is None or device.account_id != account_id:
            raise NotFound("device.unknown", "没有这台设备")

    def _by(self, actor: Actor) -> Registry:
        return replace(self._registry, actor=actor.account_id)


def _rows(community: Community, grids: Sequence[Area], held: Mapping[str, list[tuple[Role, str]]]) -> list[MatrixRow]:
    """The village (with who holds a division above it), then its grids."""
    above = [pair for length in range(2, len(community.code) + 1) for pair in held.get(community.code[:length], [])]
    answered = any(role in _ANSWERING for role, _ in above)
    rows = [MatrixRow(community.code, community.names[-1], False, _cells(above), not answered and not grids)]
    for grid in grids:
        own = held.get(grid.code, [])
        gap = not answered and not any(role in _ANSWERING for role, _ in own)
        rows.append(MatrixRow(grid.code, grid.name, True, _cells(own), gap))
    return rows


def _cells(pairs: Sequence[tuple[Role, str]]) -> dict[Role, Sequence[str]]:
    return {role: tuple(name for held, name in pairs if held == role) for role in MATRIX_ROLES}


def _held(one: Assignment, names: Mapping[str, str]) -> Held:
    code = one.area_code
    name = names.get(code) or " ".join(filter(None, (names.get(code[:12], ""), code[13:])))
    return Held(one.role, code, name, one.valid_from, one.valid_to)


def _names(communities: Sequence[Community]) -> dict[str, str]:
    return {one.code[:digits]: one.names[at] for one in communities for digits, at in _DEPTHS if len(one.names) >= -at}


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told.strip()) if told.strip() else None
    except ValueError as exc:
        raise InputError("assignment.days", f"日期“{told[:20]}”看不懂, 请写成 2026-11-23 的样子", field="until") from exc
