"""Texts in several fonts, shaped scripts, the code line set for many plates at once, and the cards between zones."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from batches import batch, batch_of, plate, press_for, volume_of
from pdf_objects import PdfObjects

from doorplate.plates.code import grouped
from print_jobs.code_line import CodeLine
from print_jobs.fonts import fonts_of
from print_jobs.job import AS_THEY_COME, Arrangement
from print_jobs.layout import set_plate
from print_jobs.pdf_file import PT
from print_jobs.plate_design import design_names, load_design
from print_jobs.press import Press, write_volume

Tool = Callable[[str], str]
SCRIPTS = {"uyghur": "بەخت يولى 53", "tibetan": "བདེ་སྐྱིད་ལམ།", "mongolian": "ᠵᠢᠷᠭᠠᠯ ᠵᠠᠮ", "yi": "ꆈꌠꁱꂷ"}


def pressed(press: Press, path: Path, arrangement: Arrangement = AS_THEY_COME) -> Path:
    with path.open("wb") as file:
        write_volume(press, volume_of(press, arrangement=arrangement), file)
    return path


@pytest.mark.parametrize("design", design_names())
def test_codes_set_together_stand_where_each_would_stand_alone(design: str) -> None:
    form = load_design(design)
    fonts, height = fonts_of(form.fonts), form.face.height_mm
    plates = batch(120).plates
    line = CodeLine.like(plates[0].code, set_plate(plates[0], form, fonts).code, form.code, fonts.main, height)
    assert line is not None
    for p, text in zip(plates, line.operators([p.code for p in plates]), strict=True):
        runs = set_plate(p, form, fonts).code
        size = float(re.search(rb"/F ([\d.]+) Tf", text)[1])  # type: ignore[index]
        x, y = (float(n) for n in re.search(rb"([\d.]+) ([\d.]+) Td", text).groups())  # type: ignore[union-attr]
        assert (x, y) == pytest.approx((runs[0].x_mm * PT, (height - runs[0].baseline_mm) * PT), abs=0.006)
        gaps = [0.0, *(float(n) for n in re.findall(rb">(-?\d+)<", text))]
        for run, gap in zip(runs, gaps, strict=True):
            x -= gap / 1000 * size
            assert x == pytest.approx(run.x_mm * PT, abs=0.05)  # 0.02 mm
            x += sum(fonts.main.width_of(fonts.main.glyph(c)) for c in run.text) / 1000 * size
        assert re.findall(rb"<(\w+)>", text) == [fonts.main.codes(word) for word in grouped(p.code).split()]


def test_a_design_with_a_rule_of_its_own_is_set_plate_by_plate() -> None:
    form = load_design("small-gate")
    fonts, p = fonts_of(form.fonts), plate()
    moved = [run._replace(x_mm=run.x_mm + 0.01) for run in set_plate(p, form, fonts).code]
    assert CodeLine.like(p.code, moved, form.code, fonts.main, form.face.height_mm) is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_local_scripts_are_shaped_and_read_out_in_logical_order(script: str, cache: Path, tmp_path: Path, tool: Tool) -> None:
    text = SCRIPTS[script]
    press = press_for(batch_of(replace(plate(), minority=text)), "single", cache)
    if script not in press.fonts.faces:
        pytest.skip(f"no {script} font on this machine")
    path = pressed(press, tmp_path / "v.pdf")
    objects = PdfObjects.read(tool("qpdf"), path)
    (_, content), = objects.pages
    spoken = b"".join(re.findall(rb"/Span<</ActualText<FEFF(\w+)>>>BDC", content))
    assert sorted(bytes.fromhex(spoken.decode()).decode("utf-16-be").replace(" ", "")) == sorted(text.replace(" ", ""))
    assert content.count(b"BDC") == content.count(b"EMC")
    ink = pypdfium2.PdfDocument(path)[0].render(scale=1).to_numpy()
    bare = press_for(batch_of(plate()), "single", cache)
    assert (ink != pypdfium2.PdfDocument(pressed(bare, tmp_path / "b.pdf"))[0].render(scale=1).to_numpy()).any()
    fonts = subprocess.run([tool("pdffonts"), path], capture_output=True, text=True, check=True).stdout
    assert press.fonts.faces[script].postscript_name in fonts
    assert not re.search(r" no +(yes|no) ", "\n".join(fonts.splitlines()[2:])), fonts
    assert subprocess.run([tool("qpdf"), "--check", path], check=False, capture_output=True).returncode == 0


def test_rare_characters_come_from_the_fallback_font_and_are_read_out(cache: Path, tmp_path: Path, tool: Tool) -> None:
    press = press_for(batch_of(plate("小𣵦村", "5号")), "single", cache)
    if not press.fonts.hanzi.missing("小𣵦村"):
        command = [tool("pdftotext"), pressed(press, tmp_path / "v.pdf"), "-"]
        words = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "小𣵦村" in re.sub(r"\s", "", words)
    else:
        pytest.skip("no fallback font on this machine")


def test_cards_stand_in_slots_of_their_own_without_a_plate_s_face(cache: Path, tmp_path: Path, tool: Tool) -> None:
    frozen = batch(9)
    zones = ["Z1"] * 4 + ["Z2"] * 5
    frozen = replace(frozen, plates=tuple(replace(p, zone=zone) for p, zone in zip(frozen.plates, zones, strict=True)))
    press = press_for(frozen, "a3", cache)
    path = pressed(press, tmp_path / "v.pdf", Arrangement(cards=True))
    objects = PdfObjects.read(tool("qpdf"), path)
    assert sum(content.count(b"/A Do") for _, content in objects.pages) == 9
    words = subprocess.run([tool("pdftotext"), path, "-"], capture_output=True, text=True, check=True).stdout
    text = re.sub(r"\s", "", words)
    assert text.count("安装分区") == 2
    assert "共4块" in text
    assert "共5块" in text


def test_a_plate_s_hash_stays_when_cards_stand_between(cache: Path) -> None:
    press = press_for(batch(7), "a3", cache)
    hashes = [write_volume(press, volume_of(press, arrangement=how), io.BytesIO())
              for how in (Arrangement(), Arrangement(cards=True), Arrangement(stacked=True))]
    assert hashes[0] == hashes[1] == hashes[2]
