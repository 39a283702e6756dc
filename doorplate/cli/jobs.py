"""doorplate worker, doorplate jobs …: batches that are made in the background, on this machine or on others."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from doorplate.cli.console import bars, out
from doorplate.cli.setup import open_registry
from doorplate.errors import NotFound, PreflightFailed, Refused
from doorplate.model import JobState, PrintBatch
from doorplate.registry import Registry
from doorplate.registry.printing import record_printed
from doorplate.settings import Settings, load_settings
from print_jobs.engine import Engine
from print_jobs.queue import JobOrder, PrintQueue

app = typer.Typer(name="jobs", no_args_is_help=True, help="后台印制任务: 看进度、取消、重试。任务号写开头几位就行。")

JobId = Annotated[str, typer.Argument(help="任务号, 写开头几位就行", show_default=False)]

_STATES = {"waiting": "排队", "running": "印制中", "merging": "收尾", "done": "完成", "failed": "失败", "cancelled": "已取消"}
_OVER = ("done", "failed", "cancelled")
_LOOK_EVERY_S = 0.5


def open_engine(settings: Settings, registry: Registry) -> Engine:
    """The job engine of these settings, its workers bound to the registry. Raises InputError(queue.url)."""

    def make_queue(send: Callable[[str, str, int], None]) -> PrintQueue:
        def batch_of(batch_id: str) -> PrintBatch:
            with registry.store.reading() as reader:
                found = reader.batch(batch_id)
            if found is None:
                raise NotFound("batch.unknown", f"登记簿里没有批次 {batch_id}", batch=batch_id)
            return found
        return PrintQueue(registry.store.ledger(), batch_of, lambda batch: record_printed(registry, batch), send,
                          lambda: datetime.now(UTC), settings.home / "cache", timedelta(seconds=settings.queue_lease_s))
    return Engine(settings.queue, make_queue)


def submit(settings: Settings, registry: Registry, batch: PrintBatch, order: JobOrder, folder: Path) -> JobState:
    """Hands a frozen batch to the workers; handed in again while it is being made, it is the same job."""
    wanted = JobState(registry.new_id(), batch.id, str(folder.absolute()), "waiting", registry.actor, order.as_json(), (),
                      len(batch.plates) * order.arrangement.copies, 0, {}, registry.now(), None, None)
    state = registry.store.ledger().submit(wanted)
    open_engine(settings, registry).send("prepare", state.id, 0)
    return state


def worker(
    processes: Annotated[int, typer.Option(min=1, max=64, help="同时印几册")] = 2,
    once: Annotated[bool, typer.Option("--once", help="把现有的任务做完就结束")] = False,
) -> None:
    """后台印制: 一直等任务, 来了就印; Ctrl+C 结束。被强行结束也不要紧, 再启动会接着做, 不丢也不重。"""
    settings = load_settings()
    engine = open_engine(settings, open_registry(settings))
    if once:
        engine.drain()
        return
    out.print(f"后台印制已启动 ({processes} 个进程), Ctrl+C 结束")
    engine.work(processes)


@app.command("list")
def list_() -> None:
    """最近的任务。"""
    jobs = open_registry(load_settings()).store.ledger().jobs()
    if not jobs:
        out.print("还没有后台任务: doorplate print … --queue")
        return
    grid = Grid("任务", "批次", "状态", "门牌", "已验读", "册", "提交", box=None)
    for job in jobs:
        grid.add_row(job.id[:8], job.batch_id[:8], _STATES[job.status], str(job.plates), str(job.done),
                     f"{job.volumes.get('done', 0)}/{sum(job.volumes.values())}", f"{job.asked_at.astimezone():%m-%d %H:%M}")
    out.print(grid)


@app.command("watch")
def watch(job: JobId) -> None:
    """看一个任务的进度, 直到结束。"""
    registry = open_registry(load_settings())
    show_until_over(registry, _find(registry, job).id)


@app.command("cancel")
def cancel(job: JobId) -> None:
    """取消: 正在印的册做完一小段就停, 已验读的留着, 以后可以 retry。"""
    registry = open_registry(load_settings())
    found = _find(registry, job)
    if not registry.store.ledger().cancel(found.id, registry.now()):
        raise Refused("job.over", f"任务 {found.id[:8]} {_STATES[found.status]}, 不能取消", job=found.id)
    out.print(f"任务 {found.id[:8]} 已取消")


@app.command("retry")
def retry(job: JobId) -> None:
    """失败或取消的任务从停下的地方接着做。"""
    settings = load_settings()
    registry = open_registry(settings)
    found = _find(registry, job)
    if not registry.store.ledger().retry(found.id):
        raise Refused("job.not_over", f"任务 {found.id[:8]} {_STATES[found.status]}, 不用重试", job=found.id)
    open_engine(settings, registry).send("prepare", found.id, 0)
    out.print(f"任务 {found.id[:8]} 已重新排队")


def show_until_over(registry: Registry, job_id: str) -> JobState:
    """Shows a job's progress until it ends. Raises PreflightFailed(job.failed) with the reasons, Refused(job.cancelled)."""
    ledger = registry.store.ledger()
    with bars() as progress:
        while True:
            state = ledger.state(job_id)
            if state is None:
                raise NotFound("job.unknown", f"没有任务 {job_id[:8]}", job=job_id)
            progress("印制和验读", state.done, state.plates)
            if state.status in _OVER:
                break
            time.sleep(_LOOK_EVERY_S)
    if state.status == "cancelled":
        raise Refused("job.cancelled", f"任务 {job_id[:8]} 已取消; 接着做: doorplate jobs retry {job_id[:8]}", job=job_id)
    if state.status == "failed":
        raise PreflightFailed("job.failed", f"任务 {job_id[:8]} 没有做成", list(state.problems))
    out.print(f"任务 {job_id[:8]} 完成: {state.done} 块, 成品在 {state.folder}", markup=False)
    return state


def _find(registry: Registry, start: str) -> JobState:
    found = [job for job in registry.store.ledger().jobs() if job.id.startswith(start.lower())]
    if not found:
        raise NotFound("job.unknown", f"没有任务 {start}", job=start)
    if len(found) > 1:
        raise Refused("job.ambiguous", f"以 {start} 开头的任务有 {len(found)} 个, 请多写几位", job=start)
    return found[0]
