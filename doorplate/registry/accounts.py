"""Accounts: made, given a role in an area, given a new password, closed and opened again. Every act is an event of the trail,
none tells a password or its hash."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from doorplate.errors import InputError, NotFound, Refused
from doorplate.people.account import ROLES, Account, Actor, Assignment, Grant, Role
from doorplate.people.grants import deputised_grants, in_force, own_grants, stands_in_for
from doorplate.people.passwords import new_login, plain_login, require_good
from doorplate.people.signin import SignInRules, sign_in_rules
from doorplate.registry import Registry
from doorplate.registry.days import today
from doorplate.registry.hashing import Hashing
from doorplate.registry.people import area_in_force
from doorplate.store import Reader, Unit

EVERYWHERE = ""
_NAME = re.compile(r"[^\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff<>]{1,40}")
_DRAWN_FROM = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read for something else: no l, 1, i, 0, o
_GROUPS, _GROUP = 4, 4  # 16 of 31 characters: 79 bits


@dataclass(frozen=True)
class NewAccount:
    """Whose it is and what they begin with. area_code: as `Assignment.area_code`, "" = everywhere. must_change: somebody else
    chose the password, so it serves once."""

    login: str
    name: str
    role: Role
    area_code: str
    staff_id: str | None = None
    must_change: bool = True


def drawn_password(rng: random.Random) -> str:
    """A password to be read out once, e.g. "k7mq-3xwp-9rtd-w2ha"."""
    return "-".join("".join(rng.choice(_DRAWN_FROM) for _ in range(_GROUP)) for _ in range(_GROUPS))


def add_account(registry: Registry, new: NewAccount, password: str, rules: SignInRules | None = None) -> Account:
    """An account with its first assignment, from today on.

    Raises InputError(account.login, account.name, account.role, staff.area, password.short, password.common),
    Refused(account.known), NotFound(staff.unknown)."""
    rules = rules or sign_in_rules()
    login, name = new_login(new.login), _name(new.name)
    require_good(password, login, name, (new.role,), rules.password)
    with registry.store.reading() as reader:
        _require_new(reader, login, new.staff_id)
    hashed = Hashing(rules.hashing).hash(password)  # before the transaction: it takes a tenth of a second
    account = Account(registry.new_id(), login, name, hashed, new.staff_id, must_change=new.must_change)
    with registry.store.writing() as unit:
        _require_new(unit, login, new.staff_id)
        account = unit.save(None, account, registry.event("account.added", account.id))
        _assign(registry, unit, account, new.role, new.area_code)
        return account


def assign(registry: Registry, account_id: str, role: Role, area_code: str, until: date | None = None) -> Assignment:
    """A role in an area from today on, until a day (included). Raises InputError(account.role, staff.area),
    Refused(assignment.known)."""
    with registry.store.writing() as unit:
        return _assign(registry, unit, account_by_id(unit, account_id), role, area_code, until)


def unassign(registry: Registry, account_id: str, role: Role, area_code: str) -> Assignment:
    """Takes a role in an area away at once. Raises NotFound(assignment.unknown)."""
    day = today(registry)
    with registry.store.writing() as unit:
        area = _area(unit, area_code)
        for one in unit.assignments([account_id]):
            if (one.role, one.area_code) == (role, area) and (one.valid_to is None or one.valid_to >= day):
                ended = replace(one, valid_to=day - timedelta(days=1))
                return unit.save(one, ended, registry.event("assignment.ended", one.id))
    raise NotFound("assignment.unknown", f"这个账号在 {area_code or '全部区域'} 没有 {role} 这个角色, 用 accounts list 看有哪些")


def set_password(registry: Registry, account_id: str, password: str, rules: SignInRules | None = None) -> Account:
    """A password given by somebody else: it must be changed at the next sign-in; a lock is lifted, sessions at the desk end.
    Raises InputError(password.…)."""
    rules = rules or sign_in_rules()
    with registry.store.reading() as reader:
        account = account_by_id(reader, account_id)
        require_good(password, account.login, account.name, roles_of(reader, account_id), rules.password)
    hashed = Hashing(rules.hashing).hash(password)

    def given(unit: Unit, one: Account) -> Account:
        unit.end_sessions(one.id, registry.now())
        return replace(one, password=hashed, must_change=True, failures=0, locked_until=None)

    return _change(registry, account_id, "password_given", given)


def disable(registry: Registry, account_id: str) -> Account:
    """No more signing in: sessions end and devices are revoked in the same moment."""
    def closed(unit: Unit, one: Account) -> Account:
        at = registry.now()
        unit.end_sessions(one.id, at)
        for device in unit.devices([one.id]):
            if device.revoked_at is None:
                unit.save(device, replace(device, revoked_at=at), registry.event("device.revoked", device.id))
        return replace(one, disabled=True)

    return _change(registry, account_id, "disabled", closed)


def reset_code(registry: Registry, account_id: str) -> Account:
    """Takes the second step away from somebody whose authenticator is lost: sessions end, and it is set up anew where needed."""
    def without(unit: Unit, one: Account) -> Account:
        unit.end_sessions(one.id, registry.now())
        return replace(one, totp_sealed=None, failures=0, locked_until=None)

    return _change(registry, account_id, "code_reset", without)


def enable(registry: Registry, account_id: str) -> Account:
    """May sign in again, with the password it had. Devices stay revoked: each is registered anew."""
    return _change(registry, account_id, "enabled",
                   lambda _unit, one: replace(one, disabled=False, failures=0, locked_until=None))


def actor_of(reader: Reader, account: Account, day: date, rules: SignInRules, device_id: str = "") -> Actor:
    """Who this is and what they hold on a day: their own, and that of colleagues away whose place they take."""
    grants = own_grants(reader.assignments([account.id]), day)
    if account.staff_id is not None:
        grants += _deputised(reader, account, day, rules)
    return Actor(account.id, account.name, grants, account.staff_id, device_id, account.must_change)


def roles_of(reader: Reader, account_id: str) -> set[Role]:
    """Every role held now or to come."""
    return {one.role for one in reader.assignments([account_id])}


def find_account(reader: Reader, who: str) -> Account:
    """By login, or by an id. Raises NotFound(account.unknown)."""
    found = reader.account_by_login(plain_login(who)) or reader.account(who.strip())
    if found is None:
        raise NotFound("account.unknown", f"没有登录名是 {who.strip() or '(空)'} 的账号, 用 accounts list 看有哪些")
    return found


def account_by_id(reader: Reader, account_id: str) -> Account:
    """Raises NotFound(account.unknown)."""
    found = reader.account(account_id)
    if found is None:
        raise NotFound("account.unknown", "没有这个账号")
    return found


def held_now(reader: Reader, account_id: str, day: date) -> tuple[Assignment, ...]:
    """The account's own assignments in force on a day."""
    return tuple(one for one in reader.assignments([account_id]) if in_force(one, day))


def _deputised(reader: Reader, account: Account, day: date, rules: SignInRules) -> tuple[Grant, ...]:
    absent = stands_in_for(account.staff_id or "", reader.staff_away(day), day)
    theirs = [one.id for one in reader.accounts_of_staff([one.id for one in absent]) if one.id != account.id] if absent else []
    return deputised_grants(reader.assignments(theirs), day, rules.deputies.not_for) if theirs else ()


def _assign(registry: Registry, unit: Unit, account: Account, role: Role, area_code: str,
            until: date | None = None) -> Assignment:
    if role not in ROLES:
        raise InputError("account.role", f"没有角色 {role}, 可以用: {'、'.join(ROLES)}")
    area, day = _area(unit, area_code), today(registry)
    if until is not None and until < day:
        raise InputError("assignment.days", f"到 {until} 为止的任务已经过去了, 请改日期")
    if any((one.role, one.area_code) == (role, area) for one in held_now(unit, account.id, day)):
        raise Refused("assignment.known", f"{account.login} 在 {area or '全部区域'} 已经是 {role}")
    made = Assignment(registry.new_id(), account.id, role, area, day, until)
    return unit.save(None, made, registry.event("assignment.added", made.id))


def _area(reader: Reader, code: str) -> str:
    return area_in_force(reader, code) if code.strip() else EVERYWHERE


def _change(registry: Registry, account_id: str, verb: str, change: Callable[[Unit, Account], Account]) -> Account:
    """One account, one event; unchanged = no event."""
    with registry.store.writing() as unit:
        before = account_by_id(unit, account_id)
        after = change(unit, before)
        return before if after == before else unit.save(before, after, registry.event(f"account.{verb}", before.id))


def _require_new(reader: Reader, login: str, staff_id: str | None) -> None:
    if reader.account_by_login(login) is not None:
        raise Refused("account.known", f"登录名 {login} 已经有了; 登录名永远只归一个人, 请另取一个")
    if staff_id is not None and not reader.staff_of([staff_id]):
        raise NotFound("staff.unknown", "没有这位公务联系人, 用 staff list 看编号")


def _name(text: str) -> str:
    plain = text.strip()
    if not _NAME.fullmatch(plain):
        raise InputError("account.name", "姓名要写 1 到 40 个字, 不能有换行、尖括号和看不见的字符")
    return plain
