"""The mapping file: how each table is to be read, as TOML that a clerk edits. It overrules what was recognised.

    [[table]]
    file = "核对表.xlsx"
    sheet = "第一网格"        # left out for text and map files
    read = "list"            # auto, list, chat, ignore
    header = [3, 4]          # rows of the header as seen in the spreadsheet; [] = no header
    list = "sheets"          # sheets, register, late, buildings
    crs = "gcj02"            # wgs84, gcj02, bd09; none = the list does not say
    grid = "1"
    street = "幸福路"
    [table.columns]
    head = "B"               # a column's letter, or its header's words
    note = ["J", "K"]

What is left out is recognised as always.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doorplate.errors import InputError
from doorplate.exchange.meaning.known import Known
from doorplate.exchange.table import ReadResult, SheetReport, column_letter
from doorplate.exchange.whole_file import whole_file

Role = Literal[
    "seq", "head", "members", "resident", "address", "village", "hamlet", "street", "lane", "number", "suffix", "compound",
    "building", "unit", "floor", "room", "phone", "lon", "lat", "position", "installed", "installed_on", "note",
    "household_no", "registered_on", "grid", "relation",
]  # fmt: skip
_Row = Annotated[int, Field(ge=1)]
_LARGEST = 1 << 20  # bytes of a mapping file (D)
_WORDS = {
    "list": "名单", "instructions": "填表说明", "summary": "汇总", "contacts": "通讯录", "areas": "边界", "empty": "空表",
    "unknown": "没有认出", "ignored": "不读",
}  # fmt: skip
_HEAD = """\
# 读表说明: 程序认出的读法。改好后用 --mapping 交回来; 删掉的行照旧自动认。
# read: auto 自动认, list 名单, chat 聊天接龙, ignore 不读    header: 表头在第几行, [] 表示没有表头
# list: sheets 登记表, register 户籍册, late 补报, buildings 房屋图    crs: wgs84, gcj02 (高德、腾讯), bd09 (百度), none 没写明
# columns: 意思 = 列的字母或表头文字, 例如 head = "B" 或 head = "户主姓名"
"""


class TableMapping(BaseModel):
    """One table of the file; None = to be recognised."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    file: str
    sheet: str | None = None
    read: Literal["auto", "list", "chat", "ignore"] = "auto"
    header: list[_Row] | None = Field(default=None, max_length=4)
    list_name: Literal["sheets", "register", "late", "buildings"] | None = Field(default=None, alias="list")
    crs: Literal["wgs84", "gcj02", "bd09", "none"] | None = None
    grid: str | None = None
    street: str | None = None
    columns: dict[Role, str | list[str]] | None = None

    def known(self) -> Known:
        """What `recognise` need not find out."""
        columns: dict[str, tuple[str, ...]] = {
            role: (at,) if isinstance(at, str) else tuple(at) for role, at in (self.columns or {}).items()
        }
        is_list = self.read == "list" or bool(columns)
        return Known(
            crs=None if self.crs is None or self.crs == "none" else self.crs,
            list_name=self.list_name or "",
            kind="ignored" if self.read == "ignore" else "list" if is_list else None,
            header=None if self.header is None else tuple(sorted(self.header)),
            columns=columns or None,
            says_no_crs=self.crs == "none",
            grid=self.grid,
            street=self.street,
        )


class ListMapping(BaseModel):
    """All tables of a mapping file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    table: list[TableMapping] = []

    def of(self, file: str, sheet: str | None) -> TableMapping | None:
        """The entry for a table, None when it has none."""
        return next((t for t in self.table if t.file == file and t.sheet == sheet), None)

    def require(self, files: Iterable[str]) -> None:
        """Raises InputError(mapping.no_such_file) for an entry about a file that was not given."""
        given = set(files)
        for entry in self.table:
            if entry.file not in given:
                raise InputError(
                    "mapping.no_such_file",
                    f"读表说明里写了文件 {entry.file}, 这次没有给这个文件; 请核对文件名, 或删去这一段",
                    file=entry.file,
                )


def read_mapping(path: Path) -> ListMapping:
    """Raises InputError with codes mapping.not_found, mapping.not_toml, mapping.invalid."""
    if not path.is_file():
        raise InputError("mapping.not_found", f"找不到读表说明 {path.name}, 请检查文件名和所在的文件夹", file=path.name)
    try:
        raw = path.read_bytes()[:_LARGEST].decode("utf-8-sig")
        return ListMapping.model_validate(tomllib.loads(raw))
    except UnicodeDecodeError as exc:
        raise InputError("mapping.not_toml", f"读表说明 {path.name} 不是 UTF-8 文字, 请另存为 UTF-8", file=path.name) from exc
    except tomllib.TOMLDecodeError as exc:
        message = f"读表说明 {path.name} 写法不对 ({exc}), 请对照 --mapping-out 写出的样子改"
        raise InputError("mapping.not_toml", message, file=path.name) from exc
    except ValidationError as exc:
        raise InputError("mapping.invalid", f"读表说明 {path.name} {_fault(exc)}", file=path.name) from exc


def _fault(exc: ValidationError) -> str:
    """The first fault in words: which table, which key, what is allowed."""
    fault = exc.errors()[0]
    where = [p for p in fault["loc"] if p not in ("table", "str", "list[str]", "[key]")]
    table = f"第 {where[0] + 1} 张表" if where and isinstance(where[0], int) else "开头"
    key = ".".join(p for p in where if isinstance(p, str))
    given = fault["input"] if isinstance(fault["input"], str | int | float) else ""
    allowed = str(fault.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    if fault["type"] == "extra_forbidden":
        return f"{table}里没有 {key} 这一项, 请删去或改正"
    if fault["type"] == "missing":
        return f"{table}缺少 {key}, 请补上"
    return f"{table}的 {key} 不能写“{given}”" + (f", 只能写 {allowed}" if allowed else ", 请对照 --mapping-out 写出的样子改")


def write_mapping(path: Path, read: ReadResult) -> None:
    """What was recognised, as a mapping file; read with it, the same files give the same rows."""
    with whole_file(path) as draft:
        draft.write_text(_HEAD + "".join("\n" + "\n".join(_entry(s)) + "\n" for s in _tables(read)), "utf-8", newline="\n")


def _tables(read: ReadResult) -> Iterator[SheetReport]:
    """One report a table; a layer or sheet that stands twice cannot be told apart and is left to be recognised."""
    seen: set[tuple[str, str | None]] = set()
    for sheet in read.sheets:
        if (sheet.file, sheet.sheet) not in seen:
            seen.add((sheet.file, sheet.sheet))
            yield sheet


def _entry(sheet: SheetReport) -> Iterator[str]:
    yield f"[[table]]    # 认作: {_WORDS[sheet.kind]}, 读入 {sheet.rows_read} 行"
    yield f"file = {_quoted(sheet.file)}"
    if sheet.sheet is not None:
        yield f"sheet = {_quoted(sheet.sheet)}"
    if sheet.kind != "list":
        yield f'read = "{"ignore" if sheet.kind == "ignored" else "auto"}"'
        return
    yield f'read = "{"list" if sheet.places else "chat"}"'
    if sheet.places:
        yield from _reading(sheet)


def _reading(sheet: SheetReport) -> Iterator[str]:
    if not sheet.from_map:
        yield f"header = {list(sheet.header_rows)}"
    yield f'list = "{sheet.list_name}"'
    if not sheet.from_map:
        yield f'crs = "{sheet.crs or "none"}"'
    yield f"grid = {_quoted(sheet.grid_hint)}"
    yield f"street = {_quoted(sheet.street_hint)}"
    yield "[table.columns]"
    for role, columns in sorted(sheet.places.items(), key=lambda place: place[1]):
        letters = [column_letter(i) for i in columns]
        words = " ".join(sheet.columns.get(role, "").split())
        yield f"{role} = {_quoted(letters[0] if len(letters) == 1 else letters)}" + (f"    # {words}" if words else "")


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
