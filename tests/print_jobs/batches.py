"""Invented batches for the press's tests."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.code import new_code
from print_jobs.artwork import typeset
from print_jobs.fonts import fonts_of
from print_jobs.job import AS_THEY_COME, Arrangement, PrintJob, Volume
from print_jobs.plate_design import load_design
from print_jobs.preflight import host_of
from print_jobs.press import Press
from print_jobs.sheet import load_sheet

BASE_URL = "https://menpai.example"
STREETS = ("幸福路", "幸福路十二巷", "东大街", "三组", "营上村南环路二巷", "光明小区东里", "䶮𠀋路")
NUMBERS = ("53号", "53号附1号", "1号", "128号附12号", "1066号", "12-3号")


def plate(street: str = "幸福路", number: str = "53号", *, code: str | None = None, seed: int = 1) -> BatchPlate:
    code = code or new_code(random.Random(seed))
    return BatchPlate(code=code, url=f"{BASE_URL}/d/{code}", standard_address=f"陕西省咸阳市武功县普集街道营上村{street}{number}",
                      street=street, number=number, kind="small-gate", grid="610431001203-G01", zone="Z1")


def batch_of(*plates: BatchPlate, sample: bool = True, base_url: str = BASE_URL) -> PrintBatch:
    plates = tuple(replace(p, url=p.url.replace(BASE_URL, base_url)) for p in plates)
    return PrintBatch(id="5f2ad6e05f2ad6e05f2ad6e05f2ad6e0", community="610431001203", selection="community", design="small-gate",
                      base_url=base_url, frozen_at=datetime(2026, 11, 23, 6, 5, tzinfo=UTC), plates=plates, sample=sample)


def batch(count: int, seed: int = 1) -> PrintBatch:
    rng = random.Random(seed)
    return batch_of(*(plate(STREETS[i % len(STREETS)], NUMBERS[i // 2 % len(NUMBERS)], code=new_code(rng)) for i in range(count)))


def press_for(frozen: PrintBatch, sheet: str = "single", cache: Path | None = None) -> Press:
    design = load_design("small-gate")
    fonts = fonts_of(design.fonts)
    artwork = typeset(design, host_of(frozen), fonts, sample=frozen.sample, cache=cache)
    return Press(frozen, design, load_sheet(sheet), fonts, artwork)


def volume_of(press: Press, plates: tuple[BatchPlate, ...] | None = None, arrangement: Arrangement = AS_THEY_COME) -> Volume:
    """The whole batch, or these plates instead, as one volume."""
    frozen = press.batch if plates is None else replace(press.batch, plates=plates)
    return PrintJob(frozen, press.design, press.sheet, press.fonts, 10_000, arrangement).volumes[0]
