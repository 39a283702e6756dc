"""What workers have in hand: one gets it, a silent one loses it, nothing is done twice and nothing is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from doorplate.model import Community, Event, JobState, PrintBatch
from doorplate.store import Store
from doorplate.store.jobs import Due, Held, Ledger

NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
LEASE = timedelta(seconds=20)
LATER = NOW + timedelta(minutes=1)


def job(number: int = 1, folder: str = "out") -> JobState:
    return JobState(f"job{number}", "b1", folder, "waiting", "tester", {"design": "small-gate"}, (), 30, 0, {}, NOW, None, None)


@pytest.fixture
def ledger(store: Store) -> Ledger:
    with store.writing() as unit:
        unit.save(None, Community("610431001203", ("营上村",), "营上村"), Event("community.opened", "610431001203", "t", NOW))
        batch = PrintBatch("b1", "610431001203", "community", "small-gate", "https://menpai.example", NOW, ())
        unit.save(None, batch, Event("batch.frozen", "b1", "t", NOW))
    return store.ledger()


@pytest.fixture
def running(ledger: Ledger) -> Ledger:
    ledger.submit(job())
    assert ledger.claim_stage("job1", "waiting", NOW, LEASE)
    ledger.laid_out("job1", [10, 10, 10])
    return ledger


def take(ledger: Ledger, number: int, now: datetime = NOW) -> Held:
    held = ledger.claim_chunk("job1", number, now, LEASE)
    assert held is not None
    return held


def test_a_job_goes_its_way(running: Ledger) -> None:
    for number in (1, 2, 3):
        assert not running.try_merge("job1")
        assert running.end_chunk(take(running, number), "done")
    assert running.try_merge("job1")
    assert running.claim_stage("job1", "merging", NOW, LEASE)
    assert running.finish("job1", "done", [], LATER)
    state = running.state("job1")
    assert state is not None
    assert (state.status, state.done, state.volumes, state.ended_at) == ("done", 30, {"done": 3}, LATER)
    assert running.due(LATER) == []


def test_the_same_batch_in_the_same_folder_is_one_job_while_it_lasts(ledger: Ledger) -> None:
    assert ledger.submit(job(1)).id == ledger.submit(job(2)).id == "job1"
    assert ledger.submit(job(3, "elsewhere")).id == "job3"
    ledger.cancel("job1", NOW)
    assert ledger.submit(job(4)).id == "job4"


@pytest.mark.parametrize("what", ["chunk", "stage", "merge"])
def test_of_many_workers_exactly_one_gets_it(what: str, running: Ledger) -> None:
    if what == "merge":
        for number in (1, 2, 3):
            running.end_chunk(take(running, number), "done")
    elif what == "stage":
        running.submit(job(2, "elsewhere"))
    acts = {"chunk": lambda _: running.claim_chunk("job1", 2, NOW, LEASE) is not None,
            "stage": lambda _: running.claim_stage("job2", "waiting", NOW, LEASE), "merge": lambda _: running.try_merge("job1")}
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(acts[what], range(16))) == 1


def test_a_silent_worker_loses_its_chunk_and_its_word_counts_no_more(running: Ledger) -> None:
    silent = take(running, 1)
    assert running.claim_chunk("job1", 1, NOW, LEASE) is None
    second = take(running, 1, LATER)
    assert not running.beat(silent, 5, LATER, LEASE)
    assert not running.end_chunk(silent, "failed", ["x"])
    assert running.beat(second, 5, LATER, LEASE)
    assert running.end_chunk(second, "done")
    assert running.claim_chunk("job1", 1, LATER + LEASE, LEASE) is None


def test_what_nobody_has_in_hand_is_due_again(running: Ledger) -> None:
    take(running, 1)
    running.end_chunk(take(running, 2), "done")
    assert running.due(NOW) == [Due("chunk", "job1", 3)]
    assert running.due(LATER) == [Due("chunk", "job1", 1), Due("chunk", "job1", 3)]
    running.end_chunk(take(running, 1, LATER), "done")
    running.end_chunk(take(running, 3, LATER), "done")
    assert running.due(LATER) == [Due("merge", "job1")]
    running.try_merge("job1")
    assert running.due(LATER) == [Due("merge", "job1")]


def test_a_job_nobody_prepared_is_due(ledger: Ledger) -> None:
    ledger.submit(job())
    assert ledger.due(NOW) == [Due("prepare", "job1")]
    ledger.claim_stage("job1", "waiting", NOW, LEASE)
    assert ledger.due(NOW) == []
    assert ledger.due(LATER) == [Due("prepare", "job1")]


def test_trouble_is_tried_again_but_not_at_once(running: Ledger) -> None:
    running.end_chunk(take(running, 1), "waiting", ["第 1 册: 磁盘满"], NOW + timedelta(seconds=3))
    assert running.claim_chunk("job1", 1, NOW, LEASE) is None
    assert take(running, 1, NOW + timedelta(seconds=4)).attempt == 2


def test_cancelled_workers_stop_and_a_retry_looks_at_everything_anew(running: Ledger) -> None:
    running.end_chunk(take(running, 1), "done")
    held = take(running, 2)
    assert running.cancel("job1", NOW)
    assert not running.cancel("job1", NOW)
    assert not running.beat(held, 5, NOW, LEASE)
    assert running.claim_chunk("job1", 3, NOW, LEASE) is None
    assert running.due(LATER) == []
    assert running.retry("job1")
    assert not running.retry("job1")
    assert running.claim_stage("job1", "waiting", NOW, LEASE)
    running.laid_out("job1", [10, 10, 10])
    state = running.state("job1")
    assert state is not None
    assert state.volumes == {"waiting": 3}


def test_a_failed_volume_says_which_plate(running: Ledger) -> None:
    running.end_chunk(take(running, 2), "failed", ["第 2 册第 1 页第 3 块 幸福路53号: 二维码读不出"])
    running.end_chunk(take(running, 1), "failed", ["第 1 册第 9 页第 1 块 幸福路5号: 二维码读不出"])
    running.end_chunk(take(running, 3), "done")
    assert running.try_merge("job1")
    first, second = running.chunk_problems("job1")
    assert first.startswith("第 1 册第 9 页第 1 块")
    assert second.startswith("第 2 册第 1 页第 3 块")


def test_the_trail_says_nothing_of_workers(running: Ledger, store: Store) -> None:
    with store.reading() as reader:
        assert reader.event_count() == 2
    assert store.verify_chain().ok
