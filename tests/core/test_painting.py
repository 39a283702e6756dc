"""Which words of an address go on which plate."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorplate.errors import InputError
from doorplate.exchange.spellings_file import read_spellings
from doorplate.model import Address, Elements
from doorplate.plates.painting import NameSpelling, PaintRule, Spellings, painted, parts_of

BUILDING = PaintRule(("{compound}", "{thoroughfare}"), ("{painted_building}", "{painted_number}"), pinyin="tones", postcode=True)


def address(**parts: str) -> Address:
    return Address("a", "610431001203", Elements(**parts), "", "", "verified")


def test_the_first_pattern_whose_parts_are_all_there_is_painted() -> None:
    flat = painted(address(compound="光明小区", building="3", street="幸福路", number="5"), BUILDING)
    assert (flat.name, flat.number, flat.pinyin) == ("光明小区", "3号楼", "Guāngmíng Xiǎoqū")
    house = painted(address(street="幸福路", lane="二巷", number="5", suffix="1"), BUILDING)
    assert (house.name, house.number, house.pinyin) == ("幸福路二巷", "5号附1号", "Xìngfú Lù 2 Xiàng")


def test_a_building_with_a_letter_is_no_号楼() -> None:
    assert painted(address(compound="光明小区", building="A"), BUILDING).number == "A栋"


def test_where_no_pattern_fits_nothing_is_painted_and_the_preflight_says_so() -> None:
    assert painted(address(street="幸福路"), BUILDING).number == ""


def test_what_people_have_laid_down_goes_before_the_rules() -> None:
    told = Spellings({"幸福路": NameSpelling("Xìngfúlù", "بەخت يولى")}, {"61": "710000", "610431": "712200"})
    plate = painted(address(street="幸福路", number="5"), BUILDING, told)
    assert (plate.pinyin, plate.minority, plate.postcode) == ("Xìngfúlù", "بەخت يولى", "712200")
    assert painted(address(street="和谐街", number="5"), PaintRule(), told).postcode == ""


@pytest.mark.parametrize("pattern", ["{street", "{person}", "{}", "}{", "{street.__class__}", "{0}"])
def test_a_pattern_that_no_address_has_is_refused(pattern: str) -> None:
    with pytest.raises(InputError, match="文字规则") as refused:
        parts_of(pattern)
    assert refused.value.code == "design.pattern"


def test_names_toml_is_read(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_text('[postcodes]\n610431 = "712200"\n[names."十里堡路"]\npinyin = "Shílǐpù Lù"\n', "utf-8")
    told = read_spellings(file)
    assert told.postcode("610431001203") == "712200"
    assert told.names["十里堡路"].pinyin == "Shílǐpù Lù"


@pytest.mark.parametrize("text", ["[names", "[postcodes]\n61 = '12'", "[postcodes]\nxx = '712200'", "[names.幸福]\npinying = 'x'",
                                  "names = 3", "\ud800"])
def test_a_names_file_that_cannot_be_used_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError) as refused:
        read_spellings(file)
    assert refused.value.code == "names.invalid"
    assert "\n" not in refused.value.message
