"""What is wrong with a household's number is wrong on every list that repeats it: nothing may stay silently wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doorplate.addresses.quality.lines import Line
from doorplate.model import Finding

_SPREADS = ("disordered", "duplicate.number", "wrong.number")


def mirror_findings(households: Mapping[int, Sequence[Line]]) -> None:
    """Put a doubt about a number on the household's other lines with the same number too."""
    for same in households.values():
        for line in [x for x in same if x.list_name == "sheets"]:
            for finding in [f for f in line.findings if f.code in _SPREADS and f.ref == line.ref]:
                for other in same:
                    if other is not line and other.elements.number and other.written.number == line.written.number and not other.correction:
                        _repeat(finding, line, other)


def _repeat(finding: Finding, line: Line, other: Line) -> None:
    if finding.code in other.codes():
        return
    other.find(finding.code, f"核对表上同一户的门牌号有疑问, 这份名单写的是同一个号。{finding.message}", field=finding.field,
               value=other.elements.painted_number, proposal=finding.proposal, confidence=finding.confidence, with_=(line.ref,))
    if not line.settled:
        other.settled = False
    else:
        other.elements = line.elements
