"""The packing table at the terminal: a scanner types, the table answers, and at the day's end everything adds up."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flows.commands import Said, doorplate, environment
from flows.test_packing import VILLAGE, printed

from doorplate.cli import packing
from doorplate.model import PlateBox, PrintBatch
from doorplate.registry import Registry


@pytest.fixture
def batch(registry: Registry) -> PrintBatch:
    return printed(registry, 12)


@pytest.fixture
def clerk(store_url: str, tmp_path: Path):
    def types(*words: object, lines: str = "") -> Said:
        if not lines:
            return doorplate("packing", *words, home=tmp_path / "home", cwd=tmp_path, DOORPLATE_DATABASE_URL=store_url)
        command = [sys.executable, "-m", "doorplate", "packing", *map(str, words)]
        env = environment(tmp_path / "home", DOORPLATE_DATABASE_URL=store_url)
        done = subprocess.run(command, input=lines, capture_output=True, text=True, env=env, cwd=tmp_path, check=False)
        return Said(done.returncode, done.stdout, done.stderr)
    return types


def test_from_the_pile_to_the_wall(clerk, batch: PrintBatch, tmp_path: Path) -> None:
    short = batch.id[:8]
    assert "1/5" in clerk("start", short).out
    first = [plate for plate in batch.plates if plate.zone == batch.plates[0].zone]
    typed = [first[1].url, first[0].url, first[0].url, "缺 叠里没有", first[2].url, "封", "完"]
    said = clerk("scan", short, lines=os.linesep.join(typed) + os.linesep).out
    assert "✗" in said
    assert "顺序不对" in said
    assert "✓ 放进第 1/5 箱, 第 1 格" in said
    assert "重复" in said
    assert "第 1 箱已封" in said
    assert clerk("issue", short, 1, "--to", "安装员甲").code == 0
    codes = tmp_path / "hung.txt"
    codes.write_text("\n".join(plate.code for plate in (first[0], first[2])), "utf-8")
    left = clerk("close", short, 1)
    assert left.code == 2
    assert "没有下落" in left.err
    assert "2 块" in clerk("mount", "--codes", codes).out
    assert "没有在外面的箱" not in clerk("out", "--community", VILLAGE).out
    assert "已结清" in clerk("close", short, 1).out
    assert "没有在外面的箱" in clerk("out", "--community", VILLAGE).out


@pytest.mark.parametrize(("words", "code"), [
    (("start", "zzz"), "batch.unknown"), (("seal", "zzz", 1), "batch.unknown"), (("scan", "zzz"), "batch.unknown"),
    (("mount", "--codes", "nothing.txt"), "codes.not_found")])
def test_wrong_words_are_one_line(words: tuple[object, ...], code: str, clerk, batch: PrintBatch) -> None:
    said = clerk(*words)
    assert said.code == 2
    assert said.err.startswith(f"{code}: ")
    assert "Traceback" not in said.err


def test_a_box_goes_out_on_the_day_it_is_in_china(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever zone the machine is set to: half past midnight in China is still the day before in Greenwich."""
    given: list[date] = []

    def issue(registry: Registry, batch: str, number: int, to: str, day: date) -> PlateBox:
        given.append(day)
        return PlateBox("b", batch, number, 1, "", (), installer=to)

    late = replace(registry, now=lambda: datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
    monkeypatch.setattr(packing, "open_registry", lambda settings: late)
    monkeypatch.setattr(packing, "issue_box", issue)
    packing.issue("b1", 1, "安装员甲")
    assert given == [date(2026, 11, 24)]
