"""Parts of packs kept ready by a process, and known to be those of now: nothing is handed out that a change has overtaken.

The trail tells whether anything happened at all; if so, the versions of a community's records tell in which grids, and only those
are made anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from doorplate.field_view import PackPart
from doorplate.store import NO_DOOR, Reader

Kind = Literal["doors", "households", "persons", "areas", "streets", "work"]
Parts = Mapping[str, tuple[Kind, PackPart]]
"""A part's name → its kind and itself."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How one community's records stood. told: grid id (None: no grid, NO_DOOR) → a sum over its doors alone, and one
    over everything."""

    seq: int
    told: Mapping[str | None, tuple[str, str]]

    @property
    def doors(self) -> str:
        """Of all doors of the community, whatever grid they are in."""
        return ",".join(sorted(f"{grid}:{one}" for grid, (one, _) in self.told.items() if grid != NO_DOOR))

    @property
    def areas(self) -> str:
        return self.told.get(NO_DOOR, ("", ""))[1]

    def of(self, grid_ids: Collection[str | None]) -> str:
        """Of everything in some grids."""
        return ",".join([self.areas, *sorted(f"{grid}:{self.told[grid][1]}" for grid in grid_ids if grid in self.told)])


@dataclass
class PackShelf:
    """Shared by the threads of a process. room: bytes of parts kept; what was not asked for longest goes first."""

    room: int
    _marks: dict[str, Marks] = field(default_factory=dict)
    _kept: OrderedDict[tuple[str, ...], tuple[str, Parts, int]] = field(default_factory=OrderedDict)
    _used: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def used(self) -> int:
        """Bytes of the parts kept now."""
        return self._used

    def marks(self, reader: Reader, community: str) -> Marks:
        """As the reader sees the community: versions are only counted again when the trail moved on."""
        seq = reader.event_count()
        known = self._marks.get(community)
        if known is None or known.seq != seq:
            known = Marks(seq, reader.pack_marks(community))
            self._marks[community] = known
        return known

    def parts(self, key: tuple[str, ...], mark: str, make: Callable[[], Parts]) -> Parts:
        """What is kept under a key if it was made from what has this mark, else made anew. Two threads may make the same."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == mark:
                self._kept.move_to_end(key)
                return kept[1]
        made = make()
        with self._lock:
            self._keep(key, mark, made)
        return made

    def _keep(self, key: tuple[str, ...], mark: str, made: Parts) -> None:
        self._drop(key)
        size = sum(len(part.body) for _, part in made.values())
        if size > self.room:
            return
        self._kept[key] = (mark, made, size)
        self._used += size
        while self._used > self.room:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, ...]) -> None:
        old = self._kept.pop(key, None)
        self._used -= old[2] if old else 0
