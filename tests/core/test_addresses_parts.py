"""The small parts of address text: numerals, keys, standard text, life cycle."""

import pytest

from doorplate.addresses.format import address_key, key, local_address, standard_address
from doorplate.addresses.lifecycle import TRANSITIONS, may_become, require_transition
from doorplate.addresses.numerals import number_value, to_chinese, to_number
from doorplate.addresses.vocabulary import vocabulary
from doorplate.errors import Refused
from doorplate.model import Division, Elements

VILLAGE = Division("610431001203", ("陕西省", "咸阳市", "市辖区", "普集街道", "营上村"))


@pytest.mark.parametrize(("text", "number"), [
    ("065", 65), ("十", 10), ("十七", 17), ("二十", 20), ("二〇五", 205), ("一百零二", 102), ("一百二", 120), ("一百二十", 120),
    ("廿三", 23), ("卅一", 31), ("拾伍", 15), ("两百", 200), ("五一", 51)])
def test_numerals_read(text, number):
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["", "路", "十十", "一路", "十百", "①"])
def test_what_is_no_numeral_is_none(text):
    assert to_number(text) is None


def test_every_number_survives_being_written_in_chinese():
    assert [n for n in range(1, 3000) if to_number(to_chinese(n)) != n] == []


@pytest.mark.parametrize(("text", "value"), [("二巷", 2), ("十二组", 12), ("12", 12), ("柳树巷", 0), ("", 0)])
def test_lanes_and_groups_sort_by_their_number(text, value):
    assert number_value(text) == value


def test_the_standard_address_follows_the_order_of_the_standard():
    elements = Elements(hamlet="三组", street="幸福路", lane="二巷", number="53", suffix="1",
                        compound="阳光小区", building="3", unit="2", room="501")

    assert standard_address(VILLAGE, elements) == "陕西省咸阳市普集街道营上村三组幸福路二巷53号附1号阳光小区3号楼2单元501室"


def test_an_empty_address_is_the_community_alone():
    assert standard_address(VILLAGE, Elements()) == "陕西省咸阳市普集街道营上村"
    assert local_address(Elements()) == ""


def test_keys_fold_writing_but_not_doors():
    assert key(Elements(street="振興路", number="07")) == key(Elements(street="振兴路", number="7"))
    assert key(Elements(street="振兴路", number="7")) != key(Elements(street="振兴路", number="7", suffix="1"))
    assert key(Elements(street="一组", number="1")) != key(Elements(hamlet="一组", number="1"))
    assert address_key("610431001203", Elements(number="1")) != address_key("610431001204", Elements(number="1"))


def test_a_vocabulary_finds_the_longest_name():
    known = vocabulary(["人民路", "人民路东段"])

    assert known.street_at_start("人民路东段5号") == "人民路东段"
    assert known.street_at_start("解放路5号") == ""


def test_an_address_grows_up_and_retires_and_never_comes_back():
    require_transition("proposed", "verified")
    require_transition("verified", "retired")
    with pytest.raises(Refused) as refused:
        require_transition("retired", "verified")
    assert refused.value.code == "address.transition"
    assert "已停用" in refused.value.message


def test_no_other_step_is_allowed():
    allowed = {(a, b) for a in TRANSITIONS for b in (*TRANSITIONS, "painted") if may_become(a, b)}

    assert allowed == {("proposed", "verified"), ("proposed", "retired"), ("verified", "retired")}
