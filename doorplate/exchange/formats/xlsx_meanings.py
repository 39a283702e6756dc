"""What cells found by `xlsx_cells` say: shared strings from the table, and the odd ones as calamine reads them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np

from doorplate.exchange.formats.xlsx_cells import Cells, Flags, Ints, NotPlain
from doorplate.exchange.formats.xlsx_marks import struck_styles
from doorplate.exchange.formats.xlsx_shell import Shell
from doorplate.exchange.formats.xlsx_strings import Strings, shown
from doorplate.exchange.meaning.values import cut, to_text

_ROUGH = re.compile(rb"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?")
_STYLE = re.compile(rb"""[^<>]*\ss=["']([0-9]{1,5})["']""")
_STRAY = (b"<!", b"<?", b"</row")  # what would not end with the cell
_MOST_STYLES = 100_000
_MOST_KNOWN = 200_000  # odd cells remembered


class Meanings:
    """For one workbook. most: characters of a cell before it is cut."""

    def __init__(self, shell: Shell, strings: Strings, most: int) -> None:
        self._shell, self._strings, self._most = shell, strings, most
        self._long = np.array(list(strings.long), dtype=np.int64)
        self._dates = np.full(_MOST_STYLES + 1, -1, np.int8)  # by style: -1 not yet asked; the last one: no style
        self._dates[-1] = 0
        self._known: dict[bytes, str] = {}
        try:
            self._struck = np.array(sorted(map(int, struck_styles(shell.styles))), dtype=np.int64)
        except ET.ParseError as exc:
            raise NotPlain("styles") from exc

    def is_date(self, styles: Ints) -> Flags:
        """Which styles show a number as a date, time or span of time (-1: no style)."""
        answer = self._dates[styles]
        if len(styles) and answer.min() < 0:
            new = np.unique(styles[answer < 0])
            values = self._shell.values([b'" s="%d"><v>1.5</v></c>' % style for style in new.tolist()])
            self._dates[new] = [not isinstance(value, float) for value in values]
            answer = self._dates[styles]
        return answer.astype(np.bool_)

    def not_blank(self, cells: Cells) -> tuple[Ints, Ints]:
        """The cells with shared strings that say something, and which strings."""
        if len(cells.strings) and cells.strings.max() >= len(self._strings.blank):
            raise NotPlain("string")
        says = ~self._strings.blank[cells.strings]
        return cells.shared[says], cells.strings[says]

    def asked(self, cells: Cells, text: bytes) -> tuple[Ints, list[str]]:
        """The rough and odd cells that say something, and what."""
        if not len(cells.rough) and not len(cells.odd):
            return cells.odd, []
        rough = [text[a:b] for a, b in zip(cells.begin[cells.rough].tolist(), cells.end[cells.rough].tolist(), strict=True)]
        is_number = np.fromiter((bool(_ROUGH.fullmatch(raw)) for raw in rough), np.bool_, len(rough))
        said = [to_text(float(raw)) for raw, good in zip(rough, is_number.tolist(), strict=True) if good]
        odd = np.concatenate((cells.rough[~is_number], cells.odd))
        raws = [text[a:b] for a, b in zip(cells.quote[odd].tolist(), cells.stop[odd].tolist(), strict=True)]
        said += self._ask(raws)
        says = np.fromiter(map(bool, said), np.bool_, len(said))
        return np.concatenate((cells.rough[is_number], odd))[says], [one for one in said if one]

    def _ask(self, raws: list[bytes]) -> list[str]:
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        new = [raw for raw in dict.fromkeys(raws) if raw not in self._known]
        if any(stray in raw for raw in new for stray in _STRAY):
            raise NotPlain("cell")
        if new:
            self._known.update(zip(new, map(shown, self._shell.values(new)), strict=True))
        return [self._known[raw] for raw in raws]

    def struck(self, cells: Cells, text: bytes) -> list[tuple[int, int]]:
        """The struck-through cells: (row from 1, column from 0)."""
        if not len(self._struck):
            return []
        style = cells.style.copy()
        for cell in cells.odd[style[cells.odd] < 0].tolist():
            match = _STYLE.match(text, cells.quote[cell], cells.stop[cell])
            style[cell] = int(match[1]) if match else -1
        found = np.flatnonzero(np.isin(style, self._struck))
        return list(zip(cells.numbers[cells.row[found]].tolist(), cells.column[found].tolist(), strict=True))

    def cut(self, cells: Cells, strings: tuple[Ints, Ints], others: tuple[Ints, list[str]]) -> dict[int, str]:
        """Cut over-long texts of `others` in place; row → what to tell about the over-long cells in it."""
        long = np.flatnonzero(np.isin(strings[1], self._long)) if len(self._long) else self._long
        hits = zip(strings[0][long].tolist(), strings[1][long].tolist(), strict=True)
        found = [(cell, self._strings.long[string]) for cell, string in hits]
        texts = others[1]
        for place, text in enumerate(texts):
            if len(text) > self._most:
                found.append((int(others[0][place]), text))
                texts[place] = text[: self._most]
        longest: dict[int, str] = {}
        for cell, text in found:
            row = int(cells.numbers[cells.row[cell]])
            longest[row] = max(longest.get(row, ""), text, key=len)
        return {row: cut([text], self._most) for row, text in longest.items()}
