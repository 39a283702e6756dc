"""How often a login was tried in vain: when it is locked, and how one that does not exist is answered as if it were."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from doorplate.china import minute_of
from doorplate.errors import NotPermitted
from doorplate.people.account import Account
from doorplate.people.signin import LockRules

_REMEMBERED = 10_000  # logins nobody has; the oldest go first


def wrong() -> NotPermitted:
    """The one answer for a wrong login and a wrong password."""
    return NotPermitted("signin.wrong", "登录名或密码不对")


def locked(until: datetime) -> NotPermitted:
    message = f"输错次数太多, 这个账号锁到 {minute_of(until)}; 到时再试, 或请系统管理员给新密码"
    return NotPermitted("signin.locked", message, until=until.isoformat())


def require_unlocked(account: Account, now: datetime) -> None:
    """Raises NotPermitted(signin.locked), whatever the password."""
    if account.locked_until is not None and now < account.locked_until:
        raise locked(account.locked_until)


def failed(account: Account, rules: LockRules, now: datetime) -> Account:
    """The account after one more wrong password. A lock that has run out begins a new count."""
    failures = (0 if account.locked_until is not None else account.failures) + 1
    until = now + timedelta(minutes=rules.minutes) if failures >= rules.failures else None
    return replace(account, failures=failures, locked_until=until)


class Nobodys:
    """Logins that do not exist are locked like others, or the lock would tell them apart. Kept in memory, by keyed hash: what
    people mistype may be their password."""

    def __init__(self, rules: LockRules) -> None:
        self._rules, self._key, self._guard = rules, secrets.token_bytes(32), Lock()
        self._tried: OrderedDict[bytes, Account] = OrderedDict()

    def require_unlocked(self, login: str, now: datetime) -> None:
        """Raises NotPermitted(signin.locked)."""
        with self._guard:
            known = self._tried.get(self._name(login))
        if known is not None:
            require_unlocked(known, now)

    def failed(self, login: str, now: datetime) -> NotPermitted:
        """One more; what is to be answered."""
        name = self._name(login)
        with self._guard:
            stands = failed(self._tried.pop(name, _NOBODY), self._rules, now)
            self._tried[name] = stands
            while len(self._tried) > _REMEMBERED:
                self._tried.popitem(last=False)
        return locked(stands.locked_until) if stands.locked_until else wrong()

    def _name(self, login: str) -> bytes:
        return hmac.new(self._key, login.encode("utf-8", "replace"), hashlib.sha256).digest()


_NOBODY = Account("", "", "", "")
