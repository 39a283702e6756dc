"""Where a table's header stands, over how many rows, and which words belong to each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorplate.exchange.meaning.columns import Label, fold, meanings
from doorplate.exchange.meaning.values import plain
from doorplate.exchange.table import RawRow

_SEARCH_ROWS = 40
_LONGEST_WORD = 20


@dataclass(frozen=True, slots=True)
class Header:
    """first, last: positions in the rows searched; labels by column."""

    first: int
    last: int
    labels: tuple[Label | None, ...]
    words: frozenset[str]  # all its words without spaces, to recognise repetitions
    written: frozenset[int]  # columns with a word of their own, not only under a merged one


def find_header(rows: Sequence[RawRow]) -> Header | None:
    """The best header among the first rows: the row with most known header words, and the rows around it that belong
    to it. None when no row speaks like a header."""
    search = rows[:_SEARCH_ROWS]
    scores = [_score(row) for row in search]
    best = max(range(len(scores)), key=lambda i: (scores[i], -i), default=None)
    if best is None or scores[best] < 2.4:
        return None
    first = last = best
    while first > 0 and _is_group_row(search[first - 1], search[first]):
        first -= 1
    while last + 1 < len(search) and last - first < 3 and _is_sub_row(search[last + 1], search[last]):
        last += 1
    return header_at(rows, first, last)


def header_at(rows: Sequence[RawRow], first: int, last: int) -> Header:
    """The header that stands in these rows, whatever its words."""
    block = rows[first : last + 1]
    return Header(
        first,
        last,
        _labels(block),
        frozenset(_squeezed(text) for row in block for text in row.cells if text),
        frozenset(i for row in block for i in row.written()),
    )


def _squeezed(text: str) -> str:
    return "".join(text.split())


def repeats(row: RawRow, header: Header) -> bool:
    """Is this row the header once more (page breaks, pasted blocks)? Its words are the header's, but for a few."""
    columns = row.written()
    if not any(_squeezed(row.cells[i]) in header.words for i in columns[:2]):
        return False
    texts = [_squeezed(row.cells[i]) for i in columns]
    return len(texts) >= min(2, len(header.words)) and sum(text in header.words for text in texts) >= 0.7 * len(texts)


def stands_twice(header: Header) -> bool:
    """Is the whole header written twice side by side: two columns of households on one sheet of paper?"""
    words = [(fold(label.group), fold(label.text)) for i, label in enumerate(header.labels) if label and i in header.written]
    return any(words[:n] == words[n : 2 * n] for n in range(2, len(words) // 2 + 1))


def _score(row: RawRow) -> float:
    texts = [t for t in row.cells if t]
    if not texts:
        return 0
    found = [max(meanings(t).values(), default=0) for t in texts]
    known = [f for f in found if f]
    if (len(known) * 2 < len(texts) and len(known) < 4) or (len(texts) == 1 and found[0] < 2.5):
        return 0
    return sum(known)


def _is_word(text: str) -> bool:
    """Short and without digits, but for the name of a coordinate system: 坐标（WGS84）."""
    return len(plain(text)) <= _LONGEST_WORD and (bool(meanings(text)) or not any(c.isdigit() for c in plain(text)))


def _is_group_row(row: RawRow, below: RawRow) -> bool:
    """Several short words, at least one known, over a row that continues them."""
    texts = [row.cells[i] for i in row.written()]
    if len(set(texts)) < 2 or row.number + 1 != below.number or not all(map(_is_word, texts)):
        return False
    return any(meanings(t) for t in texts) or bool(row.spans)


def _is_sub_row(row: RawRow, above: RawRow) -> bool:
    """Nearly all of its own words are header words, and it is not a line of data."""
    texts = [row.cells[i] for i in row.written()]
    if not texts or row.number != above.number + 1 or not all(map(_is_word, texts)):
        return False
    return sum(bool(meanings(t)) for t in texts) >= 0.6 * len(texts)


def _labels(block: Sequence[RawRow]) -> tuple[Label | None, ...]:
    width = max(len(row.cells) for row in block)
    lines = [_spread(row, width, block[i + 1] if i + 1 < len(block) else None) for i, row in enumerate(block)]
    labels: list[Label | None] = []
    for column in range(width):
        words = list(dict.fromkeys(line[column] for line in lines if line[column]))
        labels.append(Label(words[-1], words[-2] if len(words) > 1 else "") if words else None)
    return tuple(labels)


def _spread(row: RawRow, width: int, below: RawRow | None) -> list[str]:
    """A group word stands over all columns of its merged run; without merged cells, over blanks that have a word below."""
    cells = [row.cell(i) for i in range(width)]
    for first, last in row.spans:
        cells[first : last + 1] = [text or cells[first] for text in cells[first : last + 1]]
    if below is None:
        return cells
    for i in range(1, width):
        if not cells[i] and below.cell(i) and i not in below.filled and cells[i - 1] and below.cell(i - 1):
            cells[i] = cells[i - 1]
    return cells
