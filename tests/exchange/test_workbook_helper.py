"""The program that opens workbooks for us: kept for the next one, never a danger to the one that asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorplate.errors import InputError
from doorplate.exchange.formats import sheet_helper
from doorplate.exchange.formats.workbook import read_workbook
from doorplate.exchange.limits import Limits
from tests.exchange.makers import ROWS, write_ods, write_xlsx, zip_bomb

ROOT = Path(__file__).parents[2]


def texts(path: Path, limits: Limits = Limits()) -> list[tuple[str, ...]]:  # noqa: B008 - frozen
    return [row.cells for row in read_workbook(path, limits)[0].rows]


def test_one_helper_serves_one_workbook_after_the_other(tmp_path: Path) -> None:
    first = texts(write_xlsx(tmp_path / "a.xlsx"))
    kept = list(sheet_helper._idle)
    assert len(kept) == 1
    assert texts(write_ods(tmp_path / "a.ods")) == first
    assert sheet_helper._idle == kept


def test_a_helper_that_died_in_between_is_replaced(tmp_path: Path) -> None:
    expected = texts(write_xlsx(tmp_path / "a.xlsx"))
    os.killpg(sheet_helper._idle[0]._process.pid, signal.SIGKILL)
    sheet_helper._idle[0]._process.wait()
    assert texts(tmp_path / "a.xlsx") == expected


def test_after_a_refusal_for_memory_or_time_the_next_workbook_opens(tmp_path: Path) -> None:
    good = write_xlsx(tmp_path / "a.xlsx")
    bomb = zip_bomb(good, tmp_path / "b.xlsx", "sheet1.xml", b"<row><c><v>1</v></c></row>", 60)
    for limits in (Limits(child_bytes=160 << 20), Limits(seconds=0.01)):
        with pytest.raises(InputError) as caught:
            read_workbook(bomb, limits)
        assert caught.value.code == "list.too_large"
        assert len(texts(good)) == len(ROWS)


def test_several_workbooks_at_once(tmp_path: Path) -> None:
    paths = [write_xlsx(tmp_path / f"{i}.xlsx", [["地址"], *[[f"幸福路{i}号"]] * 50]) for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(texts, paths))
    assert [rows[1] for rows in read] == [(f"幸福路{i}号",) for i in range(8)]
    assert len(sheet_helper._idle) <= 1


def test_no_helper_outlives_the_program_that_asked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx")
    code = f"""
import os
from pathlib import Path
from doorplate.exchange.formats import sheet_helper, workbook
from doorplate.exchange.limits import Limits
workbook.read_workbook(Path({str(path)!r}), Limits())
print(sheet_helper._idle[0]._process.pid, flush=True)
os._exit(0)  # without goodbye
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    helper = int(told)
    deadline = 50
    while deadline and Path(f"/proc/{helper}/cmdline").exists() and Path(f"/proc/{helper}/cmdline").read_bytes():
        deadline -= 1
        subprocess.run([sys.executable, "-c", ""], check=True)  # a while
    assert deadline
