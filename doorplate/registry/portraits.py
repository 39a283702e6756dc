"""Pictures of officials who agreed to be seen: small square JPEGs named after their content, in a folder of their own."""

from __future__ import annotations

import hashlib
import io
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageOps

from doorplate.errors import InputError
from doorplate.media.photos import clean_photo
from doorplate.people.rules import PeopleRules, parse_rules, people_rules

SIDE = 160  # px: 80 on a page for screens of two pixels a point (D)
MOST_BYTES = 8 * 1024  # issue 5: a page's first screen and a portrait over 3G
_QUALITIES = (82, 72, 60, 48, 36, 24)
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PeopleFiles:
    """What an office keeps about its officials beside the registry: its rules, and the folder of pictures (None = none)."""

    rules: PeopleRules = field(default_factory=people_rules)
    pictures: Path | None = None

    def portrait(self, name: str) -> bytes | None:
        """The JPEG kept under this name; None for anything that is no such name, or not there."""
        if self.pictures is None or not _NAME.fullmatch(name):
            return None
        path = self.pictures / f"{name}.jpg"
        return path.read_bytes() if path.is_file() else None

    def keep(self, portrait: bytes) -> str:
        """Writes a portrait, whole or not at all, and gives its name."""
        if self.pictures is None:
            raise ValueError("no folder for pictures")
        name = hashlib.sha256(portrait).hexdigest()
        self.pictures.mkdir(parents=True, exist_ok=True)
        draft = self.pictures / f".{name}.{os.getpid()}"
        draft.write_bytes(portrait)
        draft.replace(self.pictures / f"{name}.jpg")
        return name

    def forget(self, name: str) -> None:
        """Removes a picture nobody shows any more."""
        if self.pictures is not None and _NAME.fullmatch(name):
            (self.pictures / f"{name}.jpg").unlink(missing_ok=True)


def people_files(home: Path) -> PeopleFiles:
    """Those in DOORPLATE_HOME: people.toml (else the rules that ship) and public/. Raises InputError(people.invalid)."""
    path = home / "people.toml"
    try:
        rules = parse_rules(path.read_text("utf-8-sig"), path.name)
    except FileNotFoundError:
        rules = people_rules()
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError("people.invalid", f"{path.name}: 打不开, 或不是 UTF-8 文本, 请检查文件", file=path.name) from exc
    return PeopleFiles(rules, home / "public")


def make_portrait(name: str, data: bytes) -> bytes:
    """A square JPEG of at most MOST_BYTES from a picture as it came: the middle of it, above the middle where it stands upright
    (faces do). Raises what `clean_photo` raises."""
    with Image.open(io.BytesIO(clean_photo(name, data).data)) as picture:
        square = ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS, centering=(0.5, 0.35))
    made = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        square.save(out, "JPEG", quality=quality, optimize=True)
        made = out.getvalue()
        if len(made) <= MOST_BYTES:
            break
    return made
