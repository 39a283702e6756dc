"""The certificate: one page, from what lies in the folder, the same bytes every time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from batches import batch, batch_of, plate

from print_jobs.folder import sha256_of
from print_jobs.run import Making, run_batch


def printed(out: Path, cache: Path, count: int = 9, **how: int) -> Path:
    run_batch(batch(count), design="small-gate", sheet="a3", out=out, making=Making(cache=cache, **how))
    return out


def words(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        assert len(document) == 1
        return "".join(document[0].get_textpage().get_text_range().split())


def test_it_says_what_was_proven(cache: Path, tmp_path: Path) -> None:
    out = printed(tmp_path / "batch", cache)
    text, proof = words(out / "certificate.pdf"), json.loads((out / "proof.json").read_bytes())
    for said in ("门牌成品验读证书", "9/9块", proof["batch"], "610431001203陕西省咸阳市武功县普集街道营上村", "2026-11-2314:05",
                 "https://menpai.example/d/", "zxing-cpp", "0.976mm", proof["volumes"][0]["sha256"], proof["manifest_sha256"],
                 "样品·虚构数据", "印制单位(盖章)"):
        assert "".join(said.split()) in text, said
    assert proof["certificate_sha256"] == sha256_of(out / "certificate.pdf")


def test_the_same_batch_gives_the_same_certificate(cache: Path, tmp_path: Path) -> None:
    one, other = printed(tmp_path / "one", cache), printed(tmp_path / "other", cache)
    assert (one / "certificate.pdf").read_bytes() == (other / "certificate.pdf").read_bytes()


def test_the_plate_on_it_is_the_first_of_the_batch(cache: Path, tmp_path: Path) -> None:
    out = printed(tmp_path / "batch", cache)
    with pypdfium2.PdfDocument(out / "certificate.pdf") as document:
        page = document[0].render(scale=4, grayscale=True).to_numpy().squeeze()
    assert [found.text for found in zxingcpp.read_barcodes(np.ascontiguousarray(page))] == [batch(1).plates[0].url]


def test_a_batch_of_many_volumes_stays_on_one_page(cache: Path, tmp_path: Path) -> None:
    out = printed(tmp_path / "batch", cache, count=60, volume_size=6)
    text, proof = words(out / "certificate.pdf"), json.loads((out / "proof.json").read_bytes())
    assert proof["volumes"][2]["sha256"] in text
    assert proof["volumes"][3]["sha256"] not in text
    assert "全部10册合计" in text
    with pypdfium2.PdfDocument(out / "certificate.pdf") as document:
        page = document[0].get_textpage()
        feet = [page.get_charbox(page.get_text_range().index(words))[1] for words in ("其余", "印制单位", "逐块结果")]
    assert feet[0] > feet[1] + 10
    assert feet[1] > feet[2] + 50


def test_strange_names_do_not_stop_it(cache: Path, tmp_path: Path) -> None:
    """Addresses without anything in common, a community nobody named, a code the font lacks."""
    plates = [replace(plate("䶮𠀋路", "1号", seed=1), standard_address="甲省乙市"), replace(plate(seed=2), standard_address="")]
    frozen = replace(batch_of(*plates), community="没有名字的社区" * 12 + "\U0001f3e0")
    run_batch(frozen, design="small-gate", sheet="single", out=tmp_path / "batch", making=Making(cache=cache))
    assert "没有名字的社区" in words(tmp_path / "batch" / "certificate.pdf")


def test_a_certificate_that_was_edited_does_not_prove(cache: Path, tmp_path: Path) -> None:
    from doorplate.errors import PreflightFailed
    from print_jobs.reproof import prove_folder
    out = printed(tmp_path / "batch", cache)
    (out / "certificate.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(PreflightFailed) as caught:
        prove_folder(out, lambda *_: None)
    assert caught.value.problems == ("certificate.pdf: 文件与验读时不同, 可能被改动过",)


def test_other_programs_find_nothing_to_complain_of(cache: Path, tmp_path: Path, tool: Callable[[str], str]) -> None:
    out = printed(tmp_path / "batch", cache)
    done = subprocess.run([tool("qpdf"), "--check", out / "certificate.pdf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
