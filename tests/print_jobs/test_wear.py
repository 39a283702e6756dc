"""The wear test: damages are what they say, readers are wired rightly, a result is kept and referred to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from batches import BASE_URL, batch
from PIL import Image

from doorplate.errors import InputError, PreflightFailed, Unavailable
from print_jobs.plate_design import load_design
from print_jobs.run import Making, run_batch
from print_jobs.wear import decoders as readers
from print_jobs.wear import trial
from print_jobs.wear.damage import Scene, worn
from print_jobs.wear.decoders import decoders
from print_jobs.wear.kept import kept_wear
from print_jobs.wear.rules import Damage, WearRules, wear_rules
from print_jobs.wear.scenes import scenes
from print_jobs.wear.trial import run_wear

PHOTOS = Path(__file__).parents[3] / "shared" / "data" / "qr_photos"
SMALL = load_design("small-gate")


@pytest.fixture(scope="module")
def scene(cache: Path) -> tuple[str, Scene]:
    return next(scenes(SMALL, BASE_URL, 1, 1, cache))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> WearRules:
    """Two damages, three plates."""
    kinds = {damage.kind: damage for damage in wear_rules().damages}
    harsh = Damage(kind="blur", title="失焦", unit="模块", levels=(0.2, 3.0))
    rules = wear_rules().model_copy(update={"plates": 3, "damages": (kinds["distance"], harsh)})
    monkeypatch.setattr(trial, "wear_rules", lambda: rules)
    return rules


def test_a_new_plate_is_read_by_all_at_the_rule_of_ten(scene: tuple[str, Scene]) -> None:
    url, new = scene
    seen = worn(new, "distance", 10, wear_rules().camera, np.random.default_rng(1))
    assert {reader.key: reader.read(seen) for reader in decoders()} == {reader.key: [url] for reader in decoders()}


@pytest.mark.parametrize("damage", wear_rules().damages, ids=lambda damage: damage.kind)
def test_damages_change_the_picture_are_repeatable_and_grow(damage: Damage, scene: tuple[str, Scene]) -> None:
    camera, (_, new) = wear_rules().camera, scene
    fresh = worn(new, "distance", camera.ratio, camera, np.random.default_rng(1)).astype(float)
    first, last = damage.levels[0], damage.levels[-1]
    pictures = [worn(new, damage.kind, level, camera, np.random.default_rng(1)) for level in (first, first, last)]
    assert (pictures[0] == pictures[1]).all()
    if damage.kind == "distance":
        assert pictures[2].shape[0] < pictures[0].shape[0]
        return
    mild, harsh = (np.abs(picture - fresh).mean() for picture in (pictures[0], pictures[2]))
    assert 0 < mild < harsh


@pytest.mark.parametrize("share", [1, 5, 15])
def test_dirt_covers_as_much_as_it_says(share: float, scene: tuple[str, Scene]) -> None:
    from print_jobs.wear.damage import _dirt
    new = scene[1]
    white = np.full_like(new.picture, 235)
    covered = (_dirt(white, share, new.module, np.random.default_rng(3)) < 200).mean() * 100
    assert share <= covered < share + 1


def test_the_report_says_what_was_read_and_shows_what_was_not(few: WearRules, tmp_path: Path, cache: Path) -> None:
    steps: list[tuple[int, int]] = []
    result = run_wear(SMALL, BASE_URL, tmp_path / "wear", cache, lambda *step: steps.append(step))
    assert steps[-1] == (5, 5)
    told = json.loads((tmp_path / "wear" / "wear.json").read_text("utf-8"))
    assert told["damages"][0]["levels"][0]["read"]["zxing-cpp"] == 3
    assert told["damages"][1]["levels"][1]["read"] == dict.fromkeys(result.decoders, 0)
    assert told["misread"] == 0
    html = (tmp_path / "wear" / "report.html").read_text("utf-8")
    assert all(word in html for word in ("耐损试验", "失焦", "距离", "data:image/png;base64,", "0 %", "100 %"))
    assert all((tmp_path / "wear" / weak.file).exists() for weak in result.weakest)
    again = run_wear(SMALL, BASE_URL, tmp_path / "again")
    assert again == result


def test_a_batch_of_this_design_and_length_refers_to_the_test(few: WearRules, tmp_path: Path) -> None:
    home = tmp_path / "cache"
    result = run_wear(SMALL, BASE_URL, tmp_path / "wear", home)
    assert kept_wear(home, SMALL, result.url_length) == result
    assert kept_wear(home, SMALL, result.url_length + 1) is None
    assert kept_wear(home, load_design("building"), result.url_length) is None
    assert kept_wear(None, SMALL, result.url_length) is None
    run_batch(batch(3), design="small-gate", sheet="single", out=tmp_path / "batch", making=Making(cache=home))
    assert json.loads((tmp_path / "batch" / "proof.json").read_bytes())["wear"]["plates"] == 3
    next(home.glob("wear-*.json")).write_text("{}")
    assert kept_wear(home, SMALL, result.url_length) is None


def test_without_zbar_and_opencv_one_reader_is_left(few: WearRules, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                                    cache: Path) -> None:
    monkeypatch.setattr(readers, "zbar", lambda: None)
    monkeypatch.setitem(sys.modules, "cv2", None)
    result = run_wear(SMALL, BASE_URL, tmp_path / "wear", cache)
    assert list(result.decoders) == ["zxing-cpp"]


@pytest.mark.parametrize(("base_url", "code"), [("", "batch.base_url_missing"), ("ftp://a.example", "batch.base_url_form")])
def test_an_address_that_cannot_be_printed_is_refused(base_url: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(PreflightFailed) as caught:
        run_wear(SMALL, base_url, tmp_path / "wear")
    assert caught.value.code == code
    assert not (tmp_path / "wear").exists()


def test_a_host_name_that_no_symbol_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run_wear(SMALL, f"https://{'a' * 60}.{'b' * 60}.{'c' * 60}.example", tmp_path / "wear")
    assert caught.value.code == "symbol.too_long"


def test_a_folder_that_cannot_be_written_is_said(few: WearRules, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable) as caught:
        run_wear(SMALL, BASE_URL, tmp_path / "file", cache)
    assert caught.value.code == "wear.cannot_write"


def test_the_readers_read_photos_of_real_symbols() -> None:
    """The ZXing project's black-box pictures: proof that the readers are wired rightly, not a contest."""
    if not PHOTOS.is_dir():
        pytest.skip("no photos on this machine")
    photos = sorted(PHOTOS.rglob("qrcode-1/*.png")) + sorted(PHOTOS.rglob("qrcode-1/*.jpg"))
    rasters = [np.asarray(Image.open(photo).convert("L")) for photo in photos[:12]]
    for reader in decoders():
        assert sum(bool(reader.read(raster)) for raster in rasters) >= len(rasters) // 3, reader.key
