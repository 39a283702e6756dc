"""The factory pack of a proven batch: lists, one drawing a plate under its code, and a SHA256SUMS that `sha256sum -c` reads.

Everything is made in a hidden folder beside the place it goes to, and gets its name in one step when it is whole. Every drawing
is read back before it goes in: lasers are set up by people who cannot check a symbol by eye.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from doorplate.errors import InputError, PreflightFailed, Refused, Unavailable
from doorplate.model import BatchPlate
from doorplate.plates.symbol import QUIET_MODULES, Modules, symbol_batch
from print_jobs.artwork import typeset
from print_jobs.factory_lists import FactoryLists
from print_jobs.folder import BatchFolder, sha256_of
from print_jobs.imposition import Imposition
from print_jobs.job import PrintJob, Volume, read_job
from print_jobs.laser.drawing import Beam, Drafting, Drawing
from print_jobs.laser.dxf import dxf_bytes
from print_jobs.laser.readback import modules_in, read
from print_jobs.laser.svg import svg_bytes
from print_jobs.manifest import formula_safe
from print_jobs.preflight import host_of
from print_jobs.press import Press, write_volume
from print_jobs.records import is_finished
from print_jobs.sheet import load_sheet

Form = Literal["svg", "dxf", "pdf"]
FORMS: tuple[Form, ...] = ("svg", "dxf", "pdf")
SUMS = "SHA256SUMS"
_CHUNK = 250  # plates whose symbols are encoded together
_PROGRESS_EVERY = 25  # plates
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class FactoryOrder:
    """Which drawings every plate gets, for what beam. cache: folder for typeset designs (pdf alone needs it)."""

    forms: tuple[Form, ...] = ("svg",)
    beam: Beam = field(default_factory=Beam)
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class FactoryReport:
    """What lies in the folder `out` now."""

    out: Path
    plates: int
    drawings: int


def make_pack(folder: Path, out: Path, order: FactoryOrder, progress: Progress) -> FactoryReport:
    """Makes the pack of the finished batch in `folder`. progress(plates done, all plates).

    Raises InputError(batch.not_found, batch.unreadable, factory.forms, laser.kerf), Refused(factory.unproven) unless the batch
    was proven and is as it was then, Refused(factory.folder_not_empty, factory.inside, factory.running),
    PreflightFailed(factory.readback), Unavailable(font.…, artwork.…, factory.cannot_write).
    """
    if not order.forms:
        raise InputError("factory.forms", f"没有要出的图样: 可选 {'、'.join(FORMS)}")
    job = _proven_job(BatchFolder(folder))
    _require_empty(out, folder)
    try:
        with _draft(out) as draft:
            _fill(draft, job, order, progress)
            draft.rename(out)
    except OSError as exc:
        raise Unavailable("factory.cannot_write", f"写不进 {out.name}: {exc.strerror or exc}", out=out.name) from exc
    return FactoryReport(out, len(job.batch.plates), len(job.batch.plates) * len(order.forms))


def _proven_job(folder: BatchFolder) -> PrintJob:
    name = folder.path.name
    if not folder.batch.is_file():
        raise InputError("batch.not_found", f"{name} 里没有一批门牌 (batch.json)", folder=name)
    if not folder.proof.is_file():
        raise Refused("factory.unproven", f"{name} 里的这一批还没有验读完 (没有 proof.json), 不能交工厂: 先做完 doorplate print",
                      folder=name)
    job = read_job(folder)
    if not is_finished(folder) or not _as_proven(job, folder):
        raise Refused("factory.unproven", f"{name} 里的文件与验读时不同, 不能交工厂: 用 doorplate proof 看差在哪里", folder=name)
    return job


def _as_proven(job: PrintJob, folder: BatchFolder) -> bool:
    """Whether batch.json says what was proven: its plates are those whose symbols were read, with the manifest's words."""
    try:
        proof = json.loads(folder.proof.read_bytes())
        decoded = {plate["code"]: plate["decoded"] for plate in proof["plates"] if plate["verdict"] == "ok"}
        lines = {line["code"]: line for line in csv.DictReader(io.StringIO(folder.manifest.read_text("utf-8-sig")))}
    except (KeyError, TypeError, ValueError):
        return False
    return bool(job.batch.plates) and all(
        decoded.get(p.code) == p.url and p.code in lines and lines[p.code]["painted"] == formula_safe(p.painted)
        and lines[p.code]["standard_address"] == formula_safe(p.standard_address) for p in job.batch.plates)


def _require_empty(out: Path, folder: Path) -> None:
    if out.resolve().is_relative_to(folder.resolve()):
        raise Refused("factory.inside", "工厂包不能放进这一批自己的文件夹, 请换一个地方", out=out.name)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused("factory.folder_not_empty", f"{out.name} 已经有东西了, 请换一个空文件夹", out=out.name)


@contextmanager
def _draft(out: Path) -> Iterator[Path]:
    """An empty hidden folder beside `out`, ours alone; gone when the block fails. What a killed run left is cleared away."""
    draft = out.parent / f".{out.name}.part"
    draft.mkdir(parents=True, exist_ok=True)
    handle = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        os.close(handle)
        raise Refused("factory.running", f"{out.name} 正在被另一个程序制作", out=out.name) from exc
    try:
        for left in draft.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        os.close(handle)


def _fill(draft: Path, job: PrintJob, order: FactoryOrder, progress: Progress) -> None:
    (draft / "artwork").mkdir()
    plates, artists = job.batch.plates, _artists(job, order)
    with (draft / SUMS).open("w", encoding="ascii", newline="\n") as sums:
        with FactoryLists(draft, job) as lists:
            for done, (plate, symbol) in enumerate(_symbols(job), 1):
                names = {f"artwork/{plate.code}.{form}": drawn for form, drawn in artists(plate, symbol)}
                for name, data in names.items():
                    (draft / name).write_bytes(data)
                    sums.write(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
                lists.add(plate, tuple(names))
                if done % _PROGRESS_EVERY == 0 or done == len(plates):
                    progress(done, len(plates))
        for name in ("plates.csv", "plates.xlsx"):
            sums.write(f"{sha256_of(draft / name)}  {name}\n")


def _symbols(job: PrintJob) -> Iterator[tuple[BatchPlate, Modules]]:
    plates = job.batch.plates
    for start in range(0, len(plates), _CHUNK):
        chunk = plates[start:start + _CHUNK]
        encoder = symbol_batch(f"{job.batch.base_url}/d/", len(chunk[0].url), job.design.qr.level)
        yield from zip(chunk, encoder.encode([plate.code for plate in chunk]), strict=True)


def _artists(job: PrintJob, order: FactoryOrder) -> Callable[[BatchPlate, Modules], Iterator[tuple[Form, bytes]]]:
    """plate, symbol → each form wanted and its bytes; outlines are drawn and read back once for all forms."""
    drafting = Drafting(job.design, job.fonts, host_of(job.batch), job.batch.sample, order.beam)
    outlined = any(form != "pdf" for form in order.forms)
    page = _page_of(job, order) if "pdf" in order.forms else None

    def draw(plate: BatchPlate, symbol: Modules) -> Iterator[tuple[Form, bytes]]:
        drawing = _read_back(drafting.draw(plate, symbol), plate, symbol, drafting) if outlined else None
        for form in order.forms:
            if drawing is not None and form != "pdf":
                yield form, svg_bytes(drawing) if form == "svg" else dxf_bytes(drawing)
            elif page is not None:
                yield form, page(plate)
    return draw


def _page_of(job: PrintJob, order: FactoryOrder) -> Callable[[BatchPlate], bytes]:
    """A plate as a PDF of its own, pressed as in its volume."""
    artwork = typeset(job.design, host_of(job.batch), job.fonts, sample=job.batch.sample, cache=order.cache)
    sheet = load_sheet("single")

    def page(plate: BatchPlate) -> bytes:
        press = Press(replace(job.batch, plates=(plate,)), job.design, sheet, job.fonts, artwork, job.options)
        file = io.BytesIO()
        write_volume(press, Volume(1, 0, (plate,), Imposition(1)), file)
        return file.getvalue()
    return page


def _read_back(drawing: Drawing, plate: BatchPlate, symbol: Modules, drafting: Drafting) -> Drawing:
    """Raises PreflightFailed(factory.readback) unless the drawing's symbol is the plate's, module by module, and can be read."""
    engraved = modules_in(drawing.engrave, drafting.design.qr, len(symbol))
    dark = ~engraved if drafting.beam.inverted else engraved
    decoded = read(dark)
    if decoded != plate.url or not np.array_equal(dark, np.pad(symbol, QUIET_MODULES)):
        problem = f"{plate.painted} ({plate.code}): 图样上的二维码读出的是 {decoded or '空白'}, 应为 {plate.url}"
        raise PreflightFailed("factory.readback", "图样验读不符, 工厂包没有做", [problem])
    return drawing
