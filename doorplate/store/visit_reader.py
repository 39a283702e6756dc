"""Every question asked about visits, mountings, zone rounds, consents and persons: part of `Reader`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, or_, select

from doorplate.field.household_records import Consent, Person, PopulationModule
from doorplate.field.records import FORGOTTEN, FieldItem, Mounting, Visit, ZoneRound
from doorplate.store.chunks import in_chunks
from doorplate.store.field_tables import CONSENT, FIELD_ITEM, MOUNTING, PERSON, POPULATION_MODULE, VISIT, ZONE_ROUND
from doorplate.store.records import KINDS
from doorplate.store.tables import HOUSEHOLD

T = TypeVar("T")


class VisitQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def visits_at(self, address_id: str) -> tuple[Visit, ...]:
        """The latest first."""
        return self._done(Visit, select(VISIT).where(VISIT.c.address_id == address_id).order_by(VISIT.c.at.desc(), VISIT.c.fid))

    def visits_by(self, account_id: str, since: datetime, until: datetime) -> tuple[Visit, ...]:
        """Of one account in [since, until), the earliest first."""
        within = (VISIT.c.account_id == account_id, VISIT.c.at >= since, VISIT.c.at < until)
        return self._done(Visit, select(VISIT).where(*within).order_by(VISIT.c.at, VISIT.c.fid))

    def mountings_at(self, address_ids: Collection[str]) -> tuple[Mounting, ...]:
        """At these doors, door by door in the order they happened."""
        order = (MOUNTING.c.address_id, MOUNTING.c.at, MOUNTING.c.fid)
        return tuple(one for chunk in in_chunks(address_ids)
                     for one in self._done(Mounting, select(MOUNTING).where(MOUNTING.c.address_id.in_(chunk)).order_by(*order)))

    def zone_round(self, round_id: str) -> ZoneRound | None:
        found = self._done(ZoneRound, select(ZONE_ROUND).where(ZONE_ROUND.c.id == round_id))
        return found[0] if found else None

    def zone_rounds(self, zone_id: str) -> tuple[ZoneRound, ...]:
        """In the order they were opened."""
        return self._done(ZoneRound, select(ZONE_ROUND).where(ZONE_ROUND.c.zone_id == zone_id).order_by(ZONE_ROUND.c.fid))

    def consents_of(self, household_ids: Collection[str]) -> tuple[Consent, ...]:
        """Withdrawn ones too; a household's in the order they were given."""
        asked = [select(CONSENT).where(CONSENT.c.household_id.in_(chunk)) for chunk in in_chunks(household_ids)]
        return tuple(one for query in asked for one in self._done(Consent, query.order_by(CONSENT.c.fid)))

    def persons_of(self, household_id: str) -> tuple[Person, ...]:
        """Those who left too."""
        return self._done(Person, select(PERSON).where(PERSON.c.household_id == household_id).order_by(PERSON.c.fid))

    def persons_in(self, community: str) -> tuple[Person, ...]:
        """Everybody counted in a community of whom something is still kept."""
        households = select(HOUSEHOLD.c.id).where(HOUSEHOLD.c.community == community)
        kept = or_(PERSON.c.name_sealed.is_not(None), PERSON.c.birth_year.is_not(None))
        return self._done(Person, select(PERSON).where(PERSON.c.household_id.in_(households), kept).order_by(PERSON.c.fid))

    def household_items(self, household_id: str) -> tuple[FieldItem, ...]:
        """What phones sent about a household, looks included, in the order it came; the item that made it has its id."""
        about = or_(FIELD_ITEM.c.subject_id == household_id, FIELD_ITEM.c.id == household_id)
        query = select(FIELD_ITEM).where(about, FIELD_ITEM.c.kind.in_(("household", "look"))).order_by(FIELD_ITEM.c.fid)
        return self._done(FieldItem, query)

    def household_items_in(self, community: str) -> tuple[FieldItem, ...]:
        """What phones sent about households of a community and is still kept."""
        here = (FIELD_ITEM.c.community == community, FIELD_ITEM.c.kind == "household", FIELD_ITEM.c.payload_sealed.is_not(None))
        return self._done(FieldItem, select(FIELD_ITEM).where(*here).order_by(FIELD_ITEM.c.fid))

    def items_by(self, account_id: str, since: datetime, until: datetime) -> tuple[FieldItem, ...]:
        """What one account did in the field in [since, until), the earliest first."""
        when = FIELD_ITEM.c.captured_at
        query = select(FIELD_ITEM).where(FIELD_ITEM.c.account_id == account_id, when >= since, when < until)
        return self._done(FieldItem, query.order_by(when, FIELD_ITEM.c.fid))

    def mountings_by(self, account_id: str, since: datetime, until: datetime) -> tuple[Mounting, ...]:
        """Of one account in [since, until), the earliest first."""
        within = (MOUNTING.c.account_id == account_id, MOUNTING.c.at >= since, MOUNTING.c.at < until)
        return self._done(Mounting, select(MOUNTING).where(*within).order_by(MOUNTING.c.at, MOUNTING.c.fid))

    def mountings_of_plate(self, plate_id: str) -> tuple[Mounting, ...]:
        """In the order they happened."""
        query = select(MOUNTING).where(MOUNTING.c.plate_id == plate_id)
        return self._done(Mounting, query.order_by(MOUNTING.c.at, MOUNTING.c.fid))

    def notes_to_forget(self, before: datetime, limit: int) -> tuple[Visit | Mounting, ...]:
        """Visits and mountings from before a moment that still have words."""
        visits = select(VISIT).where(VISIT.c.at < before, VISIT.c.words_sealed.is_not(None)).order_by(VISIT.c.fid).limit(limit)
        hung = select(MOUNTING).where(MOUNTING.c.at < before, MOUNTING.c.words.not_in(("", FORGOTTEN)))
        return (*self._done(Visit, visits), *self._done(Mounting, hung.order_by(MOUNTING.c.fid).limit(limit)))

    def population_module(self, community: str) -> PopulationModule | None:
        found = self._done(PopulationModule, select(POPULATION_MODULE).where(POPULATION_MODULE.c.id == community))
        return found[0] if found else None

    def _done(self, record: type[T], query: Select[Any]) -> tuple[T, ...]:
        return tuple(map(KINDS[record].from_row, self._connection.execute(query)))
