"""Many addresses at once, column by column, and the three forms a database takes them in. Degrees, EPSG:4490, lon before lat."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doorplate.errors import InputError
from doorplate.model import Address
from doorplate.store.geometry import SRID
from doorplate.store.records import ELEMENTS

COLUMNS = ("id", "community", *ELEMENTS, "standard_address", "key", "status", "point", "accuracy_m", "point_source", "grid_id",
           "aliases", "place_kind", "name", "version")
_PREFIX = 20  # digits of the load's id that its addresses share
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EWKB = np.dtype([("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
_BLOB = np.dtype([("start", "u1"), ("order", "u1"), ("srid", "<i4"), ("west", "<f8"), ("south", "<f8"), ("east", "<f8"),
                  ("north", "<f8"), ("box_end", "u1"), ("type", "<i4"), ("lon", "<f8"), ("lat", "<f8"), ("end", "u1")])


def address_id(load_id: str, row: int) -> str:
    """The id of the address that came on this row of this load: of uuid's form, rising with the row."""
    return f"{load_id[:_PREFIX]}{row:012x}"


def id_range(load_id: str) -> tuple[str, str]:
    """The smallest and the largest id an address of this load can have."""
    return load_id[:_PREFIX] + "0" * 12, load_id[:_PREFIX] + "f" * 12


@dataclass(frozen=True, slots=True)
class AddressBlock:
    """Proposed addresses of households, all columns of one length.

    rows: their rows in the file, rising · before, number, after: the ten texts of `Elements` in order: hamlet, street and lane;
    the number; suffix to room · lon, lat: nan = no point · grid_id: None = not known; empty = for none · aliases: JSON texts;
    empty = for none.
    """

    rows: Sequence[int]
    community: Sequence[str]
    before: Sequence[tuple[str, ...]]
    number: Sequence[str]
    after: Sequence[tuple[str, ...]]
    standard_address: Sequence[str]
    key: Sequence[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    grid_id: Sequence[str | None] = ()
    aliases: Sequence[str] = ()


def copy_lines(load_id: str, block: AddressBlock) -> bytes:
    """The block in PostgreSQL's COPY text format, COLUMNS in order. Raises InputError(store.text) for characters no database
    holds."""
    lines = _joined(load_id, block)
    return _joined(load_id, _escaped(block)) if _needs_escapes(lines, block) else lines


def address_line(address: Address) -> bytes:
    """The COPY line of one address, every column as it is; of an address as it came in, the same bytes as `copy_lines` gave."""
    point = address.point
    place = _hex_ewkb(np.array([point.lon]), np.array([point.lat]))[0] if point else _NULL
    accuracy = point.accuracy_m if point else None
    texts = [address.id, address.community, *(getattr(address.elements, name) for name in ELEMENTS), address.standard_address,
             address.key, address.status, None, None if accuracy is None else repr(accuracy), point.source if point else "",
             address.grid_id, alias_json(address.aliases), address.place_kind, address.name, str(address.version)]
    cells = [_NULL if text is None else text.translate(_ESCAPES) for text in texts]
    cells[COLUMNS.index("point")] = place
    return ("\t".join(cells) + "\n").encode()


def alias_json(aliases: Sequence[str]) -> str:
    """As the store writes its JSON columns."""
    return json.dumps(list(aliases), ensure_ascii=False)


def sqlite_rows(load_id: str, block: AddressBlock, first_fid: int) -> Iterator[tuple[Any, ...]]:
    """fid and COLUMNS of each address, the point as SpatiaLite's BLOB."""
    for fid, (row, community, before, number, after, address, key, grid, aliases), point in zip(
            range(first_fid, first_fid + len(block.rows)), _columns(block), spatialite_blobs(block.lon, block.lat), strict=True):
        source = "list" if point else ""
        yield (fid, f"{load_id[:_PREFIX]}{row:012x}", community, *before, number, *after, address, key, "proposed", point, None,
               source, grid, aliases, "household", "", 1)


def spatialite_blobs(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[bytes | None]:
    """Points as SpatiaLite keeps them (its BLOB-Geometry format): 60 bytes each, None for nan."""
    blobs = np.zeros(len(lon), dtype=_BLOB)
    blobs["order"], blobs["srid"], blobs["box_end"], blobs["type"], blobs["end"] = 1, SRID, 0x7C, 1, 0xFE
    for name in ("west", "east", "lon"):
        blobs[name] = lon
    for name in ("south", "north", "lat"):
        blobs[name] = lat
    return _pieces(blobs.tobytes(), _BLOB.itemsize, lon, None)


def _hex_ewkb(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str]:
    points = np.zeros(len(lon), dtype=_EWKB)
    points["order"], points["type"], points["srid"], points["lon"], points["lat"] = 1, 0x20000001, SRID, lon, lat
    return _pieces(points.tobytes().hex(), 2 * _EWKB.itemsize, lon, _NULL)


def _pieces(whole: Any, size: int, lon: NDArray[np.float64], nothing: Any) -> list[Any]:
    pieces = [whole[start:start + size] for start in range(0, len(whole), size)]
    for missing in np.flatnonzero(np.isnan(lon)).tolist():
        pieces[missing] = nothing
    return pieces


def _columns(block: AddressBlock) -> Iterator[tuple[int, str, tuple[str, ...], str, tuple[str, ...], str, str, str | None, str]]:
    size = len(block.rows)
    grids = block.grid_id or repeat(None, size)
    aliases = block.aliases or repeat("[]", size)
    return zip(block.rows, block.community, block.before, block.number, block.after, block.standard_address, block.key, grids,
               aliases, strict=True)


class _Tabbed(dict[tuple[str, ...], str]):
    """Some cells as a piece of a line, put together once."""

    def __missing__(self, cells: tuple[str, ...]) -> str:
        self[cells] = line = "\t".join(cells)
        return line


def _joined(load_id: str, block: AddressBlock) -> bytes:
    prefix, tabbed = load_id[:_PREFIX], _Tabbed()
    text = "".join([
        f"{prefix}{row:012x}\t{community}\t{tabbed[before]}\t{number}\t{tabbed[after]}\t{address}\t{key}\tproposed\t{point}"
        f"\t\\N\t{'list' if point is not _NULL else ''}\t{grid or _NULL}\t{aliases}\thousehold\t\t1\n"
        for (row, community, before, number, after, address, key, grid, aliases), point in zip(
            _columns(block), _hex_ewkb(block.lon, block.lat), strict=True)])
    try:
        lines = text.encode()
    except UnicodeEncodeError as exc:
        raise _unstorable() from exc
    if b"\0" in lines:
        raise _unstorable()
    return lines


def _needs_escapes(lines: bytes, block: AddressBlock) -> bool:
    """Counting is a hundred times quicker than escaping what almost never needs it."""
    size = len(block.rows)
    no_grid = block.grid_id.count(None) if block.grid_id else size
    nulls = size + no_grid + int(np.isnan(block.lon).sum())
    each = np.frombuffer(lines, dtype=np.uint8)
    expected = {"\t": size * (len(COLUMNS) - 1), "\n": size, "\\": nulls, "\r": 0}
    return any(np.count_nonzero(each == ord(sign)) != number for sign, number in expected.items())


def _escaped(block: AddressBlock) -> AddressBlock:
    def safe(texts: Sequence[str]) -> list[str]:
        return [text.translate(_ESCAPES) for text in texts]

    return replace(block, community=safe(block.community), standard_address=safe(block.standard_address), key=safe(block.key),
                   before=[tuple(safe(cells)) for cells in block.before], number=safe(block.number),
                   after=[tuple(safe(cells)) for cells in block.after], aliases=safe(block.aliases))


def _unstorable() -> InputError:
    return InputError("store.text", "有一个值数据库存不下 (空字符或残缺的编码), 没有保存")
