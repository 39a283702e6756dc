"""The encoder of a batch, made ready from what an earlier process kept on disk: asking segno a hundred times costs more than
pressing a thousand plates."""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

import numpy as np

from doorplate.plates.symbol import Level, SymbolBatch, keep, mode_of, side_modules, symbol_batch

_DIGEST_BYTES = 32


def ready_encoder(prefix: str, length: int, level: Level, cache: Path | None) -> None:
    """Lets `symbol_batch` find this encoder at once. cache: the folder of typeset designs, None keeps nothing. A file that is
    absent or damaged is made again."""
    if cache is None:
        return
    name = hashlib.sha256(f"{prefix} {length} {level} segno {version('segno')}".encode()).hexdigest()[:32]
    path = cache / f"symbols-{name}.bin"
    if _restored(path, prefix, length, level):
        return
    data = symbol_batch(prefix, length, level).drawings.astype("<u8").tobytes()
    cache.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(hashlib.sha256(data).digest() + data)
    draft.replace(path)


def _restored(path: Path, prefix: str, length: int, level: Level) -> bool:
    try:
        kept = path.read_bytes()
    except OSError:
        return False
    digest, data = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
    if hashlib.sha256(data).digest() != digest:
        return False
    words = np.frombuffer(data, "<u8").astype(np.uint64)
    width = 2 * side_modules(length, level, mode_of(prefix))
    if len(words) % width:
        return False
    try:
        keep(SymbolBatch(prefix, length, level, words.reshape(-1, width)))
    except ValueError:
        return False
    return True
