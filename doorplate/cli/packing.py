"""doorplate packing …: the packing table, and what becomes of the boxes until every plate is on its wall or explained."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from doorplate.cli.codes import read_codes
from doorplate.cli.console import figures, out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.errors import DoorplateError
from doorplate.registry import Registry
from doorplate.registry.days import today
from doorplate.registry.hanging import Ending, box_again, boxes_out, bring_back, close_box, explain, issue_box, mount_plates
from doorplate.registry.packing import Absence, Table, packing_table, report_absent, scan_at_table, seal_box, start_packing
from doorplate.registry.packing_desk import BOX_STATES, BatchTable
from doorplate.registry.scanning import Scanning
from doorplate.settings import load_settings

app = typer.Typer(name="packing", no_args_is_help=True, help="装箱台: 装箱、领箱、安装、退回、对账。批次写开头几位就行。")

Batch = Annotated[str, typer.Argument(help="批次号, 写开头几位就行", show_default=False)]
BoxNumber = Annotated[int, typer.Argument(help="箱号", show_default=False)]
Codes = Annotated[Path, typer.Option("--codes", help="门牌编码, 文本文件, 每行一个")]
Reason = Annotated[str, typer.Option("--reason", help="原因")]

_HELP = "扫码枪对准门牌扫; 也可以打字: 缺 原因 · 损 原因 · 封 (封好当前箱) · 完 (结束)"
_ABSENCES: dict[str, Absence] = {"缺": "lost", "损": "damaged"}
_STOP = frozenset({"完", "q", "quit", "exit"})


@app.command("start")
def start(
    batch: Batch, capacity: Annotated[int | None, typer.Option(help="每箱最多几块, 不写按门牌种类定")] = None
) -> None:
    """排好这一批的箱: 一个安装区一箱或几箱, 箱里按走路顺序。重复运行不变。"""
    _show(start_packing(_registry(), batch, capacity))


@app.command("status")
def status(batch: Batch) -> None:
    """这一批装到哪里了。"""
    _show(packing_table(_registry(), batch))


@app.command("scan")
def scan(batch: Batch) -> None:
    """装箱台: 用扫码枪 (或打字) 逐块扫, 每扫一块说放进哪一箱哪一格。"""
    registry = _registry()
    table = packing_table(registry, batch)
    out.print(_HELP)
    _due(table)
    for line in sys.stdin:
        text = line.strip()
        if text in _STOP:
            break
        if text:
            table = _one(registry, table, text)
            _due(table)
    _show(table)


@app.command("serve")
def serve(
    batch: Batch,
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 8010,
    host: Annotated[str, typer.Option(help="监听地址, 默认只有本机; 用手机摄像头扫要走 HTTPS")] = "127.0.0.1",
) -> None:
    """装箱台网页: 扫码枪或摄像头, 大字显示放进哪一箱哪一格。网址里的钥匙只给装箱的人。"""
    settings, registry = load_settings(), _registry()
    table = packing_table(registry, batch)
    key = secrets.token_urlsafe(16)
    # Imported here: only serving needs the web, and the other commands should start without it.
    from webapp.factory import create_packing_app
    from webapp.serve import serve as serve_app

    app_ = create_packing_app(settings, Scanning(registry.store), BatchTable(registry, table.batch.id), key)
    out.print(f"装箱台: http://{host}:{port}/desk/packing/?key={key}  (Ctrl+C 停止)", markup=False)
    serve_app(app_, host, port)


@app.command("absent")
def absent(
    batch: Batch,
    reason: Reason,
    code: Annotated[str, typer.Option(help="门牌编码, 不写就是下一块应装的")] = "",
    spoilt: Annotated[bool, typer.Option("--spoilt", help="在, 但坏了")] = False,
) -> None:
    """报缺或报损: 这块装不进, 先装后面的; 找到了再扫一次就补进去。"""
    _show(report_absent(_registry(), batch, code, "damaged" if spoilt else "lost", reason))


@app.command("seal")
def seal(batch: Batch, number: BoxNumber) -> None:
    """封箱: 每一格都装好了, 或报了缺损。"""
    _show(seal_box(_registry(), batch, number))


@app.command("issue")
def issue(batch: Batch, number: BoxNumber, to: Annotated[str, typer.Option("--to", help="领箱的人")]) -> None:
    """领箱: 交给安装员。"""
    registry = _registry()
    box = issue_box(registry, batch, number, to, today(registry))
    out.print(f"第 {box.number} 箱已由{box.installer}领出")


@app.command("mount")
def mount(codes: Codes) -> None:
    """登记已安装的门牌。"""
    done = mount_plates(_registry(), read_codes(codes))
    out.print(f"登记安装 {done} 块")


@app.command("return")
def return_(codes: Codes, reason: Reason) -> None:
    """登记带回来的门牌。"""
    out.print(f"登记退回 {bring_back(_registry(), read_codes(codes), reason)} 块")


@app.command("explain")
def explain_(
    codes: Codes,
    reason: Reason,
    ending: Annotated[Ending, typer.Option("--as", help="lost 遗失, damaged 损坏, kept 留在安装员手里")],
) -> None:
    """说明没装也没退的门牌怎么了。"""
    out.print(f"登记说明 {explain(_registry(), read_codes(codes), ending, reason)} 块")


@app.command("close")
def close(batch: Batch, number: BoxNumber) -> None:
    """结清一箱: 领 = 装 + 退 + 有说明, 差一块都不行。"""
    result = close_box(_registry(), batch, number)
    figures(f"第 {number} 箱已结清", {"领出": f"{len(result.issued)} 块", "安装": f"{len(result.mounted)} 块",
                                  "退回": f"{len(result.returned)} 块", "有说明": f"{len(result.explained)} 块"})


@app.command("again")
def again(batch: Batch) -> None:
    """把退回来的门牌另装一箱, 可以再领。"""
    box = box_again(_registry(), batch)
    out.print(f"另装第 {box.number} 箱, {len(box.codes)} 块, 可以领")


@app.command("out")
def out_(community: CommunityCode) -> None:
    """日终对账: 在外面的每一箱, 领 = 装 + 退 + 有说明?"""
    days = boxes_out(_registry(), community)
    if not days:
        out.print("没有在外面的箱")
        return
    grid = Grid("批次", "箱", "安装员", "领出日期", "领", "装", "退", "有说明", "没有下落", box=None)
    for day in days:
        r, box = day.reckoning, day.box
        grid.add_row(day.batch[:8], str(box.number), box.installer, f"{box.issued_on}", str(len(r.issued)), str(len(r.mounted)),
                     str(len(r.returned)), str(len(r.explained)), str(len(r.open)))
    out.print(grid)


def _one(registry: Registry, table: Table, text: str) -> Table:
    """One line at the table: a scan, or a word of command with its reason."""
    word, _, rest = text.partition(" ")
    try:
        if word in _ABSENCES:
            return report_absent(registry, table.batch.id, "", _ABSENCES[word], rest)
        if word == "封":
            number = int(rest) if rest.isdecimal() else _current(table)
            table = seal_box(registry, table.batch.id, number)
            out.print(f"第 {number} 箱已封", style="bold green")
            return table
        scanned = scan_at_table(registry, table.batch.id, text)
    except DoorplateError as exc:
        out.print(f"✗ {exc.message}", style="bold red", markup=False)
        return table
    sign, style = ("✓", "bold green") if scanned.accepted else ("✗\a", "bold red")
    out.print(f"{sign} {scanned.message}", style=style, markup=False)
    return scanned.table


def _current(table: Table) -> int:
    """The first box that is not sealed; the last one when all are."""
    return next((box.number for box in table.boxes if box.status == "open"), len(table.boxes))


def _due(table: Table) -> None:
    if table.due:
        place = table.place(table.due)
        out.print(f"  下一块: 第 {place.box} 箱第 {place.slot} 格 {table.plates[table.due].painted}", style="dim", markup=False)


def _show(table: Table) -> None:
    grid = Grid("箱", "安装区", "块", "已装", "缺", "损", "状态", box=None)
    for box in table.boxes:
        there = sum(code in table.packed for code in box.codes)
        grid.add_row(f"{box.number}/{box.total}", box.zone, str(len(box.codes)), str(there), str(len(box.lost)),
                     str(len(box.damaged)), BOX_STATES[box.status])
    out.print(f"批次 {table.batch.id[:8]}", markup=False)
    out.print(grid)


def _registry() -> Registry:
    return open_registry(load_settings())
