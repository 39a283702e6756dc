"""The phone judges codes exactly as the registry does, whatever was scanned, typed or dictated."""

from __future__ import annotations

import random

import pytest
from phone_modules import in_node

from doorplate.plates import code as plates

BASE = "https://menpai.example"
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZOIL-· 　abcxyz"


def given_codes() -> list[str]:
    rng = random.Random(7)
    good = [plates.new_code(rng) for _ in range(2000)]
    altered = [one[:at] + rng.choice(SIGNS) + one[at + 1:] for one in good for at in [rng.randrange(13)]]
    typed = [plates.grouped(one).lower() for one in good[:200]]
    wide = ["".join(chr(ord(sign) + 0xFEE0) for sign in one) for one in good[:200]]
    noise = ["".join(rng.choice(SIGNS) for _ in range(rng.randrange(20))) for _ in range(500)]
    return [*good, *altered, *typed, *wide, *noise, "", "0" * 13]


def test_every_code_means_the_same_on_the_phone() -> None:
    codes = given_codes()
    told = in_node("""const { isValid, normalise } = await load('codes.js');
      return given.map((one) => [normalise(one), isValid(one)]);""", codes)
    for one, (read, valid) in zip(codes, told, strict=True):
        assert read == plates.normalise(one), one
        assert valid == plates.is_valid(one), one


CODE = plates.new_code(random.Random(1))


@pytest.mark.parametrize(("text", "meant"), [
    (f"{BASE}/d/{CODE}", "code"), (f"HTTPS://MENPAI.EXAMPLE/D/{CODE}", "code"), (f"{BASE}/d/{CODE}?utm=1#x", "code"),
    (f"http://menpai.example/d/{CODE}", "code"), (f" {CODE} ", "code"), (f"{BASE}/d/{CODE.lower()}", "code"),
    (f"https://menpai.example.evil.test/d/{CODE}", "host"), (f"https://menpai.example@evil.test/d/{CODE}", "host"),
    (f"https://evil.test/https://menpai.example/d/{CODE}", "host"), (f"https://xn--menpai-xyz.example/d/{CODE}", "host"),
    (f"https://menpai.example:8443/d/{CODE}", "host"), ("https://menpaі.example/d/" + CODE, "host"),
    (f"{BASE}/d/{CODE[:-1]}{'0' if CODE[-1] != '0' else '1'}", "check"), (f"{BASE}/login", "foreign"),
    ("WIFI:S:home;;", "foreign"),
    ("javascript:alert(1)", "foreign"), ("tel:110", "foreign"), ("x" * 5000, "foreign"), ("", "foreign"),
])
def test_what_was_read_is_ours_or_says_why_not(text: str, meant: str) -> None:
    told = in_node("return (await load('codes.js')).parseScanned(given[0], { baseUrl: given[1] });", [text, BASE])
    assert told == ({"code": CODE} if meant == "code" else {"problem": meant})
