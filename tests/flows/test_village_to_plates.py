"""Flow A: a village's lists become addresses, verified ones become plates, and nothing happens twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from flows.conftest import VILLAGE

from doorplate.addresses.format import address_key, standard_address
from doorplate.checking import Checked
from doorplate.errors import InputError, NotFound, PreflightFailed, Refused
from doorplate.model import Elements, PrintBatch
from doorplate.registry import Registry
from doorplate.registry.communities import community_of
from doorplate.registry.counters import count
from doorplate.registry.lists import Delivery, fingerprint, import_lists
from doorplate.registry.printing import PrintOrder, issue_plate, order_batch, record_printed, retire_plate
from doorplate.registry.verifying import verify_community

ORDER = PrintOrder(design="small-gate", base_url="https://menpai.example", community=VILLAGE)


def delivery(sample: Checked, files: list[Path]) -> Delivery:
    return Delivery(
        community=community_of(sample.division),
        areas=sample.areas,
        lines=sample.read.rows,
        result=sample.result,
        files=tuple(f.name for f in files),
        fingerprint=fingerprint(files, VILLAGE, sample.areas),
    )


def local(sample: Checked, elements: Elements) -> str:
    return standard_address(sample.division, elements)


def accept(batch: PrintBatch) -> None:
    """A preflight that finds nothing."""


@pytest.fixture
def village(registry: Registry, sample: Checked, sample_files: list[Path]) -> Registry:
    import_lists(registry, delivery(sample, sample_files))
    return registry


def test_every_line_of_the_handover_is_accounted_for(sample: Checked) -> None:
    refs = [row.ref for row in sample.result.rows]
    assert len(refs) == len(set(refs)) == 954 + 899 + 16
    assert {row.ref for row in sample.read.rows} == set(refs)


def test_uncertain_lines_always_say_why(sample: Checked) -> None:
    spoken = {f.ref for f in sample.result.findings} | {r for f in sample.result.findings for r in f.with_}
    assert [row.ref for row in sample.result.rows if not row.certain and row.ref not in spoken] == []


def test_findings_carry_no_names_and_no_phones(sample: Checked) -> None:
    heads = {line.cell("head").strip() for line in sample.read.rows if line.cell("head").startswith("测试")}
    said = "\n".join(f.message + f.proposal + f.value for f in sample.result.findings)
    assert [head for head in heads if head in said] == []


def test_importing_twice_changes_nothing_the_second_time(village: Registry, sample: Checked, sample_files: list[Path]) -> None:
    with village.store.reading() as reader:
        events, addresses = reader.event_count(), reader.addresses(VILLAGE)
    again = import_lists(village, delivery(sample, sample_files))
    with village.store.reading() as reader:
        assert reader.event_count() == events
        assert reader.addresses(VILLAGE) == addresses
        assert reader.list_imports(VILLAGE) == (again,)


def test_a_renamed_copy_of_the_lists_meets_what_is_there(village: Registry, sample: Checked, sample_files: list[Path]) -> None:
    """Another fingerprint, the same content: no address and no household is doubled."""
    before = count(village, VILLAGE)
    import_lists(village, replace(delivery(sample, sample_files), fingerprint="0" * 64))
    after = count(village, VILLAGE)
    assert (after.addresses, after.households, after.households_without_door) == (
        before.addresses,
        before.households,
        before.households_without_door,
    )


def test_no_living_standard_address_stands_twice(village: Registry) -> None:
    with village.store.reading() as reader:
        living = Counter(a.standard_address for a in reader.addresses(VILLAGE) if a.status != "retired")
    assert [address for address, number in living.items() if number > 1] == []


def test_only_undoubted_addresses_are_verified(village: Registry) -> None:
    done = verify_community(village, VILLAGE)
    assert done.verified > 700
    with village.store.reading() as reader:
        blocked = {f.address_id for f in reader.findings(VILLAGE, "open") if f.blocks}
        assert not blocked & {a.id for a in reader.addresses(VILLAGE, status="verified")}
    again = verify_community(village, VILLAGE)
    assert (again.verified, again.standing) == (0, done.verified)


def test_a_list_with_the_old_name_meets_the_corrected_address(
    village: Registry, sample: Checked, sample_files: list[Path]
) -> None:
    with village.store.writing() as unit:
        old = next(a for a in unit.addresses(VILLAGE) if a.elements.street == "幸福路" and a.elements.number == "3")
        elements = replace(old.elements, number="303")
        new = replace(old, elements=elements, standard_address=local(sample, elements), key=address_key(VILLAGE, elements),
                      aliases=(*old.aliases, old.standard_address))  # fmt: skip
        unit.save(old, new, village.event("address.corrected", old.id))
    before = count(village, VILLAGE)
    import_lists(village, replace(delivery(sample, sample_files), fingerprint="1" * 64))
    assert count(village, VILLAGE).addresses == before.addresses


def test_a_list_that_puts_a_household_on_a_retired_number_is_asked_about(
    village: Registry, sample: Checked, sample_files: list[Path]
) -> None:
    with village.store.writing() as unit:
        old = next(a for a in unit.addresses(VILLAGE) if a.elements.street == "幸福路" and a.elements.number == "3")
        unit.save(old, replace(old, status="retired"), village.event("address.retired", old.id))
    import_lists(village, replace(delivery(sample, sample_files), fingerprint="2" * 64))
    with village.store.reading() as reader:
        asked = [f for f in reader.findings(VILLAGE, "open") if f.finding.code == "retired" and f.address_id == old.id]
        assert len(asked) == 2  # the sheet's line and the register's
        assert next(a for a in reader.addresses(VILLAGE) if a.id == old.id).status == "retired"


def test_a_batch_is_frozen_once_and_taken_up_again(village: Registry) -> None:
    verify_community(village, VILLAGE)
    first = order_batch(village, ORDER, accept)
    assert not first.again
    assert len({p.code for p in first.batch.plates}) == len(first.batch.plates)
    second = order_batch(village, ORDER, accept)
    assert second.again
    assert second.batch == first.batch


def test_a_batch_that_fails_its_preflight_leaves_nothing_behind(village: Registry) -> None:
    verify_community(village, VILLAGE)
    with village.store.reading() as reader:
        events = reader.event_count()

    def refuse(batch: PrintBatch) -> None:
        raise PreflightFailed("batch.glyph_missing", "字体里没有这个字", ["𣵦"])

    with pytest.raises(PreflightFailed):
        order_batch(village, ORDER, refuse)
    with village.store.reading() as reader:
        assert reader.event_count() == events
        assert reader.batches(VILLAGE) == ()
        assert reader.plates(VILLAGE) == ()


def test_printed_plates_are_recorded_once_and_printed_again_only_as_they_were(village: Registry) -> None:
    verify_community(village, VILLAGE)
    batch = order_batch(village, ORDER, accept).batch
    done = record_printed(village, batch)
    assert record_printed(village, batch) == done
    with village.store.reading() as reader:
        assert {p.status for p in reader.plates(VILLAGE)} == {"proved"}
    again = order_batch(village, ORDER, accept)
    assert again.again
    assert again.batch.plates == batch.plates


def test_a_withdrawn_plate_gets_a_successor_with_another_code(village: Registry) -> None:
    verify_community(village, VILLAGE)
    with village.store.reading() as reader:
        address = reader.addresses(VILLAGE, status="verified")[0]
    old = issue_plate(village, address.id, "small-gate")
    retire_plate(village, old.code, "损坏")
    plates = [p for p in order_batch(village, ORDER, accept).batch.plates if p.standard_address == address.standard_address]
    assert len(plates) == 1
    assert plates[0].code != old.code
    with pytest.raises(Refused):
        retire_plate(village, old.code, "再来一次")


def test_one_grid_and_chosen_codes_can_be_printed(village: Registry) -> None:
    verify_community(village, VILLAGE)
    grid = order_batch(village, replace(ORDER, community=None, grid="610431001203-G03"), accept).batch
    assert {p.grid for p in grid.plates} == {"610431001203-G03"}
    two = tuple(p.code for p in grid.plates[:2])
    chosen = order_batch(village, replace(ORDER, community=None, codes=two), accept).batch
    assert {p.code for p in chosen.plates} == set(two)


def test_walking_order_goes_up_the_odd_side_and_back_down_the_even(village: Registry) -> None:
    verify_community(village, VILLAGE)
    batch = order_batch(village, replace(ORDER, community=None, grid="610431001203-G03"), accept).batch
    numbers = [int(p.number.split("号")[0]) for p in batch.plates if p.street == "振兴路"]
    odd = [n for n in numbers if n % 2]
    assert numbers[: len(odd)] == sorted(odd)
    assert numbers[len(odd) :] == sorted(numbers[len(odd) :], reverse=True)


@pytest.mark.parametrize(
    ("order", "error", "code"),
    [
        (replace(ORDER, base_url=""), InputError, "batch.base_url_missing"),
        (replace(ORDER, base_url="http://menpai.example"), InputError, "batch.base_url_insecure"),
        (replace(ORDER, community="610431001205"), NotFound, "community.unknown"),
        (replace(ORDER, community=None, grid="nowhere"), NotFound, "grid.unknown"),
        (replace(ORDER, community=None, codes=("0123456789ABC",)), NotFound, "plate.unknown"),
        (replace(ORDER, community=None), InputError, "batch.order"),
        (ORDER, Refused, "batch.nothing_to_print"),  # nothing is verified yet
    ],
)
def test_an_order_that_cannot_be_met_says_why(village: Registry, order: PrintOrder, error: type, code: str) -> None:
    with pytest.raises(error) as caught:
        order_batch(village, order, accept)
    assert caught.value.code == code
