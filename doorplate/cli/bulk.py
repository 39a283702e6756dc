"""doorplate load: a whole county's register of already formed addresses, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import bars, figures, out
from doorplate.cli.lists import AreasFile, known_areas, load_areas, require_files
from doorplate.cli.setup import open_registry
from doorplate.registry.bulk_lists import load_register
from doorplate.settings import load_settings


def load(
    file: Annotated[Path, typer.Argument(help="地址库: CSV 等文本表, 一行一个标准地址, 有经纬度更好", show_default=False)],
    community: Annotated[str | None, typer.Option(help="社区(村)的 12 位统计代码; 不给时看表里的社区代码一栏")] = None,
    areas: AreasFile = None,
) -> None:
    """装入地址库: 给已有百万条标准地址的县市用, 比 import 快得多, 但不比对住户。

    要么全部装入, 要么什么都不变; 同一个文件再装一次不会重复。有毛病的行不装, 登记成问题, 写明行号。
    """
    require_files([file])
    registry = open_registry(load_settings(), create=True)
    used = (load_areas(areas, community) or known_areas(registry, community)) if community else ()
    with bars() as progress:
        report = load_register(registry, file, community, used, progress)
    if report.again:
        out.print("这份地址库以前装入过, 登记簿没有变化")
        return
    figures(
        "已装入",
        {
            "行": f"{report.rows} 行",
            "新地址": f"{report.loaded} 个",
            "已有": f"{report.known} 个",
            "没有装入": f"{report.refused} 行",
            "问题": f"{sum(report.findings.values())} 处",
        },
    )
