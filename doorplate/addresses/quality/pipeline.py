"""The check itself: understand every line, learn the village from all lists together, then judge line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from doorplate.addresses.quality import duplicates, gaps, mirror, neighbours, numbers, off_points, spelling, verdict
from doorplate.addresses.quality.belonging import Belonging
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.corrections import read_corrections
from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.duplicates import Double
from doorplate.addresses.quality.evidence import is_disputed
from doorplate.addresses.quality.households import Households, join_lists
from doorplate.addresses.quality.kinds import tell_kinds
from doorplate.addresses.quality.lines import Line, read_line
from doorplate.addresses.quality.names import Names, learn_names, seed_vocabulary
from doorplate.addresses.quality.order import Order, Walks
from doorplate.addresses.quality.points import Systems, frame_of, read_points
from doorplate.addresses.quality.village import Village
from doorplate.addresses.quality.villages import find_wrong_villages
from doorplate.addresses.quality.wrong_grids import find_wrong_grids
from doorplate.areas.coordinates import LocalFrame
from doorplate.areas.grids import AreaIndex
from doorplate.model import CheckResult, ListRow

_TOWERS = 0.02  # (D) below this share of numbered rooms 12号楼 is taken for 12号


def check(rows: Sequence[ListRow], context: CheckContext) -> CheckResult:
    """Findings and one CheckedRow for every row. Deterministic; never raises because of what a row says."""
    lines, names = understand(rows, context)
    belonging = Belonging(AreaIndex([a for a in context.areas if a.kind == "grid"]), context)
    systems = read_points(lines, context, belonging.index, belonging.expected)
    frame = frame_of(lines, belonging.index)

    households = Households(lines)
    doubles = duplicates.join_doubles(lines, households, context)
    join_lists(lines, households)
    village = learn(names, belonging, frame, households, doubles)
    judge(village)
    merged = duplicates.report_doubles(doubles)
    mirror.mirror_findings(village)
    return CheckResult(verdict.findings_in_order(lines), verdict.checked_rows(village, merged),
                       verdict.households_in_order(list(village.households.values()), merged), _facts(systems, village.doors))


def understand(rows: Sequence[ListRow], context: CheckContext) -> tuple[list[Line], Names]:
    """Every row read twice: first to learn the village's names, then with their help."""
    seeds = seed_vocabulary(rows, context)
    lines = [read_line(i, row, context, seeds) for i, row in enumerate(rows)]
    names = learn_names(lines, seeds, context)
    if names.vocabulary != seeds:
        lines = [read_line(i, row, context, names.vocabulary) for i, row in enumerate(rows)]
    _houses_not_towers(lines)
    read_corrections(lines, names.vocabulary, context)
    tell_kinds(lines, context)
    find_wrong_villages(lines, context)
    spelling.correct_slips(lines, names)
    return lines, names


def learn(names: Names, belonging: Belonging, frame: LocalFrame, households: Households, doubles: Sequence[Double]) -> Village:
    """Streets, doors and walking order, from lines that are joined into households."""
    lines, same = households.lines, households.numbered()
    spelling.settle_slips(lines, same, names)
    spelling.judge_strange_names(lines, same, names)
    belonging.learn(lines)
    rules = belonging.context.rules
    disputed = {line.index for line in lines if is_disputed(line, same[line.household])}
    doors = Doors(lines, disputed, rules.numbers)
    village = Village(lines, same, names, belonging, doors, Order.unknown(rules.order), frame, disputed, belonging.context)
    gaps.find_missing_streets(village)
    find_wrong_grids(village)
    strangers = {line.index for double in doubles for line in double.lines}
    strangers |= {line.index for line in lines if "wrong.grid" in line.codes()}
    sides = {way: street.sides for way, street in doors.streets.items()}
    return replace(village, order=Order(Walks(lines, strangers, disputed, sides), rules.order))


def judge(village: Village) -> None:
    """Numbers against places, pairs of doors, and what is missing."""
    spelling.judge_other_streets(village)
    neighbours.find_swapped(village)
    numbers.judge_numbers(village)
    neighbours.find_exchanged(village)
    neighbours.find_same_numbers(village)
    gaps.find_missing_numbers(village)
    off_points.find_points_outside_grid(village)
    gaps.find_omitted(village)


def _houses_not_towers(lines: Sequence[Line]) -> None:
    """Where hardly anybody lives in a numbered room, 12号楼 is somebody's way to write 12号."""
    if sum(bool(line.elements.room or line.elements.unit) for line in lines) > _TOWERS * len(lines):
        return
    for line in lines:
        e = line.elements
        if e.building.isdigit() and e.thoroughfare and not (e.number or e.unit or e.room or e.floor or e.compound):
            line.elements = line.written = replace(e, number=e.building, building="")


def _facts(systems: Systems, doors: Doors) -> Mapping[str, Any]:
    """What was learned and may be shown: coordinate system per sheet, numbering rule per street."""
    crs = [{"file": file, "sheet": sheet, "crs": system} for (file, sheet), system in systems.items()]
    known = [street for _, street in sorted(doors.streets.items()) if len(street.doors) > 2]
    return {"crs": crs, "numbering": {street.way.replace("/", ""): street.facts() for street in known}}
