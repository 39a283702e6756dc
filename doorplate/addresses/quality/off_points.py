"""Points that are too far from where their address must be (`point.off`)."""

from __future__ import annotations

from collections import defaultdict
from math import dist

from doorplate.addresses.quality.evidence import Evidence
from doorplate.addresses.quality.lines import Claim, Fix, Line
from doorplate.addresses.quality.points import report_system, shifted, written_point
from doorplate.addresses.quality.street import NOISE_M, Street
from doorplate.addresses.quality.village import Village

_ACROSS_M = 11.0  # (D) a village street or one plot
_EXPLAINED = {"point.off", "wrong.number", "disordered", "duplicate.number"}


def other_system(line: Line, evidence: Evidence, village: Village) -> bool:
    """A single point that falls into place when taken for GCJ-02 or BD-09: somebody else's phone."""
    street, fix = evidence.street, line.fix
    if line.crs != "wgs84" or not street or not fix or line.number is None:
        return False
    for system in ("gcj02", "bd09"):
        line.fix = shifted(fix, system, village.frame)
        misfit = street.misfit(line, line.number)
        if misfit is not None and misfit <= evidence.near_m:
            report_system(line, system)
            return True
    line.fix = fix
    return False


def report(line: Line, metres: float) -> None:
    """The point is that far from the place its neighbours tell."""
    message = f"坐标离这个门牌号该在的地方约 {metres:.0f} 米, 按同街邻近门牌推算。请在大门口补采。"
    line.find("point.off", Claim(message, written_point(line), "补采坐标", "likely"))


def find_lonely_points(village: Village) -> None:
    """Where a street has too few doors to tell places: a point that every door it should stand beside is far from."""
    beside: dict[str, list[tuple[Line, Fix]]] = defaultdict(list)
    for line in village.listed():
        if line.fix and line.fix.fine and line.number is not None and line.elements.thoroughfare:
            beside[line.way].append((line, line.fix))
    for way, lines in beside.items():
        street = village.doors.streets.get(way)
        for line, fix in lines if street else ():
            if street is None or line.number is None or _EXPLAINED & line.codes() or street.misfit(line, line.number) is not None:
                continue
            over = [dist((fix.east, fix.north), (other.east, other.north)) - _reach(street, line.number, door)
                    for door, other in lines if door is not line and abs((door.number or 0) - line.number) <= 2 * street.step]
            if len(over) > 1 and min(over) > 0:
                report(line, min(over) + village.rules.points.expected_m)


def _reach(street: Street, number: int, door: Line) -> float:
    """How far from a door with a similar number a point may be: the numbers between, the street's width, the noise."""
    return abs((door.number or 0) - number) * street.per_number + _ACROSS_M + NOISE_M


def find_points_outside_grid(village: Village) -> None:
    """Where a street has too few doors to tell, a point far outside the street's own grid is off all the same."""
    rules, index = village.rules.points, village.belonging.index
    asked = [(line, line.fix) for line in village.lines if line.fix and line.fix.fine and line.grid >= 0
             and line.elements.thoroughfare and not village.belonging.is_split(line) and not _EXPLAINED & line.codes()]
    away = index.outside_of_m([fix.lon for _, fix in asked], [fix.lat for _, fix in asked], [line.grid for line, _ in asked])
    for (line, _), metres in zip(asked, away.tolist(), strict=True):
        if metres > rules.off_m - rules.expected_m:
            message = f"坐标在这条街路所属网格以外约 {metres:.0f} 米。请在大门口补采。"
            line.find("point.off", Claim(message, written_point(line), "补采坐标", "likely"))
