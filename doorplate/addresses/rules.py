"""The thresholds and words of `data/quality.toml`, with their schema."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

Share = float


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PointRules(_Data):
    """Metres; see quality.toml for the reason of each."""

    off_m: PositiveFloat
    expected_m: PositiveFloat
    home_m: PositiveFloat
    imprecise_m: PositiveFloat
    far_m: PositiveFloat
    edge_m: PositiveFloat
    same_place_m: PositiveFloat
    crs_share: float = Field(gt=0, le=1)
    crs_margin: float = Field(gt=0, le=1)
    crs_margin_said: float = Field(gt=0, le=1)
    far_without_areas_m: PositiveFloat


class NameRules(_Data):
    typo_ratio: float = Field(gt=0, lt=1)
    min_count: PositiveInt


class OrderRules(_Data):
    ascending_share: float = Field(gt=0, le=1)
    max_skip: PositiveInt


class NumberRules(_Data):
    min_doors: PositiveInt
    spacing_default_m: PositiveFloat
    spacing_min_m: PositiveFloat
    spacing_max_m: PositiveFloat
    twin_lead: PositiveFloat
    strange: PositiveFloat
    strange_in_rows: PositiveFloat


class GridRules(_Data):
    street_share: float = Field(gt=0.5, le=1)
    min_doors: PositiveInt


class Words(_Data):
    """A note says it when it holds one of `words` (or matches `pattern`) and none of `unless`."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    pattern: str = ""

    def said_in(self, text: str) -> bool:
        if not text or any(u in text for u in self.unless):
            return False
        return any(w in text for w in self.words) or bool(self.pattern and re.search(self.pattern, text))


class NoteRules(_Data):
    damaged: Words
    demolished: Words
    same_number: Words
    out_of_order: Words
    exchanged: Words
    same_household: Words
    new_house: Words
    shared_house: Words
    other_village: Words


class HeadRules(_Data):
    gone: tuple[str, ...]
    public_endings: tuple[str, ...]
    public_endings_short: tuple[str, ...]


class Confusions(_Data):
    groups: tuple[str, ...]

    def alike(self, a: str, b: str) -> bool:
        return any(a in g and b in g for g in self.groups)


class Rules(_Data):
    """Everything the check goes by."""

    points: PointRules
    names: NameRules
    order: OrderRules
    numbers: NumberRules
    grids: GridRules
    notes: NoteRules
    heads: HeadRules
    confusions: Confusions


@cache
def default_rules() -> Rules:
    """The rules that ship with the package."""
    text = resources.files("doorplate.addresses").joinpath("data/quality.toml").read_text("utf-8")
    return Rules.model_validate(tomllib.loads(text))
