"""A bucket of an S3 service that keeps bytes by key: what is put is whole and durable when the service says so."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from doorplate.errors import Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_RETRY: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}  # (D): a resident is waiting


class Bucket:
    """Objects below a prefix; credentials, region and endpoint of the environment. Raises Unavailable(media.vault)."""

    def __init__(self, bucket: str, prefix: str) -> None:
        with _told():
            self._store = S3Store(bucket, prefix=prefix or None, client_options=_client(), retry_config=_RETRY)

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


def _client() -> ClientConfig:
    """Unencrypted connections only to this machine, or where AWS_ALLOW_HTTP asks for them (a service in one's own rack)."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    own = urlsplit(endpoint).hostname in _LOOPBACK or os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"
    return {"allow_http": own, "connect_timeout": "5s", "timeout": "30s"}


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError, ValueError) as exc:
        raise Unavailable("media.vault", "照片和录音现在存不了或取不出, 请稍后再试", reason=type(exc).__name__) from exc
