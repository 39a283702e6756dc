"""The main job as a newcomer meets it: one command, from the built wheel, in an empty folder; killed and run again."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
from flows.commands import ROOT, environment

FIGURE = "试点的两个零"


def demo_command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "doorplate", "demo", "--dir", str(folder), "--no-serve"]


def batch_files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted((folder / "print").rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whole demo."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    done = subprocess.run(
        demo_command(folder), env=environment(folder), cwd=folder.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert FIGURE in done.stdout
    return folder


def test_the_demo_leaves_proven_plates_in_both_forms(finished: Path) -> None:
    for form in ("single", "a3"):
        folder = finished / "print" / form
        with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as handle:
            plates = list(csv.DictReader(handle))
        proof = json.loads((folder / "proof.json").read_text("utf-8"))
        assert len(plates) > 700
        assert len({p["code"] for p in plates}) == len(plates)
        assert all(p["url"] == f"https://menpai.example/d/{p['code']}" for p in plates)
        assert len(proof["plates"]) == len(plates)
        assert {entry["verdict"] for entry in proof["plates"]} == {"ok"}
        assert sorted(p.name for p in folder.glob("volume-*"))


def test_the_demo_leaves_findings_and_a_report(finished: Path) -> None:
    for name in ("findings.jsonl", "rows.jsonl", "核查报告.xlsx", "registry.sqlite"):
        assert (finished / name).stat().st_size > 1000


def test_no_resident_stands_readable_in_the_registry_file(finished: Path) -> None:
    """The lists name hundreds of heads of household; the database holds none of the names in the clear."""
    content = b"".join(p.read_bytes() for p in finished.glob("registry.sqlite*"))
    for name in ("测试辰盈", "测试阳宿", "测试宙往"):
        assert name.encode() not in content


def test_a_second_run_changes_nothing(finished: Path) -> None:
    before = batch_files(finished)
    done = subprocess.run(
        demo_command(finished), env=environment(finished), cwd=finished.parent, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert batch_files(finished) == before


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_it_neither_loses_nor_doubles(finished: Path, tmp_path: Path) -> None:
    """kill -9 at moments spread over the whole job, again and again on the same folder, then one run to the end."""
    folder = tmp_path / "demo"
    for seconds in (1.5, 3.0, 4.5, 6.0, 8.0, 10.0):
        run = subprocess.Popen(
            demo_command(folder),
            env=environment(folder),
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
    done = subprocess.run(
        demo_command(folder), env=environment(folder), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    whole, resumed = ((f / "print" / "single" / "manifest.csv").read_text("utf-8-sig").splitlines() for f in (finished, folder))
    assert len(whole) == len(resumed)
    assert [line.split(",")[2] for line in whole] == [line.split(",")[2] for line in resumed]
    assert not list(folder.rglob("*.part"))


@pytest.mark.slow
def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    """A wheel built from the checkout, installed in an environment that cannot see it, run in an empty folder."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path / "dist"), str(ROOT)], check=True)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    libraries = Path(
        subprocess.check_output([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True).strip()
    )
    # The locked dependencies of this environment, without the editable install: a .pth inside a .pth folder is not followed.
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    wheel = next((tmp_path / "dist").glob("doorplate-*.whl"))
    subprocess.run(
        [str(python), "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps", "--no-index", str(wheel)],
        check=True,
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    env = {k: v for k, v in environment(empty / "demo").items() if k not in ("PYTHONPATH", "DOORPLATE_HOME")}
    done = subprocess.run(
        [str(venv / "bin" / "doorplate"), "demo", "--no-serve"], env=env, cwd=empty, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (empty / "demo" / "print" / "a3" / "proof.json").exists()
    where = subprocess.check_output(
        [str(python), "-c", "import doorplate, webapp, print_jobs; print(doorplate.__file__)"], text=True, cwd=empty, env=env
    )
    assert str(venv) in where
    if (ROOT / "webapp/static/vendor").is_dir():
        carried = {path.name for path in (libraries / "webapp/static/vendor").iterdir()}
        assert carried >= {"leaflet.js", "leaflet.css", "idb.js", "barcode.js", "zxing_reader.wasm"}


@pytest.mark.slow
def test_the_demo_serves_the_page_behind_a_plate(finished: Path) -> None:
    import urllib.request

    with (finished / "print" / "single" / "manifest.csv").open(encoding="utf-8-sig", newline="") as handle:
        plate = next(csv.DictReader(handle))
    run = subprocess.Popen(
        [sys.executable, "-m", "doorplate", "demo", "--dir", str(finished), "--port", "18321"],
        env=environment(finished),
        cwd=finished.parent,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert run.stdout is not None
        page = next(line.split()[-1] for line in run.stdout if "/d/" in line)
        deadline = time.monotonic() + 20
        while True:
            try:
                body = urllib.request.urlopen(page, timeout=5).read().decode()
                break
            except OSError:
                assert time.monotonic() < deadline, "the demo did not answer"
                time.sleep(0.2)
        assert plate["standard_address"] in body
        assert "tel:" in body
    finally:
        os.killpg(run.pid, signal.SIGTERM)
        run.wait(20)
