"""Points that are too far from where their address must be (`point.off`)."""

from __future__ import annotations

from collections.abc import Sequence

from doorplate.addresses.quality.belonging import Belonging
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.points import written_point
from doorplate.areas.grids import AreaIndex


def report(line: Line, metres: float) -> None:
    """The point is that far from the place its neighbours tell."""
    line.find("point.off", f"坐标离这个门牌号该在的地方约 {metres:.0f} 米, 按同街邻近门牌推算。请在大门口补采。", field="lon",
              value=written_point(line), proposal="补采坐标", confidence="likely")


def find_points_outside_grid(lines: Sequence[Line], belonging: Belonging, index: AreaIndex, context: CheckContext) -> None:
    """Where a street has too few doors to tell, a point far outside the street's own grid is off all the same."""
    rules = context.rules.points
    limit = rules.off_m - rules.expected_m
    asked = [line for line in lines if line.fix and line.fix.fine and line.grid >= 0 and not belonging.is_split(line) and line.elements.thoroughfare
             and not {"point.off", "wrong.number", "disordered", "duplicate.number"} & line.codes()]
    away = index.outside_of_m([f.lon for line in asked if (f := line.fix)], [f.lat for line in asked if (f := line.fix)], [x.grid for x in asked])
    for line, metres in zip(asked, away.tolist(), strict=True):
        if metres > limit:
            line.find("point.off", f"坐标在这条街路所属网格以外约 {metres:.0f} 米。请在大门口补采。", field="lon",
                      value=written_point(line), proposal="补采坐标", confidence="likely")
