"""What stands for receipt and PIN while a matter is on the screen: sealed, for half an hour, so that no cookie is needed and no
address ever holds a PIN."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import cast

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app

LASTS_S = 30 * 60


@dataclass(frozen=True, slots=True)
class Held:
    """Whose matter a pass opens. file_id: "" opens the matter, else this one file of it and nothing more."""

    receipt: str
    pin: str
    file_id: str = ""


def install(app: Flask, key: str) -> None:
    """key: the installation's, so that a pass outlives a restart and fits all processes."""
    seal = hashlib.sha256(b"doorplate.follow\0" + key.encode()).digest()
    app.extensions["doorplate.follow_pass"] = Fernet(base64.urlsafe_b64encode(seal))


def issue(held: Held) -> str:
    """A pass, fit for an address or a hidden field."""
    words = json.dumps([held.receipt, held.pin, held.file_id]).encode()
    return _seal().encrypt(words).decode("ascii")


def read(text: str) -> Held | None:
    """None for a pass that is not ours, or older than half an hour."""
    try:
        return Held(*json.loads(_seal().decrypt(text.encode("utf-8", "replace"), ttl=LASTS_S)))
    except InvalidToken:
        return None


def _seal() -> Fernet:
    return cast(Fernet, current_app.extensions["doorplate.follow_pass"])
