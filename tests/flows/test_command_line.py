"""The command line: what a clerk types, what comes back, and how trouble is told — one line, exit 2, nothing changed."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from flows.commands import Said, doorplate

from doorplate.cli.demo import HANDOVER, LISTS

VILLAGE = "610431001203"
FILES = [HANDOVER / name for name in LISTS]
GRIDS = HANDOVER / "grids_wgs84.geojson"
BASE = {"DOORPLATE_BASE_URL": "https://menpai.example"}


def told(said: Said, code: str) -> None:
    """Exit 2, one line `code: message` in Chinese, no traceback."""
    assert said.code == 2, said
    lines = [line for line in said.err.splitlines() if re.match(r"^[a-z_]+\.[a-z_.0-9]+: ", line)]
    assert len(lines) == 1, said.err
    assert lines[0].startswith(f"{code}: "), said.err
    assert re.search(r"[\u4e00-\u9fff]", lines[0]), said.err
    assert "Traceback" not in said.err + said.out


COMMANDS = [
    "demo",
    "init",
    "check",
    "import",
    "areas",
    "verify",
    "print",
    "proof",
    "serve",
    "export",
    "factory",
    "reprint",
    "packing",
    "packing scan",
    "packing out",
    "jobs",
    "jobs retry",
    "worker",
    "designs",
    "audit",
    "settle",
    "undo",
    "register",
    "changes",
    "number",
    "load",
]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself_in_chinese(command: str, tmp_path: Path) -> None:
    said = doorplate(*command.split(), "--help", home=tmp_path / "home", cwd=tmp_path)
    assert said.code == 0
    assert len(re.findall(r"[\u4e00-\u9fff]", said.out)) > 15
    assert not (tmp_path / "home").exists()


def test_check_gives_the_same_bytes_twice_and_writes_nothing_else(tmp_path: Path) -> None:
    bytes_of = []
    for run in ("a", "b"):
        folder = tmp_path / run
        folder.mkdir()
        said = doorplate(
            "check",
            *FILES,
            "--community",
            VILLAGE,
            "--areas",
            GRIDS,
            "--findings",
            "f.jsonl",
            "--rows",
            "r.jsonl",
            "--report",
            "r.xlsx",
            home=tmp_path / "home",
            cwd=folder,
        )
        assert said.code == 0, said.err
        assert sorted(p.name for p in folder.iterdir()) == ["f.jsonl", "r.jsonl", "r.xlsx"]
        bytes_of.append([(folder / name).read_bytes() for name in ("f.jsonl", "r.jsonl", "r.xlsx")])
    assert bytes_of[0] == bytes_of[1]
    assert not (tmp_path / "home").exists()


def test_findings_have_the_agreed_form(tmp_path: Path) -> None:
    doorplate(
        "check",
        *FILES,
        "--community",
        VILLAGE,
        "--areas",
        GRIDS,
        "--findings",
        "f.jsonl",
        "--rows",
        "r.jsonl",
        home=tmp_path / "home",
        cwd=tmp_path,
    )
    findings = [json.loads(line) for line in (tmp_path / "f.jsonl").read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()]
    assert {tuple(f) for f in findings} == {
        ("file", "sheet", "row", "class", "code", "field", "value", "message", "proposal", "confidence", "with")
    }
    assert {f["confidence"] for f in findings} <= {"sure", "likely", "ask"}
    assert {tuple(r) for r in rows} == {
        (
            "file",
            "sheet",
            "row",
            "kind",
            "standard_address",
            "street",
            "lane",
            "number",
            "suffix",
            "grid",
            "lon",
            "lat",
            "operation",
        )
    }
    assert len(rows) == 954 + 899 + 16


def test_the_whole_way_by_hand(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def run(*words: object) -> Said:
        said = doorplate(*words, home=home, cwd=tmp_path, **BASE)
        assert said.code == 0, said.err
        return said

    run("init")
    run("areas", GRIDS, "--community", VILLAGE)
    run("import", *FILES, "--community", VILLAGE)
    run("verify", "--community", VILLAGE)
    run("print", "--grid", f"{VILLAGE}-G02", "--design", "small-gate", "--sheet", "single", "--out", "single")
    run("print", "--grid", f"{VILLAGE}-G02", "--design", "small-gate", "--sheet", "a3", "--out", "a3")
    run("proof", "a3")
    one, many = ((tmp_path / form / "manifest.csv").read_text("utf-8-sig").splitlines() for form in ("single", "a3"))
    assert len(one) == len(many) > 100
    assert [line.split(",")[0] for line in one] == [line.split(",")[0] for line in many]
    run("export", "--community", VILLAGE, "--out", "register.csv")
    assert "测试" not in (tmp_path / "register.csv").read_text("utf-8-sig")


def _sheet(path: Path, rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("登记表")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


HEADER = ["序号", "户主", "地址", "人口"]


def _bad(name: str, folder: Path) -> Path:
    path = folder / name
    if name == "picture.xlsx":
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    elif name == "empty.csv":
        path.write_bytes(b"")
    elif name == "empty.xlsx":
        _sheet(path, [])
    elif name == "header.xlsx":
        _sheet(path, [HEADER])
    elif name == "wide.csv":
        path.write_text(",".join(["地址"] * 200_000) + "\n" + ",".join(["x"] * 200_000), "utf-8")
    elif name == "noise.csv":
        path.write_bytes(bytes([0x81, 0xFF, 0x00, 0xFE, 0xC1, 0x80]) * 500)
    elif name == "broken.xlsx":
        path.write_bytes((HANDOVER / LISTS[0]).read_bytes()[:20_000])
    elif name == "recipe.xlsx":
        _sheet(path, [["菜名", "价格"], ["油泼面", 12], ["肉夹馍", 9]])
    elif name == "elsewhere.xlsx":
        _sheet(path, [HEADER, *([n, f"测试{n}", f"河南省洛阳市新安县城关镇东关村东大街{n}号", 3] for n in range(1, 30))])
    elif name == "neighbour.xlsx":
        _sheet(path, [HEADER, *([n, f"测试{n}", f"营西村建设路{n}号", 3] for n in range(1, 30))])
    elif name == "shifted.xlsx":
        doors = ([n, f"测试{n}", f"幸福路{n}号", 3, 110.2112 - n / 10_000, 34.2748] for n in range(1, 30))
        _sheet(path, [[*HEADER, "经度", "纬度"], *doors])
    elif name == "bomb.xlsx":
        whole = zipfile.ZipFile(_sheet(folder / "whole.xlsx", [HEADER]))
        with whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry in whole.namelist():
                archive.writestr(entry, b" " * 600_000_000 if entry.endswith("sheet1.xml") else whole.read(entry))
    return path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("picture.xlsx", "list.not_a_table"),
        ("empty.csv", "list.empty"),
        ("empty.xlsx", "list.empty"),
        ("header.xlsx", "list.header_only"),
        ("wide.csv", "list.too_wide"),
        ("noise.csv", "list.not_a_table"),
        ("broken.xlsx", "list.broken"),
        ("recipe.xlsx", "list.no_address_column"),
        ("elsewhere.xlsx", "list.other_village"),
        ("neighbour.xlsx", "list.other_village"),
        ("shifted.xlsx", "list.points_elsewhere"),
        ("bomb.xlsx", "list.too_large"),
        ("missing.xlsx", "list.not_found"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_line(name: str, code: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = doorplate("import", _bad(name, tmp_path), "--community", VILLAGE, "--areas", GRIDS, home=home, cwd=tmp_path)
    told(said, code)
    assert name in said.err
    assert "list.imported" not in doorplate("verify", "--community", VILLAGE, home=home, cwd=tmp_path).out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check", FILES[2], "--community", "12"], "division.bad_code"),
        (["check", FILES[2], "--community", "999999999999"], "division.unknown"),
        (["check", FILES[2]], "arguments.invalid"),
        (["check", FILES[2], "--community", VILLAGE, "--areas", "no.geojson"], "areas.not_found"),
        (["check", FILES[2], "--community", VILLAGE, "--areas", FILES[2]], "areas.not_a_map"),
        (["frobnicate"], "arguments.invalid"),
        (["verify", "--community", VILLAGE], "store.not_initialised"),
        (["print", "--community", VILLAGE, "--out", "out"], "batch.base_url_missing"),
        (["serve"], "store.not_initialised"),
        (["proof", "nothing-here"], "batch.not_found"),
        (["init", "--village", "no.toml"], "village.not_found"),
    ],
)
def test_wrong_words_are_told_in_one_line(words: list[object], code: str, tmp_path: Path) -> None:
    told(doorplate(*words, home=tmp_path / "home", cwd=tmp_path), code)


def test_printing_needs_a_base_url(tmp_path: Path) -> None:
    home = tmp_path / "home"
    doorplate("import", FILES[0], "--community", VILLAGE, "--areas", GRIDS, home=home, cwd=tmp_path)
    doorplate("verify", "--community", VILLAGE, home=home, cwd=tmp_path)
    told(doorplate("print", "--community", VILLAGE, "--out", "out", home=home, cwd=tmp_path), "batch.base_url_missing")
    assert not (tmp_path / "out").exists()


def test_a_place_name_the_font_lacks_stops_the_batch_before_ink(tmp_path: Path) -> None:
    """小𰀀 (U+30000) is in extension G, which no font of ours covers yet."""
    home = tmp_path / "home"
    rows = [[n, f"测试{n}", f"营上村小𰀀街{n}号", 3] for n in range(1, 12)]
    doorplate("import", _sheet(tmp_path / "list.xlsx", [HEADER, *rows]), "--community", VILLAGE, home=home, cwd=tmp_path)
    doorplate("verify", "--community", VILLAGE, home=home, cwd=tmp_path)
    said = doorplate("print", "--community", VILLAGE, "--out", "out", home=home, cwd=tmp_path, **BASE)
    told(said, "batch.glyph_missing")
    assert "𰀀" in said.err
    assert "U+30000" in said.err
    assert not list(tmp_path.glob("out/volume-*"))


def test_a_register_of_formed_addresses_is_loaded_once(tmp_path: Path) -> None:
    prefix = "陕西省咸阳市武功县普集街道营上村"
    lines = [
        "标准地址,经度,纬度",
        *(f"{prefix}建设路{n}号,108.20{n:03d},34.27" for n in range(1, 51)),
        f"{prefix}建设路7号,108.2,34.27",
    ]
    (tmp_path / "register.csv").write_text("\n".join(lines), "utf-8")
    first = doorplate("load", "register.csv", "--community", VILLAGE, home=tmp_path / "home", cwd=tmp_path)
    assert first.code == 0, first.err
    assert "50 个" in first.out
    assert "1 行" in first.out
    again = doorplate("load", "register.csv", "--community", VILLAGE, home=tmp_path / "home", cwd=tmp_path)
    assert "以前装入过" in again.out
    told(doorplate("load", "none.csv", home=tmp_path / "home", cwd=tmp_path), "list.not_found")
