"""Standard addresses of a village's lists against one regular expression: how many are right, and how fast.

Counted are the clean lines of the truth table: households whose line has no planted error in street, number or village. Both
sides get the same cells; the regular expression is told the community and was written with the sample at hand.

usage: python benchmarks/addresses.py [--village DIR] [--repeat 3]
DIR: with handover/ and truth/, as in ../shared/data/village
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from doorplate.addresses.numerals import number_value, to_chinese  # noqa: E402
from doorplate.addresses.parse import parse  # noqa: E402
from doorplate.addresses.quality import CheckContext, check  # noqa: E402
from doorplate.areas.divisions import lookup, siblings  # noqa: E402
from doorplate.exchange.areas_file import read_areas  # noqa: E402
from doorplate.exchange.read import read_lists  # noqa: E402
from doorplate.model import Area, Division, ListRow  # noqa: E402

SAMPLE = ROOT.parent / "shared" / "data" / "village"
NOT_CLEAN = {"错字", "错号", "错村", "缺号", "缺街", "乱", "重号", "停用", "更正说明"}
NO_LISTS = ("通讯录", "边界", "拾取")
ONE_REGEX = re.compile(
    r"^(?:.*(?:街道|[村镇乡区县]))?(?P<way>第?[一二三四五六七八九十\d]+组|[一-龥]{2,3}?[路街])"
    r"(?:第?(?P<lane>[一二三四五六七八九十\d]+)(?P<kind>巷|胡同|弄))?"
    r"(?:№|NO\.?|第)?(?P<number>[\d一二三四五六七八九十百]+)(?:号院|号|#)?(?:(?:附|之|-)(?P<suffix>\d+)(?:号|#)?)?", re.IGNORECASE
)
Key = tuple[str, str, int]
Answers = Mapping[Key, str | None]


def clean_lines(village: Path) -> dict[Key, str]:
    """The right standard address of every clean line."""
    with (village / "truth" / "row_truth.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            (t["file"], t["sheet"].strip(), int(t["row"])): t["std_address"]
            for t in csv.DictReader(file)
            if t["kind"] == "户" and not NOT_CLEAN & set(t["issues"].split("|"))
        }


def lines_of(village: Path) -> tuple[Division, Sequence[ListRow], Sequence[Area]]:
    """The community, its lists and its grids."""
    handover = village / "handover"
    code = json.loads((village / "truth" / "meta.json").read_text("utf-8"))["code"]
    kinds = (".xlsx", ".csv", ".txt")
    lists = [p for p in handover.iterdir() if p.suffix in kinds and not any(word in p.name for word in NO_LISTS)]
    lists.sort(key=lambda p: (kinds.index(p.suffix), p.name))
    return lookup(code), read_lists(lists).rows, read_areas(sorted(handover.glob("*.geojson"))[-1], code)


def whole_check(division: Division, rows: Sequence[ListRow], areas: Sequence[Area]) -> Answers:
    """Everything the product does: vocabulary, points, duplicates, numbering rules."""
    result = check(rows, CheckContext(division, siblings(division.code), areas))
    return {_key(row): answer.standard_address for row, answer in zip(rows, result.rows, strict=True)}


def one_regex(division: Division, rows: Sequence[ListRow], areas: Sequence[Area]) -> Answers:
    """Full-width made half, spaces dropped, 號 to 号, one expression, numerals put right."""
    answers: dict[Key, str | None] = {}
    for row in rows:
        text = re.sub(r"\s", "", unicodedata.normalize("NFKC", _text(row))).replace("號", "号")
        found = ONE_REGEX.search(text)
        answers[_key(row)] = f"{division.prefix}{_told(found)}" if found else None
    return answers


def _told(found: re.Match[str]) -> str:
    way = re.sub(r"^第?(\d+)组$", lambda m: f"{to_chinese(int(m[1]))}组", found["way"])
    lane = f"{to_chinese(number_value(found['lane']) or 0)}{found['kind']}" if found["lane"] else ""
    suffix = f"附{int(found['suffix'])}号" if found["suffix"] else ""
    return f"{way}{lane}{number_value(found['number'])}号{suffix}"


def parsing_alone(division: Division, rows: Sequence[ListRow]) -> None:
    """What the regular expression does and no more, for the ratio of speeds."""
    for row in rows:
        parse(_text(row), division)


def _text(row: ListRow) -> str:
    return row.cell("address") or (row.cell("street") or row.street_hint) + row.cell("lane") + row.cell("number")


def _key(row: ListRow) -> Key:
    return row.ref.file, (row.ref.sheet or "").strip(), row.ref.row


def seconds(run: Callable[[], object], repeat: int) -> float:
    """The shortest of some runs."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--village", type=Path, default=SAMPLE)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    wanted, given = clean_lines(options.village), lines_of(options.village)
    print(f"{options.village}: {len(given[1])} lines, {len(wanted)} of them clean")
    print(f"{'':24}{'right':>8}{'wrong':>8}{'none':>8}{'lines/s':>12}")
    speed: dict[str, float] = {}
    for name, method in (("doorplate check", whole_check), ("one regular expression", one_regex)):
        answers = method(*given)
        right = sum(answers.get(key) == address for key, address in wanted.items())
        none = sum(answers.get(key) is None for key in wanted)
        speed[name] = len(given[1]) / seconds(lambda run=method: run(*given), options.repeat)  # type: ignore[misc]
        print(f"{name:24}{right / len(wanted):8.2%}{len(wanted) - right - none:8}{none:8}{speed[name]:12,.0f}")
    alone = len(given[1]) / seconds(lambda: parsing_alone(*given[:2]), options.repeat)
    print(f"{'doorplate parse alone':24}{'':24}{alone:12,.0f}")
    check_speed, regex_speed = speed.values()
    print(f"one regular expression is {regex_speed / check_speed:.0f} times as fast as the check")


if __name__ == "__main__":
    main()
