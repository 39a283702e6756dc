"""Reading lists: XLSX against openpyxl read_only and bare calamine, a long CSV against the csv module.

    python benchmarks/reading.py [--rows 20000 100000] [--csv-rows 1000000] [--rounds 3]

Every way is measured in a process of its own, in the same run, on the same file, in turns; the best round counts, start-up and
imports do not, nor does the start of the program that opens workbooks, which stays for the next one; "first" counts it too.
"cells" = every cell as a Python value or text; "lines" = the same and understood: header, columns, merged cells, what
is no household. Peak memory is that of the measured process alone.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

HEADER = ["序号", "户主", "人口", "街路巷", "门牌号", "联系电话", "经度", "纬度", "是否安装", "安装日期", "备注"]


def row(i: int) -> list[object]:
    """An invented household."""
    head = f"测试{chr(0x4E00 + i % 3000)}{chr(0x4E00 + i // 3000 % 3000)}"
    where = [f"幸福路{i % 40 + 1}巷", f"{i % 200 + 1}号", f"154{i:08d}", round(108.2 + i / 1e7, 7), round(34.2 + i / 1e7, 7)]
    return [i, head, i % 7 + 1, *where, "是" if i % 5 else "否", "2022-03-05", "" if i % 9 else "出租"]


def openpyxl_values(path: Path) -> int:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    return len(list(book.worksheets[0].iter_rows(values_only=True)))


def calamine_values(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def workbook_cells(path: Path) -> int:
    from doorplate.exchange.formats.workbook import read_workbook
    from doorplate.exchange.limits import Limits

    return len(list(read_workbook(path, Limits())[0].rows))


def workbook_first(path: Path) -> int:
    from doorplate.exchange.formats.sheet_helper import stop_idle

    stop_idle()
    return workbook_cells(path)


def workbook_lines(path: Path) -> int:
    from doorplate.exchange.read import read_lists

    return len(read_lists([path]).rows) + 1


def csv_module(path: Path) -> int:
    with path.open(encoding="gb18030", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def csv_cells(path: Path) -> int:
    from doorplate.exchange.formats.text_table import read_text_table
    from doorplate.exchange.limits import Limits

    return sum(1 for _ in read_text_table(path, Limits())[0].rows)


def csv_lines(path: Path) -> int:
    from doorplate.exchange.formats.text_table import read_text_table
    from doorplate.exchange.limits import Limits
    from doorplate.exchange.meaning.recognise import recognise

    return sum(1 for _ in recognise(read_text_table(path, Limits())[0]).lines()) + 1


XLSX = ("openpyxl_values", "calamine_values", "workbook_cells", "workbook_first", "workbook_lines")
CSV = ("csv_module", "csv_cells", "csv_lines")
WAYS: dict[str, Callable[[Path], int]] = {name: globals()[name] for name in XLSX + CSV}


def measure_here(way: str, path: Path, rows: int) -> None:
    """One round in this process: seconds and peak MB."""
    WAYS[way](path.with_name(f"warm{path.suffix}"))  # imports and caches
    start = time.perf_counter()
    read = WAYS[way](path)
    seconds = time.perf_counter() - start
    if read != rows + 1:
        sys.exit(f"{way} read {read} rows of {rows + 1}")
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(seconds, peak)


def measure(ways: tuple[str, ...], path: Path, rows: int, rounds: int) -> dict[str, tuple[float, float]]:
    """way → (best seconds, peak MB)."""
    best = dict.fromkeys(ways, (float("inf"), 0.0))
    for _ in range(rounds):
        for way in ways:
            command = [sys.executable, __file__, "--way", way, "--file", str(path), "--rows", str(rows)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            best[way] = min(best[way], (float(told[0]), float(told[1])))
    return best


def show(title: str, rows: int, best: dict[str, tuple[float, float]]) -> None:
    """A table; the ratio is against the first way."""
    print(f"\n{title}, {rows:,} rows")
    named = next(iter(best.values()))[0]
    for way, (seconds, peak) in best.items():
        print(f"  {way:<16} {seconds:7.2f} s  {rows / seconds:>10,.0f} rows/s  {named / seconds:5.1f} x  peak {peak:5.0f} MB")


def write_xlsx(path: Path, rows: int) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, HEADER)
        for i in range(1, rows + 1):
            sheet.write_row(i, 0, row(i))
    return path


def write_csv(path: Path, rows: int) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        out.writerows(map(row, range(1, rows + 1)))
    return path


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--csv-rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--file", type=Path)
    args = parser.parse_args()
    if args.way:
        measure_here(args.way, args.file, args.rows[0])
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_xlsx(folder / "warm.xlsx", 50)
        write_csv(folder / "warm.csv", 50)
        for rows in args.rows:
            path = write_xlsx(folder / f"{rows}.xlsx", rows)
            show("XLSX", rows, measure(XLSX, path, rows, args.rounds))
        path = write_csv(folder / "list.csv", args.csv_rows)
        show("CSV (GB18030)", args.csv_rows, measure(CSV, path, args.csv_rows, 1))


if __name__ == "__main__":
    main()
