"""Who and what the stories of the review share: a street in two grids, officers who send, reviewers who decide."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import shapely
from flows.case_stories import MemoryVault
from flows.settling_stories import PREFIX, VILLAGE, elements, standard

from doorplate.addresses.format import address_key
from doorplate.field.items import ITEM
from doorplate.field.records import FieldItem
from doorplate.field.review_scope import ReviewScope
from doorplate.field.settings import field_settings
from doorplate.model import Address, Area, Community, Household, Plate, Point
from doorplate.people.account import Account, Actor, Assignment, Device, Grant, Role
from doorplate.people.permission import permission_rules
from doorplate.registry import Registry
from doorplate.registry.field import FieldWork, Rules, open_fieldwork
from doorplate.registry.field.review import FieldReview
from doorplate.registry.field.review_subject import subject_of
from doorplate.registry.operating import Task, operate
from doorplate.review_view import ReviewAsk, ReviewCard
from doorplate.store import Store

NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
SEEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = "the secret of a registry, long enough"
OTHER = "610431001204"
GRIDS = {"g1": f"{VILLAGE}-G01", "g2": f"{VILLAGE}-G02"}
PLATE, NEW_PLATE = "0000000000018", "0000000000026"
PEOPLE: dict[str, tuple[str, Role, str]] = {
    "wang": ("测试民警王", "officer", VILLAGE), "li": ("测试网格员李", "grid_worker", GRIDS["g1"]),
    "zhao": ("测试审核赵", "reviewer", VILLAGE), "sun": ("测试网格长孙", "grid_leader", GRIDS["g2"]),
    "far": ("测试审核远", "reviewer", OTHER)}


class ReviewStory:
    """A street of houses 1 … 6 (1–3 in the first grid, 4–6 in the second), nothing sent yet."""

    def __init__(self, store: Store) -> None:
        self.vault = MemoryVault()
        self.registry = Registry(store, SECRET, "tester", lambda: NOW, random.SystemRandom())
        self.work: FieldWork = open_fieldwork(self.registry, Rules(field_settings(), permission_rules()), self.vault)
        self.desk = FieldReview(self.work)
        self._build()

    def actor(self, who: str, **more: Any) -> Actor:
        name, role, area = PEOPLE[who]
        return Actor(**{"account_id": ident(who), "name": name, "grants": (Grant(role, area),), **more})

    def house(self, number: int) -> Address:
        with self.registry.store.reading() as reader:
            found = reader.address(ident(f"house {number}"))
        assert found is not None
        return found

    def item(self, item_id: str) -> FieldItem:
        with self.registry.store.reading() as reader:
            [found] = reader.review_items(ReviewScope(ident("zhao"), ("",), ("",)), [item_id])
        return found

    def correction(self, who: str, house: int | None, operation: str = "correct", reason: str = "wrong_number",
                   flags: tuple[str, ...] = (), base: int | None = None, **changes: Any) -> str:
        """Something sent about a house (None = a new one); base: as the phone had it, by default as it is now."""
        address = self.house(house) if house is not None else None
        told = {"kind": "correction", "operation": operation, "reason": reason, "changes": changes, "community": VILLAGE}
        if address is not None:
            told |= {"address": address.id, "base": address.version if base is None else base}
        return self.send(who, told, tuple(changes) or ("status",), flags)

    def send(self, who: str, told: dict[str, Any], fields: tuple[str, ...], flags: tuple[str, ...] = ()) -> str:
        """As the inbox keeps it."""
        one = uuid.uuid4().hex
        sent = ITEM.validate_python({"id": one, "at": SEEN.isoformat(), **told})
        sealed = self.work.sealed(sent.model_dump_json(exclude_unset=True).encode(), one)
        subject = told.get("household") or told.get("address") or ""
        item = FieldItem(one, told["kind"], ident(who), ident(f"phone {who}"), told["community"], told.get("address"), subject,
                         told.get("base", 0), SEEN, NOW, 0.0, sealed, fields, "clean", flags, "waiting")
        with self.registry.store.writing() as unit:
            item = replace(item, verdict=subject_of(self.work, unit, item).verdict)
            unit.save(None, item, self.registry.event("field_item.received", one))
        return one

    def card(self, item_id: str, who: str = "zhao") -> ReviewCard:
        return self.desk.open(self.actor(who), item_id)

    def approve(self, item_id: str, who: str = "zhao", **choices: str) -> None:
        self.desk.approve(self.actor(who), item_id, self.card(item_id, who).version, choices)

    def operate(self, *tasks: Task) -> None:
        operate(self.registry, VILLAGE, tasks)

    def shown(self, who: str, show: Any = "all") -> list[str]:
        return [row.id for row in self.desk.queue(self.actor(who), ReviewAsk(show)).rows]

    def verbs(self, subject: str) -> list[str]:
        with self.registry.store.reading() as reader:
            return [event.event.verb for event in reader.events_of([subject])]

    def _build(self) -> None:
        west, east = shapely.box(108.19, 34.26, 108.20035, 34.28), shapely.box(108.20035, 34.26, 108.22, 34.28)
        names = ("陕西省", "咸阳市", "武功县", "普集街道")
        records: list[Any] = [
            Community(VILLAGE, (*names, "营上村"), PREFIX), Community(OTHER, (*names, "营下村"), PREFIX.replace("上", "下")),
            Area("g1", "grid", GRIDS["g1"], "第一网格", VILLAGE, west.wkb),
            Area("g2", "grid", GRIDS["g2"], "第二网格", VILLAGE, east.wkb),
            Household(ident("h1"), VILLAGE, ident("house 1"), 3, None, ""),
            Plate("p1", PLATE, ident("house 1"), "small-gate", "mounted"),
            Plate("p2", NEW_PLATE, ident("house 2"), "small-gate", "issued")]
        records += [Address(ident(f"house {n}"), VILLAGE, elements(n), standard(n), address_key(VILLAGE, elements(n)), "verified",
                            Point(108.2 + n * 0.0001, 34.27, 3.0, "list"), "g1" if n < 4 else "g2") for n in range(1, 7)]
        records += [Account(ident(who), who, name, "x") for who, (name, _, _) in PEOPLE.items()]
        records += [Assignment(f"as-{who}", ident(who), role, area, date(2026, 1, 1)) for who, (_, role, area) in PEOPLE.items()]
        records += [Device(ident(f"phone {who}"), ident(who), "手机", "phone", f"token {who}", None, NOW) for who in PEOPLE]
        with self.registry.store.writing() as unit:
            unit.save_many([(None, one, self.registry.event("address.proposed" if isinstance(one, Address) else "record.added",
                                                            one.code if isinstance(one, Community) else one.id))
                            for one in records])


def ident(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, name).hex
