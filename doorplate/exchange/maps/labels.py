"""Number labels along a road that must not overlap: what each says, and in which of a few tiers it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorplate.addresses.numbering import Assignment, HouseNumber
from doorplate.exchange.maps.svg import element, text, width_of

LABEL_GAP = 4.0
_TIERS = 4
_TIER = 32.0


@dataclass(frozen=True, slots=True)
class Label:
    """kind: "" unchanged, redo changed, made new, ask left to a person. main: the number, below: the one it replaces."""

    kind: str
    main: str
    below: str

    @property
    def width(self) -> float:
        return max(width_of(self.main, 13) + (8 if self.kind else 0), width_of(self.below, 10) + 2)

    @property
    def height(self) -> float:
        return 28.0 if self.below else 16.0 if self.kind else 12.0

    def shapes(self, x: float, y: float) -> list[str]:
        """The label around its middle."""
        top = y - self.height / 2
        if not self.kind:
            return [text(x, y + 5, self.main, "num", text_anchor="middle")]
        wide = width_of(self.main, 13) + 8
        box = element("rect", x=x - wide / 2, y=top, width=wide, height=16.0, rx=3, **{"class": self.kind})
        shapes = [box, text(x, top + 12.5, self.main, "new", text_anchor="middle")]
        return [*shapes, text(x, top + 26, self.below, "old", text_anchor="middle")] if self.below else shapes


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a label stands: its middle, and how far its near edge is from the row of dots."""

    label: Label
    x: float
    offset: float


def label_of(door: Assignment) -> Label:
    """What the map says at a door."""
    if door.new is None:
        return Label("ask", "待定", f"原{_short(door.old)}") if door.old else Label("ask", "未编", "")
    if not door.changed:
        return Label("", _short(door.new), "")
    if door.old is None:
        return Label("made", f"新 {_short(door.new)}", "")
    return Label("redo", f"改 {_short(door.new)}", f"原{_short(door.old)}")


def placed(wanted: Iterable[tuple[float, Label]], left: float, right: float) -> list[Spot]:
    """Labels from left to right, each in the nearest tier where it has room, else pushed to the right as little as possible."""
    ends = [left - LABEL_GAP] * _TIERS
    spots = []
    for x, label in sorted(wanted, key=lambda pair: pair[0]):
        half = label.width / 2
        aim = min(max(x, left + half), right - half)
        tiers = [(t, max(aim, ends[t] + LABEL_GAP + half)) for t in range(_TIERS)]
        tier, at = min(tiers, key=lambda pair: 3 * abs(pair[1] - aim) + pair[0])
        ends[tier] = at + half
        spots.append(Spot(label, at, tier * _TIER))
    return spots


def tiers_height(spots: Sequence[Spot]) -> float:
    """How much paper the labels need beside the row of dots."""
    return max((s.offset + s.label.height for s in spots), default=0.0) + 22.0


def _short(house: HouseNumber | None) -> str:
    """17, 17附1: the word 号 would only fill the map."""
    return "" if house is None else str(house).replace("号附", "附").removesuffix("号")
