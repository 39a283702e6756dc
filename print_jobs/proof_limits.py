"""What the proof asks of a plate, as data (print_jobs/proof.toml)."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from pydantic import Field

from print_jobs.data_files import Data, load_data

Pixels = Annotated[int, Field(ge=2, le=32)]


class Reading(Data):
    """pixels: to a module, of the raster every plate is read from."""

    pixels: Pixels


class Limits(Data):
    """Lengths in modules; contrast and tolerance as shares of 1."""

    least_quiet_modules: float = Field(ge=0, le=4)
    least_contrast: float = Field(ge=0, le=1)
    most_finder_deviation: float = Field(gt=0, le=0.5)
    module_tolerance: float = Field(gt=0, lt=1)


class Sample(Data):
    """One plate in so many is read by a second decoder (at the resolutions it may try), compared with a second encoder's."""

    decoded: int = Field(ge=1)
    encoded: int = Field(ge=1)
    pixels: tuple[Pixels, ...] = Field(min_length=1)


class ProofRules(Data):
    """All of proof.toml."""

    reading: Reading
    limits: Limits
    sample: Sample


@lru_cache(maxsize=1)
def proof_rules() -> ProofRules:
    """The rules in force. Raises InputError(proof.invalid)."""
    return load_data(ProofRules, ".", "proof", "proof", "验读规则")
