"""CSV, TSV and their cousins as a stream of RawRow: bounded memory, physical line numbers, broken quotes survived."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.workbook import refuse
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.values import cut, to_text
from doorplate.exchange.table import RawRow, RawTable

DELIMITERS = (",", "\t", ";", "|", "，", "^")
_SNIFF_LINES = 60
_SNIFF_CHARS = 20_000
_QUOTES = "这一行的引号没有成对, 已按普通文字读入, 请核对这一行各列"
_BYTES = "这一行有读不出来的字, 已用“�”代替, 请对照原表补上"


def sniff(lines: Sequence[str]) -> str | None:
    """The delimiter under which most of the lines have the same number (≥ 2) of fields; None when there is none."""
    best, most = None, 0.0
    for delimiter in DELIMITERS:
        widths = Counter(len(_split(line, delimiter)) for line in lines if line.strip())
        widths.pop(1, None)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        weight = count + min(width, 20) / 100
        if count * 2 > sum(1 for line in lines if line.strip()) * 0.8 and weight > most:
            best, most = delimiter, weight
    return best


def read_text_table(path: Path, limits: Limits) -> tuple[RawTable, bool]:
    """The file as a table, and whether its lines fall into columns at all (else each line is one cell).
    Raises InputError list.too_large, .too_wide, .encoding, .not_a_table."""
    if path.stat().st_size > limits.text_bytes:
        raise refuse("list.too_large", path.name)
    head = [line[:_SNIFF_CHARS] for line in islice(_lines(path, limits), _SNIFF_LINES)]
    delimiter = sniff(head)
    return RawTable(path.name, None, _rows(path, delimiter or "\n", limits)), delimiter is not None


def _lines(path: Path, limits: Limits) -> Iterator[str]:
    for line in decode_lines(path, limits.line_chars):
        if len(line) >= limits.line_chars:
            raise refuse("list.too_large", path.name)
        yield line


def _rows(path: Path, delimiter: str, limits: Limits) -> Iterator[RawRow]:
    for lines in _records(_lines(path, limits), limits.record_lines):
        for number, cells, torn in _parse(lines, delimiter):
            if len(cells) > limits.columns:
                raise InputError(
                    "list.too_wide",
                    f"文件 {path.name} 第 {number} 行有 {len(cells)} 列, 超过 {limits.columns} 列, 不像地址表, 请检查分隔符",
                    file=path.name,
                    row=number,
                )
            texts = [to_text(c.replace("\0", "")) for c in cells]
            if any(texts):
                broken = any("\ufffd" in t for t in texts)
                trouble = cut(texts, limits.cell_chars) or (_QUOTES if torn else _BYTES if broken else "")
                yield RawRow(number, tuple(texts), trouble=trouble)


def _records(lines: Iterator[str], most_lines: int) -> Iterator[list[tuple[int, str]]]:
    """Physical lines that belong together: joined while a quotation is open, but never for long, so that one forgotten
    quotation mark does not swallow the rest of the file."""
    waiting: list[tuple[int, str]] = []
    is_open = False
    for number, line in enumerate(lines, 1):
        waiting.append((number, line))
        is_open ^= bool(line.count('"') & 1)
        if not is_open:
            yield waiting
            waiting = []
        elif len(waiting) > most_lines:
            yield from ([w] for w in waiting)
            waiting, is_open = [], False
    yield from ([w] for w in waiting)


def _parse(lines: list[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """(line number, fields, quotation marks out of order?) of each record; broken quotations are read line by line."""
    number, text = lines[0]
    if len(lines) == 1 and '"' not in text:
        yield number, _split(text, delimiter), False
        return
    try:
        yield number, next(csv.reader(["".join(t for _, t in lines)], delimiter=delimiter, strict=True), []), False
    except csv.Error:
        for number, text in lines:
            yield number, _split(text.replace('"', ""), delimiter), '"' in text


def _split(record: str, delimiter: str) -> list[str]:
    return record.rstrip("\r\n").split(delimiter)
