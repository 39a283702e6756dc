"""doorplate verify, doorplate print, doorplate proof: from settled addresses to plates that are proven."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.codes import read_codes
from doorplate.cli.console import bars, figures, out
from doorplate.cli.jobs import submit
from doorplate.cli.lists import CommunityCode
from doorplate.cli.names import NamesFile, spellings_of
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.model import PrintBatch
from doorplate.registry import Registry
from doorplate.registry.printing import Ordered, PrintOrder, order_batch, record_printed
from doorplate.registry.verifying import verify_community
from doorplate.settings import Settings, load_settings
from print_jobs.inks import FOUR_COLOURS, PressOptions, load_inks
from print_jobs.job import AS_THEY_COME, Arrangement, BatchReport
from print_jobs.plate_design import load_design
from print_jobs.queue import JobOrder
from print_jobs.rehearsal import rehearse
from print_jobs.reproof import prove_folder
from print_jobs.run import STEPS, Making, run_batch
from print_jobs.sheet import sheet_names

SHOWN = 20
SHEETS = f"{'、'.join(sheet_names())}, 或自己的 .toml 文件; single 是一牌一页"


@dataclass(frozen=True)
class Output:
    """Where a batch goes, on what paper, how plates are put on it, in which design and inks; sheet, design: a name of ours or a
    file, design "" = the order's."""

    folder: Path
    sheet: str = "single"
    arrangement: Arrangement = AS_THEY_COME
    design: str = ""
    options: PressOptions = FOUR_COLOURS


def verify(
    community: CommunityCode,
    grid: Annotated[str | None, typer.Option(help="只核对这个网格")] = None,
    all_: Annotated[bool, typer.Option("--all", help="列出全部还在等人的地址, 不只前 20 个")] = False,
) -> None:
    """核对地址: 没有待核问题的地址转为“已核对”, 其余说明在等什么。"""
    done = verify_community(open_registry(load_settings()), community, grid)
    figures(
        "核对结果",
        {"这次核对通过": f"{done.verified} 个", "以前已核对": f"{done.standing} 个", "等人处理": f"{len(done.waiting)} 个"},
    )
    shown = list(done.waiting.items())[: None if all_ else SHOWN]
    for address, reason in shown:
        out.print(f"  {address}: {reason}", markup=False)
    if len(shown) < len(done.waiting):
        out.print(f"  … 还有 {len(done.waiting) - len(shown)} 个, 加 --all 看全部")


def print_(
    out_dir: Annotated[Path, typer.Option("--out", help="放成品的文件夹, 要是空的或者是同一批没做完的")],
    community: Annotated[str | None, typer.Option(help="印整个社区还没印的门牌")] = None,
    grid: Annotated[str | None, typer.Option(help="只印这个网格")] = None,
    codes: Annotated[Path | None, typer.Option(help="只印这些门牌: 文本文件, 每行一个门牌编码")] = None,
    design: Annotated[str, typer.Option(help="版式: 名称 (例如 small-gate) 或自己的 .toml 文件")] = "small-gate",
    sheet: Annotated[str, typer.Option(help=f"纸张: {SHEETS}")] = "single",
    stacked: Annotated[bool, typer.Option("--stacked", help="裁切叠放: 裁开后按格子顺序摞起来, 就是行走顺序")] = False,
    cards: Annotated[bool | None, typer.Option("--cards/--no-cards", help="每个安装分区前放一张分区卡; 裁切叠放时默认放")] = None,
    used: Annotated[str, typer.Option(help="先用完用过一部分的纸: 每张已用的格数, 如 3 或 3,5")] = "",
    copies: Annotated[int, typer.Option(help="每块门牌印几份")] = 1,
    cut_contour: Annotated[bool, typer.Option("--cut-contour", help="加刀线专色 CutContour: 裁切边、圆角和孔")] = False,
    white: Annotated[bool, typer.Option("--white", help="加白墨专色 RDG_WHITE 打底: 用于非白色的膜")] = False,
    inks: Annotated[str, typer.Option(help="油墨设置: offset-coated 或自己的 .toml 文件")] = "",
    names: NamesFile = None,
    queue: Annotated[bool, typer.Option("--queue", help="交给后台印 (doorplate worker), 用 doorplate jobs 看进度")] = False,
) -> None:
    """印门牌: 冻结一批, 排版, 从成品 PDF 里把每个二维码读回来核对, 写清单和校验报告。

    有一个码读不出、一个字缺字形、一处文字放不下, 整批都不开印, 并列出清单。中断后用同一条命令接着做, 不丢也不重。
    """
    settings = load_settings()
    registry = open_registry(settings)
    plate = load_design(design)
    order = PrintOrder(plate.name, settings.base_url, community, grid, read_codes(codes), kind=plate.kind, rule=plate.text,
                       spellings=spellings_of(settings, names))
    arrangement = Arrangement(stacked, stacked if cards is None else cards, _read_used(used), copies)
    options = PressOptions(cut_contour, white, load_inks(inks) if inks else None)
    output = Output(out_dir, sheet, arrangement, design, options)
    if queue:
        _enqueue(registry, settings, order, output)
        return
    report, again = make_batch(registry, settings, order, output)
    if again:
        out.print("没有新的待印门牌, 按上一批原样再出一份")
    show_report(report)


def proof(folder: Annotated[Path, typer.Argument(help="doorplate print 做好的文件夹", show_default=False)]) -> None:
    """重新校验一批成品: 从 PDF 里把每个二维码读回来, 与清单逐个核对。"""
    with bars() as progress:
        done = prove_folder(folder, lambda step, read, total: progress(STEPS[step], read, total))
    figures("校验结果", {"门牌": f"{done.plates} 块, 全部读对", "册": f"{done.volumes} 册"})


def make_batch(registry: Registry, settings: Settings, order: PrintOrder, output: Output) -> tuple[BatchReport, bool]:
    """Freezes, prints, proves and records one order. Gives the report and whether the batch had existed before."""
    ordered = _ordered(registry, order, output)
    with bars() as progress:
        report = run_batch(
            ordered.batch,
            design=output.design or order.design,
            sheet=output.sheet,
            out=output.folder,
            progress=lambda step, done, total: progress(STEPS[step], done, total),
            making=Making(arrangement=output.arrangement, cache=settings.home / "cache", options=output.options),
        )
    record_printed(registry, ordered.batch)
    return report, ordered.again


def _ordered(registry: Registry, order: PrintOrder, output: Output) -> Ordered:
    """The order frozen, if it can be printed as asked."""
    def inspect(batch: PrintBatch) -> None:
        design = output.design or order.design
        rehearse(batch, design=design, sheet=output.sheet, out=output.folder, arrangement=output.arrangement)

    return order_batch(registry, order, inspect)


def _enqueue(registry: Registry, settings: Settings, order: PrintOrder, output: Output) -> None:
    batch = _ordered(registry, order, output).batch
    wanted = JobOrder(_found(output.design or order.design), _found(output.sheet), arrangement=output.arrangement,
                      options=output.options)
    job = submit(settings, registry, batch, wanted, output.folder)
    short = job.id[:8]
    out.print(f"任务 {short} 已排队: {job.plates} 块", markup=False)
    out.print(f"后台印制: doorplate worker; 看进度: doorplate jobs watch {short}", markup=False)


def _found(name: str) -> str:
    """A design or sheet of ours by its name, a user's file by its whole path: workers run elsewhere."""
    return str(Path(name).absolute()) if name.endswith(".toml") else name


def show_report(report: BatchReport) -> None:
    """What was made and where it lies."""
    figures(
        "这一批",
        {
            "门牌": f"{report.plates} 块, 二维码全部读回无误",
            "册": f"{len(report.volumes)} 册",
            "页": f"{report.pages} 页",
        },
    )
    out.print(f"成品在 {report.out}: volume-*.pdf, manifest.csv, certificate.pdf, proof.json, batch.json", markup=False)


def _read_used(text: str) -> tuple[int, ...]:
    """Slots taken, a number a sheet: "3" or "3,5". Raises InputError(sheet.used)."""
    parts = [part.strip() for part in text.replace("、", ",").replace("，", ",").split(",")] if text.strip() else []
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise InputError("sheet.used", f"--used 读不懂“{text}”: 请写每张纸已用的格数, 如 3 或 3,5")
    return tuple(map(int, parts))
