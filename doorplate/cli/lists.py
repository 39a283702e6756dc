"""doorplate check, doorplate import: what is wrong with a list, and bringing it in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from doorplate.checking import Checked, check_lists
from doorplate.cli.console import bars, figures, out
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.exchange.areas_file import read_areas
from doorplate.exchange.findings_file import write_findings, write_report, write_rows
from doorplate.exchange.mapping import ListMapping, read_mapping, write_mapping
from doorplate.exchange.read import AS_RECOGNISED
from doorplate.model import Area, ListImport
from doorplate.registry import Registry
from doorplate.registry.communities import community_of
from doorplate.registry.lists import Delivery, find_import, fingerprint, import_lists
from doorplate.settings import load_settings

Files = Annotated[
    list[Path], typer.Argument(help="名单文件: XLSX、XLS、ODS、CSV、聊天接龙文本、GeoJSON…, 可以几个一起给", show_default=False)
]
CommunityCode = Annotated[str, typer.Option("--community", help="社区(村)的 12 位统计代码, 例如 610431001203")]
AreasFile = Annotated[Path | None, typer.Option("--areas", help="网格边界: GeoJSON、GeoPackage、Shapefile 或高德拾取文本")]
FindingsOut = Annotated[Path | None, typer.Option("--findings", help="把问题写到这个 JSON Lines 文件")]
RowsOut = Annotated[Path | None, typer.Option("--rows", help="把每一行的理解写到这个 JSON Lines 文件")]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="读表说明(TOML): 指定哪一列是什么、哪张表不读, 不写的自动认")]
MappingOut = Annotated[Path | None, typer.Option("--mapping-out", help="把认出的读法写成读表说明, 改好后用 --mapping 交回来")]
ReportOut = Annotated[Path | None, typer.Option("--report", help="把给人看的核查报告写到这个 XLSX 文件")]

DEFECTS = {
    "duplicate": "重",
    "wrong": "错",
    "omitted": "漏",
    "incomplete": "缺",
    "damaged": "损",
    "disordered": "乱",
    "retired": "停用",
    "point": "坐标",
}


def check(
    files: Files,
    community: CommunityCode,
    areas: AreasFile = None,
    findings: FindingsOut = None,
    rows: RowsOut = None,
    report: ReportOut = None,
    mapping: MappingFile = None,
    mapping_out: MappingOut = None,
) -> None:
    """核查名单: 找出重、错、漏、缺、损、乱, 什么都不改。

    同一份名单核查两次, 结果一字不差。不指定 --findings、--rows、--report 时只在屏幕上给出汇总。
    """
    require_files(files)
    with bars() as progress:
        checked = check_lists(files, community, load_areas(areas, community), progress, mapping=load_mapping(mapping))
    write_outputs(checked, findings, rows, report)
    if mapping_out is not None:
        write_mapping(mapping_out, checked.read)
    show_summary(checked)


def import_(
    files: Files,
    community: CommunityCode,
    areas: AreasFile = None,
    findings: FindingsOut = None,
    rows: RowsOut = None,
    report: ReportOut = None,
    mapping: MappingFile = None,
) -> None:
    """导入名单: 先核查, 再把地址、户和问题登记入册。

    要么全部导入, 要么什么都不变; 同一批名单再导入一次不会重复。没给 --areas 时用登记簿里已有的网格。
    """
    require_files(files)
    settings = load_settings()
    given, told = load_areas(areas, community), load_mapping(mapping)
    registry = open_registry(settings, create=True)
    areas_used = given or known_areas(registry, community)
    mark = fingerprint([*files, *([mapping] if mapping else [])], community, areas_used)
    earlier = find_import(registry, mark)
    with bars() as progress:
        checked = check_lists(files, community, areas_used, progress, mapping=told)
        write_outputs(checked, findings, rows, report)
        done = earlier or bring_in(registry, checked, files, mark)
    show_summary(checked)
    show_import(done, again=earlier is not None)


def require_files(files: Sequence[Path]) -> None:
    """Raises InputError(list.not_found) for the first file that is not there."""
    for path in files:
        if not path.is_file():
            raise InputError("list.not_found", f"找不到文件 {path.name}; 请检查文件名和所在文件夹", file=path.name)


def load_areas(path: Path | None, community: str) -> tuple[Area, ...]:
    """The areas of a file, none without a file. Raises InputError(areas.*)."""
    if path is None:
        return ()
    if not path.is_file():
        raise InputError("areas.not_found", f"找不到网格边界文件 {path.name}", file=path.name)
    return read_areas(path, community)


def load_mapping(path: Path | None) -> ListMapping:
    """How tables are to be read; without a file, as recognised. Raises InputError(mapping.*)."""
    return AS_RECOGNISED if path is None else read_mapping(path)


def known_areas(registry: Registry, community: str) -> tuple[Area, ...]:
    """The grids the registry already has for a community."""
    with registry.store.reading() as reader:
        return tuple(reader.areas(community, "grid"))


def bring_in(registry: Registry, checked: Checked, files: Sequence[Path], mark: str) -> ListImport:
    """Imports what was checked."""
    return import_lists(
        registry,
        Delivery(
            community=community_of(checked.division),
            areas=checked.areas,
            lines=checked.read.rows,
            result=checked.result,
            files=tuple(path.name for path in files),
            fingerprint=mark,
        ),
    )


def write_outputs(
    checked: Checked, findings: Path | None, rows: Path | None, report: Path | None, *, sample: bool = False
) -> None:
    """The three files a check may leave, each whole or not at all. sample: the report says that the data is invented."""
    if findings is not None:
        write_findings(findings, checked.result.findings)
    if rows is not None:
        write_rows(rows, checked.result.rows)
    if report is not None:
        write_report(report, checked.result, checked.read, checked.division, sample=sample)


def show_summary(checked: Checked) -> None:
    """Counts per defect, in words."""
    found = dict.fromkeys(DEFECTS.values(), 0)
    for finding in checked.result.findings:
        found[DEFECTS[finding.class_]] += 1
    waiting = sum(1 for finding in checked.result.findings if finding.confidence != "sure")
    figures(
        f"{checked.division.name}: 读了 {len(checked.result.rows)} 行",
        {
            "户": f"{len(checked.result.households)} 户",
            **{f"问题 {name}": f"{number} 处" for name, number in found.items() if number},
            "其中要人核对": f"{waiting} 处",
        },
    )


def show_import(done: ListImport, *, again: bool) -> None:
    """What the registry now holds of this list."""
    if again:
        out.print("这批名单以前导入过, 登记簿没有变化")
    else:
        figures(
            "已导入",
            {
                "地址": f"{done.counts.get('addresses', 0)} 个",
                "户": f"{done.counts.get('households', 0)} 户",
                "问题": f"{done.counts.get('findings', 0)} 处",
            },
        )
