"""Buckets of S3 services: one way to open them. Credentials, region and endpoint come from the usual environment (AWS_…)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from doorplate.errors import Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def open_bucket(bucket: str, prefix: str, retries: int, patience: timedelta) -> S3Store:
    """What lies below a prefix ("" = all). Asks nothing of the service yet."""
    return S3Store(bucket, prefix=prefix or None, client_options=_client(),
                   retry_config={"max_retries": retries, "retry_timeout": patience})


@contextmanager
def told(code: str, message: str) -> Iterator[None]:
    """Whatever the service or the way to it refuses becomes Unavailable with this code and message."""
    try:
        yield
    except (BaseError, OSError, ValueError) as exc:
        raise Unavailable(code, message, reason=type(exc).__name__) from exc


def _client() -> ClientConfig:
    """Unencrypted connections only to this machine, or where AWS_ALLOW_HTTP asks for them (a service in one's own rack)."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    own = urlsplit(endpoint).hostname in _LOOPBACK or os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"
    return {"allow_http": own, "connect_timeout": "5s", "timeout": "30s"}
