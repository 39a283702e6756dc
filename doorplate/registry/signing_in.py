"""Signing in: `field_view.SignIn` over the registry.

A password is compared outside of any write transaction, and what it meant is decided inside one, on the account as it stands
then: tries at the same time are counted one after the other, and once the lock holds, even the right password says nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeVar

from doorplate.errors import InputError, NotPermitted, Refused, Unavailable
from doorplate.field_view import CodeOffer, Registered, Session, SessionLine
from doorplate.model import Event
from doorplate.people.account import Account, Actor
from doorplate.people.passwords import plain_login, plain_password, require_good
from doorplate.people.signin import SignInRules
from doorplate.registry import Registry, devices
from doorplate.registry.accounts import account_by_id, actor_of, roles_of
from doorplate.registry.attempts import Nobodys, failed, locked, require_unlocked, wrong
from doorplate.registry.days import today
from doorplate.registry.hashing import Hashing
from doorplate.registry.second_factor import SecondFactor
from doorplate.store import Reader, Unit
from doorplate.store.sessions import DeskSession

T = TypeVar("T")
_CLIENT = 200  # characters kept of what a browser calls itself
_NO_PASSWORD = "!"  # noqa: S105  no argon2 hash: nothing fits
_REMEMBERED = 2_000  # accounts that use ODK at the same time


@dataclass(frozen=True, slots=True)
class _Proved:
    """A name and password that fitted, and until when that is believed. password: the hash it was compared with."""

    account_id: str
    password: str
    device_id: str
    until: datetime


class SigningIn:
    """Made once per process. Raises InputError(settings.secret_key) for a secret too weak to seal with."""

    def __init__(self, registry: Registry, rules: SignInRules) -> None:
        self._registry, self._rules = registry, rules
        self._hashing, self._nobodys = Hashing(rules.hashing), Nobodys(rules.lock)
        self._second = SecondFactor(registry.secret, rules.second_factor)
        self._proved: dict[bytes, _Proved] = {}
        self._key = secrets.token_bytes(32)

    def register_device(self, login: str, password: str, name: str, kind: Literal["phone", "odk"] = "phone",
                        code: str = "") -> Registered:
        """Raises InputError(device.name) as well."""
        def entered(unit: Unit, account: Account) -> Registered:
            device, token, part = devices.register(self._registry, unit, account, name, kind)
            return Registered(device.id, token, part, account.name, account.must_change)

        return self._enter(login, password, kind, entered, code)

    def device_actor(self, token: str) -> Actor:
        with self._registry.store.reading() as reader:
            device = devices.require_active(reader.device_by_token(devices.hash_of(token)))
            account = _in_use(account_by_id(reader, device.account_id))
            actor = self._actor(reader, account, device.id)
        self._device_seen(device.id)
        return actor

    def device_state(self, device_id: str) -> Literal["active", "revoked", "unknown"]:
        with self._registry.store.reading() as reader:
            return devices.state(reader, device_id)

    def renew_part(self, device_id: str, login: str, password: str, code: str = "") -> str:
        """Raises NotPermitted(device.unknown) for a device of somebody else's, too; NotPermitted(device.revoked)."""
        def entered(unit: Unit, account: Account) -> str:
            device = unit.device(device_id)
            mine = device if device is not None and device.account_id == account.id else None
            return devices.part_of(self._registry, devices.require_active(mine))

        return self._enter(login, password, "part", entered, code)

    def password_actor(self, login: str, password: str) -> Actor:
        """Raises NotPermitted(password.must_change, device.revoked, signin.code_cannot) as well. What fitted is believed for some
        minutes: ODK shows its password at every request, and hashing is slow by design."""
        told = f"{plain_login(login)}\0{plain_password(password)}".encode("utf-8", "replace")
        name = hmac.new(self._key, told, hashlib.sha256).digest()
        actor = self._remembered(name)
        return actor if actor is not None else self._enter(login, password, "odk", partial(self._admit_odk, name))

    def begin_session(self, login: str, password: str, client: str) -> Session:
        """Raises NotPermitted(signin.code_wanted) with a `ticket` for `finish_session` where the account has a second step."""
        return self._enter(login, password, "desk", partial(self._sit_down, client=client))

    def finish_session(self, ticket: str, code: str, client: str) -> Session:
        """The second step: a code of the authenticator or a recovery code, each good once. Wrong ones count as wrong passwords
        do. Raises NotPermitted(signin.ticket, signin.code, signin.locked, account.disabled)."""
        now = self._registry.now()
        with self._registry.store.writing() as unit:
            account = _in_use(account_by_id(unit, self._second.account_of(ticket)))
            require_unlocked(account, now)
            right = self._second.used(account, ticket, code, now)
            if right is not None:
                after = replace(right, failures=0, locked_until=None)
                account = unit.save(account, after, self._event("account.signed_in", account, "desk code"))
                return self._sit_down(unit, account, client)
            missed = self._missed(unit, account)
        raise _wrong_code(missed)

    def begin_code(self, actor: Actor) -> CodeOffer:
        """A new secret to be put into an authenticator; nothing is kept before `confirm_code`."""
        with self._registry.store.reading() as reader:
            account = account_by_id(reader, actor.account_id)
        return CodeOffer(*self._second.begin(account, self._registry.now()))

    def confirm_code(self, actor: Actor, ticket: str, code: str, old: str = "") -> tuple[str, ...]:
        """From now on two steps; the recovery codes, told this once. Every other session ends. old: a code of the authenticator
        there was before, without which nobody replaces it. Raises NotPermitted(signin.ticket, signin.code, signin.locked)."""
        now = self._registry.now()
        with self._registry.store.writing() as unit:
            account = account_by_id(unit, actor.account_id)
            require_unlocked(account, now)
            proved = account if account.totp_sealed is None else self._second.spent(account, old, now)
            if proved is not None:
                after, codes = self._second.confirm(account, ticket, code, now)
                unit.save(account, replace(after, failures=0), self._event("account.code_set", account))
                unit.end_sessions(account.id, now, but=actor.session)
                return codes
            missed = self._missed(unit, account)
        raise _wrong_code(missed)

    def remove_code(self, actor: Actor, code: str) -> None:
        """Back to one step, with a code. Raises NotPermitted(signin.code, signin.locked), Refused(signin.code_required) for a
        role that needs it."""
        now = self._registry.now()
        with self._registry.store.writing() as unit:
            account = account_by_id(unit, actor.account_id)
            require_unlocked(account, now)
            if account.totp_sealed is None:
                return
            if self._second.spent(account, code, now) is not None:
                if self._second.is_required({grant.role for grant in actor.grants}):
                    raise Refused("signin.code_required", "您的角色必须用两步验证, 不能关掉; 换手机请重新设置")
                unit.save(account, replace(account, totp_sealed=None, failures=0), self._event("account.code_removed", account))
                return
            missed = self._missed(unit, account)
        raise _wrong_code(missed)

    def sessions_of(self, actor: Actor) -> tuple[SessionLine, ...]:
        """Open ones, the last used first."""
        found = self._registry.store.sessions().open_of(actor.account_id)
        return tuple(SessionLine(one.id, one.client, one.begun_at, one.seen_at, one.id == actor.session) for one in found
                     if not self._is_over(one, actor, self._registry.now()))

    def end_other_session(self, actor: Actor, session_id: str) -> None:
        """One of one's own, or "" for all but this. Somebody else's is left alone."""
        sessions = self._registry.store.sessions()
        for one in sessions.open_of(actor.account_id):
            if one.id == session_id or (not session_id and one.id != actor.session):
                sessions.end(one.id, self._registry.now())

    def begin_vouched_session(self, login: str, client: str, voucher: str) -> Session:
        """For somebody the city's single sign-on vouches for. A password another person gave is struck: nobody needs it any more.
        Raises NotPermitted(sso.unknown, account.disabled)."""
        with self._registry.store.writing() as unit:
            account = unit.account_by_login(plain_login(login))
            if account is None:
                raise NotPermitted("sso.unknown", "这个人在这里还没有账号, 请找系统管理员开通")
            password = _NO_PASSWORD if account.must_change else account.password
            after = replace(_in_use(account), password=password, must_change=False)
            account = unit.save(account, after, self._event("account.signed_in", account, f"sso {voucher}"))
            return self._sit_down(unit, account, client)

    def session_actor(self, token: str) -> Actor:
        now, sessions = self._registry.now(), self._registry.store.sessions()
        session = sessions.find(devices.hash_of(token))
        if session is None or session.ended_at is not None:
            raise _over()
        with self._registry.store.reading() as reader:
            account = account_by_id(reader, session.account_id)
            actor = self._actor(reader, account, session=session.id)
        if account.disabled or self._is_over(session, actor, now):
            sessions.end(session.id, now)
            raise _over()
        has_code = account.totp_sealed is not None
        must = not has_code and self._second.is_required({grant.role for grant in actor.grants})
        actor = replace(actor, has_code=has_code, must_enrol=must)
        if now - session.seen_at >= timedelta(seconds=self._rules.session.seen_every_s):
            with contextlib.suppress(Unavailable):  # a busy registry must not keep anybody from reading
                sessions.seen(session.id, now)
        return actor

    def end_session(self, token: str) -> None:
        self._registry.store.sessions().end(devices.hash_of(token), self._registry.now())

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Raises InputError(password.same, password.long) as well. Every other session at the desk ends."""
        with self._registry.store.reading() as reader:
            account = account_by_id(reader, actor.account_id)
            require_good(new, account.login, account.name, roles_of(reader, account.id), self._rules.password)
        if plain_password(old) == plain_password(new):
            raise InputError("password.same", "新密码要和现在的不一样")
        hashed = self._hashing.hash(new)

        def entered(unit: Unit, proved: Account) -> None:
            own = replace(proved, password=hashed, must_change=False)
            unit.save(proved, own, self._event("account.password_changed", proved))
            unit.end_sessions(proved.id, self._registry.now(), but=actor.session)

        self._enter(account.login, old, "password", entered)

    def _enter(self, login: str, password: str, way: str, then: Callable[[Unit, Account], T], code: str = "") -> T:
        """What `then` makes for an account whose name and password fit, and whose code where it has a second step, in one
        transaction with the event of its entering."""
        plain, now = plain_login(login), self._registry.now()
        with self._registry.store.reading() as reader:
            account = reader.account_by_login(plain)
        if account is None:
            self._nobodys.require_unlocked(plain, now)
            self._hashing.fits(password, None)
            raise self._nobodys.failed(plain, now)
        require_unlocked(account, now)
        right = self._hashing.fits(password, account.password)
        renewed = self._hashing.hash(password) if right and self._hashing.is_outdated(account.password) else account.password
        with self._registry.store.writing() as unit:
            stands = account_by_id(unit, account.id)
            require_unlocked(stands, now)
            if right and stands.password == account.password:
                proved = self._second_step(_in_use(stands), way, code, now)
                if proved is not None:
                    return then(unit, self._entered(unit, stands, replace(proved, password=renewed), way))
            missed = self._missed(unit, stands)
        if right:
            raise _wrong_code(missed)
        raise locked(missed.locked_until) if missed.locked_until else wrong()

    def _second_step(self, account: Account, way: str, code: str, now: datetime) -> Account | None:
        """The account after its second step, which not every way can ask for; None for a wrong code."""
        if account.totp_sealed is None or way == "password":  # a password is changed by somebody who is in already
            return account
        if way == "odk":
            raise NotPermitted("signin.code_cannot", "这个账号用两步验证, ODK 输不了验证码; 请改用外勤应用")
        if not code:
            ticket = self._second.wanted(account, now) if way == "desk" else ""
            raise NotPermitted("signin.code_wanted", "请再输手机验证器上的六位数字", ticket=ticket)
        return self._second.spent(account, code, now)

    def _sit_down(self, unit: Unit, account: Account, client: str) -> Session:
        token, now = devices.token_of(self._registry), self._registry.now()
        session = DeskSession(devices.hash_of(token), account.id, now, now, None, client[:_CLIENT])
        unit.begin_session(session)
        return Session(token, self._actor(unit, account, session=session.id))

    def _entered(self, unit: Unit, account: Account, proved: Account, way: str) -> Account:
        after = replace(proved, failures=0, locked_until=None)
        return unit.save(account, after, self._event("account.signed_in", account, way))

    def _missed(self, unit: Unit, account: Account) -> Account:
        after = failed(account, self._rules.lock, self._registry.now())
        verb = "account.locked" if after.locked_until else "account.signin_failed"
        return unit.save(account, after, self._event(verb, account))

    def _admit_odk(self, name: bytes, unit: Unit, account: Account) -> Actor:
        if account.must_change:
            raise NotPermitted("password.must_change", "这个密码是别人给的, 先在手机或工作台上改成自己的, 再用 ODK")
        device = devices.odk_device(self._registry, unit, account)
        until = self._registry.now() + timedelta(minutes=self._rules.odk.remember_minutes)
        if len(self._proved) >= _REMEMBERED:
            self._proved.clear()
        self._proved[name] = _Proved(account.id, account.password, device.id, until)
        return self._actor(unit, account, device.id)

    def _remembered(self, name: bytes) -> Actor | None:
        """Who showed this name and password a short while ago, if nothing changed since."""
        proved, now = self._proved.get(name), self._registry.now()
        if proved is None or now >= proved.until:
            return None
        with self._registry.store.reading() as reader:
            account, device = account_by_id(reader, proved.account_id), reader.device(proved.device_id)
            changed = account.password != proved.password or account.totp_sealed is not None
            if changed or account.disabled or device is None or device.revoked_at is not None:
                return None
            require_unlocked(account, now)
            return self._actor(reader, account, device.id)

    def _actor(self, reader: Reader, account: Account, device_id: str = "", session: str = "") -> Actor:
        return replace(actor_of(reader, account, today(self._registry), self._rules, device_id), session=session)

    def _is_over(self, session: DeskSession, actor: Actor, now: datetime) -> bool:
        rules = self._rules.session
        powerful = any(grant.role == "sysadmin" for grant in actor.grants)
        idle = rules.idle_minutes_sysadmin if powerful else rules.idle_minutes
        return now - session.seen_at > timedelta(minutes=idle) or now - session.begun_at > timedelta(hours=rules.hours)

    def _device_seen(self, device_id: str) -> None:
        now, sessions = self._registry.now(), self._registry.store.sessions()
        before = sessions.device_seen_at(device_id)
        if before is None or now - before >= timedelta(seconds=self._rules.session.seen_every_s):
            with contextlib.suppress(Unavailable):
                sessions.device_seen(device_id, now)

    def _event(self, verb: str, account: Account, way: str = "") -> Event:
        return replace(self._registry.event(verb, account.id, source=way), actor=account.id)


def _in_use(account: Account) -> Account:
    """Told only to whoever has the right password or a token."""
    if account.disabled:
        raise NotPermitted("account.disabled", "这个账号已停用, 如果应该能用, 请找系统管理员")
    return account


def _wrong_code(missed: Account) -> NotPermitted:
    """A wrong code counts as a wrong password does."""
    if missed.locked_until is not None:
        return locked(missed.locked_until)
    return NotPermitted("signin.code", "验证码不对: 请看手机上现在的六位数字, 每个只能用一次; 也可以用备用码")


def _over() -> NotPermitted:
    return NotPermitted("session.over", "登录已经结束, 请重新登录")
