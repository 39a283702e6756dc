"""The block loader: the same bytes whichever way, and nothing half done."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import event as event_of_sqlalchemy

from doorplate.errors import InputError, Refused
from doorplate.model import Address, Elements, Point
from doorplate.store import bulk
from doorplate.store.address_block import (
    AddressBlock,
    address_id,
    address_line,
    alias_json,
    copy_lines,
    id_range,
    spatialite_blobs,
)
from doorplate.store.engine import make_engine, read_transaction
from tests.support.raw import raw
from tests.support.village import CODE, PREFIX, additions, community, event

LOAD = "cd613e30d8f14adf91b7584a2265b1f5"
MESSY = ["幸福路", "O'Brien\"路", "tab\t路", "line\n路", "back\\slash\\N路", "\\N", "回车\r路", "小𣵦村路", "100%路", "{}路", ""]


def block(streets: list[str], first: int = 2, lon: float = 108.2) -> AddressBlock:
    size = len(streets)
    points = np.arange(size) * 0.0001 + lon
    return AddressBlock(
        rows=range(first, first + size), community=[CODE] * size,
        before=[("", street, "") for street in streets], number=[str(n) for n in range(size)], after=[("",) * 6] * size,
        standard_address=[f"{PREFIX}{street}{n}号" for n, street in enumerate(streets)],
        key=[f"{CODE}:{first}/{street}/{n}" for n, street in enumerate(streets)], lon=points, lat=np.full(size, 34.27))


@pytest.fixture
def village(store):
    with store.writing() as unit:
        unit.save(None, community(), event("community.opened", CODE))
    return store


def load(store, blocks: Iterable[AddressBlock], expected: int = 0) -> str:
    with store.writing() as unit, bulk.loading(unit, LOAD, expected) as loader:
        for one in blocks:
            loader.add(one)
        return loader.digest


@pytest.mark.parametrize("expected", [0, 10**6])
def test_whatever_a_text_holds_comes_back_as_it_was(village, expected):
    load(village, [block(MESSY)], expected=expected)
    with village.reading() as reader:
        assert [a.elements.street for a in reader.addresses(CODE)] == MESSY
        first = reader.addresses(CODE)[0]
        assert first == Address(address_id(LOAD, 2), CODE, Elements(street="幸福路", number="0"), f"{PREFIX}幸福路0号",
                                f"{CODE}:2/幸福路/0", "proposed", Point(108.2, 34.27), version=1)
        lines = copy_lines(LOAD, block(MESSY)).splitlines(keepends=True)
        assert [address_line(a) for a in reader.addresses(CODE)] == lines


def test_grids_aliases_and_missing_points(village):
    one = block(["幸福路", "幸福路", "幸福路"])
    lon = np.array([108.2, np.nan, 108.3])
    aliases = [alias_json(("老街\\3号\"",)), "[]", "[]"]
    told = replace(one, lon=lon, grid_id=[None] * 3, aliases=aliases)
    load(village, [told])
    with village.reading() as reader:
        houses = reader.addresses(CODE)
        assert [h.point for h in houses] == [Point(108.2, 34.27), None, Point(108.3, 34.27)]
        assert houses[0].aliases == ("老街\\3号\"",)
        assert reader.addresses_by_alias(CODE, "老街\\3号\"") == (houses[0],)
        assert b"".join(map(address_line, houses)) == copy_lines(LOAD, told)


@pytest.mark.parametrize("text", ["\0", "a\0路", "\udcff路"])
def test_what_no_database_holds_is_refused(village, text):
    with pytest.raises(InputError) as refused:
        load(village, [block(["幸福路"]), block([text], first=3)])
    assert refused.value.code == "store.text"
    assert_untouched(village)


def assert_untouched(store) -> None:
    with store.reading() as reader:
        assert reader.count_addresses(CODE) == {}
        assert reader.event_count() == 1
    assert gc.isenabled()


@pytest.mark.parametrize("expected", [0, 10**6])
def test_whatever_goes_wrong_leaves_nothing(village, store_url, expected):
    def blocks():
        yield block(["幸福路"] * 50)
        raise KeyboardInterrupt

    before = objects(store_url)
    with pytest.raises(KeyboardInterrupt):
        load(village, blocks(), expected=expected)
    assert_untouched(village)
    assert objects(store_url) == before


def objects(url: str) -> list[str]:
    query = ("SELECT name, sql FROM sqlite_master" if url.startswith("sqlite")
             else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    with raw(url) as connection:
        return sorted(map(str, connection.execute(query).fetchall()))


@pytest.mark.parametrize("expected", [0, 10**6])
@pytest.mark.parametrize("fault", ["same address", "no such community", "same id"])
def test_the_databases_rules_hold(village, expected, fault):
    bad = block(["和平路"], first=50)
    if fault == "same address":
        bad = block(["幸福路"], first=50)
    elif fault == "no such community":
        bad = replace(bad, community=["610431009999"])
    else:
        bad = replace(bad, rows=[2])
    with pytest.raises(Refused) as refused:
        load(village, [block(["幸福路"]), bad], expected)
    assert refused.value.code in ("store.duplicate", "store.reference")
    assert_untouched(village)


def test_the_r_tree_has_every_point_and_the_rest_of_the_table_keeps_its_own(village, store_url):
    from tests.support.village import address

    with village.writing() as unit:
        unit.save_many(additions([address(1), address(2)]))
    load(village, [block(["和平路"] * 30, lon=109.0)], expected=10**6)
    with village.reading() as reader:
        assert len(reader.addresses_near(Point(108.2001, 34.27), 20)) == 2
        assert len(reader.addresses_near(Point(109.0015, 34.27), 10_000, 100)) == 30
    if store_url.startswith("sqlite"):
        with raw(store_url) as connection:
            assert connection.execute("SELECT CheckSpatialIndex('address', 'point')").fetchone() == (1,)


ASKED = [
    (lambda reader: reader.address_by_key(CODE, f"{CODE}:2/和平路/700"), "ix_address_community_key"),
    (lambda reader: reader.address_ids(CODE, [f"{PREFIX}和平路700号"]), "uq_address_living"),
    (lambda reader: reader.addresses_by_alias(CODE, "老街3号"), "ix_address_aliases"),
    (lambda reader: reader.addresses("610431001299"), "ix_address_community_key"),
]


@pytest.mark.parametrize(("ask", "index"), ASKED, ids=[index for _, index in ASKED])
def test_after_a_load_questions_go_through_the_indexes(village, store_url, ask, index):
    load(village, [block(["和平路"] * 2_000)], expected=10**6)
    asked: list[tuple[str, object]] = []
    with village.reading() as reader:
        connection = reader._connection
        event_of_sqlalchemy.listen(connection, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        ask(reader)
        statement, values = asked[0]
        command = "EXPLAIN QUERY PLAN" if store_url.startswith("sqlite") else "EXPLAIN"
        plan = connection.exec_driver_sql(f"{command} {statement}", values).all()
    if store_url.startswith("sqlite") and index == "ix_address_aliases":
        index = "ix_address_community_key"  # SQLite takes the community's addresses to be few
    assert index in str(plan)


def test_spatialite_reads_the_blobs_as_its_own(migrated_file):
    ours = spatialite_blobs(np.array([108.2, np.nan]), np.array([34.27, 0.0]))
    with read_transaction(make_engine(f"sqlite:///{migrated_file}")) as connection:
        theirs = connection.exec_driver_sql("SELECT MakePoint(108.2, 34.27, 4490)").scalar()
    assert ours == [theirs, None]


def test_ids_rise_with_the_rows():
    assert address_id(LOAD, 2) == "cd613e30d8f14adf91b7000000000002"
    low, high = id_range(LOAD)
    assert low < address_id(LOAD, 1) < address_id(LOAD, 10**9) < high
    assert len(low) == len(high) == 32
