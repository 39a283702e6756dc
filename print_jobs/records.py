"""What was read back of a batch, as files: a journal for each proven volume, and at the end manifest.csv and proof.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError

from print_jobs.folder import BatchFolder, sha256_of
from print_jobs.job import PrintJob, Volume
from print_jobs.manifest import ManifestLine, manifest_bytes
from print_jobs.proof import READERS, PlateProof


@dataclass(frozen=True, slots=True)
class VolumeRecord:
    """Of one volume: hash of the file, and for every plate its proof and the hash of its artwork."""

    number: int
    sha256: str
    proofs: tuple[PlateProof, ...]
    artwork: tuple[str, ...]

    @property
    def proven(self) -> bool:
        return not any(proof.problems for proof in self.proofs)


def keep_record(folder: BatchFolder, record: VolumeRecord) -> None:
    """Writes the journal of a proven volume."""
    folder.write(folder.journal(record.number), json.dumps(asdict(record), ensure_ascii=False).encode())


def kept_record(folder: BatchFolder, volume: Volume) -> VolumeRecord | None:
    """What an earlier run proved of this volume, if the file it speaks of is still there, byte for byte."""
    try:
        record = TypeAdapter(VolumeRecord).validate_json(folder.journal(volume.number).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    there = (sha256_of(folder.pressed(volume.number)), sha256_of(folder.volume(volume.number)))
    return record if record.sha256 in there and len(record.proofs) == len(volume.plates) else None


def publish(job: PrintJob, folder: BatchFolder, records: Sequence[VolumeRecord]) -> None:
    """Final names for what is proven. proof.json comes last: it says that all the rest is there."""
    for record in records:
        if folder.pressed(record.number).exists():
            folder.pressed(record.number).replace(folder.volume(record.number))
    folder.write(folder.manifest, manifest_bytes(
        ManifestLine(plate, folder.volume(volume.number).name, proof.place, sha256)
        for volume, record in zip(job.volumes, records, strict=True)
        for plate, proof, sha256 in zip(volume.plates, record.proofs, record.artwork, strict=True)))
    folder.write(folder.proof, _proof_bytes(job, folder, records))
    folder.clean()


def is_finished(folder: BatchFolder) -> bool:
    """Whether everything proof.json speaks of is there, byte for byte."""
    try:
        proof = json.loads(folder.proof.read_bytes())
        whole = {folder.path / volume["file"]: volume["sha256"] for volume in proof["volumes"]}
        whole[folder.manifest] = proof["manifest_sha256"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    return folder.batch.exists() and all(sha256_of(path) == sha256 for path, sha256 in whole.items())


def _proof_bytes(job: PrintJob, folder: BatchFolder, records: Sequence[VolumeRecord]) -> bytes:
    names = {record.number: folder.volume(record.number).name for record in records}
    volumes = [{"file": names[r.number], "plates": len(r.proofs), "sha256": r.sha256} for r in records]
    plates = [{"code": proof.code, "volume": names[r.number], "page": proof.place.page, "slot": proof.place.slot,
               "decoded": proof.decoded, "verdict": "ok"} for r in records for proof in r.proofs]
    totals = {"plates": len(plates), "read": len(plates), "failed": 0, "volumes": len(volumes), "pages": job.pages}
    values = {"batch": job.batch.id, "readers": dict(READERS), "totals": totals, "volumes": volumes,
              "manifest_sha256": sha256_of(folder.manifest), "plates": plates}
    return json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"
