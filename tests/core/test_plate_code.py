"""The public code: random, checkable, readable aloud, forgiving to type."""

from __future__ import annotations

import random

import pytest

from doorplate.plates.code import ALPHABET, LENGTH, check_character, grouped, is_valid, new_code, new_codes, normalise


@pytest.fixture(scope="module")
def codes() -> list[str]:
    rng = random.Random(20261123)
    return [new_code(rng) for _ in range(2000)]


@pytest.mark.parametrize(("text", "check"), [
    ("A12425GABC1234002", "M"),  # the example of the Global Release Identifier standard, which uses MOD 37,36
    ("", "1"),
    ("0", "2"),
    ("Z", "4"),
])
def test_check_characters_known_from_elsewhere(text: str, check: str) -> None:
    assert check_character(text) == check


def test_a_character_outside_the_alphabet_has_no_check() -> None:
    with pytest.raises(ValueError):
        check_character("幸")


def test_new_codes_are_thirteen_readable_characters_and_differ(codes: list[str]) -> None:
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) and is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert not set("ILOU") & set("".join(codes))


def test_every_place_of_the_code_uses_the_whole_alphabet(codes: list[str]) -> None:
    for place in range(LENGTH):
        assert {code[place] for code in codes} == set(ALPHABET)


def test_a_code_takes_sixty_bits_at_a_time() -> None:
    class Counting:
        asked: list[int]

        def __init__(self) -> None:
            self.asked, self._rng = [], random.Random(3)

        def getrandbits(self, k: int, /) -> int:
            self.asked.append(k)
            return self._rng.getrandbits(k)

    rng = Counting()
    for _ in range(500):
        new_code(rng)
    assert set(rng.asked) == {60}
    assert 500 < len(rng.asked) < 650  # about one draw in eight is thrown away


def test_every_single_wrong_character_is_caught(codes: list[str]) -> None:
    for code in codes[:200]:
        for i in range(LENGTH):
            for wrong in set(ALPHABET) - {code[i]}:
                assert not is_valid(code[:i] + wrong + code[i + 1:])


def test_every_swap_of_neighbours_is_caught(codes: list[str]) -> None:
    for code in codes:
        for i in range(LENGTH - 1):
            swapped = code[:i] + code[i + 1] + code[i] + code[i + 2:]
            assert swapped == code or not is_valid(swapped)


def test_many_at_once_are_exactly_what_the_one_at_a_time_rule_draws() -> None:
    """The same bits give the same codes in the same order: what the scalar rule throws away, the rule in bulk does too."""
    one_by_one = random.Random(7)
    expected = [new_code(one_by_one) for _ in range(20_000)]
    assert new_codes(random.Random(7), 20_000) == expected


@pytest.mark.parametrize("count", [0, 1, 3000])
def test_many_at_once_are_valid_all_different_and_hide_no_swap(count: int) -> None:
    many = new_codes(random.Random(3), count)
    assert len(set(many)) == len(many) == count
    for code in many:
        assert is_valid(code)
        for i in range(LENGTH - 1):
            swapped = code[:i] + code[i + 1] + code[i] + code[i + 2:]
            assert swapped == code or not is_valid(swapped)


def test_chance_that_repeats_itself_still_gives_different_codes() -> None:
    class Stuttering:
        def __init__(self) -> None:
            self._rng, self._last = random.Random(5), 0

        def getrandbits(self, k: int, /) -> int:
            if self._rng.random() < 0.5:
                self._last = self._rng.getrandbits(k)
            return self._last

    assert len(set(new_codes(Stuttering(), 500))) == 500


def test_the_bare_standard_misses_one_swap_in_640_which_is_why_such_codes_are_drawn_again() -> None:
    assert is_valid("KE0GWXQCKMM6Z")
    assert is_valid("KE0GXWQCKMM6Z")


@pytest.mark.parametrize("typed", [
    "J6VNGGH6BCFNN", "j6vn ggh6 bcfn n", "J6VN-GGH6-BCFN-N", "Ｊ６ＶＮ　ＧＧＨ６　ＢＣＦＮ　Ｎ", "J6VN–GGH6—BCFN―N",
    " J6VN\u00a0GGH6\u200bBCFN\ufeffN\n", "J6VN_GGH6_BCFN_N", "J6VN－GGH6‐BCFN‑N",
])
def test_what_people_type_becomes_the_written_form(typed: str) -> None:
    assert normalise(typed) == "J6VNGGH6BCFNN"


def test_letters_people_misread_are_taken_for_the_digits_they_look_like() -> None:
    assert normalise("oO0 iI1 lL1 0000") == "0001111110000"


@pytest.mark.parametrize("typed", ["", "J6VN", "J6VNGGH6BCFNNN", "U6VNGGH6BCFNN", "J6VNGGH6BCFN.", "幸福路53号",
                                   "../../etc/passwd", "J6VNGGH6BCF\x00N", "J6VNGGH6BCFN٣"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise(typed) is None


def test_a_well_formed_code_with_a_wrong_check_character_is_normalised_but_not_valid() -> None:
    assert normalise("J6VN GGH6 BCFN P") == "J6VNGGH6BCFNP"
    assert not is_valid("J6VNGGH6BCFNP")


@pytest.mark.parametrize("text", ["", "j6vnggh6bcfnn", "J6VN GGH6 BCFN N", "J6VNGGH6BCFN", "幸" * 13])
def test_only_the_written_form_is_valid(text: str) -> None:
    assert not is_valid(text)


def test_the_code_is_printed_in_groups_of_four() -> None:
    assert grouped("J6VNGGH6BCFNN") == "J6VN GGH6 BCFN N"
    assert normalise(grouped("J6VNGGH6BCFNN")) == "J6VNGGH6BCFNN"
