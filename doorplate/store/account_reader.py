"""Every question asked about accounts, assignments and devices: part of `Reader`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, and_, or_, select

from doorplate.model import Staff
from doorplate.people.account import Account, Assignment, Device
from doorplate.store.people_tables import ACCOUNT, ASSIGNMENT, DEVICE, DEVICE_SEEN
from doorplate.store.records import KINDS
from doorplate.store.tables import STAFF

T = TypeVar("T")


class AccountQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def account(self, account_id: str) -> Account | None:
        return self._first_of(Account, select(ACCOUNT).where(ACCOUNT.c.id == account_id))

    def account_by_login(self, login: str) -> Account | None:
        return self._first_of(Account, select(ACCOUNT).where(ACCOUNT.c.login == login))

    def accounts(self) -> tuple[Account, ...]:
        """Everybody's, in order of entry; a county has some hundreds."""
        return self._people_of(Account, select(ACCOUNT).order_by(ACCOUNT.c.fid))

    def accounts_of(self, ids: Collection[str]) -> Mapping[str, Account]:
        """By id; a few hundred at most."""
        return {one.id: one for one in self._people_of(Account, select(ACCOUNT).where(ACCOUNT.c.id.in_(list(ids))))}

    def accounts_of_staff(self, staff_ids: Collection[str]) -> tuple[Account, ...]:
        """The accounts in use of these members of staff."""
        query = select(ACCOUNT).where(ACCOUNT.c.staff_id.in_(list(staff_ids)), ACCOUNT.c.disabled.is_(False))
        return self._people_of(Account, query.order_by(ACCOUNT.c.fid))

    def assignments(self, account_ids: Collection[str] | None = None) -> tuple[Assignment, ...]:
        """Of these accounts (None = of all), past and future ones too, in order of entry."""
        query = select(ASSIGNMENT).order_by(ASSIGNMENT.c.fid)
        if account_ids is not None:
            query = query.where(ASSIGNMENT.c.account_id.in_(list(account_ids)))
        return self._people_of(Assignment, query)

    def staff_away(self, day: date) -> Mapping[str, Staff]:
        """By id, whoever is away on a day and who is named as anybody's deputy."""
        away = and_(STAFF.c.absent_from <= day, or_(STAFF.c.absent_until.is_(None), STAFF.c.absent_until >= day))
        deputies = select(STAFF.c.deputy_id).where(away, STAFF.c.deputy_id.is_not(None))
        query = select(STAFF).where(or_(away, STAFF.c.id.in_(deputies))).order_by(STAFF.c.fid)
        return {one.id: one for one in self._people_of(Staff, query)}

    def device(self, device_id: str) -> Device | None:
        return self._first_of(Device, select(DEVICE).where(DEVICE.c.id == device_id))

    def device_by_token(self, token_hash: str) -> Device | None:
        return self._first_of(Device, select(DEVICE).where(DEVICE.c.token_hash == token_hash))

    def devices(self, account_ids: Collection[str] | None = None) -> tuple[Device, ...]:
        """Of these accounts (None = of all), the revoked ones too, in order of entry."""
        query = select(DEVICE).order_by(DEVICE.c.fid)
        if account_ids is not None:
            query = query.where(DEVICE.c.account_id.in_(list(account_ids)))
        return self._people_of(Device, query)

    def devices_called(self, text: str) -> tuple[Device, ...]:
        """Those whose id begins so."""
        return self._people_of(Device, select(DEVICE).where(DEVICE.c.id.startswith(text, autoescape=True)).order_by(DEVICE.c.fid))

    def devices_seen(self) -> Mapping[str, datetime]:
        """Device id → when it was last in touch."""
        return {row.device_id: row.at for row in self._connection.execute(select(DEVICE_SEEN.c.device_id, DEVICE_SEEN.c.at))}

    def _first_of(self, record: type[T], query: Select[Any]) -> T | None:
        found = self._people_of(record, query.limit(1))
        return found[0] if found else None

    def _people_of(self, record: type[T], query: Select[Any]) -> tuple[T, ...]:
        return tuple(map(KINDS[record].from_row, self._connection.execute(query)))
