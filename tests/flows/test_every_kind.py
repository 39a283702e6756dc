"""One village, printed in every kind of plate that comes with the product, each read back from its PDF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flows.test_packing import BASE_URL, VILLAGE, addresses_of_a_village

from doorplate.errors import PreflightFailed
from doorplate.plates.painting import NameSpelling, Spellings
from doorplate.registry import Registry
from doorplate.registry.printing import PrintOrder, order_batch, record_printed
from print_jobs.plate_design import design_names, load_design
from print_jobs.run import run_batch

DOORS = 12
LAID_DOWN = Spellings({"幸福路一巷": NameSpelling(minority="بەخت يولى")}, {"610431": "712200"})


def order(kind: str) -> PrintOrder:
    design = load_design(kind)
    return PrintOrder(design.name, BASE_URL, VILLAGE, kind=design.kind, rule=design.text, spellings=LAID_DOWN)


@pytest.mark.parametrize("kind", design_names())
def test_a_village_of_gates_is_printed_in_every_kind(kind: str, registry: Registry, tmp_path: Path) -> None:
    addresses_of_a_village(registry, DOORS)
    batch = order_batch(registry, order(kind), lambda _: None).batch
    report = run_batch(batch, design=kind, sheet="single", out=tmp_path / kind)
    record_printed(registry, batch)
    proof = json.loads((report.out / "proof.json").read_bytes())
    assert proof["totals"]["plates"] == proof["totals"]["read"] == DOORS
    design = load_design(kind)
    assert all(plate.street for plate in batch.plates)
    assert any(plate.pinyin for plate in batch.plates) is bool(design.text.pinyin)
    assert any(plate.postcode for plate in batch.plates) is design.text.postcode


def test_an_address_carries_one_living_plate_of_each_kind(registry: Registry) -> None:
    addresses_of_a_village(registry, DOORS)
    for kind in ("small-gate", "room"):
        record_printed(registry, order_batch(registry, order(kind), lambda _: None).batch)
    with registry.store.reading() as reader:
        plates = reader.plates(VILLAGE)
    assert len(plates) == 2 * DOORS
    assert len({(plate.address_id, plate.kind) for plate in plates}) == 2 * DOORS
    assert order_batch(registry, order("room"), lambda _: None).again


def test_the_codes_of_one_kind_are_not_printed_in_another(registry: Registry, tmp_path: Path) -> None:
    addresses_of_a_village(registry, DOORS)
    batch = order_batch(registry, order("small-gate"), lambda _: None).batch
    other = load_design("room")
    wrong = PrintOrder(other.name, BASE_URL, codes=(batch.plates[0].code,), kind=other.kind, rule=other.text)
    frozen = order_batch(registry, wrong, lambda _: None).batch
    with pytest.raises(PreflightFailed, match="处问题") as refused:
        run_batch(frozen, design="room", sheet="single", out=tmp_path / "room")
    assert refused.value.code == "batch.kind"
