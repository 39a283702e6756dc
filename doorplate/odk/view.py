"""What the OpenRosa endpoints are handed: forms, the lists beside them, and the inbox; never the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from doorplate.field_view import ItemReceipt, SentFile
from doorplate.odk.form import BuiltForm
from doorplate.people.account import Actor


class FormsDoor(Protocol):
    """Every method takes the `Actor` who asks; what is not theirs does not exist for them."""

    def forms(self, actor: Actor) -> Sequence[BuiltForm]:
        """Those this person may fill in."""

    def lists(self, actor: Actor, form_id: str) -> Mapping[str, bytes]:
        """File name → CSV (UTF-8): the doors of this person's areas, and what else the form offers for choice. Raises
        NotFound(odk.form), NotPermitted(permission.denied), Refused(pack.too_large)."""

    def store_file(self, actor: Actor, file: SentFile) -> ItemReceipt:
        """As `FieldDoor.store_file`."""

    def take(self, actor: Actor, item: Any, device_clock: datetime | None) -> ItemReceipt:
        """One item into the inbox, as `FieldDoor.sync`; files it names may follow, with the same item again."""

    def set_aside(self, actor: Actor, body: bytes, reason: str) -> None:
        """As `FieldDoor.set_aside`."""
