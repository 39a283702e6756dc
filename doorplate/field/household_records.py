"""What a household may tell us beside where it is: consents, and persons where that is switched on. Plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Consent:
    """A household's consent to one purpose. words: the version of the words that were shown (field.toml). how: spoken in front of
    taken_by (an account), or signed. withdrawn_at: from then on what it covered is deleted."""

    id: str
    household_id: str
    purpose: str
    words: str
    how: Literal["spoken", "signed"]
    given_at: datetime
    taken_by: str
    withdrawn_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a household, only where the population module is on. name_sealed: with the id. guardian_consent: the consent's
    id, needed under 14 (PIPL art. 31). left_on: the day they are no longer counted here; then the name is deleted."""

    id: str
    household_id: str
    name_sealed: bytes | None
    birth_year: int | None
    relation: str
    consent_id: str
    guardian_consent_id: str | None = None
    left_on: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class PopulationModule:
    """Whether persons may be counted in a community. id: the community's code. assessment: SHA-256 of the impact assessment that
    was approved by somebody else than whoever asked (PIPL art. 55); on only with one."""

    id: str
    on: bool
    assessment: str
    asked_by: str
    approved_by: str
    approved_at: datetime | None = None
    version: int = 0
