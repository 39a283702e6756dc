"""What the steps hand on: the text still unread, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from doorplate.addresses.vocabulary import Vocabulary
from doorplate.model import Division

Level = Literal["province", "city", "county", "township", "community"]


@dataclass(frozen=True, slots=True)
class Mention:
    """An administrative place the text names. own = it is the one whose list this is, under any of its names."""

    level: Level
    name: str
    own: bool


@dataclass(slots=True)
class State:
    """Mutable, alive during one parse only. found: fields of Elements by name."""

    rest: str
    division: Division
    vocabulary: Vocabulary
    found: dict[str, str] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    no_number: str = ""

    @property
    def abroad(self) -> bool:
        """Outside the mainland's codes (11–65): names stay as they are written, numerals too."""
        return not "11" <= self.division.code[:2] <= "65"

    def take(self, length: int) -> str:
        """Remove that many characters from the front and give them."""
        taken, self.rest = self.rest[:length], self.rest[length:]
        return taken
