"""What a check is told besides the lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from doorplate.addresses.rules import Rules, default_rules
from doorplate.model import Area, Division


@dataclass(frozen=True, slots=True)
class CheckContext:
    """division: the community whose lists these are · siblings: the other communities of its township ·
    areas: its grids, may be empty · rules: thresholds and words."""

    division: Division
    siblings: Sequence[Division] = ()
    areas: Sequence[Area] = ()
    rules: Rules = field(default_factory=default_rules)
