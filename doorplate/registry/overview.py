"""The overview: `overview_view.Overview` over the registry.

Everything is counted from the records, over all communities in one go, and kept: a small registry is counted anew whenever its
trail moved; where counting takes long, pages show the last count with its time and a new one is made beside them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from doorplate.china import day_of
from doorplate.errors import NotFound, NotPermitted
from doorplate.model import Community
from doorplate.overview_view import DEFECTS, OverviewPage, Standing
from doorplate.people.account import Actor
from doorplate.people.permission import areas_of
from doorplate.registry.counters import LIVING_PLATE, WRONG_WALL
from doorplate.registry.days import end_of
from doorplate.registry.desk_scope import names_in, scope_of
from doorplate.registry.field import FieldWork
from doorplate.registry.field.rechecks import WRONG
from doorplate.store import Reader

PAGE = 50
_QUICK_S, _STALE_S = 0.15, 30.0
_WEEKS = 12
_SINCE = timedelta(days=30)
_HANGING = frozenset({"mounted", "checked"})
ORDERS = ("doors", "verified", "mounted", "homeless", "wrong_wall", "findings", "late", "waiting")
_ADDED = tuple(one.name for one in fields(Standing) if one.name not in ("code", "name", "findings"))


@dataclass(frozen=True)
class _Count:
    """Every community's standing at a moment; seq: of the trail then; took: seconds."""

    seq: int
    at: datetime
    took: float
    by_code: Mapping[str, Standing]
    weeks: tuple[tuple[str, int, int], ...]
    read: float


class OverviewRoom:
    """Made once per process; threads may share it."""

    def __init__(self, work: FieldWork, clock: Callable[[], float] = time.monotonic) -> None:
        self._work, self._clock = work, clock
        self._last: _Count | None = None
        self._counting = threading.Lock()

    def overview(self, actor: Actor, within: str, order: str, page: int) -> OverviewPage:
        if not areas_of(actor, "report.see", self._work.permissions):
            raise NotPermitted("permission.denied", "看总览不在您的职责里; 如果应该有, 请找系统管理员", permission="report.see")
        with self._work.registry.store.reading() as reader:
            communities = names_in(reader, scope_of(reader, actor, "report.see", self._work.permissions))
            seq = reader.event_count()
        inside = [one for one in communities if one.code.startswith(within)]
        if within and not inside:
            raise NotFound("division.unknown", "没有这个区划, 或不在您的片区里")
        count = self._counted(seq)
        lines = sorted(_lines(inside, within, count.by_code), key=_by(order))
        pages = max(1, -(-len(lines) // PAGE))
        page = min(page, pages)
        total = _sum(within, "", [count.by_code[one.code] for one in inside if one.code in count.by_code])
        return OverviewPage(tuple(lines[(page - 1) * PAGE:page * PAGE]), total, within, _path(inside, within), page, pages, order,
                            count.at, count.weeks)

    def _counted(self, seq: int) -> _Count:
        last = self._last
        if last is None or (last.seq != seq and last.took <= _QUICK_S):
            with self._counting:
                if self._last is None or self._last.seq < seq:
                    self._last = self._count()
                return self._last
        if last.seq != seq and self._clock() - last.read > _STALE_S and self._counting.acquire(blocking=False):
            threading.Thread(target=self._again, daemon=True).start()
        return last

    def _again(self) -> None:
        try:
            self._last = self._count()
        finally:
            self._counting.release()

    def _count(self) -> _Count:
        begun, now = self._clock(), self._work.now
        with self._work.registry.store.reading() as reader:
            seq = reader.event_count()
            by_code, weeks = _standings(reader, now), _weeks(reader, now, seq)
        end = self._clock()
        return _Count(seq, now, end - begun, by_code, weeks, end)


def _standings(reader: Reader, now: datetime) -> dict[str, Standing]:
    doors, plates, findings = reader.doors_by_status(), reader.plates_by_status(), reader.findings_by_code()
    homeless, doubted = reader.homeless_households(), reader.plates_doubted(WRONG_WALL | {WRONG}, LIVING_PLATE)
    matters, visits, waiting = reader.matters_open(now), reader.visits_since(now - _SINCE), reader.items_waiting()
    defects: dict[str, Counter[str]] = {}
    for (code, kind), many in findings.items():
        defects.setdefault(code, Counter())[_class(kind)] += many
    found = {}
    for one in reader.communities():
        code = one.code
        of_status = {status: many for (where, status), many in doors.items() if where == code}
        hung = {status: many for (where, status), many in plates.items() if where == code}
        open_, late = matters.get(code, (0, 0))
        found[code] = Standing(
            code, one.names[-1], of_status.get("proposed", 0) + of_status.get("verified", 0), of_status.get("verified", 0),
            sum(many for status, many in hung.items() if status in LIVING_PLATE),
            sum(many for status, many in hung.items() if status in _HANGING), homeless.get(code, 0), doubted.get(code, 0),
            dict(defects.get(code, {})), open_, late, visits.get(code, 0), waiting.get(code, 0))
    return found


def _class(code: str) -> str:
    kind = code.split(".", 1)[0]
    return kind if kind in DEFECTS else "wrong"


def _weeks(reader: Reader, now: datetime, last: int) -> tuple[tuple[str, int, int], ...]:
    """Twelve weeks, this one last: Monday, doors verified, plates mounted."""
    monday = day_of(now) - timedelta(days=day_of(now).weekday())
    starts = [monday - timedelta(weeks=back) for back in range(_WEEKS - 1, -1, -1)]
    first = [reader.first_event_since(end_of(start - timedelta(days=1)), last) for start in starts]
    spans = zip(starts, first, [*(one - 1 for one in first[1:]), last], strict=True)
    return tuple((start.isoformat(), reader.count_events("address.verified", begin, end),
                  reader.count_events("plate.mounted", begin, end)) for start, begin, end in spans)


def _lines(inside: Sequence[Community], within: str, by_code: Mapping[str, Standing]) -> list[Standing]:
    """Villages, or the divisions one step below where there are several of them."""
    for digits, name_at in ((6, -3), (9, -2)):
        groups: dict[str, list[Community]] = {}
        for one in inside:
            groups.setdefault(one.code[:digits], []).append(one)
        if digits > len(within) and len(groups) > 1:
            return [_sum(code, ones[0].names[name_at], [by_code[one.code] for one in ones if one.code in by_code])
                    for code, ones in groups.items()]
    return [by_code[one.code] for one in inside if one.code in by_code]


def _sum(code: str, name: str, ones: Sequence[Standing]) -> Standing:
    findings: Counter[str] = Counter()
    for one in ones:
        findings.update(one.findings)
    sums = {field: sum(getattr(one, field) for one in ones) for field in _ADDED}
    return replace(Standing(code, name), findings=dict(findings), **sums)


def _by(order: str) -> Callable[[Standing], tuple[int, str]]:
    def key(one: Standing) -> tuple[int, str]:
        value = sum(one.findings.values()) if order == "findings" else getattr(one, order) if order in ORDERS else 0
        return -value, one.code

    return key


def _path(inside: Sequence[Community], within: str) -> tuple[tuple[str, str], ...]:
    """The divisions above, down to the one looked into."""
    if not within:
        return ()
    names = inside[0].names
    steps = [(6, -3), (9, -2), (12, -1)]
    return tuple((within[:digits], names[at]) for digits, at in steps if digits <= len(within) and len(names) >= -at)
