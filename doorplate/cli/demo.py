"""doorplate demo: the main job on the sample village, from its messy lists to a page behind every plate.

Every step is the one the other commands run; a step already done is recognised and left alone, so a demo that was killed
goes on where it stopped.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from doorplate.areas.divisions import lookup
from doorplate.checking import check_lists
from doorplate.cli.cases import open_cases
from doorplate.cli.console import bars, figures, out
from doorplate.cli.demo_accounts import bring_accounts, show_accounts
from doorplate.cli.lists import bring_in, show_import, show_summary, write_outputs
from doorplate.cli.plates import Output, make_batch, show_report
from doorplate.cli.publish import publish_edition, report
from doorplate.cli.sample_people import bring_sample
from doorplate.cli.serving import run_doors
from doorplate.cli.setup import contacts_of, open_registry, read_village
from doorplate.cli.work import STAFF_DOORS
from doorplate.errors import Unavailable
from doorplate.exchange.areas_file import read_areas
from doorplate.plates.symbol import terminal
from doorplate.registry import Registry
from doorplate.registry.communities import import_contacts, open_community
from doorplate.registry.counters import count
from doorplate.registry.days import today
from doorplate.registry.lists import find_import, fingerprint
from doorplate.registry.portraits import people_files
from doorplate.registry.printing import PrintOrder, issue_plate, retire_plate
from doorplate.registry.scanning import Scanning
from doorplate.registry.verifying import verify_community
from doorplate.services import load_services
from doorplate.settings import BUILT_DOORS, Settings, load_settings

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
HANDOVER = SAMPLE / "handover"
LISTS = ("营上村_智慧门牌地址核对表.xlsx", "营上村_户籍地址_GBK.csv", "微信群接龙.txt")
BASE_URL = "https://menpai.example"  # a name reserved for examples: nobody can own it (RFC 2606)
DESIGN = "small-gate"
SHEETS = {"single": "一牌一页", "a3": "A3 拼版"}
SPECIMEN = "示例: 运输中损坏, 换发新牌"


def demo(
    directory: Annotated[Path, typer.Option("--dir", help="放所有结果的文件夹")] = Path("demo"),
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="做完后开网页, 或做完就结束")] = True,
    port: Annotated[int, typer.Option(min=1, max=65535, help="网页端口, 被占用时自动换一个")] = 8000,
) -> None:
    """示例: 用一个虚构数据的村, 从乱名单做到验过的门牌和牌后的网页。

    村名、代码和总数是真的, 人名、电话、坐标都是编的。可以随时中断, 再运行会接着做。
    """
    settings = load_settings(home=directory, database_url="", base_url=BASE_URL)
    if "doors" not in settings.model_fields_set:
        settings = settings.model_copy(update={"doors": BUILT_DOORS})
    out.rule("智慧门牌示例 — 数据均为虚构", align="left")
    registry = _prepare(settings)
    village = read_village(SAMPLE / "village.toml").code
    _import(registry, settings, village)
    done = verify_community(registry, village)
    figures("核对", {"已核对的地址": f"{done.verified + done.standing} 个", "等人处理的地址": f"{len(done.waiting)} 个"})
    bring_sample(registry, village)
    specimen = _specimen(registry, village)
    codes = _print(registry, settings, village)
    showcase = (*codes[:3], specimen)
    _publish(registry, settings, showcase)
    _show_counters(registry, village)
    show_accounts(settings, bring_accounts(registry, settings, village))
    if serving:
        _serve(registry, settings, showcase, port)


def _prepare(settings: Settings) -> Registry:
    """Step 1: an embedded registry in a folder of its own, the village opened in it."""
    registry = open_registry(settings, create=True)
    described = read_village(SAMPLE / "village.toml")
    open_community(registry, described.community(lookup(described.code)))
    if not (settings.home / "services.toml").exists():
        shutil.copyfile(SAMPLE / "services.toml", settings.home / "services.toml")
    out.print(f"1. 登记簿建在 {settings.home.absolute()}", markup=False)
    return registry


def _import(registry: Registry, settings: Settings, village: str) -> None:
    """Steps 2 and 3: read the handover as it stands, check, write findings, import."""
    areas = read_areas(HANDOVER / "grids_wgs84.geojson", village)
    files = [HANDOVER / name for name in LISTS]
    mark = fingerprint(files, village, areas)
    earlier = find_import(registry, mark)
    outputs = (settings.home / "findings.jsonl", settings.home / "rows.jsonl", settings.home / "核查报告.xlsx")
    if earlier is None or not all(path.exists() for path in outputs):
        out.print("2. 读村里交来的五张表、户籍导出、微信接龙、通讯录和网格边界")
        with bars() as progress:
            checked = check_lists(files, village, areas, progress)
            progress("写出核查结果", 0, 1)
            write_outputs(checked, *outputs, sample=True)
            progress("写出核查结果", 1, 1)
        show_summary(checked)
        earlier = bring_in(registry, checked, files, mark) if earlier is None else earlier
    _import_contacts(registry, village)
    out.print("3. 名单已核查并导入: findings.jsonl, rows.jsonl, 核查报告.xlsx")
    show_import(earlier, again=False)


def _import_contacts(registry: Registry, village: str) -> None:
    """Once: what a visitor changed in the demo since then stays changed."""
    with registry.store.reading() as reader:
        codes = [village, *(area.code for area in reader.areas(village, "grid"))]
        if reader.staff(codes):
            return
    contacts = HANDOVER / "网格员通讯录.xlsx"
    import_contacts(registry, contacts_of(registry, contacts, village), today(registry), contacts.name)


def _specimen(registry: Registry, village: str) -> str:
    """One plate that was withdrawn, so that a visitor can see what a withdrawn plate answers. Its code."""
    with registry.store.reading() as reader:
        verified = reader.addresses(village, status="verified")
        retired = [p for p in reader.plates_of([a.id for a in verified]) if p.status == "retired"]
    if retired:
        return retired[0].code
    plate = issue_plate(registry, verified[0].id, DESIGN)
    return retire_plate(registry, plate.code, SPECIMEN).code


def _print(registry: Registry, settings: Settings, village: str) -> list[str]:
    """Step 4: one frozen batch, as single pages and as A3 sheets, every symbol read back. The codes in walking order."""
    order = PrintOrder(design=DESIGN, base_url=settings.base_url, community=village)
    for sheet, words in SHEETS.items():
        out.print(f"4. 印小门牌 150×90 mm, {words}", markup=False)
        folder = settings.home / "print" / sheet
        report, _ = make_batch(registry, settings, order, Output(folder, sheet))
        show_report(report)
    with registry.store.reading() as reader:
        return [plate.code for plate in reader.batches(village)[-1].plates]


def _publish(registry: Registry, settings: Settings, showcase: tuple[str, ...]) -> None:
    """Step 5: every page as files, which any web server shows while the registry is away."""
    folder = settings.home / "public"
    out.print("5. 发布每块门牌的页面为文件, 登记簿停机也能扫")
    report(publish_edition(settings, registry, str(folder), showcase=showcase))
    out.print(f"   放在 {folder.absolute()}", markup=False)


def _show_counters(registry: Registry, village: str) -> None:
    counters = count(registry, village)
    figures(
        "试点的两个零",
        {"没有门的户": f"{counters.households_without_door} 户", "挂错墙的新牌": f"{counters.plates_on_wrong_wall} 块"},
    )
    figures(
        "现状",
        {
            "户": f"{counters.households} 户",
            "在用地址": f"{counters.addresses} 个",
            "已核对": f"{counters.verified} 个",
            "新牌": f"{counters.plates} 块",
            "待人核对的问题": f"{counters.findings_open} 处",
            "可能挂错的旧牌": f"{counters.old_plates_in_doubt} 块",
        },
    )


def _serve(registry: Registry, settings: Settings, codes: tuple[str, ...], port: int) -> None:
    """Step 6: the same door, code and headers as a real one, with a start page that shows a few plates."""
    from webapp.serve import find_port

    port = find_port(settings.host, port)
    if not codes:
        raise Unavailable("demo.no_plates", "示例没有做出门牌, 请删掉示例文件夹再来一次")
    start = f"http://{settings.host}:{port}"
    page = f"{start}/d/{codes[0]}"
    out.print(f"6. 起始页 {start}/", markup=False)
    out.print(f"   一块门牌的页面 {page}", markup=False)
    out.print(terminal(page), markup=False)
    if STAFF_DOORS & set(settings.doors):
        out.print(f"   外勤 {start}/field/   工作台 {start}/desk/", markup=False)
    out.print("   (按 Ctrl+C 停止)")
    services = load_services(settings.home / "services.toml")
    scanning = Scanning(registry.store, services, codes, people_files(settings.home))
    run_doors(settings, scanning, settings.host, port, open_cases(settings))
