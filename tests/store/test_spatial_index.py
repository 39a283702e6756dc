"""The spatial index is really used, and survives what people do to databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from doorplate.model import Point
from doorplate.store.engine import make_engine, read_transaction
from doorplate.store.geometry import bbox, window
from doorplate.store.tables import ADDRESS
from tests.support.raw import raw
from tests.support.village import additions, address, addresses, community

HERE = Point(108.25, 34.27)


@pytest.fixture
def street(store):
    """A long street: 3,000 houses over 27 km."""
    with store.writing() as unit:
        unit.save_many(additions([community(), *addresses(3000)]))
    return store


def plan(url: str, statement: str) -> str:
    command = "EXPLAIN QUERY PLAN" if url.startswith("sqlite") else "EXPLAIN"
    with raw(url) as connection:
        if url.startswith("postgresql"):
            connection.execute("ANALYZE address")
        return "\n".join(str(row) for row in connection.execute(f"{command} {statement}").fetchall())


def test_the_plan_goes_through_the_index(street, store_url):
    engine = make_engine(store_url)
    query = select(ADDRESS.c.id).where(bbox(ADDRESS.c.point, window(HERE, 50)), ADDRESS.c.status != "retired")
    text = plan(store_url, str(query.compile(engine, compile_kwargs={"literal_binds": True})))
    if store_url.startswith("sqlite"):
        assert "SpatialIndex VIRTUAL TABLE INDEX" in text
        assert "SEARCH address USING INTEGER PRIMARY KEY (rowid=?)" in text
        assert "SCAN address" not in text
    else:
        assert "idx_address_point" in text
        assert "Seq Scan" not in text


def test_the_box_holds_all_within_and_not_the_whole_street(street, store_url):
    with read_transaction(make_engine(store_url)) as connection:
        found = connection.execute(select(ADDRESS.c.id).where(bbox(ADDRESS.c.point, window(HERE, 50)))).all()
    with street.reading() as reader:
        near = reader.addresses_near(HERE, 50, 100)
    assert len(near) == 11
    assert {a.id for a, _ in near} <= {row.id for row in found}
    assert len(found) <= 13


def test_the_index_survives_a_vacuum(street, store_url):
    """SQLite may renumber rows on VACUUM where no integer primary key forbids it; the R-tree would point elsewhere."""
    with raw(store_url) as connection:
        if store_url.startswith("postgresql"):
            connection.autocommit = True
        connection.execute("VACUUM")
    with street.reading() as reader:
        assert [a.elements.number for a, _ in reader.addresses_near(address(500).point, 1)] == ["500"]


def test_a_moved_address_is_found_where_it_is_now(street):
    from dataclasses import replace

    from tests.support.village import event

    with street.writing() as unit:
        house = unit.address(address(7).id)
        unit.save(house, replace(house, point=Point(100.0, 30.0)), event("address.located", house.id))
    with street.reading() as reader:
        assert [a.id for a, _ in reader.addresses_near(Point(100.0, 30.0), 5)] == [house.id]
        assert house.id not in [a.id for a, _ in reader.addresses_near(address(7).point, 5)]
