"""What is wrong with a household's number is wrong on every list that repeats it: nothing may stay silently wrong."""

from __future__ import annotations

from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.village import Village
from doorplate.model import Finding

_SPREADS = ("disordered", "duplicate.number", "wrong.number")


def mirror_findings(village: Village) -> None:
    """Put a doubt about a number on the household's other lines with the same number too."""
    for line in village.listed():
        for finding in [f for f in line.findings if f.code in _SPREADS]:
            for other in village.households[line.household]:
                same = other.elements.number and other.written.number == line.written.number
                if other is not line and same and not other.correction and finding.code not in other.codes():
                    _repeat(finding, line, other)


def _repeat(finding: Finding, line: Line, other: Line) -> None:
    message = f"核对表上同一户的门牌号有疑问, 这份名单写的是同一个号。{finding.message}"
    number = other.elements.painted_number
    other.find(finding.code, Claim(message, number, finding.proposal, finding.confidence, (line.ref,)))
    if not line.settled:
        other.settled = False
    else:
        other.elements = line.elements
