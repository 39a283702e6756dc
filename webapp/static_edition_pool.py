"""An edition made by several processes beside each other. They are started afresh and open registry and target for themselves."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from flask import Flask

from doorplate.errors import Unavailable
from webapp.static_edition import Progress, Published, Target, Work, cut, make
from webapp.static_edition_pages import Pages

_bench: list[tuple[Pages, Target]] = []  # of a process of the pool


def spread_over(door: Callable[[], Flask], target: Callable[[], Target]) -> Callable[[Work, Progress], Published] | None:
    """How the work of an edition is spread over the processors of this machine; both arguments can be pickled. None where
    there is but one."""
    processors = len(os.sched_getaffinity(0))
    if processors < 2:
        return None

    def spread(work: Work, progress: Progress) -> Published:
        context = multiprocessing.get_context("spawn")
        parts = cut(work)
        done, total = Published(), len(work.codes) + len(work.maps)
        with ProcessPoolExecutor(min(processors, len(parts)), context, _open, (door, target)) as pool:
            waiting = [pool.submit(_make, part) for part in parts]
            try:
                for made in as_completed(waiting):
                    done += made.result()
                    progress("发布门牌页", done.plates, total)
            except BrokenProcessPool as exc:
                raise Unavailable("publish.workers_die", "发布进程意外停止, 可能内存不够; 处理后再运行会补完") from exc
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        return done

    return spread


def _open(door: Callable[[], Flask], target: Callable[[], Target]) -> None:
    _bench[:] = [(Pages(door()), target())]


def _make(part: Work) -> Published:
    ((pages, target),) = _bench
    return make(pages, target, part, lambda *_: None)
