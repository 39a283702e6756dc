"""Every question asked about matters: part of `Reader`. Who may see a matter is decided in `cases.visibility`; here it is SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from doorplate.cases.case import Case, CaseEntry, CaseFile
from doorplate.cases.lifecycle import OPEN
from doorplate.cases.visibility import AREA_WIDE, CaseScope
from doorplate.model import Area, Staff
from doorplate.store.records import KINDS
from doorplate.store.tables import ADDRESS, AREA, CASE, CASE_ENTRY, CASE_FILE, STAFF

T = TypeVar("T")
Condition = ColumnElement[bool]
Show = Literal["mine", "open", "overdue", "done"]
_NAMES_SOMEBODY: Condition = literal_column("cases.about <> '[]'", Boolean())  # nearly none do: asked before looking inside
_DIGITS = 12  # of a community's code
SHOWS: tuple[Show, ...] = ("mine", "open", "overdue", "done")


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of a list: so many from an offset on."""

    offset: int
    limit: int


class CaseQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def case(self, case_id: str) -> Case | None:
        return self._case(CASE.c.id == case_id)

    def case_by_client(self, client_id: str) -> Case | None:
        return self._case(CASE.c.client_id == client_id)

    def case_by_receipt(self, receipt: str) -> Case | None:
        return self._case(CASE.c.receipt == receipt)

    def case_in(self, scope: CaseScope, case_id: str) -> Case | None:
        """None for one this scope may not see, as for one that does not exist."""
        return self._case(CASE.c.id == case_id, *self._within(scope))

    def cases_in(self, scope: CaseScope, show: Show, now: datetime, part: Slice) -> tuple[Case, ...]:
        """What is done the latest first; everything else the urgent first, then by when it is due."""
        query = select(CASE).where(*self._within(scope), *_shown(scope, show, now))
        order = ([CASE.c.asked_at.desc()] if show == "done"
                 else [CASE.c.urgent.desc(), CASE.c.due_at.is_(None), CASE.c.due_at])
        return self._found(Case, query.order_by(*order, CASE.c.fid).offset(part.offset).limit(part.limit))

    def count_cases(self, scope: CaseScope, now: datetime) -> dict[str, int]:
        """How many each `Show` has."""
        seen = self._within(scope)
        return {show: self._connection.scalar(select(func.count()).select_from(CASE).where(*seen, *_shown(scope, show, now))) or 0
                for show in SHOWS}

    def cases_since(self, community: str, since: datetime, limit: int, scope: CaseScope | None = None) -> tuple[Case, ...]:
        """Those asked in a community since a moment and not withdrawn, the latest first. scope None: whoever may see them."""
        seen = self._within(scope) if scope else []
        query = select(CASE).where(CASE.c.community == community, CASE.c.asked_at >= since, CASE.c.status != "withdrawn", *seen)
        return self._found(Case, query.order_by(CASE.c.asked_at.desc(), CASE.c.fid).limit(limit))

    def cases_due(self, now: datetime, after: str, limit: int) -> tuple[str, ...]:
        """Ids, in order, of open matters below the superior whose time is over, behind the id `after` ("" = from the first)."""
        over = (CASE.c.due_at <= now, CASE.c.level != "superior", CASE.c.status.in_(OPEN), CASE.c.id > after)
        return tuple(self._connection.scalars(select(CASE.c.id).where(*over).order_by(CASE.c.id).limit(limit)))

    def cases_to_forget(self, before: datetime, limit: int) -> tuple[str, ...]:
        """Ids of matters in which something personal is still kept though nothing was said on them since `before`: settled and
        answered ones, and withdrawn ones whenever (their files may have outlived the withdrawal)."""
        quiet = ~exists().where(CASE_ENTRY.c.case_id == CASE.c.id, CASE_ENTRY.c.at >= before)
        files = exists().where(CASE_FILE.c.case_id == CASE.c.id, CASE_FILE.c.key != "")
        words = exists().where(CASE_ENTRY.c.case_id == CASE.c.id, CASE_ENTRY.c.words_sealed.is_not(None))
        kept = or_(CASE.c.text_sealed.is_not(None), CASE.c.contact_sealed.is_not(None), files, words)
        over = or_(CASE.c.status == "withdrawn", and_(CASE.c.status.in_(("settled", "answered")), quiet))
        return tuple(self._connection.scalars(select(CASE.c.id).where(over, kept).order_by(CASE.c.fid).limit(limit)))

    def case_entries(self, case_id: str) -> tuple[CaseEntry, ...]:
        """The steps of a matter in order."""
        return self._found(CaseEntry, select(CASE_ENTRY).where(CASE_ENTRY.c.case_id == case_id).order_by(CASE_ENTRY.c.seq))

    def case_files(self, case_id: str) -> tuple[CaseFile, ...]:
        """In the order they came; those taken away have no key."""
        return self._found(CaseFile, select(CASE_FILE).where(CASE_FILE.c.case_id == case_id).order_by(CASE_FILE.c.fid))

    def case_keys_known(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys of the vault belong to a matter (a few hundred at a time)."""
        return set(self._connection.scalars(select(CASE_FILE.c.key).where(CASE_FILE.c.key.in_(list(keys)))))

    def areas_coded(self, code: str) -> tuple[Area, ...]:
        """Areas in force with this code, of any kind."""
        return self._found(Area, select(AREA).where(AREA.c.code == code, AREA.c.valid_to.is_(None)).order_by(AREA.c.fid))

    def staff_deputised_by(self, staff_id: str) -> tuple[Staff, ...]:
        """Those whose deputy this is, away or not."""
        return self._found(Staff, select(STAFF).where(STAFF.c.deputy_id == staff_id).order_by(STAFF.c.fid))

    def _case(self, *where: Condition) -> Case | None:
        found = self._found(Case, select(CASE).where(*where).limit(1))
        return found[0] if found else None

    def _found(self, record: type[T], query: Select[Any]) -> tuple[T, ...]:
        return tuple(map(KINDS[record].from_row, self._connection.execute(query)))

    def _within(self, scope: CaseScope) -> list[Condition]:
        """`cases.visibility.may_see`, in SQL."""
        here = _in_division(scope.prefix)
        if scope.grid_id is not None:
            here.append(CASE.c.address_id.in_(select(ADDRESS.c.id).where(ADDRESS.c.grid_id == scope.grid_id)))
        open_direct = and_(CASE.c.kind == "direct", CASE.c.level.in_(scope.direct_at))
        others = CASE.c.kind != "direct" if scope.level in AREA_WIDE else false()
        mine = CASE.c.owner_id.in_(scope.stands_for)
        return [or_(mine, and_(or_(others, open_direct), *here)), *[~self._names(one) for one in scope.not_about]]

    def _names(self, staff_id: str) -> Condition:
        if self._connection.dialect.name == "postgresql":
            return type_coerce(CASE.c.about, JSONB).contains([staff_id])
        each = func.json_each(CASE.c.about).table_valued("value")
        return and_(_NAMES_SOMEBODY, exists().select_from(each).where(each.c.value == staff_id))


def _in_division(prefix: str) -> list[Condition]:
    """Communities whose twelve digits begin so: as a range, for which the index serves and every collation agrees."""
    if not prefix.isdecimal():
        return [false()]
    return [CASE.c.community >= prefix, CASE.c.community <= prefix.ljust(_DIGITS, "9")]


def _shown(scope: CaseScope, show: Show, now: datetime) -> list[Condition]:
    unfinished = CASE.c.status.in_(OPEN)
    match show:
        case "done":
            return [~unfinished]
        case "overdue":
            return [unfinished, CASE.c.due_at < now]
        case "mine":
            desk = and_(CASE.c.owner_id.is_(None), CASE.c.level == scope.level) if scope.level else false()
            return [unfinished, or_(CASE.c.owner_id.in_(scope.stands_for), desk)]
        case _:
            return [unfinished]
