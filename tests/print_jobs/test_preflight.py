"""Everything that would spoil a plate is found before ink, all of it at once, each with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from batches import BASE_URL, STREETS, batch, batch_of, plate

from doorplate.errors import InputError, PreflightFailed
from doorplate.model import PrintBatch
from print_jobs.batch import Problem, base_url_problems, batch_problems, from_bytes, to_bytes
from print_jobs.fonts import FontSet, fonts_of
from print_jobs.plate_design import PlateDesign, load_design
from print_jobs.preflight import design_problems, require_printable

DESIGN = load_design("small-gate")
UNPAINTABLE = "小𰀀村"  # 𰀀 U+30000, in extension G


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return fonts_of(DESIGN.fonts)


def problems(frozen: PrintBatch, fonts: FontSet, design: PlateDesign = DESIGN) -> Iterator[Problem]:
    return iter([*batch_problems(frozen), *design_problems(frozen, design, fonts)])


def codes(frozen: PrintBatch, fonts: FontSet) -> list[str]:
    return [problem.code for problem in problems(frozen, fonts)]


def test_a_clean_batch_has_no_problems(fonts: FontSet) -> None:
    require_printable(problems(batch(40), fonts))


@pytest.mark.parametrize(("street", "number", "code", "word"), [
    ("小𰀀村", "5号", "batch.glyph_missing", "U+30000"),  # 𰀀 in extension G: no font of ours has it
    ("幸福路", "5号\u200b", "batch.character", "U+200B"),
    ("幸\n福路", "5号", "batch.character", "U+000A"),
    ("幸福\u202e路", "5号", "batch.character", "U+202E"),
    ("\u3164路", "5号", "batch.character", "U+3164"),  # a letter without ink
    ("\ue000路", "5号", "batch.character", "U+E000"),  # private use: every machine shows something else
    ("路" * 40, "5号", "batch.street_too_long", "路名"),
    ("幸福路", "1" * 40 + "号", "batch.number_too_long", "号码"),
    ("", "5号", "batch.street_missing", "路名"),
    ("\u3000 ", "5号", "batch.street_missing", "路名"),
    ("幸福路", "", "batch.number_missing", "号码"),
    ("👍路", "5号", "batch.glyph_missing", "U+1F44D"),
])
def test_a_text_that_cannot_be_painted_stops_the_batch(street: str, number: str, code: str, word: str, fonts: FontSet) -> None:
    found = list(problems(batch_of(plate(), plate(street, number, seed=2)), fonts))
    assert [problem.code for problem in found] == [code]
    assert word in found[0].message
    assert found[0].message.startswith("第 2 块")
    assert "\n" not in found[0].message


def test_rare_characters_the_font_has_are_painted(fonts: FontSet) -> None:
    assert codes(batch_of(plate("𠀋𠀡䶮路", "5号")), fonts) == []


def test_codes_must_be_valid_different_and_the_ones_in_the_links(fonts: FontSet) -> None:
    twice = plate("幸福路", "1号", seed=3)
    spoilt = plate("幸福路", "2号", code="J6VNGGH6BCFNP")
    strange = replace(plate("幸福路", "3号", seed=4), url="https://other.example/d/J6VNGGH6BCFNN")
    assert codes(batch_of(twice, twice, spoilt, strange), fonts) == [
        "batch.code_twice", "batch.code_twice", "batch.code_invalid", "batch.url"]


def test_all_problems_are_listed_not_the_first(fonts: FontSet) -> None:
    frozen = batch_of(plate("", "", seed=5), plate(UNPAINTABLE, "5号", seed=6), plate("路" * 40, "5号", seed=7), base_url="http://LOCAL")
    with pytest.raises(PreflightFailed) as caught:
        require_printable(problems(frozen, fonts))
    assert caught.value.code == "batch.preflight"
    assert len(caught.value.problems) == 5
    assert "5 处" in caught.value.message


def test_problems_of_one_kind_give_the_batch_their_code(fonts: FontSet) -> None:
    with pytest.raises(PreflightFailed) as caught:
        require_printable(problems(batch_of(plate(UNPAINTABLE, "5号", seed=6), plate(UNPAINTABLE, "6号", seed=7)), fonts))
    assert caught.value.code == "batch.glyph_missing"
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(("base_url", "sample", "code"), [
    ("https://mp.example.gov.cn", False, None),
    ("https://mp.example.gov.cn:8443", False, None),
    ("https://mp.example.gov.cn/menpai", False, None),
    ("", False, "batch.base_url_missing"),
    ("mp.example.gov.cn", False, "batch.base_url_missing"),
    ("http://mp.example.gov.cn", False, "batch.base_url_insecure"),
    ("http://mp.example.gov.cn", True, None),
    ("http://127.0.0.1:8000", True, None),
    ("http://127.0.0.1:8000", False, "batch.base_url_insecure"),
    ("https://127.0.0.1", False, "batch.base_url_private"),
    ("https://192.168.1.5", False, "batch.base_url_private"),
    ("https://localhost", False, "batch.base_url_private"),
    ("https://printer.local", False, "batch.base_url_private"),
    ("https://MP.example.gov.cn", False, "batch.base_url_form"),
    ("https://mp.example.gov.cn/", False, "batch.base_url_form"),
    ("https://mp.example.gov.cn?x=1", False, "batch.base_url_form"),
    ("https://user@mp.example.gov.cn", False, "batch.base_url_form"),
    ("ftp://mp.example.gov.cn", True, "batch.base_url_form"),
    ("https://门牌.example", False, "batch.base_url_form"),
])
def test_the_host_name_is_ink(base_url: str, sample: bool, code: str | None) -> None:
    assert [p.code for p in base_url_problems(base_url, sample=sample)] == ([code] if code else [])


def test_a_long_host_makes_modules_too_small_or_the_symbol_impossible(fonts: FontSet) -> None:
    long = batch_of(plate(), base_url="https://menpai.xianyang.shaanxi.gov.cn/address")
    assert codes(long, fonts) == []
    longer = batch_of(plate(), base_url="https://" + "menpai." * 6 + "shaanxi.gov.cn")
    assert codes(longer, fonts) == ["batch.host_too_long", "batch.module_too_small"]
    longest = batch_of(plate(), base_url="https://" + "menpai." * 30 + "cn")
    assert "symbol.too_long" in codes(longest, fonts)


def test_a_plate_of_another_kind_is_not_printed_on_this_design(fonts: FontSet) -> None:
    assert codes(batch_of(replace(plate(), kind="room")), fonts) == ["batch.kind"]


def test_a_design_whose_title_cannot_be_painted_in_the_margin_is_stopped(fonts: FontSet) -> None:
    strange = DESIGN.model_copy(update={"title": UNPAINTABLE + "门牌"})
    assert [p.code for p in problems(batch_of(plate()), fonts, strange)] == ["batch.glyph_missing"]


def test_an_empty_batch_is_refused(fonts: FontSet) -> None:
    assert codes(batch_of(), fonts) == ["batch.empty"]


def test_a_batch_survives_its_file_and_the_file_is_always_the_same() -> None:
    frozen = batch(len(STREETS))
    data = to_bytes(frozen, {"sheet": "single"})
    assert from_bytes(data) == frozen
    assert to_bytes(from_bytes(data), {"sheet": "single"}) == data
    assert "幸福路十二巷" in data.decode()


def test_what_the_registry_changes_later_is_not_in_the_snapshot() -> None:
    frozen = batch(2)
    assert to_bytes(replace(frozen, status="printed", version=7), {}) == to_bytes(frozen, {})


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"id": 1, "plates": "x"}'])
def test_a_file_that_is_no_batch_is_refused(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        from_bytes(data)
    assert caught.value.code == "batch.unreadable"


def test_the_base_url_of_the_samples_is_no_real_host() -> None:
    assert BASE_URL.endswith(".example")
