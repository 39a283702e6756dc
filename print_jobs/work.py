"""Making a batch volume by volume, from nothing but what lies in its folder: the same work for one process, for a pool of them
beside each other, and for workers of a queue on many machines.

A volume is pressed under a name of the process's own, proven there, and only then gets its provisional name and its journal.
Whoever does the same volume again, at the same time or after a kill, makes the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from doorplate.errors import PreflightFailed
from doorplate.model import BatchPlate
from doorplate.plates.code import grouped
from print_jobs.artwork import typeset
from print_jobs.encoders import ready_encoder
from print_jobs.folder import BatchFolder, sha256_of
from print_jobs.job import PrintJob, Volume, read_job
from print_jobs.preflight import host_of
from print_jobs.press import Press, write_volume
from print_jobs.proof import PlateProof, prove_volume
from print_jobs.records import VolumeRecord, keep_record, kept_record

Watch = Callable[[str, int], None]
"""Called with "press" or "proof" and how many plates of the volume are through it; may raise to stop the work."""

_WATCH_EVERY = 25  # plates


@dataclass(frozen=True)
class Workshop:
    """A batch ready to be pressed: its folder, its job, its press."""

    folder: BatchFolder
    job: PrintJob
    press: Press


def set_up(folder: BatchFolder, job: PrintJob, cache: Path | None) -> Workshop:
    """Typesets the design and readies the encoder, or finds them in the cache. Raises Unavailable(artwork.…)."""
    artwork = typeset(job.design, host_of(job.batch), job.fonts, sample=job.batch.sample, cache=cache)
    for prefix, length in sorted({(plate.url.removesuffix(plate.code), len(plate.url)) for plate in job.batch.plates}):
        ready_encoder(prefix, length, job.design.qr.level, cache)
    return Workshop(folder, job, Press(job.batch, job.design, job.paper, job.fonts, artwork, job.options))


def reopen(path: Path, cache: Path | None) -> Workshop:
    """The workshop of a folder with its batch.json. Raises InputError(batch.unreadable), Unavailable(font.…, artwork.…)."""
    folder = BatchFolder(path)
    return set_up(folder, read_job(folder), cache)


def make_volume(shop: Workshop, volume: Volume, watch: Watch) -> VolumeRecord:
    """One volume, pressed, read back and kept, unless it is there proven from before.

    Raises PreflightFailed(proof.failed) with the plates that were not read back right; nothing of the volume is then kept."""
    record = kept_record(shop.folder, volume)
    if record is not None:
        return record
    draft = shop.folder.draft(volume.number)
    try:
        artwork = _press(shop.press, draft, volume)
        watch("press", len(volume.plates))
        proofs = []
        for proof in prove_volume(draft, shop.press, volume):
            proofs.append(proof)
            if len(proofs) % _WATCH_EVERY == 0:
                watch("proof", len(proofs))
        record = VolumeRecord(volume.number, sha256_of(draft) or "", tuple(proofs), tuple(artwork))
        require_proven(volume, record)
        shop.folder.keep(draft, shop.folder.pressed(volume.number))
    finally:
        draft.unlink(missing_ok=True)
    keep_record(shop.folder, record)
    watch("proof", len(volume.plates))
    return record


def require_proven(volume: Volume, record: VolumeRecord) -> None:
    """Raises PreflightFailed(proof.failed) naming every plate that was not read back right, and where it stands."""
    problems = [problem for one in zip(volume.plates, record.proofs, strict=True) for problem in problems_of(volume, *one)]
    if problems:
        raise PreflightFailed("proof.failed", f"第 {volume.number} 册印好后验读有 {len(problems)} 处不符, 这一批不能用", problems)


def problems_of(volume: Volume, plate: BatchPlate, proof: PlateProof) -> list[str]:
    """What of a plate was not read back right, in words, and where it stands."""
    place = f"第 {volume.number} 册第 {proof.place.page} 页第 {proof.place.slot} 块"
    return [f"{place} {plate.painted} ({grouped(plate.code)}): {problem}" for problem in proof.problems]


def _press(press: Press, path: Path, volume: Volume) -> list[str]:
    with path.open("wb") as file:
        artwork = write_volume(press, volume, file)
        file.flush()
        os.fsync(file.fileno())
    return artwork
