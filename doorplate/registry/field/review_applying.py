"""What was told at a door about a household or a plate, made true by a reviewer: the fields that hold, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from doorplate.field.items import HouseholdChanges, HouseholdCount, Mount
from doorplate.people.account import Actor
from doorplate.registry.field import FieldWork
from doorplate.registry.field.households import apply_household
from doorplate.registry.field.mountings import record_mount
from doorplate.registry.field.review_subject import Subject
from doorplate.store import Unit

_PLAIN = ("members", "tenure")


def apply_counted(work: FieldWork, unit: Unit, subject: Subject, values: Mapping[str, Any], actor: Actor) -> str:
    """values: field → value of the fields that hold; contact, needs and persons as they were sent. Gives the household's id."""
    sent = cast(HouseholdCount, subject.sent)
    kept = {name: getattr(sent.changes, name) for name in sent.changes.model_fields_set if name in values}
    kept |= {name: values[name] for name in _PLAIN if name in values}
    holds = sent.model_copy(update={"changes": HouseholdChanges(**kept)})
    return apply_household(work, unit, subject.item, holds, actor.account_id)


def apply_mounted(work: FieldWork, unit: Unit, subject: Subject, actor: Actor) -> str:
    """Gives the mounting's id. The mounting is the installer's, the events are the reviewer's: it was they who made it true."""
    return record_mount(work, unit, subject.item, cast(Mount, subject.sent), actor.account_id)
