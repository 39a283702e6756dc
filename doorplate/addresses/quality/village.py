"""What the lists taught about the village, handed to those who judge single lines by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from doorplate.addresses.quality.belonging import Belonging
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.names import Names
from doorplate.addresses.quality.order import Order
from doorplate.addresses.rules import Rules
from doorplate.areas.coordinates import LocalFrame


@dataclass(frozen=True, slots=True)
class Village:
    """households: the lines of each household by the index of its first line · names: streets that exist ·
    belonging: streets → grids · doors: where numbers stand · order: what walking order tells · frame: degrees ↔ metres ·
    disputed: indices of lines whose number every other list contradicts."""

    lines: Sequence[Line]
    households: Mapping[int, Sequence[Line]]
    names: Names
    belonging: Belonging
    doors: Doors
    order: Order
    frame: LocalFrame
    disputed: set[int]
    context: CheckContext

    @property
    def rules(self) -> Rules:
        return self.context.rules

    def listed(self) -> Iterator[Line]:
        """The lines of the sheets, where the village itself says who lives where."""
        return (line for line in self.lines if line.list_name == "sheets")

    def is_disputed(self, line: Line) -> bool:
        """Whether every other list that has the line's household gives it another number."""
        return line.index in self.disputed

    def elsewhere(self, line: Line) -> list[Line]:
        """The same household's lines on other lists."""
        return [other for other in self.households[line.household] if other.list_name != line.list_name]
