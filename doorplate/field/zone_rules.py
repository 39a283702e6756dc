"""When an installation zone is done, and which of its plates are looked at again before it closes. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from doorplate.field.records import Mounting, MountOutcome, RecheckResult, ZoneRound
from doorplate.field.settings import ZoneRules
from doorplate.model import Plate, PlateStatus

HANGS: frozenset[PlateStatus] = frozenset({"mounted", "checked"})
_EXPLAINED: frozenset[MountOutcome] = frozenset({"refused", "no_place"})
_WORST: tuple[RecheckResult, ...] = ("missing", "damaged", "wrong", "right")

DoorState = Literal["mounted", "explained", "absent", "problem", "open"]


class Chance(Protocol):
    """What a sample is drawn with: random.SystemRandom() in service, random.Random(seed) in tests."""

    def sample(self, population: Sequence[str], k: int, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class DoorDone:
    """A door of a zone. last: how it went there the last time, None when nobody was there yet."""

    address_id: str
    state: DoorState
    hanging: tuple[Plate, ...]
    last: Mounting | None = None

    @property
    def final(self) -> bool:
        """Nothing is left to be done: absent is no outcome, and a refusal without its reason neither."""
        return self.state in ("mounted", "explained")


def door_done(address_id: str, plates: Collection[Plate], mountings: Sequence[Mounting]) -> DoorDone:
    """plates: all of the door's; mountings: in the order they happened. What hangs counts before what was told; a door that was
    hung and whose plate has gone is a problem."""
    hanging = tuple(one for one in plates if one.status in HANGS)
    last = mountings[-1] if mountings else None
    return DoorDone(address_id, _state(bool(hanging), last), hanging, last)


def _state(hangs: bool, last: Mounting | None) -> DoorState:
    if hangs:
        return "mounted"
    if last is None:
        return "open"
    if last.outcome in _EXPLAINED and last.words:
        return "explained"
    return "absent" if last.outcome == "absent" else "problem"


def sample_of(codes: Collection[str], failed: int, rules: ZoneRules, chance: Chance) -> tuple[str, ...]:
    """A random sample of a zone's plates, in random order. failed: rounds that failed since the last that passed; each makes the
    sample twice as large, up to all plates."""
    wanted = min(max(math.ceil(rules.share * len(codes)), rules.least), rules.most) * 2 ** min(failed, 20)
    return tuple(chance.sample(sorted(codes), min(wanted, len(codes))))


def failed_in_a_row(rounds: Sequence[ZoneRound]) -> int:
    """How many of the last rounds failed, one after the other."""
    count = 0
    for one in reversed([one for one in rounds if one.status != "open"]):
        if one.status != "failed":
            break
        count += 1
    return count


def worse(one: str | None, other: RecheckResult) -> RecheckResult:
    """Of two looks at the same plate the one that found more wrong holds (D)."""
    return next(result for result in _WORST if result in (one, other))


def round_status(sample: Collection[str], results: Mapping[str, str]) -> Literal["open", "passed", "failed"]:
    """Open until every plate of the sample was looked at; then passed only when all are right."""
    if any(code not in results for code in sample):
        return "open"
    return "passed" if all(results[code] == "right" for code in sample) else "failed"
