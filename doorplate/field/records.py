"""What came in from the field and what became of it, as plain frozen values.

An item is one thing a person did at a door, under the id their phone gave it. It never changes the register by itself: facts
about the doing (a visit, a plate hung, a second look) are recorded when it comes in, a change of what is true about an address
or a household waits for a reviewer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ItemKind = Literal["correction", "household", "mount", "visit", "tamper", "recheck", "look", "read"]
ItemStatus = Literal["waiting", "approved", "amended", "rejected", "recorded"]
Verdict = Literal["clean", "soft", "hard"]
MountOutcome = Literal["mounted", "absent", "refused", "damaged", "lost", "no_place"]
RecheckResult = Literal["right", "wrong", "missing", "damaged"]
FORGOTTEN = "(已过保存期)"
"""Stands where words were that are no longer kept: that there was a reason stays known."""


@dataclass(frozen=True, slots=True)
class FieldItem:
    """One thing sent from the field. id: the client's uuid as 32 hex digits, the same for ever. subject_id: the address,
    household or plate it speaks of ("" = something new); base_version: of that record as the phone had it (0 = none).
    captured_at: by the phone's clock, corrected by skew_s (seconds the phone was ahead). payload_sealed: the item as it was sent
    (JSON), sealed with its id. fields: names of what it changes, never values. verdict: how it compared when it came in.
    flags: codes of what a reviewer must look at (gnss.far, gnss.jump, clock.off …); a flagged one is never clean. status
    "recorded": nothing to review. words: what the reviewer said. result: what approving it made (a settlement's or
    record's id). read_at: when the person who sent it had read the verdict. payload_sealed None: forgotten, its retention
    has ended."""

    id: str
    kind: ItemKind
    account_id: str
    device_id: str
    community: str
    address_id: str | None
    subject_id: str
    base_version: int
    captured_at: datetime
    received_at: datetime
    skew_s: float
    payload_sealed: bytes | None
    fields: tuple[str, ...]
    verdict: Verdict
    flags: tuple[str, ...]
    status: ItemStatus
    reviewer_id: str | None = None
    reviewed_at: datetime | None = None
    words: str = ""
    result: str = ""
    read_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class FieldFile:
    """A photo or voice note sent from the field, made harmless and kept sealed in the vault under `key` ("" = forgotten).
    id: the client's uuid. item_id: the item it belongs to, "" until one claims it. sha256: of what was sent, so that the same
    sending is known again. evidence: {"taken_at", "lon", "lat", "accuracy_m", "direction"} as far as captured, nothing else."""

    id: str
    account_id: str
    item_id: str
    kind: Literal["photo", "voice"]
    mimetype: str
    key: str
    size: int
    sha256: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    received_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class FieldAside:
    """A payload nobody could read, kept aside so that nothing a person entered is lost. body_sealed: with its id; b"" =
    forgotten."""

    id: str
    device_id: str
    received_at: datetime
    reason: str
    body_sealed: bytes
    version: int = 0


@dataclass(frozen=True, slots=True)
class Mounting:
    """What happened at a door with a plate. id: its item's. height_mm: of the plate's lower edge above ground. lon, lat: degrees,
    accuracy_m metres, averaged at the wall. outcome other than "mounted" puts the door on the re-visit list."""

    id: str
    plate_id: str
    address_id: str
    account_id: str
    at: datetime
    outcome: MountOutcome
    height_mm: int | None = None
    side: str = ""
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    photo_id: str = ""
    flags: tuple[str, ...] = ()
    words: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """走访: somebody of the staff was at a door. id: its item's. presence: how the door was told ("scan" is proof of being there,
    "typed" and "picked" are not). distance_m: between phone and door. words_sealed: the note, sealed with the id."""

    id: str
    address_id: str
    account_id: str
    at: datetime
    presence: Literal["scan", "typed", "picked"]
    purposes: tuple[str, ...]
    done: tuple[str, ...]
    case_id: str | None = None
    distance_m: float | None = None
    flags: tuple[str, ...] = ()
    words_sealed: bytes | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ZoneRound:
    """Closing an installation zone: a random sample of its plates is scanned again. sample: plate codes; results: code → result.
    passed only when every one of the sample is "right"."""

    id: str
    zone_id: str
    community: str
    opened_at: datetime
    sample: tuple[str, ...]
    results: Mapping[str, str] = field(default_factory=dict)
    status: Literal["open", "passed", "failed"] = "open"
    version: int = 0
