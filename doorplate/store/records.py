"""Nouns ↔ rows: how each record of the model lies in its table, and what of it the trail may show."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sqlalchemy import Date, Row, Table

from doorplate.cases.case import Case, CaseEntry, CaseFile
from doorplate.field.household_records import Consent, Person, PopulationModule
from doorplate.field.records import FieldAside, FieldFile, FieldItem, Mounting, Visit, ZoneRound
from doorplate.model import (
    Address,
    Area,
    BatchPlate,
    Community,
    Elements,
    Finding,
    Household,
    ListImport,
    Notice,
    Place,
    Plate,
    PlateBox,
    Point,
    PrintBatch,
    RecordedFinding,
    Settlement,
    SourceRef,
    Staff,
)
from doorplate.people.account import Account, Assignment, Device
from doorplate.store import field_tables, people_tables, tables
from doorplate.store.geometry import lon_lat, point_to_wkb, polygon_to_wkb

Record = (Community | Area | Address | Household | Plate | PlateBox | Staff | PrintBatch | RecordedFinding | Settlement
          | ListImport | Notice | Case | CaseEntry | CaseFile | Account | Assignment | Device | FieldItem | FieldFile | FieldAside
          | Mounting | Visit | ZoneRound | Consent | Person | PopulationModule)
Values = dict[str, Any]
R = TypeVar("R", bound=Record)

ELEMENTS = tuple(f.name for f in fields(Elements))
_PLAIN = frozenset({str, int, float, bool})
SEALED = "sealed"  # stands in the trail for what must not


@dataclass(frozen=True)
class Kind:
    """One noun. key: the column that identifies a record. fixed: columns that never change once written. sealed: columns
    whose content the trail shows as "sealed". silent: columns the trail leaves out (a finding's words may quote a list)."""

    table: Table
    to_row: Callable[[Any], Values]
    from_row: Callable[[Row[Any]], Any]
    key: str = "id"
    fixed: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()


def difference(kind: Kind, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[Values, Values]:
    """What the trail says of a change between two rows: the changed fields as they were and as they are, as JSON values.
    Id and version are left to the event itself. Of a new record, those fields that say something."""
    shown = [name for name in after if name not in kind.silent and name not in (kind.key, "version")]
    if before is None:
        return {}, _told(kind, after, [name for name in shown if after[name] not in (None, "", [], {})])
    changed = [name for name in shown if before[name] != after[name]]
    return _told(kind, before, changed), _told(kind, after, changed)


def as_told(record: R, values: Mapping[str, Any]) -> R:
    """The record with some fields as an event's before or after tells them. Raises ValueError for what the trail keeps sealed."""
    kind = KINDS[type(record)]
    if any(name in kind.sealed and value == SEALED for name, value in values.items()):
        raise ValueError("the trail does not hold sealed fields")
    columns = kind.table.c
    dates = {name: date.fromisoformat(value) for name, value in values.items() if value and isinstance(columns[name].type, Date)}
    row: Values = {**kind.to_row(record), **values, **dates}
    if "point" in values:
        row["point"] = point_to_wkb(Point(*values["point"]) if values["point"] else None)
    return cast(R, kind.from_row(cast(Any, SimpleNamespace(**row))))


def _told(kind: Kind, row: Mapping[str, Any], names: list[str]) -> Values:
    return {name: SEALED if name in kind.sealed and row[name] else _plain(name, row[name]) for name in names}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return list(lon_lat(value)) if name == "point" else value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _flat(record: Any) -> Values:
    return {name: _stored(getattr(record, name)) for name in _names(cast(Hashable, type(record)))}


@lru_cache(maxsize=64)
def _names(record: type[Any]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(record))


def _stored(value: Any) -> Any:
    if value is None or type(value) in _PLAIN:  # nearly all values; asked first because millions are
        return value
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def _from_flat(record: type, *tuples: str) -> Callable[[Row[Any]], Any]:
    """A reader for a record whose fields are its table's columns; `tuples` names those kept as JSON lists."""
    names = [f.name for f in fields(record)]

    def read(row: Row[Any]) -> Any:
        values = {name: getattr(row, name) for name in names}
        values.update({name: tuple(values[name]) for name in tuples})
        return record(**values)

    return read


def _area_to_row(area: Area) -> Values:
    row = _flat(area)
    row["geometry"] = polygon_to_wkb(row.pop("geometry_wkb"), area.name or area.code)
    return row


def _area_from_row(row: Row[Any]) -> Area:
    return Area(id=row.id, kind=row.kind, code=row.code, name=row.name, community=row.community, geometry_wkb=row.geometry,
                streets=tuple(row.streets), parent_id=row.parent_id, valid_from=row.valid_from, valid_to=row.valid_to,
                version=row.version)


def _address_to_row(address: Address) -> Values:
    point = address.point
    row = {name: getattr(address.elements, name) for name in ELEMENTS}
    row |= {"id": address.id, "community": address.community, "standard_address": address.standard_address,
            "key": address.key, "status": address.status, "point": point_to_wkb(point),
            "accuracy_m": point.accuracy_m if point else None, "point_source": point.source if point else "",
            "grid_id": address.grid_id, "aliases": list(address.aliases), "place_kind": address.place_kind,
            "name": address.name, "version": address.version}
    return row


def _address_from_row(row: Row[Any]) -> Address:
    point = Point(*lon_lat(row.point), row.accuracy_m, row.point_source) if row.point is not None else None
    elements = Elements(row.hamlet, row.street, row.lane, row.number, row.suffix,
                        row.compound, row.building, row.unit, row.floor, row.room)
    return Address(row.id, row.community, elements, row.standard_address, row.key, row.status, point, row.grid_id,
                   tuple(row.aliases), row.place_kind, row.name, row.version)


def _batch_to_row(batch: PrintBatch) -> Values:
    row = _flat(replace(batch, plates=()))
    del row["plates"]
    return row


def _batch_from_row(row: Row[Any]) -> PrintBatch:
    """Without its plates: the reader puts them in."""
    return PrintBatch(id=row.id, community=row.community, selection=row.selection, design=row.design, base_url=row.base_url,
                      frozen_at=row.frozen_at, plates=(), status=row.status, sample=row.sample, version=row.version)


def batch_lines(batch: PrintBatch) -> list[Values]:
    """Its plates as rows of batch_plate, in order."""
    return [{"batch_id": batch.id, "place": place, **_flat(plate)} for place, plate in enumerate(batch.plates)]


batch_plate_from_row = _from_flat(BatchPlate)


def _finding_to_row(record: RecordedFinding) -> Values:
    row = _flat(record) | _flat(record.finding) | record.finding.ref.as_json()
    row["with_rows"] = [other.as_json() for other in row.pop("with_")]
    row["place"] = _place_to_json(record.place) if record.place else None
    del row["finding"], row["ref"]
    return row


def _place_to_json(place: Place) -> Values:
    """The elements that say something, the point field by field, the grid's code."""
    told = {name: value for name in ELEMENTS if (value := getattr(place.elements, name))}
    return told | {"grid": place.grid, "point": _flat(place.point) if place.point else None}


def _place_from_json(told: Mapping[str, Any]) -> Place:
    elements = Elements(**{name: told[name] for name in ELEMENTS if name in told})
    return Place(elements, Point(**told["point"]) if told["point"] else None, told["grid"])


def _finding_from_row(row: Row[Any]) -> RecordedFinding:
    finding = Finding(ref=SourceRef(row.file, row.sheet, row.row), code=row.code, field=row.field, value=row.value,
                      message=row.message, proposal=row.proposal, confidence=row.confidence,
                      with_=tuple(SourceRef(**other) for other in row.with_rows))
    return RecordedFinding(id=row.id, community=row.community, import_id=row.import_id, finding=finding,
                           address_id=row.address_id, household_id=row.household_id,
                           place=_place_from_json(row.place) if row.place else None, blocks=row.blocks, resolution=row.resolution,
                           resolved_reason=row.resolved_reason, version=row.version)


KINDS: dict[type, Kind] = {
    Community: Kind(tables.COMMUNITY, _flat, _from_flat(Community, "names"), key="code"),
    Area: Kind(tables.AREA, _area_to_row, _area_from_row, fixed=frozenset({"community"})),
    Address: Kind(tables.ADDRESS, _address_to_row, _address_from_row),
    Household: Kind(tables.HOUSEHOLD, _flat, _from_flat(Household, "needs"),
                    sealed=frozenset({"head_sealed", "head_index", "contact_sealed"}), silent=frozenset({"needs", "tenure"})),
    Plate: Kind(tables.PLATE, _flat, _from_flat(Plate), fixed=frozenset({"code"})),
    Staff: Kind(tables.STAFF, _flat, _from_flat(Staff)),
    Notice: Kind(tables.NOTICE, _flat, _from_flat(Notice)),
    Case: Kind(tables.CASE, _flat, _from_flat(Case, "about"), sealed=frozenset({"text_sealed", "contact_sealed", "about"}),
               silent=frozenset({"client_id", "receipt"}),
               fixed=frozenset({"client_id", "receipt", "community", "plate_code", "kind", "asked_at"})),
    CaseEntry: Kind(tables.CASE_ENTRY, _flat, _from_flat(CaseEntry), sealed=frozenset({"words_sealed"}),
                    fixed=frozenset({"case_id", "seq", "at", "by", "step", "public"})),
    CaseFile: Kind(tables.CASE_FILE, _flat, _from_flat(CaseFile), silent=frozenset({"sha256"}),
                   fixed=frozenset({"case_id", "kind"})),
    PrintBatch: Kind(tables.PRINT_BATCH, _batch_to_row, _batch_from_row,
                     fixed=frozenset({"community", "selection", "design", "base_url", "frozen_at", "sample"})),
    PlateBox: Kind(tables.PLATE_BOX, _flat, _from_flat(PlateBox, "codes"), silent=frozenset({"codes"}),
                   fixed=frozenset({"batch_id", "number", "total", "zone", "codes"})),
    RecordedFinding: Kind(tables.FINDING, _finding_to_row, _finding_from_row,
                          silent=frozenset({"value", "message", "proposal", "with_rows", "place"})),
    Settlement: Kind(tables.SETTLEMENT, _flat, _from_flat(Settlement, "subjects"), silent=frozenset({"subjects"}),
                     fixed=frozenset({f.name for f in fields(Settlement)} - {"id", "version"})),
    ListImport: Kind(tables.LIST_IMPORT, _flat, _from_flat(ListImport, "files"), fixed=frozenset({"fingerprint"})),
    Account: Kind(people_tables.ACCOUNT, _flat, _from_flat(Account), sealed=frozenset({"password", "totp_sealed"}),
                  fixed=frozenset({"login"})),
    Assignment: Kind(people_tables.ASSIGNMENT, _flat, _from_flat(Assignment),
                     fixed=frozenset({"account_id", "role", "area_code"})),
    Device: Kind(people_tables.DEVICE, _flat, _from_flat(Device), sealed=frozenset({"token_hash", "part_sealed"}),
                 fixed=frozenset({"account_id", "kind", "registered_at"})),
    FieldItem: Kind(field_tables.FIELD_ITEM, _flat, _from_flat(FieldItem, "fields", "flags"),
                    sealed=frozenset({"payload_sealed"}), silent=frozenset({"words"}),
                    fixed=frozenset({"kind", "account_id", "device_id", "community", "captured_at", "received_at"})),
    FieldFile: Kind(field_tables.FIELD_FILE, _flat, _from_flat(FieldFile), silent=frozenset({"sha256", "evidence"}),
                    fixed=frozenset({"account_id", "kind"})),
    FieldAside: Kind(field_tables.FIELD_ASIDE, _flat, _from_flat(FieldAside), sealed=frozenset({"body_sealed"})),
    Mounting: Kind(field_tables.MOUNTING, _flat, _from_flat(Mounting, "flags"), silent=frozenset({"words"}),
                   fixed=frozenset({"plate_id", "account_id", "at"})),
    Visit: Kind(field_tables.VISIT, _flat, _from_flat(Visit, "purposes", "done", "flags"), sealed=frozenset({"words_sealed"}),
                fixed=frozenset({"address_id", "account_id", "at"})),
    ZoneRound: Kind(field_tables.ZONE_ROUND, _flat, _from_flat(ZoneRound, "sample"), fixed=frozenset({"zone_id", "sample"})),
    Consent: Kind(field_tables.CONSENT, _flat, _from_flat(Consent), fixed=frozenset({"household_id", "purpose", "given_at"})),
    Person: Kind(field_tables.PERSON, _flat, _from_flat(Person), sealed=frozenset({"name_sealed"}),
                 silent=frozenset({"birth_year", "relation"}), fixed=frozenset({"household_id"})),
    PopulationModule: Kind(field_tables.POPULATION_MODULE, _flat, _from_flat(PopulationModule)),
}
