"""What a person at the terminal sees: results on standard output, progress and trouble on standard error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from doorplate.checking import Progress as ProgressCall

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Speed(ProgressColumn):
    """How many a second, once it is worth saying."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/秒" if task.speed and (task.total or 0) > 1 else "", style="dim")


@contextmanager
def bars() -> Iterator[ProgressCall]:
    """A progress bar per step. Yields call(step, done, total); a step appears when it is first named and stays when done."""
    columns = (
        TextColumn("{task.description:<16}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        _Speed(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=err, transient=False) as progress:
        tasks: dict[str, TaskID] = {}

        def call(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield call


def figures(title: str, values: Mapping[str, object]) -> None:
    """A small two-column table: words left, figures right."""
    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2))
    table.add_column(justify="left")
    table.add_column(justify="right")
    for name, value in values.items():
        table.add_row(name, str(value))
    out.print(table)
