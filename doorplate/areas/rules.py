"""The thresholds of `data/areas.toml`, with their schema."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Data):
    """From least to most, both included."""

    least: PositiveInt
    most: PositiveInt

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.least > self.most:
            raise ValueError("least 大于 most")
        return self


class BalanceRules(_Data):
    """Households in a grid."""

    city: Span
    village: Span


class PlacingRules(_Data):
    edge_m: PositiveFloat
    street_share: float = Field(gt=0.5, le=1)
    min_doors: PositiveInt


class EditingRules(_Data):
    reach_m: PositiveFloat
    least_m2: PositiveFloat


class ZoneRules(_Data):
    least_share: float = Field(gt=0, le=1)
    most_share: float = Field(ge=1)
    hull_m: PositiveFloat


class GroupRules(Span):
    gap_m: PositiveFloat


class AreaRules(_Data):
    """See areas.toml for the reason of each."""

    balance: BalanceRules
    placing: PlacingRules
    editing: EditingRules
    zones: ZoneRules
    groups: GroupRules


@cache
def area_rules() -> AreaRules:
    """The rules that ship with the package."""
    text = resources.files("doorplate.areas").joinpath("data/areas.toml").read_text("utf-8")
    return AreaRules.model_validate(tomllib.loads(text))
