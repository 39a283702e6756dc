"""Which public pages an event, or a new day, can change: read from the trail, for pages kept in memory and for pages published
as files. More pages than truly differ may be named, never fewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from doorplate.model import Address, Point
from doorplate.people.rules import PeopleRules
from doorplate.public_map import REACH_M
from doorplate.public_view import PageChanges
from doorplate.store import Reader

_MOST_EVENTS = 50_000  # (D) behind more than that, looking at every page is as quick
_MOST_MOVED = 5_000  # (D) doors; their surroundings are then a good part of everything
_COMMUNITY_DIGITS = 12

_ON_NO_PAGE = frozenset(
    {"batch", "box", "case", "case_entry", "case_file", "finding", "household", "job", "scan", "settlement", "sighting"})
_OF_AREAS = frozenset({"staff", "notice"})
_ON_MAPS = frozenset({"point", "street", "lane", "hamlet", "status"})  # what a neighbour's map shows of an address


def page_changes(reader: Reader, since: int) -> PageChanges:
    """What changed after event `since`; since < 0 asks only where the trail stands now."""
    seq = reader.event_count()
    if since < 0 or since == seq:
        return PageChanges(seq)
    if since > seq or seq - since > _MOST_EVENTS:  # a trail that became shorter is another one
        return PageChanges(seq, everything=True)
    return _Changes(reader, since, seq).found()


def day_changes(reader: Reader, before: date, today: date, rules: PeopleRules) -> PageChanges:
    """What looks different today from `before` with nothing recorded between: an absence, a duty or a notice began or ended,
    or a contact was confirmed too long ago. seq: where the trail stands."""
    seq = reader.event_count()
    if before == today:
        return PageChanges(seq)
    if before > today:
        return PageChanges(seq, everything=True)
    overdue = timedelta(days=rules.confirm_within_days)
    areas = reader.pages().areas_turning(before, today, before - overdue, today - overdue)
    communities = communities_in(reader, areas)
    return PageChanges(seq, everything=communities is None, communities=communities or frozenset())


def communities_in(reader: Reader, areas: Iterable[str]) -> frozenset[str] | None:
    """The communities these area codes (divisions cut anywhere, grids, groups) lie in or hold; None = all there are."""
    wide: set[str] = set()
    found: set[str] = set()
    for code in areas:
        (wide if len(code) < _COMMUNITY_DIGITS else found).add(code[:_COMMUNITY_DIGITS])
    if "" in wide:
        return None
    if wide:
        found |= {one.code for one in reader.communities() if one.code.startswith(tuple(wide))}
    return frozenset(found)


@dataclass
class _Changes:
    """One look at the trail behind `since`, up to `seq`."""

    reader: Reader
    since: int
    seq: int
    codes: set[str] = field(default_factory=set)
    maps: set[str] = field(default_factory=set)

    def found(self) -> PageChanges:
        pages = self.reader.pages()
        changed = {kind: ids for kind, ids in pages.changed(self.since, self.seq).items() if kind not in _ON_NO_PAGE}
        known = {"address", "plate", "area", "community", "list", *_OF_AREAS}
        communities = communities_in(self.reader, self._areas(changed))
        if changed.keys() - known or communities is None or self._loaded(changed) or self._too_many_moved(changed):
            return PageChanges(self.seq, everything=True)
        self.codes |= pages.codes_of_plates(changed.get("plate", ()))
        return PageChanges(self.seq, False, communities, frozenset(self.codes), frozenset(self.maps - self.codes))

    def _areas(self, changed: Mapping[str, set[str]]) -> set[str]:
        """Codes of the areas whose people, notices, outlines or names changed; where they were before counts too."""
        pages = self.reader.pages()
        areas = set(changed.get("community", ()))
        areas |= pages.area_communities(changed.get("area", ()))
        areas |= pages.staff_areas(changed.get("staff", ())) | pages.notice_areas(changed.get("notice", ()))
        for kind in _OF_AREAS & changed.keys():
            for told in pages.told(kind, self.since, self.seq):
                both = (told.before, told.after)
                areas |= {said[name] for said in both for name in ("area", "area_code") if name in said}
        return areas

    def _loaded(self, changed: Mapping[str, set[str]]) -> bool:
        """Whether a register came in bulk: its addresses have no events of their own, and are dots on many a map."""
        return "list" in changed and any(
            told.after.get("digest") for told in self.reader.pages().told("list", self.since, self.seq))

    def _too_many_moved(self, changed: Mapping[str, set[str]]) -> bool:
        """Notes the pages and maps that changed addresses touch; True where that is not worth telling apart."""
        ids = changed.get("address", set())
        if not ids:
            return False
        pages = self.reader.pages()
        addresses = {one.id: one for one in self.reader.addresses_of(ids)}
        moved: list[Point] = []
        names: dict[str, set[str]] = {}
        for told in pages.told("address", self.since, self.seq):
            now = addresses[told.subject_id]
            moved += _places(now, told.before, told.after)
            names.setdefault(now.community, set()).update(now.aliases, told.before.get("aliases", ()))
        if len(moved) > _MOST_MOVED:
            return True
        merged = {id_ for community, called in names.items() for id_ in pages.retired_called(community, called)}
        self.codes |= pages.codes_at(ids | merged)
        # A door without a point takes the household group of its neighbours in walking order.
        divided = [community for community in names if self.reader.areas(community, "group")]
        self.codes |= pages.codes_without_point(divided)
        self.maps |= pages.codes_around(moved, REACH_M)
        return False


def _places(now: Address, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Point]:
    """Where a door's dot stood and stands, if the event changed anything a neighbour's map shows."""
    if not _ON_MAPS & after.keys() or (before.get("status"), after.get("status")) == ("proposed", "verified"):
        return []
    told = [Point(*said["point"]) for said in (before, after) if said.get("point")]
    return [*told, now.point] if now.point else told
