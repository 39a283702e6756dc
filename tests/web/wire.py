"""What tests of the web share: where the checkout is, the base URL of their installation, and bytes as they come."""

from __future__ import annotations

import gzip
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
BASE_URL = "https://mp.example.cn"


def unpacked(body: bytes) -> bytes:
    """The body without its compression."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def compile_catalogues() -> None:
    """The build compiles the catalogues; a checkout that was never built has none."""
    for source in (ROOT / "webapp/translations").glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as lines, source.with_suffix(".mo").open("wb") as out:
            write_mo(out, read_po(lines))
