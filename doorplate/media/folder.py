"""A folder that keeps bytes by key: a file is there whole or not at all, and on the disk before it is said to be kept."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from doorplate.errors import Unavailable

_DRAFT = ".draft"  # no key of ours has a dot


class Folder:
    """Files below `root`, which is made when missing; readable by nobody else. Raises Unavailable(media.vault)."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        with _told():
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, key: str, data: bytes) -> None:
        path = self._root / key
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_DRAFT}")
        with _told():
            self._make_folders(path.parent)
            try:
                _write(draft, data)
                draft.replace(path)
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            _flush_folder(path.parent)

    def get(self, key: str) -> bytes | None:
        with _told():
            try:
                return (self._root / key).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def delete(self, keys: Iterable[str]) -> None:
        folders = set()
        with _told():
            for key in keys:
                path = self._root / key
                for file in (path, *path.parent.glob(f"{path.name}.*{_DRAFT}")):
                    with suppress(FileNotFoundError, NotADirectoryError):
                        file.unlink()
                        folders.add(path.parent)
            for folder in folders:
                _flush_folder(folder)

    def keys(self, prefix: str) -> Iterator[str]:
        with _told():
            files = (Path(folder) / name for folder, _, names in os.walk(self._root) for name in names)
            found = {file.relative_to(self._root).as_posix().split(".")[0] for file in files}
        return iter(sorted(key for key in found if key.startswith(prefix)))

    def _make_folders(self, folder: Path) -> None:
        """Make what is missing between root and folder, each entry on the disk before the next."""
        for step in reversed((folder, *folder.parents)):
            if step.is_relative_to(self._root) and not step.exists():
                step.mkdir(mode=0o700, exist_ok=True)
                _flush_folder(step.parent)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _flush_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable("media.vault", "照片和录音现在存不了或取不出, 请稍后再试", reason=exc.strerror or "") from exc
