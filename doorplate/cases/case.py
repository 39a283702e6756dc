"""The nouns of a matter. What residents write is sealed (bytes that only the registry's secret opens) wherever it is kept.

A `Case` is one request from one door. Its `CaseEntry`s are what was said and done on it, in order; its `CaseFile`s are pictures
and a voice note, whose bytes lie sealed in the media vault under `key`. Whatever is personal (texts, name, phone, files) can be
taken away from a case without breaking the trail: events never show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

CaseKind = Literal["ask", "report", "appointment", "direct"]  # 咨询 上报 预约 所长直通车
CaseStatus = Literal["accepted", "routed", "settled", "answered", "withdrawn"]
Level = Literal["leader", "grid", "officer", "station", "superior"]  # 联户长 网格员 民警 派出所 上级, each with a clock
Step = Literal["accepted", "routed", "escalated", "noted", "settled", "answered", "rated", "reopened", "added", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Case:
    """One request.

    client_id: 32 hex digits made where the request was written (phone or form); the same twice is the same case.
    receipt: 10 characters of the plate code's alphabet, unique, for following the matter with a PIN of 6 digits (which is
    derived from client_id and the registry's secret, and kept nowhere). category: id in the settings of cases. level and
    owner_id: who has it now (owner_id None: the level's desk, nobody by name). due_at: when its clock runs out, None when
    nothing is due. about: ids of the staff a direct-line case names. urgent: the resident was pointed to 110 and sent it all
    the same. text_sealed: what was written. contact_sealed: JSON {"name", "phone"}, only with consent to the consent text of
    that version ("" = none given). wanted_day, wanted_part: an appointment's wish. rating 1–5. pin_failures: in a row;
    locked_until after five of them (D)."""

    id: str
    client_id: str
    receipt: str
    community: str
    address_id: str | None
    plate_code: str
    kind: CaseKind
    category: str
    status: CaseStatus
    asked_at: datetime
    level: Level
    owner_id: str | None = None
    due_at: datetime | None = None
    urgent: bool = False
    about: tuple[str, ...] = ()
    service_id: str = ""
    wanted_day: date | None = None
    wanted_part: Literal["", "am", "pm"] = ""
    language: str = "zh"
    text_sealed: bytes | None = None
    contact_sealed: bytes | None = None
    consent: str = ""
    rating: int | None = None
    reopened: int = 0
    pin_failures: int = 0
    locked_until: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One step of a case. by: "resident", "clock", or a staff id. public: the resident may read it. words_sealed: what was
    said, None when nothing was or when it was taken away. seq counts from 1 within the case."""

    id: str
    case_id: str
    seq: int
    at: datetime
    by: str
    step: Step
    public: bool
    words_sealed: bytes | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A picture or voice note of a case, as it is kept: re-encoded, without metadata. key: where its sealed bytes lie in the
    vault. sha256: of the bytes before sealing. width and height in pixels, seconds of a voice note; 0 where it has none."""

    id: str
    case_id: str
    kind: Literal["photo", "voice"]
    mimetype: str
    key: str
    size: int
    sha256: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    version: int = 0
