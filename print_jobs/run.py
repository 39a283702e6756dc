"""The steps in order: preflight, artwork, press, proof, manifest. Killed at any moment and run again, nothing is lost or doubled.

Every volume is pressed under a provisional name and proven there; a journal beside it says what was read. Only when all volumes
are proven do they get their names, then manifest.csv, and proof.json last: a folder with proof.json is a finished batch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from doorplate.errors import PreflightFailed, Refused, Unavailable
from doorplate.model import PrintBatch
from doorplate.plates.code import grouped
from print_jobs.artwork import typeset
from print_jobs.folder import BatchFolder, sha256_of
from print_jobs.fonts import fonts_of
from print_jobs.job import Arrangement, BatchReport, PrintJob, Volume
from print_jobs.plate_design import load_design
from print_jobs.preflight import host_of, printing_problems, require_printable
from print_jobs.press import Press, write_volume
from print_jobs.proof import prove_volume
from print_jobs.records import VolumeRecord, is_finished, keep_record, kept_record, publish
from print_jobs.sheet import load_sheet

Progress = Callable[[str, int, int], None]
STEPS = {"preflight": "印前检查", "artwork": "排版", "press": "印制", "proof": "验读", "manifest": "清单"}
_PROGRESS_EVERY = 25  # plates


def run_batch(batch: PrintBatch, *, design: str, sheet: str, out: Path, progress: Progress | None = None,
              volume_size: int = 500, cache: Path | None = None, arrangement: Arrangement = Arrangement()) -> BatchReport:
    """Prints and proves a batch into the folder `out`; does nothing but verify when it is there already.

    volume_size: plates a volume, rounded down to whole pages. cache: folder for typeset designs. progress(step, done, total) with
    a step of STEPS. Raises PreflightFailed(batch.…) before ink, PreflightFailed(proof.failed) when something was not read back
    right (both leave problems.txt and no volume under its final name), Refused(batch.…) when the folder belongs to another batch,
    InputError(design.…, sheet.…), Unavailable(font.…, artwork.…, batch.cannot_write).
    """
    plate_design = load_design(design)
    if plate_design.name != batch.design:
        raise Refused("batch.design", f"这一批按图样 {batch.design} 冻结, 不能用 {plate_design.name} 印", batch=batch.id)
    job = PrintJob(batch, plate_design, load_sheet(sheet), fonts_of(plate_design.font), volume_size,
                   arrangement)
    folder = BatchFolder(out)
    try:
        with folder.locked():
            return _run(job, folder, progress or _silent, cache)
    except OSError as exc:
        raise Unavailable("batch.cannot_write", f"写不进 {out.name}: {exc.strerror or exc}", out=out.name) from exc


def _run(job: PrintJob, folder: BatchFolder, progress: Progress, cache: Path | None) -> BatchReport:
    if folder.batch.exists() and folder.batch.read_bytes() != job.identity:
        raise Refused("batch.folder_taken", f"{folder.path.name} 里已有另一批, 或同一批的另一种图样、纸张: 请换一个文件夹",
                      out=folder.path.name)
    again = is_finished(folder)
    if again:
        folder.clean()
    else:
        _preflight(job, folder, progress)
        folder.write(folder.batch, job.identity)
        folder.proof.unlink(missing_ok=True)
        _make(job, folder, progress, cache)
    names = tuple(folder.volume(volume.number).name for volume in job.volumes)
    return BatchReport(job.batch.id, folder.path, len(job.batch.plates), job.pages, names, again)


def _preflight(job: PrintJob, folder: BatchFolder, progress: Progress) -> None:
    progress("preflight", 0, 1)
    foreign = list(folder.foreign())
    try:
        require_printable([*foreign, *printing_problems(job.batch, job.design, job.fonts)])
    except PreflightFailed as exc:
        if not foreign:  # nothing is written among other people's files
            _write_problems(folder, exc)
        raise
    progress("preflight", 1, 1)


def _make(job: PrintJob, folder: BatchFolder, progress: Progress, cache: Path | None) -> None:
    progress("artwork", 0, 1)
    artwork = typeset(job.design, host_of(job.batch), job.fonts, sample=job.batch.sample, cache=cache)
    press = Press(job.batch, job.design, job.sheet, job.fonts, artwork)
    progress("artwork", 1, 1)
    records = [_press_and_prove(press, folder, volume, progress) for volume in job.volumes]
    _require_proven(job, folder, records)
    progress("manifest", 0, 1)
    publish(job, folder, records)
    progress("manifest", 1, 1)


def _press_and_prove(press: Press, folder: BatchFolder, volume: Volume, progress: Progress) -> VolumeRecord:
    """One volume, pressed and read back, unless an earlier run has proven it. The unit of work a queue can hand out."""
    done, total = volume.before + len(volume.plates), len(press.batch.plates)
    record = kept_record(folder, volume)
    if record is None:
        artwork = _press(press, folder, volume)
        progress("press", done, total)
        proofs = []
        for proof in prove_volume(folder.pressed(volume.number), press, volume):
            proofs.append(proof)
            if len(proofs) % _PROGRESS_EVERY == 0:
                progress("proof", volume.before + len(proofs), total)
        record = VolumeRecord(volume.number, sha256_of(folder.pressed(volume.number)) or "", tuple(proofs), tuple(artwork))
        if record.proven:
            keep_record(folder, record)
    progress("proof", done, total)
    return record


def _press(press: Press, folder: BatchFolder, volume: Volume) -> list[str]:
    with folder.pressed(volume.number).open("wb") as file:
        artwork = write_volume(press, volume, file)
        file.flush()
        os.fsync(file.fileno())
    return artwork


def _require_proven(job: PrintJob, folder: BatchFolder, records: Sequence[VolumeRecord]) -> None:
    problems = []
    for volume, record in zip(job.volumes, records, strict=True):
        for plate, proof in zip(volume.plates, record.proofs, strict=True):
            place = f"第 {volume.number} 册第 {proof.place.page} 页第 {proof.place.slot} 块"
            problems += [f"{place} {plate.painted} ({grouped(plate.code)}): {problem}" for problem in proof.problems]
    if problems:
        failed = PreflightFailed("proof.failed", f"印好后验读有 {len(problems)} 处不符, 这一批不能用", problems)
        _write_problems(folder, failed)
        raise failed


def _write_problems(folder: BatchFolder, failed: PreflightFailed) -> None:
    folder.write(folder.problems, "\n".join([f"{failed.code}: {failed.message}", *failed.problems, ""]).encode())


def _silent(_step: str, _done: int, _total: int) -> None:
    """For callers who do not watch."""
