"""What a serving process does beside answering: it is done, by one alone where it must be, and a failure ends nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from doorplate.errors import Unavailable
from webapp.chores import Caretaker, Chore

SOON_S = 0.01
PATIENCE_S = 10


class Done:
    """Counts how often it was done; `often` is set after the third time."""

    def __init__(self, act: Callable[[int], None] = lambda _times: None) -> None:
        self.times, self.often, self._act = 0, threading.Event(), act

    def __call__(self) -> None:
        self.times += 1
        if self.times >= 3:
            self.often.set()
        self._act(self.times)


def test_a_chore_is_done_again_and_again_until_stopped() -> None:
    done = Done()
    caretaker = Caretaker([Chore("count", done, SOON_S)])
    caretaker.start()
    assert done.often.wait(PATIENCE_S)
    caretaker.stop()
    at_stop = done.times
    assert not threading.Event().wait(SOON_S * 10)
    assert done.times == at_stop


def test_what_is_to_be_done_at_the_end_is_done_and_nothing_else() -> None:
    flush, other = Done(), Done()
    caretaker = Caretaker([Chore("flush", flush, 3600, at_end=True), Chore("other", other, 3600)])
    caretaker.start()
    caretaker.stop()
    assert (flush.times, other.times) == (1, 0)


def test_a_failing_chore_is_logged_tried_again_and_stops_no_other() -> None:
    def fail(_times: int) -> None:
        raise Unavailable("store.busy", "忙")

    failing, other = Done(fail), Done()
    caretaker = Caretaker([Chore("failing", failing, SOON_S, at_end=True), Chore("other", other, SOON_S)])
    with capture_logs() as said:
        caretaker.start()
        assert failing.often.wait(PATIENCE_S)
        assert other.often.wait(PATIENCE_S)
        caretaker.stop()
    assert {(one["event"], one["chore"], one["code"]) for one in said} == {("chore.failed", "failing", "store.busy")}
    assert len(said) == failing.times


def test_of_two_processes_one_does_what_is_for_one_alone_and_the_other_takes_over(tmp_path: Path) -> None:
    """Two open files of one lock stand for two processes: flock belongs to the open file."""
    first, second, everybody = Done(), Done(), Done()
    one = Caretaker([], tmp_path / "clock.lock")
    two = Caretaker([], tmp_path / "clock.lock")
    for _ in range(2):
        one.do(Chore("clock", first, 60, alone=True))
        two.do(Chore("clock", second, 60, alone=True))
        two.do(Chore("scans", everybody, 60))
    assert (first.times, second.times, everybody.times) == (2, 0, 2)
    one.stop()
    two.do(Chore("clock", second, 60, alone=True))
    assert second.times == 1
    two.stop()


@pytest.mark.parametrize("alone", [True, False])
def test_without_a_lock_every_chore_is_ours(alone: bool) -> None:
    done = Done()
    Caretaker([]).do(Chore("clock", done, 60, alone=alone))
    assert done.times == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_nobody_foresaw_ends_the_process_and_frees_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[tuple[int, int]] = []
    gone = threading.Event()

    def kill(pid: int, number: int) -> None:
        ended.append((pid, number))
        gone.set()

    monkeypatch.setattr("webapp.chores.os.kill", kill)
    lock = tmp_path / "lock"
    broken = Caretaker([Chore("broken", lambda: {}["missing"], SOON_S, alone=True)], lock)
    broken.start()
    assert gone.wait(10)
    assert ended == [(os.getpid(), signal.SIGTERM)]
    done = threading.Event()
    heir = Caretaker([Chore("heir", done.set, SOON_S, alone=True)], lock)
    heir.start()
    assert done.wait(10)
    heir.stop()
