"""Address text → elements: a corpus of lines as villages write them. Every bug adds a line to tests/data/addresses/lines.csv."""

import csv
import re
import unicodedata
from pathlib import Path

import pytest

from doorplate.addresses.format import key, local_address, standard_address
from doorplate.addresses.numerals import NUMERAL, to_number
from doorplate.addresses.parse import STEPS, parse
from doorplate.addresses.vocabulary import vocabulary
from doorplate.model import Division, Elements

VILLAGE = Division("610431001203", ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"))
STREETS = vocabulary(["幸福路", "和谐街", "振兴路", "文明街", "团结路"], [])
LINES = Path(__file__).parents[1] / "data" / "addresses" / "lines.csv"
SHARED = Path(__file__).parents[3] / "shared" / "data"


def corpus():
    with LINES.open(encoding="utf-8") as lines:
        return [pytest.param(line, id=line["written"]) for line in csv.DictReader(lines)]


@pytest.mark.parametrize("line", corpus())
def test_a_line_as_written_becomes_its_address(line):
    parsed = parse(line["written"], VILLAGE, STREETS)

    assert local_address(parsed.elements) == line["address"]
    assert " ".join(m.name for m in parsed.mentions if not m.own) == line["other_places"]
    assert " ".join(parsed.leftovers) == line["left_over"]
    assert parsed.no_number == line["no_number"]


def test_a_standard_address_reads_back_as_itself():
    for param in corpus():
        elements = parse(param.values[0]["written"], VILLAGE, STREETS).elements
        again = parse(standard_address(VILLAGE, elements), VILLAGE, STREETS).elements
        assert again == elements, param.id


def test_invisible_characters_change_nothing():
    written = "\u200b幸福路\u00a0九巷\u3000 ５号\ufeff\n"

    assert local_address(parse(written, VILLAGE, STREETS).elements) == "幸福路九巷5号"


def test_two_writings_of_one_door_share_a_key():
    writings = ["普集镇营上村幸福路12巷065号之一", "幸福十二巷65-1", "幸福路 第十二巷 六十五号附1号"]

    assert len({key(parse(text, VILLAGE, STREETS).elements) for text in writings}) == 1


def test_a_village_whose_name_begins_like_a_street_is_still_the_village():
    village = Division("460107107205", ("海南省", "海口市", "琼山区", "旧州镇", "道美村"))

    for written in ("海南省海口市琼山区旧州镇道美村前街5号", "琼山区旧州镇道美村前街5号", "道美村前街5号"):
        assert parse(written, village).elements == Elements(street="前街", number="5")


def test_without_a_vocabulary_a_short_name_stays_what_was_written():
    assert parse("幸福二巷4号", VILLAGE).elements == Elements(street="幸福二巷", number="4")


def test_a_stem_that_two_streets_share_is_not_guessed():
    both = vocabulary(["建设路", "建设街"])

    assert parse("建设二巷4号", VILLAGE, both).elements.street == "建设二巷"


def test_explain_mode_names_each_step_with_what_it_took():
    parsed = parse(" 普集镇营上村幸福路２巷４号", VILLAGE, STREETS, explain=True)
    told = {e.step: e for e in parsed.steps}

    assert [e.step for e in parsed.steps] == ["half_width", "close_gaps", "own_places", "street", "lane", "number"]
    assert told["own_places"].before == "普集镇营上村幸福路2巷4号"
    assert told["own_places"].after == "幸福路2巷4号"
    assert told["lane"].found == (("lane", "二巷"),)


def test_the_steps_can_be_read_aloud():
    assert all(step.__doc__ for step in STEPS)


@pytest.mark.parametrize("text", [
    "", " ", "号", "附", "#", "-1", "一", "之", "()", "（", "号号号", "路路路", "巷", "组", "\x00", "𠮷野路5号",
    "9" * 5000, "幸" * 5000, "(" * 2000, "幸福路" + "1-" * 500, "二" * 300 + "巷"])
def test_no_text_makes_it_fail(text):
    parsed = parse(text, VILLAGE, STREETS)

    assert local_address(parsed.elements) is not None


def test_characters_beyond_the_first_plane_are_kept():
    assert parse("小𣵦路5号", VILLAGE).elements == Elements(street="小𣵦路", number="5")


LIENCHIANG = Division("09007010006", ("連江縣", "南竿鄉", "介壽村"))


def test_a_taiwanese_plate_keeps_neighbourhood_lane_and_digits():
    parsed = parse("連江縣南竿鄉介壽村1鄰2之3號", LIENCHIANG)

    assert parsed.elements == Elements(hamlet="1鄰", number="2", suffix="3")


def test_a_taiwanese_road_with_section_lane_and_alley():
    parsed = parse("臺南市東區崇明里5鄰中華東路三段399巷21弄5之1號", LIENCHIANG)

    assert parsed.elements == Elements(hamlet="5鄰", street="中華東路三段", lane="399巷21弄", number="5", suffix="1")
    assert [m.name for m in parsed.mentions] == ["臺南市", "東區", "崇明里"]


def shared_lines(name, column=None, encoding="utf-8-sig"):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no {name} beside the checkout")
    with path.open(encoding=encoding) as lines:
        return [row[column] for row in csv.DictReader(lines)] if column else [line.strip() for line in lines]


@pytest.mark.parametrize(("name", "column"), [
    ("addresses/bitlap/addresses_1-5000.txt", None), ("addresses/cpca/addr.csv", "原始地址"),
    ("addresses/tgos/pairs_half.csv", "raw"), ("foreign/lienchiang/lienchiang_09007_all.csv", "FULL_ADDR")])
def test_other_peoples_addresses_lose_no_digit(name, column):
    """What no step can read is left over, never dropped: every written digit stands somewhere in the answer."""
    division = LIENCHIANG if "lienchiang" in name else VILLAGE
    lost = []
    for text in shared_lines(name, column):
        parsed = parse(text, division)
        answer = [*fields(parsed.elements), *(m.name for m in parsed.mentions), *parsed.leftovers, parsed.no_number]
        if numbers([text], r"\d+") - numbers(answer):
            lost.append(text)
    assert len(lost) <= 0.01 * 5000, lost[:20]


def fields(elements):
    return [getattr(elements, name) for name in Elements.__dataclass_fields__]


def numbers(texts, numeral=f"[{NUMERAL}]+"):
    """The numbers in some texts; lanes and groups write them in Chinese."""
    folded = [unicodedata.normalize("NFKC", text) for text in texts]
    return {to_number(run) for text in folded for run in re.findall(rf"\d+|{numeral}", text)}


def test_lienchiang_plates_parse_like_their_register():
    path = SHARED / "foreign/lienchiang/lienchiang_09007_all.csv"
    if not path.exists():
        pytest.skip("no shared data beside the checkout")
    wrong = []
    with path.open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            e = parse(row["FULL_ADDR"], LIENCHIANG).elements
            number = row["NUMBER"].replace("號", "").partition("之")
            if (e.hamlet, e.number, e.suffix) != (row["NEIGHBORHOOD"], number[0], number[2]):
                wrong.append((row["FULL_ADDR"], e))
    assert len(wrong) < 30, wrong[:10]
