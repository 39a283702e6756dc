"""`save` is the only way to write: one row, version + 1, one event, one transaction, or nothing at all."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import shapely

from doorplate.errors import InputError, Refused
from doorplate.model import (
    BatchPlate,
    Finding,
    ListImport,
    Point,
    PrintBatch,
    RecordedFinding,
    SourceRef,
    Staff,
)
from doorplate.store import Store
from tests.support.village import (
    CODE,
    NOON,
    additions,
    address,
    addresses,
    community,
    event,
    grid,
    household,
    plate,
    uid,
)

SQUARE = shapely.box(108.2, 34.27, 108.21, 34.28)


@pytest.fixture
def village(store: Store) -> Store:
    with store.writing() as unit:
        unit.save(None, community(), event("community.opened", CODE))
    return store


def add(store: Store, *records):
    with store.writing() as unit:
        return unit.save_many(additions(records))


def last_event(store: Store):
    with store.reading() as reader:
        return reader.events()[-1]


def test_a_record_comes_back_as_it_was_with_version_1(village):
    house = address(53, aliases=("幸福街53号", "老街53号"), name="营上村小学", place_kind="public")
    [saved] = add(village, house)
    assert saved == replace(house, version=1)
    with village.reading() as reader:
        assert reader.address(house.id) == saved


def test_every_kind_of_record_comes_back_as_it_was(village):
    house, area = address(1), grid("G01", shapely.to_wkb(SQUARE, byte_order=1))
    imported = ListImport(uid("import"), CODE, "f" * 64, ("核对表.xlsx", "接龙.txt"), {"lines": 924, "finding.omitted": 3})
    finding = RecordedFinding(uid("finding"), CODE, imported.id, Finding(
        SourceRef("核对表.xlsx", "一组", 47), "wrong.street", "street", "辛福路", "路名写错", "幸福路", "sure",
        (SourceRef("接龙.txt", None, 3),)), address_id=house.id, blocks=True)
    staff = Staff(uid("officer"), "李警官", "民警", "029-37280000", CODE, date(2026, 11, 1))
    plated = plate(house, "K3M9T2XWQ7AB1")
    batch = PrintBatch(uid("batch"), CODE, "community", "small-gate", "https://mp.example.cn", NOON, (
        BatchPlate(plated.code, f"https://mp.example.cn/d/{plated.code}", house.standard_address, "幸福路", "1号", "small-gate",
                   "G01", ""),), sample=True)
    saved = add(village, area, house, household(1, house, b"\x01sealed", "ab12"), plated, staff, batch, imported, finding)
    with village.reading() as reader:
        assert [reader.areas(CODE)[0], reader.address(house.id), reader.households(CODE)[0], reader.plate_by_code(plated.code),
                reader.staff([CODE])[0], reader.batch(batch.id), reader.list_import("f" * 64), reader.findings(CODE)[0]] == saved
        assert all(record.version == 1 for record in saved)


def test_one_change_is_one_version_and_one_event_that_says_what_changed(village):
    [house] = add(village, address(53))
    with village.writing() as unit:
        after = replace(house, status="verified", elements=replace(house.elements, suffix="1"),
                        point=Point(108.3, 34.2, None, "gnss"))
        saved = unit.save(house, after, event("address.verified", house.id, reason="现场核对", source="王印务的手机"))
    recorded = last_event(village)
    assert saved.version == recorded.version == 2
    assert recorded.event.before == {"suffix": "", "status": "proposed", "point": [house.point.lon, 34.27], "accuracy_m": 3.0,
                                     "point_source": "list"}
    assert recorded.event.after == {"suffix": "1", "status": "verified", "point": [108.3, 34.2], "accuracy_m": None,
                                    "point_source": "gnss"}
    assert (recorded.event.actor, recorded.event.at, recorded.event.reason) == ("王印务", NOON, "现场核对")


def test_the_first_event_says_what_there_is_and_leaves_out_what_there_is_not(village):
    house = add(village, address(53, point=None, aliases=()))[0]
    recorded = last_event(village)
    assert recorded.event.before == {}
    assert recorded.event.after["standard_address"] == house.standard_address
    assert not {"point", "aliases", "suffix", "name", "id", "version"} & set(recorded.event.after)


def test_somebody_else_was_faster(village):
    [house] = add(village, address(53))
    with village.writing() as unit:
        unit.save(house, replace(house, status="verified"), event("address.verified", house.id))
    with pytest.raises(Refused) as refused, village.writing() as unit:
        unit.save(house, replace(house, status="retired"), event("address.retired", house.id))
    assert refused.value.code == "store.stale"
    assert refused.value.details["subjects"] == [house.id]
    with village.reading() as reader:
        assert reader.address(house.id).status == "verified"
        assert reader.event_count() == 3


def test_in_a_bulk_the_stale_ones_are_named_and_none_is_written(village):
    houses = add(village, *addresses(5))
    with village.writing() as unit:
        unit.save(houses[3], replace(houses[3], status="retired"), event("address.retired", houses[3].id))
    with pytest.raises(Refused) as refused, village.writing() as unit:
        unit.save_many([(h, replace(h, status="verified"), event("address.verified", h.id)) for h in houses])
    assert refused.value.details["subjects"] == [houses[3].id]
    with village.reading() as reader:
        assert reader.count_addresses(CODE) == {"proposed": 4, "retired": 1}


def test_a_record_that_does_not_exist_cannot_be_changed(village):
    ghost = address(7, version=1)
    with pytest.raises(Refused) as refused, village.writing() as unit:
        unit.save(ghost, replace(ghost, status="verified"), event("address.verified", ghost.id))
    assert refused.value.code == "store.stale"


def duplicate_code():
    return plate(address(2), "K3M9T2XWQ7AB1", id=uid("another")), "plate.code", "门牌编码重复, 没有保存: K3M9T2XWQ7AB1"


def duplicate_address():
    twin = address(1, id=uid("twin"))
    return twin, "address.standard_address", "标准地址重复"


def duplicate_id():
    return address(9, id=address(1).id), "address.id", "地址重复"


def duplicate_import():
    return ListImport(uid("again"), CODE, "f" * 64, ()), "list_import.fingerprint", "名单 (同一份已导入过)重复"


def duplicate_grid():
    return replace(grid("G01"), id=uid("grid again")), "area.code", "区域代码重复"


@pytest.mark.parametrize("make", [duplicate_code, duplicate_address, duplicate_id, duplicate_import, duplicate_grid])
def test_what_must_be_unique_is_refused_by_name(village, make):
    add(village, grid("G01"), address(1), address(2), plate(address(1), "K3M9T2XWQ7AB1"),
        ListImport(uid("import"), CODE, "f" * 64, ()))
    record, thing, message = make()
    with pytest.raises(Refused) as refused:
        add(village, record)
    assert (refused.value.code, refused.value.details["thing"]) == ("store.duplicate", thing)
    assert message in refused.value.message


def test_a_duplicate_inside_a_bulk_is_refused_whole(village):
    with pytest.raises(Refused) as refused:
        add(village, address(1), address(2), address(1, id=uid("twin")))
    assert refused.value.details["thing"] == "address.standard_address"
    with village.reading() as reader:
        assert reader.addresses(CODE) == ()


def test_a_retired_address_gives_its_words_free_but_a_retired_plate_never_its_code(village):
    old, plated = add(village, address(1), plate(address(1), "K3M9T2XWQ7AB1"))
    with village.writing() as unit:
        unit.save(old, replace(old, status="retired"), event("address.retired", old.id))
        unit.save(plated, replace(plated, status="retired"), event("plate.retired", plated.id))
    add(village, address(1, id=uid("rebuilt")))
    with pytest.raises(Refused):
        add(village, plate(address(1), "K3M9T2XWQ7AB1", id=uid("second")))
    with village.reading() as reader:
        assert reader.codes_taken(["K3M9T2XWQ7AB1", "0000000000000"]) == {"K3M9T2XWQ7AB1"}


def test_a_code_once_given_stays_on_its_plate(village):
    _, plated = add(village, address(1), plate(address(1), "K3M9T2XWQ7AB1"))
    with pytest.raises(Refused) as refused, village.writing() as unit:
        unit.save(plated, replace(plated, code="0000000000000"), event("plate.changed", plated.id))
    assert refused.value.code == "store.fixed"


def test_a_frozen_batch_keeps_its_plates_whatever_is_saved_later(village):
    add(village, address(1), plate(address(1), "K3M9T2XWQ7AB1"))
    line = BatchPlate("K3M9T2XWQ7AB1", "https://x/d/K3M9T2XWQ7AB1", "幸福路1号", "幸福路", "1号", "small-gate", "G01", "G01")
    [batch] = add(village, PrintBatch(uid("b"), CODE, "community", "small-gate", "https://x", NOON, (line,)))
    with village.writing() as unit:
        unit.save(batch, replace(batch, status="printed", plates=()), event("batch.printed", batch.id))
    with village.reading() as reader:
        assert reader.batch(batch.id) == replace(batch, status="printed", version=2)
    with pytest.raises(Refused) as refused, village.writing() as unit:
        unit.save(replace(batch, version=2), replace(batch, base_url="https://y"), event("batch.changed", batch.id))
    assert refused.value.details["fields"] == ["base_url"]


def test_a_plate_stands_in_a_batch_once(village):
    add(village, address(1), plate(address(1), "K3M9T2XWQ7AB1"))
    line = BatchPlate("K3M9T2XWQ7AB1", "https://x/d/K3M9T2XWQ7AB1", "幸福路1号", "幸福路", "1号", "small-gate", "G01", "G01")
    with pytest.raises(Refused) as refused:
        add(village, PrintBatch(uid("b"), CODE, "community", "small-gate", "https://x", NOON, (line, line)))
    assert refused.value.details["thing"] == "batch_plate.code"


def test_a_reference_into_nothing_is_refused(village):
    with pytest.raises(Refused) as refused:
        add(village, plate(address(404), "K3M9T2XWQ7AB1"))
    assert refused.value.code == "store.reference"
    with village.reading() as reader:
        assert reader.event_count() == 1


def test_a_bulk_may_mix_kinds_and_point_forward(village):
    house = address(1, grid_id=grid("G01").id)
    saved = add(village, plate(house, "K3M9T2XWQ7AB1"), household(1, house), house, grid("G01"))
    assert [type(record).__name__ for record in saved] == ["Plate", "Household", "Address", "Area"]


def test_changes_of_one_kind_take_effect_in_their_order(village):
    """Retire one, then give its words to the next: possible in this order, refused in the other."""
    [old] = add(village, address(1))
    away = (old, replace(old, status="retired"), event("address.retired", old.id))
    new = address(1, id=uid("rebuilt"))
    with pytest.raises(Refused), village.writing() as unit:
        unit.save_many([(None, new, event("address.proposed", new.id)), away])
    with village.writing() as unit:
        unit.save_many([away, (None, new, event("address.proposed", new.id))])
    with village.reading() as reader:
        assert reader.count_addresses(CODE) == {"proposed": 1, "retired": 1}


def test_a_bulk_leaves_the_same_trail_as_one_by_one(village, other_store):
    with village.writing() as unit:
        for change in additions(addresses(3)):
            unit.save(*change)
    with village.writing() as unit:
        unit.save_many(additions(addresses(3, "光明路")))
    with village.reading() as reader:
        one_by_one, bulk = reader.events()[1:4], reader.events()[4:7]
    assert [e.version for e in one_by_one] == [e.version for e in bulk] == [1, 1, 1]
    assert [e.event.after.keys() for e in one_by_one] == [e.event.after.keys() for e in bulk]
    assert [e.seq for e in one_by_one + bulk] == [2, 3, 4, 5, 6, 7]


def break_off(store: Store) -> None:
    with store.writing() as unit:
        unit.save_many(additions(addresses(10)))
        raise ZeroDivisionError


def test_an_exception_undoes_the_whole_block(village):
    with pytest.raises(ZeroDivisionError):
        break_off(village)
    with village.reading() as reader:
        assert (reader.addresses(CODE), reader.event_count()) == ((), 1)
    assert village.verify_chain().ok


NOT_ITS_EVENT = event("address.proposed", uid("other"))


def save_whatever_works(store: Store, attempts) -> None:
    with store.writing() as unit:
        for changes in attempts:
            with contextlib.suppress(Refused, ValueError):
                unit.save_many(changes)


def test_a_refusal_cannot_be_swallowed(village):
    """Whoever catches it and goes on must not commit the half that worked."""
    good, bad = additions([address(1)]), additions([address(1, id=uid("twin"))])
    bug = [*good, (None, address(2), NOT_ITS_EVENT)]
    for attempts in ([good, bad], [good + bad], [good, bad, additions([address(2)])], [bug]):
        with pytest.raises(Refused) as refused:
            save_whatever_works(village, attempts)
        assert refused.value.code == "store.unfinished"
    with village.reading() as reader:
        assert reader.addresses(CODE) == ()


def test_an_event_about_something_else_is_a_bug(village):
    with pytest.raises(ValueError, match="speaks of"), village.writing() as unit:
        unit.save(None, address(1), event("address.proposed", uid("other")))


def test_nothing_to_save_is_no_event(village):
    with village.writing() as unit:
        assert unit.save_many([]) == []
    with village.reading() as reader:
        assert reader.event_count() == 1


@pytest.mark.parametrize("name", ["小𣵦村", "𠮷野家", "〇号", "ȷ̃é", "‮倒写", "a'b\"c;--\\u0000", "行\n换行", "🏠"])
def test_every_character_comes_back(village, name):
    house = address(1, name=name, aliases=(name,), standard_address=name)
    add(village, house)
    with village.reading() as reader:
        assert reader.address(house.id) == replace(house, version=1)
        assert reader.addresses_by_alias(CODE, name) == (replace(house, version=1),)
        assert reader.address_ids(CODE, [name]) == {name: house.id}
    assert last_event(village).event.after["name"] == name
    assert village.verify_chain().ok


@pytest.mark.parametrize(("broken", "code"), [
    (address(1, name="a\0b"), "store.text"), (address(1, name="\udcff"), "store.text"),
    (address(1, aliases=("\0",)), "store.text"), (ListImport(uid("i"), CODE, "f", ("\udcff.csv",)), "store.text"),
    (address(1, point=Point(float("nan"), 34.0)), "point.not_a_number"),
    (address(1, point=Point(108.0, 34.0, float("inf"))), "store.number"),
    (replace(household(1, None), members=2**31), "store.number"), (replace(household(1, None), members=10**30), "store.number"),
    (grid("G01", b"no wkb"), "area.geometry"), (grid("G01", shapely.to_wkb(shapely.Point(1, 2))), "area.geometry"),
    (grid("G01", b""), "area.geometry"), (grid("G01", shapely.to_wkb(shapely.Polygon())), "area.geometry")])
def test_what_no_database_can_hold_is_refused_before_it_tries(village, broken, code):
    with pytest.raises(InputError) as refused:
        add(village, broken)
    assert refused.value.code == code
    with village.reading() as reader:
        assert reader.event_count() == 1


def test_a_point_may_be_unknown_and_become_known(village):
    [house] = add(village, address(1, point=None))
    with village.writing() as unit:
        located = unit.save(house, replace(house, point=Point(108.123456789012345, 34.2)), event("address.located", house.id))
    with village.reading() as reader:
        assert reader.address(house.id) == located
        assert reader.address(house.id).point.lon == 108.123456789012345
    with village.writing() as unit:
        unit.save(located, replace(located, point=None), event("address.doubted", house.id))
    with village.reading() as reader:
        assert reader.address(house.id).point is None
        assert reader.addresses_near(Point(108.123, 34.2), 100) == ()


@pytest.mark.parametrize("shape", [SQUARE, shapely.MultiPolygon([SQUARE]), SQUARE.difference(SQUARE.buffer(-0.001))])
def test_an_outline_comes_back_to_the_bit(village, shape):
    area = grid("G01", shapely.to_wkb(shape, byte_order=1))
    add(village, area)
    with village.reading() as reader:
        assert reader.area(area.id).geometry_wkb == area.geometry_wkb


def test_heights_in_an_outline_are_dropped(village):
    add(village, grid("G01", shapely.to_wkb(shapely.force_3d(SQUARE, 400), byte_order=0, include_srid=True)))
    with village.reading() as reader:
        assert shapely.from_wkb(reader.areas(CODE)[0].geometry_wkb).equals(SQUARE)


def test_moments_are_utc_to_the_microsecond(village):
    beijing = datetime(2026, 11, 23, 14, 5, 6, 123456, tzinfo=timezone(timedelta(hours=8)))
    house = address(1)
    with village.writing() as unit:
        unit.save(None, house, replace(event("address.proposed", house.id), at=beijing))
    recorded = last_event(village).event.at
    assert recorded == beijing
    assert recorded.tzinfo == UTC
    with pytest.raises(ValueError, match="time zone"), village.writing() as unit:
        unit.save(None, address(2), replace(event("address.proposed", address(2).id), at=datetime(2026, 1, 1)))
