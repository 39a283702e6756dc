"""Writes one sheet line by line: titles, headers, merges, dittos, subtotals, hidden and struck-through rows."""

from dataclasses import dataclass, field
from datetime import date, datetime

import xlsxwriter
from cells import Style, cells_of
from rows import Row, Sheet
from world import Line, World
from xlsxwriter.worksheet import Worksheet

GROUPS = {
    "name": "住户信息",
    "people": "住户信息",
    "home": "住户信息",
    "phone": "住户信息",
    "street": "门牌地址",
    "lane": "门牌地址",
    "number": "门牌地址",
    "lon": "坐标",
    "lat": "坐标",
    "state": "门牌",
    "date": "门牌",
}


@dataclass
class Layout:
    """Choices of one sheet: columns and headers; lines and columns left empty; what is merged, repeated, subtotalled."""

    keys: list[str]
    heads: dict[str, str]
    section: bool = False
    two_lines: bool = False
    by_side: bool = True
    skip_rows: int = 0
    skip_cols: int = 0
    merge_street: bool = False
    ditto: bool = False
    subtotal: bool = False
    repeat: int = 0
    seq: str = ""
    done: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)


class Pen:
    """Writes one sheet line by line and tells each row the line it came to stand on."""

    def __init__(self, world: World, sheet: Sheet, layout: Layout, book: xlsxwriter.Workbook) -> None:
        self.world, self.sheet, self.layout, self.rng = world, sheet, layout, world.rng
        self.page: Worksheet = book.add_worksheet(sheet.name)
        self.struck, self.day = book.add_format({"font_strikeout": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        self.middle = book.add_format({"align": "center", "valign": "vcenter", "text_wrap": True, "border": 1})
        self.line, self.width = layout.skip_rows, len(layout.keys)
        self.run: list[tuple[int, str]] = []
        self.last: Row | None = None
        self.count = 0
        self.apart = False

    def write(self) -> None:
        """The whole sheet."""
        for title in self.layout.titles:
            self.across(title)
        self.header()
        line: Line | None = None
        since = 0
        for row in self.sheet.rows:
            stray = row.same is not None or row.grid != row.house.grid
            if self.layout.section and (stray, row.house.line) != (self.apart, line) and not (stray and self.apart):
                self.section(row, stray)
                line = row.house.line
            elif self.layout.subtotal and not stray and row.house.line is not line:
                if since > 8:
                    self.subtotal(since)
                line, since = row.house.line, 0
            since += 1
            self.row(row, stray)
            if self.layout.repeat and self.count % self.layout.repeat == 0 and row is not self.sheet.rows[-1]:
                self.flush()
                self.header()
        self.flush()
        if self.rng.random() < 0.7:
            self.put(self.line, 0, "合计")
            self.put(self.line, min(2, self.width - 1), self.count)
            self.line += 1
        self.line += 1
        for text in self.layout.foot:
            self.across(text, merge=self.rng.random() < 0.5)

    def put(self, line: int, column: int, value: object, look: object = None) -> None:
        """One cell; column counts within the table."""
        column += self.layout.skip_cols
        if isinstance(value, datetime | date):
            self.page.write_datetime(line, column, value, self.day)
        elif value is not None:
            self.page.write(line, column, value, look)

    def across(self, text: str, merge: bool = True) -> None:
        """A line over the whole width."""
        if merge:
            self.page.merge_range(
                self.line, self.layout.skip_cols, self.line, self.layout.skip_cols + self.width - 1, text, self.middle
            )
        else:
            self.put(self.line, 0, text)
        self.line += 1

    def header(self) -> None:
        """One line, or two with groups merged across and single columns merged down."""
        keys, heads, left = self.layout.keys, self.layout.heads, self.layout.skip_cols
        if not self.layout.two_lines:
            for i, key in enumerate(keys):
                self.put(self.line, i, heads[key], self.middle)
            self.line += 1
            return
        i = 0
        while i < len(keys):
            group = GROUPS.get(keys[i])
            end = i
            while group and end + 1 < len(keys) and GROUPS.get(keys[end + 1]) == group:
                end += 1
            if end > i:
                said = {h.partition("（")[2] for k, h in heads.items() if k in keys[i : end + 1]} - {""}
                both = group == "坐标" and len(said) == 1
                self.page.merge_range(
                    self.line, left + i, self.line, left + end, (group or "") + ("（" + said.pop() if both else ""), self.middle
                )
                for k in range(i, end + 1):
                    self.put(self.line + 1, k, heads[keys[k]].partition("（")[0] if both else heads[keys[k]], self.middle)
            else:
                self.page.merge_range(self.line, left + i, self.line + 1, left + i, heads[keys[i]], self.middle)
            i = end + 1
        self.line += 2

    def section(self, row: Row, stray: bool) -> None:
        """A street's name on a line of its own."""
        self.last, self.apart = None, stray
        name = "其他（非本街）" if stray else row.house.line.full
        self.across(self.rng.choice(["{}", "{}：", "【{}】"]).format(name) if not stray else name, merge=self.rng.random() < 0.6)

    def subtotal(self, count: int) -> None:
        """小计 after a street."""
        self.flush()
        self.put(self.line, 0, "小计")
        self.put(self.line, self.layout.keys.index("people"), count)
        self.line += 1

    def row(self, row: Row, stray: bool) -> None:
        """One household; the street cell may be left to a merge or a ditto."""
        self.count += 1
        cells = cells_of(self.world, Style(self.layout.keys, self.layout.done, self.layout.seq), row, self.count, stray)
        self._street(row, cells)
        row.at, row.cells = self.line + 1, {k: v for k, v in cells.items() if v is not None}
        for i, key in enumerate(self.layout.keys):
            if not (key == "street" and "合并街名" in row.marks):
                self.put(self.line, i, cells.get(key), self.struck if row.struck else None)
        if row.hidden:
            self.page.set_row(self.line, None, None, {"hidden": True})
        row.written = " ¦ ".join(f"{v:g}" if v == 0 else str(v) for k in self.layout.keys if (v := cells.get(k)) is not None)
        self.line += 1

    def _street(self, row: Row, cells: dict[str, object]) -> None:
        text = cells.get("street")
        plain = text is not None and row.street == row.house.line.name and row.village is None
        same = (
            plain
            and self.last is not None
            and self.last.house.line is row.house.line
            and self.last.street == row.street
            and self.last.village is None
            and not self.last.nostreet
        )
        if same and self.layout.ditto and self.run == [] and self.rng.random() < 0.5:
            cells["street"] = self.rng.choice(["同上", "〃", "″"])
            row.marks.append("同上")
        elif self.layout.merge_street and plain and not row.struck:
            before = self.run[-1] if self.run else None
            if not (same and before and before[0] == self.line - 1 and self.rng.random() < 0.95):
                self.flush()
                self.run = [(self.line, str(text))]
            else:
                self.run.append((self.line, self.run[0][1]))
                cells["street"] = f"(合并:{self.run[0][1]})"
                row.marks.append("合并街名")
        else:
            self.flush()
        self.last = row

    def flush(self) -> None:
        """Merges the street cells of the run that just ended."""
        if len(self.run) > 1:
            column = self.layout.skip_cols + self.layout.keys.index("street")
            self.page.merge_range(self.run[0][0], column, self.run[-1][0], column, self.run[0][1], self.middle)
        self.run, self.last = [], None
