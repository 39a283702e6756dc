"""A checkpoint of the trail as a small JSON file, to be kept away from the registry."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from doorplate.errors import InputError
from doorplate.exchange.whole_file import whole_file
from doorplate.model import Checkpoint

_KIND = "doorplate-checkpoint"
_LARGEST = 10_000


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Whole or not at all, never over another file: an older checkpoint is evidence.
    Raises InputError(checkpoint.exists, checkpoint.unwritable)."""
    require_free(path)
    try:
        with whole_file(path) as draft:
            draft.write_text(checkpoint_text(checkpoint), "utf-8")
    except OSError as exc:
        message = f"检查点写不到 {path.name} ({exc.strerror}), 请换个地方"
        raise InputError("checkpoint.unwritable", message, file=path.name) from exc


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """What stands in the file."""
    told = {"kind": _KIND, "seq": checkpoint.seq, "hash": checkpoint.hash, "at": checkpoint.at.isoformat()}
    return json.dumps(told, indent=2) + "\n"


def parse_checkpoint(text: str, name: str) -> Checkpoint:
    """name: what messages call it. Raises InputError(checkpoint.invalid)."""
    try:
        return _checkpoint(json.loads(text[:_LARGEST]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as exc:
        message = f"{name} 不是检查点文件, 请用 doorplate audit checkpoint 或审计室写出来的那一个"
        raise InputError("checkpoint.invalid", message, file=name) from exc


def require_free(path: Path) -> None:
    """Raises InputError(checkpoint.exists)."""
    if path.exists():
        message = f"{path.name} 已经有了; 旧的检查点是证据, 不能覆盖, 请换一个文件名"
        raise InputError("checkpoint.exists", message, file=path.name)


def read_checkpoint(path: Path) -> Checkpoint:
    """Raises InputError(checkpoint.not_found, checkpoint.invalid)."""
    if not path.is_file():
        raise InputError("checkpoint.not_found", f"找不到检查点文件 {path.name}", file=path.name)
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode()
    except (ValueError, OSError) as exc:
        raise InputError("checkpoint.invalid", f"{path.name} 读不出来, 不是检查点文件", file=path.name) from exc
    return parse_checkpoint(text, path.name)


def _checkpoint(told: Any) -> Checkpoint:
    seq, digest, at = told["seq"], told["hash"], datetime.fromisoformat(told["at"])
    if told["kind"] != _KIND or type(seq) is not int or seq < 0 or not re.fullmatch("[0-9a-f]{64}", digest) or at.tzinfo is None:
        raise ValueError("not a checkpoint")
    return Checkpoint(seq, digest, at)
