"""doorplate designs: which plates can be printed, what they look like, and whether a design of one's own is sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.table import Table

from doorplate.cli.console import figures, out
from doorplate.errors import InputError
from doorplate.settings import load_settings
from print_jobs.gallery import write_gallery
from print_jobs.plate_design import PlateDesign, PlateKind, design_names, design_source, load_design


def designs(
    preview: Annotated[Path | None, typer.Option(help="画样张到这个文件夹: 每种图样一份原大的 PDF 和 100% 的 PNG")] = None,
    design: Annotated[str | None, typer.Option(help="只看或只画这一种: 图样的名字, 或自己的 .toml 文件")] = None,
    copy: Annotated[Path | None, typer.Option(help="把 --design 的图样抄成自己的 .toml, 照着改", show_default=False)] = None,
    check: Annotated[Path | None, typer.Option(help="检查自己写的图样文件, 哪个键不对就说哪个", show_default=False)] = None,
) -> None:
    """门牌图样: 列出现有的, 画样张, 检查自己写的。

    自己的图样: --design small-gate --copy 我的.toml 抄一份来改, --check 我的.toml 检查,
    --preview 文件夹 --design 我的.toml 看样张, 印的时候写 --design 我的.toml。
    """
    if check is not None:
        _check(check)
    elif copy is not None:
        _copy(design or "small-gate", copy)
    elif preview is not None:
        _preview([load_design(name) for name in ([design] if design else design_names())], preview)
    elif design is not None:
        _describe(load_design(design))
    else:
        _list([load_design(name) for name in design_names()])


def _list(found: Sequence[PlateDesign]) -> None:
    table = Table(title="门牌图样", title_justify="left", box=None, padding=(0, 2))
    for name in ("名字", "种类", "牌面 mm", "二维码 mm", "安装高 m"):
        table.add_column(name, no_wrap=True)
    for one in sorted(found, key=lambda design: get_args(PlateKind).index(design.kind)):
        table.add_row(one.name, one.title, _size(one), f"{one.qr.field_mm:g}", f"{one.mounting.height_m:g}")
    out.print(table)


def _describe(design: PlateDesign) -> None:
    face, holes = design.face, design.face.holes
    facts = {"牌面": f"{_size(design)} mm, 边框 {face.rim_mm:g} mm, 出血 {face.bleed_mm:g} mm, 安全边 {face.safe_mm:g} mm",
             "孔": f"{len(holes)} 个, 直径 {holes[0].diameter_mm:g} mm" if holes else "不打孔",
             "二维码": f"{design.qr.field_mm:g} mm, 纠错 {design.qr.level}, 每格至少 {design.qr.least_module_mm:g} mm",
             "路名": "、".join(design.text.name) or "不印", "号码": "、".join(design.text.number) or "不印",
             "安装": design.mounting.rule, "依据": design.source}
    figures(f"{design.title} {design.name}", facts)


def _preview(found: Sequence[PlateDesign], folder: Path) -> None:
    for shown in write_gallery(found, folder, load_settings().home / "cache"):
        what = f"{shown.design.title} {_size(shown.design)} mm"
        out.print(f"  {what}: {shown.pdf.name}, {len(shown.pictures)} 张样张", markup=False)
        for reason in shown.left_out:
            out.print(f"    没有画 {reason}", markup=False)
    out.print(f"样张在 {folder}, 各种牌按同一比例画在 overview.png", markup=False)


def _copy(name: str, file: Path) -> None:
    if file.exists() or file.suffix != ".toml":
        raise InputError("design.copy", f"抄到一个还没有的 .toml 文件, {file.name} 不行", file=file.name)
    try:
        file.write_text(design_source(name), "utf-8")
    except OSError as exc:
        raise InputError("design.copy", f"写不进 {file.name}: {exc.strerror}", file=file.name) from exc
    out.print(f"{name} 已抄到 {file.name}: 先改 name 和 title, 再改别的", markup=False)


def _check(file: Path) -> None:
    if not file.is_file():
        raise InputError("design.not_found", f"找不到图样文件 {file.name}", file=file.name)
    if file.suffix != ".toml":
        raise InputError("design.not_toml", f"图样文件要是 .toml, 不是 {file.name}", file=file.name)
    design = load_design(str(file))
    out.print(f"{file.name} 可以用: {design.title} {_size(design)} mm, 二维码 {design.qr.field_mm:g} mm, 每格至少 "
              f"{design.qr.least_module_mm:g} mm", markup=False)


def _size(design: PlateDesign) -> str:
    return f"{design.face.width_mm:g}×{design.face.height_mm:g}"
