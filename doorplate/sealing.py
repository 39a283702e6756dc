"""Sealing what must not be readable in the database: AES-256-GCM, keys outside it (standards.md, privacy).

A seal is: 1 byte version · 12 bytes nonce · ciphertext · 16 bytes tag. The keys come from the registry's secret by HKDF-SHA-256,
one for each purpose and use, so that none tells anything about another: what was sealed as a household's name does not open as
the words of a matter.
"""

from __future__ import annotations

import hashlib
import hmac
import random

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doorplate.errors import InputError

VERSION = b"\x01"
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: 96 bits
SHORTEST_SECRET = 16  # characters (D)


class BrokenSeal(ValueError):
    """The bytes or the key are not the ones something was sealed with. Whoever seals says what that means to a person."""


class Seal:
    """Seals and opens for one purpose ("households", "cases"). Raises InputError(settings.secret_key) for a weak secret."""

    def __init__(self, secret: str, purpose: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise InputError("settings.secret_key", f"DOORPLATE_SECRET_KEY 太短: 至少要 {SHORTEST_SECRET} 个字符")
        self._cipher = AESGCM(derived_key(secret, purpose, b"seal"))
        self._nonce_key = derived_key(secret, purpose, b"nonce")

    def seal(self, data: bytes, rng: random.Random, belongs_to: str = "") -> bytes:
        """The bytes, encrypted; twice the same give different ones. rng should be `random.SystemRandom()`. belongs_to: the id of
        what they are part of; they do not open as part of anything else."""
        nonce = self._nonce(data, rng.randbytes(32))
        return VERSION + nonce + self._cipher.encrypt(nonce, data, VERSION + belongs_to.encode())

    def open(self, sealed: bytes, belongs_to: str = "") -> bytes:
        """The bytes again. Raises BrokenSeal."""
        nonce, ciphertext = sealed[1:1 + NONCE_BYTES], sealed[1 + NONCE_BYTES:]
        if sealed[:1] != VERSION or len(nonce) != NONCE_BYTES:
            raise BrokenSeal
        try:
            return self._cipher.decrypt(nonce, ciphertext, VERSION + belongs_to.encode())
        except InvalidTag as exc:
            raise BrokenSeal from exc

    def _nonce(self, data: bytes, chance: bytes) -> bytes:
        """Random, and still different for different data should the randomness ever repeat (a seeded rng, a cloned machine):
        in GCM one nonce under two texts gives both away."""
        return hmac.new(self._nonce_key, chance + data, hashlib.sha256).digest()[:NONCE_BYTES]


def derived_key(secret: str, purpose: str, use: bytes) -> bytes:
    """32 bytes for one use; another use or purpose gives unrelated ones."""
    return HKDF(algorithm=SHA256(), length=32, salt=f"doorplate/{purpose}/1".encode(), info=use).derive(secret.encode())
