"""Symbols on rasters, many at a time: every module against the expected one, and what is measured of them.

A raster shows the QR field with a whole number of pixels to a module. pdfium shades a pixel by how much of it is covered, so the
length of a dark or light stretch is the sum of its shades: edges are found to a small part of a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorplate.plates.symbol import QUIET_MODULES, Modules
from print_jobs.proof_limits import Limits

Rasters = NDArray[np.uint8]
Numbers = NDArray[np.float32]

_THRESHOLD = 128
_FINDER = 7  # modules a side (ISO/IEC 18004 clause 6.3.3)
_BARS = ((0, 1), (1, 2), (2, 5), (5, 6), (6, 7))  # dark, light, dark, light, dark along its middle: 1:1:3:1:1
_WHITE = 255
_TOUCHED = 4  # grey levels by which an edge may change the pixel beside it: a hundredth of a pixel covered, and rounding (D)


class Measured(NamedTuple):
    """Of one symbol, from the raster. module_x_mm, module_y_mm; quiet: narrowest side of the quiet zone, modules; contrast: from
    the darkest light to the lightest dark module, 1 = white to black; finder: the most a bar of the three finders differs from
    1:1:3:1:1, modules."""

    module_x_mm: float
    module_y_mm: float
    quiet: float
    contrast: float
    finder: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The worst of many symbols, sizes as in Measured. least and greatest module count both directions."""

    least_module_mm: float
    greatest_module_mm: float
    quiet: float
    contrast: float
    finder: float

    @classmethod
    def of(cls, measured: Sequence[Measured]) -> Summary | None:
        """None when nothing was measured."""
        if not measured:
            return None
        columns = np.array(measured)
        modules = columns[:, :2]
        return cls(*(round(float(value), 4) for value in (
            modules.min(), modules.max(), columns[:, 2].min(), columns[:, 3].min(), columns[:, 4].max())))

    @classmethod
    def together(cls, parts: Sequence[Summary]) -> Summary:
        """The worst of the worst; parts must not be empty."""
        return cls(min(p.least_module_mm for p in parts), max(p.greatest_module_mm for p in parts), min(p.quiet for p in parts),
                   min(p.contrast for p in parts), max(p.finder for p in parts))


def differing(rasters: Rasters, expected: Modules) -> NDArray[np.int64]:
    """How many modules of each symbol are not as they must be, quiet zone included; one pixel of the other colour is enough.
    rasters (n, side, side), expected (n, modules, modules)."""
    count, modules = expected.shape[:2]
    pixels = rasters.shape[1] // modules
    dark = rasters < _THRESHOLD
    wrong = np.zeros(expected.shape, np.bool_)
    for row in range(pixels):
        for column in range(pixels):
            wrong |= dark[:, row::pixels, column::pixels] != expected
    found: NDArray[np.int64] = wrong.reshape(count, -1).sum(axis=1)
    return found


def measure(rasters: Rasters, expected: Modules, field_mm: float) -> list[Measured]:
    """What is measured of each of these symbols. Shapes as in `differing`."""
    modules = expected.shape[1]
    pixels = rasters.shape[1] // modules
    centres = _centres(rasters, modules)
    lightest_dark = np.where(expected, centres, 0).max(axis=(1, 2)).astype(np.float32)
    darkest_light = np.where(expected, _WHITE, centres).min(axis=(1, 2)).astype(np.float32)
    contrast = (darkest_light - lightest_dark) / _WHITE
    across, down = (_lines(which, modules, pixels) for which in (rasters, rasters.transpose(0, 2, 1)))
    lengths = [_lengths(lines, modules) for lines in (across, down)]
    quiet = np.stack([lengths[0][0], lengths[0][1], lengths[1][0], lengths[1][1]]).min(axis=0)
    size = modules - 2 * QUIET_MODULES
    module_x, module_y = ((modules - before - after) / size * field_mm / modules for before, after, _ in lengths)
    finder = np.maximum(lengths[0][2], lengths[1][2])
    columns = np.stack([module_x, module_y, quiet, contrast, finder], axis=1).astype(np.float64)
    return [Measured(*values) for values in columns.round(4).tolist()]


def only_black(rasters: Rasters, expected: Modules, black: int) -> NDArray[np.bool_]:
    """Whether the hearts of the three finders have the very grey that black ink alone gives, and every module the grey of black
    or white, as near as a pixel that its edge may touch can say. Shapes as in `differing`."""
    centres = _centres(rasters, expected.shape[1])
    first, last = QUIET_MODULES + _FINDER // 2, expected.shape[1] - QUIET_MODULES - _FINDER // 2 - 1
    hearts = centres[:, [first, first, last], [first, last, first]]
    near = np.abs(centres.astype(np.int16) - np.where(expected, np.int16(black), np.int16(_WHITE))) <= _TOUCHED
    plain: NDArray[np.bool_] = near.all(axis=(1, 2)) & (hearts == black).all(axis=1)
    return plain


def measured_problems(found: Measured, wanted_mm: float, limits: Limits) -> list[str]:
    """What is outside the limits. wanted_mm: a module by the design."""
    problems = []
    for word, module in (("宽", found.module_x_mm), ("高", found.module_y_mm)):
        if abs(module / wanted_mm - 1) > limits.module_tolerance:
            problems.append(f"二维码模块{word} {module:.3f} mm, 应为 {wanted_mm:.3f} mm")
    if found.quiet < limits.least_quiet_modules:
        problems.append(f"静区只有 {found.quiet:.2f} 个模块, 至少 {limits.least_quiet_modules:g}")
    if found.contrast < limits.least_contrast:
        problems.append(f"二维码反差 {found.contrast:.2f}, 至少 {limits.least_contrast:g}")
    if found.finder > limits.most_finder_deviation:
        problems.append(f"定位图形比例偏离 1:1:3:1:1 达 {found.finder:.2f} 个模块, 至多 {limits.most_finder_deviation:g}")
    return problems


def _centres(rasters: Rasters, modules: int) -> Rasters:
    pixels = rasters.shape[1] // modules
    return rasters[:, pixels // 2::pixels, pixels // 2::pixels]


def _lines(rasters: Rasters, modules: int, pixels: int) -> Numbers:
    """Lines through the middles of the finders, as darkness 0 to 1 by the line's own lightest and darkest, shape (2, n, side):
    the upper one crosses two finders, the lower one."""
    rows = [(row * pixels + pixels // 2) for row in (QUIET_MODULES + 3, modules - QUIET_MODULES - 4)]
    shades = np.stack([rasters[:, row] for row in rows]).astype(np.float32)
    light, dark = shades.max(axis=2, keepdims=True), shades.min(axis=2, keepdims=True)
    darkness: Numbers = (light - shades) / np.maximum(light - dark, 1)
    return darkness


def _lengths(lines: Numbers, modules: int) -> tuple[Numbers, Numbers, Numbers]:
    """Width of the quiet zone before and after the symbol, worst bar of the finders on these lines; modules, shape (n,)."""
    pixels = lines.shape[2] // modules
    weights, wanted = _windows(modules, pixels)
    upper, lower = (line @ weights / pixels for line in lines)
    first, bars = len(_BARS), 2 * len(_BARS)
    off = np.maximum(np.abs(upper[:, :bars] - wanted).max(axis=1), np.abs(lower[:, :first] - wanted[:first]).max(axis=1))
    whole = QUIET_MODULES + pixels // 2 / pixels
    return whole - np.maximum(upper[:, bars], lower[:, bars]), whole - upper[:, bars + 1], off


@lru_cache(maxsize=8)
def _windows(modules: int, pixels: int) -> tuple[Numbers, Numbers]:
    """Windows on a line as columns of ones, shape (side, 12): one for each bar of the first and the second finder, then the two
    quiet zones. Each reaches half a module beyond its stretch. And the darkness, in modules, that the bars' must hold: a dark
    bar all of itself, a light one what its window takes of its neighbours."""
    half, side = pixels // 2, modules * pixels
    ends, wanted = [], []
    for start in (QUIET_MODULES, modules - QUIET_MODULES - _FINDER):
        for i, (a, b) in enumerate(_BARS):
            ends.append(((start + a) * pixels - half, (start + b) * pixels + half))
            wanted.append(2 * half / pixels if i % 2 else b - a)
    edge = QUIET_MODULES * pixels + half
    ends += [(0, edge), (side - edge, side)]
    windows = np.zeros((side, len(ends)), np.float32)
    for column, (first, last) in enumerate(ends):
        windows[first:last, column] = 1
    return windows, np.array(wanted, np.float32)
