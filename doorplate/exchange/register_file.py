"""A register of formed addresses as a text table, read in blocks of columns: a million rows in seconds and bounded memory.

What its columns mean is recognised as for any list; here only the reading is made for size. Rows keep their physical number.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import detect
from doorplate.exchange.formats.files import form_of
from doorplate.exchange.formats.text_table import read_text_table, sniff
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.columns import fold
from doorplate.exchange.meaning.recognise import recognise
from doorplate.exchange.table import Crs

ROLES = ("address", "hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit", "floor", "room", "lon", "lat")
COMMUNITY = "community"
_CODE_WORDS = frozenset(
    {"社区代码", "社区编码", "村代码", "村编码", "村社区代码", "村居代码", "区划代码", "行政区划代码", "统计用区划代码"})
_BLOCK_BYTES = 1 << 20  # about 6,000 rows (D)
_SNIFF_LINES = 60
_READ_BYTES = 1 << 20
_RECORD_LINES = Limits().record_lines
_QUOTES = "这一行的引号没有成对, 没有读入, 请核对"
_WIDTH = "这一行的列数和表头不一样, 没有读入, 请核对分隔符和引号"
_BYTES = "这一行有读不出来的字, 没有读入, 请对照原表补上"


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """What was recognised. columns: role (ROLES, "community") → column index; first_row: physical number of the first row
    below the header; fingerprint: SHA-256 of the file's bytes; lines: about how many rows it has."""

    path: Path
    encoding: str
    delimiter: str
    width: int
    first_row: int
    columns: Mapping[str, int]
    crs: Crs
    fingerprint: str
    lines: int


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Rows that could be read, and (row, what is wrong) of those that could not. columns: role → texts without blanks around
    them; blank: empty rows, which are no rows of the register."""

    rows: Sequence[int]
    columns: Mapping[str, list[str]]
    unreadable: list[tuple[int, str]]
    blank: int


def recognise_register(path: Path, limits: Limits = Limits()) -> RegisterFile:  # noqa: B008 - frozen
    """Looks at the first rows. Raises InputError: list.not_found, list.not_a_table, list.encoding, list.too_large … as any
    list; list.not_csv for workbooks and maps; list.no_header; list.no_address_column."""
    if form_of(path) != "text":
        raise InputError("list.not_csv", f"文件 {path.name} 不是 CSV 或文本表格, 成批装入请先另存为 CSV", file=path.name)
    table, _ = read_text_table(path, limits)
    sheet = recognise(table)
    header = sheet.meaning.header
    if header is None:
        raise InputError("list.no_header", f"文件 {path.name} 没有认出表头, 要有“标准地址、经度、纬度”等列名", file=path.name)
    body = sheet.body()
    columns = {role: i for role, i in sheet.roles.items() if role in ROLES}
    codes = [i for i, label in enumerate(header.labels) if (label and fold(label.text) in _CODE_WORDS)
             or (body and _are_codes([row.cell(i) for row in body]))]
    if codes:
        columns = {role: i for role, i in columns.items() if i != codes[0]} | {COMMUNITY: codes[0]}
    if not ({"address", "street", "hamlet"} & columns.keys()):
        raise InputError("list.no_address_column", f"文件 {path.name} 里没有找到标准地址或街路巷的列, 请检查表头", file=path.name)
    encoding = detect(path)
    with path.open(encoding=encoding, errors="replace") as text:
        delimiter = sniff(list(islice(text, _SNIFF_LINES))) or "\t"
    fingerprint, lines = _weigh(path)
    return RegisterFile(path, encoding, delimiter, len(header.labels), sheet.head[header.last].number + 1, columns,
                        sheet.meaning.crs or "wgs84", fingerprint, lines)


def read_blocks(register: RegisterFile, limits: Limits = Limits()) -> Iterator[RowBlock]:  # noqa: B008 - frozen
    """All rows below the header. Raises InputError(list.too_large) for a line beyond all measure."""
    with register.path.open("rb") as file:
        text = _Text(file, register.encoding)
        for _ in range(register.first_row - 1):
            text.readline(limits.line_chars)
        first = register.first_row
        while whole := _whole_lines(text, register.path.name, limits):
            yield _block(whole.removesuffix("\n"), first, register)
            first += whole.count("\n")


class _Text:
    """A text file in large pieces: what open() gives takes three times as long to read. Any line end comes as \\n."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("replace"), translate=True)
        self._rest = ""

    def read(self) -> str:
        """The next piece, a megabyte or what was left by `readline`; empty at the end."""
        piece, self._rest = self._rest, ""
        return piece or self._more()

    def readline(self, size: int) -> str:
        """The rest of a line with its end, or so many characters of it."""
        while "\n" not in self._rest and len(self._rest) < size and (more := self._more()):
            self._rest += more
        end = min(self._rest.find("\n") + 1 or size, size)
        line, self._rest = self._rest[:end], self._rest[end:]
        return line

    def _more(self) -> str:
        while data := self._file.read(_BLOCK_BYTES):
            if text := self._decoder.decode(data):
                return text
        return self._decoder.decode(b"", final=True)


def _whole_lines(text: _Text, file: str, limits: Limits) -> str:
    """Whole lines, and whole records where a quotation goes on over lines (for so long as one may)."""
    block = text.read()
    more = 0
    while block and (block[-1] != "\n" or (block.count('"') & 1 and more < _RECORD_LINES)):
        line = text.readline(limits.line_chars)
        if len(line) >= limits.line_chars:
            raise InputError("list.too_large", f"文件 {file} 有一行太长, 不像地址表", file=file)
        if not line:
            break
        block, more = block + line, more + 1
    return block


def _block(text: str, first: int, register: RegisterFile) -> RowBlock:
    plain = _plain(text, first, register)
    block = plain if plain is not None else _uneven(text.split("\n"), first, register)
    return _readable(block) if "\ufffd" in text else block


def _plain(text: str, first: int, register: RegisterFile) -> RowBlock | None:
    """The usual case, without a list for each row: no quotation marks, all rows of one width. None = it is another."""
    if '"' in text:
        return None
    size, width, delimiter = text.count("\n") + 1, register.width, register.delimiter
    flat = text.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    if len(flat) != size * (width + 1) - 1 or flat[width::width + 1].count("\n") != size - 1:
        return None
    columns = {role: flat[i::width + 1] for role, i in register.columns.items()}
    if len(text.split()) != size:  # there are blanks somewhere
        columns = {role: [cell.strip() for cell in column] for role, column in columns.items()}
    return RowBlock(range(first, first + size), columns, [], 0)


def _uneven(lines: list[str], first: int, register: RegisterFile) -> RowBlock:
    numbers: list[int] = list(range(first, first + len(lines)))
    cells: list[list[str]]
    unreadable: list[tuple[int, str]] = []
    if any('"' in line for line in lines):
        numbers, cells, unreadable = _quoted(lines, first, register)
    else:
        cells = [line.split(register.delimiter) for line in lines]
    numbers, cells, blank = _of_one_width(numbers, cells, register.width, unreadable)
    columns: Sequence[Sequence[str]] = list(zip(*cells, strict=True)) or [()] * register.width
    texts = {role: [text.strip() for text in columns[i]] for role, i in register.columns.items()}
    return RowBlock(numbers, texts, unreadable, blank)


def _quoted(
    lines: list[str], first: int, register: RegisterFile
) -> tuple[list[int], list[list[str]], list[tuple[int, str]]]:
    """Records in quotation marks; one whose marks are out of order costs its own line, not the rest of the file."""
    numbers: list[int] = []
    cells: list[list[str]] = []
    unreadable: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        end, marks = at + 1, lines[at].count('"')
        while marks & 1 and end < min(len(lines), at + _RECORD_LINES):
            marks += lines[end].count('"')
            end += 1
        try:
            record = next(csv.reader(["\n".join(lines[at:end])], delimiter=register.delimiter, strict=True), [])
        except csv.Error:
            unreadable.append((first + at, _QUOTES))
            at += 1
            continue
        numbers.append(first + at)
        cells.append(record)
        at = end
    return numbers, cells, unreadable


def _of_one_width(
    numbers: list[int], cells: list[list[str]], width: int, unreadable: list[tuple[int, str]]
) -> tuple[list[int], list[list[str]], int]:
    """Shorter rows are filled up, empty columns at the end cut off; what else is too wide is unreadable."""
    kept, good, blank = [], [], 0
    for number, row in zip(numbers, cells, strict=True):
        if not any(map(str.strip, row)):
            blank += 1
        elif any(map(str.strip, row[width:])):
            unreadable.append((number, _WIDTH))
        else:
            kept.append(number)
            good.append(row[:width] + [""] * (width - len(row)))
    return kept, good, blank


def _readable(block: RowBlock) -> RowBlock:
    broken = {i for column in block.columns.values() for i, text in enumerate(column) if "\ufffd" in text}
    keep = [i for i in range(len(block.rows)) if i not in broken]
    columns = {role: [column[i] for i in keep] for role, column in block.columns.items()}
    unreadable = block.unreadable + [(block.rows[i], _BYTES) for i in sorted(broken)]
    return RowBlock([block.rows[i] for i in keep], columns, unreadable, block.blank)


def _are_codes(texts: Sequence[str]) -> bool:
    """A column of 12-digit division codes, whatever its header says; a few cells may be wrong."""
    codes = [text for text in texts if len(text) == 12 and text.isascii() and text.isdigit() and "11" <= text[:2] <= "71"]
    return len(codes) > 0.8 * len(texts)


def _weigh(path: Path) -> tuple[str, int]:
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines + 1
