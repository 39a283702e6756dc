"""Sheets: every plate has one place, the guillotined pile is sorted, used slots stay blank, and what cannot be is said."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from batches import batch, batch_of, plate
from hypothesis import given, settings
from hypothesis import strategies as st

from doorplate.errors import InputError
from doorplate.model import BatchPlate, PrintBatch
from print_jobs.folder import BatchFolder
from print_jobs.fonts import FontSet
from print_jobs.imposition import Imposition, Place
from print_jobs.items import ZoneCard
from print_jobs.job import AS_THEY_COME, Arrangement, PrintJob, read_job
from print_jobs.pdf_file import PT
from print_jobs.plate_design import load_design
from print_jobs.rehearsal import rehearse
from print_jobs.reproof import prove_folder
from print_jobs.run import Making, run_batch
from print_jobs.sheet import Sheet, arrange, cut_to_length, load_sheet, sheet_names

DESIGN = load_design("small-gate")
NO_FONTS = FontSet({})


def job(plates: int, sheet: str = "a3", how: Arrangement = AS_THEY_COME, volume_size: int = 500, zones: int = 1) -> PrintJob:
    frozen = batch(plates)
    where = sorted(i % zones for i in range(plates))
    named = tuple(replace(p, zone=f"Z{zone}") for p, zone in zip(frozen.plates, where, strict=True))
    return PrintJob(replace(frozen, plates=named), DESIGN, load_sheet(sheet), NO_FONTS, volume_size, how)


def piles(imposition: Imposition, items: int) -> list[int]:
    """What lies in a hand after cutting: used sheets one by one, then the piles of the whole stack, slot 1 on top."""
    pages = list(imposition.pages(items))
    used, fresh = pages[:len(imposition.used)], pages[len(imposition.used):]
    order = [item for page in used for item in page]
    order += [page[slot] for slot in range(imposition.slots) for page in fresh] if imposition.stacked else [
        item for page in fresh for item in page]
    return [item for item in order if item is not None]


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(1, 12), st.integers(0, 90), st.booleans())
def test_every_item_has_one_place_and_the_cut_pile_is_sorted(data: st.DataObject, slots: int, items: int, stacked: bool) -> None:
    used = tuple(data.draw(st.lists(st.integers(0, slots - 1), max_size=4)))
    imposition = Imposition(slots, used, stacked)
    pages = list(imposition.pages(items))
    assert piles(imposition, items) == list(range(items))
    assert len(pages) == imposition.page_count(items)
    assert all(None not in set(page) - {None} and all(i is None for i in page[:taken])
               for page, taken in zip(pages, used, strict=False))
    for index in range(items):
        where = imposition.place(index, items)
        assert pages[where.page - 1][where.slot - 1] == index


def test_cut_and_stack_by_hand() -> None:
    """Seven plates, three a sheet: the piles are 0 1 2, 3 4 5 and 6."""
    assert list(Imposition(3, stacked=True).pages(7)) == [(0, 3, 6), (1, 4, None), (2, 5, None)]
    assert list(Imposition(3, (2, 1), stacked=True).pages(7)) == [(None, None, 0), (None, 1, 2), (3, 5, None), (4, 6, None)]
    assert Imposition(3, (2, 1), stacked=True).place(6, 7) == Place(4, 2)


def test_a_stacked_volume_keeps_zones_whole_and_each_begins_with_its_card() -> None:
    made = job(60, how=Arrangement(stacked=True, cards=True), volume_size=30, zones=4)  # fifteen plates a zone
    kinds = [[item.zone if isinstance(item, ZoneCard) else "." for item in volume.items] for volume in made.volumes]
    assert ["".join(kind) for kind in kinds] == ["Z0" + 15 * ".", "Z1" + 15 * ".", "Z2" + 15 * ".", "Z3" + 15 * "."]
    assert [volume.before for volume in made.volumes] == [0, 15, 30, 45]
    card = made.volumes[1].items[0]
    there = made.batch.plates[15:30]
    assert card == ZoneCard("Z1", there[0].grid, 15, there[0].painted, there[-1].painted)


def test_a_zone_too_large_for_a_volume_goes_on_in_the_next_with_a_card_of_its_own() -> None:
    made = job(50, how=Arrangement(stacked=True, cards=True), volume_size=24)
    assert [len(volume.items) for volume in made.volumes] == [24, 24, 5]
    assert [item.plates for volume in made.volumes for item in volume.items if isinstance(item, ZoneCard)] == [23, 23, 4]


@pytest.mark.parametrize("how", [
    Arrangement(), Arrangement(cards=True), Arrangement(stacked=True), Arrangement(True, True, (5, 5, 5, 5, 5, 1), 3),
    Arrangement(used=(0, 2), copies=2)])
@pytest.mark.parametrize("volume_size", [1, 7, 12, 500])
def test_whatever_the_arrangement_every_copy_is_there_once_and_in_order(how: Arrangement, volume_size: int) -> None:
    made = job(31, how=how, volume_size=volume_size, zones=3)
    printed = [p.code for volume in made.volumes for p in volume.plates]
    assert printed == [p.code for p in made.batch.plates for _ in range(how.copies)]
    assert made.plate_count == len(printed) == sum(len(volume.plates) for volume in made.volumes)
    assert [volume.number for volume in made.volumes] == list(range(1, len(made.volumes) + 1))
    assert all(not volume.imposition.used for volume in made.volumes[1:])
    assert all(not isinstance(volume.items[-1], ZoneCard) for volume in made.volumes)


def test_used_sheets_are_filled_first_and_fresh_ones_to_the_last_slot() -> None:
    made = job(100, how=Arrangement(used=(4, 2)), volume_size=24)
    (first, second, *_) = made.volumes
    assert len(first.items) == 2 + 4 + 12  # two used sheets and two fresh ones make 24 slots
    assert first.pages == second.pages == 4
    assert len(second.items) == 24


@pytest.mark.parametrize(("sheet", "design", "slots"), [
    ("a3", "small-gate", 6), ("a4", "small-gate", 3), ("sra3", "small-gate", 6), ("single", "small-gate", 1)])
def test_as_many_plates_as_fit_stand_on_a_sheet(sheet: str, design: str, slots: int) -> None:
    assert len(arrange(load_design(design).face, load_sheet(sheet)).slots) == slots


def test_paper_is_laid_the_other_way_when_more_plates_fit() -> None:
    face = DESIGN.face.model_copy(update={"width_mm": 270, "height_mm": 170})
    lying = load_sheet("a3")
    layout = arrange(face, lying)
    assert (layout.width_mm, layout.height_mm, len(layout.slots)) == (297, 420, 2)
    assert len(arrange(face, lying.model_copy(update={"turns": False})).slots) == 1


@pytest.mark.parametrize("sheet", sheet_names())
def test_plates_keep_apart_and_off_the_paper_s_edge(sheet: str) -> None:
    paper, face = load_sheet(sheet), DESIGN.face
    layout = arrange(face, paper)
    for x, y in layout.slots:
        assert paper.margin_mm - 1e-6 <= x <= layout.width_mm - face.width_mm - paper.margin_mm + 1e-6
        assert paper.margin_mm - 1e-6 <= y <= layout.height_mm - face.height_mm - paper.margin_mm + 1e-6
    assert len({(round(x, 3), round(y, 3)) for x, y in layout.slots}) == len(layout.slots)


@pytest.mark.parametrize("plates", [1, 5, 8, 9, 120, 129, 500, 1000])
def test_a_roll_is_as_long_as_its_plates_need(plates: int) -> None:
    roll = load_sheet("roll")
    paper = job(plates, "roll").paper
    layout = arrange(DESIGN.face, paper)
    pages = sum(volume.pages for volume in job(plates, "roll", volume_size=100_000).volumes)
    assert roll.width_mm in (layout.width_mm, layout.height_mm)
    assert max(layout.width_mm, layout.height_mm) <= roll.longest_mm
    across = [len({y for _, y in layout.slots}), len({x for x, _ in layout.slots})][layout.height_mm != roll.width_mm]
    assert 0 <= pages * len(layout.slots) - plates < pages * max(across, 1)  # less than a row is wasted on each piece


def test_a_roll_is_one_piece_for_few_plates() -> None:
    layout = arrange(DESIGN.face, job(8, "roll").paper)
    assert (layout.width_mm, layout.height_mm) == (1270, 90 + 20)
    assert cut_to_length(load_sheet("a3"), DESIGN.face, 8) is not None
    assert cut_to_length(load_sheet("a3"), DESIGN.face, 8).height_mm == 297


@pytest.mark.parametrize(("sheet", "how", "code", "said"), [
    ("a3", Arrangement(used=(6,)), "sheet.used", "第 1 张用过的纸不能是 6 格"),
    ("a3", Arrangement(used=(2, 9)), "sheet.used", "第 2 张"),
    ("a3", Arrangement(used=(-1,)), "sheet.used", "0 到 5"),
    ("a3", Arrangement(copies=0), "sheet.copies", "份数 0"),
    ("a3", Arrangement(copies=100), "sheet.copies", "1 到 99"),
    ("roll", Arrangement(used=(1,)), "sheet.used_roll", "卷材"),
    ("single", Arrangement(stacked=True), "sheet.one_slot", "每页只有一块"),
    ("single", Arrangement(cards=True), "sheet.one_slot", "每页只有一块")])
def test_what_this_paper_cannot_do_is_said_before_anything_is_frozen(
        sheet: str, how: Arrangement, code: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        rehearse(batch(3), sheet=sheet, out=tmp_path / "x", arrangement=how)
    assert caught.value.code == code
    assert said in caught.value.message
    with pytest.raises(InputError):
        job(3, sheet, how)


@pytest.mark.parametrize(("toml", "said"), [
    ('name="x"\ntitle="x"\nmargin_mm=10\nlongest_mm=900', "卷材要写"),
    ('name="x"\ntitle="x"\nmargin_mm=10\nwidth_mm=600', "要么都写"),
    ('name="x"\ntitle="x"\nmargin_mm=10\nwidth_mm=600\nheight_mm=300\nlongest_mm=900', "卷材要写"),
    ('name="x"\ntitle="x"\nmargin_mm=10\nwidth_mm=600\nlongest_mm=9000', "5000"),
    ('name="x"\ntitle="x"\nmargin_mm=10\nwidth_mm=0\nheight_mm=300', "0")])
def test_a_sheet_file_with_sizes_that_cannot_be_is_refused_by_name(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(toml, "utf-8")
    with pytest.raises(InputError) as caught:
        load_sheet(str(tmp_path / "mine.toml"))
    assert caught.value.code == "sheet.invalid"
    assert said in caught.value.message


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "manifest.csv").read_text("utf-8-sig"))))


@pytest.fixture
def zoned() -> PrintBatch:
    """Twenty plates of three zones."""
    plates = batch(20).plates
    return batch_of(*(replace(p, zone=f"610431001203-Z{1 + i // 8:03d}") for i, p in enumerate(plates)))


@pytest.fixture
def printed(tmp_path: Path, cache: Path, zoned: PrintBatch) -> Callable[..., Path]:
    def go(how: Arrangement, sheet: str = "a3", frozen: PrintBatch = zoned) -> Path:
        out = tmp_path / "batch"
        run_batch(frozen, design="small-gate", sheet=sheet, out=out, making=Making(arrangement=how, cache=cache))
        return out
    return go


def test_the_manifest_says_where_every_copy_stands(printed: Callable[..., Path], zoned: PrintBatch) -> None:
    lines = rows(printed(Arrangement(stacked=True, cards=True, used=(2,), copies=2)))
    assert Counter(line["code"] for line in lines) == {p.code: 2 for p in zoned.plates}
    assert len({(line["volume"], line["page"], line["slot"]) for line in lines}) == 40
    assert min((int(line["page"]), int(line["slot"])) for line in lines) == (1, 4)  # two slots were used, then comes a card


def shot(path: Path, page: int, box: tuple[float, float, float, float]) -> np.ndarray:
    """Grey pixels of a part of a page: left, bottom, right, top in mm."""
    document = pypdfium2.PdfDocument(path)
    width, height = document[page].get_size()
    crop = (box[0] * PT, box[1] * PT, width - box[2] * PT, height - box[3] * PT)
    pixels = document[page].render(scale=2, grayscale=True, crop=crop).to_numpy()
    document.close()
    return pixels


def test_nothing_is_printed_on_used_slots(printed: Callable[..., Path]) -> None:
    volume = printed(Arrangement(used=(2, 5))) / "volume-001.pdf"
    slots = arrange(DESIGN.face, load_sheet("a3")).slots
    for page, taken in ((0, 2), (1, 5)):
        for slot, (x, y) in enumerate(slots):
            there = shot(volume, page, (x + 1, y + 1, x + DESIGN.face.width_mm - 1, y + DESIGN.face.height_mm - 1))
            assert bool(there.min() == 255) is (slot < taken)


def test_cards_are_white_with_black_ink_and_stand_before_their_zone(printed: Callable[..., Path], zoned: PrintBatch) -> None:
    folder = printed(Arrangement(stacked=True, cards=True))
    document = pypdfium2.PdfDocument(folder / "volume-001.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert text.count("此卡以下为本区门牌") == 3
    assert "共 8 块" in text
    assert {line["zone"] for line in rows(folder)} == {p.zone for p in zoned.plates}
    (x, y), face = arrange(DESIGN.face, load_sheet("a3")).slots[0], DESIGN.face
    there = shot(folder / "volume-001.pdf", 0, (x + 1, y + 1, x + face.width_mm - 1, y + face.height_mm - 1))
    assert 0.6 < (there > 250).mean() < 0.97


@pytest.mark.parametrize("how", [Arrangement(True, True, (3, 1), 2), Arrangement(copies=3)])
def test_the_arrangement_travels_with_the_folder(printed: Callable[..., Path], how: Arrangement) -> None:
    folder = printed(how)
    assert read_job(BatchFolder(folder)).arrangement == how
    assert prove_folder(folder, lambda *_: None).plates == 20 * how.copies
    assert json.loads((folder / "batch.json").read_bytes())["job"]["arrangement"]["copies"] == how.copies


def test_a_folder_on_paper_of_one_s_own_proves_without_the_paper_s_file(printed: Callable[..., Path], tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('name="mine"\ntitle="自备"\nwidth_mm=500\nheight_mm=350\nmargin_mm=12\ngap_mm=4', "utf-8")
    folder = printed(Arrangement(), str(mine))
    mine.unlink()
    assert prove_folder(folder, lambda *_: None).plates == 20


def test_a_roll_prints_and_proves(printed: Callable[..., Path]) -> None:
    folder = printed(Arrangement(), "roll")
    document = pypdfium2.PdfDocument(folder / "volume-001.pdf")
    assert len(document) == 1
    assert [round(size / PT) for size in document[0].get_size()] == [1270, 3 * 93 - 3 + 20]
    document.close()
    assert prove_folder(folder, lambda *_: None).plates == 20


def test_a_million_plates_are_arranged_in_seconds() -> None:
    one = plate()
    frozen = batch_of(*(one,) * 200_000)
    made = PrintJob(frozen, DESIGN, Sheet.model_validate(load_sheet("a3").model_dump()), NO_FONTS, 500,
                    Arrangement(stacked=True, cards=True))
    assert sum(isinstance(item, BatchPlate) for volume in made.volumes for item in volume.items) == 200_000
