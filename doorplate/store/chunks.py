"""Lists short enough for one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_CHUNK = 500  # values in one IN list; SQLite allows 32,766 variables, older builds 999


def in_chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The distinct values, in lists short enough for one statement."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start:start + _CHUNK]
