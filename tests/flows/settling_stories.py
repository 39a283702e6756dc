"""What the stories of settling and of history share: the sample village imported, and a small street for random acts."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime

import pytest

from doorplate.addresses.format import address_key, local_address
from doorplate.addresses.operations import Assign, Correct, Grounds, Merge, Retire, Verify
from doorplate.errors import DoorplateError, Refused
from doorplate.model import Address, Community, Elements, Finding, ListImport, RecordedFinding, SourceRef
from doorplate.registry import Registry
from doorplate.registry.history import register_as_of
from doorplate.registry.operating import Task, operate
from doorplate.registry.undoing import undo

VILLAGE = "610431001203"
PREFIX = "陕西省咸阳市武功县普集街道营上村"
DAY = date(2026, 11, 23)
GROUNDS = Grounds("现场核对", "照片 12", DAY)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def __call__(self) -> datetime:
        return self.moment


def elements(number: int, street: str = "幸福路") -> Elements:
    return Elements(street=street, number=str(number))


def standard(number: int, street: str = "幸福路") -> str:
    return PREFIX + local_address(elements(number, street))


def open_street(registry: Registry, houses: int) -> list[str]:
    """A community with one street of verified houses 1, 2, 3 …; gives their ids."""
    with registry.store.writing() as unit:
        names = ("陕西省", "咸阳市", "武功县", "普集街道", "营上村")
        unit.save(None, Community(VILLAGE, names, PREFIX), registry.event("community.opened", VILLAGE))
        ids = []
        for n in range(1, houses + 1):
            e = elements(n)
            house = Address(registry.new_id(), VILLAGE, e, standard(n), address_key(VILLAGE, e), "verified")
            unit.save(None, house, registry.event("address.proposed", house.id))
            ids.append(house.id)
    return ids


def doubt(registry: Registry, address_id: str | None, code: str, proposal: str = "", **more: object) -> str:
    """An open finding on an address, each on a line of its own; gives its id. more: other fields of it or of its Finding."""
    with registry.store.writing() as unit:
        one = registry.new_id()
        listed = ListImport(registry.new_id(), VILLAGE, one, ("名单.csv",))
        unit.save(None, listed, registry.event("list.imported", listed.id))
        own = {name: more.pop(name) for name in ("household_id", "place", "blocks") if name in more}
        ref = SourceRef("名单.csv", None, len(unit.findings(VILLAGE)) + 2)
        values = {"ref": ref, "code": code, "field": "", "value": "", "message": "请核对", "proposal": proposal,
                  "confidence": "likely", **more}
        record = RecordedFinding(one, VILLAGE, listed.id, Finding(**values), address_id, **own)  # type: ignore[arg-type]
        unit.save(None, record, registry.event("finding.raised", one))
        return one


def finding_of(registry: Registry, finding_id: str) -> RecordedFinding:
    with registry.store.reading() as reader:
        return reader.findings_of([finding_id])[0]


def table(registry: Registry) -> dict[str, Address]:
    with registry.store.reading() as reader:
        return {a.id: a for a in reader.addresses(VILLAGE)}


def require_sound(registry: Registry) -> None:
    """What holds whatever was done: one door a name, one living address a key, the trail whole, and the events say the table."""
    now = table(registry)
    living = [a.key for a in now.values() if a.status != "retired"]
    assert len(living) == len(set(living))
    assert {a.id: a for a in register_as_of(registry, VILLAGE, DAY)} == now
    assert registry.store.verify_chain().ok


def events(registry: Registry) -> int:
    with registry.store.reading() as reader:
        return reader.event_count()


def refusal(code: str, act: Callable[..., object], *given: object, error: type[DoorplateError] = Refused) -> str:
    """What is said where an act is refused with this code."""
    with pytest.raises(error) as caught:
        act(*given)
    assert caught.value.code == code, caught.value
    return caught.value.message


def random_act(registry: Registry, chance: random.Random, acts: list[str]) -> str | None:
    """One act a person might try: the operation's id where it was done, None where it was refused."""
    now = list(table(registry).values())
    one, other = chance.choice(now), chance.choice(now)
    target = elements(chance.randint(1, 9), chance.choice(["幸福路", "和谐街"]))
    tasks = [
        Task(one.id, Correct(GROUNDS, target)),
        Task(one.id, Retire(GROUNDS)),
        Task(one.id, Verify(GROUNDS)),
        Task(one.id, Merge(GROUNDS, other)),
        Task(None, Assign(GROUNDS, registry.new_id(), VILLAGE, target)),
    ]
    try:
        if acts and chance.random() < 0.4:
            return undo(registry, chance.choice(acts)).settlement.id
        return operate(registry, VILLAGE, [chance.choice(tasks)]).settlement.id
    except DoorplateError as exc:
        assert exc.code.startswith(("address.", "operation.", "undo."))  # noqa: PT017 - refused by a rule, never by the database
        return None
