"""A second step at signing in: six digits from an authenticator (TOTP, RFC 6238), each good once, and recovery codes on paper.

What an account keeps is sealed: the shared secret, SHA-256 of each recovery code still good, the last time step used. Between the
password and the code, and between showing a secret and its first code, the browser carries a sealed ticket; nothing is kept here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pyotp

from doorplate.errors import NotPermitted
from doorplate.people.account import Account
from doorplate.people.signin import SecondFactorRules
from doorplate.sealing import BrokenSeal, Seal

_STEP_S = 30  # RFC 6238, 5.2
_SECRET_CHARS = 32  # 160 bits, as RFC 4226, 4 asks
_DRAWN_FROM = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is misread


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands sealed in an account."""

    secret: str
    recovery: tuple[str, ...]
    last_step: int = 0


class SecondFactor:
    """Made once per process. Raises InputError(settings.secret_key) for a secret too weak to seal with."""

    def __init__(self, secret: str, rules: SecondFactorRules) -> None:
        self._seal, self._rules, self._rng = Seal(secret, "totp"), rules, random.SystemRandom()

    def is_required(self, roles: set[str]) -> bool:
        return bool(roles & set(self._rules.required_for))

    def begin(self, account: Account, now: datetime) -> tuple[str, str, str]:
        """A new secret: as an address for authenticators, in groups to be typed, and the ticket that brings it back."""
        secret = pyotp.random_base32(_SECRET_CHARS)
        address = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=self._rules.issuer)
        grouped = " ".join(secret[i:i + 4] for i in range(0, len(secret), 4))
        return address, grouped, self._ticket("enrol", account, now, secret=secret)

    def confirm(self, account: Account, ticket: str, code: str, now: datetime) -> tuple[Account, tuple[str, ...]]:
        """The account with this secret, and its recovery codes in clear, shown once. Raises NotPermitted(signin.ticket,
        signin.code)."""
        secret = self._opened("enrol", account, ticket, now)["secret"]
        step = _step_of(secret, code, now, 0)
        if step is None:
            raise NotPermitted("signin.code", "验证码不对: 请看手机上现在的六位数字, 手机时间要准")
        codes = tuple(self._drawn() for _ in range(self._rules.recovery_codes))
        kept = Kept(secret, tuple(map(_hash, codes)), step)
        return replace(account, totp_sealed=self._sealed(account, kept)), codes

    def wanted(self, account: Account, now: datetime) -> str:
        """The ticket of somebody whose password was right and whose code is still to come."""
        return self._ticket("code", account, now, password=hashlib.sha256(account.password.encode()).hexdigest())

    def account_of(self, ticket: str) -> str:
        """The id of the account a ticket was given to. Raises NotPermitted(signin.ticket)."""
        return str(self._read("code", ticket)["account"])

    def used(self, account: Account, ticket: str, code: str, now: datetime) -> Account | None:
        """The account after a right code, which is spent; None for a wrong one. Raises NotPermitted(signin.ticket) when too much
        time passed or the password was changed meanwhile."""
        told = self._opened("code", account, ticket, now)
        if told["password"] != hashlib.sha256(account.password.encode()).hexdigest() or account.totp_sealed is None:
            raise _stale()
        return self.spent(account, code, now)

    def spent(self, account: Account, code: str, now: datetime) -> Account | None:
        """The same for somebody who is signed in."""
        kept = self.kept(account)
        step = _step_of(kept.secret, code, now, kept.last_step)
        if step is not None:
            return replace(account, totp_sealed=self._sealed(account, replace(kept, last_step=step)))
        told = _hash(code)
        if told in kept.recovery:
            rest = tuple(one for one in kept.recovery if one != told)
            return replace(account, totp_sealed=self._sealed(account, replace(kept, recovery=rest)))
        return None

    def kept(self, account: Account) -> Kept:
        """Raises NotPermitted(signin.code_broken) where the seal is not of our key."""
        try:
            told = json.loads(self._seal.open(account.totp_sealed or b"", account.id))
        except BrokenSeal as exc:
            raise NotPermitted("signin.code_broken", "这个账号的验证器打不开了, 请另一位系统管理员重置") from exc
        return Kept(told["secret"], tuple(told["recovery"]), told["last_step"])

    def _sealed(self, account: Account, kept: Kept) -> bytes:
        told = {"secret": kept.secret, "recovery": kept.recovery, "last_step": kept.last_step}
        return self._seal.seal(json.dumps(told).encode(), self._rng, account.id)

    def _drawn(self) -> str:
        drawn = "".join(self._rng.choice(_DRAWN_FROM) for _ in range(10))
        return f"{drawn[:5]}-{drawn[5:]}"

    def _ticket(self, use: str, account: Account, now: datetime, **more: str) -> str:
        until = (now + timedelta(minutes=self._rules.ticket_minutes)).timestamp()
        told = json.dumps({"account": account.id, "until": until, **more}).encode()
        return base64.urlsafe_b64encode(self._seal.seal(told, self._rng, use)).decode("ascii")

    def _read(self, use: str, ticket: str) -> dict[str, Any]:
        try:
            sealed = base64.b64decode(ticket.encode(), altchars=b"-_", validate=True)
            return cast("dict[str, Any]", json.loads(self._seal.open(sealed, use)))
        except (BrokenSeal, binascii.Error, ValueError) as exc:
            raise _stale() from exc

    def _opened(self, use: str, account: Account, ticket: str, now: datetime) -> dict[str, Any]:
        told = self._read(use, ticket)
        if told["account"] != account.id or now.timestamp() > told["until"]:
            raise _stale()
        return told


def _step_of(secret: str, code: str, now: datetime, last: int) -> int | None:
    """The time step whose code this is: now, the one before or the one after, and later than the last one used."""
    plain = "".join(one for one in code if one.isdigit() and one.isascii())
    current = int(now.timestamp()) // _STEP_S
    for step in (current, current - 1, current + 1):
        if step > last and len(plain) == 6 and pyotp.utils.strings_equal(pyotp.TOTP(secret).at(step * _STEP_S), plain):
            return step
    return None


def _hash(code: str) -> str:
    plain = "".join(one for one in code.lower() if one.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def _stale() -> NotPermitted:
    return NotPermitted("signin.ticket", "等得太久, 或者密码刚改过, 请从头再登录一次")
