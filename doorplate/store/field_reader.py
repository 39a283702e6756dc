"""Every question asked about items and files from the field: part of `Reader`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from doorplate.field.records import FieldAside, FieldFile, FieldItem
from doorplate.store.field_tables import FIELD_ASIDE, FIELD_FILE, FIELD_ITEM
from doorplate.store.records import KINDS

T = TypeVar("T")


class FieldQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def item_sent(self, item_id: str) -> FieldItem | None:
        found = self._sent(FieldItem, select(FIELD_ITEM).where(FIELD_ITEM.c.id == item_id))
        return found[0] if found else None

    def last_item_of(self, account_id: str) -> FieldItem | None:
        """The one done last by the (corrected) clock."""
        query = select(FIELD_ITEM).where(FIELD_ITEM.c.account_id == account_id)
        found = self._sent(FieldItem, query.order_by(FIELD_ITEM.c.captured_at.desc(), FIELD_ITEM.c.fid.desc()).limit(1))
        return found[0] if found else None

    def verdicts_for(self, account_id: str, limit: int) -> tuple[FieldItem, ...]:
        """Items of an account that were decided and whose sender has not read it, the earliest first."""
        mine = (FIELD_ITEM.c.account_id == account_id, FIELD_ITEM.c.reviewed_at.is_not(None), FIELD_ITEM.c.read_at.is_(None))
        query = select(FIELD_ITEM).where(*mine).order_by(FIELD_ITEM.c.reviewed_at, FIELD_ITEM.c.fid)
        return self._sent(FieldItem, query.limit(limit))

    def field_files(self, file_ids: Collection[str]) -> tuple[FieldFile, ...]:
        """A handful, in the order they came."""
        query = select(FIELD_FILE).where(FIELD_FILE.c.id.in_(list(file_ids)))
        return self._sent(FieldFile, query.order_by(FIELD_FILE.c.fid))

    def items_to_forget(self, before: datetime, limit: int) -> tuple[FieldItem, ...]:
        """Whatever waits for nobody, was decided or came in before a moment, and still has its content."""
        over = func.coalesce(FIELD_ITEM.c.reviewed_at, FIELD_ITEM.c.received_at) < before
        query = select(FIELD_ITEM).where(FIELD_ITEM.c.status != "waiting", FIELD_ITEM.c.payload_sealed.is_not(None), over)
        return self._sent(FieldItem, query.order_by(FIELD_ITEM.c.fid).limit(limit))

    def files_to_forget(self, before: datetime, limit: int) -> tuple[FieldFile, ...]:
        """Those of items whose content is gone, and those from before a moment that no item ever named."""
        gone = exists().where(FIELD_ITEM.c.id == FIELD_FILE.c.item_id, FIELD_ITEM.c.payload_sealed.is_(None))
        unnamed = and_(FIELD_FILE.c.item_id == "", FIELD_FILE.c.received_at < before)
        query = select(FIELD_FILE).where(FIELD_FILE.c.key != "", or_(gone, unnamed))
        return self._sent(FieldFile, query.order_by(FIELD_FILE.c.fid).limit(limit))

    def field_keys_known(self, keys: Collection[str]) -> set[str]:
        """Which of these keys of the vault belong to a file of ours (a few hundred at a time)."""
        return set(self._connection.scalars(select(FIELD_FILE.c.key).where(FIELD_FILE.c.key.in_(list(keys)))))

    def aside_to_forget(self, before: datetime, limit: int) -> tuple[FieldAside, ...]:
        query = select(FIELD_ASIDE).where(FIELD_ASIDE.c.received_at < before, func.length(FIELD_ASIDE.c.body_sealed) > 0)
        return self._sent(FieldAside, query.order_by(FIELD_ASIDE.c.fid).limit(limit))

    def kept_aside(self) -> tuple[FieldAside, ...]:
        """What nobody could read and is still kept, in the order it came."""
        kept = func.length(FIELD_ASIDE.c.body_sealed) > 0
        return self._sent(FieldAside, select(FIELD_ASIDE).where(kept).order_by(FIELD_ASIDE.c.fid))

    def _sent(self, record: type[T], query: Select[Any]) -> tuple[T, ...]:
        return tuple(map(KINDS[record].from_row, self._connection.execute(query)))
