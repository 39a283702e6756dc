"""The wear test: every damage at every level on every plate, read by every decoder; what fails first is kept as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from doorplate.errors import Unavailable
from doorplate.plates.symbol import module_mm
from print_jobs.plate_design import PlateDesign
from print_jobs.wear.damage import Raster, Scene, worn
from print_jobs.wear.decoders import Decoder, decoders
from print_jobs.wear.kept import DamageRates, LevelRates, Weakest, WearResult, keep_wear
from print_jobs.wear.report import write_report
from print_jobs.wear.rules import Damage, WearRules, wear_rules
from print_jobs.wear.scenes import scenes

Progress = Callable[[int, int], None]


@dataclass
class _Trial:
    """A test on its way."""

    rules: WearRules
    readers: tuple[Decoder, ...]
    scenes: Sequence[tuple[str, Scene]]
    misread: int = 0
    failures: list[tuple[Damage, float, Raster, tuple[str, ...]]] = field(default_factory=list)

    def damage(self, damage: Damage, progress: Callable[[], None]) -> DamageRates:
        levels = []
        for level in damage.levels:
            levels.append(LevelRates(level=level, read=self._level(damage, level)))
            progress()
        return DamageRates(kind=damage.kind, title=damage.title, unit=damage.unit, levels=tuple(levels))

    def _level(self, damage: Damage, level: float) -> dict[str, int]:
        read = dict.fromkeys((reader.key for reader in self.readers), 0)
        shown: tuple[Raster, tuple[str, ...]] | None = None
        for i, (url, scene) in enumerate(self.scenes):
            rng = np.random.default_rng([self.rules.seed, i, *damage.kind.encode(), round(level * 100)])
            raster = worn(scene, damage.kind, level, self.rules.camera, rng)
            failed = []
            for reader in self.readers:
                texts = reader.read(raster)
                self.misread += any(text != url for text in texts)
                read[reader.key] += texts == [url]
                if texts != [url]:
                    failed.append(reader.key)
            if failed and (shown is None or len(failed) > len(shown[1])):
                shown = raster, tuple(failed)
        if shown:
            self.failures.append((damage, level, *shown))
        return read


def run_wear(design: PlateDesign, base_url: str, out: Path, cache: Path | None = None, progress: Progress | None = None,
             ) -> WearResult:
    """Tests a design with this host into the folder `out`: wear.json, report.html and pictures; keeps the result in `cache`.

    Raises as `scenes`, and Unavailable(wear.cannot_write)."""
    rules, readers = wear_rules(), decoders()
    found = tuple(scenes(design, base_url, rules.plates, rules.seed, cache))
    trial, steps, done = _Trial(rules, readers, found), sum(len(damage.levels) for damage in rules.damages), 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, steps)
    damages = tuple(trial.damage(damage, step) for damage in rules.damages)
    length = len(found[0][0])
    try:
        out.mkdir(parents=True, exist_ok=True)
        result = WearResult(
            design=design.name, title=design.title, url_length=length, plates=rules.plates, damages=damages,
            module_mm=round(module_mm(design.qr.field_mm, length, design.qr.level), 4), misread=trial.misread,
            decoders={reader.key: reader.title for reader in readers}, weakest=tuple(_pictures(trial, out)))
        (out / "wear.json").write_text(result.model_dump_json(indent=1) + "\n", "utf-8")
        write_report(result, design, out)
    except OSError as exc:
        raise Unavailable("wear.cannot_write", f"写不进 {out.name}: {exc.strerror or exc}", out=out.name) from exc
    if cache:
        keep_wear(cache, design, result)
    return result


def _pictures(trial: _Trial, out: Path) -> list[Weakest]:
    """Of each damage the mildest level that a decoder failed at: there the design is weakest."""
    firsts: dict[str, Weakest] = {}
    for damage, level, raster, failed in trial.failures:
        if damage.kind not in firsts:
            name = f"weakest-{damage.kind}.png"
            Image.fromarray(raster).save(out / name)
            firsts[damage.kind] = Weakest(file=name, title=damage.title, level=level, unit=damage.unit, failed=failed)
    return list(firsts.values())
