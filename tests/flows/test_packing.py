"""From the press to the wall: the packing table lets nothing wrong into a box, and nothing that left it is just gone."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from flows.conftest import VILLAGE

from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import Address, Area, Community, Elements, PrintBatch
from doorplate.plates.packing import code_scanned, zones_in_boxes
from doorplate.registry import Registry
from doorplate.registry.communities import put_community
from doorplate.registry.hanging import box_again, boxes_out, bring_back, close_box, explain, issue_box, mount_plates
from doorplate.registry.packing import packing_table, report_absent, scan_at_table, seal_box, start_packing
from doorplate.registry.printing import PrintOrder, order_batch, record_printed

TODAY = date(2026, 11, 23)
BASE_URL = "https://menpai.example"
GRIDS = 5


def addresses_of_a_village(registry: Registry, doors: int) -> None:
    """A community of so many verified addresses in five grids."""
    with registry.store.writing() as unit:
        put_community(registry, unit, Community(VILLAGE, ("陕西省", "营上村"), "陕西省营上村"))
        grids = [Area(f"g{i}", "grid", f"{VILLAGE}-G{i:02d}", "", VILLAGE, None) for i in range(1, GRIDS + 1)]
        unit.save_many((None, grid, registry.event("area.drawn", grid.id)) for grid in grids)
        addresses = [
            Address(f"a{i}", VILLAGE, Elements(street=f"幸福路{'一二三四五'[i % GRIDS]}巷", number=str(i + 1)),
                    f"陕西省营上村{i}号", f"{VILLAGE}:{i}", "verified", grid_id=grids[i % GRIDS].id) for i in range(doors)]
        unit.save_many((None, address, registry.event("address.verified", address.id)) for address in addresses)


def printed(registry: Registry, doors: int) -> PrintBatch:
    """A batch of so many plates, proven and ready to be packed."""
    addresses_of_a_village(registry, doors)
    batch = order_batch(registry, PrintOrder("small-gate", BASE_URL, VILLAGE), lambda _: None).batch
    return record_printed(registry, batch)


@pytest.fixture
def batch(registry: Registry) -> PrintBatch:
    return printed(registry, 23)


def outcomes(registry: Registry, batch: PrintBatch, codes: list[str]) -> list[str]:
    return [scan_at_table(registry, batch.id, f"{BASE_URL}/d/{code}").judgement.outcome for code in codes]


def status(registry: Registry, code: str) -> str:
    with registry.store.reading() as reader:
        plate = reader.plate_by_code(code)
    assert plate is not None
    return plate.status


def pack_box(registry: Registry, batch: PrintBatch, number: int = 1) -> tuple[str, ...]:
    """Packs, seals and issues a box; gives its codes."""
    table = start_packing(registry, batch.id, 5)
    for box in table.boxes[:number]:
        outcomes(registry, batch, [code for code in box.codes if code not in packing_table(registry, batch.id).packed])
    seal_box(registry, batch.id, number)
    issue_box(registry, batch.id, number, "安装员甲", TODAY)
    return table.boxes[number - 1].codes


def test_every_zone_has_boxes_of_its_own_and_every_plate_one_slot(registry: Registry, batch: PrintBatch) -> None:
    boxes = start_packing(registry, batch.id, 3).boxes
    assert [code for box in boxes for code in box.codes] == [plate.code for plate in batch.plates]
    assert {(box.number, box.total) for box in boxes} == {(n, len(boxes)) for n in range(1, len(boxes) + 1)}
    zone_of = {plate.code: plate.zone for plate in batch.plates}
    assert all({zone_of[code] for code in box.codes} == {box.zone} for box in boxes)
    assert {len(box.codes) for box in boxes} <= {2, 3}
    assert start_packing(registry, batch.id, 3).boxes == boxes


def test_a_zone_s_boxes_are_filled_evenly(batch: PrintBatch) -> None:
    plates = [replace(batch.plates[0], code=f"C{i}", zone="Z1") for i in range(130)]
    assert [len(codes) for _, codes in zones_in_boxes(plates, 100)] == [65, 65]


def test_the_table_says_box_and_slot(registry: Registry, batch: PrintBatch) -> None:
    start_packing(registry, batch.id, 5)
    said = [scan_at_table(registry, batch.id, plate.url).message for plate in batch.plates[:5]]
    assert said[0].startswith("放进第 1/5 箱, 第 1 格: 幸福路一巷")
    assert said[4].endswith("可以封箱")
    assert status(registry, batch.plates[0].code) == "packed"
    with registry.store.reading() as reader:
        plate = reader.plate_by_code(batch.plates[0].code)
        assert plate is not None
        assert reader.events_of([plate.id])[-1].event.source == f"批次 {batch.id[:8]} 第 1/5 箱第 1 格"


@pytest.mark.parametrize(("typed", "wanted"), [
    ("{code}", True), ("https://menpai.example/d/{code}", True), ("HTTPS://MENPAI.EXAMPLE/D/{code}", True),
    ("https://menpai.example/d/{lower}/", True), ("ｈｔｔｐｓ：／／ｍｅｎｐａｉ．ｅｘａｍｐｌｅ／ｄ／{code}", True),
    (" {spaced}\r\n", True), ("https://menpai.example.evil.cn/d/{code}", False), ("https://menpai.example/x/{code}", False),
    ("http://t.cn/{code}", False)])
def test_what_scanners_type_is_understood_and_other_hosts_are_not_ours(typed: str, wanted: bool, batch: PrintBatch) -> None:
    code = batch.plates[0].code
    text = typed.format(code=code, lower=code.lower(), spaced=" ".join((code[:4], code[4:8], code[8:])))
    assert code_scanned(text, BASE_URL) == (code, wanted)


def test_strangers_doubles_and_wrong_order_are_refused_with_what_to_do(registry: Registry, batch: PrintBatch) -> None:
    start_packing(registry, batch.id, 5)
    first, second, third = (plate.code for plate in batch.plates[:3])
    scan_at_table(registry, batch.id, first)
    told = {text: scan_at_table(registry, batch.id, text) for text in (
        first, third, "0123456789ABC", "https://t.cn/d/x", "乱码", f"https://forged.example/d/{second}")}
    assert [scanned.judgement.outcome for scanned in told.values()] == [
        "double", "order", "foreign", "foreign", "unreadable", "foreign"]
    assert "第 1 箱第 1 格" in told[first].message
    assert batch.plates[1].painted in told[third].message
    assert "第 1 箱第 3 格" in told[third].message
    assert status(registry, second) == status(registry, third) == "proved"


def test_a_plate_of_another_batch_is_a_stranger_with_a_name(registry: Registry, batch: PrintBatch) -> None:
    start_packing(registry, batch.id, 5)
    other = order_batch(registry, PrintOrder("room", BASE_URL, VILLAGE), lambda _: None).batch
    record_printed(registry, other)
    told = scan_at_table(registry, batch.id, other.plates[0].code)
    assert told.judgement.outcome == "stranger"
    assert other.plates[0].standard_address in told.message


def test_faults_planted_in_a_run_of_nine_hundred_are_all_caught(registry: Registry) -> None:
    """Five doubles, five missing, five pairs exchanged: none gets into a box, all the others lie where they belong."""
    batch = printed(registry, 900)
    table = start_packing(registry, batch.id, 100)
    codes = [plate.code for plate in batch.plates]
    places = random.Random(15).sample(range(0, 890, 10), 15)
    doubled, gone, exchanged = (sorted(codes[i] for i in places[n:n + 5]) for n in (0, 5, 10))
    pile = [code for code in codes if code not in gone]
    for code in doubled:
        pile.insert(pile.index(code) + 1, code)
    for code in exchanged:
        i = pile.index(code)
        pile[i], pile[i + 1] = pile[i + 1], pile[i]
    caught: Counter[str] = Counter()
    aside: list[str] = []
    while pile:
        scanned = scan_at_table(registry, batch.id, pile[0])
        due = scanned.judgement.expected
        if scanned.accepted:
            pile.pop(0)
        elif scanned.judgement.outcome == "order" and due in pile[:3]:
            caught["exchanged"] += 1
            pile[0], pile[1] = pile[1], pile[0]
        elif scanned.judgement.outcome == "order":
            caught["missing"] += 1
            assert due in gone
            report_absent(registry, batch.id, "", "lost", "叠里没有这块")
        else:
            assert scanned.judgement.outcome == "double"
            caught["double"] += 1
            aside.append(pile.pop(0))
    assert caught == {"double": 5, "missing": 5, "exchanged": 5}
    assert sorted(aside) == doubled
    now = packing_table(registry, batch.id)
    assert now.due == ""
    assert now.packed == set(codes) - set(gone)
    assert {code for box in now.boxes for code in box.lost} == set(gone)
    assert len(now.boxes) == len(table.boxes)


def test_a_missing_plate_that_turns_up_goes_to_its_own_slot(registry: Registry, batch: PrintBatch) -> None:
    start_packing(registry, batch.id, 5)
    first, second = batch.plates[0], batch.plates[1]
    report_absent(registry, batch.id, "", "lost", "没找到")
    assert outcomes(registry, batch, [second.code]) == ["packed"]
    found = scan_at_table(registry, batch.id, first.code)
    assert found.judgement.outcome == "late"
    assert found.message.startswith("补进第 1/5 箱, 第 1 格")
    assert packing_table(registry, batch.id).boxes[0].lost == {}


def test_a_box_with_an_empty_slot_is_not_sealed_and_says_which(registry: Registry, batch: PrintBatch) -> None:
    start_packing(registry, batch.id, 5)
    outcomes(registry, batch, [plate.code for plate in batch.plates[:4]])
    with pytest.raises(Refused, match=batch.plates[4].painted) as refused:
        seal_box(registry, batch.id, 1)
    assert refused.value.code == "box.not_full"
    report_absent(registry, batch.id, batch.plates[4].code, "damaged", "裁坏了")
    assert seal_box(registry, batch.id, 1).boxes[0].status == "sealed"


def test_issued_is_mounted_and_returned_and_explained_or_the_box_stays_open(registry: Registry, batch: PrintBatch) -> None:
    codes = pack_box(registry, batch)
    mount_plates(registry, codes[:2])
    mount_plates(registry, codes[:2])
    bring_back(registry, codes[2:3], "门锁着")
    explain(registry, codes[3:4], "kept", "约了明天装")
    (day,) = boxes_out(registry, VILLAGE)
    assert (day.box.installer, day.reckoning.open) == ("安装员甲", codes[4:])
    with pytest.raises(Refused, match="领 5, 装 2, 退 1, 有说明 1, 还有 1 块没有下落") as refused:
        close_box(registry, batch.id, 1)
    assert refused.value.code == "box.not_even"
    explain(registry, codes[4:], "damaged", "摔弯了")
    assert close_box(registry, batch.id, 1).even
    assert close_box(registry, batch.id, 1).even
    assert boxes_out(registry, VILLAGE) == ()
    assert [status(registry, code) for code in codes] == ["mounted", "mounted", "packed", "issued", "damaged"]


def test_what_was_brought_back_goes_out_again_in_a_box_of_its_own(registry: Registry, batch: PrintBatch) -> None:
    codes = pack_box(registry, batch)
    bring_back(registry, codes[1:3], "下雨")
    explain(registry, [codes[0], *codes[3:]], "lost", "路上丢了")
    close_box(registry, batch.id, 1)
    again = box_again(registry, batch.id)
    assert again.codes == codes[1:3]
    issue_box(registry, batch.id, again.number, "安装员乙", TODAY)
    mount_plates(registry, again.codes)
    assert close_box(registry, batch.id, again.number).even


def test_what_was_missing_at_the_table_is_lost_when_its_box_leaves(registry: Registry, batch: PrintBatch) -> None:
    start_packing(registry, batch.id, 5)
    report_absent(registry, batch.id, "", "lost", "没找到")
    report_absent(registry, batch.id, "", "damaged", "裁坏")
    outcomes(registry, batch, [plate.code for plate in batch.plates[2:5]])
    seal_box(registry, batch.id, 1)
    issue_box(registry, batch.id, 1, "安装员甲", TODAY)
    assert [status(registry, plate.code) for plate in batch.plates[:5]] == ["lost", "damaged", *["issued"] * 3]
    assert outcomes(registry, batch, [batch.plates[0].code]) == ["closed"]


def test_the_trail_of_all_this_holds(registry: Registry, batch: PrintBatch) -> None:
    codes = pack_box(registry, batch)
    mount_plates(registry, codes)
    close_box(registry, batch.id, 1)
    with registry.store.reading() as reader:
        plate = reader.plate_by_code(codes[0])
        assert plate is not None
        assert [event.event.verb for event in reader.events_of([plate.id])] == [
            "plate.planned", "plate.printed", "plate.proved", "plate.packed", "plate.issued", "plate.mounted"]


def test_unfit_orders_are_refused_in_one_sentence(registry: Registry, batch: PrintBatch) -> None:
    for act, error, code in [
        (lambda: packing_table(registry, batch.id), Refused, "box.not_started"),
        (lambda: packing_table(registry, "zzz"), NotFound, "batch.unknown"),
        (lambda: packing_table(registry, ""), NotFound, "batch.unknown"),
        (lambda: start_packing(registry, batch.id, 0), InputError, "box.capacity"),
        (lambda: start_packing(registry, batch.id, 5) and seal_box(registry, batch.id, 9), NotFound, "box.unknown"),
        (lambda: issue_box(registry, batch.id, 1, "甲", TODAY), Refused, "box.not_sealed"),
        (lambda: issue_box(registry, batch.id, 1, " ", TODAY), InputError, "box.installer"),
        (lambda: close_box(registry, batch.id, 1), Refused, "box.not_issued"),
        (lambda: report_absent(registry, batch.id, "", "lost", " "), Refused, "operation.no_reason"),
        (lambda: report_absent(registry, batch.id, "x", "lost", "无"), NotFound, "plate.unknown"),
        (lambda: mount_plates(registry, [batch.plates[0].code]), Refused, "plate.transition"),
        (lambda: explain(registry, [batch.plates[0].code], "kept", "无"), Refused, "plate.not_out"),
        (lambda: bring_back(registry, ["0000000000000"], "无"), NotFound, "plate.unknown"),
        (lambda: box_again(registry, batch.id), Refused, "box.nothing_returned"),
    ]:
        with pytest.raises(error) as refused:
            act()
        assert refused.value.code == code


def test_a_batch_that_is_not_proven_is_not_packed(registry: Registry, batch: PrintBatch) -> None:
    frozen = order_batch(registry, PrintOrder("room", BASE_URL, VILLAGE), lambda _: None).batch
    with pytest.raises(Refused) as refused:
        start_packing(registry, frozen.id)
    assert refused.value.code == "batch.not_printed"
