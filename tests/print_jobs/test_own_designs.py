"""A user's own design is a file: what is wrong with it is said by key, in Chinese; what is right with it is printed and shown."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pypdfium2
import pytest
from batches import batch_of, plate
from PIL import Image
from typer.testing import CliRunner

from doorplate.cli import app
from doorplate.errors import InputError
from print_jobs.artwork import fixed_texts, typeset
from print_jobs.fonts import fonts_of
from print_jobs.gallery import examples, write_gallery
from print_jobs.layout import set_plate
from print_jobs.lines import postcode_boxes
from print_jobs.plate_design import load_design
from print_jobs.preflight import design_problems

LARGE = (files("print_jobs") / "designs" / "large-gate.toml").read_text("utf-8")
GREEN = (LARGE.replace('name = "large-gate"', 'name = "green-gate"').replace('kind = "large-gate"', 'kind = "custom"')
         .replace('title = "大门牌"', 'title = "南北路门牌"').replace("color = [100, 80, 0, 0]", "color = [90, 30, 95, 20]"))
BOXED = GREEN.replace('label = "邮政编码"', "").replace("label_scale = 0.66\n", "").replace('heir = "number_zone"\n', "") + """
[[labels]]
text = "扫码问事"
x_mm = 406
y_mm = 90
width_mm = 130
height_mm = 14
size_mm = 11
least_mm = 8
color = [0, 0, 0, 0]

[postcode_zone.boxes]
side_mm = 32
gap_mm = 5
line_mm = 0.8
radius_mm = 2
"""


def own(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("old", "new", "key", "told"), [
    ('pinyin = "tones"', 'pinyn = "tones"', "text.pinyn", "没有这个键"),
    ('pinyin = "tones"', 'pinyin = "loud"', "text.pinyin", "只能是"),
    ('name = ["{thoroughfare}"]', 'name = ["{road}"]', "text", "没有叫 road 的地址要素"),
    ('name = ["{thoroughfare}"]', 'name = "{thoroughfare}"', "text.name", "一列"),
    ('name = ["{thoroughfare}"]', "name = []", "text.name", "要么都有"),
    ('fonts = "hei"', "", "fonts", "缺少"),
    ('fonts = "hei"', 'fonts = "song"', "song", "现有: hei"),
    ("color = [100, 80, 0, 0]", "color = [101, 80, 0, 0]", "face.color.1", "至多 100"),
    ("color = [100, 80, 0, 0]", "color = [100, 80, 0, 0, 0]", "face.color", "不能用"),
    ("color = [100, 80, 0, 0]", 'color = "blue"', "face.color", "一列"),
    ("least_module_mm = 0.8", "least_module_mm = 0.3", "qr", "不能小于 0.8 mm"),
    ("field_mm = 120", "field_mm = -3", "qr.field_mm", "太小"),
    ("field_mm = 120", "field_mm = 140", "qr", "panel"),
    ('level = "Q"', 'level = "X"', "qr.level", "只能是"),
    ("x_mm = 406\ny_mm = 108", "x_mm = 380\ny_mm = 108", "", "不"),
    ("x_mm = 406\ny_mm = 274", "x_mm = 406\ny_mm = 250", "sample", "重叠"),
    ("x_mm = 34\ny_mm = 84", "x_mm = 34\ny_mm = 70", "pinyin_zone 和 number_zone", "重叠"),
    ("x_mm = 34\ny_mm = 84", "x_mm = 4\ny_mm = 84", "number_zone", "安全边"),
    ('heir = "number_zone"', 'heir = "code"', "postcode_zone.heir", "只能是"),
    ('heir = "number_zone"', 'heir = "pinyin_zone"\n[face2]', "face2", "没有这个键"),
    ("{ x_mm = 25, y_mm = 25, diameter_mm = 6 }", "{ x_mm = 36, y_mm = 36, diameter_mm = 6 }", "face.holes.1", "name_zone"),
    ("{ x_mm = 25, y_mm = 25, diameter_mm = 6 }", "{ x_mm = 568, y_mm = 36, diameter_mm = 6 }", "face.holes.1", "超出了牌面"),
    ("bleed_mm = 3", "bleed_mm = nan", "face.bleed_mm", "不是一个数"),
    ("height_m = 2.0", "height_m = 20", "mounting.height_m", "小于 10"),
    ("rule = ", "regel = ", "mounting.rule", "缺少"),
    ('name = "large-gate"', 'name = "Large Gate"', "name", "小写"),
    ('title = "大门牌"', 'title = ""', "title", "空"),
    ("[face]", "[face", "TOML", "不是正确的"),
    ("[number_zone]\n", "[number_zone]\ncolour = 3\n", "number_zone.colour", "没有这个键"),
])
def test_what_is_wrong_is_said_by_key(tmp_path: Path, old: str, new: str, key: str, told: str) -> None:
    assert old in LARGE
    with pytest.raises(InputError) as caught:
        load_design(str(own(tmp_path, LARGE.replace(old, new, 1))))
    assert key in caught.value.message
    assert told in caught.value.message
    assert "\n" not in caught.value.message
    assert str(tmp_path) not in caught.value.message


def test_a_design_without_a_field_for_the_symbol_is_refused_in_a_clear_sentence(tmp_path: Path) -> None:
    start = LARGE.index("[qr]")
    path = own(tmp_path, LARGE[:start] + LARGE[LARGE.index("[code]"):])
    with pytest.raises(InputError) as caught:
        load_design(str(path))
    assert caught.value.code == "design.no_qr"
    assert "没有二维码" in caught.value.message
    done = CliRunner().invoke(app, ["designs", "--check", str(path)])
    assert isinstance(done.exception, InputError)


def test_a_green_gate_of_one_s_own_is_printed(tmp_path: Path) -> None:
    design = load_design(str(own(tmp_path, GREEN)))
    frozen = replace(batch_of(replace(plate(), kind="custom")), design=design.name)
    assert list(design_problems(frozen, design, fonts_of(design.fonts))) == []
    assert design.face.color == (90, 30, 95, 20)


def test_postcode_boxes_hold_a_digit_each_and_must_not_stay_empty(tmp_path: Path, cache: Path) -> None:
    design = load_design(str(own(tmp_path, BOXED)))
    fonts = fonts_of(design.fonts)
    codes = enumerate(("712200", "", "7122"))
    with_one, without, odd = (replace(plate(seed=seed), kind="custom", postcode=code) for seed, code in codes)
    assert design.postcode_zone
    runs, boxes = set_plate(with_one, design, fonts).postcode, postcode_boxes(design.postcode_zone)
    assert [run.text for run in runs] == list("712200")
    for run, box in zip(runs, boxes, strict=True):
        ink = fonts.main.ink(run.text)
        middle = run.x_mm + (ink.left + ink.right) / 2 * run.em_mm
        assert middle == pytest.approx(box.x_mm + box.width_mm / 2)
    found = [problem.code for problem in design_problems(batch_of(with_one, without, odd), design, fonts)]
    assert found == ["batch.postcode_missing", "batch.postcode_form"]
    assert [text.text for text in fixed_texts(design, "menpai.example", fonts, sample=False)] == ["menpai.example", "扫码问事"]
    assert typeset(design, "menpai.example", fonts, sample=False, cache=cache).objects


def test_a_label_that_does_not_fit_or_cannot_be_painted_stops_the_batch(tmp_path: Path) -> None:
    for text, code in (("扫码问事" * 9, "batch.label_too_long"), ("扫码问𰀀", "batch.glyph_missing")):
        design = load_design(str(own(tmp_path, BOXED.replace("扫码问事", text))))
        frozen = batch_of(replace(plate(), kind="custom", postcode="712200"))
        assert [problem.code for problem in design_problems(frozen, design, fonts_of(design.fonts))] == [code]


def test_a_plate_with_a_number_is_not_printed_without_it() -> None:
    design = load_design("compound")
    frozen = batch_of(replace(plate("幸福小区", "3号"), kind="compound"))
    assert [problem.code for problem in design_problems(frozen, design, fonts_of(design.fonts))] == ["batch.number_unplaced"]


def test_the_gallery_shows_every_example_in_true_size(tmp_path: Path, cache: Path) -> None:
    (shown,) = write_gallery([load_design("room")], tmp_path, cache)
    assert not shown.left_out
    assert len(shown.pictures) == len(examples()["room"])
    with Image.open(shown.pictures[0]) as picture:
        assert picture.size == pytest.approx((120 / 25.4 * 96, 80 / 25.4 * 96), abs=1)
        assert picture.getpixel((0, 0)) != picture.getpixel((picture.width // 2, 6))  # a rounded corner
    document = pypdfium2.PdfDocument(shown.pdf)
    assert len(document) == len(shown.pictures)
    document.close()
    assert (tmp_path / "overview.png").stat().st_size > 1000
    first = shown.pictures[0].read_bytes()
    (again,) = write_gallery([load_design("room")], tmp_path, cache)
    assert again.pictures[0].read_bytes() == first


def test_the_command_lists_describes_checks_and_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORPLATE_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    listed = runner.invoke(app, ["designs"])
    kinds = ("大门牌", "中门牌", "小门牌", "楼牌", "小区牌", "单元牌", "户牌")
    assert [kind for kind in kinds if kind not in listed.output] == []
    assert "安装" in runner.invoke(app, ["designs", "--design", "room"]).output
    path = own(tmp_path, GREEN)
    assert "可以用" in runner.invoke(app, ["designs", "--check", str(path)]).output
    drawn = runner.invoke(app, ["designs", "--preview", str(tmp_path / "out"), "--design", str(path)])
    assert drawn.exit_code == 0, drawn.output
    assert (tmp_path / "out" / "green-gate-usual.png").is_file()
    for wrong in (tmp_path / "none.toml", tmp_path):
        assert isinstance(runner.invoke(app, ["designs", "--check", str(wrong)]).exception, InputError)


def test_a_design_is_copied_to_be_changed_and_nothing_is_overwritten(tmp_path: Path) -> None:
    runner, path = CliRunner(), tmp_path / "ours.toml"
    assert "已抄到" in runner.invoke(app, ["designs", "--design", "room", "--copy", str(path)]).output
    assert load_design(str(path)) == load_design("room")
    for wrong in (path, tmp_path / "ours.txt", tmp_path / "none" / "ours.toml"):
        assert isinstance(runner.invoke(app, ["designs", "--copy", str(wrong)]).exception, InputError)
    assert load_design(str(path)).name == "room"
