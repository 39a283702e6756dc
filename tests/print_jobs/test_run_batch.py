"""A batch's folder: whole or clearly unfinished, the same bytes whatever happened on the way."""

from __future__ import annotations

import codecs
import csv
import errno
import hashlib
import io
import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from batches import batch, batch_of, plate

import print_jobs.press
import print_jobs.work
from doorplate.errors import InputError, PreflightFailed, Refused, Unavailable
from doorplate.model import PrintBatch
from doorplate.plates.symbol import Modules
from print_jobs.folder import BatchFolder
from print_jobs.imposition import Place
from print_jobs.job import BatchReport
from print_jobs.manifest import COLUMNS, ManifestLine, manifest_head, manifest_lines
from print_jobs.run import STEPS, Making, run_batch

Run = Callable[..., BatchReport]
FROZEN = batch(32)  # three volumes of twelve, twelve and eight


@pytest.fixture
def run(tmp_path: Path, cache: Path) -> Run:
    def go(frozen: PrintBatch = FROZEN, out: str = "batch", sheet: str = "a3", volume_size: int = 12,
           progress: Callable[[str, int, int], None] | None = None, processes: int | None = None) -> BatchReport:
        return run_batch(frozen, design="small-gate", sheet=sheet, out=tmp_path / out, progress=progress,
                         making=Making(volume_size, cache=cache, processes=processes))
    return go


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "manifest.csv").read_text("utf-8-sig"))))


def test_a_finished_folder_holds_what_was_promised(run: Run, tmp_path: Path) -> None:
    report = run()
    out = tmp_path / "batch"
    volumes = ("volume-001.pdf", "volume-002.pdf", "volume-003.pdf")
    assert sorted(contents(out)) == ["batch.json", "certificate.pdf", "manifest.csv", "proof.json", *volumes]
    assert report == BatchReport(FROZEN.id, out, 32, 6, volumes, again=False)

    lines = rows(out)
    assert (out / "manifest.csv").read_bytes().startswith(codecs.BOM_UTF8)
    assert tuple(lines[0]) == COLUMNS == (
        "code", "url", "standard_address", "painted", "kind", "grid", "zone", "volume", "page", "slot", "sha256")
    assert [line["code"] for line in lines] == [p.code for p in FROZEN.plates]
    assert (lines[19]["volume"], lines[19]["page"], lines[19]["slot"]) == ("volume-002.pdf", "2", "2")
    assert len({line["sha256"] for line in lines}) == 32

    proof = json.loads((out / "proof.json").read_bytes())
    assert proof["totals"] == {"plates": 32, "read": 32, "failed": 0, "volumes": 3, "pages": 6}
    assert [(p["code"], p["decoded"], p["verdict"]) for p in proof["plates"]] == [(p.code, p.url, "ok") for p in FROZEN.plates]
    assert {v["file"]: v["sha256"] for v in proof["volumes"]}.items() <= contents(out).items()
    assert proof["readers"]["decoder"].startswith("zxing-cpp ")


def test_the_same_batch_in_two_folders_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    run()
    run(out="other", frozen=replace(FROZEN, status="printed", version=3))
    assert contents(tmp_path / "batch") == contents(tmp_path / "other")


def test_run_again_it_verifies_and_makes_nothing(run: Run, tmp_path: Path) -> None:
    run()
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "batch").iterdir()}
    steps: list[str] = []
    report = run(progress=lambda step, done, total: steps.append(step))
    assert report.again
    assert steps == []
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "batch").iterdir()} == before


@pytest.mark.parametrize("spoil", ["volume-002.pdf", "manifest.csv", "certificate.pdf", "proof.json"])
@pytest.mark.parametrize("how", ["gone", "changed", "emptied"])
def test_a_finished_folder_that_was_damaged_is_made_whole(spoil: str, how: str, run: Run, tmp_path: Path) -> None:
    run()
    whole, path = contents(tmp_path / "batch"), tmp_path / "batch" / spoil
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9] + b"x" * 9 if how == "changed" else b"")
    assert not run().again
    assert contents(tmp_path / "batch") == whole


@pytest.mark.parametrize("change", [
    {"frozen": replace(FROZEN, id="another")}, {"frozen": replace(FROZEN, plates=FROZEN.plates[1:])}, {"sheet": "single"},
    {"volume_size": 6}])
def test_another_batch_in_the_folder_is_left_alone(change: dict[str, object], run: Run, tmp_path: Path) -> None:
    run()
    before = contents(tmp_path / "batch")
    with pytest.raises(Refused) as caught:
        run(**change)
    assert caught.value.code == "batch.folder_taken"
    assert contents(tmp_path / "batch") == before


def test_progress_names_the_steps_in_order_and_counts_up(run: Run) -> None:
    seen: list[tuple[str, int, int]] = []
    run(progress=lambda step, done, total: seen.append((step, done, total)))
    assert list(dict.fromkeys(step for step, _, _ in seen)) == list(STEPS)
    for step in STEPS:
        counts = [done for name, done, _ in seen if name == step]
        assert counts == sorted(counts)
        assert [total for name, done, total in seen if name == step][-1] == counts[-1]


def in_child(action: Callable[[], object]) -> int:
    """Runs `action` in a process of its own and says how that ended."""
    child = os.fork()
    if child == 0:
        try:
            action()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(count: int) -> Callable[..., None]:
    """Something that may be called count - 1 times; the next call kills the process as kill -9 does."""
    left = [count]

    def tick(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return tick


def test_killed_at_any_step_and_run_again_the_folder_is_the_same(run: Run, tmp_path: Path) -> None:
    run(out="reference")
    reference, calls = contents(tmp_path / "reference"), []
    run(out="counted", progress=lambda *step: calls.append(step))
    assert len(calls) > 10
    for n in range(1, len(calls) + 1):
        out = f"killed-{n}"
        assert in_child(lambda n=n, out=out: run(out=out, progress=kill_at(n))) == -signal.SIGKILL
        run(out=out)
        assert contents(tmp_path / out) == reference, calls[n - 1]


@pytest.mark.parametrize("where", ["fsync", "replace", "unlink"])
def test_killed_at_any_write_and_run_again_the_folder_is_the_same(where: str, run: Run, tmp_path: Path,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and after every moment in which something becomes durable, gets its name, or goes away."""
    run(out="reference")
    reference = contents(tmp_path / "reference")
    owner, genuine = (os, os.fsync) if where == "fsync" else (Path, getattr(Path, where))

    def deadly(n: int, out: str) -> None:
        tick = kill_at(n)

        def operation(*args: object, **options: object) -> object:
            tick()
            result = genuine(*args, **options)  # type: ignore[operator]
            tick()
            return result
        monkeypatch.setattr(owner, where, operation)
        run(out=out)

    for n in range(1, 200):
        out = f"killed-{n}"
        ended = in_child(lambda n=n, out=out: deadly(n, out))
        assert ended in (0, -signal.SIGKILL)
        unfinished = not (tmp_path / out / "proof.json").exists()
        assert run(out=out).again is not unfinished
        assert contents(tmp_path / out) == reference, n
        if ended == 0:
            break
    assert n > 4


def test_killed_twice_with_a_page_half_written(run: Run, tmp_path: Path) -> None:
    run(out="reference")
    for n in (5, 9):
        assert in_child(lambda n=n: run(progress=kill_at(n))) == -signal.SIGKILL
        for part in (tmp_path / "batch").glob("volume-*.pdf.part"):
            part.write_bytes(part.read_bytes()[:-700])
        (tmp_path / "batch" / "writing.part").write_bytes(b"half a fi")
    run()
    assert contents(tmp_path / "batch") == contents(tmp_path / "reference")


def test_what_an_earlier_run_proved_is_not_pressed_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_child(lambda: run(progress=lambda step, done, total: os._exit(3) if (step, done) == ("proof", 24) else None)) == 3
    pressed: list[int] = []
    genuine = print_jobs.work.write_volume
    monkeypatch.setattr(print_jobs.work, "write_volume",
                        lambda press, volume, *rest: [pressed.append(volume.number), genuine(press, volume, *rest)][1])
    run()
    assert pressed == [3]


def test_a_batch_with_problems_leaves_a_list_and_nothing_else(run: Run, tmp_path: Path) -> None:
    spoilt = batch_of(*FROZEN.plates[:3], plate("小𰀀村", "5号", seed=9), plate("路" * 50, "5号", seed=10))
    with pytest.raises(PreflightFailed) as caught:
        run(spoilt)
    assert caught.value.code == "batch.preflight"
    assert sorted(contents(tmp_path / "batch")) == ["problems.txt"]
    listed = (tmp_path / "batch" / "problems.txt").read_text("utf-8")
    assert all(problem in listed for problem in caught.value.problems)
    assert "U+30000" in listed

    run()  # mended, into the same folder
    assert "problems.txt" not in contents(tmp_path / "batch")


def test_a_volume_that_fails_its_proof_never_gets_its_name(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = print_jobs.press.symbol_operators

    def spoilt(modules: Modules, *rest: object) -> list[bytes]:
        modules = modules.copy()
        modules[5, 20, 20] ^= True
        return genuine(modules, *rest)  # type: ignore[arg-type]
    monkeypatch.setattr(print_jobs.press, "symbol_operators", spoilt)
    with pytest.raises(PreflightFailed) as caught:
        run()
    assert caught.value.code == "proof.failed"
    assert len(caught.value.problems) == 3  # one in each volume, all found
    left = sorted(contents(tmp_path / "batch"))
    assert not [name for name in left if name.endswith((".pdf", ".csv", "proof.json"))]
    assert "problems.txt" in left

    monkeypatch.undo()
    run()
    run(out="reference")
    assert contents(tmp_path / "batch") == contents(tmp_path / "reference")


@pytest.mark.parametrize("name", ["读我.txt", "volume-001.pdf", "proof.json", "manifest.csv", "volume-1.pdf", ".DS_Store",
                                  "旧/x"])
def test_other_people_s_files_are_neither_overwritten_nor_joined(name: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "batch" / name
    path.parent.mkdir(parents=True)
    path.write_text("别人的")
    with pytest.raises(PreflightFailed) as caught:
        run()
    assert caught.value.code == "batch.folder_not_empty"
    assert [p.name for p in (tmp_path / "batch").rglob("*") if p.is_file()] == [path.name]
    assert path.read_text() == "别人的"


def test_a_file_in_place_of_the_folder_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "batch").write_text("x")
    with pytest.raises(Refused) as caught:
        run()
    assert caught.value.code == "batch.folder_taken"


def test_two_runs_cannot_share_a_folder(run: Run, tmp_path: Path) -> None:
    with BatchFolder(tmp_path / "batch").locked(), pytest.raises(Refused) as caught:
        run()
    assert caught.value.code == "batch.running"
    run()


def test_a_full_disk_is_one_line_and_the_run_can_be_repeated(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as caught:
        run()
    assert caught.value.code == "batch.cannot_write"
    monkeypatch.undo()
    assert run().plates == 32


def test_cancelled_by_the_caller_it_can_go_on_later(run: Run, tmp_path: Path) -> None:
    class Cancelled(RuntimeError):
        pass

    def cancel(step: str, done: int, total: int) -> None:
        if (step, done) == ("proof", 12):
            raise Cancelled
    with pytest.raises(Cancelled):
        run(progress=cancel)
    run()
    run(out="reference")
    assert contents(tmp_path / "batch") == contents(tmp_path / "reference")


@pytest.mark.parametrize(("design", "sheet", "code"), [
    ("huge", "single", "design.unknown"), ("small-gate", "a0", "sheet.unknown")])
def test_unknown_designs_and_sheets_touch_nothing(design: str, sheet: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run_batch(FROZEN, design=design, sheet=sheet, out=tmp_path / "x")
    assert caught.value.code == code
    assert not (tmp_path / "x").exists()


def test_a_batch_frozen_for_another_design_is_refused(run: Run) -> None:
    with pytest.raises(Refused) as caught:
        run(replace(FROZEN, design="room"))
    assert caught.value.code == "batch.design"


@pytest.mark.parametrize("address", ["=1+1", "+86", "-幸福路", "@SUM(A1)", "\tx"])
def test_the_manifest_is_no_program(address: str) -> None:
    line = ManifestLine(replace(plate(), standard_address=address), "volume-001.pdf", Place(1, 1), "0" * 64)
    (read,) = csv.DictReader(io.StringIO((manifest_head() + manifest_lines([line])).decode("utf-8-sig")))
    assert read["standard_address"] == "'" + address
    assert read["painted"] == "幸福路53号"
