"""What a volume claims as PDF/X-4 (ISO 15930-7:2010), clause by clause, over all objects of the file."""

from __future__ import annotations

import io
import re
import struct
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
from batches import batch, press_for, volume_of
from pdf_objects import PdfObjects
from PIL import Image

from doorplate.errors import InputError, Refused
from print_jobs.artwork import SAMPLE_NOTE
from print_jobs.folder import BatchFolder
from print_jobs.inks import PressOptions, load_inks
from print_jobs.job import read_job
from print_jobs.pdf_file import PT, PdfFile
from print_jobs.pdfx import About, add_information
from print_jobs.press import Press, write_volume
from print_jobs.reproof import prove_folder
from print_jobs.run import Making, run_batch

Tool = Callable[[str], str]
NAMES = {"x": "adobe:ns:meta/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "dc": "http://purl.org/dc/elements/1.1/",
         "xmp": "http://ns.adobe.com/xap/1.0/", "mm": "http://ns.adobe.com/xap/1.0/mm/", "pdf": "http://ns.adobe.com/pdf/1.3/",
         "x4": "http://www.npes.org/pdfx/ns/id/"}
FROZEN = "2026-11-23T06:05:00Z"

PLAIN, SPOTS = PressOptions(), PressOptions(cut_contour=True, white=True)


def press_with(options: PressOptions, sheet: str, cache: Path) -> Press:
    plain = press_for(batch(9), sheet, cache)
    return Press(plain.batch, plain.design, plain.sheet, plain.fonts, plain.artwork, options)


@pytest.fixture(scope="module", params=[(PLAIN, "single"), (PLAIN, "a3"), (SPOTS, "a3")], ids=["single", "a3", "a3 with spots"])
def made(request: pytest.FixtureRequest, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Press, Path]:
    press = press_with(*request.param, cache)
    path = tmp_path_factory.mktemp("pdfx") / "volume.pdf"
    with path.open("wb") as file:
        write_volume(press, volume_of(press), file)
    return press, path


@pytest.fixture
def pdf(made: tuple[Press, Path], tool: Tool) -> PdfObjects:
    return PdfObjects.read(tool("qpdf"), made[1])


def test_the_file_is_pdf_1_6_with_an_id_and_not_encrypted(made: tuple[Press, Path], pdf: PdfObjects) -> None:
    """6.1, 6.2: structure."""
    data = made[1].read_bytes()
    assert data.startswith(b"%PDF-1.6\n%")
    assert min(data[10:14]) > 127
    assert len(pdf.trailer["/ID"]) == 2
    assert "/Encrypt" not in pdf.trailer


def test_the_metadata_name_the_version_and_agree_with_the_information_dictionary(pdf: PdfObjects, tool: Tool,
                                                                                 made: tuple[Press, Path]) -> None:
    """6.3: XMP, in the clear, with version, dates, title, trapping and identifiers."""
    reference = pdf.catalog["/Metadata"]
    assert "/Filter" not in pdf.at(reference)
    packet = pdf.streams[reference].decode()
    whole = ElementTree.fromstring(packet[packet.index("<x:xmpmeta"):packet.index("<?xpacket end")])
    told = whole.find(".//rdf:Description", NAMES)
    assert told is not None

    def says(name: str) -> str:
        found = told.find(name, NAMES)
        assert found is not None, name
        return "".join(found.itertext())
    assert says("x4:GTS_PDFXVersion") == "PDF/X-4"
    assert says("pdf:Trapped") == "False"
    assert says("dc:title") == "门牌"
    assert says("dc:description") == SAMPLE_NOTE
    assert {says("xmp:CreateDate"), says("xmp:ModifyDate"), says("xmp:MetadataDate")} == {FROZEN}
    assert says("mm:RenditionClass") == "default"
    assert says("mm:VersionID") == "1"
    assert re.fullmatch(r"uuid:[0-9a-f-]{36}", says("mm:DocumentID"))
    info = pdf.at(pdf.trailer["/Info"])
    assert info["/Trapped"] == "/False"
    assert info["/CreationDate"] == info["/ModDate"] == "u:D:20261123060500Z"
    assert (info["/Title"], info["/Producer"]) == ("u:门牌", f"u:{says('pdf:Producer')}")
    assert "PDF/X-4" in subprocess.run([tool("pdfinfo"), made[1]], capture_output=True, text=True, check=True).stdout


def test_one_output_intent_names_the_condition_and_carries_its_cmyk_profile(pdf: PdfObjects) -> None:
    """6.2.3: output intent."""
    (intent,) = [pdf.at(one) for one in pdf.catalog["/OutputIntents"]]
    assert (intent["/Type"], intent["/S"]) == ("/OutputIntent", "/GTS_PDFX")
    assert intent["/OutputConditionIdentifier"] == "u:FOGRA39"
    assert intent["/RegistryName"] == "u:http://www.color.org"
    assert pdf.at(intent["/DestOutputProfile"])["/N"] == 4
    profile = pdf.streams[intent["/DestOutputProfile"]]
    assert struct.unpack(">L", profile[:4])[0] == len(profile)
    assert (profile[12:16], profile[16:20], profile[20:24], profile[36:40]) == (b"prtr", b"CMYK", b"Lab ", b"acsp")
    assert profile[8] <= 4


def test_trim_lies_in_bleed_lies_in_media_and_there_is_no_art_box(pdf: PdfObjects) -> None:
    """6.6: page boxes."""
    for page, _ in pdf.pages:
        media, bleed, trim = page["/MediaBox"], page["/BleedBox"], page["/TrimBox"]
        assert media[0] <= bleed[0] < trim[0] < trim[2] < bleed[2] <= media[2]
        assert media[1] <= bleed[1] < trim[1] < trim[3] < bleed[3] <= media[3]
        assert "/ArtBox" not in page
        assert "/CropBox" not in page


def test_every_font_is_an_embedded_subset_whose_text_can_be_read(pdf: PdfObjects) -> None:
    """6.2.5: fonts."""
    fonts = [value for value in pdf.dictionaries() if value.get("/Type") == "/Font"]
    roots = [font for font in fonts if font["/Subtype"] == "/Type0"]
    assert roots
    (symbols,) = [font for font in fonts if font["/Subtype"] == "/Type1"]
    assert {font["/Subtype"] for font in fonts} <= {"/Type0", "/CIDFontType0", "/CIDFontType2", "/Type1"}
    for font in [*roots, symbols]:
        assert b"beginbfchar" in pdf.streams[font["/ToUnicode"]]
        (descendant,) = [font] if font is symbols else [pdf.at(one) for one in pdf.at(font["/DescendantFonts"])]
        descriptor = pdf.at(descendant["/FontDescriptor"])
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert re.match(r"/[A-Z]{6}\+", descriptor["/FontName"])
        assert descriptor["/FontName"] == descendant["/BaseFont"] == font["/BaseFont"]


def test_all_colour_is_cmyk_or_a_spot_ink_with_a_cmyk_alternate(pdf: PdfObjects, made: tuple[Press, Path]) -> None:
    """6.2.4: no RGB, no grey, no images; one meaning for each spot ink."""
    for content in pdf.contents():
        bare = re.sub(rb"<[0-9A-Fa-f]*>", b"", content)
        assert not re.search(rb"(?<![\w/])(rg|RG|g|G|BI|sh)(?=\s|$)", bare), bare[:300]
        assert set(re.findall(rb"/(\S+) (?:cs|CS)\b", bare)) <= {b"DeviceCMYK", b"R", b"S"}
    inks: dict[str, list[object]] = {}
    for value in pdf.values.values():
        spaces = [value] if isinstance(value, list) else []
        if isinstance(value, dict) and isinstance(value.get("/ColorSpace"), dict):
            spaces += [pdf.at(space) for space in value["/ColorSpace"].values()]
        for space in spaces:
            if isinstance(space, list) and space and space[0] == "/Separation":
                assert space[2] == "/DeviceCMYK"
                inks.setdefault(space[1], []).append(space[3])
    wanted = {"/All", "/CutContour", "/RDG_WHITE"} if made[0].options.cut_contour else {"/All"}
    assert set(inks) == wanted
    assert all(same == tints[0] for tints in inks.values() for same in tints)
    text = repr(list(pdf.values.values()))
    for forbidden in ("/DeviceRGB", "/CalRGB", "/Indexed", "/Image", "/Type3"):
        assert f"'{forbidden}'" not in text


def test_nothing_that_a_press_cannot_print_or_must_not_run(pdf: PdfObjects) -> None:
    """6.2.6 to 6.9: no transparency, actions, annotations, forms, scripts, PostScript, transfer functions, layers, alternates."""
    forbidden = {"/SMask", "/AA", "/OpenAction", "/JavaScript", "/JS", "/Annots", "/AcroForm", "/PS", "/OPI", "/TR", "/TR2",
                 "/HTP", "/Ref", "/Alternates", "/OCProperties", "/RichMedia", "/Encrypt", "/EmbeddedFiles", "/Collection"}
    for value in pdf.dictionaries():
        assert not forbidden & set(value), value
        assert value.get("/Type") != "/Filespec"
        assert value.get("/S") != "/Transparency"
        assert value.get("/CA", 1) == value.get("/ca", 1) == 1
        assert value.get("/BM", "/Normal") == "/Normal"
        assert value.get("/Filter", "/FlateDecode") == "/FlateDecode"


def test_the_cutting_line_is_the_trim_with_its_corners_and_holes(cache: Path, tool: Tool, tmp_path: Path) -> None:
    press = press_with(SPOTS, "a3", cache)
    with (tmp_path / "v.pdf").open("wb") as file:
        write_volume(press, volume_of(press), file)
    pdf = PdfObjects.read(tool("qpdf"), tmp_path / "v.pdf")
    cut = next(content for content in pdf.contents() if b"/S CS 1 SCN" in content)
    white = next(content for content in pdf.contents() if b"/S cs 1 scn" in content)
    face = press.design.face
    lines = [[float(n) / PT for n in found] for found in re.findall(rb"([\d.]+) ([\d.]+) l", cut)]
    curves = re.findall(rb"([-\d.]+ ){6}c", cut)
    assert len(curves) == 4 + 4 * len(face.holes)
    assert max(x for x, _ in lines) == pytest.approx(face.width_mm, abs=0.001)
    assert max(y for _, y in lines) == pytest.approx(face.height_mm, abs=0.001)
    assert [float(n) / PT for n in re.search(rb"([\d.]+) ([\d.]+) m", cut).groups()] == pytest.approx(  # type: ignore[union-attr]
        [face.corner_radius_mm, 0], abs=0.001)
    starts = [[float(n) / PT for n in found] for found in re.findall(rb"([\d.]+) ([\d.]+) m", cut)][1:]
    wanted = [(hole.x_mm + hole.diameter_mm / 2, face.height_mm - hole.y_mm) for hole in face.holes]
    assert starts == [pytest.approx(start, abs=0.001) for start in wanted]
    assert cut.endswith(b"S\n")
    assert white.endswith(b"f\n")
    states = [value for value in pdf.dictionaries() if value.get("/Type") == "/ExtGState" and "/OP" in value]
    assert all(state["/OP"] is True and state["/op"] is True for state in states)
    for page, content in pdf.pages:
        standing = content.count(b"/A Do")
        assert content.count(b"/W Do /P gs /A Do") == content.count(b"/C Do") == standing > 0
        assert {"/A", "/M", "/W", "/C"} == set(pdf.at(page["/Resources"])["/XObject"])


def test_ghostscript_separates_the_spot_inks_and_finds_symbols_in_black_alone(cache: Path, tool: Tool, tmp_path: Path) -> None:
    press, dpi = press_with(SPOTS, "single", cache), 100
    with (tmp_path / "v.pdf").open("wb") as file:
        write_volume(press, volume_of(press), file)
    command = [tool("gs"), "-q", "-dNOSAFER", "-dLastPage=1", "-sDEVICE=tiffsep", f"-r{dpi}", "-o", tmp_path / "s.tif",
               tmp_path / "v.pdf"]
    assert not subprocess.run(command, capture_output=True, text=True, check=True).stderr
    inks = {path.stem[2:-1]: np.asarray(Image.open(path).convert("L")) < 128 for path in tmp_path.glob("s(*).tif")}
    assert set(inks) == {"Cyan", "Magenta", "Yellow", "Black", "CutContour", "RDG_WHITE"}
    (x, y), field, face = press.layout.slots[0], press.design.qr, press.design.face
    left, top = x + field.x_mm, press.layout.height_mm - y - face.height_mm + field.y_mm
    rows, columns = (slice(round(at * dpi / 25.4), round((at + field.field_mm) * dpi / 25.4)) for at in (top, left))
    assert 0.2 < inks["Black"][rows, columns].mean() < 0.6
    assert not any(inks[other][rows, columns].any() for other in ("Cyan", "Magenta", "Yellow", "CutContour"))
    assert inks["RDG_WHITE"][rows, columns].all()
    assert inks["CutContour"].any()


def test_plates_do_not_change_when_spot_inks_are_added(cache: Path) -> None:
    presses = [press_with(options, "a3", cache) for options in (PLAIN, SPOTS)]
    hashes = [write_volume(press, volume_of(press), io.BytesIO()) for press in presses]
    assert hashes[0] == hashes[1]


def test_the_dates_are_those_of_the_freezing_whatever_the_zone() -> None:
    out = io.BytesIO()
    east = datetime(2026, 11, 23, 14, 5, tzinfo=timezone(timedelta(hours=8)))
    add_information(PdfFile(out), About("门牌", "", "0" * 32, east))
    assert b"(D:20261123060500Z)" in out.getvalue()


def test_a_volume_opens_in_pdfium_with_its_metadata(made: tuple[Press, Path]) -> None:
    document = pypdfium2.PdfDocument(made[1])
    assert document.get_metadata_dict()["Title"] == "门牌"
    assert len(document) > 0


def test_a_user_s_inks_are_checked(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\ntitle = "x"\n', "utf-8")
    with pytest.raises(InputError) as caught:
        load_inks(str(tmp_path / "mine.toml"))
    assert caught.value.code == "inks.invalid"
    with pytest.raises(InputError) as caught:
        load_inks("nothing-like-it")
    assert caught.value.code == "inks.unknown"


def test_spot_inks_are_part_of_the_job_and_come_back_from_its_folder(cache: Path, tmp_path: Path) -> None:
    frozen, options = batch(9), PressOptions(cut_contour=True, white=True, inks=load_inks())
    for out, making in (("plain", Making(cache=cache)), ("spots", Making(cache=cache, options=options))):
        run_batch(frozen, design="small-gate", sheet="a3", out=tmp_path / out, making=making)
        folder = BatchFolder(tmp_path / out)
        assert read_job(folder).options == making.options
        assert read_job(folder).identity == folder.batch.read_bytes()
        assert (b"/CutContour" in folder.volume(1).read_bytes()) is making.options.cut_contour
        assert prove_folder(folder.path, lambda *_: None).plates == 9
    with pytest.raises(Refused) as caught:
        run_batch(frozen, design="small-gate", sheet="a3", out=tmp_path / "plain", making=making)
    assert caught.value.code == "batch.folder_taken"
