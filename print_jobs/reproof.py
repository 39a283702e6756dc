"""Proving a finished folder again, from nothing but what lies in it: for a printer who got it by mail, or an auditor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from doorplate.errors import InputError, PreflightFailed
from print_jobs.folder import BatchFolder, sha256_of
from print_jobs.job import PrintJob, read_job
from print_jobs.proof import prove_volume
from print_jobs.work import problems_of, set_up


@dataclass(frozen=True, slots=True)
class Reproof:
    """What was read back: all of it right, or there would have been an exception."""

    plates: int
    volumes: int


def prove_folder(path: Path, progress: Callable[[str, int, int], None]) -> Reproof:
    """Reads every symbol of a finished batch back from its PDF volumes and compares it with batch.json.

    Raises InputError(batch.not_found, batch.unreadable) when no finished batch lies there, PreflightFailed(proof.failed) with a
    list when a volume is missing or changed, or a plate does not read as it should.
    """
    folder = BatchFolder(path)
    if not folder.batch.is_file() or not folder.proof.is_file():
        raise InputError("batch.not_found", f"{path.name} 里没有做好的一批门牌 (batch.json 和 proof.json)", folder=path.name)
    job = read_job(folder)
    problems = list(_file_problems(folder, job))
    press = set_up(folder, job, cache=None).press
    done = 0
    for volume in job.volumes:
        if not folder.volume(volume.number).is_file():
            continue
        for plate, proof in zip(volume.plates, prove_volume(folder.volume(volume.number), press, volume), strict=True):
            done += 1
            problems += problems_of(volume, plate, proof)
            progress("proof", done, job.plate_count)
    if problems:
        raise PreflightFailed("proof.failed", f"{path.name} 验读有 {len(problems)} 处不符, 这一批不能用", problems)
    return Reproof(done, len(job.volumes))


def _file_problems(folder: BatchFolder, job: PrintJob) -> Iterator[str]:
    """Files that are gone, or are not the bytes that were proven."""
    try:
        proof = json.loads(folder.proof.read_bytes())
        proven = {volume["file"]: volume["sha256"] for volume in proof["volumes"]}
        papers = {folder.manifest.name: proof["manifest_sha256"], folder.certificate.name: proof["certificate_sha256"]}
    except (KeyError, TypeError, ValueError) as exc:
        raise InputError("batch.unreadable", f"{folder.path.name} 的 proof.json 读不懂", folder=folder.path.name) from exc
    names = [folder.volume(volume.number).name for volume in job.volumes]
    expected = {**{name: proven.get(name) for name in names}, **papers}
    for name, sha256 in expected.items():
        found = sha256_of(folder.path / name)
        if found is None:
            yield f"{name}: 文件不见了"
        elif found != sha256:
            yield f"{name}: 文件与验读时不同, 可能被改动过"
