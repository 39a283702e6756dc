"""What a reviewer decides, each in one transaction: the register, the item, and how what else waits there now compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

from doorplate.addresses.operations import holds_personal_number
from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.field.compare import Choice, settled
from doorplate.field.items import HouseholdCount, Mount
from doorplate.field.records import FieldItem
from doorplate.field.review_scope import is_own, may_review, scope_of
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.registry.bench import Effect
from doorplate.registry.field import FieldWork
from doorplate.registry.field.review_amending import amended_values
from doorplate.registry.field.review_applying import apply_counted, apply_mounted
from doorplate.registry.field.review_subject import Subject, subject_of
from doorplate.registry.field.review_tasks import tasks_for
from doorplate.registry.operating import foreseen, operate_in
from doorplate.registry.undoing import undo_in
from doorplate.store import Reader, Unit

LONGEST_WORDS = 500
WhyNot = Literal["", "own", "decided", "area", "forgotten"]
_WHY_NOT: Mapping[str, str] = {
    "decided": "这一条已经审过了", "forgotten": "内容已过保存期, 不能再审"}


@dataclass(frozen=True, slots=True)
class Decision:
    """version: `Subject.stamp` as the page showed it, None = whatever it is now. choices: what holds of hard fields; values:
    other values, as typed, None where none are given."""

    version: int | None
    choices: Mapping[str, Choice]
    values: Mapping[str, str] | None = None
    words: str = ""


def seen(work: FieldWork, reader: Reader, actor: Actor, item_id: str) -> FieldItem:
    """Raises NotFound(item.unknown) also for what lies elsewhere."""
    item = reader.review_item(scope_of(actor, work.permissions), item_id)
    if item is None:
        raise NotFound("item.unknown", "没有这一条, 或者不在您的审核范围里", item=item_id)
    return item


def why_not(work: FieldWork, reader: Reader, actor: Actor, subject: Subject) -> WhyNot:
    """Why this person may not decide it now, "" where they may."""
    item = subject.item
    if item.status != "waiting":
        return "decided"
    if not _is_in_charge(work, reader, actor, item):
        return "own" if is_own(actor, item, reader.account(item.account_id)) else "area"
    return "forgotten" if subject.sent is None else ""


def approve(work: FieldWork, unit: Unit, actor: Actor, item_id: str, decision: Decision) -> FieldItem:
    """Approved as proposed, with the choices made for what is hard, or with other values. Raises NotFound(item.unknown),
    NotPermitted(review.own, permission.denied), InputError(review.value, review.no_words, review.personal_data),
    Refused(review.decided, store.stale, review.undecided, review.nothing_left) and what the registry refuses."""
    subject = _open(work, unit, actor, item_id, decision.version)
    amends = decision.values is not None
    said = required_words(decision.words) if amends else ""
    result = _applied(work, unit, actor, subject, decision)
    after = _decided(work, subject.item, actor, "amended" if amends else "approved", said, result)
    return _close(work, unit, subject.item, after, actor)


def reject(work: FieldWork, unit: Unit, actor: Actor, item_id: str, version: int, words: str) -> FieldItem:
    """Raises as approve, and InputError(review.no_words)."""
    said = required_words(words)
    subject = _open(work, unit, actor, item_id, version)
    return _close(work, unit, subject.item, _decided(work, subject.item, actor, "rejected", said, ""), actor)


def take_back(work: FieldWork, unit: Unit, actor: Actor, item_id: str) -> FieldItem:
    """The act that approving made is undone, and the item waits again; its sender is told anew when it is decided anew. Raises
    Refused(review.not_undoable, undo.built_upon, undo.already)."""
    item = seen(work, unit, actor, item_id)
    _require_charge(work, unit, actor, item)
    if not undoable(unit, item):
        raise Refused("review.not_undoable", "这一条没有可以撤回的操作", item=item.id)
    undo_in(work.by(actor.account_id), unit, item.result, "撤回审核")
    waits = replace(item, status="waiting", reviewer_id=None, reviewed_at=None, words="", result="", read_at=None)
    return _close(work, unit, item, waits, actor, "item.reopened")


def undoable(reader: Reader, item: FieldItem) -> bool:
    """Whether approving it was an act on addresses that stands."""
    return item.status in ("approved", "amended") and bool(item.result) and reader.settlement(item.result) is not None


def effects_of(work: FieldWork, reader: Reader, subject: Subject) -> tuple[Effect, ...]:
    """What approving as proposed would do, every conflict taken as proposed. Raises what the registry would refuse."""
    choices: dict[str, Choice] = {one.field: "proposed" for one in subject.differences if one.state == "hard"}
    tasks = tasks_for(reader, work.settings, subject, settled(subject.differences, choices))
    return foreseen(work.registry, reader, subject.item.community, tasks) if tasks else ()


def required_words(words: str) -> str:
    """Raises InputError(review.no_words, review.personal_data, review.too_long)."""
    said = words.strip()
    if not said:
        raise InputError("review.no_words", "请写明理由: 提交人要在手机上读到", field="words")
    if len(said) > LONGEST_WORDS:
        raise InputError("review.too_long", f"理由太长, 最多 {LONGEST_WORDS} 个字", field="words")
    if holds_personal_number(said):
        raise InputError("review.personal_data", "请不要写手机号和身份证号", field="words")
    return said


def _open(work: FieldWork, unit: Unit, actor: Actor, item_id: str, version: int | None) -> Subject:
    """The item as it compares now, if this person may decide it and has seen it so."""
    item = seen(work, unit, actor, item_id)
    _require_charge(work, unit, actor, item)
    subject = subject_of(work, unit, item)
    reason = why_not(work, unit, actor, subject)
    if reason:
        raise Refused(f"review.{reason}", _WHY_NOT[reason], item=item_id)
    if version is not None and version != subject.stamp:
        raise Refused("store.stale", "这一页打开以后情况有变, 这次没有保存; 请看过之后再定", subjects=[item_id])
    return subject


def _require_charge(work: FieldWork, reader: Reader, actor: Actor, item: FieldItem) -> None:
    if is_own(actor, item, reader.account(item.account_id)):
        raise NotPermitted("review.own", "自己提交的要由别人来审", item=item.id)
    if not _is_in_charge(work, reader, actor, item):
        raise NotPermitted("permission.denied", "这不在您的审核范围里; 替提交人代班时也不能审他提交的", permission="field.review")


def _is_in_charge(work: FieldWork, reader: Reader, actor: Actor, item: FieldItem) -> bool:
    own = is_own(actor, item, reader.account(item.account_id))
    return not own and may_review(actor, item, place_of(reader, item), work.permissions)


def place_of(reader: Reader, item: FieldItem) -> DoorPlace:
    """Of an item about something new: its community alone, until it has a grid."""
    address = reader.address(item.address_id) if item.address_id else None
    grid = reader.area(address.grid_id) if address and address.grid_id else None
    return DoorPlace(item.community, grid.code if grid else "")


def _applied(work: FieldWork, unit: Unit, actor: Actor, subject: Subject, decision: Decision) -> str:
    """Makes it true; the id of what that made, "" where there was nothing to do."""
    if isinstance(subject.sent, Mount):
        return apply_mounted(work, unit, subject, actor)
    values = (settled(subject.differences, decision.choices) if decision.values is None
              else amended_values(subject.differences, decision.values, decision.choices))
    was_hard = any(one.state == "hard" for one in subject.differences)
    if was_hard and not values:
        raise Refused("review.nothing_left", "这样选等于什么都不改: 请用“退回”, 并写明理由", item=subject.item.id)
    if isinstance(subject.sent, HouseholdCount):
        return apply_counted(work, unit, subject, values, actor)
    tasks = tasks_for(unit, work.settings, subject, values)
    if not tasks:
        return ""
    return operate_in(work.by(actor.account_id), unit, subject.item.community, tasks).settlement.id


def _decided(work: FieldWork, item: FieldItem, actor: Actor, status: Literal["approved", "amended", "rejected"], words: str,
             result: str) -> FieldItem:
    return replace(item, status=status, reviewer_id=actor.account_id, reviewed_at=work.now, words=words, result=result)


def _close(work: FieldWork, unit: Unit, before: FieldItem, after: FieldItem, actor: Actor, verb: str = "") -> FieldItem:
    source = f"settlement:{after.result}" if after.result and unit.settlement(after.result) else f"field:{after.id}"
    saved = unit.save(before, after, work.event(verb or f"item.{after.status}", after.id, actor.account_id, source=source))
    _compare_again(work, unit, actor, saved)
    return saved


def _compare_again(work: FieldWork, unit: Unit, actor: Actor, decided: FieldItem) -> None:
    """What else waits at the same place compares with what is true now: the queue shows it where it belongs."""
    about = {decided.address_id, decided.subject_id} - {None, ""}
    waiting = [item for one in about for item in unit.items_waiting_about(cast(str, one))]
    for item in {one.id: one for one in waiting if one.id != decided.id}.values():
        subject = subject_of(work, unit, item)
        if subject.sent is not None and subject.verdict != item.verdict:
            unit.save(item, replace(item, verdict=subject.verdict), work.event("item.compared", item.id, actor.account_id))
