"""`doorplate print` and its sheets: what exists is listed, what cannot be is refused before anything is frozen."""

from __future__ import annotations

import csv
import random
import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from flows.commands import Said, doorplate
from flows.settling_stories import VILLAGE, open_street

from doorplate.registry import Registry
from doorplate.store import open_store
from print_jobs.sheet import sheet_names


@pytest.fixture
def home(tmp_path: Path, migrated_file: Path) -> Path:
    """A registry with a street of nine verified houses."""
    (tmp_path / "home").mkdir()
    shutil.copy(migrated_file, tmp_path / "home" / "registry.sqlite")
    store = open_store(f"sqlite:///{tmp_path / 'home' / 'registry.sqlite'}")
    open_street(Registry(store, "ab" * 32, "tester", lambda: datetime(2026, 11, 23, 6, 5, tzinfo=UTC), random.Random(3)), 9)
    store.close()
    return tmp_path / "home"


def run(home: Path, *words: str) -> Said:
    return doorplate("print", "--community", VILLAGE, "--out", "batch", *words, home=home, cwd=home.parent,
                     DOORPLATE_BASE_URL="https://menpai.example")


def test_the_help_lists_the_sheets(tmp_path: Path) -> None:
    said = doorplate("print", "--help", home=tmp_path, cwd=tmp_path, COLUMNS="200")
    assert said.code == 0
    assert "、".join(sheet_names()) in said.out
    assert {"a3", "a4", "roll", "single", "sra3"} <= set(sheet_names())


@pytest.mark.parametrize(("words", "code", "told"), [
    (("--sheet", "a0"), "sheet.unknown", "a3、a4、roll、single、sra3"),
    (("--sheet", "a3", "--used", "6"), "sheet.used", "每张 6 格"),
    (("--sheet", "a3", "--used", "drei"), "sheet.used", "--used 读不懂"),
    (("--sheet", "a3", "--used", "9" * 5000), "sheet.used", "--used 读不懂"),
    (("--sheet", "a3", "--used", "-2"), "sheet.used", "--used 读不懂"),
    (("--sheet", "a3", "--copies", "0"), "sheet.copies", "1 到 99"),
    (("--sheet", "roll", "--used", "3"), "sheet.used_roll", "卷材"),
    (("--stacked",), "sheet.one_slot", "换拼版的纸张")])
def test_what_cannot_be_is_refused_and_nothing_is_frozen(words: tuple[str, ...], code: str, told: str, home: Path) -> None:
    said = run(home, *words)
    assert (said.code, said.err.strip().split(":")[0]) == (2, code)
    assert told in said.err
    store = open_store(f"sqlite:///{home / 'registry.sqlite'}")
    with store.reading() as reader:
        assert reader.batches(VILLAGE) == ()
        assert reader.plates(VILLAGE) == ()
    store.close()
    assert not (home.parent / "batch").exists()


def test_stacked_on_used_paper_from_the_command_line(home: Path) -> None:
    said = run(home, "--sheet", "a3", "--stacked", "--used", "4，5")
    assert said.code == 0, said.err
    with (home.parent / "batch" / "manifest.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    assert [(line["page"], line["slot"]) for line in lines] == [
        ("1", "6"), ("2", "6"), ("3", "1"), ("4", "1"), ("3", "2"), ("4", "2"), ("3", "3"), ("4", "3"), ("3", "4")]
    proven = doorplate("proof", "batch", home=home, cwd=home.parent)
    assert proven.code == 0, proven.err


def test_a_design_of_one_s_own_is_printed_and_proves_without_its_file(home: Path) -> None:
    ours = (files("print_jobs") / "designs" / "small-gate.toml").read_text("utf-8")
    mine = home.parent / "mine.toml"
    mine.write_text(ours.replace('name = "small-gate"', 'name = "mine"'), "utf-8")
    said = run(home, "--design", "mine.toml", "--sheet", "a4")
    assert said.code == 0, said.err
    mine.unlink()
    proven = doorplate("proof", "batch", home=home, cwd=home.parent)
    assert proven.code == 0, proven.err
