"""Fonts: found by their exact cut, asked one after the other for rare characters, and cut down without changing a line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import uharfbuzz as hb
from batches import batch_of, plate

from doorplate.errors import Unavailable
from print_jobs.face import Face
from print_jobs.fonts import FontSet, fonts_of, locate
from print_jobs.layout import set_plate
from print_jobs.plate_design import load_design
from print_jobs.preflight import design_problems

DESIGN = load_design("small-gate")


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return fonts_of(DESIGN.fonts)


def outline(font: hb.Font, glyph: int) -> list[object]:
    drawn: list[object] = []
    pen = hb.DrawFuncs()
    for name in ("move_to", "line_to", "quadratic_to", "cubic_to"):
        getattr(pen, f"set_{name}_func")(lambda *where, name=name: drawn.append((name, where[:-1])))
    font.draw_glyph(glyph, pen)
    return drawn


def test_rare_place_name_characters_are_painted_by_the_fallback(fonts: FontSet) -> None:
    runs = set_plate(plate("小𣵦村"), DESIGN, fonts).name
    assert [(run.text, run.face) for run in runs] == [("小", "main"), ("𣵦", "fallback2"), ("村", "main")]
    assert [run.stroke_mm > 0 for run in runs] == [False, True, False]  # an outline lends the Ming face weight
    assert len({(run.em_mm, run.baseline_mm, run.tracking_mm) for run in runs}) == 1
    steps = [b.x_mm - a.x_mm for a, b in pairwise(runs)]
    assert steps[0] == pytest.approx(steps[1], abs=0.01)


def test_without_the_fallback_font_the_batch_stops_and_names_the_package(fonts: FontSet) -> None:
    bare = FontSet({"main": fonts.main})
    (found,) = design_problems(batch_of(plate("小𣵦村"), plate(seed=2)), DESIGN, bare)
    assert found.code == "batch.glyph_missing"
    assert "U+23D66" in found.message
    assert "fonts-hanazono" in found.message


def test_emoji_are_in_the_fallback_but_not_in_a_name(fonts: FontSet) -> None:
    assert fonts.faces["fallback1"].has("👍")
    assert fonts.hanzi.missing("👍路𣵦") == ("👍",)


def test_the_right_cut_or_none() -> None:
    main = DESIGN.fonts.main
    with pytest.raises(Unavailable) as caught:
        locate(main.model_copy(update={"postscript_name": "NotoSansCJKsc-Heavy"}))
    assert caught.value.code == "font.missing"
    assert "fonts-noto-cjk" in caught.value.message
    assert locate(main).index == 2  # the Chinese cut of the collection


def test_an_optional_font_that_is_missing_is_left_out() -> None:
    gone = DESIGN.fonts.uyghur
    assert gone
    typefaces = DESIGN.fonts.model_copy(update={"uyghur": gone.model_copy(update={"postscript_name": "No-Such-Font"})})
    assert "uyghur" not in fonts_of(typefaces).faces
    assert "tibetan" in fonts_of(typefaces).faces


@pytest.mark.parametrize(("key", "text"), [
    ("fallback2", "𣵦"), ("uyghur", "بەختلىك"), ("tibetan", "སྐྱིད"), ("mongolian", "ᠵᠠᠮ"), ("yi", "ꀉ")])
def test_a_truetype_subset_keeps_numbers_and_outlines(key: str, text: str, fonts: FontSet) -> None:
    face = fonts.faces[key]
    assert face.outlines == "truetype"
    numbers = {number for number, _, _ in face.shape(text, rightwards=key != "uyghur").glyphs}
    cut = hb.Font(hb.Face(face.subset_glyphs(numbers)))
    whole = hb.Font(hb.Face(hb.Blob.from_file_path(str(face.path)), face.index))
    for number in numbers:
        assert outline(cut, number) == outline(whole, number)
    assert outline(cut, numbers.pop())
    assert face.subset_glyphs([5, 9]) == face.subset_glyphs([9, 5, 5])


def test_the_main_font_is_bare_cff_by_characters_or_glyphs(fonts: FontSet) -> None:
    assert fonts.main.outlines == "cff"
    assert fonts.main.subset("幸福53") == fonts.main.subset_glyphs(fonts.main.glyph(c) for c in "35福幸")


def test_the_digest_tells_fonts_and_cuts_apart(fonts: FontSet) -> None:
    main = fonts.main
    digests = {face.digest for face in fonts.faces.values()} | {Face(main.path, 0, main.postscript_name).digest}
    assert len(digests) == len(fonts.faces) + 1
    assert Face(Path(main.path), main.index, main.postscript_name).digest == main.digest
