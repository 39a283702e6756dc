"""doorplate verify, doorplate print, doorplate proof: from settled addresses to plates that are proven."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import bars, figures, out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.plates.code import normalise
from doorplate.registry import Registry
from doorplate.registry.printing import PrintOrder, order_batch, record_printed
from doorplate.registry.verifying import verify_community
from doorplate.settings import Settings, load_settings
from print_jobs.job import BatchReport
from print_jobs.rehearsal import rehearse
from print_jobs.reproof import prove_folder
from print_jobs.run import STEPS, run_batch

SHOWN = 20


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
    design: Annotated[str, typer.Option(help="版式, 例如 small-gate")] = "small-gate",
    sheet: Annotated[str, typer.Option(help="纸张: single (一牌一页) 或 a3")] = "single",
) -> None:
    """印门牌: 冻结一批, 排版, 从成品 PDF 里把每个二维码读回来核对, 写清单和校验报告。

    有一个码读不出、一个字缺字形、一处文字放不下, 整批都不开印, 并列出清单。中断后用同一条命令接着做, 不丢也不重。
    """
    settings = load_settings()
    registry = open_registry(settings)
    order = PrintOrder(design=design, base_url=settings.base_url, community=community, grid=grid, codes=_read_codes(codes))
    report, again = make_batch(registry, settings, order, sheet, out_dir)
    if again:
        out.print("没有新的待印门牌, 按上一批原样再出一份")
    show_report(report)


def proof(folder: Annotated[Path, typer.Argument(help="doorplate print 做好的文件夹", show_default=False)]) -> None:
    """重新校验一批成品: 从 PDF 里把每个二维码读回来, 与清单逐个核对。"""
    with bars() as progress:
        done = prove_folder(folder, lambda step, read, total: progress(STEPS[step], read, total))
    figures("校验结果", {"门牌": f"{done.plates} 块, 全部读对", "册": f"{done.volumes} 册"})


def make_batch(registry: Registry, settings: Settings, order: PrintOrder, sheet: str, folder: Path) -> tuple[BatchReport, bool]:
    """Freezes, prints, proves and records one order. Gives the report and whether the batch had existed before."""
    ordered = order_batch(registry, order, lambda batch: rehearse(batch, sheet=sheet, out=folder))
    with bars() as progress:
        report = run_batch(
            ordered.batch,
            design=order.design,
            sheet=sheet,
            out=folder,
            progress=lambda step, done, total: progress(STEPS[step], done, total),
            cache=settings.home / "cache",
        )
    record_printed(registry, ordered.batch)
    return report, ordered.again


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
    out.print(f"成品在 {report.out}: volume-*.pdf, manifest.csv, proof.json, batch.json", markup=False)


def _read_codes(path: Path | None) -> tuple[str, ...]:
    """The codes of a text file, one a line, blank lines and # remarks skipped. Raises InputError(codes.*)."""
    if path is None:
        return ()
    if not path.is_file():
        raise InputError("codes.not_found", f"找不到编码文件 {path.name}", file=path.name)
    codes = []
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as exc:
        raise InputError("codes.encoding", f"{path.name} 不是 UTF-8 文本", file=path.name) from exc
    for row, line in enumerate(lines, start=1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        code = normalise(text)
        if code is None:
            raise InputError(
                "codes.invalid", f"{path.name} 第 {row} 行“{text}”不是门牌编码 (13 位, 末位是校验位)", file=path.name, row=row
            )
        codes.append(code)
    if not codes:
        raise InputError("codes.empty", f"{path.name} 里没有编码", file=path.name)
    return tuple(codes)
