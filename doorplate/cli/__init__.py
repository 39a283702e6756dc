"""The command line: a thin translation of words into calls, and of errors into one line and an exit code."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path
from types import TracebackType

import click
import structlog
import typer

from doorplate.cli import areas, demo, export, lists, plates, serving, setup
from doorplate.cli.console import err
from doorplate.errors import DoorplateError, PreflightFailed

UNUSABLE = 2

app = typer.Typer(
    name="doorplate",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="智慧门牌: 从村里的名单, 到核过的地址、验过的门牌和牌后的网页。",
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.command("demo")(demo.demo)
app.command("init")(setup.init)
app.command("check")(lists.check)
app.command("import")(lists.import_)
app.command("areas")(areas.areas)
app.command("verify")(plates.verify)
app.command("print")(plates.print_)
app.command("proof")(plates.proof)
app.command("serve")(serving.serve)
app.command("export")(export.export)


def main() -> None:
    """Entry point. Exit 0 = done (findings or not), 2 = unusable input or arguments, 1 = a fault of ours."""
    sys.excepthook = _fault
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    try:
        app(standalone_mode=False)
    except PreflightFailed as exc:
        _say(exc)
        for problem in exc.problems:
            err.print(f"  {problem}", markup=False)
        sys.exit(UNUSABLE)
    except DoorplateError as exc:
        _say(exc)
        sys.exit(UNUSABLE)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as exc:
        err.print(f"arguments.invalid: {exc.format_message()}", markup=False)
        sys.exit(UNUSABLE)


def _say(exc: DoorplateError) -> None:
    err.print(f"{exc.code}: {exc.message}", markup=False)


def _fault(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
    """A fault of ours: the details go to a file, the person gets one line."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="doorplate-", suffix=".log", delete=False) as log:
        traceback.print_exception(kind, exc, trace, file=log)
    err.print(f"internal.fault: 程序出错了, 已登记的数据没有改动; 详情在 {Path(log.name)}, 请转给维护人员", markup=False)
