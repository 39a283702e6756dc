"""What a household took back leaves what phones once sent, too: the sealed items are sealed again without it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from doorplate.field.household_rules import without
from doorplate.field.items import ITEM, HouseholdCount
from doorplate.field.parsing import payload_of
from doorplate.field.records import FieldItem
from doorplate.registry.field import FieldWork
from doorplate.store import Unit


def redact(work: FieldWork, unit: Unit, items: Iterable[FieldItem], purposes: Collection[str], by: str) -> int:
    """Takes what these purposes covered out of items; gives how many had any. Waiting ones stay, with the rest of them.
    Raises Refused(field.seal_broken)."""
    rules, changed = work.settings.household, []
    for item in items:
        if item.kind != "household" or item.payload_sealed is None or not purposes:
            continue
        sent = ITEM.validate_json(work.opened(item.payload_sealed, item.id))
        assert isinstance(sent, HouseholdCount)
        left = without(sent, purposes, rules)
        if left != sent:
            after = replace(item, payload_sealed=work.sealed(payload_of(left), item.id))
            changed.append((item, after, work.event("item.redacted", item.id, by)))
    unit.save_many(changed)
    return len(changed)
