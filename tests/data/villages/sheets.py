"""The workbook: every sheet gets its own columns, headers, order and habits."""

from pathlib import Path
from random import Random

import words
import xlsxwriter
from pen import Layout, Pen
from rows import Row, Sheet
from world import World

HEADS = {
    "seq": ["序号", "编号", "序\n号", "NO."],
    "name": ["户主姓名", "户主", "姓名", "户 主 姓 名", "住户姓名"],
    "people": ["人口", "总人口", "家庭\n人口", "人数", "人口数"],
    "home": ["常住", "在家人数", "常住人口"],
    "address": ["家庭住址", "详 细 地 址", "门牌地址", "地址", "现住址"],
    "street": ["街路巷", "街道（巷）", "街巷", "路名"],
    "lane": ["巷", "小巷", "巷弄"],
    "number": ["门牌号", "号码", "门牌", "门牌号码"],
    "phone": ["联系电话", "手机号", "电话", "联系\n方式"],
    "lon": ["经度", "东经", "经度E"],
    "lat": ["纬度", "北纬", "纬度N"],
    "lonlat": ["坐标", "经纬度", "位置", "定位坐标"],
    "state": ["门牌\n安装情况", "是否安装", "是否上墙", "门牌状态"],
    "date": ["安装日期", "上墙时间", "登记日期"],
    "note": ["备注", "备  注", "说明", "情况说明"],
    "grid": ["所属网格", "网格", "网格名称"],
}

FEET = [["填表人：            审核人：            年    月    日"], ["注：1.本表一户一行；", "    2.门牌号按实际悬挂填写。"], []]


def design(world: World, sheet: Sheet, workers: str) -> Layout:
    """Draws a layout for a sheet."""
    rng, place = world.rng, world.place
    keys = _columns(rng, sheet)
    heads = {k: rng.choice(HEADS[k]) for k in keys}
    if "street" in keys and any(line.kind == "组" for line in world.lines):
        only = all(h.line.kind == "组" for h in world.houses if h.grid in sheet.grids)
        heads["street"] = rng.choice(["组别", "村民小组", "组"] if only else ["街路/组", "街巷（组）"])
    layout = Layout(keys, heads, section=sheet.addr == "section")
    layout.two_lines, layout.by_side = rng.random() < 0.5, rng.random() < 0.7
    layout.skip_rows, layout.skip_cols = rng.choice([0, 0, 1, 2]), rng.choice([0, 0, 0, 1, 2])
    layout.merge_street, layout.ditto, layout.subtotal = (rng.random() < share for share in (0.4, 0.3, 0.3))
    layout.repeat, layout.seq = rng.choice([0, 0, 40]), rng.choice(["", "", "三-001"])
    layout.done = rng.choice([["是", "已装", "√", "1"], ["已上墙"], ["已安装", "有"]])
    names = "、".join(f"第{words.hanzi(g + 1)}网格" for g in sheet.grids)
    titles = [
        f"{place.town}{place.village}智慧门牌地址核对登记表",
        f"{place.village}{names}门牌登记",
        f"{place.village}   门  牌  统  计  表",
    ]
    layout.titles = [rng.choice(titles)]
    layout.titles += [f"填报单位：{place.village}村民委员会    网格员：{workers}"] if rng.random() < 0.6 else []
    layout.foot = list(rng.choice(FEET))
    _say_crs(rng, sheet, layout)
    return layout


def _columns(rng: Random, sheet: Sheet) -> list[str]:
    """Column keys in order: a running number, the usual blocks in any order, notes last."""
    address = {"split": ["street", "number"], "split3": ["street", "lane", "number"], "one": ["address"], "section": ["number"]}
    points = ["lonlat"] if sheet.one_column else ["lat", "lon"] if sheet.lat_first else ["lon", "lat"]
    blocks = [["name", "people", *(["home"] if rng.random() < 0.4 else [])], address[sheet.addr], points]
    blocks += [["phone"]] if sheet.phones else []
    blocks += [["state", "date"]] if rng.random() < 0.7 else []
    if rng.random() < 0.6:
        rng.shuffle(blocks)
    if len(sheet.grids) > 1:
        blocks.insert(rng.choice([0, len(blocks)]), ["grid"])
    return ["seq", *[key for block in blocks for key in block], "note"]


def _say_crs(rng: Random, sheet: Sheet, layout: Layout) -> None:
    """The system, where it is said: in the column's header, under the title or below the table."""
    word = rng.choice(words.SAY[sheet.crs])
    if not sheet.said or (sheet.crs == "WGS84" and rng.random() < 0.4):
        return
    where = rng.random()
    if where < 0.6:
        for key in ("lon", "lat", "lonlat"):
            if key in layout.heads:
                layout.heads[key] += f"（{word}）"
    elif where < 0.85:
        layout.titles.append(f"坐标系：{word}")
    else:
        layout.foot.append(f"说明：坐标为{word}坐标")


def order(world: World, sheet: Sheet, layout: Layout) -> None:
    """Walking order: along one side and back on the other, or door by door; a few rows stay where they were put, at random."""
    rank = {id(line): i for i, line in enumerate(world.lines)}

    def key(row: Row) -> tuple[int, bool, float, int]:
        side = row.house.no % 2 == 0 if layout.by_side and row.house.line.kind != "组" else False
        return rank[id(row.house.line)], side, row.house.no, row.house.sub

    own = [r for r in sheet.rows if r.same is None and r.house.grid in sheet.grids and r.grid == r.house.grid]
    stray = [r for r in sheet.rows if r not in own]
    own.sort(key=key)
    loose = 0.0 if layout.section else world.rng.choice([0.0, 0.02, 0.08])
    for row in [r for r in own if not (r.house.fault or r.house.partner or r.nostreet) and world.rng.random() < loose]:
        own.remove(row)
        own.insert(world.rng.randrange(len(own)), row)
    for row in stray:
        own.insert(world.rng.randrange(len(own) // 3, len(own) + 1), row)
    if layout.section:
        own = [r for r in own if r not in stray] + [r for r in own if r in stray]
    sheet.rows = own


def book(world: World, sheets: list[Sheet], path: Path, workers: dict[int, str]) -> None:
    """Writes the workbook; the rows learn where they stand."""
    rng = world.rng
    file = xlsxwriter.Workbook(path)
    file.set_properties({"created": words.MADE, "author": "测试"})
    if rng.random() < 0.7:
        page = file.add_worksheet(rng.choice(["填表说明", "说明"]))
        example = world.lines[0].full
        for i, text in enumerate(
            [
                "填表说明",
                "1.本表由各网格员填写，一户一行，不得漏户；",
                "2.有重号、错号、缺号、损坏的在备注栏注明；",
                f"3.示例：{example}1号  测试示例  4人",
            ]
        ):
            page.write(i, 0, text)
    for sheet in sheets:
        layout = design(world, sheet, "、".join(workers[g] for g in sheet.grids))
        order(world, sheet, layout)
        plain = [r for r in sheet.rows if r.kind == "户" and not r.struck]
        for row in rng.sample(plain, 3) if rng.random() < 0.35 else []:
            row.hidden = True
            row.marks.append("隐藏行")
        Pen(world, sheet, layout, file).write()
    if rng.random() < 0.6:
        page = file.add_worksheet("汇总")
        page.merge_range(0, 0, 0, 3, f"{world.place.village}智慧门牌核对汇总表")
        for i, sheet in enumerate(sheets):
            for j, value in enumerate([sheet.name, "、".join(workers[g] for g in sheet.grids), len(sheet.rows)]):
                page.write(i + 1, j, value)
    if rng.random() < 0.3:
        file.add_worksheet("Sheet3")
    file.close()
