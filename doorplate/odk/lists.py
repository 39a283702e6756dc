"""The lists beside the forms, as CSV: made from what an offline pack holds, so that they show no more and no less. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from doorplate.odk.correction import KNOWN
from doorplate.odk.place import DOOR_COLUMNS

Row = Mapping[str, Any]
HOUSEHOLD_COLUMNS = ("name", "label", "address", "version")
NOTHING = ["-", "–", "-"]
"""How a row begins that stands where there is nothing to choose; it belongs to no street and no door."""
_OF_PACK = {"place_kind": "kind"}


def rows_of(part: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a part of a pack by column."""
    for row in part["rows"]:
        yield dict(zip(part["columns"], row, strict=True))


def doors_csv(parts: Iterable[Mapping[str, Any]]) -> bytes:
    """For the correction form: with what is registered now, to be shown beside what is asked."""
    return _csv((*DOOR_COLUMNS, *KNOWN.values()), ([*_door(part, row), *(row[_OF_PACK.get(name, name)] for name in KNOWN)]
                                          for part in parts for row in rows_of(part) if row["status"] != "retired"))


def doors_to_count_csv(parts: Iterable[Mapping[str, Any]], population: Mapping[str, bool]) -> bytes:
    """For the household form: where the address is, and whether persons are counted there at all."""
    return _csv((*DOOR_COLUMNS, "population"), ([*_door(part, row), "1" if population.get(part["community"]) else ""]
                                                for part in parts for row in rows_of(part) if row["status"] != "retired"))


def ways_csv(parts: Iterable[Mapping[str, Any]], communities: Sequence[Mapping[str, Any]]) -> bytes:
    """Streets, lanes, hamlets that have a door in use; of several communities each with its community's name."""
    of = {one["code"]: f" · {one['names'][-1]}" if len(communities) > 1 else "" for one in communities}
    found = {_way(part, row): _way_label(part, row) + of.get(part["community"], "")
             for part in parts for row in rows_of(part) if row["status"] != "retired"}
    return _csv(("name", "label"), sorted(found.items(), key=lambda pair: pair[1]))


def households_csv(parts: Iterable[Mapping[str, Any]]) -> bytes:
    """Households by turn at their door and the day they were last counted: nothing that tells who lives there."""
    rows = sorted((row for part in parts for row in rows_of(part) if row["address"]), key=lambda row: (row["address"], row["id"]))
    turn: Counter[str] = Counter()
    made = []
    for row in rows:
        turn[row["address"]] += 1
        n = turn[row["address"]]
        counted = f" ({row['counted_on']})" if row["counted_on"] else ""
        made.append((row["id"], f"第 {n} 户 / no. {n}{counted}", row["address"], row["version"]))
    return _csv(HOUSEHOLD_COLUMNS, made)


def communities_csv(communities: Iterable[Mapping[str, Any]]) -> bytes:
    return _csv(("name", "label"), ((one["code"], one["prefix"]) for one in communities))


def _door(part: Mapping[str, Any], row: Row) -> list[Any]:
    label = " ".join(filter(None, (row["local"], row["name"])))
    codes = " ".join(code for _, code, _, status in row["plates"] if status != "retired")
    return [row["id"], label, _way(part, row), codes, part["community"], row["version"]]


def _way(part: Mapping[str, Any], row: Row) -> str:
    """A choice's name may hold no space: the street's own name, or a sign for doors without one."""
    name, _ = part["streets"][row["thoroughfare"]]
    return f"{part['community']}:{''.join(str(name).split()) or '-'}"


def _way_label(part: Mapping[str, Any], row: Row) -> str:
    name, _ = part["streets"][row["thoroughfare"]]
    return str(name) or "(没有街路名 / no street)"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Never without a row: clients before JavaRosa 4.3 do not open a form whose list has none (getodk/javarosa#743)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    told = [["" if value is None else value for value in row] for row in rows]
    writer.writerows(told or [NOTHING[:len(columns)] + [""] * (len(columns) - len(NOTHING))])
    return out.getvalue().encode()
