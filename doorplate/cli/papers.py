"""doorplate papers …: the papers that go with the plates, from the register as it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import bars, figures, out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.cli.words import parse_day
from doorplate.errors import InputError
from doorplate.exchange.whole_file import whole_file
from doorplate.registry import Registry
from doorplate.registry.days import today
from doorplate.registry.papers import boards, box_labels, how_to, install_list, maps
from doorplate.settings import load_settings
from print_jobs.papers.board import board_pdf
from print_jobs.papers.box_labels import labels_pdf
from print_jobs.papers.card import card_pdf
from print_jobs.papers.group_map import map_pdf
from print_jobs.papers.install_list import install_pdf
from print_jobs.papers.typesetting import Paper, Progress
from print_jobs.plate_design import load_design

app = typer.Typer(name="papers", no_args_is_help=True, help="配套的纸: 联户长公示、联户分布图、扫码说明卡、安装清单。都是 PDF。")

Batch = Annotated[str, typer.Argument(help="批次号, 写开头几位就行", show_default=False)]
OutFile = Annotated[Path, typer.Option("--out", help="写到这个 PDF 文件")]
Grid = Annotated[str | None, typer.Option(help="只要这个网格: 代码 (例如 G01) 或名称")]
PaperSize = Annotated[str, typer.Option("--paper", help="纸张: a3 或 a2")]
Day = Annotated[str, typer.Option("--date", help="印在纸上的日期, 例如 2026-11-23; 不写是今天", show_default=False)]

_WALL: tuple[Paper, ...] = ("a3", "a2")
_SETTING = "排版"


@app.command("board")
def board(community: CommunityCode, file: OutFile, grid: Grid = None, paper: PaperSize = "a3", day: Day = "") -> None:
    """联户长公示: 每个网格一份, 谁负责哪些门牌、电话多少, 加上网格员、民警和派出所。"""
    registry, size = _open(file), _wall(paper)
    found = boards(registry, community, _day(registry, day), grid)
    _write(file, lambda progress: board_pdf(found, community, size, progress))
    groups = [group for one in found for group in one.groups]
    figures("联户长公示", {"网格": f"{len(found)} 份", "联户": f"{len(groups)} 个",
                       "联户长待定": f"{sum(not group.leaders for group in groups)} 个"})
    bare = [one.name or one.imprint.community for one in found if not one.groups]
    if bare:
        what = f"先运行 doorplate areas --community {community} --groups --apply"
        out.print(f"还没有划分联户: {'、'.join(bare)}; {what}", markup=False)


@app.command("map")
def map_(community: CommunityCode, file: OutFile, grid: Grid = None, paper: PaperSize = "a3", day: Day = "") -> None:
    """联户分布图: 一张全村的, 每个网格一张, 有门牌号、路名、图例和比例尺; 黑白复印也分得清。"""
    registry, size = _open(file), _wall(paper)
    found = maps(registry, community, _day(registry, day), grid)
    _write(file, lambda progress: map_pdf(found, size, progress))
    drawn, unplaced = sum(len(one.doors) for one in found), sum(one.unplaced for one in found)
    figures("联户分布图", {"画上的门": f"{drawn} 个", "没有坐标的门": f"{unplaced} 个"})


@app.command("card")
def card(community: CommunityCode, file: OutFile, day: Day = "") -> None:
    """扫码说明卡: 怎么扫、看到什么、从来不要什么。A6, 一张 A4 上四份。"""
    registry = _open(file)
    found = how_to(registry, community, _day(registry, day), load_settings().base_url)
    _write(file, lambda _: card_pdf(found))
    out.print(f"卡上的网址是 {found.host}", markup=False)


@app.command("install")
def install(batch: Batch, file: OutFile, day: Day = "") -> None:
    """安装清单: 开始装箱后每箱一份, 之前每个安装区一份; 按走路顺序, 带图, 可以打勾。"""
    registry = _open(file)
    found = install_list(registry, batch, _day(registry, day))
    design = load_design(found.design)
    _write(file, lambda progress: install_pdf(found, design, progress))
    figures("安装清单", {"份": f"{len(found.lots)} 份", "门牌": f"{sum(len(lot.plates) for lot in found.lots)} 块"})


def labels(batch: Batch, file: OutFile, day: Day = "") -> None:
    """箱签: 每箱一张 A6, 一张 A4 上四份。"""
    registry = _open(file)
    found = box_labels(registry, batch, _day(registry, day))
    design = load_design(found.design)
    _write(file, lambda progress: labels_pdf(found, design, progress))
    out.print(f"箱签 {len(found.labels)} 张")


def _open(file: Path) -> Registry:
    """The registry, once it is known that the file can be what it is called. Raises InputError(papers.not_pdf)."""
    if file.suffix.lower() != ".pdf" or file.is_dir():
        raise InputError("papers.not_pdf", f"--out 要写成 .pdf 文件, 不是 {file.name}", file=file.name)
    return open_registry(load_settings())


def _day(registry: Registry, day: str) -> date:
    """Raises InputError(arguments.date)."""
    return parse_day(day, "--date") if day else today(registry)


def _wall(paper: str) -> Paper:
    """Raises InputError(papers.paper)."""
    found = next((size for size in _WALL if size == paper.strip().lower()), None)
    if found is None:
        raise InputError("papers.paper", f"--paper 只能是 {'、'.join(_WALL)}, 现在是 {paper}")
    return found


def _write(file: Path, make: Callable[[Progress], bytes]) -> None:
    """The finished paper, whole or not at all. Raises InputError(papers.unwritable)."""
    with bars() as progress:
        pdf = make(lambda done, total: progress(_SETTING, done, total))
    try:
        with whole_file(file) as draft:
            draft.write_bytes(pdf)
    except OSError as exc:
        raise InputError("papers.unwritable", f"写不进 {file.name}: {exc.strerror}", file=file.name) from exc
    out.print(f"已写好 {file}", markup=False)
