"""A person's day as the records tell it: visits, plates, corrections, households, second looks, foreign codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from doorplate.field.diary import OUTCOMES, Diary, DiaryLine, in_order, item_words, visit_words
from doorplate.field.parsing import FIELD_WORDS
from doorplate.field.records import FieldItem, Mounting, Visit
from doorplate.people.account import Account
from doorplate.registry.days import end_of
from doorplate.registry.field import FieldWork
from doorplate.services import services_for
from doorplate.store import Reader

_ITEMS: Mapping[str, str] = {"correction": "上报", "household": "登记户情", "recheck": "抽查", "tamper": "可疑码"}


def diary_of(work: FieldWork, reader: Reader, account: Account, day: date) -> Diary:
    """What an account did on a day in China, by the (corrected) clocks of its phones. What still waits, or was sent back, is told
    as such."""
    since, until = end_of(day - timedelta(days=1)), end_of(day)
    visits = reader.visits_by(account.id, since, until)
    mountings = reader.mountings_by(account.id, since, until)
    items = reader.items_by(account.id, since, until)
    hung = {one.id for one in mountings}
    rest = [one for one in items if one.kind in _ITEMS or (one.kind == "mount" and one.id not in hung)]
    doors = [one.address_id for one in visits] + [one.address_id for one in mountings]
    places = _Places(reader, [*doors, *(one.address_id for one in rest)])
    lines = [*_of_visits(work, places, visits), *_of_mountings(places, mountings), *_of_items(places, rest)]
    return Diary(day, account.name, in_order(lines))


class _Places:
    """Doors as people call them; of each also its community."""

    def __init__(self, reader: Reader, address_ids: Iterable[str | None]) -> None:
        self._known = {one.id: one for one in reader.addresses_of(one for one in address_ids if one)}

    def name(self, address_id: str | None) -> str:
        one = self._known.get(address_id or "")
        return (one.elements.thoroughfare + one.elements.painted_number or one.name or one.standard_address) if one else ""

    def community(self, address_id: str) -> str:
        one = self._known.get(address_id)
        return one.community if one else ""


def _of_visits(work: FieldWork, places: _Places, visits: Iterable[Visit]) -> Iterator[DiaryLine]:
    purposes = {one.id: one.zh for one in work.settings.visit.purposes}
    for one in visits:
        titles = {service.id: service.title for service in services_for(work.services, places.community(one.address_id))}
        words = visit_words([purposes.get(p, p) for p in one.purposes], [titles.get(s, s) for s in one.done],
                            matter=one.case_id is not None, scanned=one.presence == "scan")
        yield DiaryLine(one.at, "走访", places.name(one.address_id), words)


def _of_mountings(places: _Places, mountings: Iterable[Mounting]) -> Iterator[DiaryLine]:
    for one in mountings:
        yield DiaryLine(one.at, "安装", places.name(one.address_id), OUTCOMES[one.outcome])


def _of_items(places: _Places, items: Iterable[FieldItem]) -> Iterator[DiaryLine]:
    for one in items:
        kind = _ITEMS.get(one.kind, "安装")
        yield DiaryLine(one.captured_at, kind, places.name(one.address_id), item_words(one.fields, FIELD_WORDS, one.status))


