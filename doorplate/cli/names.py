"""names.toml: where people lay down how names are written, found beside the registry or named on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.exchange.spellings_file import read_spellings
from doorplate.plates.painting import NONE_LAID_DOWN, Spellings
from doorplate.settings import Settings

NamesFile = Annotated[
    Path | None,
    typer.Option("--names", help="地名写法文件 (TOML): 拼音、民族文字、邮编; 默认用 DOORPLATE_HOME 里的 names.toml"),
]


def spellings_of(settings: Settings, file: Path | None) -> Spellings:
    """Raises InputError(names.not_found, names.invalid)."""
    if file is not None:
        return read_spellings(file)
    kept = settings.home / "names.toml"
    return read_spellings(kept) if kept.is_file() else NONE_LAID_DOWN
