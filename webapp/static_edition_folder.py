"""The static edition in a folder of this machine: files are renamed into place whole, and left alone where they say the same."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from doorplate.errors import Refused, Unavailable
from webapp.static_edition_files import EditionFile

STATE = "published.json"
_DRAFTS, _LOCK = ".publishing", ".publishing.lock"
_PACKED = (".br", ".gz")


class Folder:
    """An edition at a path. Files are readable by everybody: the web server is somebody else."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._drafts = root / _DRAFTS / str(os.getpid())
        self._numbers = count()

    def state(self) -> str | None:
        path = self.root / STATE
        with _told(self.root):
            return path.read_text("utf-8") if path.is_file() else None

    def keep_state(self, text: str) -> None:
        """After a power cut the state must not know more than the files do."""
        with _told(self.root):
            os.sync()
            self._write(self.root / STATE, text.encode())
            os.sync()

    def put(self, file: EditionFile) -> bool:
        path, body = self._place(file), file.body or b""
        with _told(self.root):
            if path.is_file() and path.read_bytes() == body:
                return False
            # The plain file last: where it is right, its packed copies are.
            if file.worth_packing:
                self._write(_beside(path, ".br"), file.brotlied())
                self._write(_beside(path, ".gz"), file.gzipped())
            else:
                _unlink(path, *_PACKED)
            self._write(path, body)
        return True

    def drop(self, path: str) -> bool:
        place = self.root / path.lstrip("/")
        with _told(self.root):
            if place.is_dir():
                shutil.rmtree(place)
                return True
            return _unlink(place, "", *_PACKED)

    def codes(self) -> Iterator[str]:
        plates = self.root / "d"
        with _told(self.root):
            yield from (entry.name for entry in os.scandir(plates) if entry.is_dir()) if plates.is_dir() else ()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For one publisher at a time; what an earlier one was writing when it was killed goes. Raises Refused(publish.busy)."""
        with _told(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / _LOCK).open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise Refused("publish.busy", "另一个 doorplate publish 正在往这个文件夹发布, 等它做完再来") from exc
            shutil.rmtree(self.root / _DRAFTS, ignore_errors=True)
            try:
                yield
            finally:
                shutil.rmtree(self.root / _DRAFTS, ignore_errors=True)

    def _place(self, file: EditionFile) -> Path:
        name = file.path.lstrip("/")
        return self.root / name / "index.html" if file.is_page else self.root / name

    def _write(self, path: Path, body: bytes) -> None:
        draft = self._drafts / str(next(self._numbers))
        try:
            draft.write_bytes(body)
        except FileNotFoundError:
            self._drafts.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(body)
        try:
            draft.replace(path)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(path)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _unlink(path: Path, *suffixes: str) -> bool:
    there = [one for suffix in suffixes if (one := _beside(path, suffix)).is_file()]
    for one in there:
        one.unlink()
    return bool(there)


@contextmanager
def _told(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable("publish.target", f"写不进发布文件夹 {root.name}: {exc.strerror or '磁盘出错'}; 已发布的页面没有动",
                          reason=type(exc).__name__) from exc
