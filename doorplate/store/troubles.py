"""What databases complain about, in the words of our own errors; and what is refused before they could."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, TimeoutError

from doorplate.errors import InputError, Refused, Unavailable
from doorplate.store.tables import Base

LARGEST = 2**31 - 1  # PostgreSQL's integer; SQLite would take more and PostGIS then refuse the move

_UNAVAILABLE = (  # what the driver says → code, message
    (r"database is locked|lock timeout|LockNotAvailable", "store.busy", "登记簿正忙, 等了半分钟还没有轮到, 请稍后再试"),
    (r"database or disk is full|No space left|DiskFull", "store.disk_full", "磁盘已满, 没有保存; 请腾出空间再试"),
    (r"readonly database|read-only|permission denied", "store.no_permission",
     "没有权限这样用登记簿 (文件只读, 或数据库角色不够)"),
    (r"file is not a database|malformed|disk image", "store.damaged", "登记簿文件不是 SQLite 数据库, 或已损坏; 请从备份恢复"),
    (r"unable to open database file", "store.not_initialised", "还没有登记簿, 请先运行 doorplate init"),
)


@contextmanager
def translated() -> Iterator[None]:
    """Raises our own errors for the database's: Refused(store.reference) and Unavailable(store.…)."""
    try:
        yield
    except IntegrityError as exc:
        raise Refused("store.reference", "引用的记录不存在, 没有保存", constraint=_constraint(exc)) from exc
    except DataError as exc:
        raise InputError("store.text", "有一个值数据库存不下 (空字符、残缺的编码或太大的数), 没有保存") from exc
    except TimeoutError as exc:
        raise Unavailable("store.busy", "登记簿正忙, 所有连接都在用, 请稍后再试") from exc
    except DBAPIError as exc:
        trouble = unavailable(exc.orig or exc)
        if isinstance(exc, ProgrammingError) and trouble.code == "store.unreachable":
            raise  # a statement the database does not understand is a bug of ours, not a trouble of theirs
        raise trouble from exc


def duplicate(exc: IntegrityError, rows: Sequence[Mapping[str, Any]]) -> Refused:
    """The refusal for a row that must be unique and is not, naming the thing; with its value where one row was written."""
    told = _constraint(exc)
    for rule in _unique_rules():
        columns = [str(column) for column in rule.columns]  # "plate.code"
        if told in (str(rule.name), ", ".join(columns)):
            thing = str(rule.info.get("column", columns[-1]))
            value = str(rows[0].get(thing.partition(".")[2], "")) if len(rows) == 1 else ""
            where = value or f"这一批 {len(rows)} 条里有重复的"
            return Refused("store.duplicate", f"{rule.info['thing']}重复, 没有保存: {where}", thing=thing, value=value)
    return Refused("store.reference", "引用的记录不存在, 没有保存", constraint=told)


def _unique_rules() -> list[UniqueConstraint | Index]:
    rules = [rule for table in Base.metadata.tables.values() for rule in (*table.constraints, *table.indexes)]
    return [rule for rule in rules if isinstance(rule, UniqueConstraint | Index) and "thing" in rule.info]


def require_storable(row: Mapping[str, Any]) -> None:
    """Raises InputError(store.text) for characters and InputError(store.number) for numbers not every database can hold."""
    for name, value in row.items():
        # Compared first: an integer of hundreds of digits is no float.
        if type(value) is not str and isinstance(value, int | float) and not (abs(value) <= LARGEST and math.isfinite(value)):
            raise InputError("store.number", f"{name} 的数值太大或不是数字, 不能入库", field=name)
    if not _is_text("".join(map(_text_of, row.values()))):
        name = next(name for name, value in row.items() if not _is_text(_text_of(value)))
        raise InputError("store.text", f"{name} 里有不能保存的字符 (空字符或残缺的编码)", field=name)


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return "".join(map(_text_of, value.values() if isinstance(value, dict) else value))
    return ""


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _constraint(exc: IntegrityError) -> str:
    """PostgreSQL names the constraint, SQLite the columns ("plate.code")."""
    diagnosis = getattr(exc.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    return str(exc.orig).partition("constraint failed: ")[2]


def unavailable(exc: BaseException) -> Unavailable:
    """Our word for what a driver could not do."""
    said = f"{type(exc).__name__} {exc}"
    for pattern, code, message in _UNAVAILABLE:
        if re.search(pattern, said, re.IGNORECASE):
            return Unavailable(code, message)
    return Unavailable("store.unreachable",
                       "连不上数据库: 请检查它是否在运行, DOORPLATE_DATABASE_URL 里的主机、库名、用户、密码对不对")
