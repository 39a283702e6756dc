"""Every question the registry asks, answered alike by both back ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorplate.model import Finding, ListImport, Point, RecordedFinding, SourceRef, Staff
from doorplate.store import Store
from tests.support.village import CODE, additions, address, addresses, community, event, grid, household, plate, uid

OTHER = "610431001204"


@pytest.fixture
def village(store: Store) -> Store:
    """Six houses on two streets, one of them retired, one unlocated; plates on three; four households, one without a door."""
    houses = [address(1), address(2, grid_id=grid("G01").id), address(3, point=None), address(4, status="retired"),
              address(1, "光明路", aliases=("辛福路1号",)), address(2, "光明路", status="verified")]
    plates = [plate(houses[0], "AAAAAAAAAAAA1"), plate(houses[0], "AAAAAAAAAAAA2", status="lost"),
              plate(houses[3], "AAAAAAAAAAAA3", status="retired")]
    imported = ListImport(uid("import"), CODE, "f" * 64, ("核对表.xlsx",))
    findings = [finding(1, "omitted", "open"), finding(2, "omitted", "settled"), finding(3, "duplicate.number", "open")]
    households = [household(1, houses[0], None, "aa"), household(2, houses[0]), household(3, houses[4]),
                  household(4, None, None, "aa")]
    staff = [Staff(uid("officer"), "李警官", "民警", "029-1", CODE),
             Staff(uid("worker"), "王网格", "网格员", "029-2", f"{CODE}-G01")]
    with store.writing() as unit:
        unit.save_many(additions([community(), community(OTHER), grid("G01"), grid("G02"), *houses, *plates, imported, *findings,
                                  *households, *staff]))
    return store


def finding(row: int, code: str, resolution: str) -> RecordedFinding:
    found = Finding(SourceRef("核对表.xlsx", "一组", row), code, "number", "", "说明", "", "ask")
    return RecordedFinding(uid(f"finding {row}"), CODE, uid("import"), found, resolution=resolution)  # type: ignore[arg-type]


def numbers(records):
    return [f"{r.elements.street}{r.elements.number}" for r in records]


def test_what_is_not_there_is_none(village):
    with village.reading() as reader:
        assert [reader.community("0"), reader.area("x"), reader.address("x"), reader.plate("x"), reader.plate_by_code("x"),
                reader.batch("x"), reader.list_import("x"), reader.finding("x"), reader.address_by_key(CODE, "x")] == [None] * 9
        assert (reader.addresses("0"), reader.plates_of([]), reader.staff(["0"]), reader.codes_taken([])) == ((), (), (), set())


def test_lists_come_in_order_of_entry(village):
    with village.reading() as reader:
        assert [c.code for c in reader.communities()] == [CODE, OTHER]
        assert numbers(reader.addresses(CODE)) == ["幸福路1", "幸福路2", "幸福路3", "幸福路4", "光明路1", "光明路2"]
        assert [p.code[-1] for p in reader.plates(CODE)] == ["1", "2", "3"]
        assert [f.finding.ref.row for f in reader.findings(CODE)] == [1, 2, 3]


def test_addresses_by_what_they_are(village):
    with village.reading() as reader:
        assert numbers(reader.addresses(CODE, status="verified")) == ["光明路2"]
        assert numbers(reader.addresses(CODE, grid_id=grid("G01").id)) == ["幸福路2"]
        assert numbers(reader.addresses(CODE, status="proposed", grid_id=grid("G02").id)) == []
        assert numbers(reader.addresses_of([address(2).id, address(1).id, "x"])) == ["幸福路1", "幸福路2"]
        assert reader.address_by_key(CODE, f"{CODE}|幸福路|3").id == address(3).id
        assert reader.address_by_key(CODE, f"{CODE}|幸福路|4") is None  # retired
        assert reader.address_by_key(OTHER, f"{CODE}|幸福路|3") is None


def test_addresses_can_be_streamed(village):
    with village.reading() as reader:
        stream = reader.each_address(CODE)
        assert next(stream).elements.number == "1"
        assert numbers(stream) == ["幸福路2", "幸福路3", "幸福路4", "光明路1", "光明路2"]


def test_standard_addresses_of_the_living(village):
    wanted = [address(1).standard_address, address(4).standard_address, "没有的地址"]
    with village.reading() as reader:
        assert reader.address_ids(CODE, wanted) == {wanted[0]: address(1).id}


def test_an_address_by_what_it_was_once_called(village):
    with village.reading() as reader:
        assert numbers(reader.addresses_by_alias(CODE, "辛福路1号")) == ["光明路1"]
        assert reader.addresses_by_alias(CODE, "辛福路") == ()
        assert reader.addresses_by_alias(CODE, "%") == ()
        assert reader.addresses_by_alias(OTHER, "辛福路1号") == ()


def test_areas_plates_households_staff(village):
    with village.reading() as reader:
        assert [a.name for a in reader.areas(CODE)] == ["G01网格", "G02网格"]
        assert reader.areas(CODE, "beat") == ()
        assert [p.code[-1] for p in reader.plates(CODE, ["planned", "lost"])] == ["1", "2"]
        assert reader.plates(CODE, []) == ()
        assert [p.code[-1] for p in reader.plates_of([address(4).id, address(1).id])] == ["1", "2", "3"]
        assert reader.plate(uid("plate AAAAAAAAAAAA1")).code == "AAAAAAAAAAAA1"
        assert [h.id for h in reader.households_by_head(CODE, "aa")] == [uid("household 1"), uid("household 4")]
        assert [s.role for s in reader.staff([f"{CODE}-G01", CODE])] == ["民警", "网格员"]
        assert reader.finding(uid("finding 2")).resolution == "settled"
        assert [i.id for i in reader.list_imports(CODE)] == [uid("import")]


def test_counts(village):
    with village.reading() as reader:
        assert reader.count_addresses(CODE) == {"proposed": 4, "retired": 1, "verified": 1}
        assert reader.count_plates(CODE) == {"lost": 1, "planned": 1, "retired": 1}
        assert reader.count_findings(CODE) == {"duplicate.number": 1, "omitted": 1}
        assert reader.count_findings(CODE, None) == {"duplicate.number": 1, "omitted": 2}
        assert reader.count_households(CODE) == 4
        assert reader.count_households_without_address(CODE) == 1
        assert reader.count_households_without_plate(CODE, ["planned", "mounted"]) == 2
        assert reader.count_households_without_plate(CODE, ["mounted"]) == 4
        assert (reader.count_addresses(OTHER), reader.count_households(OTHER)) == ({}, 0)


def test_any_number_of_ids_may_be_asked_for(village):
    """More than one statement's worth of variables, with doubles."""
    ids = [uid(f"nobody {n}") for n in range(70_000)] + [address(1).id] * 3
    with village.reading() as reader:
        assert numbers(reader.addresses_of(ids)) == ["幸福路1"]
        assert len(reader.plates_of(ids)) == 2
        assert reader.codes_taken(["AAAAAAAAAAAA1", *ids]) == {"AAAAAAAAAAAA1"}


def test_the_nearest_first_in_metres(village):
    """One house stands 9.2 m from the next at this latitude."""
    with village.reading() as reader:
        near = reader.addresses_near(address(2).point, 30)
    assert [numbers([a])[0] for a, _ in near] == ["幸福路2", "光明路2", "幸福路1", "光明路1"]
    assert [round(metres, 1) for _, metres in near] == [0.0, 0.0, 9.2, 9.2]


@pytest.mark.parametrize(("metres", "limit", "found"), [(5, 20, 2), (9.1, 20, 2), (9.3, 20, 4), (10_000, 1, 1), (10_000, 3, 3)])
def test_near_means_within_so_many_metres_and_no_more_than_asked(village, metres, limit, found):
    with village.reading() as reader:
        assert len(reader.addresses_near(Point(108.2002, 34.27), metres, limit)) == found


def test_a_reader_sees_one_moment(village, other_store):
    with village.reading() as reader:
        before = reader.event_count()
        with other_store().writing() as unit:
            unit.save(None, address(9), event("address.proposed", address(9).id))
        assert reader.event_count() == before
        assert reader.address(address(9).id) is None
    with village.reading() as reader:
        assert reader.event_count() == before + 1


def test_a_writer_sees_what_it_has_written(village):
    with village.writing() as unit:
        saved = unit.save(None, address(9), event("address.proposed", address(9).id))
        assert unit.address(saved.id) == saved
        assert unit.events(subject_id=saved.id)[0].version == 1
        again = unit.save(saved, replace(saved, status="verified"), event("address.verified", saved.id))
        assert (again.version, unit.count_addresses(CODE)["verified"]) == (2, 2)


def test_a_thousand_rows_in_order(store):
    houses = addresses(2500)
    with store.writing() as unit:
        unit.save_many(additions([community(), *houses]))
    with store.reading() as reader:
        assert [a.id for a in reader.addresses(CODE)] == [a.id for a in houses]
        assert [a.id for a in reader.each_address(CODE)] == [a.id for a in houses]
        assert [a.id for a in reader.addresses_of(reversed([a.id for a in houses]))] == [a.id for a in houses]
