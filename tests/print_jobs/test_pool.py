"""Several processes make one batch: the same bytes, whoever of them is killed when."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from batches import batch

from doorplate.errors import PreflightFailed, Unavailable
from doorplate.model import PrintBatch
from print_jobs import pool
from print_jobs.folder import BatchFolder
from print_jobs.job import BatchReport
from print_jobs.run import Making, run_batch

FROZEN = batch(600, seed=3)
KILLS = int(os.environ.get("DOORPLATE_KILLS", "6"))


def run(out: Path, cache: Path, processes: int, frozen: PrintBatch = FROZEN) -> BatchReport:
    return run_batch(frozen, design="small-gate", sheet="single", out=out, making=Making(10, cache=cache, processes=processes))


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> dict[str, str]:
    out = tmp_path_factory.mktemp("reference") / "batch"
    run(out, cache, 1)
    return contents(out)


def children() -> list[int]:
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line]


def test_two_processes_make_the_same_bytes_as_one(tmp_path: Path, cache: Path, reference: dict[str, str]) -> None:
    run(tmp_path / "batch", cache, 2)
    assert contents(tmp_path / "batch") == reference


def test_workers_killed_at_any_moment_are_replaced_and_nothing_is_doubled(tmp_path: Path, cache: Path,
                                                                        reference: dict[str, str]) -> None:
    rng = random.Random(20261123)
    killed = 0
    folder = tmp_path / "batch"

    def kill_now_and_then(done: threading.Event) -> None:
        nonlocal killed
        while not done.wait(rng.uniform(0.02, 0.12)) and killed < KILLS:
            volumes = list(folder.glob("volume-*.json.part")) if folder.exists() else []
            alive = children()
            if alive and len(volumes) > 2 * killed:  # something is made between two kills
                os.kill(rng.choice(alive), signal.SIGKILL)
                killed += 1
    done = threading.Event()
    killer = threading.Thread(target=kill_now_and_then, args=(done,))
    killer.start()
    try:
        run(folder, cache, 2)
    finally:
        done.set()
        killer.join()
    assert killed > 0
    assert contents(folder) == reference


def test_workers_end_with_the_command_that_started_them(tmp_path: Path, cache: Path, reference: dict[str, str]) -> None:
    script = ("import sys; from pathlib import Path; from batches import batch; from print_jobs.run import Making, run_batch\n"
              "if __name__ == '__main__':\n"
              "    making = Making(10, cache=Path(sys.argv[2]), processes=2)\n"
              "    run_batch(batch(600, seed=3), design='small-gate', sheet='single', out=Path(sys.argv[1]), making=making)\n")
    (tmp_path / "make.py").write_text(script)
    here = Path(__file__)
    environment = {**os.environ, "PYTHONPATH": f"{here.parents[2]}:{here.parent}"}
    command = subprocess.Popen([sys.executable, tmp_path / "make.py", tmp_path / "batch", cache], env=environment)
    workers: list[str] = []
    for _ in range(600):
        workers = subprocess.run(["ps", "-o", "pid=", "--ppid", str(command.pid)], capture_output=True, text=True,
                                 check=False).stdout.split()
        if len(workers) >= 2 and any((tmp_path / "batch").glob("volume-*")):
            break
        time.sleep(0.05)
    command.kill()
    command.wait()
    for _ in range(100):
        if not any(Path(f"/proc/{pid}").exists() for pid in workers):
            break
        time.sleep(0.05)
    assert workers
    assert [pid for pid in workers if Path(f"/proc/{pid}").exists()] == []
    run(tmp_path / "batch", cache, 2)
    assert contents(tmp_path / "batch") == reference


def test_a_pool_that_dies_and_dies_gives_up_and_says_where(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object) -> None:
        raise pool.BrokenProcessPool
    monkeypatch.setattr(pool, "_round", dead)
    with pytest.raises(Unavailable, match="停在第 1 册") as gave_up:
        run(tmp_path / "batch", cache, 2)
    assert gave_up.value.code == "batch.workers_die"


def test_every_bad_volume_is_named_also_from_other_processes(tmp_path: Path, cache: Path,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    bad = [pool.Made(2, ("第 2 册第 3 页第 1 块 幸福路5号: 二维码读不出",)), pool.Made(1)]
    monkeypatch.setattr(pool, "_round", lambda *_: iter([*bad, *map(pool.Made, range(3, 61))]))
    with pytest.raises(PreflightFailed) as failed:
        run(tmp_path / "batch", cache, 2)
    assert list(failed.value.problems) == ["第 2 册第 3 页第 1 块 幸福路5号: 二维码读不出"]
    assert "第 2 册第 3 页" in BatchFolder(tmp_path / "batch").problems.read_text("utf-8")
