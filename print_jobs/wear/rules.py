"""The wear test's damages, levels and camera, as data (print_jobs/wear/levels.toml)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic import Field

from print_jobs.data_files import Data, load_data

DamageKind = Literal["distance", "blur", "contrast", "perspective", "glare", "scratches", "dirt", "fading", "noise", "jpeg"]


class Camera(Data):
    """A phone that looks straight at the plate. view: how wide it sees, by its distance; ratio: distance by width of the QR
    field; sharpness: standard deviation of its blur in pixels; noise: in grey levels; jpeg: quality."""

    preview_pixels: int = Field(ge=320)
    view: float = Field(gt=0)
    ratio: float = Field(gt=0)
    sharpness: float = Field(ge=0)
    noise: float = Field(ge=0)
    jpeg: int = Field(ge=1, le=100)

    def pixels_across(self, ratio: float) -> float:
        """Pixels of the preview that the QR field is wide, from `ratio` times its width away."""
        return self.preview_pixels / (self.view * ratio)


class Damage(Data):
    """One kind of damage with its levels from mild to harsh, in `unit`."""

    kind: DamageKind
    title: str
    unit: str
    levels: tuple[float, ...] = Field(min_length=1)


class WearRules(Data):
    """All of levels.toml. plates: how many are read at each level."""

    plates: int = Field(ge=1, le=1000)
    seed: int
    camera: Camera
    damages: tuple[Damage, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def wear_rules() -> WearRules:
    """The rules in force. Raises InputError(wear.invalid)."""
    return load_data(WearRules, "wear", "levels", "wear", "耐损试验")
