"""The other lists of a handover: the police register, the chat, the contacts, the outlines of the grids."""

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import forms
import words
import xlsxwriter
from geo import gcj02
from world import House, Household, World

REGISTER_HEADS = ["序号", "户号/户口簿号", "户主/户主姓名", "户籍地址/户口所在地/住址", "人口/人数", "立户日期", "备注"]
ENCODINGS = {"gb18030": "GBK", "utf-8-sig": "UTF8", "utf-8": "utf8", "utf-16": "UTF16"}


@dataclass
class Entry:
    """A line of a list that is not the workbook, as row_truth.csv wants it; row counts physical lines from 1."""

    file: str
    row: int
    house: House
    household: Household | None
    issues: list[str]
    marks: list[str]
    written: str


@dataclass
class Register:
    """The register as written: file name, encoding and its lines."""

    name: str
    encoding: str
    entries: list[Entry] = field(default_factory=list)


def plan_register(world: World) -> None:
    """Which households the register knows: all but a few, and of the missing those that say so."""
    for household in world.households:
        if not household.missing and world.rng.random() < 0.975:
            household.also_in = ["csv"]


def register(world: World, folder: Path, plain: list[Household]) -> Register:
    """Writes the register: addresses as the plates on the walls say, full prefix, one encoding.

    plain: households listed without a fault; some of them stand here under a relative's name."""
    rng, village = world.rng, world.place.village
    encoding = rng.choice(sorted(ENCODINGS))
    taste = Register(f"{village}_户籍地址_{ENCODINGS[encoding]}.csv", encoding)
    out = io.StringIO()
    tab = encoding == "utf-16" or rng.random() < 0.15
    writer = csv.writer(out, delimiter="\t" if tab else ",", lineterminator="\r\n")
    if rng.random() < 0.6:
        writer.writerow([f"{village}户籍地址信息导出", *[""] * 6])
    writer.writerow([rng.choice(names.split("/")) for names in REGISTER_HEADS])
    known: list[tuple[House, Household | None]] = [(h.house, h) for h in world.households if "csv" in h.also_in]
    known += [(h, None) for h in world.houses if h.retired and rng.random() < 0.8]
    if rng.random() < 0.7:
        rng.shuffle(known)
    for i, (house, household) in enumerate(known):
        marks: list[str] = []
        values = [i + 1, f"'06{rng.randrange(10**6):06d}", *_person(world, house, household, household in plain, marks)]
        written = " ¦ ".join(str(v) for v in values if v != "")
        taste.entries.append(
            Entry(taste.name, out.getvalue().count("\n") + 1, house, household, _standing(house), marks, written)
        )
        writer.writerow(values)
    (folder / taste.name).write_bytes(out.getvalue().encode(encoding))
    return taste


def _standing(house: House) -> list[str]:
    return ["停用"] if house.retired else [house.fault] if house.fault else []


def _person(world: World, house: House, household: Household | None, plain: bool, marks: list[str]) -> list[object]:
    rng = world.rng
    street = forms.street(rng, house.line, house.line.name, marks, world.alias)
    number: object = "" if rng.random() < 0.4 else rng.choice(["无", "待定", "新建未编号"])
    if house.plate_no is not None:
        number = forms.number(rng, house.plate_no, house.sub, marks)
    address = forms.spaced(rng, f"{forms.register_prefix(rng, world.place, marks)}{street}{number}", marks, 0.03)
    day = f"{rng.randrange(1985, 2021)}{rng.choice(['-{:02d}-{:02d}', '/{}/{}', '{:02d}{:02d}'])}".format(
        rng.randrange(1, 13), rng.randrange(1, 29)
    )
    note = rng.choice(["见附页\n另册", '迁入,原"旧村部"', "户主曾用名含䶮、㛃"]) if rng.random() < 0.045 else ""
    if household is None:
        return [f"测试{rng.choice(words.NAME_CHARS)}氏", address, 0, day, note]
    head = household.head
    if plain and len(house.households) == 1 and rng.random() < 0.012:
        head = "测试" + "".join(rng.choices(words.NAME_CHARS, k=2))
        marks.append("另名")
        note = rng.choice([f"原户主{household.head}", f"{household.head}之妻", f"{household.head}之子", note])
    return [head, address, household.people, day, note]


def chat(world: World, folder: Path, mistyped: list[tuple[Household, str]]) -> list[Entry]:
    """Late additions and corrections in a group chat. mistyped: households whose number a sheet has wrong, with what it says."""
    rng, name = world.rng, world.rng.choice(["微信群接龙.txt", "微信群聊天记录.txt", "群里补报.txt"])
    said = [(_addition(world, h), h, "漏(表外补报)") for h in world.households if "接龙" in h.also_in]
    rng.shuffle(said)
    said += [(_correction(rng, h, wrong), h, "更正说明") for h, wrong in mistyped]
    style = rng.choice(["list", "chat", "plain"])
    lines = [f"{world.place.village}门牌工作群", ""]
    if style == "list":
        lines = ["#接龙", "各网格把漏登的、登错的报一下，格式：户主+地址+人数", ""]
    entries = []
    for i, (text, household, issue) in enumerate(said):
        if style == "chat":
            clock = f"2023-05-{3 + i // 6:02d} {8 + i % 12:02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
            lines += ["", f"{clock} 测试网格员{rng.choice('一二三')}{rng.choice('甲乙')}"]
        lines.append(rng.choice([f"{i + 1}. ", f"{i + 1}、"]) + text if style == "list" else text)
        entries.append(Entry(name, len(lines), household.house, household, [issue], [], lines[-1]))
        if style != "list" and rng.random() < 0.25:
            lines.append(rng.choice(["收到", "[图片]", "好的", "今天装了36个", "明天下午3点在村委会开会"]))
    lines += ["", "收到", "[图片]", "@所有人 今晚八点前报完", ""]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return entries


def _correction(rng: Random, household: Household, wrong: str) -> str:
    head, right, street = household.head, household.house.text(), household.house.line.full
    short, long = f"{head}家是{right}不是{wrong}，表上写错了", f"{head}家门牌应为{right}，表里的{street}{wrong}不对"
    return rng.choice([short, f"更正：{head}住{right}，之前误登记成{wrong}", long])


def _addition(world: World, household: Household) -> str:
    rng, house, head, people = world.rng, household.house, household.head, household.people
    address = f"{forms.street(rng, house.line, house.line.name, [], False)}{forms.number(rng, house.no, house.sub, [])}"
    plain = [f"{head} {address} {people}", f"{head} {address} {people}口人", f"{head}，{address}，{people}人"]
    more = [f"补报：{head}，{world.place.village}{address}，{people}人", f"漏了一户 {head} {address} {people}人"]
    return rng.choice([*plain, *more, f"{address} {head} {people}口"])


def contacts(world: World, folder: Path, workers: dict[int, list[tuple[str, str]]]) -> str:
    """The workers' names and numbers, two lines a grid with merged cells."""
    name = "网格员通讯录.xlsx"
    file = xlsxwriter.Workbook(folder / name)
    file.set_properties({"created": words.MADE, "author": "测试"})
    page = file.add_worksheet("通讯录")
    page.merge_range(0, 0, 0, 3, f"{world.place.village}警格+网格工作人员通讯录")
    page.write_row(1, 0, ["网格", "职务", "姓名", "电话"])
    page.write_row(2, 0, ["全村", "社区民警", "测试民警甲", "029-00000000"])
    for grid, pair in workers.items():
        page.merge_range(3 + 2 * grid, 0, 4 + 2 * grid, 0, f"第{words.hanzi(grid + 1)}网格")
        for k, (person, phone) in enumerate(pair):
            page.write_row(3 + 2 * grid + k, 1, ["网格员", person, phone])
    file.close()
    return name


def areas(world: World, folder: Path, workers: dict[int, list[tuple[str, str]]]) -> dict[str, object]:
    """Grid outlines: GeoJSON in WGS84 and, for people, picked in 高德."""
    features, picked = [], []
    for grid, ring in enumerate(world.grids):
        points = [world.frame.lonlat(*p) for p in ring]
        (a, b), lines = workers[grid], sorted({h.line.name for h in world.houses if h.grid == grid and h.line.kind != "巷"})
        name = f"{world.place.village}第{words.hanzi(grid + 1)}网格"
        count = sum(len(h.households) for h in world.houses if h.grid == grid)
        properties = {
            "grid_id": world.grid_id(grid),
            "name": name,
            "street": "、".join(lines),
            "households": count,
            "worker1": a[0],
            "phone1": a[1],
            "worker2": b[0],
            "phone2": b[1],
        }
        features.append(
            {
                "type": "Feature",
                "id": world.grid_id(grid),
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": [[list(p) for p in [*points, points[0]]]]},
            }
        )
        picked.append(
            f"{name}（{'、'.join(lines)}）高德坐标拾取：\n" + ";".join("{:.6f},{:.6f}".format(*gcj02(*p)) for p in points) + "\n"
        )
    collection: dict[str, object] = {"type": "FeatureCollection", "name": "grids", "features": features}
    (folder / "grids_wgs84.geojson").write_text(
        json.dumps(collection, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    (folder / "网格边界_高德拾取.txt").write_text("\n".join(picked), encoding="utf-8")
    return collection
