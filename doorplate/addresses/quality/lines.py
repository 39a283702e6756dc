"""One line of a list while it is being understood: what it says, and what the other modules find out about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from doorplate.addresses.format import key, thoroughfare_key
from doorplate.addresses.grammar import grammar
from doorplate.addresses.numerals import NUMERAL, to_number
from doorplate.addresses.parse import Parsed, parse
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.text import clean
from doorplate.addresses.vocabulary import Vocabulary
from doorplate.areas.coordinates import Crs
from doorplate.model import Confidence, Elements, Finding, ListRow, Point, RowKind, SourceRef

_STRUCTURED = ("village", "hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit", "floor", "room")
_UNIT_OF = {"hamlet": "组", "lane": "巷", "building": "号楼", "unit": "单元", "floor": "层", "room": "室"}
_BARE = re.compile(f"第?[{NUMERAL}A-Za-z]{{1,6}}")
_NO_DIGIT = re.compile(r"\D")
_MEMBERS = re.compile(f"([{NUMERAL}]{{1,3}})(?:\\.0)?(?:口人|个人|口|人)?")


@dataclass(slots=True)
class Fix:
    """A point as understood: WGS84 degrees; east/north metres in the check's frame; fine = may be used as evidence."""

    lon: float
    lat: float
    east: float = 0.0
    north: float = 0.0
    fine: bool = True


_FIELDS = {"wrong.street": "street", "incomplete.street": "street", "wrong.village": "address", "wrong.grid": "grid",
           "wrong.number": "number", "incomplete.number": "number", "duplicate.number": "number", "disordered": "number",
           "duplicate.household": "head", "omitted": "head", "damaged": "note", "retired": "note"}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a finding says: the message for people, the value as written, what is proposed, how sure that is, the other
    lines involved; field = the column meant, where it is not the one its code always means."""

    message: str
    value: str = ""
    proposal: str = ""
    confidence: Confidence = "sure"
    with_: tuple[SourceRef, ...] = ()
    field: str = ""


@dataclass(slots=True)
class Line:
    """Mutable during one check. `elements` is the best understanding so far, `written` what the line itself says
    (short and old forms resolved, slips not). number/suffix of `elements` are "" where unknown."""

    index: int
    row: ListRow
    parsed: Parsed
    written: Elements
    elements: Elements
    head: str
    members: int | None
    phone: str
    note: str
    kind: RowKind = "household"
    person: bool = True
    fix: Fix | None = None
    crs: Crs = "wgs84"
    grid: int = -1
    household: int = -1
    settled: bool = True  # False: only a person can know the address
    keys: tuple[Elements, str, str] | None = None  # (the elements they are of, way, door)
    correction: str = ""  # of a chat line that says "X, not Y": the number Y
    findings: list[Finding] = field(default_factory=list)

    @property
    def ref(self) -> SourceRef:
        return self.row.ref

    @property
    def sheet(self) -> tuple[str, str | None]:
        return self.row.ref.file, self.row.ref.sheet

    @property
    def list_name(self) -> str:
        return self.row.list_name

    @property
    def way(self) -> str:
        """The key of what the number counts along."""
        keys = self.keys
        return keys[1] if keys is not None and keys[0] is self.elements else self._keys()[1]

    @property
    def door(self) -> str:
        """The key of the address as understood."""
        return self._keys()[2]

    @property
    def number(self) -> int | None:
        return int(self.elements.number) if self.elements.number else None

    def _keys(self) -> tuple[Elements, str, str]:
        if self.keys is None or self.keys[0] is not self.elements:
            self.keys = (self.elements, thoroughfare_key(self.elements), key(self.elements))
        return self.keys

    def codes(self) -> set[str]:
        return {f.code for f in self.findings}

    def find(self, code: str, claim: Claim) -> None:
        """Put a finding on this line, once for each code."""
        if code not in self.codes():
            c, column = claim, claim.field or _FIELDS.get(code, "lon")
            self.findings.append(Finding(self.ref, code, column, c.value, c.message, c.proposal, c.confidence, c.with_))

    def point(self) -> Point | None:
        return Point(self.fix.lon, self.fix.lat) if self.fix else None


def read_line(index: int, row: ListRow, context: CheckContext, vocabulary: Vocabulary) -> Line:
    """A row with its address parsed and its cells made comparable."""
    parsed = parse_row(row, context, vocabulary)
    counted = _MEMBERS.fullmatch(clean(row.cell("members")))
    members = to_number(counted[1]) if counted else None
    phone = _NO_DIGIT.sub("", clean(row.cell("phone")))[-11:]
    head, note = head_name(row.cell("head")), clean(row.cell("note"))
    return Line(index, row, parsed, parsed.elements, parsed.elements, head, members, phone, note)


def parse_row(row: ListRow, context: CheckContext, vocabulary: Vocabulary) -> Parsed:
    """The address of a row, from one cell or from several; the one-cell text wins where both say something."""
    parts = compose(row)
    whole = parse(row.cell("address"), context.division, vocabulary) if row.cell("address") else None
    if not parts:
        return whole or parse("", context.division)
    pieces = parse(parts, context.division, vocabulary)
    return _merge(whole, pieces) if whole else pieces


def compose(row: ListRow) -> str:
    """The structured cells as one text: 组 3 + 街 幸福路 + 号 5 → 3组幸福路5."""
    text = ""
    for role in _STRUCTURED:
        if not (written := row.cells.get(role)):
            continue
        cell = clean(written)
        if role == "street" and cell in grammar().no_street:
            continue
        if not cell or (role == "number" and text and cell.startswith(text)):
            text = cell if cell else text
            continue
        if role == "suffix":
            cell = cell if re.match("[附之-]", cell) else f"附{cell}"
        elif role in _UNIT_OF and _BARE.fullmatch(cell):
            cell += _UNIT_OF[role]
        elif role == "number" and re.fullmatch(r"\d+号楼", cell):
            cell = cell.removesuffix("楼")  # in a column of house numbers nobody means a tower block
        text += cell
    return text


def head_name(text: str) -> str:
    """A name to compare: no blanks, no remark in brackets."""
    return re.sub(r"[(\[【].*?[)\]】]", "", clean(text)) or clean(text).strip("()[]【】")


def _merge(whole: Parsed, pieces: Parsed) -> Parsed:
    told = {"number", "suffix"} if whole.elements.number or whole.no_number else set()  # the address itself has spoken
    blanks = {name: getattr(pieces.elements, name) for name in Elements.__dataclass_fields__
              if name not in told and not getattr(whole.elements, name) and getattr(pieces.elements, name)}
    return replace(whole, elements=replace(whole.elements, **blanks), no_number=whole.no_number or pieces.no_number,
                   mentions=whole.mentions + tuple(m for m in pieces.mentions if m not in whole.mentions))
