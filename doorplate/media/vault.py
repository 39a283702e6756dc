"""Where pictures and voice notes lie: sealed, under names the server makes, in a folder or in a bucket.

The seal is that of `sealing`, with the key's own name in it: two files that somebody exchanges in the folder open no more.
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from doorplate.errors import InputError, NotFound, Unavailable
from doorplate.media.bucket import Bucket
from doorplate.media.folder import Folder
from doorplate.sealing import BrokenSeal, Seal

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(/[a-z0-9][a-z0-9_-]{0,63}){0,5}")


class Shelf(Protocol):
    """A place that keeps bytes by key, durable when `put` returns. Every method raises Unavailable(media.vault)."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str) -> bytes | None:
        """None when nothing lies there."""

    def delete(self, keys: Iterable[str]) -> None:
        """What is not there is no error."""

    def keys(self, prefix: str) -> Iterator[str]: ...


class Vault:
    """Bytes sealed and kept. Every method raises InputError(media.key) for a key of another shape than ours and
    Unavailable(media.vault) when folder or bucket cannot be reached; a weak secret is InputError(settings.secret_key)."""

    def __init__(self, shelf: Shelf, secret: str) -> None:
        self._shelf = shelf
        self._seal = Seal(secret, "media")
        self._rng = random.SystemRandom()

    def put(self, key: str, data: bytes) -> None:
        """Seal and keep; on disk (file and folder) or in the bucket when this returns. What lay there is replaced whole."""
        self._shelf.put(checked(key), self._seal.seal(data, self._rng, key))

    def get(self, key: str) -> bytes:
        """The bytes again. Raises NotFound(media.unknown), Unavailable(media.sealed) when this secret does not open them."""
        sealed = self._shelf.get(checked(key))
        if sealed is None:
            raise NotFound("media.unknown", "这份照片或录音已经不在了", key=key)
        try:
            return self._seal.open(sealed, key)
        except BrokenSeal as exc:
            raise Unavailable("media.sealed", "照片或录音打不开: 密钥不是封存时的那一把, 或数据被改动过", key=key) from exc

    def delete(self, keys: Iterable[str]) -> None:
        """For good; a key that is not there is no error, so that an interrupted deletion can be run again."""
        self._shelf.delete([checked(key) for key in keys])

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that begins with prefix, in order; also of what a power cut left half-written, so that it can be deleted."""
        return self._shelf.keys(prefix)


def open_vault(url: str, secret: str) -> Vault:
    """The vault at a folder's path (made when missing), file:// or s3://bucket/prefix. A bucket's credentials, region and
    endpoint are those of the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL …).

    Raises InputError(settings.media_url, settings.secret_key), Unavailable(media.vault)."""
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        return Vault(Bucket(parts.netloc, parts.path.strip("/")), secret)
    if parts.scheme == "file" and not parts.netloc:
        return Vault(Folder(Path(unquote(parts.path))), secret)
    if not url or "://" in url:
        raise InputError("settings.media_url", f"设置 DOORPLATE_MEDIA_URL 不能用: 要写文件夹的路径或 s3://桶名/前缀, 现在是 {parts.scheme}://…")
    return Vault(Folder(Path(url)), secret)


def fresh_key(prefix: str) -> str:
    """A name nobody can guess, below prefix: `prefix/` and 32 hex digits. Raises InputError(media.key)."""
    return checked(f"{prefix}/{secrets.token_hex(16)}")


def checked(key: str) -> str:
    """The key, if it is of the shape the server makes: words of a–z 0–9 _ - between slashes. Raises InputError(media.key)."""
    if not _KEY.fullmatch(key):
        raise InputError("media.key", "照片或录音的编号不对")
    return key
