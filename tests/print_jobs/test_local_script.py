"""Uyghur is joined and runs right to left, Tibetan is stacked, Mongolian lies on its side; what no font has is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from batches import batch_of
from batches import plate as plain_plate

from doorplate.model import BatchPlate
from print_jobs.fonts import FontSet, fonts_of
from print_jobs.layout import set_plate
from print_jobs.local_script import missing_in, script_of, set_script
from print_jobs.plate_design import Box, load_design
from print_jobs.preflight import design_problems
from print_jobs.runs import Run
from print_jobs.zones import ScriptLine

DESIGN = load_design("small-gate")
BOX = Box(x_mm=10, y_mm=10, width_mm=100, height_mm=20)
LINE = ScriptLine(size_mm=16, least_mm=4)
UYGHUR, TIBETAN, MONGOLIAN = "بەختلىك يولى", "བདེ་སྐྱིད་ལམ།", "ᠵᠢᠷᠭᠠᠯ ᠤᠨ ᠵᠠᠮ"


def plate(minority: str = "", seed: int = 1) -> BatchPlate:
    return replace(plain_plate(seed=seed), minority=minority)


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return fonts_of(DESIGN.fonts)


def lines(text: str, fonts: FontSet) -> tuple[Run, ...]:
    return set_script(text, BOX, LINE, "centre", fonts.scripts)


@pytest.mark.parametrize(("text", "key"), [(UYGHUR, "uyghur"), (TIBETAN, "tibetan"), (MONGOLIAN, "mongolian"), ("ꀉꀊꀋ", "yi"),
                                           ("Yinhfuz Lu", "main"), ("행복로", "main"), ("12", "main"), ("", "main")])
def test_a_script_is_painted_with_its_font(text: str, key: str, fonts: FontSet) -> None:
    assert script_of(text, fonts.scripts) == key


def test_uyghur_letters_are_joined_and_run_right_to_left(fonts: FontSet) -> None:
    (run,) = lines(UYGHUR, fonts)
    face = fonts.faces["uyghur"]
    numbers = [glyph.number for glyph in run.glyphs]
    assert run.text == UYGHUR  # in the order it is read, so that it can be copied
    assert [glyph.x_mm for glyph in run.glyphs] == sorted(glyph.x_mm for glyph in run.glyphs)
    assert numbers != [face.glyph(c) for c in reversed(UYGHUR)]  # initial, medial and final forms
    alone = face.shape("ب", rightwards=False).glyphs[0][0]
    assert numbers[-1] != alone
    assert numbers[-1] == face.shape("بە", rightwards=False).glyphs[-1][0]  # the first letter stands last


def test_digits_in_uyghur_keep_their_order_and_stand_left_of_what_comes_before(fonts: FontSet) -> None:
    street, digits = "يولى", "12"
    runs = lines(f"{street} {digits}", fonts)
    assert [run.text for run in runs] == [digits, f"{street} "]
    face = fonts.faces[runs[0].face]
    assert [glyph.number for glyph in runs[0].glyphs] == [face.glyph("1"), face.glyph("2")]
    assert runs[0].x_mm < runs[1].x_mm


def test_tibetan_is_stacked(fonts: FontSet) -> None:
    (run,) = lines(TIBETAN, fonts)
    assert len(run.glyphs) < len(TIBETAN)  # སྐྱི is one stack


def test_mongolian_runs_left_to_right_on_its_side(fonts: FontSet) -> None:
    (run,) = lines(MONGOLIAN, fonts)
    face = fonts.faces["mongolian"]
    assert run.stroke_mm > 0  # the font has no bold
    assert [glyph.x_mm for glyph in run.glyphs] == sorted(glyph.x_mm for glyph in run.glyphs)
    assert [glyph.number for glyph in run.glyphs] != [face.glyph(c) for c in MONGOLIAN]
    whole = face.shape(MONGOLIAN, rightwards=True)
    assert whole.advance > whole.ink.top - whole.ink.bottom  # lying: longer than high


@pytest.mark.parametrize("text", [UYGHUR, TIBETAN, MONGOLIAN, "ꀉꀊꀋ", "Yinhfuz Lu", f"{UYGHUR} 12"])
def test_the_ink_is_centred_and_keeps_off_the_name(text: str, fonts: FontSet) -> None:
    runs = lines(text, fonts)
    edges = []
    for run in runs:
        ink = fonts.faces[run.face].shape(run.text, rightwards=run.text != UYGHUR and not run.text.endswith("ى ")).ink
        edges.append((run.x_mm + ink.left * run.em_mm, run.baseline_mm - ink.top * run.em_mm,
                      run.x_mm + ink.right * run.em_mm, run.baseline_mm - ink.bottom * run.em_mm))
    left, right = min(e[0] for e in edges), max(e[2] for e in edges)
    assert left - BOX.x_mm == pytest.approx(BOX.right_mm - right, abs=0.05)
    assert min(e[1] for e in edges) >= BOX.y_mm - 0.01
    assert max(e[3] for e in edges) <= BOX.y_mm + 0.87 * BOX.height_mm


@pytest.mark.parametrize("text", ["ب" * 200, "ب" * 100_000, "   ", ""])
def test_what_does_not_fit_gives_nothing(text: str, fonts: FontSet) -> None:
    assert lines(text, fonts) == ()


def test_form_choosing_marks_are_no_faults_but_other_invisible_characters_are(fonts: FontSet) -> None:
    frozen = batch_of(plate(minority=MONGOLIAN[:3] + "\u180b" + MONGOLIAN[3:]), plate(seed=2, minority=UYGHUR + "\u202e"))
    assert [problem.code for problem in design_problems(frozen, DESIGN, fonts)] == ["batch.character"]


def test_a_script_whose_font_is_not_installed_stops_the_batch_and_says_which_package(fonts: FontSet) -> None:
    poor = FontSet({key: face for key, face in fonts.faces.items() if key != "tibetan"})
    found = list(design_problems(batch_of(plate(minority=TIBETAN), plate(seed=2)), DESIGN, poor))
    assert {problem.code for problem in found} == {"batch.glyph_missing"}
    assert all("fonts-noto-core" in problem.message and "民族文字" in problem.message for problem in found)
    assert missing_in(TIBETAN, poor.scripts)


def test_a_local_script_too_long_for_its_line_stops_the_batch(fonts: FontSet) -> None:
    found = list(design_problems(batch_of(plate(minority=UYGHUR * 9)), DESIGN, fonts))
    assert [problem.code for problem in found] == ["batch.minority_too_long"]


def test_plates_without_a_local_script_are_set_as_ever(fonts: FontSet) -> None:
    with_one, without = set_plate(plate(minority=UYGHUR), DESIGN, fonts), set_plate(plate(), DESIGN, fonts)
    assert without.minority == ()
    assert with_one.number == without.number
    assert with_one.name != without.name
