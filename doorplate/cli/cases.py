"""doorplate cases …: matters residents raised, for the office's terminal, and the desk of one member of staff.

Nothing personal is printed (no words, name, phone, nor whose door it is) unless it is asked for, which is then recorded.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer
from rich.table import Table as Grid

from doorplate.cases.case import Case
from doorplate.cases.lifecycle import NAMES
from doorplate.cases.settings import load_case_settings
from doorplate.cases.visibility import CaseScope
from doorplate.china import minute_of
from doorplate.cli.console import figures, out
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError, NotFound
from doorplate.media.vault import open_vault
from doorplate.registry.case_desk import StaffDesk
from doorplate.registry.case_desk_words import desk_steps, row_of
from doorplate.registry.cases.casework import Casework, open_casework
from doorplate.registry.cases.clock import escalate_due
from doorplate.registry.cases.pins import receipt_of
from doorplate.registry.cases.retention import forget_old
from doorplate.registry.cases.working import listed, steps_of
from doorplate.registry.people import find_person
from doorplate.registry.scanning import Scanning
from doorplate.services import load_services
from doorplate.settings import Settings, load_settings, secret_key
from doorplate.store import Reader
from doorplate.store.case_reader import Slice

app = typer.Typer(name="cases", no_args_is_help=True, help="居民诉求: 列出、查看、到时上转、办结、办理台。")

Receipt = Annotated[str, typer.Argument(help="回执号, 空格和大小写不限", show_default=False)]
Who = Annotated[str, typer.Option("--staff", help="工作人员的姓名, 或编号开头 6 位", show_default=False)]

_MOST = 1000  # lines of a community's list at a terminal
_KINDS = {"ask": "咨询", "report": "上报", "appointment": "预约", "direct": "所长直通车"}
_STEPS = {"accepted": "受理", "routed": "分流", "escalated": "超时上转", "noted": "备注", "settled": "办结", "answered": "反馈",
          "rated": "评价", "reopened": "退回重办", "added": "补充", "withdrawn": "撤回"}


@app.command("list")
def list_(overdue: Annotated[bool, typer.Option("--overdue", help="只列超时的")] = False) -> None:
    """办理中的诉求, 急的在前, 按时限排; 不显示内容、姓名电话和门牌。"""
    work = open_cases(load_settings())
    show: Literal["overdue", "open"] = "overdue" if overdue else "open"
    with work.registry.store.reading() as reader:
        scopes = [_everything_in(community.code) for community in reader.communities()]
        counts = Counter[str]()
        for scope in scopes:
            counts.update(reader.count_cases(scope, work.now))
        cases = [case for scope in scopes for case in reader.cases_in(scope, show, work.now, Slice(0, _MOST))]
        found = listed(work, reader, sorted(cases, key=_most_pressing_first))
    if not found:
        out.print("没有超时的诉求" if overdue else "没有办理中的诉求")
        return
    grid = Grid("回执号", "类别", "社区", "状态", "现在归谁", "时限", box=None)
    for line in found:
        row = row_of(work, line)
        late = " 已超时" if row.overdue else ""
        grid.add_row(row.number, f"{'急 ' if row.urgent else ''}{_KINDS[row.kind]} {row.category}", line.community.names[-1],
                     NAMES[row.status], row.owner, f"{_moment(row.due_at)}{late}")
    out.print(grid)
    out.print(f"办理中 {counts['open']} 件, 其中超时 {counts['overdue']} 件, 已完成 {counts['done']} 件")


@app.command("show")
def show(
    receipt: Receipt,
    personal: Annotated[bool, typer.Option("--personal", help="连同内容、姓名电话和门牌一起显示; 会登记在案")] = False,
    why: Annotated[str, typer.Option("--why", help="为什么要看个人内容, 和 --personal 一起写")] = "",
) -> None:
    """一件诉求办到哪一步。"""
    if personal and not why.strip():
        raise InputError("cases.no_reason", "看个人内容要写明原因, 例如 --personal --why 回访核实")
    work = open_cases(load_settings())
    case = _case(work, receipt)
    if personal:
        with work.registry.store.writing() as unit:
            unit.save(case, case, work.registry.event("case.looked", case.id, reason=why.strip()))
    with work.registry.store.reading() as reader:
        _tell(work, reader, case, personal=personal)


@app.command("tick")
def tick() -> None:
    """到时的上转一级, 过了保存期的删去个人内容。可以反复运行, 例如每 5 分钟一次。"""
    work = open_cases(load_settings())
    out.print(f"上转 {escalate_due(work)} 件, 删去个人内容 {forget_old(work)} 件")


@app.command("settle")
def settle(receipt: Receipt, answer: Annotated[str, typer.Option("--answer", help="给居民的答复")], staff: Who) -> None:
    """办结: 没有答复不能办结。"""
    work = open_cases(load_settings())
    case = _case(work, receipt)
    with work.registry.store.reading() as reader:
        person, version = find_person(reader, staff), len(reader.case_entries(case.id))
    done = StaffDesk(work, person.id).settle(case.id, version, answer)
    out.print(f"{done.row.number} {NAMES[done.row.status]}")


@app.command("desk")
def desk(
    staff: Who,
    hours: Annotated[int, typer.Option(min=1, max=24, help="钥匙几小时后失效")] = 12,
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 8020,
) -> None:
    """一位工作人员的办理台网页, 只在这台电脑上开。网址里的钥匙只给本人, 到时失效。"""
    settings = load_settings()
    work = open_cases(settings)
    with work.registry.store.reading() as reader:
        person = find_person(reader, staff)
    case_desk = StaffDesk(work, person.id)
    # Imported here: only serving needs the web, and the other commands should start without it.
    from webapp.desk.staff_key import StaffKey
    from webapp.factory import create_cases_app
    from webapp.serve import serve as serve_app

    key = StaffKey(secrets.token_urlsafe(24), datetime.now(UTC) + timedelta(hours=hours))
    app_ = create_cases_app(settings, Scanning(work.registry.store), case_desk, key)
    host = "127.0.0.1"
    out.print(f"办理台 ({case_desk.who}): http://{host}:{port}/desk/cases/?key={key.secret}", markup=False)
    out.print(f"钥匙有效到 {_moment(key.until)}, 不要转给别人  (Ctrl+C 停止)", markup=False)
    serve_app(app_, host, port)


def open_cases(settings: Settings) -> Casework:
    """Matters of this installation, with its own settings of them (`DOORPLATE_HOME/cases.toml`), services and vault."""
    registry = open_registry(settings)
    rules, vault = load_case_settings(settings.home / "cases.toml"), open_vault(settings.media, secret_key(settings))
    return open_casework(registry, rules, vault, load_services(settings.home / "services.toml"))


def _everything_in(community: str) -> CaseScope:
    """Every matter of a community, whoever it names: only who can open the registry's files can run this command."""
    return CaseScope("", "superior", community, None, (), ())


def _most_pressing_first(case: Case) -> tuple[bool, datetime]:
    return not case.urgent, case.due_at or datetime.max.replace(tzinfo=UTC)


def _case(work: Casework, receipt: str) -> Case:
    """Raises NotFound(case.unknown)."""
    with work.registry.store.reading() as reader:
        case = reader.case_by_receipt(receipt_of(receipt))
    if case is None:
        raise NotFound("case.unknown", "没有这个回执号, 请核对后再输")
    return case


def _tell(work: Casework, reader: Reader, case: Case, *, personal: bool) -> None:
    [line] = listed(work, reader, [case])
    row, files = row_of(work, line), [one for one in reader.case_files(case.id) if one.key]
    values = {"类别": f"{_KINDS[row.kind]} {row.category}", "社区": line.community.names[-1], "状态": NAMES[row.status],
              "现在归谁": row.owner, "提交": _moment(row.asked_at), "时限": _moment(row.due_at), "附件": f"{len(files)} 个"}
    figures(row.number, values)
    if personal:
        contact = work.contact(case)
        for name, told in (("门牌", row.place), ("姓名", contact.name), ("电话", contact.phone),
                           ("内容", work.opened(case.text_sealed, case.id))):
            out.print(f"  {name}: {told or '—'}", markup=False)
    for step in desk_steps(work, case, steps_of(work, reader, case)):
        said = f": {step.words}" if personal and step.words else ""
        out.print(f"  {_moment(step.at)} {_STEPS[step.step]} {step.by}{said}", markup=False)


def _moment(at: datetime | None) -> str:
    return minute_of(at) if at else "—"
