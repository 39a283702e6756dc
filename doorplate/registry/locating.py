"""Points given at the desk: where a door of a community may stand, and which grid it then belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from statistics import median

from doorplate.addresses.rules import default_rules
from doorplate.areas.coordinates import Crs, LocalFrame, to_wgs84
from doorplate.areas.grids import AreaIndex
from doorplate.areas.placing import place
from doorplate.errors import Refused
from doorplate.model import Address, Area, Community, Point

SAME_SPOT_DEG = 5e-7  # (D) 5 cm: what rounding to seven decimals may do, far less than a door is wide
_OTHER_SYSTEMS: Mapping[Crs, str] = {"gcj02": "高德、腾讯的坐标 (GCJ-02)", "bd09": "百度的坐标 (BD-09)"}


def same_spot(a: Point | None, b: Point | None) -> bool:
    """Whether two points are one, apart from rounding."""
    return a is not None and b is not None and abs(a.lon - b.lon) <= SAME_SPOT_DEG and abs(a.lat - b.lat) <= SAME_SPOT_DEG


class Ground:
    """One community's ground: its outlines (areas in force of kinds community and grid), else the points of its doors."""

    def __init__(self, community: Community, areas: Sequence[Area], addresses: Mapping[str, Address]) -> None:
        self._community, self._addresses = community, addresses
        self._outlines = [a for a in areas if a.kind in ("community", "grid") and a.geometry_wkb]
        self._grids = [a for a in areas if a.kind == "grid"]

    def require_inside(self, point: Point) -> None:
        """Raises Refused(point.outside) for a point no door of the community can have: further from its outlines than a point
        may be off (30 m), or, where none are drawn, from the middle of its doors than any of them can be."""
        away = self._outside_m(point.lon, point.lat)
        if away <= 0:
            return
        told = f"{away:.0f} 米" if away < 10_000 else f"{away / 1000:.0f} 公里"
        likely = next((name for crs, name in _OTHER_SYSTEMS.items()
                       if self._outside_m(*map(float, to_wgs84(crs, point.lon, point.lat))) <= 0), "")
        advice = f"像是{likely}, 请先换算成 WGS84" if likely else "请核对坐标, 要 WGS84, 先经度后纬度"
        message = f"坐标 {point.lon:.6f},{point.lat:.6f} 在{self._community.names[-1]}的范围以外约 {told}: {advice}"
        raise Refused("point.outside", message, lon=point.lon, lat=point.lat)

    def standing_grid(self, address: Address) -> str | None:
        """The id of an address's grid, or, where that is no longer in force, of the one that took its place there."""
        in_force = address.grid_id is None or any(grid.id == address.grid_id for grid in self._grids)
        return address.grid_id if in_force else self.grid_of(address)

    def grid_of(self, address: Address) -> str | None:
        """The id of the grid an address belongs to by its point, its street and its neighbours: its own where nothing surely
        tells another one."""
        own = address.grid_id if address.grid_id in {grid.id for grid in self._grids} else None
        neighbours = [] if own and self._well_inside(address) else self._neighbours(address)
        found = place([address, *neighbours], self._grids)[0]
        if found.area < 0 or (own is not None and not found.sure):
            return own
        return self._grids[found.area].id

    def _neighbours(self, address: Address) -> list[Address]:
        return [a for a in self._addresses.values() if a.status != "retired" and a.id != address.id
                and a.elements.street == address.elements.street and a.elements.hamlet == address.elements.hamlet]

    def _well_inside(self, address: Address) -> bool:
        return place([address], self._grids)[0].sure if address.point else False

    @cached_property
    def _index(self) -> AreaIndex:
        return AreaIndex(self._outlines)

    def _outside_m(self, lon: float, lat: float) -> float:
        rules = default_rules().points
        if self._outlines:
            away = float(self._index.outside_m([lon], [lat])[0])
            return away if away > rules.off_m else 0.0
        points = [a.point for a in self._addresses.values() if a.point is not None and a.status != "retired"]
        if not points:
            return 0.0
        frame = LocalFrame(median(p.lon for p in points), median(p.lat for p in points))
        east, north = frame.metres(lon, lat)
        away = float((east**2 + north**2) ** 0.5)
        return away if away > rules.far_without_areas_m else 0.0
