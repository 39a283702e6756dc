"""Codes and names of divisions, today's and earlier ones."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from doorplate.areas.divisions import former_names, lookup, recoded, siblings, township_of
from doorplate.errors import InputError

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared/data/divisions"


def test_the_pilot_village() -> None:
    village = lookup("610431001203")
    assert village.names == ("陕西省", "咸阳市", "武功县", "普集街道", "营上村")
    assert village.prefix == "陕西省咸阳市武功县普集街道营上村"
    assert township_of("610431001203").name == "普集街道"


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("110101001001", "北京市东城区东华门街道多福巷社区"),
        ("441900003001", "广东省东莞市东城街道岗贝社区"),
        ("610431001200", "陕西省咸阳市武功县普集街道李大村"),
        ("610431001208", "陕西省咸阳市武功县普集街道董朱村"),
        ("610431000000", "陕西省咸阳市武功县"),
        ("610400000000", "陕西省咸阳市"),
        ("610000000000", "陕西省"),
    ],
)
def test_every_level_has_its_names(code: str, prefix: str) -> None:
    assert lookup(code).prefix == prefix


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("61043", "division.bad_code"),
        ("61043100120x", "division.bad_code"),
        ("", "division.bad_code"),
        ("６１０４３１００１２０３", "division.bad_code"),
        ("610431001999", "division.unknown"),
        ("999999999999", "division.unknown"),
        ("610431999203", "division.unknown"),
    ],
)
def test_codes_that_are_none(code: str, error: str) -> None:
    with pytest.raises(InputError) as caught:
        lookup(code)
    assert caught.value.code == error


def test_an_old_code_says_what_became_of_it() -> None:
    with pytest.raises(InputError, match="已改为 500241"):
        lookup("512330000000")


def test_siblings_are_the_county_s_other_communities_own_township_first() -> None:
    others = siblings("610431001203")
    assert len(others) == 191
    assert "610431001203" not in {d.code for d in others}
    own = [d for d in others if d.code.startswith("610431001")]
    assert list(others[: len(own)]) == own
    assert "营西村" in {d.name for d in own}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("150700000000", ("呼伦贝尔盟",)),
        ("530800000000", ("思茅市", "思茅地区")),
        ("321283001001", ("泰兴县",)),
        ("610431001203", ()),
        ("999999999999", ()),
    ],
)
def test_former_names(code: str, names: tuple[str, ...]) -> None:
    assert former_names(code) == names


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("152100000000", "150700000000"),
        ("512330000000", "500241000000"),
        ("110221000000", "110114000000"),
        ("330104000000", "330102000000"),
        ("610431001203", None),
        ("999999000000", None),
    ],
)
def test_recoded(old: str, new: str | None) -> None:
    assert recoded(old) == new


def test_a_first_look_up_takes_less_than_a_tenth_of_a_second() -> None:
    code = (
        "import time; from doorplate.areas.divisions import lookup; t = time.process_time(); "
        "lookup('610431001203'); print(time.process_time() - t)"
    )
    spent = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert float(spent) < 0.1
    started = time.process_time()
    for _ in range(1000):
        lookup("610431001203")
    assert time.process_time() - started < 2


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_the_data_is_what_the_script_makes(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    import build_divisions

    build_divisions.main(SHARED, tmp_path / "d.zip")
    assert (tmp_path / "d.zip").read_bytes() == (ROOT / "doorplate/areas/data/divisions.zip").read_bytes()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("营上村委会", "营上村"),
        ("营上村村民委员会", "营上村"),
        ("营上村村委会", "营上村"),
        ("营上村民委员会", "营上村"),
        ("李大村委会", "李大村"),
        ("时村委会", "时村"),
        ("董朱村", "董朱村"),
        ("多福巷社区居委会", "多福巷社区"),
        ("多福巷社区居民委员会", "多福巷社区"),
        ("东街居民委员会", "东街居委会"),
        ("南村居委会", "南村"),
        ("新塘村村村民委员会", "新塘村村"),
        ("八家村民委员会（八家分场）", "八家村"),
        ("乌兰嘎查委员会", "乌兰嘎查"),
        ("某农场生活区", "某农场生活区"),
    ],
)
def test_communities_as_they_are_written_in_addresses(written: str, name: str) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from build_divisions import address_name

    assert address_name(written) == name
