"""Batches made in the background: whoever is killed when, the batch comes out byte for byte the same, and once."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from flows.test_packing import addresses_of_a_village

from doorplate.cli.jobs import open_engine, submit
from doorplate.errors import InputError
from doorplate.model import JobState, PrintBatch
from doorplate.registry import Registry
from doorplate.registry.printing import PrintOrder, order_batch
from doorplate.settings import Settings
from print_jobs.engine import Engine
from print_jobs.queue import JobOrder
from print_jobs.run import Making, run_batch

ORDER = JobOrder("small-gate", "single", 10)
KILLS = int(os.environ.get("DOORPLATE_KILLS", "5"))
VILLAGE = "610431001203"


@pytest.fixture
def settings(tmp_path: Path, registry: Registry, store_url: str) -> Settings:
    return Settings(home=tmp_path / "home", database_url=store_url, base_url="https://menpai.example", queue_lease_s=1.5)


@pytest.fixture
def batch(registry: Registry) -> PrintBatch:
    addresses_of_a_village(registry, 200)
    return order_batch(registry, PrintOrder("small-gate", "https://menpai.example", VILLAGE), lambda _: None).batch


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def state_of(registry: Registry, job: JobState) -> JobState:
    state = registry.store.ledger().state(job.id)
    assert state is not None
    return state


def reference(batch: PrintBatch, folder: Path) -> dict[str, str]:
    run_batch(batch, design="small-gate", sheet="single", out=folder, making=Making(10, processes=1))
    return contents(folder)


def verbs(registry: Registry) -> Counter[str]:
    with registry.store.reading() as reader:
        return Counter(event.event.verb for event in reader.events(limit=5000))


def test_a_job_is_made_recorded_and_done(registry: Registry, settings: Settings, batch: PrintBatch, tmp_path: Path) -> None:
    job = submit(settings, registry, batch, ORDER, tmp_path / "out")
    assert submit(settings, registry, batch, ORDER, tmp_path / "out").id == job.id
    open_engine(settings, registry).drain()
    done = state_of(registry, job)
    assert (done.status, done.done, done.volumes) == ("done", 200, {"done": 20})
    assert contents(tmp_path / "out") == reference(batch, tmp_path / "reference")
    told = verbs(registry)
    assert (told["batch.printed"], told["plate.printed"], told["plate.proved"]) == (1, 200, 200)


def test_deliveries_that_come_twice_or_late_do_nothing(registry: Registry, settings: Settings, batch: PrintBatch,
                                                       tmp_path: Path) -> None:
    job = submit(settings, registry, batch, ORDER, tmp_path / "out")
    engine = open_engine(settings, registry)
    engine.drain()
    before, told = contents(tmp_path / "out"), verbs(registry)
    for task, number in (("prepare", 0), ("chunk", 1), ("chunk", 20), ("chunk", 99), ("merge", 0), ("nonsense", 3)):
        engine.queue.handle(task, job.id, number)
    assert contents(tmp_path / "out") == before
    assert verbs(registry) == told


def test_cancelled_and_taken_up_again_it_ends_the_same(registry: Registry, settings: Settings, batch: PrintBatch,
                                                       tmp_path: Path) -> None:
    job = submit(settings, registry, batch, ORDER, tmp_path / "out")
    engine = open_engine(settings, registry)
    ledger = registry.store.ledger()
    engine.queue.handle("prepare", job.id, 0)
    engine.queue.handle("chunk", job.id, 3)
    assert ledger.cancel(job.id, registry.now())
    engine.drain()
    assert state_of(registry, job).status == "cancelled"
    assert not (tmp_path / "out" / "proof.json").exists()
    assert ledger.retry(job.id)
    engine.drain()
    assert state_of(registry, job).status == "done"
    assert contents(tmp_path / "out") == reference(batch, tmp_path / "reference")


def test_a_job_that_cannot_be_printed_says_why_and_can_be_mended(registry: Registry, settings: Settings, batch: PrintBatch,
                                                                 tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "读我.txt").write_text("别人的")
    job = submit(settings, registry, batch, ORDER, folder)
    open_engine(settings, registry).drain()
    failed = state_of(registry, job)
    assert failed.status == "failed"
    assert "读我.txt" in "".join(failed.problems)
    (folder / "读我.txt").unlink()
    registry.store.ledger().retry(job.id)
    open_engine(settings, registry).drain()
    assert state_of(registry, job).status == "done"


def test_a_plate_that_does_not_read_back_stops_the_batch_by_name(registry: Registry, settings: Settings, batch: PrintBatch,
                                                                 tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import print_jobs.work
    genuine = print_jobs.work.prove_volume

    def one_bad(*arguments: object) -> list[object]:
        from dataclasses import replace
        proofs = list(genuine(*arguments))  # type: ignore[arg-type]
        return [replace(proofs[0], problems=("二维码读不出",)), *proofs[1:]]
    monkeypatch.setattr(print_jobs.work, "prove_volume", one_bad)
    job = submit(settings, registry, batch, ORDER, tmp_path / "out")
    open_engine(settings, registry).drain()
    failed = state_of(registry, job)
    assert failed.status == "failed"
    assert any(batch.plates[0].painted in problem and "第 1 册第 1 页" in problem for problem in failed.problems)
    assert not list((tmp_path / "out").glob("volume-*.pdf"))
    assert verbs(registry)["batch.printed"] == 0


def lives(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def require_gone(pids: list[int]) -> None:
    """What a worker started ends with it; nothing of it lives on."""
    for _ in range(100):
        alive = [pid for pid in pids if lives(pid)]
        if not alive:
            return
        time.sleep(0.05)
    raise AssertionError(f"still there: {alive}")


def test_workers_killed_at_any_moment_leave_one_whole_batch(registry: Registry, settings: Settings, batch: PrintBatch,
                                                            tmp_path: Path) -> None:
    """kill -9 of any process of the worker, the parent included; it is started again and goes on."""
    rng = random.Random(KILLS)
    job = submit(settings, registry, batch, ORDER, tmp_path / "out")
    environment = {**os.environ, "DOORPLATE_HOME": str(settings.home), "DOORPLATE_DATABASE_URL": settings.database_url,
                   "DOORPLATE_BASE_URL": settings.base_url, "DOORPLATE_QUEUE_LEASE_S": "1.5"}
    command = [sys.executable, "-m", "doorplate", "worker", "--processes", "2"]
    killed, worker = 0, None
    end = time.monotonic() + 60 + 20 * KILLS
    try:
        while state_of(registry, job).status not in ("done", "failed") and time.monotonic() < end:
            if worker is None or worker.poll() is not None:
                worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.2, 3.0))
            if killed < KILLS:
                children = ["ps", "-o", "pid=", "--ppid", str(worker.pid)]
                listed = subprocess.run(children, capture_output=True, text=True, check=False)
                everyone = [worker.pid, *map(int, listed.stdout.split())]
                os.kill(victim := rng.choice(everyone), signal.SIGKILL)
                killed += 1
                if victim == worker.pid:
                    require_gone(everyone[1:])
    finally:
        if worker is not None and worker.poll() is None:
            worker.terminate()
            worker.wait(20)
    assert state_of(registry, job).status == "done"
    assert contents(tmp_path / "out") == reference(batch, tmp_path / "reference")
    told = verbs(registry)
    assert (told["batch.printed"], told["plate.printed"], told["plate.proved"]) == (1, 200, 200)
    assert registry.store.verify_chain().ok


@pytest.mark.parametrize("url", ["amqp://x", "queue.sqlite", "sqlite://"])
def test_a_queue_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        Engine(url, lambda send: None)  # type: ignore[arg-type, return-value]
    assert refused.value.code == "queue.url"
