"""Numbering profiles: the TOML files in `data/numbering`, with their schema. A village may bring its own."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt, ValidationError

from doorplate.errors import InputError

DEFAULT = "beijing-db11t856"
Parity = Literal["odd", "even"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EastWest(_Data):
    """start: the end that has number 1; odd: the side with odd numbers, by the compass or as seen walking from the start."""

    start: Literal["east", "west"]
    odd: Literal["north", "south", "left", "right"]


class NorthSouth(_Data):
    """The same for streets that run north–south."""

    start: Literal["north", "south"]
    odd: Literal["east", "west", "left", "right"]


class DeadEnd(_Data):
    """Numbered from the entrance inward."""

    odd: Literal["left", "right"]


class OneSided(_Data):
    """parity: "side" = the numbers that side would have on a street of two; fallback where the side cannot be told."""

    parity: Literal["odd", "even", "side"]
    fallback: Parity


class Metric(_Data):
    """Numbering by distance, metres."""

    metres_per_number: PositiveFloat
    tolerance_m: NonNegativeFloat


class Compound(_Data):
    """The corner of number 1; rows (east–west) or columns (north–south); the next one comes back (S) or starts anew (Z)."""

    start: Literal["north-east", "north-west", "south-east", "south-west"]
    along: Literal["rows", "columns"]
    pattern: Literal["S", "Z"]


class Profile(_Data):
    """How numbers are given; see beijing-db11t856.toml for each field."""

    title: str = Field(min_length=1)
    method: Literal["sequence", "metric"]
    step: PositiveInt = Field(multiple_of=2)
    skipped: tuple[PositiveInt, ...]
    vacant_plot_m: NonNegativeFloat
    when_full: Literal["suffix", "refuse"]
    suffix_base: Literal["lower", "nearest"]
    learn: Literal["keeping", "always", "never"]
    east_west: EastWest
    north_south: NorthSouth
    dead_end: DeadEnd
    one_sided: OneSided
    metric: Metric
    compound: Compound


def profile_names() -> tuple[str, ...]:
    """The profiles that ship with the package."""
    folder = resources.files("doorplate.addresses").joinpath("data/numbering")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def load_profile(name: str = DEFAULT) -> Profile:
    """One that ships with the package. Raises InputError(numbering.profile_unknown)."""
    if name not in profile_names():
        raise InputError("numbering.profile_unknown", f"没有编号规则 {name}, 可用: {'、'.join(profile_names())}", profile=name)
    text = resources.files("doorplate.addresses").joinpath(f"data/numbering/{name}.toml").read_text("utf-8")
    return parse_profile(text, name)


def parse_profile(text: str, name: str) -> Profile:
    """A profile from TOML text; name is only for the message. Raises InputError(numbering.profile_invalid)."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise InputError("numbering.profile_invalid", f"编号规则 {name} 不是正确的 TOML: {exc}", profile=name) from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError("numbering.profile_invalid", f"编号规则 {name} 的 {where} 不能用: {first['msg']}", profile=name) from exc
