"""The queue: lines in the order of what was asked, each as it compares now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from doorplate.addresses.format import local_address
from doorplate.errors import Refused
from doorplate.field.records import FieldItem
from doorplate.field.review_scope import scope_of
from doorplate.model import Address, Elements
from doorplate.people.account import Account, Actor, Role
from doorplate.people.grants import in_force
from doorplate.people.permission import areas_of
from doorplate.registry.days import today
from doorplate.registry.field import FieldWork
from doorplate.registry.field.review_subject import Subject, elements_with, subject_of
from doorplate.review_view import ReviewAsk, ReviewPage, ReviewRow
from doorplate.store import Reader
from doorplate.store.case_reader import Slice
from doorplate.store.review_reader import Asked

PAGE = 50
_EVERYWHERE = "全部区域"


def asked_of(ask: ReviewAsk) -> Asked:
    return Asked(ask.show, ask.order == "newest", ask.find)


def queue_page(work: FieldWork, reader: Reader, actor: Actor, ask: ReviewAsk) -> ReviewPage:
    """A page beyond the last is the last one."""
    scope, asked = scope_of(actor, work.permissions), asked_of(ask)
    counts = reader.review_counts(scope)
    total = reader.review_total(scope, asked) if ask.find else counts[ask.show]
    pages = max(1, -(-total // PAGE))
    page = min(ask.page, pages)
    items = reader.review_queue(scope, asked, Slice(PAGE * (page - 1), PAGE))
    shown = ReviewAsk(ask.show, page, ask.order, ask.find)
    return ReviewPage(rows_of(work, reader, actor, items), total, page, pages, shown, counts, _area_words(work, reader, actor))


def rows_of(work: FieldWork, reader: Reader, actor: Actor, items: Sequence[FieldItem]) -> tuple[ReviewRow, ...]:
    """Their lines, in their order."""
    people = reader.accounts_of({item.account_id for item in items}) if items else {}
    roles = _roles(work, reader, people)
    villages = {code: found.names[-1] for code in {item.community for item in items} if (found := reader.community(code))}
    return tuple(_row(work, reader, actor, item, people, roles, villages) for item in items)


def _row(work: FieldWork, reader: Reader, actor: Actor, item: FieldItem, *known: Any) -> ReviewRow:
    people, roles, villages = known
    subject = _compared(work, reader, item)
    address = subject.address if subject else None
    elements = _elements(subject)
    author: Account | None = people.get(item.account_id)
    own = item.account_id == actor.account_id or (
        author is not None and author.staff_id is not None and author.staff_id == actor.staff_id)
    compares = subject and subject.differences and item.status == "waiting"
    place = " · ".join(filter(None, (local_address(elements) or _whole(address), villages.get(item.community, ""))))
    return ReviewRow(
        id=item.id, kind=item.kind, operation=subject.operation if subject else "", place=place or "新地址", fields=item.fields,
        verdict=subject.verdict if subject and compares else item.verdict, flags=item.flags,
        sender=author.name if author else "", role=roles.get(item.account_id, ""), captured_at=item.captured_at,
        received_at=item.received_at, status=item.status, own=own, street=elements.thoroughfare, number=elements.painted_number)


def _compared(work: FieldWork, reader: Reader, item: FieldItem) -> Subject | None:
    try:
        return subject_of(work, reader, item)
    except Refused:  # its seal is broken: the line still stands, opening it says why
        return None


def _elements(subject: Subject | None) -> Elements:
    """As it stands; of something new, as it is proposed."""
    if subject is None:
        return Elements()
    if subject.address is not None:
        return subject.address.elements
    return elements_with(Elements(), {one.field: one.proposed for one in subject.differences}) if subject.is_new else Elements()


def _whole(address: Address | None) -> str:
    return address.standard_address if address else ""


def _roles(work: FieldWork, reader: Reader, people: Any) -> dict[str, Role | Literal[""]]:
    day = today(work.registry)
    held = reader.assignments(list(people)) if people else ()
    return {one.account_id: one.role for one in reversed(held) if in_force(one, day)}


def _area_words(work: FieldWork, reader: Reader, actor: Actor) -> str:
    """Where this person may decide: communities and grids by name, wider divisions by code."""
    words = []
    for code in areas_of(actor, "field.review", work.permissions):
        community = reader.community(code) if code.isdecimal() and len(code) == 12 else None
        areas = reader.areas_coded(code) if code and not code.isdecimal() else ()
        words.append(_EVERYWHERE if not code else community.names[-1] if community else areas[0].name if areas else code)
    return "、".join(dict.fromkeys(words))
