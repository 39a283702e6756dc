"""At the packing table: which box and slot a plate belongs to, and what a scan there means.

A box holds one installation zone or a part of it, in walking order, so that an installer takes plates off the top while walking.
Pure: the registry keeps what happens.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlsplit

from doorplate.model import BatchPlate, PlateBox
from doorplate.plates.code import is_valid, normalise

Outcome = Literal["packed", "late", "double", "order", "stranger", "foreign", "unreadable", "closed"]

NAMES: dict[Outcome, str] = {
    "packed": "放进", "late": "补进", "double": "重复", "order": "顺序不对", "stranger": "不是这一批",
    "foreign": "不是本系统的码", "unreadable": "读不懂", "closed": "箱已领出"}
"""What each outcome is called at the table."""

ACCEPTED: frozenset[Outcome] = frozenset({"packed", "late"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a box; both counted from 1."""

    box: int
    slot: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a scan at the table means. code: what was read; here: its place in this batch; expected: the code that is due."""

    outcome: Outcome
    code: str = ""
    here: Slot | None = None
    expected: str = ""


def capacity_of(kind: str) -> int:
    """Plates to a box of this kind."""
    told = _capacities()
    return int(told["capacity_of"].get(kind, told["capacity"]))


def zones_in_boxes(plates: Sequence[BatchPlate], capacity: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Zone and codes of every box; plates come in walking order. A zone's boxes are filled evenly: 130 plates at 100 to a box go
    into two boxes of 65, so that no box holds a handful."""
    for zone, group in groupby(plates, key=lambda plate: plate.zone):
        codes = tuple(dict.fromkeys(plate.code for plate in group))
        boxes = -(-len(codes) // capacity)
        for i in range(boxes):
            yield zone, codes[i * len(codes) // boxes:(i + 1) * len(codes) // boxes]


def code_scanned(text: str, base_url: str) -> tuple[str | None, bool]:
    """The code in what a scanner typed (a link, or the code alone), and whether a link is one of this batch's host.

    Scanners that type into a Chinese input method give full-width letters; some change upper and lower case."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if "/" not in plain:
        return normalise(plain), True
    before, _, last = plain.rstrip("/").rpartition("/")
    link, ours = urlsplit(before.lower()), urlsplit(base_url.lower())
    return normalise(last), (link.netloc, link.path) == (ours.netloc, f"{ours.path.rstrip('/')}/d")


def judge(text: str, base_url: str, boxes: Sequence[PlateBox], packed: Collection[str]) -> Judgement:
    """What a scan means. packed: the codes of these boxes that lie in them; boxes by number."""
    code, ours = code_scanned(text, base_url)
    due = expected(boxes, packed)
    if code is None:
        return Judgement("unreadable" if ours else "foreign", expected=due)
    if not ours or not is_valid(code):
        return Judgement("foreign", code, expected=due)
    box = next((box for box in boxes if code in box.codes), None)
    if box is None:
        return Judgement("stranger", code, expected=due)
    return Judgement(_outcome(code, box, packed, due), code, Slot(box.number, box.codes.index(code) + 1), due)


def expected(boxes: Sequence[PlateBox], packed: Collection[str]) -> str:
    """The code that is due next; "" when nothing is."""
    return next((code for box in boxes if box.status == "open" for code in box.codes
                 if code not in packed and code not in box.lost and code not in box.damaged), "")


def _outcome(code: str, box: PlateBox, packed: Collection[str], due: str) -> Outcome:
    if code in packed:
        return "double"
    if box.status not in ("open", "sealed"):
        return "closed"
    if code in box.lost or code in box.damaged:
        return "late"
    return "packed" if code == due else "order"


@lru_cache(maxsize=1)
def _capacities() -> dict[str, Any]:
    return tomllib.loads((files("doorplate.plates") / "data" / "packing.toml").read_text("utf-8"))
