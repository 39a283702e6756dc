"""A finished folder, proven again by whoever gets it; and a batch rehearsed before it is frozen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from batches import batch as a_batch

from doorplate.errors import InputError, PreflightFailed, Refused
from print_jobs.rehearsal import rehearse
from print_jobs.reproof import prove_folder
from print_jobs.run import Making, run_batch


@pytest.fixture
def finished(tmp_path: Path, cache: Path) -> Path:
    run_batch(a_batch(8), design="small-gate", sheet="a3", out=tmp_path / "batch", making=Making(cache=cache))
    return tmp_path / "batch"


def seen(steps: list[tuple[str, int, int]]):
    return lambda *step: steps.append(step)


def test_a_whole_folder_proves_again(finished: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    done = prove_folder(finished, seen(steps))
    assert (done.plates, done.volumes) == (8, 1)
    assert steps[-1] == ("proof", 8, 8)


def test_a_volume_that_was_exchanged_is_noticed(finished: Path, tmp_path: Path, cache: Path) -> None:
    other = a_batch(8, seed=99)
    run_batch(other, design="small-gate", sheet="a3", out=tmp_path / "other", making=Making(cache=cache))
    (finished / "volume-001.pdf").write_bytes((tmp_path / "other" / "volume-001.pdf").read_bytes())
    with pytest.raises(PreflightFailed) as caught:
        prove_folder(finished, seen([]))
    assert caught.value.code == "proof.failed"
    assert any("被改动过" in problem for problem in caught.value.problems)
    assert len(caught.value.problems) > 8


@pytest.mark.parametrize("name", ["volume-001.pdf", "manifest.csv"])
def test_a_file_that_is_gone_is_named(finished: Path, name: str) -> None:
    (finished / name).unlink()
    with pytest.raises(PreflightFailed) as caught:
        prove_folder(finished, seen([]))
    assert caught.value.problems == (f"{name}: 文件不见了",)


def test_a_manifest_edited_by_hand_is_noticed(finished: Path) -> None:
    manifest = finished / "manifest.csv"
    manifest.write_bytes(manifest.read_bytes() + b"x")
    with pytest.raises(PreflightFailed) as caught:
        prove_folder(finished, seen([]))
    assert "manifest.csv" in caught.value.problems[0]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("batch.json", None, "batch.not_found"),
        ("proof.json", None, "batch.not_found"),
        ("batch.json", "{}", "batch.unreadable"),
        ("batch.json", "not json", "batch.unreadable"),
        ("proof.json", "not json", "batch.unreadable"),
        ("proof.json", "[]", "batch.unreadable"),
    ],
)
def test_a_folder_that_is_no_finished_batch_is_refused(finished: Path, name: str, content: str | None, code: str) -> None:
    if content is None:
        (finished / name).unlink()
    else:
        (finished / name).write_text(content)
    with pytest.raises(InputError) as caught:
        prove_folder(finished, seen([]))
    assert caught.value.code == code


def test_a_rehearsal_writes_nothing(tmp_path: Path) -> None:
    rehearse(a_batch(3), sheet="single", out=tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_finds_what_the_press_would_refuse(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        rehearse(replace(a_batch(3, seed=5), id="f" * 32), sheet="single", out=finished)
    assert caught.value.code == "batch.folder_taken"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    with pytest.raises(PreflightFailed):
        rehearse(a_batch(3), sheet="single", out=tmp_path / "full")
    with pytest.raises(InputError):
        rehearse(a_batch(3), sheet="no-such-sheet", out=tmp_path / "new")
