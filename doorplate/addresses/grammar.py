"""The words of `data/grammar.toml`, checked once and compiled into what the parser needs."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Grammar(BaseModel):
    """See the comments in grammar.toml; every list may be extended there without touching code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    street_words: tuple[str, ...] = Field(min_length=1)
    lane_words: tuple[str, ...] = Field(min_length=1)
    section: str
    hamlet_units: tuple[str, ...] = Field(min_length=1)
    hamlet_other_units: tuple[str, ...]
    hamlet_endings: tuple[str, ...]
    compound_endings: tuple[str, ...]
    township_kinds: tuple[str, ...]
    community_kinds: tuple[str, ...]
    no_number: tuple[str, ...]
    no_street: tuple[str, ...]
    beside: tuple[str, ...]
    traditional: str

    @field_validator("traditional")
    @classmethod
    def _pairs(cls, value: str) -> str:
        value = "".join(value.split())
        if len(value) % 2:
            raise ValueError("繁简字表要成对")
        return value


@cache
def grammar() -> Grammar:
    """The grammar that ships with the package."""
    text = resources.files("doorplate.addresses").joinpath("data/grammar.toml").read_text("utf-8")
    return Grammar.model_validate(tomllib.loads(text))


@cache
def simplified_table() -> dict[int, str]:
    """Traditional → simplified, for str.translate."""
    pairs = grammar().traditional
    return {ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True) if old != new}


def choice(words: tuple[str, ...]) -> str:
    """A regular-expression alternative of the words, longest first so that none hides a longer one."""
    return "(?:" + "|".join(sorted(words, key=lambda w: (-len(w), w))) + ")"
