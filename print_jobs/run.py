"""The steps in order: preflight, artwork, press, proof, manifest. Killed at any moment and run again, nothing is lost or doubled.

Every volume is pressed under a provisional name and proven there; a journal beside it says what was read (work.py). Only when all
volumes are proven do they get their names, then manifest.csv, and proof.json last: a folder with proof.json is a finished batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from doorplate.errors import PreflightFailed, Refused, Unavailable
from doorplate.model import PrintBatch
from print_jobs.folder import BatchFolder
from print_jobs.fonts import fonts_of
from print_jobs.inks import FOUR_COLOURS, PressOptions
from print_jobs.job import AS_THEY_COME, Arrangement, BatchReport, PrintJob
from print_jobs.plate_design import load_design
from print_jobs.pool import Made, make_volumes, processes_for
from print_jobs.preflight import printing_problems, require_printable
from print_jobs.records import is_finished, kept_record, publish
from print_jobs.sheet import load_sheet
from print_jobs.work import Workshop, make_volume, set_up

Progress = Callable[[str, int, int], None]
STEPS = {"preflight": "印前检查", "artwork": "排版", "press": "印制", "proof": "验读", "manifest": "清单"}


@dataclass(frozen=True, slots=True)
class Making:
    """How a batch is made. volume_size: plates a volume, rounded down to whole pages. arrangement: how they are put on sheets.
    cache: folder for typeset designs. processes: beside each other; None = as many as pay. options: spot inks."""

    volume_size: int = 500
    arrangement: Arrangement = AS_THEY_COME
    cache: Path | None = None
    processes: int | None = None
    options: PressOptions = FOUR_COLOURS


AS_USUAL = Making()


def run_batch(batch: PrintBatch, *, design: str, sheet: str, out: Path, progress: Progress | None = None,
              making: Making = AS_USUAL) -> BatchReport:
    """Prints and proves a batch into the folder `out`; does nothing but verify when it is there already.

    progress(step, done, total) with a step of STEPS; it may raise to stop, and the same call goes on later. Raises
    PreflightFailed(batch.…) before ink, PreflightFailed(proof.failed) when something was not read back right (both leave
    problems.txt and no volume under its final name), Refused(batch.…) when the folder belongs to another batch,
    InputError(design.…, sheet.…), Unavailable(font.…, artwork.…, batch.cannot_write, batch.workers_die).
    """
    job = plan_job(batch, design, sheet, making)
    folder = BatchFolder(out)
    try:
        with folder.locked():
            return _run(job, folder, progress or _silent, making)
    except OSError as exc:
        raise Unavailable("batch.cannot_write", f"写不进 {out.name}: {exc.strerror or exc}", out=out.name) from exc


def plan_job(batch: PrintBatch, design: str, sheet: str, making: Making) -> PrintJob:
    """The job for a batch. Raises Refused(batch.design) when it was frozen for another design, InputError(design.…, sheet.…)."""
    plate_design = load_design(design)
    if plate_design.name != batch.design:
        raise Refused("batch.design", f"这一批按图样 {batch.design} 冻结, 不能用 {plate_design.name} 印", batch=batch.id)
    fonts = fonts_of(plate_design.fonts)
    return PrintJob(batch, plate_design, load_sheet(sheet), fonts, making.volume_size, making.arrangement, making.options)


def prepare(job: PrintJob, folder: BatchFolder, progress: Progress) -> None:
    """All that comes before ink: the folder is this batch's or empty, the batch can be printed, batch.json is written."""
    if folder.batch.exists() and folder.batch.read_bytes() != job.identity:
        raise Refused("batch.folder_taken", f"{folder.path.name} 里已有另一批, 或同一批的另一种图样、纸张: 请换一个文件夹",
                      out=folder.path.name)
    progress("preflight", 0, 1)
    foreign = list(folder.foreign())
    try:
        require_printable([*foreign, *printing_problems(job.batch, job.design, job.fonts)])
    except PreflightFailed as exc:
        if not foreign:  # nothing is written among other people's files
            write_problems(folder, exc)
        raise
    if not folder.batch.exists():
        folder.write(folder.batch, job.identity)
    folder.proof.unlink(missing_ok=True)
    progress("preflight", 1, 1)


def write_problems(folder: BatchFolder, failed: PreflightFailed) -> None:
    """problems.txt: why there is no finished batch."""
    folder.write(folder.problems, "\n".join([f"{failed.code}: {failed.message}", *failed.problems, ""]).encode())


def _run(job: PrintJob, folder: BatchFolder, progress: Progress, making: Making) -> BatchReport:
    again = folder.batch.exists() and folder.batch.read_bytes() == job.identity and is_finished(folder)
    if again:
        folder.clean()
    else:
        prepare(job, folder, progress)
        _make(job, folder, progress, making)
    names = tuple(folder.volume(volume.number).name for volume in job.volumes)
    return BatchReport(job.batch.id, folder.path, len(job.batch.plates), job.pages, names, again)


def _make(job: PrintJob, folder: BatchFolder, progress: Progress, making: Making) -> None:
    progress("artwork", 0, 1)
    shop = set_up(folder, job, making.cache)
    progress("artwork", 1, 1)
    processes = making.processes or processes_for(job.plate_count, len(job.volumes))
    made = _beside_each_other(shop, processes, making.cache, progress) if processes > 1 else _one_by_one(shop, progress)
    problems = [problem for one in sorted(made, key=lambda one: one.number) for problem in one.problems]
    if problems:
        failed = PreflightFailed("proof.failed", f"印好后验读有 {len(problems)} 处不符, 这一批不能用", problems)
        write_problems(folder, failed)
        raise failed
    progress("manifest", 0, 1)
    publish(job, folder, making.cache)
    progress("manifest", 1, 1)


def _one_by_one(shop: Workshop, progress: Progress) -> Iterator[Made]:
    total = shop.job.plate_count
    for volume in shop.job.volumes:
        def watch(step: str, done: int, before: int = volume.before) -> None:
            progress(step, before + done, total)
        try:
            make_volume(shop, volume, watch)
        except PreflightFailed as exc:
            yield Made(volume.number, tuple(exc.problems))
        else:
            watch("proof", len(volume.plates))
            yield Made(volume.number)


def _beside_each_other(shop: Workshop, processes: int, cache: Path | None, progress: Progress) -> Iterator[Made]:
    plates = {volume.number: len(volume.plates) for volume in shop.job.volumes}
    left = [volume.number for volume in shop.job.volumes if kept_record(shop.folder, volume) is None]
    done = sum(plates.values()) - sum(plates[number] for number in left)
    for made in make_volumes(shop.folder.path, left, processes, cache):
        done += plates[made.number]
        progress("press", done, shop.job.plate_count)
        progress("proof", done, shop.job.plate_count)
        yield made


def _silent(_step: str, _done: int, _total: int) -> None:
    """For callers who do not watch."""
