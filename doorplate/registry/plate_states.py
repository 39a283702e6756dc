"""A plate's next state, recorded: the one way all acts with plates move them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doorplate.errors import Refused
from doorplate.model import Plate, PlateStatus
from doorplate.plates.lifecycle import require_transition
from doorplate.registry import Registry
from doorplate.store import Unit


def advance(registry: Registry, unit: Unit, plates: Sequence[Plate], status: PlateStatus, *, reason: str = "",
            source: str = "") -> list[Plate]:
    """The plates in their new state, one event each. Raises Refused(plate.transition) when one of them may not go there."""
    changes = []
    for plate in plates:
        require_transition(plate.status, status)
        event = registry.event(f"plate.{status}", plate.id, reason=reason, source=source)
        changes.append((plate, replace(plate, status=status), event))
    return unit.save_many(changes)


def require_reason(reason: str) -> None:
    """Raises Refused(operation.no_reason)."""
    if not reason.strip():
        raise Refused("operation.no_reason", "请写明原因")
