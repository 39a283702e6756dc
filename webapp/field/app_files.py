"""The files of the officers' app: read once at start, served under the version of all of them together, so that modules of two
releases never meet. Only these names are served: no path reaches the file system.

Libraries of others (`static/vendor`, made by tools/frontend.py) are taken along where they were made; the app runs without.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import brotli

TYPES = {".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml",
         ".png": "image/png", ".txt": "text/plain"}
PICTURES = ("field.svg", "field-180.png", "field-192.png", "field-512.png", "field-mask-192.png", "field-mask-512.png")
_DESK_ONLY = frozenset({"htmx.js"})
_PACKABLE = frozenset({".js", ".css", ".wasm", ".svg", ".txt"})
_PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=11),  # made once for every phone and for as long as this process lives
    "gzip": lambda body: gzip.compress(body, 9, mtime=0)}


@dataclass(eq=False)
class AppFile:
    """One file; its compressed bodies are made when first asked for, and kept."""

    mimetype: str
    raw: bytes
    packable: bool
    _packed: dict[str, bytes] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def body(self, encoding: str) -> bytes:
        """encoding: "br", "gzip", or "" for as it is; what gains nothing from it is given as it is by `packs`."""
        if not encoding or not self.packable:
            return self.raw
        with self._making:
            if encoding not in self._packed:
                self._packed[encoding] = _PACKERS[encoding](self.raw)
            return self._packed[encoding]


@dataclass(frozen=True)
class AppFiles:
    """version: of everything, sixteen hex digits. files: by the path below the version, e.g. field/words/core.js."""

    version: str
    files: Mapping[str, AppFile]

    @property
    def modules(self) -> tuple[str, ...]:
        """Our own, which a page fetches at once; libraries come when they are first needed."""
        return tuple(name for name in self.files if name.startswith("field/"))

    @property
    def kept(self) -> tuple[str, ...]:
        """What a phone keeps to work without network."""
        return tuple(name for name in self.files if not name.endswith(".txt"))


def gather(folder: Path, *also: bytes) -> AppFiles:
    """The app below a static folder. also: what belongs to the release beside the files (shell, worker, policy)."""
    bodies = {"app.css": _style(folder)}
    for name in PICTURES:
        bodies[f"img/{name}"] = (folder / "img" / name).read_bytes()
    for part, kinds in (("field", {".js"}), ("vendor", {".js", ".wasm", ".txt"})):
        for path in sorted((folder / part).rglob("*")):
            if path.suffix in kinds and path.is_file() and path.name not in _DESK_ONLY:
                bodies[path.relative_to(folder).as_posix()] = path.read_bytes()
    files = {name: _file(name, body) for name, body in bodies.items()}
    return AppFiles(_version(bodies, also), files)


def _style(folder: Path) -> bytes:
    """One sheet: the map library's first, so that ours has the last word."""
    css = folder / "css"
    parts = [folder / "vendor" / "leaflet.css", css / "tokens.css", css / "base.css", *sorted(css.glob("field*.css"))]
    return b"\n".join(part.read_bytes() for part in parts if part.is_file())


def _file(name: str, body: bytes) -> AppFile:
    suffix = Path(name).suffix
    return AppFile(TYPES[suffix], body, suffix in _PACKABLE)


def _version(bodies: Mapping[str, bytes], also: tuple[bytes, ...]) -> str:
    told = hashlib.sha256()
    for part in (*(piece for name, body in bodies.items() for piece in (name.encode(), body)), *also):
        told.update(hashlib.sha256(part).digest())
    return told.hexdigest()[:16]
