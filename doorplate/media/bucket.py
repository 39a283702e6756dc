"""A bucket of an S3 service that keeps bytes by key: what is put is whole and durable when the service says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import obstore

from doorplate.bucket import open_bucket, told

_RETRIES, _PATIENCE = 2, timedelta(seconds=20)  # (D): a resident is waiting


class Bucket:
    """Objects below a prefix; credentials, region and endpoint of the environment. Raises Unavailable(media.vault)."""

    def __init__(self, bucket: str, prefix: str) -> None:
        with _told():
            self._store = open_bucket(bucket, prefix, _RETRIES, _PATIENCE)

    def put(self, key: str, data: bytes) -> None:
        with _told():
            obstore.put(self._store, key, data)

    def get(self, key: str) -> bytes | None:
        with _told():
            try:
                return bytes(obstore.get(self._store, key).bytes())
            except FileNotFoundError:
                return None

    def delete(self, keys: Iterable[str]) -> None:
        with _told():
            obstore.delete(self._store, list(keys))

    def keys(self, prefix: str) -> Iterator[str]:
        with _told():
            found = [entry["path"] for page in obstore.list(self._store) for entry in page]
        return iter(sorted(key for key in found if key.startswith(prefix)))


def _told() -> AbstractContextManager[None]:
    return told("media.vault", "照片和录音现在存不了或取不出, 请稍后再试")
