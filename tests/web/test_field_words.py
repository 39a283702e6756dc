"""The words of the phone: both languages whole, every key that is used exists, none is said twice."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from phone_modules import FIELD, in_node

FILES = ("core", "door", "forms", "codes")
USED = re.compile(r"\bt\(\s*\"([a-z_]+\.[a-z_.]+)\"|\? \"([a-z]+\.[a-z_]+)\" : \"([a-z]+\.[a-z_]+)\"")
BEGUN = re.compile(r"\bt\(\s*`([a-z_]+\.[a-z_]*)\$\{")
PLACES = re.compile(r"\{(\w+)\}")


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """file → language → key → text."""
    told: dict[str, Any] = in_node("""const found = {};
      for (const name of given) { const { zh, en } = await load(`words/${name}.js`); found[name] = { zh, en }; }
      return found;""", FILES)
    return told


def keys() -> set[str]:
    return {key for one in words().values() for key in one["zh"]}


@pytest.mark.parametrize("name", FILES)
def test_both_languages_say_the_same_things(name: str) -> None:
    zh, en = words()[name]["zh"], words()[name]["en"]
    assert sorted(set(zh) ^ set(en)) == []
    assert [key for key in zh if set(PLACES.findall(zh[key])) != set(PLACES.findall(en[key]))] == []
    assert [key for key in zh if key != "form.space" and not (zh[key].strip() and en[key].strip())] == []


def test_no_key_is_said_in_two_files() -> None:
    seen = [key for one in words().values() for key in one["zh"]]
    assert sorted(key for key in set(seen) if seen.count(key) > 1) == []


def test_every_key_that_is_used_has_words() -> None:
    missing = []
    for path in sorted(FIELD.glob("*.js")):
        text = path.read_text("utf-8")
        used = {key for found in USED.findall(text) for key in found if key}
        missing += [(path.name, key) for key in sorted(used - keys())]
        missing += [(path.name, begin) for begin in BEGUN.findall(text) if not any(key.startswith(begin) for key in keys())]
    assert missing == []


def test_chinese_is_chinese_and_english_has_none_of_it() -> None:
    """号 and 附号 stand on the plates themselves, and in examples of what to type."""
    han = re.compile(r"[一-鿿]")
    texts = {key: re.sub(r"号|附号|幸福路\w*", "", text) for one in words().values() for key, text in one["en"].items()}
    assert {key: text for key, text in texts.items() if han.search(text)} == {}
