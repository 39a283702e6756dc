"""The command line: a thin translation of words into calls, and of errors into one line and an exit code."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path
from types import TracebackType

import structlog
import typer
from typer._click import exceptions as usage  # typer carries its own click and shows its exceptions nowhere else

from doorplate.cli import (
    accounts,
    areas,
    audit,
    bulk,
    cases,
    demo,
    designs,
    devices,
    export,
    factory,
    field,
    history,
    jobs,
    lists,
    notices,
    numbering,
    packing,
    papers,
    plates,
    population,
    publish,
    reprint,
    services,
    serving,
    settling,
    setup,
    staff,
    tiles,
    wear,
)
from doorplate.cli.console import err
from doorplate.errors import DoorplateError, PreflightFailed

UNUSABLE = 2
INTERRUPTED = 130  # as shells count a Ctrl+C

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
app.command("load")(bulk.load)
app.command("areas")(areas.areas)
app.command("settle")(settling.settle)
app.command("undo")(settling.undo)
app.command("verify")(plates.verify)
app.command("number")(numbering.number)
app.command("print")(plates.print_)
app.command("proof")(plates.proof)
app.command("designs")(designs.designs)
app.command("factory")(factory.factory)
app.command("reprint")(reprint.reprint)
app.command("wear")(wear.wear)
app.command("worker")(jobs.worker)
app.add_typer(jobs.app)
app.add_typer(packing.app)
app.add_typer(cases.app)
app.add_typer(papers.app)
app.add_typer(accounts.app)
app.add_typer(devices.app)
app.add_typer(staff.app)
app.add_typer(notices.app)
app.add_typer(services.app)
packing.app.command("labels")(papers.labels)
app.command("serve")(serving.serve)
app.command("publish")(publish.publish)
app.command("export")(export.export)
app.command("tiles")(tiles.tiles)
app.command("register")(history.register)
app.command("changes")(history.changes)
app.add_typer(field.app)
app.add_typer(population.app)
app.add_typer(audit.audit, name="audit")


def main() -> None:
    """Entry point. Exit 0 = done (findings or not), 2 = unusable input or arguments, 1 = a fault of ours, or `audit` found a
    trail that was tampered with."""
    sys.excepthook = _fault
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    try:
        typer.main.get_command(app)(standalone_mode=False)
    except PreflightFailed as exc:
        _say(exc)
        for problem in exc.problems:
            err.print(f"  {problem}", markup=False)
        sys.exit(UNUSABLE)
    except DoorplateError as exc:
        _say(exc)
        sys.exit(UNUSABLE)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except usage.NoArgsIsHelpError:
        sys.exit(0)  # the help it asked for has been shown
    except usage.ClickException as exc:
        err.print(f"arguments.invalid: {_usage(exc)}", markup=False)
        sys.exit(UNUSABLE)


def _usage(exc: usage.ClickException) -> str:
    """What is wrong with the words typed, in the clerk's language."""
    if isinstance(exc, usage.NoSuchOption):
        return f"没有 {exc.option_name} 这个选项, 在命令后面加 --help 看有哪些"
    if isinstance(exc, usage.MissingParameter):
        return f"缺少 {_parameter(exc)}, 在命令后面加 --help 看用法"
    if isinstance(exc, usage.BadParameter):
        return f"{_parameter(exc)} 的值不能用: {exc.message}"
    return f"命令写得不对 ({exc.format_message()}), 在命令后面加 --help 看用法"


def _parameter(exc: usage.BadParameter) -> str:
    return " / ".join(exc.param.opts) if exc.param is not None else str(exc.param_hint or "一个参数")


def _say(exc: DoorplateError) -> None:
    err.print(f"{exc.code}: {exc.message}", markup=False)


def _fault(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
    """A fault of ours: the details go to a file, the person gets one line."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="doorplate-", suffix=".log", delete=False) as log:
        traceback.print_exception(kind, exc, trace, file=log)
    err.print(f"internal.fault: 程序出错了, 已登记的数据没有改动; 详情在 {Path(log.name)}, 请转给维护人员", markup=False)
