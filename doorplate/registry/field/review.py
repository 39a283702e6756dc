"""The desk where what came from the field is decided, as its pages see it (`review_view.ReviewDesk`).

    FieldReview(work).queue(actor, ReviewAsk())

What may be seen is `field.review_scope`, what is decided `review_deciding`; here each is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.field.records import FieldItem
from doorplate.field.review_scope import scope_of
from doorplate.model import Household
from doorplate.people.account import Actor
from doorplate.registry.field import FieldWork
from doorplate.registry.field.review_card import card_of, foreseen_effect
from doorplate.registry.field.review_deciding import (
    Decision,
    approve,
    reject,
    seen,
    take_back,
    undoable,
    why_not,
)
from doorplate.registry.field.review_queue import queue_page, rows_of
from doorplate.registry.field.review_showing import compared
from doorplate.registry.field.review_subject import Subject, subject_of
from doorplate.review_view import CleanLine, Decided, ReviewAsk, ReviewCard, ReviewPage
from doorplate.store import Reader, Unit

MOST = 100  # items decided together
_NOT_CLEAN = {
    "own": "自己提交的要由别人来审", "decided": "已经审过了", "area": "不在您的审核范围里", "forgotten": "内容已过保存期"}


class FieldReview:
    """`ReviewDesk` over the registry."""

    def __init__(self, work: FieldWork) -> None:
        self._work = work

    def queue(self, actor: Actor, ask: ReviewAsk) -> ReviewPage:
        with self._work.registry.store.reading() as reader:
            return queue_page(self._work, reader, actor, ask)

    def open(self, actor: Actor, item_id: str, ask: ReviewAsk | None = None) -> ReviewCard:
        with self._work.registry.store.reading() as reader:
            item = seen(self._work, reader, actor, item_id)
            subject = subject_of(self._work, reader, item)
            household = subject.household
            if household is None:
                return card_of(self._work, reader, actor, subject, ask or ReviewAsk())
        with self._work.registry.store.writing() as unit:
            return self._looked(unit, actor, item_id, household.id, ask or ReviewAsk())

    def file(self, actor: Actor, item_id: str, file_id: str) -> tuple[str, bytes]:
        with self._work.registry.store.reading() as reader:
            item = seen(self._work, reader, actor, item_id)
            found = next((one for one in reader.review_files(item.id) if one.id == file_id), None)
        if found is None:
            raise NotFound("media.unknown", "这份照片或录音已经不在了", file=file_id)
        return found.mimetype, self._work.vault.get(found.key)

    def approve(self, actor: Actor, item_id: str, version: int, choices: Mapping[str, Any] | None = None) -> None:
        decision = Decision(version, {name: what for name, what in (choices or {}).items() if what in ("current", "proposed")})
        with self._work.registry.store.writing() as unit:
            approve(self._work, unit, actor, item_id, decision)

    def amend(self, actor: Actor, item_id: str, version: int, values: Mapping[str, str], words: str) -> None:
        with self._work.registry.store.writing() as unit:
            approve(self._work, unit, actor, item_id, Decision(version, {}, values, words))

    def reject(self, actor: Actor, item_id: str, version: int, words: str) -> None:
        with self._work.registry.store.writing() as unit:
            reject(self._work, unit, actor, item_id, version, words)

    def preview_clean(self, actor: Actor, item_ids: Sequence[str]) -> Sequence[CleanLine]:
        scope = scope_of(actor, self._work.permissions)
        with self._work.registry.store.reading() as reader:
            items = reader.review_items(scope, list(dict.fromkeys(item_ids))[:MOST])
            return tuple(self._clean_line(reader, actor, item) for item in items)

    def approve_clean(self, actor: Actor, item_ids: Sequence[str]) -> Decided:
        def one(unit: Unit, item_id: str) -> FieldItem:
            item = seen(self._work, unit, actor, item_id)
            reason = self._not_clean(unit, actor, subject_of(self._work, unit, item))
            if reason:
                raise Refused("review.not_clean", reason, item=item_id)
            return approve(self._work, unit, actor, item_id, Decision(None, {}))

        return self._each(item_ids, one)

    def undo(self, actor: Actor, item_ids: Sequence[str]) -> Decided:
        return self._each(item_ids, lambda unit, item_id: take_back(self._work, unit, actor, item_id))

    def _each(self, item_ids: Sequence[str], act: Callable[[Unit, str], FieldItem]) -> Decided:
        """Each in a transaction of its own: what is refused keeps nothing else from being done."""
        done: list[str] = []
        not_done: list[tuple[str, str]] = []
        can: list[str] = []
        for item_id in list(dict.fromkeys(item_ids))[:MOST]:
            try:
                with self._work.registry.store.writing() as unit:
                    saved = act(unit, item_id)
                    can += [item_id] if undoable(unit, saved) else []
                done.append(item_id)
            except (InputError, NotFound, NotPermitted, Refused) as exc:
                not_done.append((item_id, exc.message))
        return Decided(len(done), tuple(not_done), tuple(can))

    def _looked(self, unit: Unit, actor: Actor, item_id: str, household_id: str, ask: ReviewAsk) -> ReviewCard:
        """Opening a household's item is told in the trail, under the household."""
        item = seen(self._work, unit, actor, item_id)
        household: Household
        [household] = unit.households_of([household_id])
        event = self._work.event("household.looked", household.id, actor.account_id, "审核", f"field:{item.id}")
        unit.save(household, household, event)
        return card_of(self._work, unit, actor, subject_of(self._work, unit, item), ask)

    def _clean_line(self, reader: Reader, actor: Actor, item: FieldItem) -> CleanLine:
        [row] = rows_of(self._work, reader, actor, [item])
        subject = subject_of(self._work, reader, item)
        reason = self._not_clean(reader, actor, subject)
        if reason:
            return CleanLine(row, (), why_not=reason)
        effect, hindered = foreseen_effect(self._work, reader, subject)
        changes = [one for one in compared(self._work, subject, personal=False) if one.state != "same"]
        return CleanLine(row, tuple(changes), effect, hindered)

    def _not_clean(self, reader: Reader, actor: Actor, subject: Subject) -> str:
        """Why it must be looked at by itself, "" where it need not."""
        reason = why_not(self._work, reader, actor, subject)
        if reason:
            return _NOT_CLEAN[reason]
        if subject.item.flags:
            return "有要留意的地方, 请打开看"
        return "" if subject.verdict == "clean" else "登记簿上另有改动, 请打开看"
