"""The end of an installer's day: what was issued must be mounted, brought back, or explained. Nothing may just be gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from doorplate.model import Plate, PlateBox, PlateStatus

_MOUNTED: frozenset[PlateStatus] = frozenset({"mounted", "checked"})
_EXPLAINED_BY_STATE: Mapping[PlateStatus, str] = {
    "damaged": "安装时损坏", "lost": "遗失", "retired": "已停用", "reissued": "已补制"}


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Of one box: the codes by what became of them. explained: code → why. open: nobody has said what became of these."""

    issued: tuple[str, ...]
    mounted: tuple[str, ...]
    returned: tuple[str, ...]
    explained: Mapping[str, str]
    open: tuple[str, ...]

    @property
    def even(self) -> bool:
        """issued = mounted + returned + explained."""
        return not self.open


def reckon(box: PlateBox, plates: Iterable[Plate]) -> Reckoning:
    """What became of the plates of an issued box; plates: those with its codes, as they are now."""
    status = {plate.code: plate.status for plate in plates}
    issued = tuple(code for code in box.codes if code not in box.lost and code not in box.damaged)
    explained: dict[str, str] = {}
    for code in issued:
        if code in box.kept and status[code] == "issued":
            explained[code] = box.kept[code]
        elif status[code] in _EXPLAINED_BY_STATE:
            explained[code] = _EXPLAINED_BY_STATE[status[code]]
    mounted = tuple(code for code in issued if status[code] in _MOUNTED)
    returned = tuple(code for code in issued if status[code] == "packed")
    told = {*mounted, *returned, *explained}
    return Reckoning(issued, mounted, returned, explained, tuple(code for code in issued if code not in told))
