"""The folder of a batch: which files are ours, how they come into being, and who may work in it.

A file under its final name is whole and proven. Until then it ends in .part. Nothing is ever half-written under a final name.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from doorplate.errors import Refused
from print_jobs.batch import Problem

_RESULTS = re.compile(r"(manifest\.csv|proof\.json|certificate\.pdf|volume-\d{3,}\.pdf)")
_DRAFTS = r"volume-\d{3,}\.(pdf|json)(\.\d+)?\.part|writing(\.\d+)?\.part"
_OURS = re.compile(rf"(batch\.json|problems\.txt|{_RESULTS.pattern}|{_DRAFTS})")


class BatchFolder:
    """Paths and file operations of one batch's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.batch, self.proof = path / "batch.json", path / "proof.json"
        self.manifest, self.problems = path / "manifest.csv", path / "problems.txt"
        self.certificate = path / "certificate.pdf"

    def volume(self, number: int) -> Path:
        """The finished volume, counted from 1."""
        return self.path / f"volume-{number:03d}.pdf"

    def pressed(self, number: int) -> Path:
        """The volume while it is not proven."""
        return self.path / f"volume-{number:03d}.pdf.part"

    def draft(self, number: int) -> Path:
        """The volume while this process presses it: two that do so at once do not write into each other's file."""
        return self.path / f"volume-{number:03d}.pdf.{os.getpid()}.part"

    def journal(self, number: int) -> Path:
        """What was read back of a volume, kept until the batch is whole."""
        return self.path / f"volume-{number:03d}.json.part"

    @contextmanager
    def locked(self, *, shared: bool = False) -> Iterator[None]:
        """Makes the folder and keeps every other run out; the lock ends with the process, however it ends. shared: beside others
        who make volumes of the same batch.

        Raises Refused(batch.folder_taken, batch.running)."""
        if self.path.exists() and not self.path.is_dir():
            raise Refused("batch.folder_taken", f"{self.path.name} 是一个文件, 请换一个文件夹", out=self.path.name)
        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise Refused("batch.running", f"{self.path.name} 正在被另一个程序印制", out=self.path.name) from exc
        else:
            yield
        finally:
            os.close(handle)

    def foreign(self) -> Iterator[Problem]:
        """Files that no batch of ours left here, or results whose batch.json is gone."""
        known = self.batch.exists()
        there = self.path.iterdir() if self.path.is_dir() else ()
        for name in sorted(entry.name for entry in there):
            if not _OURS.fullmatch(name) or (_RESULTS.fullmatch(name) and not known):
                yield Problem("batch.folder_not_empty", f"输出文件夹里有不属于这一批的 {name}, 请换一个空文件夹")

    def write(self, path: Path, data: bytes) -> None:
        """Whole file or no file, on disk when this returns."""
        with self.writing(path) as file:
            file.write(data)

    @contextmanager
    def writing(self, path: Path) -> Iterator[BinaryIO]:
        """A file to write piece by piece; it gets its name, whole and on disk, at the end of the block."""
        draft = self.path / f"writing.{os.getpid()}.part"
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        self.keep(draft, path)

    def keep(self, draft: Path, path: Path) -> None:
        """Gives a whole file, on disk already, its name."""
        draft.replace(path)
        self.sync()

    def sync(self) -> None:
        """Makes new names in this folder durable."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def clean(self) -> None:
        """Takes away what only an unfinished batch needs."""
        for entry in self.path.iterdir():
            if entry.suffix == ".part" or entry == self.problems:
                entry.unlink()


def sha256_of(path: Path) -> str | None:
    """Hash of a file's bytes, None when there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
