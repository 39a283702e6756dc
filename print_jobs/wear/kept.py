"""The result of a wear test, and where it is kept: a batch of the same design and URL length refers to it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pydantic import ValidationError

from print_jobs.data_files import Data
from print_jobs.plate_design import PlateDesign
from print_jobs.wear.rules import wear_rules


class LevelRates(Data):
    """One damage at one level: how many of the plates each decoder read rightly, by its key."""

    level: float
    read: dict[str, int]


class DamageRates(Data):
    """One kind of damage."""

    kind: str
    title: str
    unit: str
    levels: tuple[LevelRates, ...]


class Weakest(Data):
    """A plate that was not read: its picture's file name, the damage, and which decoders failed."""

    file: str
    title: str
    level: float
    unit: str
    failed: tuple[str, ...]


class WearResult(Data):
    """A whole test. plates: at each level; decoders: title by key; misread: texts that were read and are wrong."""

    design: str
    title: str
    url_length: int
    module_mm: float
    plates: int
    decoders: dict[str, str]
    damages: tuple[DamageRates, ...]
    misread: int
    weakest: tuple[Weakest, ...] = ()

    def rate(self, decoder: str) -> float:
        """Share of all damaged plates that this decoder read."""
        counts = [level.read[decoder] for damage in self.damages for level in damage.levels]
        return sum(counts) / (self.plates * len(counts))

    @property
    def sentence(self) -> str:
        """The result in one line, for a certificate."""
        levels = sum(len(damage.levels) for damage in self.damages)
        rates = "、".join(f"{title.split(' ')[0]} {self.rate(key):.0%}" for key, title in self.decoders.items())
        return f"{len(self.damages)} 种损伤 {levels} 级 (从轻到重) 之后: {rates} 读出"

    @property
    def told(self) -> dict[str, object]:
        """The result as proof.json tells it."""
        rates = {damage.title: [{"level": level.level, "unit": damage.unit, **level.read} for level in damage.levels]
                 for damage in self.damages}
        return {"plates": self.plates, "decoders": self.decoders, "read": rates, "misread": self.misread}


def kept_wear(cache: Path | None, design: PlateDesign, url_length: int) -> WearResult | None:
    """The last test of this design with URLs of this length, under the rules in force."""
    try:
        return WearResult.model_validate_json(_path(cache, design, url_length).read_bytes()) if cache else None
    except (FileNotFoundError, ValidationError):
        return None


def keep_wear(cache: Path, design: PlateDesign, result: WearResult) -> None:
    """Keeps a test's result."""
    path = _path(cache, design, result.url_length)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(result.model_dump_json(), "utf-8")
    draft.replace(path)


def _path(cache: Path, design: PlateDesign, url_length: int) -> Path:
    parts = (design.model_dump_json(), str(url_length), wear_rules().model_dump_json())
    return cache / f"wear-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}.json"
