"""What a printer would check: boxes, fonts, inks, extractable text, and that other tools find nothing to complain about."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from batches import batch, batch_of, plate, press_for, volume_of
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from doorplate.plates.code import grouped
from doorplate.plates.symbol import matrix
from print_jobs.artwork import SAMPLE_NOTE, typeset
from print_jobs.fonts import fonts_of, locate
from print_jobs.pdf_file import PT
from print_jobs.plate_design import load_design
from print_jobs.press import Press, write_volume

Tool = Callable[[str], str]


def volume(press: Press, number: int = 1) -> bytes:
    out = io.BytesIO()
    write_volume(press, replace(volume_of(press), number=number), out)
    return out.getvalue()


def streams(pdf: bytes) -> list[bytes]:
    """Every stream of the file that inflates."""
    found = []
    for raw in re.findall(rb">>\n?stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return found


@pytest.fixture(scope="module", params=["single", "a3", "a4"])
def press(request: pytest.FixtureRequest, cache: Path) -> Press:
    return press_for(batch(8), request.param, cache)


@pytest.fixture(scope="module")
def pdf(press: Press, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("volume") / "volume.pdf"
    path.write_bytes(volume(press))
    return path


@pytest.mark.parametrize("command", [
    ("qpdf", "--check", "{pdf}"),
    ("gs", "-q", "-dNOSAFER", "-sDEVICE=nullpage", "-o", "/dev/null", "{pdf}"),
    ("mutool", "clean", "-gggg", "{pdf}", "{pdf}.clean"),
])
def test_other_tools_find_nothing_wrong(command: tuple[str, ...], pdf: Path, tool: Tool) -> None:
    run = subprocess.run([tool(command[0]), *(part.format(pdf=pdf) for part in command[1:])], capture_output=True, text=True,
                         check=False)
    assert run.returncode == 0, run.stderr
    assert not re.search(r"(?i)warning|error(?!s that|s; the)", run.stderr), run.stderr


def test_only_embedded_subsets_of_the_simplified_chinese_cut(pdf: Path, tool: Tool) -> None:
    lines = subprocess.run([tool("pdffonts"), pdf], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert lines
    symbols = [line for line in lines if re.match(r"[A-Z]{6}\+DoorplateModules +Type 1C +Custom +yes yes yes", line)]
    assert len(symbols) == 1
    for line in set(lines) - set(symbols):
        assert re.match(r"[A-Z]{6}\+NotoSansCJKsc-Bold +CID Type 0C (\(OT\) )? *Identity-H +yes yes yes", line), line


def test_every_page_has_its_boxes_in_millimetres(press: Press, pdf: Path) -> None:
    document = pypdfium2.PdfDocument(pdf)
    slots, face = press.layout.slots, press.design.face
    for page in document:
        boxes = (page.get_mediabox(), page.get_trimbox(), page.get_bleedbox())
        media, trim, bleed = ([value / PT for value in box] for box in boxes)
        right, top = max(x for x, _ in slots) + face.width_mm, max(y for _, y in slots) + face.height_mm
        assert media == pytest.approx([0, 0, press.layout.width_mm, press.layout.height_mm], abs=0.001)
        assert trim == pytest.approx([min(x for x, _ in slots), min(y for _, y in slots), right, top], abs=0.001)
        assert [b - t for b, t in zip(bleed, trim, strict=True)] == pytest.approx([-3, -3, 3, 3], abs=0.001)


def test_a_single_plate_s_page_is_trimmed_to_its_face(cache: Path) -> None:
    page = pypdfium2.PdfDocument(volume(press_for(batch(1), "single", cache)))[0]
    left, bottom, right, top = page.get_trimbox()
    assert ((right - left) / PT, (top - bottom) / PT) == pytest.approx((150, 90), abs=0.001)


def test_crop_marks_are_five_millimetres_long_and_three_away(press: Press, pdf: Path) -> None:
    marks = next(s for s in streams(pdf.read_bytes()) if s.startswith(b"/R CS 1 SCN"))
    slots, face = press.layout.slots, press.design.face
    left, bottom = min(x for x, _ in slots), min(y for _, y in slots)
    lines = np.array([[float(v) for v in m] for m in re.findall(rb"(\S+) (\S+) m (\S+) (\S+) l", marks)]) / PT
    assert np.allclose(np.abs(lines[:, 2:] - lines[:, :2]).sum(axis=1), 5, atol=0.001)
    vertical = lines[np.isclose(lines[:, 0], lines[:, 2])]
    assert np.isclose(vertical[:, 1].min(), bottom - 3, atol=0.001) or np.isclose(vertical[:, 1], bottom - 3, atol=0.001).any()
    assert set(np.round(vertical[:, 0], 2)) == {round(e, 2) for x, _ in slots for e in (x, x + face.width_mm)}
    assert np.isclose(lines[:, 0], left - 3, atol=0.001).any()


def test_symbols_are_outlines_in_black_ink_only(press: Press, pdf: Path) -> None:
    """Each is set twice in the font of modules, and both settings show the whole symbol."""
    pages = [s for s in streams(pdf.read_bytes()) if b"/A Do" in s]
    drawn = rb"BT ([\d. ]+ k) ([\d.]+) ([\d.]+) Td /Q ([\d.]+) Tf ([\d.]+) TL((?:<\w+>')+) (\S+) (\S+) Td((?:<\w+>')+)\nET\nQ"
    symbols = [found for page in pages for found in re.findall(drawn, page)]
    assert len(symbols) == len(press.batch.plates)
    qr = press.design.qr
    module = qr.field_mm / 41 * PT
    for p, (ink, x, y, size, leading, first, back, up, second) in zip(press.batch.plates, symbols, strict=True):
        assert ink == b"0 0 0 1 k"
        assert size == leading
        assert float(size) == pytest.approx(4 * module, abs=1e-4)
        assert float(x) == pytest.approx((qr.x_mm * PT) + 4 * module, abs=0.01)
        assert float(y) == pytest.approx((press.design.face.height_mm - qr.y_mm) * PT - 4 * module, abs=0.01)
        assert float(back) == pytest.approx(-module, abs=1e-4)
        assert float(up) == pytest.approx((4 * first.count(b"'") + 2) * module, abs=1e-3)
        assert np.array_equal(set_modules(first)[:33, :33], matrix(p.url))
        assert np.array_equal(set_modules(second)[2:35, 1:34], matrix(p.url))


def set_modules(lines: bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """What lines of characters, two by four modules each, show."""
    texts = [bytes.fromhex(line.decode()) for line in re.findall(rb"<(\w+)>'", lines)]
    bits = np.unpackbits(np.frombuffer(b"".join(texts), np.uint8)).reshape(len(texts), -1, 4, 2)
    return bits.transpose(0, 2, 1, 3).reshape(4 * len(texts), -1).astype(np.bool_)


def test_no_light_seams_are_left_where_characters_meet(press: Press, pdf: Path) -> None:
    """From 600 dots an inch on, pixels inside dark modules are black, wherever the grid falls. On coarse screens corners where
    characters of both settings meet may be lighter, one pixel each; lines are not."""
    (x, y), face, qr = press.layout.slots[0], press.design.face, press.design.qr
    page, expected = pypdfium2.PdfDocument(pdf)[0], np.kron(matrix(press.batch.plates[0].url), np.ones((64, 64), np.bool_))
    for dpi, share in ((97, 0.6), (150, 0.6), (300, 0.75), (600, 0.95)):
        ink = 255 - page.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze().astype(int)
        rows, columns = np.indices(ink.shape)
        scale, module = dpi / 25.4, qr.field_mm / 41
        left, top = x + qr.x_mm + 4 * module, press.layout.height_mm - y - face.height_mm + qr.y_mm + 4 * module
        inside = np.ones(ink.shape, np.bool_)
        for down, across in product((-1, 0.5, 2), repeat=2):  # a pixel and its neighbours
            row, column = ((rows + down) / scale - top) / module, ((columns + across) / scale - left) / module
            there = (row >= 0) & (row < 33) & (column >= 0) & (column < 33)
            at = (np.clip(row, 0, 32.99) * 64).astype(int), (np.clip(column, 0, 32.99) * 64).astype(int)
            inside &= there & expected[at]
        assert ink[inside].min() >= share * ink[inside].max(), dpi
        assert (ink[inside] < 0.9 * ink[inside].max()).mean() < 0.03, dpi


def test_no_colour_but_cmyk_and_no_image_anywhere(pdf: Path) -> None:
    data = pdf.read_bytes()
    assert b"/Image" not in data
    assert b"/Type3" not in data
    for stream in streams(data):
        if stream.isascii():
            assert not re.search(rb"(?m)(^|\s)(rg|RG|g|G|BI)$", stream), stream[:200]
    face = next(s for s in streams(data) if b"/DeviceCMYK cs" in s)
    assert b"1 0.8 0 0 scn" in face


def test_the_texts_can_be_read_out_of_the_page(press: Press, pdf: Path, tool: Tool) -> None:
    text = subprocess.run([tool("pdftotext"), "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout
    bare = re.sub(r"\s", "", text)
    for p in press.batch.plates:
        assert grouped(p.code).replace(" ", "") in bare
        assert p.number in bare
        assert p.street in bare  # 䶮 and 𠀋, outside the usual planes, included


def test_a_sample_says_so_on_the_face_in_the_margin_and_in_the_metadata(pdf: Path, press: Press) -> None:
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_dict()["Title"] == "门牌"
    assert document.get_metadata_dict()["Subject"] == SAMPLE_NOTE
    words = document[0].get_textpage().get_text_range()
    assert words.count("虚构数据") == len(press.layout.slots) + 1
    assert "第 1 册 · 页码 1" in words


def test_a_real_plate_does_not_claim_to_be_a_sample(cache: Path) -> None:
    document = pypdfium2.PdfDocument(volume(press_for(batch_of(plate(), sample=False), "single", cache)))
    assert "Subject" not in {key for key, value in document.get_metadata_dict().items() if value}
    assert "样品" not in document[0].get_textpage().get_text_range()
    assert "menpai.example" in document[0].get_textpage().get_text_range()


def test_zxing_and_zbar_read_every_symbol_of_a_rastered_page(press: Press, pdf: Path, tmp_path: Path, tool: Tool) -> None:
    module_mm = 40 / 41
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=4 / (module_mm * PT)).to_pil()
    wanted = {p.url for p in press.batch.plates[:len(press.layout.slots)]}
    assert {found.text for found in zxingcpp.read_barcodes(picture)} == wanted
    picture.save(tmp_path / "page.png")
    zbar = subprocess.run([tool("zbarimg"), "--raw", "-q", tmp_path / "page.png"], capture_output=True, text=True, check=False)
    assert set(zbar.stdout.split()) == wanted


def test_the_same_batch_gives_the_same_bytes(press: Press, pdf: Path) -> None:
    assert volume(press) == pdf.read_bytes()


def test_the_same_bytes_in_another_process_with_nothing_kept(press: Press, pdf: Path, tmp_path: Path) -> None:
    script = ("import sys; from batches import batch, press_for, volume_of; from print_jobs.press import write_volume; "
              "press = press_for(batch(8), sys.argv[1]); write_volume(press, volume_of(press), open(sys.argv[2], 'wb'))")
    here = Path(__file__)
    environment = {**os.environ, "PYTHONPATH": f"{here.parents[2]}:{here.parent}", "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-c", script, press.sheet.name, tmp_path / "again.pdf"]
    subprocess.run(command, check=True, env=environment, cwd=tmp_path)
    assert (tmp_path / "again.pdf").read_bytes() == pdf.read_bytes()


def test_nothing_of_the_machine_or_the_clock_is_in_the_file(pdf: Path) -> None:
    data = pdf.read_bytes() + b"".join(streams(pdf.read_bytes()))
    for trace in (b"/home", b"/usr", b"/tmp", b"/work"):
        assert trace not in data
    assert set(re.findall(rb"\(D:(\d+)", data)) == {b"20261123060500"}  # when the batch was frozen
    assert set(re.findall(rb"Date>(\d[^<]+)<", data)) == {b"2026-11-23T06:05:00Z"}


def test_a_plate_s_hash_does_not_depend_on_the_sheet(cache: Path) -> None:
    frozen = batch(8)
    presses = [press_for(frozen, sheet, cache) for sheet in ("single", "a3")]
    hashes = [write_volume(press, volume_of(press), io.BytesIO()) for press in presses]
    assert hashes[0] == hashes[1]
    assert len(set(hashes[0])) == 8


def test_the_subset_paints_the_same_outlines_as_the_font() -> None:
    face = locate(load_design("small-gate").fonts.main)
    characters = "幸福路53号附䶮𠀋AZ"
    program = face.subset(characters)
    whole = TTFont(face.path, fontNumber=face.index)
    original, cmap = whole.getGlyphSet(), whole.getBestCmap()
    cff = CFFFontSet()
    cff.decompile(io.BytesIO(program), None)
    small = cff[0].CharStrings
    for character in characters:
        pens = [DecomposingRecordingPen(None), DecomposingRecordingPen(None)]
        original[cmap[ord(character)]].draw(pens[0])
        small[f"cid{face.glyph(character):05d}"].draw(pens[1])
        assert pens[0].value == pens[1].value, character


def test_memory_does_not_grow_with_the_pages(cache: Path) -> None:
    """The writer hands every page on at once: after each, nothing of it is kept but its number."""
    class Sink(io.RawIOBase):
        longest = 0

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.longest = max(self.longest, len(data))
            return len(data)

    sink, frozen = Sink(), batch(300)
    press = press_for(frozen, "single", cache)
    write_volume(press, volume_of(press), sink)  # type: ignore[arg-type]
    assert sink.longest < 100_000


def test_the_typeset_design_is_kept_and_a_spoilt_copy_is_made_again(tmp_path: Path) -> None:
    design = load_design("small-gate")
    fonts = fonts_of(design.fonts)
    first = typeset(design, "menpai.example", fonts, sample=True, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    stamp = hashlib.sha256(kept.read_bytes()).hexdigest()
    assert typeset(design, "menpai.example", fonts, sample=True, cache=tmp_path) == first
    kept.write_text(kept.read_text()[:1000])
    assert typeset(design, "menpai.example", fonts, sample=True, cache=tmp_path) == first
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == stamp
    typeset(design, "mp.example.gov.cn", fonts, sample=True, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_template_may_fetch_nothing() -> None:
    from weasyprint.urls import FatalURLFetchingError

    from print_jobs.typesetter import form_objects
    for html in ('<img src="file:///etc/passwd">', '<link rel="attachment" href="file:///etc/passwd">',
                 '<img src="https://example.com/x.png">', '<style>@import "http://example.com/a.css"</style>'):
        with pytest.raises(FatalURLFetchingError):
            form_objects(f"<html>{html}", "X", 0)
