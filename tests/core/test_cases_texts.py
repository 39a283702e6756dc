"""What residents type: kept as it can be read; phone numbers that can be called; words that call for 110."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorplate.cases.nearness import likeness, metres_between
from doorplate.cases.settings import load_case_settings
from doorplate.cases.texts import emergency_numbers, line_of, phone_of, words_of
from doorplate.errors import InputError
from doorplate.model import Point

EMERGENCY = load_case_settings().emergency


@given(st.text())
def test_words_can_always_be_stored_and_are_stable(text):
    try:
        kept = words_of(text, 10_000, "text")
    except InputError:
        return
    kept.encode()
    assert "\0" not in kept
    assert unicodedata.is_normalized("NFC", kept)
    assert words_of(kept, 10_000, "text") == kept


@given(st.text(st.characters(categories=("L", "N", "P", "S"))))
def test_nothing_that_can_be_seen_is_dropped(text):
    shapeless = {"\u3164", "\u115f", "\u1160", "\uffa0", "\u2800"}
    if set(text) - shapeless:
        assert words_of(text, 10_000, "text") == unicodedata.normalize("NFC", text)


def test_too_long_says_by_how_much():
    with pytest.raises(InputError) as refused:
        words_of("𣵦" * 12, 10, "text")
    assert refused.value.details == {"field": "text", "limit": 10, "length": 12}
    assert "删去 2 个" in refused.value.message
    assert words_of("𣵦" * 10 + "  \n", 10, "text") == "𣵦" * 10, "four bytes are one character, edges do not count"


def test_a_name_is_one_line():
    assert line_of(" 张\n 三\t丰 ", 40, "name") == "张 三 丰"


@pytest.mark.parametrize(("typed", "kept"), [
    ("13812345678", "13812345678"), ("138 1234 5678", "13812345678"), ("138-1234-5678", "13812345678"),
    ("１３８１２３４５６７８", "13812345678"), ("+86 138 1234 5678", "13812345678"), ("0086-13812345678", "13812345678"),
    ("029-87654321", "02987654321"), ("(029) 8765 4321", "02987654321"), ("0910-3212345转801", "09103212345转801"),
    ("37281234", "37281234"), ("400-800-1234", "4008001234"), ("+44 20 7946 0958", "+442079460958"),
    ("\u202d13812345678\u202c", "13812345678"), ("", ""), ("  ", "")])
def test_a_phone_number_that_can_be_called(typed, kept):
    assert phone_of(typed) == kept


@pytest.mark.parametrize("typed", ["110", "12345", "1381234567", "138123456789", "12812345678", "没有", "13812345678 13987654321",
                                   "1" * 400, "138a2345678", "javascript:alert(1)", "+1", "00000000000"])
def test_a_phone_number_that_cannot(typed):
    with pytest.raises(InputError) as refused:
        phone_of(typed)
    assert refused.value.details["field"] == "phone"


@pytest.mark.parametrize(("text", "numbers"), [
    ("隔壁着火了", ("119",)), ("着 火 了", ("119",)), ("着，火！", ("119",)), ("救命", ("110",)),
    ("有人持刀打人, 一个昏迷", ("110", "120")),
    ("天然气泄漏", ("119",)), ("There is a GAS  LEAK!", ("119",)), ("he has a knife", ("110",)),
    ("孩子溺水", ("120",)),
    ("停水了", ()), ("想办身份证", ()), ("knifework shop noise", ()), ("", ()), ("路灯不亮", ())])
def test_words_that_call_for_help(text, numbers):
    assert emergency_numbers(text, EMERGENCY) == numbers


@pytest.mark.parametrize(("one", "other", "alike"), [
    ("幸福路整条街停水两天了", "我们幸福路停水两天没人管", True), ("路灯坏了不亮", "身份证怎么办理", False), ("停", "停", False),
    ("", "停水", False), ("门口路灯坏了！", "门口 路灯 坏了", True)])
def test_alike_or_not(one, other, alike):
    assert (likeness(one, other) >= load_case_settings().near.alike) is alike


def test_metres():
    assert metres_between(Point(108.2, 34.27), Point(108.2, 34.28)) == pytest.approx(1113, rel=0.01)
    assert metres_between(Point(108.2, 34.27), Point(108.21, 34.27)) == pytest.approx(920, rel=0.01)
