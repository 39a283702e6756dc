"""Lines that stand on another grid's sheet, or under another grid's name (`wrong.grid`)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.village import Village
from doorplate.model import Confidence

_SHEET_SHARE = 0.7  # (D) a sheet that names no grid is the grid of this share of its lines


def find_wrong_grids(village: Village) -> None:
    """Set every line's grid and compare it with the one the line stands under."""
    if not village.belonging.index:
        _by_sheets(village)
        return
    belonging = village.belonging
    for line in village.lines:
        line.grid = belonging.of(line)
    home = _sheet_grids(village.lines)
    for line in village.listed():
        told = line.row.cell("grid") or line.row.grid_hint
        stands = belonging.of_sheet(line) if told else home.get(line.sheet, -1)
        unsure = belonging.is_split(line)
        if line.grid < 0 or stands in (-1, line.grid) or (unsure and not line.fix):
            continue
        areas = belonging.index.areas
        here, right = areas[stands].name or areas[stands].code, areas[line.grid]
        message = f"登记在{here}, 但这条街路属于{right.name or right.code}。请移到那个网格。"
        confidence: Confidence = "likely" if unsure else "sure"
        line.find("wrong.grid", Claim(message, here, right.code, confidence))


def _sheet_grids(lines: Sequence[Line]) -> dict[tuple[str, str | None], int]:
    """For sheets that do not say it: the grid of most of their lines."""
    counts: dict[tuple[str, str | None], Counter[int]] = defaultdict(Counter)
    for line in lines:
        counts[line.sheet][line.grid] += 1
    most = {sheet: seen.most_common(1)[0] for sheet, seen in counts.items()}
    return {sheet: area for sheet, (area, count) in most.items() if count >= _SHEET_SHARE * counts[sheet].total()}


def _by_sheets(village: Village) -> None:
    """Without outlines each sheet with a grid's name is a grid: a street belongs to the sheet with most of its lines."""
    listed = [line for line in village.listed() if line.row.grid_hint and line.elements.thoroughfare]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in listed:
        counts[line.way][line.row.grid_hint] += 1
    for line in listed:
        seen = counts[line.way]
        hint, most = seen.most_common(1)[0]
        if hint != line.row.grid_hint and most >= village.rules.grids.street_share * seen.total():
            message = f"登记在网格 {line.row.grid_hint} 的表上, 但这条街路的其他门牌都在网格 {hint}。请移过去。"
            line.find("wrong.grid", Claim(message, line.row.grid_hint, hint, "likely"))
