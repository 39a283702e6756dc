"""The rules of `data/field.toml`, or of an office's own field.toml: limits, choices and the words read out at the door."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from doorplate.errors import InputError
from doorplate.field.items import Choice

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Count = Annotated[int, Field(ge=1, le=100_000)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Data):
    """One choice, as both languages read it."""

    id: Choice
    zh: Text
    en: Text


class Need(Option):
    """sensitive: only with the household's separate consent (PIPL art. 29)."""

    sensitive: bool = False


class Reason(Option):
    """operations: for which of correct, retire, assign, verify it is offered."""

    operations: tuple[str, ...]


class Purpose(Option):
    """What is collected and why, as it is read out; version changes with the words."""

    version: Choice


class PackRules(_Data):
    """hours: with households in it never more than 72, whatever is set. room_mb: what a server's process keeps ready."""

    hours: Annotated[int, Field(ge=1, le=720)]
    part_doors: Annotated[int, Field(ge=50, le=5000)]
    room_mb: Annotated[int, Field(ge=1, le=4096)] = 64


class LockRules(_Data):
    minutes: Annotated[float, Field(gt=0, le=60)]
    pin_length: Annotated[int, Field(ge=4, le=32)]
    tries: Annotated[int, Field(ge=3, le=50)]
    offline_hours: Annotated[float, Field(gt=0, le=72)]
    iterations: Annotated[int, Field(ge=1000, le=10_000_000)]


class GnssRules(_Data):
    jump_kmh: Annotated[float, Field(gt=0)]
    far_m: Annotated[float, Field(gt=0)]
    good_m: Annotated[float, Field(gt=0)]
    samples: Count


class SyncRules(_Data):
    batch: Annotated[int, Field(ge=1, le=500)]
    item_kb: Annotated[int, Field(ge=4, le=1024)]
    photo_side_px: Annotated[int, Field(ge=400, le=4000)]
    photo_quality: Annotated[float, Field(gt=0, le=1)]
    photos: Annotated[int, Field(ge=0, le=12)]
    voice_s: Count
    skew_s: Count
    warn_free_mb: Count


class ZoneRules(_Data):
    """share of a zone's plates that is scanned again, at least `least`, at most `most`."""

    share: Annotated[float, Field(gt=0, le=1)]
    least: Count
    most: Count


class MountRules(_Data):
    """height_mm: plate kind → lower edge above ground; "other" for the rest."""

    height_tolerance_mm: Count
    sides: tuple[Option, ...]
    height_mm: Mapping[str, int]


class MapRules(_Data):
    tiles: str = ""
    attribution: str = ""


class CorrectionRules(_Data):
    reasons: tuple[Reason, ...]


class VisitRules(_Data):
    purposes: tuple[Option, ...]


class HouseholdRules(_Data):
    """looks: the reasons for which a household may be looked at or unmasked."""

    tenure: tuple[Option, ...]
    needs: tuple[Need, ...]
    purposes: tuple[Purpose, ...]
    relations: tuple[Option, ...]
    looks: tuple[Option, ...]


class KeepRules(_Data):
    item_days: Count
    aside_days: Count


class FieldSettings(_Data):
    """See field.toml for the meaning of each."""

    pack: PackRules
    lock: LockRules
    gnss: GnssRules
    sync: SyncRules
    zone: ZoneRules
    mount: MountRules
    map: MapRules
    correction: CorrectionRules
    visit: VisitRules
    household: HouseholdRules
    keep: KeepRules

    def for_phones(self) -> dict[str, Any]:
        """What a phone needs of them, as JSON values."""
        return self.model_dump(mode="json", exclude={"keep": True, "pack": {"room_mb"}})


@cache
def field_settings() -> FieldSettings:
    """The rules that ship with the package."""
    return parse_field_settings(resources.files("doorplate.field").joinpath("data/field.toml").read_text("utf-8"), "field.toml")


def load_field_settings(path: Path) -> FieldSettings:
    """An office's own rules where the file exists, else ours. Raises InputError(field.invalid)."""
    return parse_field_settings(path.read_text("utf-8"), path.name) if path.is_file() else field_settings()


def parse_field_settings(text: str, name: str) -> FieldSettings:
    """Rules from TOML text; name is what messages call the file. Raises InputError(field.invalid)."""
    try:
        return FieldSettings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise InputError("field.invalid", f"{name}: 不是正确的 TOML 写法, 请照随软件的样例修改", file=name) from exc
    except ValidationError as exc:
        field = ".".join(str(part) for part in exc.errors()[0]["loc"])
        raise InputError("field.invalid", f"{name}: {field} 的写法不对, 请照随软件的样例修改", file=name) from exc
