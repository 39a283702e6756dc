"""The notices' room: `notices_view.NoticeDesk` over the registry. Everybody writes for the areas they hold,
and for nothing above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from doorplate.addresses.operations import holds_personal_number
from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.model import Community, Notice
from doorplate.notices import NoticeDraft, draft
from doorplate.notices_view import NoticeLine, NoticePage, NoticeSheet, NoticeState
from doorplate.people.account import Actor
from doorplate.people.permission import areas_of
from doorplate.registry import Registry
from doorplate.registry.address_story import names_of_people
from doorplate.registry.days import today
from doorplate.registry.desk_scope import names_in, scope_of
from doorplate.registry.field import FieldWork
from doorplate.registry.notices import change_notice, end_notice, post_notice
from doorplate.store import Reader

PAGE = 50
_DEPTHS = ((6, -3), (9, -2), (12, -1))


class NoticeRoom:
    """Made once per process."""

    def __init__(self, work: FieldWork) -> None:
        self._work = work

    def notices(self, actor: Actor, show: NoticeState, page: int) -> NoticePage:
        mine = self._areas(actor)
        with self._work.registry.store.reading() as reader:
            day, names = today(self._work.registry), _names(reader.communities())
            lines = [_line(one, day, names) for one in reversed(reader.notices()) if _within(one.area, mine)]
        counts = Counter[str](one.state for one in lines)
        shown = [one for one in lines if one.state == show]
        pages = max(1, -(-len(shown) // PAGE))
        page = min(page, pages)
        return NoticePage(tuple(shown[(page - 1) * PAGE:page * PAGE]), show, counts, page, pages)

    def areas(self, actor: Actor) -> Sequence[tuple[str, str]]:
        mine = self._areas(actor)
        with self._work.registry.store.reading() as reader:
            scope = scope_of(reader, actor, "notice.edit", self._work.permissions)
            communities = names_in(reader, scope)
            alone = communities if len(communities) == 1 else ()
            grids = [(area.code, area.name) for one in alone for area in reader.areas(one.code, "grid")]
        found = {code: name for code, name in _names(communities).items() if _within(code, mine)}
        return (*sorted(found.items()), *((code, name) for code, name in grids if _within(code, mine)))

    def open(self, actor: Actor, notice_id: str) -> NoticeSheet:
        with self._work.registry.store.reading() as reader:
            notice = self._mine(reader, actor, notice_id)
            story = reader.events_of([notice.id])
            names = names_of_people(reader, (one.event.actor for one in story))
            line = _line(notice, today(self._work.registry), _names(reader.communities()))
        history = tuple((one.event.at, names.get(one.event.actor, one.event.actor), one.event.verb, one.event.reason)
                        for one in reversed(story))
        return NoticeSheet(line, _values(notice), notice.version, history)

    def check(self, actor: Actor, values: Mapping[str, str]) -> None:
        self._draft(actor, values)

    def post(self, actor: Actor, values: Mapping[str, str]) -> str:
        return post_notice(self._by(actor), self._draft(actor, values)).id

    def change(self, actor: Actor, notice_id: str, version: int, values: Mapping[str, str]) -> None:
        written = self._draft(actor, values)
        self._require_version(actor, notice_id, version)
        change_notice(self._by(actor), notice_id, written)

    def end(self, actor: Actor, notice_id: str, version: int, reason: str) -> None:
        if not reason.strip():
            raise InputError("notice.no_reason", "请写明为什么撤下, 会留在记录里", field="reason")
        self._require_version(actor, notice_id, version)
        end_notice(self._by(actor), notice_id, reason.strip()[:200])

    def _require_version(self, actor: Actor, notice_id: str, version: int) -> None:
        with self._work.registry.store.reading() as reader:
            if self._mine(reader, actor, notice_id).version != version:
                raise Refused("store.stale", "这条通知刚被别人改过, 请看过现在的样子再决定")

    def _mine(self, reader: Reader, actor: Actor, notice_id: str) -> Notice:
        found = [one for one in reader.notices_called(notice_id) if one.id == notice_id]
        if not found or not _within(found[0].area, self._areas(actor)):
            raise NotFound("notice.unknown", "没有这条通知, 或不在您的片区里")
        return found[0]

    def _draft(self, actor: Actor, values: Mapping[str, str]) -> NoticeDraft:
        told = {name: value for name, value in values.items() if not name.endswith("_en")}
        english = {name.removesuffix("_en"): value for name, value in values.items() if name.endswith("_en") and value.strip()}
        written = draft(told | ({"en": english} if english else {}), "这条通知")
        if not _within(written.area, self._areas(actor)):
            raise InputError("notice.area", "这个区域不归您管, 请选您片区里的", field="area")
        if holds_personal_number(f"{written.title} {written.body}"):
            message = "通知人人看得到, 请不要写手机号和身份证号; 要留电话, 请写办公电话"
            raise InputError("notice.personal_data", message, field="body")
        return written

    def _areas(self, actor: Actor) -> tuple[str, ...]:
        mine = areas_of(actor, "notice.edit", self._work.permissions)
        if not mine:
            raise NotPermitted("permission.denied", "写通知不在您的职责里; 如果应该有, 请找系统管理员", permission="notice.edit")
        return mine

    def _by(self, actor: Actor) -> Registry:
        return replace(self._work.registry, actor=actor.account_id)


def _within(area: str, mine: Iterable[str]) -> bool:
    """A county's notice is not written by who holds a village of it."""
    return any(area.startswith(one) for one in mine)


def _names(communities: Iterable[Community]) -> dict[str, str]:
    """County, township and village codes → names."""
    return {one.code[:digits]: one.names[at] for one in communities for digits, at in _DEPTHS if len(one.names) >= -at}


def _line(notice: Notice, day: date, names: Mapping[str, str]) -> NoticeLine:
    state: NoticeState = "over" if notice.valid_until < day else "coming" if notice.valid_from > day else "showing"
    name = names.get(notice.area) or " ".join(filter(None, (names.get(notice.area[:12], ""), notice.area[13:])))
    return NoticeLine(notice.id, notice.area, name, notice.kind, notice.title, notice.valid_from, notice.valid_until, state)


def _values(notice: Notice) -> dict[str, str]:
    english = notice.translations.get("en", {})
    return {"area": notice.area, "kind": notice.kind, "title": notice.title, "body": notice.body, "link": notice.link,
            "from": notice.valid_from.isoformat(), "until": notice.valid_until.isoformat(),
            "title_en": str(english.get("title", "")), "body_en": str(english.get("body", ""))}
