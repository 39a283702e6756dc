"""The auditor's room: `audit_view.AuditDesk` over the registry. It reads; the only thing it runs is the proof."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from doorplate.audit_view import AuditAsk, AuditLine, AuditPage, HouseholdLog, LogLine, Verified
from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.exchange.checkpoint_file import checkpoint_text, parse_checkpoint
from doorplate.model import Checkpoint, RecordedEvent
from doorplate.people.account import Actor
from doorplate.people.passwords import plain_login
from doorplate.people.permission import areas_of
from doorplate.plates.code import grouped, normalise
from doorplate.registry.address_story import names_of_people
from doorplate.registry.auditing import audit
from doorplate.registry.days import end_of
from doorplate.registry.desk_scope import scope_of
from doorplate.registry.field import FieldWork
from doorplate.registry.street_index import StreetIndex, typed, within
from doorplate.store import Reader
from doorplate.store.audit_reader import Sought

PAGE = 50
_ID = 32
_LONGEST = 80  # characters of a value that are shown
_HIDDEN = frozenset({"password", "token_hash", "head_index"})


class AuditRoom:
    """Made once per process."""

    def __init__(self, work: FieldWork) -> None:
        self._work, self._index = work, StreetIndex()
        self._lock, self._last = threading.Lock(), Verified("never")

    def events(self, actor: Actor, ask: AuditAsk) -> AuditPage:
        self._require(actor)
        with self._work.registry.store.reading() as reader:
            actors = _people(reader, ask.who) if ask.who.strip() else None
            subjects = self._records(reader, ask.what) if ask.what.strip() else None
            if actors == set() or subjects == set():
                return AuditPage((), ask, 0, found=False)
            last = reader.event_count()
            since = reader.first_event_since(end_of(_day(ask.since) - timedelta(days=1)), last) if ask.since else 1
            until = reader.first_event_since(end_of(_day(ask.until)), last) - 1 if ask.until else None
            found = reader.trail_back(Sought(actors, subjects, ask.verb, since, until), ask.before or None, PAGE + 1)
            lines = _lines(reader, found[:PAGE])
        return AuditPage(lines, ask, lines[-1].seq if len(found) > PAGE else 0)

    def verify(self, actor: Actor, checkpoint: str) -> None:
        self._require(actor)
        known = parse_checkpoint(checkpoint, "检查点") if checkpoint.strip() else None
        with self._lock:
            if self._last.state == "running":
                return
            self._last = Verified("running", at=self._work.now)
        threading.Thread(target=self._prove, args=(known,), daemon=True).start()

    def verified(self, actor: Actor) -> Verified:
        self._require(actor)
        return self._last

    def checkpoint(self, actor: Actor) -> str:
        self._require(actor)
        if self._last.state == "done" and not self._last.ok:
            raise Refused("audit.broken", "上次核对没有通过, 不能写检查点; 请先保留现场, 查清再说")
        with self._work.registry.store.reading() as reader:
            last = reader.event_count()
            return checkpoint_text(Checkpoint(last, reader.event_hash(last) or "0" * 64, self._work.now))

    def householder_log(self, actor: Actor, household_id: str) -> HouseholdLog:
        with self._work.registry.store.reading() as reader:
            found = next(iter(reader.households_of([household_id])), None)
            mine = found is not None and (self._may(actor) or found.community in scope_of(
                reader, actor, "rights.handle", self._work.permissions).communities)
            if found is None or not mine:
                raise NotFound("household.unknown", "没有这一户, 或不在您的片区里")
            address = reader.address(found.address_id) if found.address_id else None
            story = [one for one in reversed(reader.events_of([household_id])) if one.event.verb != "household.listed"]
            names = names_of_people(reader, (one.event.actor for one in story))
            roles = {one.account_id: one.role for one in reader.assignments([one.event.actor for one in story])}
            lines = [LogLine(one.event.at, _who(one.event.actor, names), roles.get(one.event.actor, ""), one.event.verb,
                             one.event.reason) for one in story]
        return HouseholdLog(household_id, address.standard_address if address else "", tuple(lines))

    def _prove(self, known: Checkpoint | None) -> None:
        found = audit(self._work.registry, known)
        self._last = Verified("done", found.events, found.ok, found.first_bad, found.changed_loads, found.against, found.end.at,
                              found.end.hash)

    def _may(self, actor: Actor) -> bool:
        return bool(areas_of(actor, "audit.read", self._work.permissions))

    def _require(self, actor: Actor) -> None:
        if not self._may(actor):
            raise NotPermitted("permission.denied", "看留痕是审计员的事; 如果应该有, 请找系统管理员", permission="audit.read")

    def _records(self, reader: Reader, told: str) -> set[str]:
        """Ids a person means: a record's own, a plate and its door, a door and its plates."""
        plain = told.strip()
        if len(plain) == _ID and plain.isalnum():
            return {plain.lower()}
        code = normalise(plain)
        plate = reader.plate_by_code(code) if code else None
        if plate is not None:
            return {plate.id} | ({plate.address_id} if plate.address_id else set())
        below, codes = within(plain, reader.communities())
        asked = typed(below)
        ways = self._index.matching(reader, asked.words, set(codes), PAGE) if asked.words and asked.number else []
        doors = [door for way in ways for door in reader.doors_keyed(way.community, f"{way.start}{asked.number}/", PAGE)]
        plates = reader.plates_of([door.id for door in doors])
        return {door.id for door in doors} | {one.id for one in plates}


def _people(reader: Reader, told: str) -> set[str]:
    """Ids of accounts and contacts of this name or login; who acted at the command line goes by what they were called there."""
    plain = told.strip()
    accounts = [one for one in reader.accounts() if plain in (one.name, one.id) or one.login == plain_login(plain)]
    found = {one.id for one in accounts} | {one.staff_id for one in accounts if one.staff_id}
    return found or {plain}


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told.strip())
    except ValueError as exc:
        raise InputError("audit.date", f"日期“{told[:20]}”看不懂, 请写成 2026-11-23 的样子", field="since") from exc


def _lines(reader: Reader, events: Sequence[RecordedEvent]) -> tuple[AuditLine, ...]:
    names = names_of_people(reader, (one.event.actor for one in events))
    subjects = _subjects(reader, {one.event.subject_id for one in events})
    return tuple(_line(one, names, subjects) for one in events)


def _line(one: RecordedEvent, names: Mapping[str, str], subjects: Mapping[str, str]) -> AuditLine:
    event = one.event
    fields = [name for name in {**event.before, **event.after} if name not in _HIDDEN and one.version > 1]
    changed = tuple((name, _text(event.before.get(name)), _text(event.after.get(name))) for name in fields)
    household = event.subject_id if event.verb.startswith("household.") else ""
    return AuditLine(one.seq, event.at, _who(event.actor, names), event.verb, subjects.get(event.subject_id, ""),
                     event.subject_id, household, changed, event.reason, event.source)


def _subjects(reader: Reader, ids: Collection[str]) -> dict[str, str]:
    told = {one.id: one.standard_address for one in reader.addresses_of(ids)}
    told |= {one.id: grouped(one.code) for one in reader.plates_by_id(ids)}
    told |= {one.id: one.name for one in reader.accounts_of(ids).values()}
    return told | {one.id: one.name for one in reader.staff_of(ids)}


def _who(actor: str, names: Mapping[str, str]) -> str:
    return names.get(actor, actor if len(actor) != _ID else "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= _LONGEST else told[:_LONGEST] + "…"

