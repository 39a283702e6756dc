"""A village's way from list to wall: `onboarding_view.Onboarding` over the registry. Every step is read from the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doorplate.areas.divisions import lookup
from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.model import Area, Community, Staff
from doorplate.onboarding_view import Step, StepName, Village
from doorplate.people.account import Actor
from doorplate.people.permission import areas_of
from doorplate.registry.communities import community_of, put_community, require_community
from doorplate.registry.counters import LIVING_PLATE
from doorplate.registry.desk_scope import names_in, scope_of
from doorplate.registry.field import FieldWork
from doorplate.store import Reader

PAGE = 50
_HANGING = ("mounted", "checked")
_PRESSED = ("printed", "proved", "packed", "issued", *_HANGING)


class OnboardingRoom:
    """Made once per process."""

    def __init__(self, work: FieldWork) -> None:
        self._work = work

    def villages(self, actor: Actor, page: int) -> tuple[Sequence[tuple[str, str]], int, int]:
        self._areas(actor)
        with self._work.registry.store.reading() as reader:
            found = names_in(reader, scope_of(reader, actor, "list.import", self._work.permissions))
        pages = max(1, -(-len(found) // PAGE))
        page = min(page, pages)
        return tuple((one.code, one.names[-1]) for one in found[(page - 1) * PAGE:page * PAGE]), page, pages

    def village(self, actor: Actor, code: str) -> Village:
        self._areas(actor)
        with self._work.registry.store.reading() as reader:
            scope_of(reader, actor, "list.import", self._work.permissions).require_whole(code)
            community = require_community(reader, code)
            steps = self._steps(reader, community)
        return Village(code, community.names[-1], sum(one.state == "done" for one in steps), steps)

    def open(self, actor: Actor, code: str) -> str:
        division = lookup(code.strip())
        if division.code.endswith("000"):
            raise InputError("division.not_community", f"{division.code} 不是村或社区的代码, 请写到社区", field="code")
        if not any(division.code.startswith(one) for one in self._areas(actor)):
            raise NotFound("community.unknown", "这个村(社区)不在您的片区里, 请找系统管理员分配任务区")
        registry = replace(self._work.registry, actor=actor.account_id)
        with registry.store.writing() as unit:
            if unit.community(division.code) is not None:
                raise Refused("community.known", f"{division.name} 已经开通过了, 直接打开就行")
            put_community(registry, unit, community_of(division))
        return division.name

    def _areas(self, actor: Actor) -> tuple[str, ...]:
        mine = areas_of(actor, "list.import", self._work.permissions)
        if not mine:
            message = "新村上线不在您的职责里; 如果应该有, 请找系统管理员"
            raise NotPermitted("permission.denied", message, permission="list.import")
        return mine

    def _steps(self, reader: Reader, community: Community) -> tuple[Step, ...]:
        code = community.code
        grids, doors, plates = reader.areas(code, "grid"), reader.count_addresses(code), reader.count_plates(code)
        living = doors.get("proposed", 0) + doors.get("verified", 0)
        findings = sum(reader.count_findings(code).values())
        made = sum(many for status, many in plates.items() if status in LIVING_PLATE)
        pressed, hung = (sum(plates.get(status, 0) for status in statuses) for statuses in (_PRESSED, _HANGING))
        known = {"station": community.station_phone, "beat": community.beat}
        return (
            _whole("village", [name for name, value in known.items() if not value]),
            Step("areas", "done" if grids else "missing", len(grids), len(grids)),
            Step("list", "done" if reader.list_imports(code) else "missing", living, living),
            Step("findings", "later" if not living else "part" if findings else "done", 0, findings),
            _counted("verified", doors.get("verified", 0), living),
            _whole("contacts", _without_contact(grids, reader.staff([code, *(grid.code for grid in grids)]), code)),
            Step("services", "done" if any(code.startswith(one.area) for one in self._work.services) else "missing"),
            _counted("batch", pressed, made or doors.get("verified", 0)),
            _counted("mounted", hung, made))


def _whole(name: StepName, lacks: list[str]) -> Step:
    return Step(name, "part" if lacks else "done", lacks=tuple(lacks))


def _counted(name: StepName, done: int, total: int) -> Step:
    state = "later" if not total else "done" if done >= total else "part" if done else "missing"
    return Step(name, state, done, total)  # type: ignore[arg-type]


def _without_contact(grids: Sequence[Area], staff: Sequence[Staff], code: str) -> list[str]:
    """Grids nobody answers for, by name; the village itself where it has nobody at all."""
    held = {one.area_code for one in staff if one.left_on is None}
    if not held:
        return [code]
    return [grid.name for grid in grids if grid.code not in held]
