"""A community's own description: a small TOML file a clerk writes once (its code, beat and police station)."""

from __future__ import annotations

import tomllib
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doorplate.errors import InputError
from doorplate.model import Community, Division
from doorplate.registry.communities import community_of


class _Station(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=60)
    address: str = Field(default="", max_length=120)
    phone: str = Field(default="", max_length=40)


class VillageFile(BaseModel):
    """The schema. code: 12 digits; sample = true marks invented data on every page and paper."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^\d{12}$")
    sample: bool = False
    beat: str = Field(default="", max_length=60)
    station: _Station | None = None

    def community(self, division: Division) -> Community:
        """The community record this describes."""
        station = self.station or _Station.model_construct(name="", address="", phone="")
        return replace(
            community_of(division),
            beat=self.beat,
            sample=self.sample,
            station_name=station.name,
            station_address=station.address,
            station_phone=station.phone,
        )


def parse_village(text: str, source: str) -> VillageFile:
    """Reads a village file's text. Raises InputError(village.invalid) naming the file, the entry and what is wrong."""
    try:
        return VillageFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise InputError("village.invalid", f"{source} 不是有效的 TOML 文件: {exc}", file=source) from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        entry = ".".join(str(part) for part in first["loc"])
        raise InputError("village.invalid", f"{source} 的 {entry} 不能用: {first['msg']}", file=source, field=entry) from exc
