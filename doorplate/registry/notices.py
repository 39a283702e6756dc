"""Notices for the pages of an area: posted, changed, taken down. A page shows it at the next scan."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import Notice
from doorplate.notices import NoticeDraft
from doorplate.registry import Registry
from doorplate.registry.days import today
from doorplate.store import Reader

_SHORT = 8  # characters of an id that people are shown


def post_notice(registry: Registry, draft: NoticeDraft) -> Notice:
    """Raises InputError(notice.area) where the registry serves no such area, Refused(notice.known) for the same words there."""
    notice = _made(draft)
    with registry.store.writing() as unit:
        _require_area(unit, draft.area)
        if unit.notices_called(notice.id):
            raise Refused("notice.known", f"《{draft.title}》已经发布过, 编号 {notice.id[:_SHORT]}, 要改请用 change")
        return unit.save(None, notice, registry.event("notice.posted", notice.id))


def post_notices(registry: Registry, drafts: Sequence[NoticeDraft], source: str) -> int:
    """All of a file or none; those posted before are left alone. Gives the number of new ones. Raises InputError(notice.area)."""
    with registry.store.writing() as unit:
        fresh = {notice.id: notice for notice in map(_made, drafts) if not unit.notices_called(notice.id)}
        for notice in fresh.values():
            _require_area(unit, notice.area)
        unit.save_many((None, one, registry.event("notice.posted", one.id, source=source)) for one in fresh.values())
        return len(fresh)


def change_notice(registry: Registry, notice_id: str, draft: NoticeDraft) -> Notice:
    """Other words, days or area for the same notice. Raises NotFound(notice.unknown), InputError(notice.area)."""
    with registry.store.writing() as unit:
        before = find_notice(unit, notice_id)
        _require_area(unit, draft.area)
        after = replace(_made(draft), id=before.id, version=before.version)
        return before if after == before else unit.save(before, after, registry.event("notice.changed", before.id))


def end_notice(registry: Registry, notice_id: str, reason: str = "") -> Notice:
    """Taken down at once: yesterday was its last day. One that has ended stays as it is. Raises NotFound(notice.unknown)."""
    last = today(registry) - timedelta(days=1)
    with registry.store.writing() as unit:
        before = find_notice(unit, notice_id)
        if before.valid_until <= last:
            return before
        return unit.save(before, replace(before, valid_until=last), registry.event("notice.ended", before.id, reason=reason))


def find_notice(reader: Reader, start: str) -> Notice:
    """The one whose id begins so. Raises NotFound(notice.unknown), Refused(notice.ambiguous)."""
    found = reader.notices_called(start.strip()) if start.strip() else ()
    if not found:
        raise NotFound("notice.unknown", f"没有编号以 {start or '(空)'} 开头的通知, 用 doorplate notices list 看编号")
    if len(found) > 1:
        raise Refused("notice.ambiguous", f"有 {len(found)} 条通知的编号以 {start} 开头, 请多写几位")
    return found[0]


def current_notices(registry: Registry, day: date | None = None) -> tuple[Notice, ...]:
    """Those in force on a day; None = all there ever were."""
    with registry.store.reading() as reader:
        return reader.notices(on=day)


def _made(draft: NoticeDraft) -> Notice:
    """The same words for the same area and days are the same notice, however often a file is read."""
    same = "\x1f".join((draft.area, draft.kind, draft.title, draft.body, str(draft.first), str(draft.last)))
    return Notice(uuid.uuid5(uuid.NAMESPACE_URL, f"doorplate:notice:{same}").hex, draft.area, draft.kind, draft.title, draft.body,
                  draft.first, draft.last, draft.link, draft.translations)


def _require_area(reader: Reader, area: str) -> None:
    """A typing mistake must not leave a warning on no page at all."""
    if "-" in area:
        known = any(one.code == area for one in reader.areas(area[:12]))
    else:
        known = any(one.code.startswith(area) for one in reader.communities())
    if not known:
        raise InputError("notice.area", f"登记簿里没有区域 {area}, 通知会没有人看到; 请核对区划代码或网格代码", value=area)
