"""What was read back of a batch, as files: a journal for each proven volume, and at the end manifest.csv, certificate.pdf and
proof.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from doorplate.errors import Refused
from print_jobs.certificate import Certified, write_certificate
from print_jobs.folder import BatchFolder, sha256_of
from print_jobs.imposition import Place
from print_jobs.job import PrintJob, Volume
from print_jobs.manifest import ManifestLine, manifest_head, manifest_lines
from print_jobs.proof import READERS, PlateProof
from print_jobs.proof_limits import proof_rules
from print_jobs.proof_symbol import Measured, Summary
from print_jobs.wear.kept import kept_wear


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


@dataclass(frozen=True, slots=True)
class _Tally:
    """What the batch's summary says of one volume; first: where its first plate stands."""

    file: str
    plates: int
    sha256: str
    measured: Summary
    sampled: int
    first: Place


def keep_record(folder: BatchFolder, record: VolumeRecord) -> None:
    """Writes the journal of a proven volume."""
    plates = [[p.code, p.place.page, p.place.slot, p.decoded, p.problems, p.measured, p.sampled] for p in record.proofs]
    values = {"number": record.number, "sha256": record.sha256, "artwork": record.artwork, "plates": plates}
    folder.write(folder.journal(record.number), json.dumps(values, ensure_ascii=False).encode())


def kept_record(folder: BatchFolder, volume: Volume) -> VolumeRecord | None:
    """What an earlier run proved of this volume, if the file it speaks of is still there, byte for byte."""
    record = _journal(folder, volume)
    if record is None:
        return None
    there = (sha256_of(folder.pressed(volume.number)), sha256_of(folder.volume(volume.number)))
    return record if record.sha256 in there and len(record.proofs) == len(volume.plates) else None


def publish(job: PrintJob, folder: BatchFolder, cache: Path | None = None) -> None:
    """Final names for what is proven, when all of it is. proof.json comes last: it says that all the rest is there.

    Volume by volume, so that memory does not grow with the batch. cache: where a wear test of this design may lie. Raises
    Refused(batch.volume_gone) for a volume that is no longer as it was proven."""
    tallies = [_publish_volume(folder, volume) for volume in job.volumes]
    with folder.writing(folder.manifest) as file:
        file.write(manifest_head())
        for volume in job.volumes:
            record, name = _record(folder, volume), folder.volume(volume.number).name
            file.write(manifest_lines(
                ManifestLine(plate, name, proof.place, sha256)
                for plate, proof, sha256 in zip(volume.plates, record.proofs, record.artwork, strict=True)))
    wear = kept_wear(cache, job.design, len(job.batch.plates[0].url))
    certified = Certified(
        job, {tally.file: tally.sha256 for tally in tallies}, sha256_of(folder.manifest) or "",
        Summary.together([tally.measured for tally in tallies]), READERS, sum(tally.sampled for tally in tallies),
        (folder.volume(1), tallies[0].first), wear.sentence if wear else "")
    with folder.writing(folder.certificate) as file:
        write_certificate(certified, file)
    with folder.writing(folder.proof) as file:
        for piece in _proof_pieces(certified, folder, tallies, wear.told if wear else None):
            file.write(piece)
    folder.clean()


def is_finished(folder: BatchFolder) -> bool:
    """Whether everything proof.json speaks of is there, byte for byte."""
    try:
        proof = json.loads(folder.proof.read_bytes())
        whole = {folder.path / volume["file"]: volume["sha256"] for volume in proof["volumes"]}
        whole |= {folder.manifest: proof["manifest_sha256"], folder.certificate: proof["certificate_sha256"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    return folder.batch.exists() and all(sha256_of(path) == sha256 for path, sha256 in whole.items())


def _publish_volume(folder: BatchFolder, volume: Volume) -> _Tally:
    """Gives a volume its name, after a last look at its bytes."""
    record, path = kept_record(folder, volume), folder.volume(volume.number)
    measured = Summary.of([p.measured for p in record.proofs if p.measured]) if record else None
    if record is None or measured is None:
        raise _gone(volume)
    if folder.pressed(volume.number).exists():
        folder.pressed(volume.number).replace(path)
    sampled = sum(p.sampled for p in record.proofs)
    return _Tally(path.name, len(record.proofs), record.sha256, measured, sampled, record.proofs[0].place)


def _proof_pieces(certified: Certified, folder: BatchFolder, tallies: Sequence[_Tally], wear: object) -> Iterator[bytes]:
    """proof.json: what the whole batch came to, and behind it every plate. wear: of the design; null = not tested."""
    job, plates = certified.job, certified.job.plate_count
    totals = {"plates": plates, "read": plates, "failed": 0, "volumes": len(tallies), "pages": job.pages}
    second = {"decoder": READERS["second"] or None, "read": certified.sampled if READERS["second"] else 0,
              "note": "" if READERS["second"] else "本机没有 zbar, 没有用第二种读码程序抽读"}
    volumes = [{"file": tally.file, "plates": tally.plates, "sha256": tally.sha256, "measured": asdict(tally.measured)}
               for tally in tallies]
    head = {"batch": job.batch.id, "readers": dict(READERS), "second": second, "totals": totals,
            "measured": {**asdict(certified.summary), "ink": "K"}, "limits": proof_rules().limits.model_dump(), "wear": wear,
            "volumes": volumes, "manifest_sha256": certified.manifest_sha256,
            "certificate_sha256": sha256_of(folder.certificate)}
    yield json.dumps(head, ensure_ascii=False, indent=1).encode().removesuffix(b"\n}") + b',\n "plates": ['
    mark = b"\n  "
    for volume in job.volumes:
        name = folder.volume(volume.number).name
        for proof in _record(folder, volume).proofs:
            told = {"code": proof.code, "volume": name, "page": proof.place.page, "slot": proof.place.slot,
                    "decoded": proof.decoded, "verdict": "ok"}
            yield mark + json.dumps(told, ensure_ascii=False).encode()
            mark = b",\n  "
    yield b"\n ]\n}\n"


def _journal(folder: BatchFolder, volume: Volume) -> VolumeRecord | None:
    """The journal as it stands; None when there is none that can be read."""
    try:
        values = json.loads(folder.journal(volume.number).read_bytes())
        proofs = (
            PlateProof(code, Place(page, slot), decoded, tuple(problems), Measured(*measured) if measured else None, sampled)
            for code, page, slot, decoded, problems, measured, sampled in values["plates"])
        return VolumeRecord(values["number"], values["sha256"], tuple(proofs), tuple(values["artwork"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _record(folder: BatchFolder, volume: Volume) -> VolumeRecord:
    """What was proven of a volume that has its name already."""
    record = _journal(folder, volume)
    if record is None:
        raise _gone(volume)
    return record


def _gone(volume: Volume) -> Refused:
    return Refused("batch.volume_gone", f"第 {volume.number} 册不见了, 或验读之后被改动过: 请重做一次", volume=volume.number)
