"""One read transaction: every question the registry asks, answered in nouns of the model.

Lists come as tuples in order of entry (the order of the imported list); `each_address` and `each_event` stream, for more
rows than memory should hold. What does not exist is None, never an error. Ids and texts may be given in any number.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal, TypeVar

from pyproj import Geod
from sqlalchemy import Column, ColumnElement, Connection, Select, exists, func, or_, select, type_coerce, union_all
from sqlalchemy.dialects.postgresql import JSONB

from doorplate.model import (
    Address,
    AddressStatus,
    Area,
    AreaKind,
    BatchPlate,
    ChainReport,
    Community,
    Household,
    ListImport,
    Plate,
    PlateBox,
    PlateStatus,
    Point,
    PrintBatch,
    RecordedEvent,
    RecordedFinding,
    Settlement,
    Staff,
)
from doorplate.store import chain, loaded, public_pages
from doorplate.store.account_reader import AccountQueries
from doorplate.store.audit_reader import AuditQueries
from doorplate.store.case_reader import CaseQueries
from doorplate.store.chunks import in_chunks
from doorplate.store.field_reader import FieldQueries
from doorplate.store.geometry import bbox, window
from doorplate.store.overview_reader import OverviewQueries
from doorplate.store.pack_reader import PackQueries
from doorplate.store.people_reader import PeopleQueries
from doorplate.store.records import KINDS, batch_plate_from_row
from doorplate.store.register_reader import RegisterQueries
from doorplate.store.review_reader import ReviewQueries
from doorplate.store.tables import (
    ADDRESS,
    AREA,
    BATCH_PLATE,
    COMMUNITY,
    EVENT,
    FINDING,
    HAS_ALIASES,
    HOUSEHOLD,
    LIST_IMPORT,
    PLATE,
    PLATE_BOX,
    PRINT_BATCH,
    SETTLEMENT,
    STAFF,
)
from doorplate.store.visit_reader import VisitQueries

T = TypeVar("T")
Condition = ColumnElement[bool]
Resolution = Literal["open", "settled", "dismissed"]

_BLOCK = 2_000  # rows fetched at a time while streaming
_SPARE = 10  # more candidates than asked for: the order by flat distance may differ in the last places
_ELLIPSOID = Geod(ellps="GRS80")  # CGCS2000; distances on EPSG:4490 itself would be degrees


class Reader(CaseQueries, PeopleQueries, AccountQueries, FieldQueries, ReviewQueries, VisitQueries, PackQueries,
             RegisterQueries, AuditQueries, OverviewQueries):
    """Made by `Store.reading()`; not for keeping beyond its block."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def community(self, code: str) -> Community | None:
        return self._one(Community, COMMUNITY.c.code == code)

    def communities(self) -> tuple[Community, ...]:
        return self._all(Community)

    def area(self, area_id: str) -> Area | None:
        return self._one(Area, AREA.c.id == area_id)

    def areas(self, community: str, kind: AreaKind | None = None, *, on: date | None = None,
              ended: bool = False) -> tuple[Area, ...]:
        """Those in force: without an end. on: those that were on that day (an end is the first day it no longer holds);
        ended: also all that have ended."""
        begun, open_end = AREA.c.valid_from, AREA.c.valid_to.is_(None)
        in_force: list[Condition] = [] if ended else [open_end]
        if on is not None:
            in_force = [or_(begun.is_(None), begun <= on), or_(open_end, AREA.c.valid_to > on)]
        return self._all(Area, AREA.c.community == community, *_when(AREA.c.kind, kind), *in_force)

    def address(self, address_id: str) -> Address | None:
        return self._one(Address, ADDRESS.c.id == address_id)

    def addresses(self, community: str, *, status: AddressStatus | None = None,
                  grid_id: str | None = None) -> tuple[Address, ...]:
        """All of them at once: about 1 KB of memory each."""
        return self._all(Address, *_chosen(community, status, grid_id))

    def each_address(self, community: str, *, status: AddressStatus | None = None,
                     grid_id: str | None = None) -> Iterator[Address]:
        """The same one after the other, to be used up within the block."""
        query = _query(Address, *_chosen(community, status, grid_id))
        return map(KINDS[Address].from_row, self._connection.execute(query, execution_options={"yield_per": _BLOCK}))

    def addresses_of(self, address_ids: Iterable[str]) -> tuple[Address, ...]:
        return self._among(Address, ADDRESS.c.id, address_ids)

    def address_by_key(self, community: str, key: str) -> Address | None:
        """The living address with this normal form; where there are several, the one entered first."""
        return self._one(Address, ADDRESS.c.community == community, ADDRESS.c.key == key, ADDRESS.c.status != "retired")

    def address_ids(self, community: str, standard_addresses: Iterable[str]) -> dict[str, str]:
        """Standard address → id, for those that exist among the living."""
        found: dict[str, str] = {}
        for chunk in in_chunks(standard_addresses):
            query = select(ADDRESS.c.standard_address, ADDRESS.c.id).where(
                ADDRESS.c.community == community, ADDRESS.c.standard_address.in_(chunk), ADDRESS.c.status != "retired")
            found.update(self._connection.execute(query).all())
        return found

    def addresses_by_alias(self, community: str, alias: str) -> tuple[Address, ...]:
        """Those that were once called so, retired ones included."""
        return self._all(Address, ADDRESS.c.community == community, *self._has_alias(alias))

    def addresses_near(self, point: Point, metres: float, limit: int = 20) -> tuple[tuple[Address, float], ...]:
        """The nearest living addresses with their distance in metres (on the ellipsoid), nearest first;
        of those on one spot, the one entered first."""
        shrink = math.cos(math.radians(point.lat))
        east, north = (func.ST_X(ADDRESS.c.point) - point.lon) * shrink, func.ST_Y(ADDRESS.c.point) - point.lat
        query = _query(Address, bbox(ADDRESS.c.point, window(point, metres)), ADDRESS.c.status != "retired").order_by(None)
        nearest = self._read(Address, query.order_by(east * east + north * north, ADDRESS.c.fid).limit(limit + _SPARE))
        measured = [(address, _distance(point, address.point)) for address in nearest if address.point]
        within = sorted((pair for pair in measured if pair[1] <= metres), key=lambda pair: pair[1])
        return tuple(within[:limit])

    def households(self, community: str) -> tuple[Household, ...]:
        """Those that are households of their own: not the ones merged into another."""
        return self._all(Household, HOUSEHOLD.c.community == community, HOUSEHOLD.c.merged_into.is_(None))

    def households_of(self, household_ids: Iterable[str]) -> tuple[Household, ...]:
        """Merged ones included."""
        return self._among(Household, HOUSEHOLD.c.id, household_ids)

    def households_by_head(self, community: str, head_index: str) -> tuple[Household, ...]:
        """Those whose head has this keyed index (`Sealer.index`)."""
        return self._all(Household, HOUSEHOLD.c.community == community, HOUSEHOLD.c.head_index == head_index,
                         HOUSEHOLD.c.merged_into.is_(None))

    def plate(self, plate_id: str) -> Plate | None:
        return self._one(Plate, PLATE.c.id == plate_id)

    def plate_by_code(self, code: str) -> Plate | None:
        return self._one(Plate, PLATE.c.code == code)

    def plates(self, community: str, statuses: Collection[PlateStatus] | None = None) -> tuple[Plate, ...]:
        """The plates of a community's addresses."""
        here = PLATE.c.address_id.in_(select(ADDRESS.c.id).where(ADDRESS.c.community == community))
        return self._all(Plate, here, *([] if statuses is None else [PLATE.c.status.in_(statuses)]))

    def plates_of(self, address_ids: Iterable[str]) -> tuple[Plate, ...]:
        return self._among(Plate, PLATE.c.address_id, address_ids)

    def codes_taken(self, codes: Iterable[str]) -> set[str]:
        """Which of these codes were ever given, also to plates long retired."""
        return {code for chunk in in_chunks(codes)
                for code in self._connection.scalars(select(PLATE.c.code).where(PLATE.c.code.in_(chunk)))}

    def batch(self, batch_id: str) -> PrintBatch | None:
        found = self._batches(PRINT_BATCH.c.id == batch_id)
        return found[0] if found else None

    def batches(self, community: str) -> tuple[PrintBatch, ...]:
        """Every batch with all its plates, the oldest first."""
        return self._batches(PRINT_BATCH.c.community == community)

    def batch_of(self, code: str) -> str | None:
        """The id of the last batch a plate was printed in."""
        query = select(BATCH_PLATE.c.batch_id).join(PRINT_BATCH).where(BATCH_PLATE.c.code == code)
        return self._connection.scalars(query.order_by(PRINT_BATCH.c.fid.desc()).limit(1)).first()

    def batches_beginning(self, start: str) -> tuple[PrintBatch, ...]:
        """The batches whose id begins so: people are shown, and type, its first characters."""
        return self._batches(PRINT_BATCH.c.id.startswith(start, autoescape=True))

    def codes_in_state(self, batch_id: str, statuses: Collection[PlateStatus]) -> set[str]:
        """The codes of a batch's plates that are in one of these states now."""
        query = select(PLATE.c.code).join(BATCH_PLATE, BATCH_PLATE.c.code == PLATE.c.code)
        return set(self._connection.scalars(query.where(BATCH_PLATE.c.batch_id == batch_id, PLATE.c.status.in_(statuses))))

    def boxes(self, batch_id: str) -> tuple[PlateBox, ...]:
        """The boxes of a batch by number."""
        return tuple(sorted(self._all(PlateBox, PLATE_BOX.c.batch_id == batch_id), key=attrgetter("number")))

    def boxes_out(self, community: str) -> tuple[PlateBox, ...]:
        """The boxes of a community that are with their installers and not closed yet."""
        here = PLATE_BOX.c.batch_id.in_(select(PRINT_BATCH.c.id).where(PRINT_BATCH.c.community == community))
        return self._all(PlateBox, here, PLATE_BOX.c.status == "issued")

    def plates_by_id(self, plate_ids: Iterable[str]) -> tuple[Plate, ...]:
        return self._among(Plate, PLATE.c.id, plate_ids)

    def plates_coded(self, codes: Iterable[str]) -> tuple[Plate, ...]:
        return self._among(Plate, PLATE.c.code, codes)

    def staff(self, area_codes: Iterable[str]) -> tuple[Staff, ...]:
        """The contacts of these communities and areas (codes)."""
        return self._among(Staff, STAFF.c.area_code, area_codes)

    def staff_of(self, staff_ids: Iterable[str]) -> tuple[Staff, ...]:
        """The contacts with these ids, wherever they are in charge now."""
        return self._among(Staff, STAFF.c.id, staff_ids)

    def staff_known(self, staff_ids: Iterable[str]) -> set[str]:
        """Which of these ids are anybody's, wherever they are in charge now."""
        return {person.id for person in self.staff_of(staff_ids)}

    def finding(self, finding_id: str) -> RecordedFinding | None:
        return self._one(RecordedFinding, FINDING.c.id == finding_id)

    def findings(self, community: str, resolution: Resolution | None = None) -> tuple[RecordedFinding, ...]:
        return self._all(RecordedFinding, FINDING.c.community == community, *_when(FINDING.c.resolution, resolution))

    def findings_at(self, address_id: str, code: str) -> tuple[RecordedFinding, ...]:
        """Those of one kind at one address, settled ones included."""
        return self._all(RecordedFinding, FINDING.c.address_id == address_id, FINDING.c.code == code)

    def findings_about(self, address_id: str) -> tuple[RecordedFinding, ...]:
        """All of one address, settled ones included."""
        return self._all(RecordedFinding, FINDING.c.address_id == address_id)

    def findings_of(self, finding_ids: Iterable[str]) -> tuple[RecordedFinding, ...]:
        return self._among(RecordedFinding, FINDING.c.id, finding_ids)

    def findings_beginning(self, community: str, start: str) -> tuple[RecordedFinding, ...]:
        """Those of a community whose id begins so: what a person copies from a screen is short."""
        return self._all(RecordedFinding, FINDING.c.community == community, FINDING.c.id.startswith(start, autoescape=True))

    def settlement(self, settlement_id: str) -> Settlement | None:
        return self._one(Settlement, SETTLEMENT.c.id == settlement_id)

    def settlements(self, community: str) -> tuple[Settlement, ...]:
        return self._all(Settlement, SETTLEMENT.c.community == community)

    def settlements_beginning(self, start: str) -> tuple[Settlement, ...]:
        return self._all(Settlement, SETTLEMENT.c.id.startswith(start, autoescape=True))

    def list_import(self, fingerprint: str) -> ListImport | None:
        return self._one(ListImport, LIST_IMPORT.c.fingerprint == fingerprint)

    def list_imports(self, community: str) -> tuple[ListImport, ...]:
        return self._all(ListImport, LIST_IMPORT.c.community == community)

    def load_is_true(self, import_id: str) -> bool:
        """Whether the addresses a bulk load brought are still the ones its event speaks of, later changes taken back.
        False for an import that was none."""
        return any(loaded.is_true(self._connection, load) for load in loaded.loads(self._connection)
                   if load.brought.id == import_id)

    def events(self, subject_id: str | None = None, verb: str | None = None, after_seq: int = 0,
               limit: int = 1000) -> tuple[RecordedEvent, ...]:
        """The trail in order, from behind after_seq."""
        query = select(EVENT).where(EVENT.c.seq > after_seq, *_when(EVENT.c.subject_id, subject_id), *_when(EVENT.c.verb, verb))
        return tuple(map(chain.recorded, self._connection.execute(query.order_by(EVENT.c.seq).limit(limit))))

    def each_address_event(self, community: str, before: datetime | None = None) -> Iterator[RecordedEvent]:
        """Everything that happened to the addresses of a community before a moment (None = until now), in order, one after
        the other; the births of those that came in bulk as if each had its event. Asks the trail, not the addresses as they
        stand."""
        of_addresses = (EVENT.c.verb >= "address.", EVENT.c.verb < "address/")
        named = EVENT.c.after.contains(chain.canonical({"community": community})[1:-1], autoescape=True)
        named_here = select(EVENT.c.subject_id).where(*of_addresses, EVENT.c.version == 1, named)
        until = [] if before is None else [EVENT.c.at < before]
        loads = loaded.loads(self._connection, before)
        came_here = select(ADDRESS.c.id).where(ADDRESS.c.community == community, loaded.came_with(loads))
        born_here = union_all(named_here, came_here) if loads else named_here
        query = select(EVENT).where(*of_addresses, EVENT.c.subject_id.in_(born_here), *until).order_by(EVENT.c.seq)
        recorded = map(chain.recorded, self._connection.execute(query, execution_options={"yield_per": _BLOCK}))
        return heapq.merge(loaded.births(self._connection, community, loads), recorded, key=attrgetter("seq"))

    def events_of(self, subject_ids: Iterable[str]) -> tuple[RecordedEvent, ...]:
        """The whole stories of these records, told in one order."""
        rows = [row for chunk in in_chunks(subject_ids)
                for row in self._connection.execute(select(EVENT).where(EVENT.c.subject_id.in_(chunk)))]
        return tuple(sorted(map(chain.recorded, rows), key=attrgetter("seq")))

    def event_count(self) -> int:
        """How many events there are: the last one's seq, for the trail has no gaps."""
        return self._connection.scalar(select(func.coalesce(func.max(EVENT.c.seq), 0))) or 0

    def pages(self) -> public_pages.Pages:
        """What the public pages ask without reading whole records."""
        return public_pages.Pages(self._connection)

    def verify_chain(self) -> ChainReport:
        """Recomputes every event's hash from the first to the head."""
        return chain.verify(self._connection)

    def event_hash(self, seq: int) -> str | None:
        """The hash of one event as it is stored; of "before the first" (0) the hash the trail begins with."""
        return self._connection.scalar(select(EVENT.c.hash).where(EVENT.c.seq == seq)) if seq else chain.GENESIS

    def count_addresses(self, community: str) -> dict[str, int]:
        """Status → number."""
        return self._count(ADDRESS.c.status, ADDRESS.c.community == community)

    def count_plates(self, community: str) -> dict[str, int]:
        """Status → number, over the plates of a community's addresses."""
        return self._count(PLATE.c.status, PLATE.c.address_id == ADDRESS.c.id, ADDRESS.c.community == community)

    def count_findings(self, community: str, resolution: Resolution | None = "open") -> dict[str, int]:
        """Finding code → number."""
        return self._count(FINDING.c.code, FINDING.c.community == community, *_when(FINDING.c.resolution, resolution))

    def count_households(self, community: str) -> int:
        return self._number(HOUSEHOLD.c.community == community)

    def count_households_without_address(self, community: str) -> int:
        return self._number(HOUSEHOLD.c.community == community, HOUSEHOLD.c.address_id.is_(None))

    def count_households_without_plate(self, community: str, living: Collection[PlateStatus]) -> int:
        """Households at whose address no plate is in one of these states, or that have no address."""
        hung = exists().where(PLATE.c.address_id == HOUSEHOLD.c.address_id, PLATE.c.status.in_(living))
        return self._number(HOUSEHOLD.c.community == community, ~hung)

    def _one(self, record: type[T], *where: Condition) -> T | None:
        found = self._read(record, _query(record, *where).limit(1))
        return found[0] if found else None

    def _all(self, record: type[T], *where: Condition) -> tuple[T, ...]:
        return self._read(record, _query(record, *where))

    def _read(self, record: type[T], query: Select[Any]) -> tuple[T, ...]:
        return tuple(map(KINDS[record].from_row, self._connection.execute(query)))

    def _among(self, record: type[T], column: Column[Any], values: Iterable[str]) -> tuple[T, ...]:
        rows = [row for chunk in in_chunks(values) for row in self._connection.execute(_query(record, column.in_(chunk)))]
        return tuple(map(KINDS[record].from_row, sorted(rows, key=attrgetter("fid"))))

    def _batches(self, where: Condition) -> tuple[PrintBatch, ...]:
        lines: dict[str, list[BatchPlate]] = {}
        query = select(BATCH_PLATE).join(PRINT_BATCH).where(where).order_by(BATCH_PLATE.c.batch_id, BATCH_PLATE.c.place)
        for row in self._connection.execute(query):
            lines.setdefault(row.batch_id, []).append(batch_plate_from_row(row))
        return tuple(replace(batch, plates=tuple(lines.get(batch.id, ()))) for batch in self._all(PrintBatch, where))

    def _has_alias(self, alias: str) -> list[Condition]:
        column = ADDRESS.c.aliases
        if self._connection.dialect.name == "postgresql":
            return [HAS_ALIASES, type_coerce(column, JSONB).contains([alias])]
        each = func.json_each(column).table_valued("value")
        return [HAS_ALIASES, exists().select_from(each).where(each.c.value == alias)]

    def _count(self, column: Column[Any], *where: Condition) -> dict[str, int]:
        query = select(column, func.count()).where(*where).group_by(column)
        return dict(sorted(self._connection.execute(query).all()))

    def _number(self, *where: Condition) -> int:
        own = HOUSEHOLD.c.merged_into.is_(None)
        return self._connection.scalar(select(func.count()).select_from(HOUSEHOLD).where(own, *where)) or 0


def _query(record: type, *where: Condition) -> Select[Any]:
    table = KINDS[record].table
    return select(table).where(*where).order_by(table.c.fid)


def _chosen(community: str, status: str | None, grid_id: str | None) -> list[Condition]:
    return [ADDRESS.c.community == community, *_when(ADDRESS.c.status, status), *_when(ADDRESS.c.grid_id, grid_id)]


def _when(column: Column[Any], value: str | None) -> list[Condition]:
    return [] if value is None else [column == value]


def _distance(a: Point, b: Point) -> float:
    return float(_ELLIPSOID.inv(a.lon, a.lat, b.lon, b.lat)[2])
