"""doorplate audit: proving that the trail is whole, and keeping checkpoints of it elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from doorplate.china import minute_of
from doorplate.cli.console import err, out
from doorplate.cli.setup import open_registry
from doorplate.exchange.checkpoint_file import read_checkpoint, require_free, write_checkpoint
from doorplate.model import Checkpoint
from doorplate.registry.auditing import Audit
from doorplate.registry.auditing import audit as audit_registry
from doorplate.settings import load_settings

BROKEN = 1
_ADVICE = "请停止写入, 保留现场, 从备份恢复"

audit = typer.Typer(no_args_is_help=True, help="核对留痕: 证明登记簿的每一条改动都没有被人动过。")


@audit.command("verify")
def verify(
    checkpoint: Annotated[Path | None, typer.Option(help="以前写出来、存在别处的检查点文件: 还能看出末尾有没有被截掉")] = None,
) -> None:
    """逐条核对留痕链和成批装入的摘要。退出码: 0 完好, 1 对不上, 2 用不了。"""
    known = read_checkpoint(checkpoint) if checkpoint else None
    found = audit_registry(open_registry(load_settings()), known)
    _show(found, known)


@audit.command("checkpoint")
def checkpoint(
    out_file: Annotated[Path, typer.Option("--out", help="写到这个文件 (JSON); 请存到别的机器或 U 盘上")],
) -> None:
    """核对以后写出检查点: 最后一条留痕的序号、校验值和时间。对不上时不写。"""
    require_free(out_file)
    found = audit_registry(open_registry(load_settings()))
    _show(found, None)
    write_checkpoint(out_file, found.end)
    out.print(f"检查点已写好: 到第 {found.end.seq} 条, {_moment(found.end)}; 请把 {out_file.name} 存到别处", markup=False)


def _show(found: Audit, known: Checkpoint | None) -> None:
    """What was found; leaves with exit code 1 where something does not fit."""
    if found.first_bad is None:
        out.print(f"留痕 {found.events} 条, 逐条核对, 没有断开")
        loads = f"成批装入 {found.loads} 次"
        out.print(f"{loads}, 都和装入时的摘要一致" if not found.changed_loads else loads)
    if known is not None and found.against == "fits":
        out.print(f"和检查点相符: 第 {known.seq} 条, {_moment(known)}")
    for problem in _problems(found, known):
        err.print(problem, markup=False)
    if not found.ok:
        sys.exit(BROKEN)


def _problems(found: Audit, known: Checkpoint | None) -> list[str]:
    said = []
    if found.first_bad is not None:
        said.append(f"audit.broken: 留痕 {found.events} 条, 从第 {found.first_bad} 条起对不上, 有人动过数据库")
    changed = "装入的地址和装入时的摘要对不上, 有人不经登记改过"
    said += [f"audit.load_changed: 第 {seq} 条留痕{changed}" for seq in found.changed_loads]
    if known is not None and found.against == "truncated":
        kept = f"检查点到第 {known.seq} 条 ({_moment(known)})"
        said.append(f"audit.truncated: {kept}, 留痕只到第 {found.end.seq} 条, 末尾被截掉了")
    if known is not None and found.against == "rewritten":
        differs = f"第 {known.seq} 条和检查点 ({_moment(known)}) 对不上"
        said.append(f"audit.rewritten: {differs}, 以前的留痕被整段改写过, 或者不是同一个登记簿的检查点")
    return [f"{problem}; {_ADVICE}" for problem in said]


def _moment(checkpoint: Checkpoint) -> str:
    return f"{minute_of(checkpoint.at)}"
