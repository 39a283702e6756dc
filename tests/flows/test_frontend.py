"""The libraries of others in the officers' app: bundled where npm can be reached, and one plain line where it cannot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flows.commands import ROOT

NOWHERE = "http://127.0.0.1:9"
EXPORTS = {"leaflet": {"map", "canvas", "tileLayer", "divIcon"}, "idb": {"openDB", "deleteDB", "unwrap"},
           "barcode": {"BarcodeDetector", "prepareZXingModule"}, "protomaps": {"leafletLayer", "PMTiles", "FetchSource"}}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The tool and what it works on, beside nothing else."""
    for part in ("frontend", "tools"):
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / "webapp/static").mkdir(parents=True)
    return tmp_path


def made(checkout: Path, *words: str, registry: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | ({"npm_config_registry": registry, "npm_config_cache": str(checkout / "cache"),
                        "npm_config_fetch_retries": "0"} if registry else {})
    return subprocess.run([sys.executable, str(checkout / "tools/frontend.py"), *words], env=env, capture_output=True, text=True,
                          timeout=300, check=False)


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--must",), 3)])
def test_without_npm_one_line_says_what_is_missing(checkout: Path, words: tuple[str, ...], code: int) -> None:
    done = made(checkout, *words, registry=NOWHERE)
    assert done.returncode == code
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "npm 连不上" in done.stderr
    assert "ECONNREFUSED" in (checkout / "build/frontend/failed.log").read_text("utf-8")
    assert not (checkout / "webapp/static/vendor").exists()


def test_a_bundle_that_fails_is_named_and_what_was_there_stays(checkout: Path) -> None:
    vendor = checkout / "webapp/static/vendor"
    vendor.mkdir()
    (vendor / "idb.js").write_text("before")
    (checkout / "frontend/entries/idb.js").write_text('export * from "no-such-library";')
    done = made(checkout, "--must")
    if "npm 连不上" in done.stderr:
        pytest.skip("npm cannot be reached")
    assert done.returncode == 3
    assert "idb 打包出错" in done.stderr
    assert "no-such-library" in (checkout / "build/frontend/failed.log").read_text("utf-8")
    assert (vendor / "idb.js").read_text() == "before"


def test_each_library_is_one_module_that_needs_no_eval_and_no_other_server(checkout: Path) -> None:
    done = made(checkout, "--must")
    if "npm 连不上" in done.stderr:
        pytest.skip("npm cannot be reached")
    assert done.returncode == 0, done.stderr
    vendor = checkout / "webapp/static/vendor"
    assert {path.name for path in vendor.iterdir()} == {*(f"{name}.js" for name in EXPORTS), "htmx.js", "leaflet.css",
                                                        "zxing_reader.wasm", "LICENSES.txt"}
    for name, exports in EXPORTS.items():
        source = (vendor / f"{name}.js").read_text("utf-8")
        told = source[source.rindex("export{"):]
        assert exports <= set(re.findall(r"(?:as |[{,])([A-Za-z]\w*)(?=[,}])", told)), name
        assert not re.search(r"\beval\(|new Function\b", source), name
        assert set(re.findall(r'(?:from|import)\s*"([^"]+)"', source)) <= {"./leaflet.js"}, name
    assert "window.htmx" in (vendor / "htmx.js").read_text("utf-8")
    for library in ("leaflet", "idb", "htmx.org", "barcode-detector", "zxing-wasm", "zxing-cpp", "pmtiles", "protomaps-leaflet"):
        assert re.search(rf"^{library}\b", (vendor / "LICENSES.txt").read_text("utf-8"), re.MULTILINE), library
