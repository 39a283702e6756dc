"""Every question asked about the review queue: part of `Reader`. Who may see an item is `field.review_scope`; here it is SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, String, and_, case, cast, false, func, or_, select, true, tuple_

from doorplate.field.records import FieldFile, FieldItem
from doorplate.field.review_scope import ReviewScope
from doorplate.store.case_reader import Slice
from doorplate.store.field_tables import FIELD_FILE, FIELD_ITEM
from doorplate.store.people_tables import ACCOUNT
from doorplate.store.records import KINDS
from doorplate.store.tables import ADDRESS, AREA

T = TypeVar("T")
Condition = ColumnElement[bool]
Show = Literal["all", "clean", "soft", "hard", "flagged", "mine", "done"]
_ITEM = FIELD_ITEM.c
_DECIDED = ("approved", "amended", "rejected")
_DIGITS = 12  # of a community's code
_FLAGGED: Condition = cast(_ITEM.flags, String) != "[]"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the queue, in which order. find: part of an address or of a sender's name, "" = all."""

    show: Show
    newest_first: bool = False
    find: str = ""


class ReviewQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def review_item(self, scope: ReviewScope, item_id: str) -> FieldItem | None:
        """None for one this scope may not see, as for one that does not exist, and for what nobody reviews."""
        found = self._items(_seen(scope).where(_ITEM.id == item_id, _ITEM.status != "recorded"))
        return found[0] if found else None

    def review_items(self, scope: ReviewScope, item_ids: Collection[str]) -> tuple[FieldItem, ...]:
        """Those of these (a few hundred) that the scope may see, in the order they came."""
        return self._items(_seen(scope).where(_ITEM.id.in_(list(item_ids))).order_by(_ITEM.received_at, _ITEM.fid))

    def review_queue(self, scope: ReviewScope, asked: Asked, part: Slice) -> tuple[FieldItem, ...]:
        return self._items(queue_query(scope, asked, part))

    def review_total(self, scope: ReviewScope, asked: Asked) -> int:
        inner = _matching(_seen(scope, _ITEM.fid), scope, asked).subquery()
        return self._connection.scalar(select(func.count()).select_from(inner)) or 0

    def review_counts(self, scope: ReviewScope) -> dict[str, int]:
        """How many each show has: what waits in one pass, what is done and mine by their own indexes."""
        kinds = {show: _shown(scope, show) for show in ("clean", "soft", "hard", "flagged")}
        sums = [func.coalesce(func.sum(case((where, 1), else_=0)), 0) for where in kinds.values()]
        waiting = _limited(select(func.count(), *sums).select_from(FIELD_ITEM), scope).where(_ITEM.status == "waiting")
        row = self._connection.execute(waiting).one()
        counts = dict(zip(("all", *kinds), row, strict=True))
        return counts | {"mine": self.review_total(scope, Asked("mine")), "done": self.review_total(scope, Asked("done"))}

    def review_beside(self, scope: ReviewScope, asked: Asked, item: FieldItem, *, after: bool) -> str:
        """The id of the item before or behind this one in the queue, "" at its end."""
        moment = _moment(asked)
        stands = item.reviewed_at if asked.show == "done" else item.received_at
        fid = select(_ITEM.fid).where(_ITEM.id == item.id).scalar_subquery()
        later = asked.newest_first != after
        here = tuple_(moment, _ITEM.fid) > tuple_(stands, fid) if later else tuple_(moment, _ITEM.fid) < tuple_(stands, fid)
        order = (moment, _ITEM.fid) if later else (moment.desc(), _ITEM.fid.desc())
        query = _matching(_seen(scope, _ITEM.id), scope, asked).where(here).order_by(*order).limit(1)
        return self._connection.scalars(query).first() or ""

    def review_near(self, scope: ReviewScope, item: FieldItem, limit: int = 10) -> tuple[FieldItem, ...]:
        """Others that wait and speak of the same address, household or plate."""
        same = [_ITEM.subject_id == item.subject_id] if item.subject_id else []
        same += [_ITEM.address_id == item.address_id] if item.address_id else []
        if not same:
            return ()
        query = _seen(scope).where(or_(*same), _ITEM.status == "waiting", _ITEM.id != item.id)
        return self._items(query.order_by(_ITEM.received_at, _ITEM.fid).limit(limit))

    def items_waiting_about(self, subject_id: str) -> tuple[FieldItem, ...]:
        """Whoever may see them: those that wait and speak of this address, household or plate."""
        about = or_(_ITEM.subject_id == subject_id, _ITEM.address_id == subject_id)
        return self._items(select(FIELD_ITEM).where(about, _ITEM.status == "waiting").order_by(_ITEM.fid))

    def review_files(self, item_id: str) -> tuple[FieldFile, ...]:
        """What came with an item and is still kept, in the order it came."""
        query = select(FIELD_FILE).where(FIELD_FILE.c.item_id == item_id, FIELD_FILE.c.key != "").order_by(FIELD_FILE.c.fid)
        return self._found_in_review(FieldFile, query)

    def _items(self, query: Select[Any]) -> tuple[FieldItem, ...]:
        return self._found_in_review(FieldItem, query)

    def _found_in_review(self, record: type[T], query: Select[Any]) -> tuple[T, ...]:
        return tuple(map(KINDS[record].from_row, self._connection.execute(query)))


def queue_query(scope: ReviewScope, asked: Asked, part: Slice) -> Select[Any]:
    """A page of the queue as SQL, in its order."""
    return _matching(_seen(scope), scope, asked).order_by(*_order(asked)).offset(part.offset).limit(part.limit)


def _seen(scope: ReviewScope, *columns: ColumnElement[Any]) -> Select[Any]:
    """Items (whole, or these columns of them) this scope may see."""
    return _limited(select(*(columns or (FIELD_ITEM,))), scope)


def _limited(query: Select[Any], scope: ReviewScope) -> Select[Any]:
    reach = or_(_ITEM.kind != "household", _within(scope.households))
    return query.where(or_(_ITEM.account_id == scope.account_id, and_(_within(scope.areas), reach)))


def _within(codes: Sequence[str]) -> Condition:
    """Items at doors of these areas: divisions as ranges of the community's code, for which every collation agrees; grids by the
    door's grid. What has no door yet belongs to its community alone; a household group holds no review (D)."""
    found: list[Condition] = []
    for code in codes:
        if code == "":
            return true()
        if code.isdecimal():
            found.append(and_(_ITEM.community >= code, _ITEM.community <= code.ljust(_DIGITS, "9")))
        else:
            grids = select(AREA.c.id).where(AREA.c.code == code, AREA.c.kind == "grid", AREA.c.valid_to.is_(None))
            found.append(_ITEM.address_id.in_(select(ADDRESS.c.id).where(ADDRESS.c.grid_id.in_(grids))))
    return or_(*found) if found else false()


def _matching(query: Select[Any], scope: ReviewScope, asked: Asked) -> Select[Any]:
    query = query.where(_shown(scope, asked.show))
    if asked.show not in ("done", "mine"):
        query = query.where(_ITEM.status == "waiting")
    if asked.find:
        doors = select(ADDRESS.c.id).where(ADDRESS.c.standard_address.contains(asked.find, autoescape=True))
        people = select(ACCOUNT.c.id).where(ACCOUNT.c.name.contains(asked.find, autoescape=True))
        query = query.where(or_(_ITEM.address_id.in_(doors), _ITEM.account_id.in_(people)))
    return query


def _shown(scope: ReviewScope, show: str) -> Condition:
    """flagged takes precedence: what somebody must look at is never among the clean ones. Own ones are under mine too."""
    match show:
        case "clean" | "soft" | "hard":
            return and_(_ITEM.verdict == show, ~_FLAGGED)
        case "flagged":
            return _FLAGGED
        case "mine":
            return and_(_ITEM.account_id == scope.account_id, _ITEM.status != "recorded")
        case "done":
            return and_(_ITEM.reviewed_at.is_not(None), _ITEM.status.in_(_DECIDED))
        case _:
            return true()


def _moment(asked: Asked) -> ColumnElement[Any]:
    return _ITEM.reviewed_at if asked.show == "done" else _ITEM.received_at


def _order(asked: Asked) -> tuple[ColumnElement[Any], ...]:
    moment = _moment(asked)
    return (moment.desc(), _ITEM.fid.desc()) if asked.newest_first else (moment, _ITEM.fid)
