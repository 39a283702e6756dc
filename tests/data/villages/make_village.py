"""Makes a village nobody has seen, with its answers.

python make_village.py --seed 7 --scheme street --layout random --crs mixed --out DIR
DIR/handover is what a village hands over, DIR/truth the answers in the columns of the sample. Same arguments, same village."""

import argparse
from pathlib import Path
from random import Random

import faults
import lists
import sheets
import slips
import truth
import words
from raise_village import build
from rows import Sheet
from world import Habits, World

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "divisions"
OFF = {"far": (45.0, 90.0), "near": (28.0, 60.0), "wide": (30.0, 300.0)}
ADDRS = ["split", "one", "split3", "section"]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scheme", choices=["street", "hamlet", "mixed"], default="street")
    parser.add_argument("--layout", choices=["random", *ADDRS, "all"], default="random")
    parser.add_argument("--crs", choices=["said", "unsaid", "mixed"], default="mixed")
    parser.add_argument("--province", help="two digits, e.g. 43")
    parser.add_argument("--off", choices=sorted(OFF), default="far", help="how far points go astray: 45-90, 28-60, 30-300 m")
    parser.add_argument("--gaps", type=float, help="share of lines without a point, on every sheet, e.g. 0.4")
    parser.add_argument("--plots", type=float, default=1.0, help="how wide plots are, e.g. 0.6")
    parser.add_argument("--winding", action="store_true", help="streets that wind")
    parser.add_argument("--divisions", type=Path, default=SHARED)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    make(args)


def make(args: argparse.Namespace) -> None:
    """Builds the village, plants its faults, writes handover and truth."""
    rng = Random(f"{args.seed} {args.scheme} {args.layout} {args.crs} {args.province}")
    out = args.out / "handover"
    out.mkdir(parents=True, exist_ok=True)
    habits = Habits(OFF[args.off], args.gaps, args.plots, args.winding)
    world = build(rng, args.divisions, args.scheme, habits, args.province)
    faults.plant(world)
    lists.plan_register(world)
    plan = plan_sheets(world, args.layout, args.crs)
    slips.write_down(world, plan)
    workers = _workers(world)
    book = f"{world.place.village}_智慧门牌地址核对表.xlsx"
    sheets.book(world, plan, out / book, {g: "、".join(n for n, _ in pair) for g, pair in workers.items()})
    rows = [r for s in plan for r in s.rows if r.household]
    register = lists.register(world, out, [r.household for r in rows if r.clean()])
    chat = lists.chat(world, out, [(r.household, f"{r.no}号") for r in rows if "错号" in r.issues and rng.random() < 0.35])
    lists.contacts(world, out, workers)
    areas = lists.areas(world, out, workers)
    files = {"sheets": book, "register": register.name, "encoding": register.encoding, "chat": chat[0].file if chat else None}
    meta = {"seed": args.seed, "layout": args.layout, "crs": args.crs, "csv_rows": len(register.entries), "chat_rows": len(chat)}
    meta |= {"sheets": [_facts(world, sheet) for sheet in plan], "handover": files | {"areas": "grids_wgs84.geojson"}}
    truth.write(world, args.out / "truth", truth.Handover(book, plan, [*register.entries, *chat], areas, meta))


def _facts(world: World, sheet: Sheet) -> dict[str, object]:
    plain = {key: getattr(sheet, key) for key in ("crs", "said", "addr", "lat_first", "one_column", "dms")}
    return {"sheet": sheet.name, "grids": [world.grid_id(g) for g in sheet.grids], **plain, "rows": len(sheet.rows)}


def _workers(world: World) -> dict[int, list[tuple[str, str]]]:
    return {
        g: [(f"测试网格员{words.hanzi(g + 1)}{c}", f"1540000{5000 + 2 * g + k}") for k, c in enumerate("甲乙")]
        for g in range(len(world.grids))
    }


def plan_sheets(world: World, layout: str, crs: str) -> list[Sheet]:
    """Which grids share a sheet, and each sheet's name, system and notation."""
    rng, count = world.rng, len(world.grids)
    parts = [[g] for g in range(count)]
    if layout == "all":
        parts = [list(range(count))]
    elif layout == "random" and count > 3 and rng.random() < 0.4:
        parts = [*parts[:-2], [count - 2, count - 1]]
    style = rng.choice(["第{}网格", "{}网格", "网格{}", "第{}网格 "])
    kinds = rng.sample(["split", "one", "one", "split", "section", "split3"], 6)
    plan = [_sheet(world, grids, style, layout if layout in ADDRS else kinds[i % 6]) for i, grids in enumerate(parts)]
    if len(plan) > 2 and rng.random() < 0.5:
        rng.choice(plan).gaps = rng.uniform(0.4, 0.6)
    if world.habits.gaps is not None:
        for sheet in plan:
            sheet.gaps = world.habits.gaps
    _systems(rng, plan, crs)
    return plan


def _sheet(world: World, grids: list[int], style: str, addr: str) -> Sheet:
    """One sheet; section lines and lane columns only where they can be."""
    rng, here = world.rng, [h for h in world.houses if h.grid in grids]
    number = "、".join(words.hanzi(g + 1) if rng.random() < 0.7 else str(g + 1) for g in grids)
    name = "全村" if len(grids) == len(world.grids) else style.format(number)
    if rng.random() < 0.2:
        name = f"{name.strip()}({here[0].line.name})"
    if (addr == "section" and len(grids) > 1) or (addr == "split3" and not any(h.line.lane for h in here)):
        addr = "split"
    sheet = Sheet(name, grids, addr=addr, gaps=rng.uniform(0.02, 0.09), phones=rng.random() < 0.85)
    sheet.lat_first, sheet.one_column, sheet.decimals = rng.random() < 0.3, rng.random() < 0.4, rng.choice([6, 6, 6, 5, 7])
    sheet.dms = rng.choice(["°′″", "°'\"", "度分秒", "EN°′″"]) if rng.random() < 0.25 and len(grids) < len(world.grids) else ""
    return sheet


def _systems(rng: Random, plan: list[Sheet], crs: str) -> None:
    for sheet in plan:
        sheet.said = crs == "said" or (crs == "mixed" and rng.random() < 0.5)
        sheet.crs = rng.choices(["WGS84", "GCJ02", "BD09"], [50, 38, 12 if crs != "unsaid" else 0])[0]
    if crs != "said" and not any(s.crs == "GCJ02" and not s.said for s in plan):
        sheet = rng.choice(plan)
        sheet.crs, sheet.said = "GCJ02", False


if __name__ == "__main__":
    main()
