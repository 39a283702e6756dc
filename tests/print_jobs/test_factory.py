"""The factory pack: whole or not there, from a proven batch alone, every drawing read back, and a list that fits its files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from batches import batch, batch_of, plate
from flows.commands import doorplate
from openpyxl import load_workbook

import print_jobs.factory
from doorplate.errors import InputError, PreflightFailed, Refused, Unavailable
from doorplate.model import PrintBatch
from print_jobs.factory import SUMS, FactoryOrder, FactoryReport, make_pack
from print_jobs.factory_lists import COLUMNS
from print_jobs.job import AS_THEY_COME, Arrangement
from print_jobs.laser.drawing import Beam
from print_jobs.run import Making, run_batch

FROZEN = batch(8)
BEAM = Beam()


def printed(folder: Path, cache: Path, frozen: PrintBatch = FROZEN, how: Arrangement = AS_THEY_COME) -> Path:
    run_batch(frozen, design="small-gate", sheet="a3", out=folder, making=Making(arrangement=how, cache=cache))
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A proven batch that tests only read."""
    return printed(tmp_path_factory.mktemp("proven") / "batch", cache)


@pytest.fixture
def pack(finished: Path, tmp_path: Path, cache: Path) -> Callable[..., FactoryReport]:
    def go(*forms: str, folder: Path = finished, out: str = "pack", beam: Beam = BEAM,
           progress: Callable[[int, int], None] = lambda *_: None) -> FactoryReport:
        order = FactoryOrder(forms or ("svg",), beam, cache)  # type: ignore[arg-type]
        return make_pack(folder, tmp_path / out, order, progress)
    return go


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "plates.csv").read_text("utf-8-sig"))))


def test_a_pack_holds_lists_drawings_and_their_sums(pack: Callable[..., FactoryReport], tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = pack("svg", "dxf", "pdf", progress=lambda *step: seen.append(step))
    out = tmp_path / "pack"
    assert report == FactoryReport(out, 8, 24)
    assert seen[-1] == (8, 8)
    found = contents(out)
    wanted = {f"artwork/{p.code}.{form}" for p in FROZEN.plates for form in ("svg", "dxf", "pdf")}
    assert set(found) == wanted | {"plates.csv", "plates.xlsx", SUMS}
    sums = dict(line.split("  ")[::-1] for line in (out / SUMS).read_text("ascii").splitlines())
    assert sums == {name: digest for name, digest in found.items() if name != SUMS}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_sums_are_those_sha256sum_checks(pack: Callable[..., FactoryReport], tmp_path: Path,
                                             tool: Callable[[str], str]) -> None:
    pack()
    tool("sha256sum")
    assert os.system(f"cd {tmp_path / 'pack'} && sha256sum --status --strict -c {SUMS}") == 0


def test_the_lists_name_every_plate_and_its_files_in_walking_order(pack: Callable[..., FactoryReport], tmp_path: Path) -> None:
    pack("svg", "dxf")
    out = tmp_path / "pack"
    assert (out / "plates.csv").read_bytes().startswith(b"\xef\xbb\xbforder,code,url,")
    lines = rows(out)
    assert [(line["order"], line["code"], line["street"], line["number"]) for line in lines] == [
        (str(i), p.code, p.street, p.number) for i, p in enumerate(FROZEN.plates, 1)]
    assert all((out / name).is_file() for line in lines for name in line["files"].split())
    assert (lines[0]["width_mm"], lines[0]["height_mm"], lines[0]["copies"]) == ("150.0", "90.0", "1")
    book = load_workbook(out / "plates.xlsx", read_only=True)
    head, *cells = book.worksheets[0].iter_rows(values_only=True)
    assert head == tuple(COLUMNS.values())
    assert [row[1] for row in cells] == [p.code for p in FROZEN.plates]
    assert book.worksheets[0].title == "样品 虚构数据"
    book.close()


def test_every_pdf_is_its_plate(pack: Callable[..., FactoryReport], tmp_path: Path) -> None:
    pack("pdf")
    for p in FROZEN.plates[:3]:
        document = pypdfium2.PdfDocument(tmp_path / "pack" / "artwork" / f"{p.code}.pdf")
        assert len(document) == 1
        image = document[0].render(scale=4).to_pil()
        document.close()
        assert [found.text for found in zxingcpp.read_barcodes(image)] == [p.url]


def test_the_same_batch_packed_twice_is_the_same_bytes(pack: Callable[..., FactoryReport], tmp_path: Path) -> None:
    pack("svg", "dxf", "pdf")
    pack("svg", "dxf", "pdf", out="again")
    assert contents(tmp_path / "pack") == contents(tmp_path / "again")


@pytest.mark.parametrize("address", ["=1+1", "+86", "-幸福路", "@SUM(A1)"])
def test_lists_are_no_programs(address: str, tmp_path: Path, cache: Path, pack: Callable[..., FactoryReport]) -> None:
    folder = printed(tmp_path / "batch", cache, batch_of(replace(plate(), standard_address=address)))
    pack(folder=folder)
    (line,) = rows(tmp_path / "pack")
    assert line["standard_address"] == "'" + address
    book = load_workbook(tmp_path / "pack" / "plates.xlsx")
    cell = book.worksheets[0].cell(2, 4)
    assert (cell.value, cell.data_type) == (address, "s")


def test_copies_are_a_figure_not_further_drawings(tmp_path: Path, cache: Path, pack: Callable[..., FactoryReport]) -> None:
    folder = printed(tmp_path / "batch", cache, how=Arrangement(copies=2))
    assert pack(folder=folder).drawings == 8
    assert {line["copies"] for line in rows(tmp_path / "pack")} == {"2"}


@pytest.mark.parametrize(("name", "change", "error", "code"), [
    ("batch.json", None, InputError, "batch.not_found"),
    ("proof.json", None, Refused, "factory.unproven"),
    ("volume-001.pdf", None, Refused, "factory.unproven"),
    ("volume-001.pdf", lambda data: data + b"x", Refused, "factory.unproven"),
    ("manifest.csv", lambda data: data + b"x", Refused, "factory.unproven"),
    ("batch.json", lambda data: data.replace("幸福路".encode(), "辛福路".encode()), Refused, "factory.unproven"),
    ("batch.json", lambda data: data.replace(b"menpai.example", b"forged.example"), Refused, "factory.unproven"),
    ("proof.json", lambda data: data.replace(b'"ok"', b'"failed"', 1), Refused, "factory.unproven"),
    ("proof.json", lambda _: b"{}", Refused, "factory.unproven"),
    ("batch.json", lambda _: b"{}", InputError, "batch.unreadable")])
def test_only_what_was_proven_and_is_still_so_goes_to_a_factory(
        name: str, change: Callable[[bytes], bytes] | None, error: type[Exception], code: str, tmp_path: Path, cache: Path,
        pack: Callable[..., FactoryReport]) -> None:
    folder = printed(tmp_path / "batch", cache)
    if change is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(change((folder / name).read_bytes()))
    with pytest.raises(error) as caught:
        pack(folder=folder)
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["batch"]


def test_other_people_s_folders_and_the_batch_itself_are_left_alone(pack: Callable[..., FactoryReport], tmp_path: Path,
                                                                   cache: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "letter.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for out in ("pack", "file"):
        with pytest.raises(Refused) as caught:
            pack(out=out)
        assert caught.value.code == "factory.folder_not_empty"
    assert [p.name for p in (tmp_path / "pack").iterdir()] == ["letter.txt"]
    folder = printed(tmp_path / "batch", cache)
    with pytest.raises(Refused) as inside:
        pack(folder=folder, out="batch/pack")
    assert inside.value.code == "factory.inside"
    (tmp_path / "empty").mkdir()
    assert pack(out="empty").plates == 8  # an empty folder is as good as none


@pytest.mark.parametrize("kerf", [-1.0, 0.7])
def test_a_beam_too_wide_leaves_nothing_behind(kerf: float, pack: Callable[..., FactoryReport], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        pack(beam=Beam(kerf_mm=kerf))
    assert list(tmp_path.iterdir()) == []


def test_a_drawing_that_reads_wrong_stops_the_pack(pack: Callable[..., FactoryReport], tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = print_jobs.laser.drawing.symbol_shape

    def spoilt(symbol, field):  # type: ignore[no-untyped-def]
        wrong = symbol.copy()
        wrong[12, 12] ^= True
        return genuine(wrong, field)
    monkeypatch.setattr(print_jobs.laser.drawing, "symbol_shape", spoilt)
    with pytest.raises(PreflightFailed) as caught:
        pack()
    assert caught.value.code == "factory.readback"
    assert FROZEN.plates[0].code in caught.value.problems[0]
    assert list(tmp_path.iterdir()) == []


def test_killed_halfway_there_is_no_pack_and_the_next_run_makes_it_whole(pack: Callable[..., FactoryReport],
                                                                         tmp_path: Path) -> None:
    pack(out="reference")
    for where in (2, 8):
        child = os.fork()
        if child == 0:
            real = Path.write_bytes
            written = []

            def deadly(self: Path, data: bytes, real=real, written=written, where=where) -> int:  # type: ignore[no-untyped-def]
                written.append(self)
                if len(written) == where:
                    real(self, data[:100])
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(self, data)
            Path.write_bytes = deadly  # type: ignore[method-assign]
            pack()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert not (tmp_path / "pack").exists()
    pack()
    assert contents(tmp_path / "pack") == contents(tmp_path / "reference")
    assert not (tmp_path / ".pack.part").exists()


def test_a_disk_that_is_full_is_one_line(pack: Callable[..., FactoryReport], tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Unavailable) as caught:
        pack()
    assert caught.value.code == "factory.cannot_write"
    assert list(tmp_path.iterdir()) == []


def test_from_the_command_line(finished: Path, tmp_path: Path) -> None:
    said = doorplate("factory", finished, "--out", "pack", "--dxf", "--invert", home=tmp_path / "home", cwd=tmp_path)
    assert said.code == 0, said.err
    assert {path.suffix for path in (tmp_path / "pack" / "artwork").iterdir()} == {".dxf"}
    again = doorplate("factory", finished, "--out", "pack", home=tmp_path / "home", cwd=tmp_path)
    assert (again.code, again.err.strip().split(":")[0]) == (2, "factory.folder_not_empty")
    nothing = doorplate("factory", tmp_path, "--out", "other", home=tmp_path / "home", cwd=tmp_path)
    assert (nothing.code, nothing.err.strip().split(":")[0]) == (2, "batch.not_found")


def test_what_a_batch_says_of_itself_is_in_the_batch(finished: Path) -> None:
    """The pack needs no file beside the folder: design and sheet stand in batch.json."""
    told = json.loads((finished / "batch.json").read_bytes())["job"]
    assert told["design"]["name"] == "small-gate"
    assert told["paper"]["name"] == "a3"
