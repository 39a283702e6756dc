"""The numbering assistant on the sample village: how often it is right, and the command a clerk types."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from flows.commands import Said, doorplate
from flows.conftest import VILLAGE
from flows.test_command_line import told

from doorplate.addresses.numbering import HouseNumber, load_profile, propose_for_house
from doorplate.addresses.numbering.register import street_in
from doorplate.areas.coordinates import distance_m
from doorplate.checking import Checked
from doorplate.cli.demo import HANDOVER, LISTS
from doorplate.model import Address, CheckedRow, Point

TRUTH = Path(__file__).resolve().parents[3] / "shared/data/village/truth"
NUMBER = re.compile(r"营上村(?P<street>\D+)(?P<number>\d+)号(?:附(?P<suffix>\d+)号)?$")
PROMISED = 0.85  # of the houses with a usable point; the others are neighbours' points gone wrong
SAME_HOUSE_M = 12.0


def registered(sample: Checked) -> list[Address]:
    """What an import would put into the registry: one living or retired address a standard address."""
    best: dict[str, Address] = {}
    for row in sample.result.rows:
        if row.elements is None or row.standard_address is None or row.kind == "note":
            continue
        known = best.get(row.standard_address)
        point = row.point or (known.point if known else None)
        status = "retired" if row.kind == "retired" else known.status if known else "proposed"
        best[row.standard_address] = Address(row.standard_address, VILLAGE, row.elements, row.standard_address, "", status, point)
    return list(best.values())


def without_number(sample: Checked) -> list[tuple[Point, str, HouseNumber]]:
    """Houses the truth marks 缺号, with the point their line was handed over with, their street and their right number."""
    rows: dict[tuple[str, str, int], CheckedRow] = {(r.ref.file, r.ref.sheet or "", r.ref.row): r for r in sample.result.rows}
    found = {}
    with (TRUTH / "row_truth.csv").open(encoding="utf-8-sig") as lines:
        for line in csv.DictReader(lines):
            right, row = NUMBER.search(line["std_address"]), rows[line["file"], line["sheet"], int(line["row"])]
            if "缺号" in line["issues"] and right and row.point:
                house = HouseNumber(int(right["number"]), int(right["suffix"] or 0))
                found[line["std_address"]] = (row.point, right["street"], house)
    return list(found.values())


@pytest.mark.skipif(not TRUTH.exists(), reason="the sample's truth is not here")
def test_houses_without_a_number_get_the_right_one_from_their_point(sample: Checked) -> None:
    addresses, profile, missed = registered(sample), load_profile(), []
    houses = without_number(sample)
    for point, street, right in houses:
        seen = street_in(addresses, street, sample.division)
        others = [d for d in seen.doors if not (d.painted == right and d.point and near(d.point, point))]
        answer = propose_for_house(seen.street, others, point, profile, seen.spent)
        if answer.house != right:
            missed.append(f"{street}{right} → {answer.house} ({'、'.join(map(str, answer.alternatives))})")
    hit = len(houses) - len(missed)
    print(f"\n缺号 with a point: {hit} of {len(houses)} right", *missed, sep="\n  ")  # noqa: T201
    assert len(houses) >= 15
    assert hit >= PROMISED * len(houses)


def near(a: Point, b: Point) -> bool:
    return distance_m((a.lon, a.lat), (b.lon, b.lat)) < SAME_HOUSE_M


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with the sample village imported."""
    folder = tmp_path_factory.mktemp("numbering")
    said = doorplate("import", *[HANDOVER / name for name in LISTS], "--community", VILLAGE, "--areas",
                     HANDOVER / "grids_wgs84.geojson", home=folder / "home", cwd=folder)
    assert said.code == 0, said.err
    return folder / "home"


@pytest.fixture
def number(home: Path, tmp_path: Path) -> Callable[..., Said]:
    return lambda *words: doorplate("number", "--community", VILLAGE, *words, home=home, cwd=tmp_path)


def test_help_is_for_a_clerk(number: Callable[..., Said]) -> None:
    said = number("--help")
    assert said.code == 0
    assert "只是建议" in said.out


def test_a_street_is_proposed_with_table_and_map_and_nothing_is_written(
    number: Callable[..., Said], home: Path, tmp_path: Path
) -> None:
    before = (home / "registry.sqlite").read_bytes()
    said = number("--street", "幸福路", "--map", "图.svg", "--out", "表.csv")
    assert said.code == 0, said.err
    assert "照本街现有门牌的规律: 由东向西编号, 左手 (南侧) 单号、右手 (北侧) 双号" in said.out
    assert (home / "registry.sqlite").read_bytes() == before
    rows = list(csv.DictReader((tmp_path / "表.csv").open(encoding="utf-8-sig")))
    assert len(rows) > 100
    assert {row["变动"] for row in rows} <= {"不变", "改号", "新编", "待定"}
    numbers = [row["新门牌"] for row in rows if row["新门牌"]]
    assert len(numbers) == len(set(numbers))
    assert "幸福路" in (tmp_path / "图.svg").read_text("utf-8")
    again = tmp_path / "again"
    again.mkdir()
    number("--street", "幸福路", "--map", again / "图.svg", "--out", again / "表.csv")
    assert (again / "图.svg").read_bytes() == (tmp_path / "图.svg").read_bytes()
    assert (again / "表.csv").read_bytes() == (tmp_path / "表.csv").read_bytes()


def test_a_lane_knows_its_mouth_and_renumbering_goes_by_the_profile(number: Callable[..., Said]) -> None:
    said = number("--street", "幸福路二巷", "--renumber")
    assert said.code == 0, said.err
    assert re.search(r"按北京 DB11/T 856: 由\w*南向\w*北编号, 右手 \(\w*东\w*侧\) 单号", said.out)
    assert "从巷口向里编" in said.out
    assert "不知道巷口" not in said.out


def test_a_new_house_gets_a_number_and_reasons(number: Callable[..., Said], tmp_path: Path) -> None:
    said = number("--street", "幸福路", "--point", "108.20315,34.27495", "--map", "图.svg")
    assert said.code == 0, said.err
    assert re.search(r"建议: 幸福路\d+号", said.out)
    ET.parse(tmp_path / "图.svg")


@pytest.mark.parametrize(("words", "code"), [
    (["--street", "没有路"], "street.unknown"),
    (["--street", "幸福路", "--point", "34.27,108.20"], "arguments.point"),
    (["--street", "幸福路", "--point", "here"], "arguments.point"),
    (["--street", "幸福路", "--point", "108.2,34.27", "--renumber"], "arguments.point"),
    (["--street", "幸福路", "--point", "nan,nan"], "arguments.point"),
    (["--street", "幸福路", "--profile", "nowhere"], "numbering.profile_unknown"),
    (["--street", "幸福路", "--profile", "bad.toml"], "numbering.profile_invalid"),
    (["--street", "幸福路", "--kind", "round"], "arguments.kind"),
])
def test_what_cannot_be_used_is_one_line(words: list[str], code: str, number: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('title = "x"', "utf-8")
    told(number(*words), code)


def test_a_village_nobody_imported(home: Path, tmp_path: Path) -> None:
    told(doorplate("number", "--community", "610431001204", "--street", "幸福路", home=home, cwd=tmp_path), "community.unknown")


def test_no_residents_name_is_in_what_is_written(number: Callable[..., Said], tmp_path: Path) -> None:
    said = number("--street", "和谐街", "--map", "图.svg", "--out", "表.csv")
    for text in (said.out, (tmp_path / "图.svg").read_text("utf-8"), (tmp_path / "表.csv").read_text("utf-8-sig")):
        assert "测试" not in text
        assert not re.search(r"(?<![0-9a-f])1\d{10}(?![0-9a-f])", text)
    assert said.err == ""


def street_file(path: Path, *lines: tuple[str, list[list[float]]]) -> Path:
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": {"type": "LineString", "coordinates": points}}
                for name, points in lines]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def middle_of(home: Path, tmp_path: Path, street: str) -> list[list[float]]:
    """A straight line through the doors of a street of the sample, from west to east."""
    said = doorplate("export", "--community", VILLAGE, "--out", "all.csv", home=home, cwd=tmp_path)
    assert said.code == 0, said.err
    with (tmp_path / "all.csv").open(encoding="utf-8-sig") as rows:
        here = [r for r in csv.DictReader(rows) if r["街路巷"] == street and not r["巷"] and r["经度（WGS84）"]]
    doors = sorted([float(r["经度（WGS84）"]), float(r["纬度（WGS84）"])] for r in here)
    level = sorted(lat for _, lat in doors)[len(doors) // 2]
    return [[doors[0][0], level], [doors[-1][0], level]]


def test_a_drawn_line_says_where_the_street_runs_and_where_it_begins(
    number: Callable[..., Said], home: Path, tmp_path: Path
) -> None:
    """Drawn the other way round, a dead end is entered at its other end: the numbers run the other way."""
    line = middle_of(home, tmp_path, "幸福路")
    shape, headings = ["--street", "幸福路", "--kind", "dead-end", "--renumber", "--line"], []
    for name, points in (("there.geojson", line), ("back.geojson", line[::-1])):
        said = number(*shape, street_file(tmp_path / name, ("幸福路", points)))
        assert said.code == 0, said.err
        assert f"街线用 {name} 里画的, 2 个点" in said.out
        headings.append("由西向东" in said.out)
    assert headings == [True, False]


def test_of_a_map_of_streets_the_one_that_is_numbered_is_taken(number: Callable[..., Said], home: Path, tmp_path: Path) -> None:
    line = middle_of(home, tmp_path, "幸福路")
    away = [[x + 0.5, y] for x, y in line]
    streets = street_file(tmp_path / "streets.geojson", ("别的路", away), ("幸福 路", [line[0], [108.2079, line[0][1]]]),
                          ("幸福路", [[108.2079, line[0][1]], line[1]]))
    said = number("--street", "幸福路", "--line", streets, "--point", "108.20315,34.27495")
    assert said.code == 0, said.err
    assert re.search(r"建议: 幸福路\d+号", said.out)


def test_a_line_that_cannot_be_this_street_is_told(number: Callable[..., Said], home: Path, tmp_path: Path) -> None:
    line = middle_of(home, tmp_path, "幸福路")
    away = street_file(tmp_path / "away.geojson", ("", [[x + 0.05, y] for x, y in line]))
    told(number("--street", "幸福路", "--line", away), "line.elsewhere")
    two = street_file(tmp_path / "two.geojson", ("甲路", line), ("乙路", [[x, y + 0.001] for x, y in line]))
    told(number("--street", "幸福路", "--line", two), "line.several")
    told(number("--street", "幸福路", "--line", "nowhere.geojson"), "line.not_found")
    (tmp_path / "words.txt").write_text("从桥头到学校 WGS84", "utf-8")
    said = number("--street", "幸福路", "--line", "words.txt")
    told(said, "line.not_a_line")
    assert "街线" in said.err
