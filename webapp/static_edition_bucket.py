"""The static edition in a bucket of an S3 service: one object an address, so that any CDN before it serves the addresses as they
are on the plates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from urllib.parse import urlsplit

import obstore

from doorplate.bucket import open_bucket, told
from doorplate.errors import InputError
from webapp.static_edition_files import EditionFile

STATE = "published.json"
_FRESH = "public, max-age=20"  # (D) with a run every 30 s a change is seen within a minute
_LASTING = "public, max-age=31536000, immutable"
_RETRIES, _PATIENCE = 5, timedelta(seconds=60)


class Bucket:
    """An edition at s3://bucket/prefix; credentials, region and endpoint of the environment (AWS_…). An object that changes is
    replaced whole. Whether the same lay there is not asked: one request a file instead of two."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if not parts.netloc:
            raise InputError("publish.url", f"{url} 不是存储桶的写法, 要写成 s3://桶名/前缀")
        with _told():
            self._store = open_bucket(parts.netloc, parts.path.strip("/"), _RETRIES, _PATIENCE)

    def state(self) -> str | None:
        with _told():
            try:
                return bytes(obstore.get(self._store, STATE).bytes()).decode("utf-8", "replace")
            except FileNotFoundError:
                return None

    def keep_state(self, text: str) -> None:
        attributes = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        with _told():
            obstore.put(self._store, STATE, text.encode(), attributes=attributes)

    def put(self, file: EditionFile) -> bool:
        """Packed with gzip, which every phone unpacks; a bucket cannot choose by what a phone accepts."""
        text = file.mimetype.startswith("text/")
        attributes = {"Content-Type": f"{file.mimetype}; charset=utf-8" if text else file.mimetype,
                      "Cache-Control": _LASTING if file.lasting else _FRESH}
        body = file.body or b""
        if file.worth_packing:
            attributes["Content-Encoding"] = "gzip"
            body = file.gzipped()
        with _told():
            obstore.put(self._store, _key(file), body, attributes=attributes)
        return True

    def drop(self, path: str) -> bool:
        with _told():
            below = [str(entry["path"]) for page in obstore.list(self._store, path.lstrip("/")) for entry in page]
            # A prefix of S3 ends anywhere: /d/CODE must not take what only begins alike.
            obstore.delete(self._store, [path.lstrip("/"), *(key for key in below if key.startswith(path.lstrip("/") + "/"))])
        return bool(below)

    def codes(self) -> Iterator[str]:
        with _told():
            found = obstore.list_with_delimiter(self._store, "d")
        yield from (str(prefix).rstrip("/").rsplit("/", 1)[-1] for prefix in found["common_prefixes"])

    def alone(self) -> nullcontext[None]:
        """A bucket has no lock; two publishers of one registry put the same objects."""
        return nullcontext()


def _key(file: EditionFile) -> str:
    return file.path.lstrip("/") or "index.html"


def _told() -> AbstractContextManager[None]:
    return told("publish.target", "写不进存储桶, 请检查网络、桶名和凭据; 已发布的页面没有动")
