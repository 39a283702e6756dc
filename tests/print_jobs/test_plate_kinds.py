"""The seven kinds of plate: each keeps to the rule it names, takes the names of real streets, and reads back from its PDF."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from batches import BASE_URL, batch_of

from doorplate.model import BatchPlate
from doorplate.plates.code import new_code
from print_jobs.artwork import typeset
from print_jobs.fonts import FontSet, fonts_of
from print_jobs.gallery import examples
from print_jobs.job import PrintJob, Volume
from print_jobs.layout import boxes_of, set_plate, zone_texts
from print_jobs.plate_design import Box, PlateDesign, design_names, load_design
from print_jobs.preflight import plate_problems
from print_jobs.press import Press, write_volume
from print_jobs.proof import prove_volume
from print_jobs.runs import Run
from print_jobs.sheet import load_sheet

# kind: face, symbol (standards.md, after GB 17733-2008 and the rule of Tianjin)
SIZES = {
    "large-gate": (570, 370, 120), "medium-gate": (270, 170, 75), "small-gate": (150, 90, 40), "building": (900, 500, 120),
    "compound": (1000, 600, 120), "entrance": (360, 150, 60), "room": (120, 80, 30),
}
GATES = ("large-gate", "medium-gate", "small-gate")
UYGHUR = "بەختلىك يولى"


def plate_of(design: PlateDesign, street: str = "幸福路", number: str = "53号", seed: int = 1, **more: str) -> BatchPlate:
    code = new_code(random.Random(seed))
    number = number if design.number_zone else ""
    return BatchPlate(code=code, url=f"{BASE_URL}/d/{code}", standard_address="", street=street, number=number, kind=design.kind,
                      grid="", zone="", **more)


def ink_of(runs: Sequence[Run], fonts: FontSet) -> tuple[float, float, float, float]:
    """left, top, right, bottom of what runs without shaping paint, mm on the face."""
    boxes = []
    for run in runs:
        ink, half = fonts.faces[run.face].ink(run.text), run.stroke_mm / 2
        right = (ink.right * run.em_mm + run.tracking_mm * (len(run.text) - 1)) * run.stretch
        boxes.append((run.x_mm + ink.left * run.em_mm * run.stretch - half, run.baseline_mm - ink.top * run.em_mm - half,
                      run.x_mm + right + half, run.baseline_mm - ink.bottom * run.em_mm + half))
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def inside(runs: Sequence[Run], box: Box, fonts: FontSet, slack: float = 0.02) -> bool:
    left, top, right, bottom = ink_of(runs, fonts)
    return (left >= box.x_mm - slack and right <= box.right_mm + slack
            and top >= box.y_mm - slack and bottom <= box.bottom_mm + slack)


def test_there_is_a_design_for_every_kind() -> None:
    assert {load_design(name).kind for name in design_names()} == set(SIZES)


@pytest.mark.parametrize("kind", SIZES)
def test_face_and_symbol_have_the_sizes_of_the_rule(kind: str) -> None:
    design = load_design(kind)
    assert (design.face.width_mm, design.face.height_mm, design.qr.field_mm) == SIZES[kind]
    assert design.qr.x_mm > design.face.width_mm * (0.4 if kind == "building" else 0.5)  # on the right
    assert design.mounting.rule.endswith("。")


@pytest.mark.parametrize(("kind", "name_share", "number_share"), [
    ("large-gate", 1 / 5, 4 / 5), ("medium-gate", 2 / 5, 1), ("small-gate", 2 / 5, 1)])
def test_gates_are_divided_as_the_rule_says(kind: str, name_share: float, number_share: float) -> None:
    design = load_design(kind)
    height, name, number = design.face.height_mm, design.name_zone, design.number_zone
    assert name
    assert number
    above = design.pinyin_zone or name
    assert above.bottom_mm <= height * name_share + 5
    assert height * name_share - 0.01 <= number.y_mm
    assert number.bottom_mm <= height * number_share
    if design.postcode_zone:
        assert design.postcode_zone.y_mm >= height * 4 / 5


def test_the_building_is_three_fifths_blue_and_two_fifths_white_with_a_red_number() -> None:
    design = load_design("building")
    (field,) = design.patches
    name, pinyin, postcode, number = design.name_zone, design.pinyin_zone, design.postcode_zone, design.number_zone
    assert name
    assert pinyin
    assert postcode
    assert number
    assert field.x_mm == design.face.width_mm * 3 / 5
    assert field.color == (0, 0, 0, 0)
    assert number.color == (0, 100, 100, 0)
    assert field.holds(number)
    assert name.bottom_mm <= design.face.height_mm * 3 / 5 <= pinyin.y_mm
    assert pinyin.height_mm == postcode.height_mm


@pytest.mark.parametrize("number", ["3号楼", "12号楼", "8号楼", "66号楼", "A座"])
def test_a_building_s_numeral_is_350_mm_high(number: str) -> None:
    design = load_design("building")
    fonts = fonts_of(design.fonts)
    runs = set_plate(plate_of(design, "幸福小区", number), design, fonts).number
    _, top, _, bottom = ink_of(runs[:1], fonts)
    assert bottom - top >= 350
    assert design.number_zone
    assert inside(runs, design.number_zone, fonts)


def test_buildings_of_one_compound_align_their_words_below_the_number() -> None:
    design = load_design("building")
    fonts = fonts_of(design.fonts)
    numbers = ("3号楼", "12号楼", "108号楼")
    words = [set_plate(plate_of(design, "幸福小区", number), design, fonts).number[-1] for number in numbers]
    assert len({(run.text, run.x_mm, run.baseline_mm, run.em_mm) for run in words}) == 1


NAMES = ["村", "东街", "幸福路", "光明小区东里", "营上村南环路二巷", "中国人民解放军第一路北延长线三巷", "小𣵦村", "䶮𠀋路",
         "A区", "人民路 东段", "12号楼13单元", "一" * 20, "鑫" * 20]
NUMBERS = ["1号", "53号", "53号附1号", "128号附12号", "1066号", "10086号附123号", "12-3号", "甲5号", "3号楼", "A座", "B12号楼",
           "302", "2单元", "十二号楼", "1号楼之二"]


@pytest.mark.parametrize("kind", SIZES)
def test_names_and_numbers_never_leave_their_zones(kind: str) -> None:
    design = load_design(kind)
    fonts = fonts_of(design.fonts)
    for minority in ("", UYGHUR):
        for name in NAMES:
            plate = plate_of(design, name, minority=minority, pinyin="Xìngfú Lù")
            box = boxes_of(design, bool(minority), True, False).name
            runs = set_plate(plate, design, fonts).name
            assert box
            assert not runs or inside(runs, box, fonts), (name, minority)
            assert not runs or "".join(run.text for run in runs).replace(" ", "") == name.replace(" ", "")
    for number in NUMBERS if design.number_zone else ():
        runs = set_plate(plate_of(design, "幸福路", number), design, fonts).number
        box = boxes_of(design, False, True, False).number
        assert box
        assert not runs or inside(runs, box, fonts), number
        assert not runs or "".join(run.text for run in runs) == number


@pytest.mark.parametrize("kind", SIZES)
def test_the_local_script_stands_above_the_name_and_takes_a_third(kind: str) -> None:
    design = load_design(kind)
    plain, mixed = (boxes_of(design, minority, False, False) for minority in (False, True))
    assert plain.name
    assert mixed.name
    assert mixed.minority
    assert plain.minority is None
    assert mixed.minority.bottom_mm == pytest.approx(mixed.name.y_mm)
    assert mixed.minority.height_mm == pytest.approx(plain.name.height_mm / 3)
    assert mixed.name.height_mm == pytest.approx(plain.name.height_mm * 2 / 3)
    fonts = fonts_of(design.fonts)
    runs = set_plate(plate_of(design, minority=UYGHUR), design, fonts).minority
    assert {run.face for run in runs} == {"uyghur"}


def test_a_line_that_is_absent_leaves_its_room_to_its_heir() -> None:
    large, building = load_design("large-gate"), load_design("building")
    assert boxes_of(large, False, True, True).postcode
    full, bare = boxes_of(large, False, True, True), boxes_of(large, False, False, False)
    assert full.number
    assert bare.number
    assert full.name
    assert bare.name
    assert bare.number.bottom_mm == large.postcode_zone.bottom_mm if large.postcode_zone else False
    assert bare.name.height_mm > full.name.height_mm
    spelled = boxes_of(building, False, True, False).pinyin
    assert spelled
    assert building.postcode_zone
    assert spelled.bottom_mm == building.postcode_zone.bottom_mm


def test_where_three_lines_have_no_room_the_local_script_replaces_the_pinyin() -> None:
    design = load_design("medium-gate")
    texts = set_plate(plate_of(design, pinyin="Xìngfú Lù", minority=UYGHUR), design, fonts_of(design.fonts))
    assert texts.minority
    assert not texts.pinyin
    titles = [wanted.title for wanted in zone_texts(plate_of(design, pinyin="Xìngfú Lù", minority=UYGHUR), design)]
    assert titles == ["民族文字", "路名", "号码", "编码"]


def pressed(design: PlateDesign, plates: Sequence[BatchPlate], cache: Path) -> tuple[Press, Volume, bytes]:
    fonts = fonts_of(design.fonts)
    batch = replace(batch_of(*plates), design=design.name)
    press = Press(batch, design, load_sheet("single"), fonts, typeset(design, "menpai.example", fonts, sample=True, cache=cache))
    (volume,) = PrintJob(batch, design, press.sheet, fonts, 1000).volumes
    file = io.BytesIO()
    write_volume(press, volume, file)
    return press, volume, file.getvalue()


@pytest.mark.parametrize("kind", SIZES)
def test_every_kind_reads_back_from_its_pdf_with_all_its_texts(kind: str, cache: Path, tmp_path: Path) -> None:
    design = load_design(kind)
    shown = examples()["gate" if kind in GATES else kind]
    plates = [plate_of(design, example.street, example.number, seed, minority=example.minority, pinyin=example.pinyin,
                       postcode=example.postcode) for seed, example in enumerate(shown)]
    assert [problem for plate in plates for problem in plate_problems("x", plate, design, fonts_of(design.fonts))] == []
    press, volume, data = pressed(design, plates, cache)
    path = tmp_path / "volume.pdf"
    path.write_bytes(data)
    assert [proof.problems for proof in prove_volume(path, press, volume)] == [()] * len(plates)


def test_the_proof_notices_another_text_in_any_line_of_a_plate(cache: Path, tmp_path: Path) -> None:
    design = load_design("building")
    plate = plate_of(design, "幸福小区", "3号楼", pinyin="Xìngfú Xiǎoqū", minority="بەخت مەھەللىسى", postcode="712200")
    press, volume, data = pressed(design, [plate], cache)
    path = tmp_path / "volume.pdf"
    path.write_bytes(data)
    for changes in ({"pinyin": "Xìngfú Xiǎoqu"}, {"minority": UYGHUR}, {"postcode": "712201"}, {"street": "幸福小区南"},
                    {"number": "2号楼"}):
        other = replace(volume, items=(replace(plate, **changes),))
        (proof,) = prove_volume(path, press, other)
        assert len(proof.problems) == 1, changes
