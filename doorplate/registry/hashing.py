"""Passwords to argon2id hashes and back to yes or no (RFC 9106): the one place that knows the algorithm.

Hashing takes a tenth of a second and 64 MiB by design. So it is never done while a write transaction is open, and only a few at
a time; who asks for nobody's account waits as long as everybody else.
"""

from __future__ import annotations

from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from doorplate.people.passwords import LONGEST, plain_password
from doorplate.people.signin import HashingRules


class Hashing:
    """Threads may share one."""

    def __init__(self, rules: HashingRules) -> None:
        self._hasher = PasswordHasher(time_cost=rules.passes, memory_cost=rules.memory_kib, parallelism=rules.lanes)
        self._room = BoundedSemaphore(rules.at_once)

    def hash(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(plain_password(password))

    def fits(self, password: str, known: str | None) -> bool:
        """Whether this is the password a hash was made of; known=None: nobody's, as slow as any other."""
        plain = plain_password(password)
        usable = len(plain) <= LONGEST and known is not None
        with self._room:
            try:
                self._hasher.verify(known or self._nobodys, plain[:LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return usable

    def is_outdated(self, known: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(known)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("")
