"""Reads a drawing as a scanner would, before it leaves the house: what lies in the middle of every module, and its URL."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
import zxingcpp
from numpy.typing import NDArray
from shapely import Polygon

from doorplate.plates.symbol import QUIET_MODULES, Modules
from print_jobs.plate_design import QrField

_PIXELS = 4  # to a module when it is read as a picture
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def modules_in(engrave: Iterable[Polygon], field: QrField, size: int) -> Modules:
    """Whether the middle of each module lies in an engraved area; quiet zone included, shape (size + 8, size + 8)."""
    count = size + 2 * QUIET_MODULES
    middles = (np.arange(count) + 0.5) * field.field_mm / count
    frame = shapely.box(field.x_mm, field.y_mm, field.x_mm + field.field_mm, field.y_mm + field.field_mm)
    polygons = np.array(list(engrave), dtype=object)
    there = polygons[shapely.intersects(shapely.box(*shapely.bounds(polygons).T), frame)]
    x, y = np.meshgrid(field.x_mm + middles, field.y_mm + middles)
    covered = np.zeros((count, count), np.bool_)
    points = shapely.points(x, y).ravel()
    _, found = shapely.STRtree(points).query(there, predicate="contains")
    covered.ravel()[found] = True
    return covered


def read(modules: NDArray[np.bool_]) -> str:
    """The text of a symbol given as modules, True = dark, quiet zone included; "" when it cannot be read."""
    picture = np.where(modules, 0, 255).astype(np.uint8).repeat(_PIXELS, axis=0).repeat(_PIXELS, axis=1)
    found = zxingcpp.read_barcodes(picture, formats=_QR, try_rotate=False, try_downscale=False, try_invert=False)
    return found[0].text if len(found) == 1 else ""
