"""Points that are too far from where their address must be (`point.off`)."""

from __future__ import annotations

from doorplate.addresses.quality.evidence import Evidence
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.points import report_system, shifted, written_point
from doorplate.addresses.quality.village import Village

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


def report(line: Line, metres: float, village: Village) -> None:
    """The point is that far from the place its neighbours tell. Where it alone said that the line stands on the wrong
    grid's sheet, the sheet is believed again."""
    message = f"坐标离这个门牌号该在的地方约 {metres:.0f} 米, 按同街邻近门牌推算。请在大门口补采。"
    line.find("point.off", Claim(message, written_point(line), "补采坐标", "likely"))
    if village.belonging.is_split(line) and "wrong.grid" in line.codes():
        line.findings = [f for f in line.findings if f.code != "wrong.grid"]
        line.grid = village.belonging.of_sheet(line)


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
