"""The nouns of the registry, as plain frozen values. No I/O, no clock, no randomness.

Longitude stands before latitude everywhere; points are degrees in WGS84, which equals CGCS2000 (EPSG:4490)
within a few centimetres and is stored as such. Dates are `date`, moments are UTC `datetime`.
**id** = internal uuid (hex text) · **code** = public token in the QR · **number** = painted house number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

Confidence = Literal["sure", "likely", "ask"]
RowKind = Literal["household", "public", "retired", "note"]
Operation = Literal["keep", "correct", "assign", "merge", "replate", "retire"]
AddressStatus = Literal["proposed", "verified", "retired"]
AreaKind = Literal["community", "grid", "group", "beat", "zone"]
PlateStatus = Literal[
    "planned", "printed", "proved", "packed", "issued", "mounted", "checked", "damaged", "lost", "retired", "reissued"
]
JobStatus = Literal["waiting", "running", "merging", "done", "failed", "cancelled"]
BoxStatus = Literal["open", "sealed", "issued", "closed"]


@dataclass(frozen=True, slots=True)
class Point:
    """A position in degrees, WGS84/CGCS2000, lon before lat; accuracy in metres when known."""

    lon: float
    lat: float
    accuracy_m: float | None = None
    source: str = "list"


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division. code: 12 digits, 6 (GB/T 2260) + 3 township + 3 community, zero-filled above its
    level; names from province down, e.g. ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"). `name` is the last of them
    as it is written in an address (营上村, not 营上村委会)."""

    code: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def prefix(self) -> str:
        """What a standard address of this division begins with; placeholders such as 市辖区 are left out."""
        return "".join(n for n in self.names if n not in ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))


@dataclass(frozen=True, slots=True)
class Elements:
    """The parts of one address below its community (GA/T 2000.32-2014 levels). Empty text = not present.

    street 街路巷 · lane 巷/弄 inside a street (幸福路 + 二巷) · hamlet 村民小组 · number 门牌号 as digits ("53") ·
    suffix 附号 as digits ("1") · compound 小区 · building 楼栋 · unit 单元 · floor 层 · room 室.
    """

    hamlet: str = ""
    street: str = ""
    lane: str = ""
    number: str = ""
    suffix: str = ""
    compound: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""

    @property
    def thoroughfare(self) -> str:
        """What is painted above the number: street and lane, else the hamlet or compound."""
        return (self.street + self.lane) or (self.hamlet + self.compound)

    @property
    def painted_number(self) -> str:
        """The number as painted on the plate: "53号", "53号附1号"; empty when there is none."""
        if not self.number:
            return ""
        return f"{self.number}号附{self.suffix}号" if self.suffix else f"{self.number}号"


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a line stands: file = base name, sheet = its name as it stands (None for text files),
    row = physical row counted from 1 as a person sees it."""

    file: str
    sheet: str | None
    row: int

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "sheet": self.sheet, "row": self.row}


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of somebody's list, as read and before it is understood.

    cells: role → text as written (merged cells and 同上 already filled in, numbers as people write them: "3" not "3.0").
    Roles: seq head members resident address village hamlet street lane number suffix phone lon lat position installed
    installed_on note household_no registered_on grid. `position` holds both coordinates in one cell.
    filled: roles whose text was taken over from a merged cell or 同上, not written on this line.
    crs: what the header says the coordinates are, None when it says nothing.
    grid_hint, street_hint: the grid name and streets the sheet's title, name or summary claims for all its lines.
    list_name tells lists apart that claim to be complete: "sheets", "register", "late" (chat, additions), "buildings".
    """

    ref: SourceRef
    cells: Mapping[str, str]
    list_name: str
    crs: Literal["wgs84", "gcj02", "bd09"] | None = None
    grid_hint: str = ""
    street_hint: str = ""
    filled: frozenset[str] = frozenset()
    struck: bool = False
    hidden: bool = False

    def cell(self, role: str) -> str:
        return self.cells.get(role, "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One of the six defects (or a fault of a point) on one line, with evidence, a proposal and how sure we are.

    class_ is the part before the dot, code the whole word ("duplicate.household", "omitted"). `with_` names the other
    lines involved. message says what happened, what it means, what to do — in Chinese, without names or phones.
    """

    ref: SourceRef
    code: str
    field: str
    value: str
    message: str
    proposal: str
    confidence: Confidence
    with_: tuple[SourceRef, ...] = ()

    @property
    def class_(self) -> str:
        return self.code.split(".", 1)[0]

    def as_json(self) -> dict[str, Any]:
        return {
            **self.ref.as_json(),
            "class": self.class_,
            "code": self.code,
            "field": self.field,
            "value": self.value,
            "message": self.message,
            "proposal": self.proposal,
            "confidence": self.confidence,
            "with": [r.as_json() for r in self.with_],
        }


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What one listed line was understood to be. elements/standard_address are None where only a person can know.
    merged_into names the line that stands for the same household, when this one is a duplicate."""

    ref: SourceRef
    kind: RowKind
    elements: Elements | None
    standard_address: str | None
    grid: str | None
    point: Point | None
    operation: Operation
    merged_into: SourceRef | None = None
    certain: bool = False  # nothing on this line waits for a person: it may be verified without one

    def as_json(self) -> dict[str, Any]:
        e = self.elements or Elements()
        return {
            **self.ref.as_json(),
            "kind": self.kind,
            "standard_address": self.standard_address,
            "street": (e.street or e.hamlet or e.compound) or None,
            "lane": e.lane or None,
            "number": e.number or None,
            "suffix": e.suffix or None,
            "grid": self.grid,
            "lon": round(self.point.lon, 7) if self.point else None,
            "lat": round(self.point.lat, 7) if self.point else None,
            "operation": self.operation,
        }


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check gives: the same for the same lists. households: the lines, over all lists, that are one household,
    the line that stands for it first. facts: what was learned and may be shown (numbering rule per street, coordinate
    system per sheet), plain JSON values."""

    findings: tuple[Finding, ...]
    rows: tuple[CheckedRow, ...]
    households: tuple[tuple[SourceRef, ...], ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Community:
    """A community being served: its division and the official contacts that belong to the whole of it."""

    code: str
    names: tuple[str, ...]  # province … community
    prefix: str  # what its standard addresses begin with
    beat: str = ""
    station_name: str = ""
    station_address: str = ""
    station_phone: str = ""
    sample: bool = False  # invented data: every page and paper says so
    version: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon that somebody is responsible for. code: e.g. "610431001203-G01". geometry_wkb: polygon or multipolygon,
    WGS84/CGCS2000. streets: thoroughfares the area is said to hold, used near its edges."""

    id: str
    kind: AreaKind
    code: str
    name: str
    community: str
    geometry_wkb: bytes | None
    streets: tuple[str, ...] = ()
    parent_id: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """One address. standard_address is unique among the living; key is its normal form for matching."""

    id: str
    community: str
    elements: Elements
    standard_address: str
    key: str
    status: AddressStatus
    point: Point | None = None
    grid_id: str | None = None
    aliases: tuple[str, ...] = ()
    place_kind: Literal["household", "public"] = "household"
    name: str = ""  # of a public place (营上村小学); never a resident's
    version: int = 0


@dataclass(frozen=True, slots=True)
class Household:
    """A household, with the least we need: where it is and how many people. Its head's name is sealed (AES-256-GCM);
    head_index is a keyed hash that finds it again. address_id None = a household without a door. merged_into: the
    household it turned out to be; from then on it is no household of its own. tenure: an id of field.toml, "" = not asked.
    needs: services it asked for itself (ids of field.toml). contact_sealed: {"name", "phone"} it agreed to leave, sealed with
    its id, only as long as the consent stands. counted_on: when somebody last counted it at the door."""

    id: str
    community: str
    address_id: str | None
    members: int | None
    head_sealed: bytes | None
    head_index: str
    merged_into: str | None = None
    tenure: str = ""
    needs: tuple[str, ...] = ()
    contact_sealed: bytes | None = None
    counted_on: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Plate:
    """A physical plate for an address. code is given once and never again."""

    id: str
    code: str
    address_id: str
    kind: str
    status: PlateStatus
    version: int = 0


@dataclass(frozen=True, slots=True)
class BatchPlate:
    """One plate of a batch as frozen for the press: everything ink will show, nothing else."""

    code: str
    url: str
    standard_address: str
    street: str  # painted thoroughfare, e.g. 幸福路二巷
    number: str  # painted number, e.g. 53号附1号
    kind: str
    grid: str
    zone: str
    pinyin: str = ""  # of the street, by the spelling rules for place names of 1984
    minority: str = ""  # the street in the local script
    postcode: str = ""

    @property
    def painted(self) -> str:
        return self.street + self.number


@dataclass(frozen=True, slots=True)
class PrintBatch:
    """A frozen snapshot: what is printed, for which base URL, in which design. Plates in walking order.
    selection: what was asked for ("community", "grid:<code>", "codes:<sha256>"), so that a repeated order finds its batch."""

    id: str
    community: str
    selection: str
    design: str
    base_url: str
    frozen_at: datetime
    plates: tuple[BatchPlate, ...]
    status: Literal["frozen", "printed"] = "frozen"
    sample: bool = False  # invented data: the paper says so
    version: int = 0


@dataclass(frozen=True, slots=True)
class JobState:
    """How a print job stands. order: what decides its volumes, as the queue wrote it. done of plates are proven. volumes:
    how many by status. problems: why it failed, one sentence each."""

    id: str
    batch_id: str
    folder: str
    status: JobStatus
    actor: str
    order: Mapping[str, Any]
    problems: tuple[str, ...]
    plates: int
    done: int
    volumes: Mapping[str, int]
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlateBox:
    """A box of plates of one installation zone, in walking order. number: of the batch's boxes, from 1, there are `total`.

    codes never change; slot n holds the n-th. lost, damaged, kept: code → reason: not there when the box was packed, spoilt
    then, or still with the installer after the day's end. installer: who it was issued to, on issued_on."""

    id: str
    batch_id: str
    number: int
    total: int
    zone: str
    codes: tuple[str, ...]
    status: BoxStatus = "open"
    lost: Mapping[str, str] = field(default_factory=dict)
    damaged: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    installer: str = ""
    issued_on: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Staff:
    """An official contact. phone is a duty phone that may be shown in public.

    area_code: a division code cut where it begins to hold (a station's chief: the township's nine digits), a community's or an
    area's. deputy_id: who stands in from absent_from to absent_until (both days included; until None = until told otherwise).
    published: may be shown on pages; household group leaders are not until they agree. photo: SHA-256 of a picture in the media
    vault, "" = none. left_on: the last day of duty, None while on duty."""

    id: str
    name: str
    role: str
    phone: str
    area_code: str
    confirmed_on: date | None = None
    deputy_id: str | None = None
    absent_from: date | None = None
    absent_until: date | None = None
    published: bool = True
    photo: str = ""
    left_on: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """警讯 or 资讯 for an area. area: a division code cut where it begins to hold ("" everywhere, "610431" a county), or a
    grid's code. Shown from valid_from to valid_until, both days included. translations: language → {"title", "body"}."""

    id: str
    area: str
    kind: Literal["warning", "news"]
    title: str
    body: str
    valid_from: date
    valid_until: date
    link: str = ""
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class ServiceItem:
    """Something that can be got done from a door, and how. who: the office that deals with it; where, hours, bring:
    words as they will be read. appointment: True = book first, False = just come, None = not said.
    translations: language ("en") → field name → the same in that language; what is missing stays Chinese."""

    id: str
    title: str
    who: str = ""
    where: str = ""
    hours: str = ""
    bring: tuple[str, ...] = ()
    phone: str = ""
    link: str = ""
    appointment: bool | None = None
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def in_language(self, language: str) -> ServiceItem:
        return replace(self, **self.translations.get(language, {}))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listed line's house is, as far as it was understood: what a settled finding builds on. The number may be
    missing or doubted. grid: an area code, "" where none is known."""

    elements: Elements
    point: Point | None = None
    grid: str = ""


@dataclass(frozen=True, slots=True)
class RecordedFinding:
    """A finding kept in the registry until somebody settles it. blocks: the address may not be verified before that.
    household_id, place: the household of the line it stands on and what was understood of its house."""

    id: str
    community: str
    import_id: str
    finding: Finding
    address_id: str | None = None
    household_id: str | None = None
    place: Place | None = None
    blocks: bool = False
    resolution: Literal["open", "settled", "dismissed"] = "open"
    resolved_reason: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """One act of settling 核对 清理 更正 停用 新编 合并, over one record or many: why, on what evidence, and from which day it
    holds (`effective_on`; the day it was written down is its event's). id is what a person quotes to undo it. Its events
    carry `source`. subjects: ids of the records it changed (addresses, households, findings; act "areas": areas, addresses,
    contacts). undoes: the act it takes back."""

    id: str
    community: str
    act: Literal["accept", "amend", "dismiss", "operate", "areas", "undo"]
    reason: str
    evidence: str
    effective_on: date
    subjects: tuple[str, ...]
    undoes: str | None = None
    version: int = 0

    @property
    def source(self) -> str:
        return f"settlement:{self.id}"


@dataclass(frozen=True, slots=True)
class ListImport:
    """One import of lists. fingerprint: SHA-256 over the files' bytes, the community and the areas; the same is never
    imported twice. counts: lines, addresses, households, findings by code. digest: of a register loaded in bulk, SHA-256
    over its addresses as they came in, which then have no events of their own; community: the first one it names."""

    id: str
    community: str
    fingerprint: str
    files: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """What changed, once: `verb` is `subject.verb` (address.verified). before/after hold the changed fields only."""

    verb: str
    subject_id: str
    actor: str
    at: datetime
    reason: str = ""
    source: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it stands in the trail: its place (seq counts from 1 without a gap), the version its record had
    afterwards, and the hash that ties it to the one before it."""

    seq: int
    event: Event
    version: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verifying the trail found. first_bad_seq: the first event that does not fit, None when all do."""

    events: int
    ok: bool
    first_bad_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the trail stood at a moment: its last event's seq and hash (0 and zeros = no event yet). Kept away from the
    registry, it shows later that nothing up to there was cut off or rewritten."""

    seq: int
    hash: str
    at: datetime
