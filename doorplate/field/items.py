"""What a phone sends, one thing done at a door each: the wire format of `POST /field/sync`, checked field by field.

    parse_item(json_value) -> Item          raises InputError(item.<what>): that item is refused, the rest goes on

Ids are the client's uuids, with or without dashes, in any case; `at` is the device's clock. Unknown fields are refused, so that
nothing a newer phone means is silently dropped. Coordinates are degrees (WGS84), lon before lat; heights mm; accuracy metres.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter

from doorplate.field.records import MountOutcome, RecheckResult

_HEX32 = re.compile(r"[0-9a-f]{32}")


def plain_id(value: object) -> object:
    """550E8400-E29B-… → 550e8400e29b…"""
    return value.replace("-", "").lower() if isinstance(value, str) else value


def _is_id(value: str) -> str:
    if not _HEX32.fullmatch(value):
        raise ValueError("id")
    return value


Uuid = Annotated[str, BeforeValidator(plain_id), AfterValidator(_is_id)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Choice = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,40}$")]
CommunityCode = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
PlateCode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fix(_Wire):
    """One position the phone had."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
    at: AwareDatetime


class _Item(_Wire):
    """fixes: the last positions before and while this was done (for plausibility), at: position averaged from them, if any."""

    id: Uuid
    at: AwareDatetime
    community: CommunityCode
    address: Uuid | None = None
    base: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    fixes: Annotated[tuple[Fix, ...], Field(max_length=30)] = ()
    files: Annotated[tuple[Uuid, ...], Field(max_length=12)] = ()
    note: Note = ""


class PointChange(_Wire):
    """A point set by standing there (averaged from samples fixes) or by hand on the map."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] | None = None
    samples: Annotated[int, Field(ge=0, le=10_000)] = 0
    by: Literal["gnss", "map"] = "gnss"


class AddressChanges(_Wire):
    """The fields that change, the others left out. "" empties a field."""

    hamlet: Word | None = None
    street: Word | None = None
    lane: Word | None = None
    number: Word | None = None
    suffix: Word | None = None
    compound: Word | None = None
    building: Word | None = None
    unit: Word | None = None
    floor: Word | None = None
    room: Word | None = None
    point: PointChange | None = None
    place_kind: Literal["household", "public"] | None = None
    name: Word | None = None
    grid: Annotated[str, StringConstraints(max_length=40)] | None = None


class Correction(_Item):
    """更正 correct · 停用 retire · 新编 assign (address None, base 0) · 核对 verify."""

    kind: Literal["correction"]
    operation: Literal["correct", "retire", "assign", "verify"]
    changes: AddressChanges = AddressChanges()
    reason: Line


class ContactChange(_Wire):
    """What the household agreed to leave; None in the item's changes takes it away."""

    name: Word = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9 +()-]{0,24}$")] = ""


class SetChange(_Wire):
    """A set changes by what is added and removed, so that two people may do so at once."""

    add: Annotated[tuple[Choice, ...], Field(max_length=30)] = ()
    remove: Annotated[tuple[Choice, ...], Field(max_length=30)] = ()


class GivenConsent(_Wire):
    """words: version of the text that was shown. given False = taken back."""

    id: Uuid
    purpose: Choice
    words: Choice
    how: Literal["spoken", "signed"] = "spoken"
    given: bool = True


class PersonChange(_Wire):
    """Only where the population module is on. left: no longer counted here."""

    id: Uuid
    name: Word = ""
    birth_year: Annotated[int, Field(ge=1890, le=2100)] | None = None
    relation: Choice = "other"
    consent: Uuid | None = None
    guardian_consent: Uuid | None = None
    left: bool = False


class HouseholdChanges(_Wire):
    """The fields that change (`model_fields_set`); contact null takes the contact away."""

    members: Annotated[int, Field(ge=0, le=99)] | None = None
    tenure: Choice | Literal[""] = ""
    needs: SetChange | None = None
    contact: ContactChange | None = None
    persons: Annotated[tuple[PersonChange, ...], Field(max_length=30)] = ()


class HouseholdCount(_Item):
    """household None: a household nobody had listed; it gets this item's id. base: its version."""

    kind: Literal["household"]
    household: Uuid | None = None
    changes: HouseholdChanges
    consents: Annotated[tuple[GivenConsent, ...], Field(max_length=12)] = ()


class Mount(_Item):
    """plate: as scanned or typed. scanned: whether the code was read by the camera at the wall."""

    kind: Literal["mount"]
    plate: PlateCode
    outcome: MountOutcome
    scanned: bool = False
    height_mm: Annotated[int, Field(ge=0, le=20_000)] | None = None
    side: Choice | Literal[""] = ""
    point: PointChange | None = None


class OpenedMatter(_Wire):
    """A matter the visit brought up; it becomes a case."""

    category: Choice
    text: Note


class VisitDone(_Item):
    """走访. done: ids of services."""

    kind: Literal["visit"]
    presence: Literal["scan", "typed", "picked"]
    purposes: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=10)]
    done: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    matter: OpenedMatter | None = None


class Tamper(_Item):
    """A code that is not ours or not of this door. seen: what was read, cut; never opened."""

    kind: Literal["tamper"]
    seen: Annotated[str, StringConstraints(max_length=300)]
    why: Literal["host", "check", "unknown", "retired", "far", "other_door"]
    plate: PlateCode = ""


class Recheck(_Item):
    """A plate of a zone round scanned again."""

    kind: Literal["recheck"]
    round: Uuid
    plate: PlateCode
    result: RecheckResult


class Look(_Item):
    """A household's masked facts were opened on the phone without network."""

    kind: Literal["look"]
    household: Uuid
    why: Choice


class Read(_Item):
    """The verdict on an item was read by who sent it."""

    kind: Literal["read"]
    item: Uuid


Item = Annotated[Correction | HouseholdCount | Mount | VisitDone | Tamper | Recheck | Look | Read, Field(discriminator="kind")]
ITEM: TypeAdapter[Any] = TypeAdapter(Item)


