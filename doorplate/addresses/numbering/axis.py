"""The middle line of a street, in metres: how far along it a point stands, and on which side."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDING_M = 1e-6
_NAMES = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")


class Axis:
    """A polyline (n, 2) of metres east and north, n ≥ 2, from the start of the numbering to its end."""

    def __init__(self, nodes: Floats) -> None:
        self.nodes = nodes
        self._line = shapely.LineString(nodes)
        steps = np.diff(nodes, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        self._tangents = steps / np.maximum(lengths, 1e-9)[:, None]
        self._ends = np.cumsum(lengths)
        self.length = float(self._ends[-1])

    def locate(self, xy: Floats) -> tuple[Floats, Floats]:
        """(n, 2) metres → (along, beside): metres from the start, below 0 before it and above the length beyond the end;
        metres to the left of the line, negative to its right."""
        along = np.asarray(shapely.line_locate_point(self._line, shapely.points(xy)), dtype=np.float64)
        foot = shapely.get_coordinates(shapely.line_interpolate_point(self._line, along))
        tangent = self._tangents[np.minimum(np.searchsorted(self._ends, along), len(self._tangents) - 1)]
        away = xy - foot
        forward = (away * tangent).sum(axis=1)
        left = tangent[:, 0] * away[:, 1] - tangent[:, 1] * away[:, 0]
        at_end = (along <= _ROUNDING_M) | (along >= self.length - _ROUNDING_M)
        beside = np.where(at_end, left, np.copysign(np.hypot(away[:, 0], away[:, 1]), left))
        return along + np.where(at_end, forward, 0.0), beside

    def reversed(self) -> Axis:
        """The same line walked the other way."""
        return Axis(self.nodes[::-1].copy())

    @property
    def direction(self) -> Floats:
        """From the first node to the last, metres (2,); the longest leg's direction where the street returns to its start."""
        whole: Floats = self.nodes[-1] - self.nodes[0]
        if np.hypot(*whole) > 0.2 * self.length:
            return whole
        longest: Floats = self._tangents[int(np.argmax(np.diff(self._ends, prepend=0.0)))]
        return longest

    @property
    def is_east_west(self) -> bool:
        east, north = np.abs(self.direction)
        return bool(east >= north)

    @property
    def heading(self) -> str:
        """由东向西, by the nearest of eight."""
        turn = _turn(self.direction)
        return f"由{_NAMES[(turn + 4) % 8]}向{_NAMES[turn % 8]}"

    @property
    def sides(self) -> tuple[str, str]:
        """Words for left and right: 南侧, 北侧 of a street that leads west."""
        turn = _turn(self.direction)
        return f"{_NAMES[(turn + 2) % 8]}侧", f"{_NAMES[(turn - 2) % 8]}侧"


def _turn(vector: Floats) -> int:
    return round(float(np.degrees(np.arctan2(vector[1], vector[0]))) / 45) % 8
