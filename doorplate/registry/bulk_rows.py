"""From the rows of a register file to addresses and findings, a block at a time; writes nothing.

What a row is refused for: no readable address down to the door, a community nobody knows, another community named in the
text, an address that stands on an earlier row or is retired. A doubted point is kept without its row being refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import compress, pairwise

import numpy as np

from doorplate.addresses.format import address_key, standard_address
from doorplate.addresses.formed import Formed, FormedReader
from doorplate.addresses.operations import is_complete
from doorplate.addresses.parse import Parsed, parse
from doorplate.areas.divisions import lookup
from doorplate.errors import InputError
from doorplate.exchange.register_file import COMMUNITY, RegisterFile, RowBlock
from doorplate.model import Division, Elements, Finding, Place, Point, RecordedFinding, SourceRef
from doorplate.registry.bulk_points import Grids, PointReader, Points, RowFault
from doorplate.registry.bulk_repeats import SAME_PLACE_M, Repeats
from doorplate.store.address_block import AddressBlock, address_id, alias_json

_LONGEST = 120  # characters of an address (D)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_RUN = 20  # rows of one community after the other from which on they are taken together (D)
_PARTS = ("hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit", "floor", "room")
_BEFORE = _PARTS.index("number")
_WORDS = {"number": "号", "suffix": "号", "building": "号楼", "unit": "单元", "floor": "层", "room": "室"}


@dataclass(frozen=True, slots=True)
class Registered:
    """What a block came to. rows: how many it had, blank ones not counted; known: addresses the register has already."""

    block: AddressBlock
    findings: list[RecordedFinding]
    rows: int
    known: int


@dataclass
class _Work:
    """A block under way: what is known of each row. A row is refused when its formed is None."""

    rows: Sequence[int]
    texts: list[str]
    codes: Sequence[str]
    formed: list[Formed | None]
    aliases: dict[int, str] = field(default_factory=dict)
    findings: list[RecordedFinding] = field(default_factory=list)
    known: int = 0


class RowReader:
    """Reads all blocks of one file, in order. community: of all rows, None = a column says it.
    main: the community among whose findings those of no known community are."""

    def __init__(
        self, file: RegisterFile, community: str | None, grids: Grids, import_id: str, new_id: Callable[[], str]
    ) -> None:
        self.divisions: dict[str, Division] = {}
        self.repeats = Repeats()
        self.main = community or ""
        self._file, self._community, self._import_id = file, community, import_id
        self._new_id = new_id
        self._grid_ids = np.array([*grids.ids, None], dtype=object)  # the last one is for area -1
        self._points = PointReader(grids.index, file.crs, file.path.name)
        self._readers: dict[str, FormedReader | None] = {}

    def communities_in(self, block: RowBlock) -> set[str]:
        """The known communities of a block."""
        return {code for code in set(self._codes(block)) if self._reader(code) is not None}

    def read(self, block: RowBlock) -> Registered:
        """Raises InputError(list.nothing_to_load) where the first block names no known community, list.points_elsewhere."""
        codes = self._codes(block)
        self._require_main(codes)
        work = _Work(block.rows, self._texts(block), codes, [None] * len(block.rows))
        blank = self._lay_aside(work, block)
        self._form(work)
        empty = [""] * len(block.rows)
        points = self._points.read(block.columns.get("lon", empty), block.columns.get("lat", empty), codes)
        self._refuse_repeats(work, points)
        for fault in points.faults:
            if work.formed[fault.i] is not None:
                self._tell(work, fault)
        for row, why in block.unreadable:
            finding = Finding(SourceRef(self._file.path.name, None, row), "incomplete.unreadable", "", "", why, "", "ask")
            self._keep(work, finding, self.main, None)
        rows = len(block.rows) + len(block.unreadable) - blank
        return Registered(self._brought(work, points), work.findings, rows, work.known)

    def _codes(self, block: RowBlock) -> Sequence[str]:
        return [self._community] * len(block.rows) if self._community else block.columns[COMMUNITY]

    def _require_main(self, codes: Sequence[str]) -> None:
        if not self.main:
            self.main = next((code for code in dict.fromkeys(codes) if self._reader(code) is not None), "")
            if not self.main:
                name = self._file.path.name
                raise InputError("list.nothing_to_load", f"文件 {name} 里的社区代码一个也不认识, 请核对代码列", file=name)

    def _texts(self, block: RowBlock) -> list[str]:
        """The addresses as written, or put together from their parts."""
        if "address" in block.columns:
            return list(block.columns["address"])
        parts = [[_part(text, name) for text in block.columns[name]] for name in _PARTS if name in block.columns]
        return ["".join(row) for row in zip(*parts, strict=True)]

    def _lay_aside(self, work: _Work, block: RowBlock) -> int:
        """Rows that cannot be addresses at all are told and emptied; gives the number of wholly blank ones."""
        blank = 0
        if all(work.texts) and max(map(len, work.texts), default=0) <= _LONGEST and not _has_control("".join(work.texts)):
            return 0
        for i, text in enumerate(work.texts):
            if not text and not any(column[i] for column in block.columns.values()):
                blank += 1
            elif not text:
                self._tell(work, RowFault(i, "incomplete.street", "address", "", "没有写地址, 没有装入"))
            elif len(text) > _LONGEST or _CONTROL.search(text):
                shown = _CONTROL.sub(" ", text[:_LONGEST])
                why = "地址太长或夹有看不见的控制字符, 没有装入"
                self._tell(work, RowFault(i, "incomplete.unreadable", "address", shown, why))
                work.texts[i] = ""
        return blank

    def _form(self, work: _Work) -> None:
        """Takes every text apart, community by community."""
        for code, which in _groups(work.codes):
            reader = self._reader(code)
            run = isinstance(which, range)
            texts = work.texts[which[0]:which[-1] + 1] if run else [work.texts[i] for i in which]
            formed: Sequence[Formed | None] = reader.read(texts) if reader else [None] * len(texts)
            if run:
                work.formed[which[0]:which[-1] + 1] = formed
            else:
                for i, found in zip(which, formed, strict=True):
                    work.formed[i] = found
            for i in compress(which, [found is None for found in formed]):
                if work.texts[i]:
                    work.formed[i] = self._by_parse(work, i, code)

    def _by_parse(self, work: _Work, i: int, code: str) -> Formed | None:
        """What is not in the standard form, or in one that only `parse` knows; told where it cannot be an address."""
        text, division = work.texts[i], self.divisions.get(code)
        if division is None:
            self._tell(work, RowFault(i, "wrong.village", "community", code, "没有这个社区代码, 没有装入"))
            return None
        parsed = parse(text, division)
        fault = _fault(parsed, division)
        if fault:
            self._tell(work, RowFault(i, fault[0], "address", text, fault[1]))
            return None
        formal = standard_address(division, parsed.elements)
        if text not in (formal, formal.removeprefix(division.prefix)):
            work.aliases[i] = text
        work.texts[i] = formal
        values = tuple(getattr(parsed.elements, name) for name in _PARTS)
        return values[:_BEFORE], values[_BEFORE], values[_BEFORE + 1:], address_key(code, parsed.elements)

    def _refuse_repeats(self, work: _Work, points: Points) -> None:
        for i, what, first in self.repeats.find(work.rows, work.formed, points.lon, points.lat):
            before, number, after, _ = _formed(work, i)
            elements, text, row = Elements(*[*before, number, *after]), work.texts[i], work.rows[i]
            work.formed[i] = None
            work.aliases.pop(i, None)
            if what == "known":
                work.known += 1
                continue
            if what == "retired":
                self._tell(work, RowFault(i, "retired", "address", text, "登记簿里这个地址已停用, 没有装入"))
                continue
            point = Point(float(points.lon[i]), float(points.lat[i])) if np.isfinite(points.lon[i]) else None
            where = f"和第 {first} 行是同一个地址"
            message = (f"{where}, 只装入了前面那一行" if what == "household"
                       else f"{where}, 但坐标相距 {SAME_PLACE_M:.0f} 米以上: 可能是两户同号, 只装入了前面那一行, 请到现场核对")
            finding = Finding(SourceRef(self._file.path.name, None, row), f"duplicate.{what}", "address", text, message, "",
                              "likely" if what == "household" else "ask", (SourceRef(self._file.path.name, None, first),))
            self._keep(work, finding, work.codes[i], address_id(self._import_id, first), Place(elements, point))

    def _tell(self, work: _Work, fault: RowFault) -> None:
        row, code = work.rows[fault.i], work.codes[fault.i]
        finding = Finding(SourceRef(self._file.path.name, None, row), fault.code, fault.field, fault.value, fault.message,
                          fault.proposal, fault.confidence)
        address = address_id(self._import_id, row) if work.formed[fault.i] is not None else None
        self._keep(work, finding, code if code in self.divisions else self.main, address)

    def _keep(self, work: _Work, finding: Finding, community: str, address: str | None, place: Place | None = None) -> None:
        work.findings.append(RecordedFinding(
            id=self._new_id(), community=community, import_id=self._import_id, finding=finding,
            address_id=address, place=place, blocks=finding.confidence != "sure"))

    def _reader(self, code: str) -> FormedReader | None:
        """None for a code that is no community's."""
        if code not in self._readers:
            self._readers[code] = None
            if not code.endswith("000"):
                with suppress(InputError):
                    self.divisions[code] = lookup(code)
                    self._readers[code] = FormedReader(self.divisions[code])
        return self._readers[code]

    def _brought(self, work: _Work, points: Points) -> AddressBlock:
        """The rows that were not refused."""
        formed = [one for one in work.formed if one is not None]
        keep = [one is not None for one in work.formed]
        chosen = np.array(keep, dtype=bool)
        codes = list(compress(work.codes, keep))
        before, number, after, key = zip(*formed, strict=True) if formed else ((), (), (), ())
        aliases = ["[]"] * len(keep)
        for i, alias in work.aliases.items():
            aliases[i] = alias_json((alias,))
        return AddressBlock(
            rows=list(compress(work.rows, keep)), community=codes, before=before, number=number, after=after,
            standard_address=self._whole(list(compress(work.texts, keep)), codes), key=key,
            lon=points.lon[chosen], lat=points.lat[chosen], aliases=list(compress(aliases, keep)) if work.aliases else (),
            grid_id=self._grid_ids[points.area[chosen]].tolist() if self._points.covered else ())

    def _whole(self, texts: list[str], codes: list[str]) -> list[str]:
        """With the division's prefix where it was left out."""
        for code, which in _groups(codes):
            prefix = self.divisions[code].prefix
            for i in [i for i in which if not texts[i].startswith(prefix)]:
                texts[i] = prefix + texts[i]
        return texts


def _formed(work: _Work, i: int) -> Formed:
    found = work.formed[i]
    if found is None:
        raise ValueError(f"row {work.rows[i]} has no address")
    return found


def _has_control(text: str) -> bool:
    return not text.isprintable() and _CONTROL.search(text) is not None  # the first is quick and nearly always enough


def _fault(parsed: Parsed, division: Division) -> tuple[str, str] | None:
    """Finding code and message for a text that leads to no door of this community."""
    if any(not mention.own for mention in parsed.mentions):
        return "wrong.village", f"地址写的不是{division.name}, 没有装入"
    if parsed.leftovers:
        return "incomplete.unreadable", "地址有看不懂的字, 没有装入"
    if not is_complete(parsed.elements):
        return f"incomplete.{'number' if parsed.elements.thoroughfare else 'street'}", "地址没有写到门牌号, 没有装入"
    return None


def _groups(codes: Sequence[str]) -> Iterator[tuple[str, range | list[int]]]:
    """Each code with the positions it stands at: run by run, where they are long; else all of a code together."""
    each = np.array(codes, dtype=object)
    ends = [*(np.flatnonzero(each[1:] != each[:-1]) + 1).tolist(), len(codes)]
    if len(ends) * _RUN <= len(codes):
        for start, end in pairwise([0, *ends]):
            yield codes[start], range(start, end)
        return
    at: dict[str, list[int]] = {}
    for i, code in enumerate(codes):
        at.setdefault(code, []).append(i)
    yield from at.items()


def _part(text: str, name: str) -> str:
    """One cell as a part of an address: 53 → 53号, a suffix 1 → 附1号, a room 501 → 501室."""
    if not text:
        return ""
    word = _WORDS.get(name, "")
    whole = text if not word or text.endswith(word[-1]) else text + word
    return f"附{whole.removeprefix('附')}" if name == "suffix" else whole
