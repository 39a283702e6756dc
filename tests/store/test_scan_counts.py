"""Scans are sums by plate and day, and none is lost when several processes add at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from doorplate.store import Store

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_scans_add_up_by_plate_and_day(store: Store) -> None:
    counts = store.scan_counts()
    counts.add({"A": 3, "B": 1}, MONDAY)
    counts.add({"A": 2}, MONDAY)
    counts.add({"A": 5, "C": 0}, TUESDAY)
    assert counts.by_day(MONDAY, TUESDAY) == {MONDAY: 6, TUESDAY: 5}
    assert counts.by_plate(MONDAY, TUESDAY) == [("A", 10), ("B", 1)]
    assert counts.by_plate(MONDAY, MONDAY, limit=1) == [("A", 5)]
    assert counts.by_day(date(2026, 1, 1), date(2026, 1, 31)) == {}


def test_nothing_to_add_is_nothing(store: Store) -> None:
    store.scan_counts().add({}, MONDAY)
    assert store.scan_counts().by_day(MONDAY, MONDAY) == {}


def test_more_plates_than_one_statement_takes(store: Store) -> None:
    store.scan_counts().add({f"{number:013d}": 2 for number in range(12_000)}, MONDAY)
    assert store.scan_counts().by_day(MONDAY, MONDAY) == {MONDAY: 24_000}


def test_several_processes_lose_none(store: Store, other_store: Callable[[], Store]) -> None:
    stores = [store, other_store(), other_store()]

    def add(one: Store, codes: str) -> None:
        for _ in range(20):
            one.scan_counts().add(dict.fromkeys(codes, 1), MONDAY)

    threads = [threading.Thread(target=add, args=(one, codes)) for one, codes in zip(stores, ("ABC", "CBA", "BAC"), strict=True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert store.scan_counts().by_plate(MONDAY, MONDAY) == [("A", 60), ("B", 60), ("C", 60)]


def test_counting_leaves_no_event(store: Store) -> None:
    store.scan_counts().add({"A": 1}, MONDAY)
    with store.reading() as reader:
        assert reader.event_count() == 0
