"""Taking an act on areas back: what it opened was never in force, what it closed is again, addresses and contacts return.

Refused where something newer depends on what it opened: a house, a contact or a division that would be left without an area.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from doorplate.addresses.operations import Grounds
from doorplate.model import Area, RecordedEvent, Staff
from doorplate.registry.bench import Bench, undone

_SHOWN = 3


class AreaRestoring:
    """The areas of one community and their contacts while an act is taken back on a bench."""

    def __init__(self, bench: Bench, subjects: Collection[str]) -> None:
        self._bench = bench
        everything = bench.reader.areas(bench.community.code, ended=True)
        self.areas = {area.id: area for area in everything if area.id in subjects}
        self.staff = {person.id: person for person in bench.reader.staff_of(subjects)}
        self._known = {area.id: area for area in everything}
        self.changed: list[tuple[Area, Area]] = []

    def area(self, now: Area, story: Sequence[RecordedEvent], grounds: Grounds) -> None:
        """One area as it was before these events of its own; one that they had opened ends on the day it began."""
        if story[0].version == 1:
            was, verb = replace(now, valid_to=now.valid_from), "area.withdrawn"
        else:
            was = undone(now, story)
            verb = "area.closed" if was.valid_to and not now.valid_to else "area.restored"
        self._known[now.id] = was
        self.changed.append((now, was))
        self._bench.put(now, was, verb, grounds)

    def contact(self, now: Staff, story: Sequence[RecordedEvent], grounds: Grounds) -> None:
        """One contact back where it was in charge; an entry that the act had made is in charge of nothing."""
        added = story[0].version == 1
        was = replace(now, area_code="" if added else undone(now, story).area_code)
        if was != now:
            self._bench.put(now, was, "staff.withdrawn" if added else "staff.restored", grounds)

    def what_depends(self) -> str:
        """What would be left without an area, in words, "" where nothing is."""
        ended = {now.id: now for now, was in self.changed if was.valid_to and not now.valid_to}
        houses = [a for a in self._bench.addresses.values() if a.grid_id in ended and a.status != "retired"]
        if houses:
            listed = "、".join(a.standard_address for a in houses[:_SHOWN]) + ("…" if len(houses) > _SHOWN else "")
            return f"{ended[houses[0].grid_id or ''].code} 里后来又有 {len(houses)} 个地址 ({listed})"
        for area in self._known.values():
            parent = self._known.get(area.parent_id or "")
            if area.valid_to is None and parent is not None and parent.valid_to is not None:
                return f"{area.code} {area.name} 是按后来的 {parent.code} 划分的" if parent.id in ended else (
                    f"{area.code} {area.name} 所在的 {parent.code} 已经停用")
        moved = {after.id for _, after, _ in self._bench.changes}
        others = [s for s in self._bench.reader.staff(area.code for area in ended.values()) if s.id not in moved]
        return f"后来给 {others[0].area_code} 登记了 {len(others)} 个联系人" if others else ""
