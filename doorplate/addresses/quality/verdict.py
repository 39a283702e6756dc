"""From what was found out about each line to what the check answers: findings in order, rows, households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doorplate.addresses.format import standard_address
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.village import Village
from doorplate.model import CheckedRow, Finding, Operation, SourceRef

_CORRECTED = {"wrong.street", "wrong.number", "wrong.village", "disordered", "duplicate.number", "incomplete.street"}


def findings_in_order(lines: Sequence[Line]) -> tuple[Finding, ...]:
    """By file, sheet and row in the order of the lists, then by code."""
    return tuple(f for line in lines for f in sorted(line.findings, key=lambda f: f.code))


def checked_rows(village: Village, merged: Mapping[int, Line]) -> tuple[CheckedRow, ...]:
    """One for every line, in order. merged: for lines that are doubles, the line that stands for them."""
    return tuple(_row(line, merged.get(line.index), village) for line in village.lines)


def households_in_order(groups: Sequence[Sequence[Line]], merged: Mapping[int, Line]) -> tuple[tuple[SourceRef, ...], ...]:
    """The lines of each household, the line that stands for it first."""
    ordered = []
    for group in groups:
        if group[0].kind == "household":
            first = sorted(group, key=lambda x: (x.index in merged, x.list_name != "sheets", x.index))
            ordered.append(tuple(x.ref for x in first))
    return tuple(ordered)


def _row(line: Line, standing: Line | None, village: Village) -> CheckedRow:
    whole = line.settled and _complete(line)
    address = standard_address(village.context.division, line.elements) if whole else None
    elements = line.elements if address or line.elements.thoroughfare else None
    areas = village.belonging.index.areas
    return CheckedRow(line.ref, line.kind, elements, address, areas[line.grid].code if line.grid >= 0 else None, line.point(),
                      _operation(line, standing), standing.ref if standing else None, _certain(line, address))


def _complete(line: Line) -> bool:
    e = line.elements
    return bool(e.thoroughfare and (e.number or (e.building and e.room)))


def _certain(line: Line, address: str | None) -> bool:
    """Nothing waits for a person but a better point: whatever else was found is sure."""
    return address is not None and all(f.confidence == "sure" or f.code.startswith("point.") for f in line.findings)


def _operation(line: Line, standing: Line | None) -> Operation:
    codes = line.codes()
    if line.kind == "retired":
        return "retire"
    if standing:
        return "merge"
    if "incomplete.number" in codes:
        return "assign"
    if codes & (_CORRECTED | {"wrong.grid"}):
        return "correct"
    return "replate" if "damaged" in codes else "keep"
