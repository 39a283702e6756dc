"""doorplate factory: a proven batch as drawings and lists for lasers, engravers and plate factories."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import bars, figures, out
from doorplate.settings import load_settings
from print_jobs.factory import SUMS, FactoryOrder, Form, make_pack
from print_jobs.laser.drawing import KERF_MM, Beam


def factory(
    folder: Annotated[Path, typer.Argument(help="doorplate print 做好的文件夹", show_default=False)],
    out_dir: Annotated[Path, typer.Option("--out", help="放工厂包的新文件夹; 整包做好才出现")],
    svg: Annotated[bool, typer.Option("--svg", help="每块一个 SVG, 毫米, 雕刻和切割两层 (三种都不写就出它)")] = False,
    dxf: Annotated[bool, typer.Option("--dxf", help="每块一个 DXF (AutoCAD 2000), 毫米, 闭合多段线")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="每块一个印刷 PDF")] = False,
    kerf: Annotated[float, typer.Option(help="激光光束宽, 毫米; 轮廓先让出半个光束")] = KERF_MM,
    invert: Annotated[bool, typer.Option("--invert", help="雕刻浅色的部分 (去掉深色涂层), 不是深色的部分")] = False,
) -> None:
    """工厂包: 清单 (CSV 和 XLSX)、每块门牌一个图样 (文件名就是编码)、SHA256SUMS。

    只接受验读通过的一批; 每个图样放进去之前都把二维码读回来核对。
    """
    wanted: tuple[tuple[Form, bool], ...] = (("svg", svg or not (dxf or pdf)), ("dxf", dxf), ("pdf", pdf))
    order = FactoryOrder(
        tuple(form for form, asked in wanted if asked),
        Beam(kerf_mm=kerf, inverted=invert),
        load_settings().home / "cache",
    )
    with bars() as progress:
        report = make_pack(folder, out_dir, order, lambda done, total: progress("画图验读", done, total))
    figures("工厂包", {"门牌": f"{report.plates} 块", "图样": f"{report.drawings} 个, 二维码全部读回无误"})
    out.print(f"放在 {report.out}: plates.csv, plates.xlsx, artwork/, {SUMS}", markup=False)
