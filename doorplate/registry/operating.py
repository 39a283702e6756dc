"""Operations on addresses as a person names them, one or many, as one act that can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from doorplate.addresses.format import address_key
from doorplate.addresses.operations import Correct, Merge, Operation
from doorplate.errors import NotFound
from doorplate.model import Area, Settlement
from doorplate.registry import Registry
from doorplate.registry.bench import Bench, Effect, begin
from doorplate.registry.exchanging import rings
from doorplate.registry.following import follow
from doorplate.store import Reader, Unit


@dataclass(frozen=True)
class Done:
    """An act that was written: its settlement (whose id undoes it) and what it did. areas: (before, after) of areas."""

    settlement: Settlement
    effects: tuple[Effect, ...]
    areas: tuple[tuple[Area, Area], ...] = ()


@dataclass(frozen=True)
class Task:
    """One operation on one address (id); None for 新编 alone."""

    address_id: str | None
    operation: Operation


def operate(registry: Registry, community: str, tasks: Sequence[Task]) -> Done:
    """Carries out operations in their order, all or none, as one act that can be undone. Corrections that pass numbers round
    (5 ↔ 7) take effect together, where the first of them stands.

    Raises NotFound(community.unknown, address.unknown) and Refused as `operations.apply`.
    """
    with registry.store.writing() as unit:
        return operate_in(registry, unit, community, tasks)


def operate_in(registry: Registry, unit: Unit, community: str, tasks: Sequence[Task]) -> Done:
    """The same inside a transaction the caller holds, together with what else is to be written. Raises as `operate`, having
    written nothing."""
    bench, settlement = begin(registry, unit, community, tasks[0].operation.grounds, "operate")
    effects = _carried_out(bench, tasks)
    return Done(bench.write(unit, settlement), effects)


def foreseen(registry: Registry, reader: Reader, community: str, tasks: Sequence[Task]) -> tuple[Effect, ...]:
    """What `operate` would do to addresses and plates; writes nothing. Raises as `operate`."""
    bench, _ = begin(registry, reader, community, tasks[0].operation.grounds, "operate")
    return _carried_out(bench, tasks)


def codes_of(effects: Iterable[Effect]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(plates that need new metal, plates to take down), over many effects."""
    listed = list(effects)
    return tuple(c for e in listed for c in e.new_metal), tuple(c for e in listed for c in e.take_down)


def _carried_out(bench: Bench, tasks: Sequence[Task]) -> tuple[Effect, ...]:
    for task in tasks:
        if task.address_id is not None and task.address_id not in bench.addresses:
            raise NotFound("address.unknown", f"登记簿里没有地址 {task.address_id}", address=task.address_id)
    together = _together(bench, tasks)
    for task in tasks:
        if task.address_id not in together:
            _do(bench, task)
        elif group := together[task.address_id]:
            bench.exchange([(bench.addresses[one], correction) for one, correction in group.items()])
            group.clear()
    return bench.effects()


def _together(bench: Bench, tasks: Sequence[Task]) -> dict[str | None, dict[str, Correct]]:
    """Address id → the corrections of its ring, one dict for all of them."""
    times = Counter(task.address_id for task in tasks)
    corrections = {task.address_id: task.operation for task in tasks
                   if task.address_id and isinstance(task.operation, Correct) and times[task.address_id] == 1}
    holders = {one: bench.holder(address_key(bench.community.code, operation.elements))
               for one, operation in corrections.items() if operation.elements}
    wants = {one: holder.id for one, holder in holders.items() if holder is not None}
    groups = [{one: corrections[one] for one in ring} for ring in rings(wants)]
    return {one: group for group in groups for one in group}


def _do(bench: Bench, task: Task) -> None:
    was = bench.addresses[task.address_id] if task.address_id else None
    operation = task.operation
    if not isinstance(operation, Merge) or was is None:
        bench.do(was, operation)
        return
    into = bench.addresses.get(operation.into.id, operation.into)  # as it stands by now
    follow(bench, was, bench.do(was, replace(operation, into=into)), operation.grounds)
