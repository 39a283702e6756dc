"""Many at once, and sudden deaths: no lock errors, no forked trail, nothing half written."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from doorplate.errors import Unavailable
from doorplate.store import engine as engine_module
from doorplate.store import open_store
from tests.support import worker
from tests.support.village import CODE, address, community, event


@pytest.fixture
def village(store):
    with store.writing() as unit:
        unit.save(None, community(), event("community.opened", CODE))
    return store


def test_four_writing_and_two_reading_threads(village):
    with ThreadPoolExecutor(6) as threads:
        acts = [threads.submit(worker.write, village, f"{n}路", 15) for n in range(4)]
        acts += [threads.submit(worker.read, village, 60) for _ in range(2)]
        for act in acts:
            act.result()
    assert_complete(village, houses=60)


def test_four_writing_and_two_reading_processes(village, store_url):
    acts = [worker.start("write", store_url, f"{n}路", 15) for n in range(4)]
    acts += [worker.start("read", store_url, 60) for _ in range(2)]
    assert [act.communicate()[1] for act in acts] == [""] * 6
    assert [act.returncode for act in acts] == [0] * 6
    assert_complete(village, houses=60)


def assert_complete(store, houses: int) -> None:
    with store.reading() as reader:
        assert reader.count_addresses(CODE) == {"verified": houses}
        assert reader.event_count() == 1 + 2 * houses
    report = store.verify_chain()
    assert (report.ok, report.events) == (True, 1 + 2 * houses)


def test_one_of_two_who_change_the_same_record_is_told(village):
    """Both read version 1; both save; exactly one wins."""
    from dataclasses import replace

    from doorplate.errors import Refused

    with village.writing() as unit:
        house = unit.save(None, address(1), event("address.proposed", address(1).id))
    start, told = threading.Barrier(2), []

    def change(name: str) -> None:
        start.wait()
        try:
            with village.writing() as unit:
                unit.save(house, replace(house, name=name), event("address.renamed", house.id))
        except Refused as refused:
            told.append(refused.code)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(change, ["甲", "乙"]))
    assert told == ["store.stale"]
    with village.reading() as reader:
        assert reader.address(house.id).version == 2


def test_killed_in_mid_transaction(village, store_url):
    """kill -9 after a save, before the commit: nothing of it is left, and nobody waits for the dead."""
    dying = worker.start("hang", store_url)
    assert dying.stdout.readline() == "ready\n"
    dying.kill()
    dying.communicate()
    with village.writing() as unit:
        assert unit.addresses(CODE) == ()
        unit.save(None, address(1), event("address.proposed", address(1).id))
    assert village.verify_chain().events == 2
    assert village.verify_chain().ok


def test_killed_right_after_the_commit(village, store_url):
    """What a finished block has written is there, however its process ends."""
    worker.start("write", store_url, "幸福路", 1).communicate()
    with open_store(store_url).reading() as reader:
        assert reader.count_addresses(CODE) == {"verified": 1}


def test_who_waits_too_long_is_told_so(village, store_url, monkeypatch):
    monkeypatch.setattr(engine_module, "PATIENCE_S", 1)
    with village.writing(), pytest.raises(Unavailable) as refused, open_store(store_url).writing():
        pass
    assert refused.value.code == "store.busy"


def test_readers_do_not_wait_for_a_writer(village, other_store):
    with village.writing() as unit:
        unit.save(None, address(1), event("address.proposed", address(1).id))
        with other_store().reading() as reader:
            assert reader.addresses(CODE) == ()
