"""The check itself: understand every line, learn the village from all lists together, then judge line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from doorplate.addresses.numerals import to_number
from doorplate.addresses.parse import parse
from doorplate.addresses.quality import duplicates, gaps, mirror, neighbours, numbers, off_points, points, spelling, verdict, villages
from doorplate.addresses.quality.belonging import Belonging, find_wrong_grids
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.evidence import is_disputed
from doorplate.addresses.quality.households import Households, join_lists
from doorplate.addresses.quality.kinds import tell_kinds
from doorplate.addresses.quality.lines import Line, read_line
from doorplate.addresses.quality.names import Names, learn_names, seed_vocabulary
from doorplate.addresses.quality.order import Order
from doorplate.areas.grids import AreaIndex
from doorplate.model import CheckResult, Confidence, ListRow

_NOT = re.compile(r"(?:不是|而非|并非|不应是|原写|错写成|误写成)(.+?)(?:[,，。;；)]|$)")


def check(rows: Sequence[ListRow], context: CheckContext) -> CheckResult:
    """Findings and one CheckedRow for every row. Deterministic; never raises because of what a row says."""
    lines, names = understand(rows, context)
    tell_kinds(lines, context)
    villages.find_wrong_villages(lines, context)
    spelling.correct_slips(lines, names)

    index = AreaIndex([a for a in context.areas if a.kind == "grid"])
    belonging = Belonging(index, context)
    systems = points.read_points(lines, context, index, belonging.expected)
    points.frame_of(lines, index)

    households = Households(lines, context.rules)
    doubles = duplicates.join_doubles(lines, households, context)
    join_lists(lines, households)
    same = {group[0].index: group for group in households.groups()}
    households.number()
    spelling.settle_slips(lines, same, names)
    spelling.judge_strange_names(lines, same, names)

    belonging.learn(lines)
    disputed = {line.index for line in lines if is_disputed(line, same[line.household])}
    doors = Doors(lines, disputed, context.rules.numbers)
    gaps.find_missing_streets(lines, same, doors, context)
    find_wrong_grids(lines, belonging, index, context)
    duplicates.report_doubles(doubles)
    merged = {double.index: a if double is b else b for a, b, _ in doubles for double in (a, b) if "duplicate.household" in double.codes()}

    sides = {way: street.sides for way, street in doors.streets.items()}
    order = Order(lines, _out_of_place(lines, doubles), disputed, sides, context.rules.order)
    judge(lines, same, doors, order, context)
    off_points.find_points_outside_grid(lines, belonging, index, context)
    gaps.find_omitted(lines, same)
    mirror.mirror_findings(same)
    return CheckResult(verdict.findings_in_order(lines), verdict.checked_rows(lines, merged, index, context),
                       verdict.households_in_order(list(same.values()), merged), _facts(systems, doors))


def understand(rows: Sequence[ListRow], context: CheckContext) -> tuple[list[Line], Names]:
    """Every row read twice: first to learn the village's names, then with their help."""
    seeds = seed_vocabulary(rows, context)
    lines = [read_line(i, row, context, seeds) for i, row in enumerate(rows)]
    names = learn_names(lines, seeds, context)
    if names.vocabulary != seeds:
        lines = [read_line(i, row, context, names.vocabulary) for i, row in enumerate(rows)]
    _houses_not_towers(lines)
    for line in lines:
        _read_correction(line, context, names)
    return lines, names


def _houses_not_towers(lines: Sequence[Line]) -> None:
    """Where hardly anybody lives in a numbered room, 12号楼 is somebody's way to write 12号."""
    if sum(bool(line.elements.room or line.elements.unit) for line in lines) > 0.02 * len(lines):
        return
    for line in lines:
        e = line.elements
        if e.building.isdigit() and e.thoroughfare and not (e.number or e.unit or e.room or e.floor or e.compound):
            line.elements = line.written = replace(e, number=e.building, building="")


def judge(lines: Sequence[Line], same: dict[int, list[Line]], doors: Doors, order: Order, context: CheckContext) -> None:
    """Numbers against places, pairs of doors, and what is missing."""
    spelling.judge_other_streets(lines, same, doors)
    numbers.judge_numbers(lines, same, doors, order, context)
    neighbours.find_swapped(lines, doors, order, context)
    neighbours.find_same_numbers(lines, doors, context)
    gaps.find_missing_numbers(lines, same, doors, order, context)


def _out_of_place(lines: Sequence[Line], doubles: Sequence[tuple[Line, Line, Confidence]]) -> set[int]:
    """Lines that were put into a sheet afterwards or from elsewhere: their place in the list means nothing."""
    return {line.index for a, b, _ in doubles for line in (a, b)} | {line.index for line in lines if "wrong.grid" in line.codes()}


def _read_correction(line: Line, context: CheckContext, names: Names) -> None:
    """张家是幸福路17号不是179号: the chat's word against a sheet."""
    match = _NOT.search(line.note) if line.list_name == "late" else None
    if match:
        wrong = parse(match[1], context.division, names.vocabulary).elements.number
        line.correction = wrong or (str(to_number(match[1]) or "") or "?")


def _facts(systems: dict[tuple[str, str | None], str], doors: Doors) -> dict[str, object]:
    return {"crs": [{"file": file, "sheet": sheet, "crs": system} for (file, sheet), system in systems.items()],
            "numbering": {way.replace("/", ""): doors.streets[way].facts() for way in sorted(doors.streets)
                          if len(doors.streets[way].doors) > 2}}
