"""Volumes made by several processes beside each other. A process that dies is replaced; what it had in hand is made again.

Processes are started afresh (not forked: the caller may have threads) and open the folder for themselves; they end with the
caller, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from doorplate.errors import PreflightFailed, Unavailable
from print_jobs.ending import end_with
from print_jobs.work import Workshop, make_volume, reopen

_WORTH_PLATES = 3000  # below, starting a process takes longer than it saves (D)
_DEATHS_IN_A_ROW = 5  # without a single volume done in between, something else is wrong (D)

_shop: list[Workshop] = []


@dataclass(frozen=True, slots=True)
class Made:
    """A volume that was made, or why not: what was not read back right."""

    number: int
    problems: tuple[str, ...] = ()


def processes_for(plates: int, volumes: int) -> int:
    """How many processes a batch is worth on this machine."""
    return min(len(os.sched_getaffinity(0)), volumes) if plates >= _WORTH_PLATES else 1


def make_volumes(path: Path, numbers: Sequence[int], processes: int, cache: Path | None) -> Iterator[Made]:
    """Makes these volumes of the batch, in any order. Raises Unavailable(batch.workers_die), and what the work raises."""
    left = set(numbers)
    deaths = 0
    while left:
        try:
            for made in _round(path, sorted(left), processes, cache):
                left.discard(made.number)
                deaths = 0
                yield made
        except BrokenProcessPool as exc:
            deaths += 1
            if deaths >= _DEATHS_IN_A_ROW:
                raise Unavailable("batch.workers_die", f"印制进程连续 {deaths} 次意外停止, 停在第 {min(left)} 册: "
                                  f"可能内存不够, 处理后用同一条命令接着做", volume=min(left)) from exc


def _round(path: Path, numbers: Sequence[int], processes: int, cache: Path | None) -> Iterator[Made]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _open, (path, cache, os.getpid())) as pool:
        waiting: list[Future[Made]] = [pool.submit(_make, number) for number in numbers]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _open(path: Path, cache: Path | None, parent: int) -> None:
    end_with(parent)
    _shop[:] = [reopen(path, cache)]


def _make(number: int) -> Made:
    (shop,) = _shop
    try:
        make_volume(shop, shop.job.volumes[number - 1], lambda _step, _done: None)
    except PreflightFailed as exc:
        return Made(number, tuple(exc.problems))
    return Made(number)
