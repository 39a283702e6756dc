"""The time machine: the register as of any day, rebuilt from the events alone, and what changed between two days.

There are two calendars. By **recorded** date (the default): what the register said at the end of that day. By **effective**
date: what held on that day as far as is known now; an act of settling counts from its effective date, any other change from
the day it was recorded. Days are days in China.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from doorplate.china import day_of
from doorplate.model import Address, Elements, RecordedEvent
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.days import end_of
from doorplate.store import Reader
from doorplate.store.records import as_told

Calendar = Literal["recorded", "effective"]
_States = dict[str, tuple[int, dict[str, Any], str]]


@dataclass(frozen=True)
class Changed:
    """One address on two days, None where it was not in use; reason: of the last event between that touched it."""

    before: Address | None
    after: Address | None
    reason: str


@dataclass(frozen=True)
class Changes:
    """What happened between two days. An address may stand under corrected and under moved (to another grid)."""

    added: tuple[Changed, ...]
    corrected: tuple[Changed, ...]
    retired: tuple[Changed, ...]
    moved: tuple[Changed, ...]


@dataclass(frozen=True)
class Naming:
    """One link of the chain old → new: the standard address changed, in the register at `at`, in force from `effective_on`."""

    old: str
    new: str
    at: datetime
    effective_on: date
    reason: str


def register_as_of(registry: Registry, community: str, when: date | datetime, by: Calendar = "recorded") -> Iterator[Address]:
    """Every address of the community as it stood at the end of a day (or at a moment; for "effective", on its day), retired ones
    included, in order of entry. Holds about 1 KB an address. Raises NotFound(community.unknown)."""
    with registry.store.reading() as reader:
        require_community(reader, community)
        states = _fold(reader, community, when, by)
    return (address for address, _ in _rebuilt(states, community))


def diff(registry: Registry, community: str, start: date, end: date, by: Calendar = "recorded") -> Changes:
    """What changed from the end of one day to the end of another. Raises NotFound(community.unknown)."""
    with registry.store.reading() as reader:
        require_community(reader, community)
        earlier, later = _fold(reader, community, start, by), _fold(reader, community, end, by)
    before = {a.id: a for a, _ in _rebuilt(earlier, community)}
    after = {a.id: (a, reason) for a, reason in _rebuilt(later, community)}
    nothing = (None, "")
    pairs = []
    for one in {**before, **after}:
        now, reason = after.get(one, nothing)
        pairs.append(Changed(_in_use(before.get(one)), _in_use(now), reason))
    both = [(c, c.before, c.after) for c in pairs if c.before and c.after]
    return Changes(
        added=tuple(c for c in pairs if c.before is None and c.after),
        corrected=tuple(c for c, old, new in both if old.standard_address != new.standard_address),
        retired=tuple(c for c in pairs if c.before and c.after is None),
        moved=tuple(c for c, old, new in both if old.grid_id != new.grid_id),
    )


def names_of(registry: Registry, address_id: str) -> tuple[Naming, ...]:
    """Every name an address had, as the chain old → new, the first change first."""
    with registry.store.reading() as reader:
        story = reader.events_of([address_id])
        address = reader.address(address_id)
        dates = _effective(reader, address.community) if address else {}
    return tuple(
        Naming(e.event.before["standard_address"], e.event.after["standard_address"], e.event.at, _day(e, dates), e.event.reason)
        for e in story if "standard_address" in e.event.before
    )


def called(registry: Registry, community: str, name: str) -> tuple[Address, ...]:
    """The living addresses of this name: the one that bears it now, else those that bore it before (also through a merger)."""
    with registry.store.reading() as reader:
        now = reader.address_ids(community, [name]).values()
        return reader.addresses_of(now) or tuple(a for a in reader.addresses_by_alias(community, name) if a.status != "retired")


def _fold(reader: Reader, community: str, when: date | datetime, by: Calendar) -> _States:
    """Address id → version, values as the trail tells them, last reason. What is known later wins over what was known before."""
    moment = when if isinstance(when, datetime) else end_of(when)
    day = day_of(when) if isinstance(when, datetime) else when
    dates = _effective(reader, community) if by == "effective" else {}
    states: _States = {}
    for event in reader.each_address_event(community, moment if by == "recorded" else None):
        subject = event.event.subject_id
        if by == "effective" and _day(event, dates) > day:
            continue
        if event.version > 1 and subject not in states:
            continue  # by effective date this address is still to come
        known = states.get(subject, (0, {}, ""))[1]
        known.update(event.event.after)
        states[subject] = (event.version, known, event.event.reason)
    return states


def _rebuilt(states: _States, community: str) -> Iterator[tuple[Address, str]]:
    for one, (version, values, reason) in states.items():
        blank = Address(one, community, Elements(), "", "", "proposed", version=version)
        yield as_told(blank, values), reason


def _effective(reader: Reader, community: str) -> Mapping[str, date]:
    """Source of an act's events → its effective date."""
    return {s.source: s.effective_on for s in reader.settlements(community)}


def _day(event: RecordedEvent, dates: Mapping[str, date]) -> date:
    return dates.get(event.event.source) or day_of(event.event.at)


def _in_use(address: Address | None) -> Address | None:
    return address if address is not None and address.status != "retired" else None
