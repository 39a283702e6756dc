"""What a phone may send and what is refused, by item, in words that never repeat what was written."""

from __future__ import annotations

from typing import Any

import pytest

from doorplate.errors import InputError
from doorplate.field.parsing import parse_item, payload_of

GOOD = {"kind": "correction", "id": "550E8400-E29B-41D4-A716-446655440000", "at": "2026-11-24T08:00:00+08:00",
        "community": "610431001203", "address": "ab" * 16, "base": 3, "operation": "correct", "changes": {"number": "7"},
        "reason": "wrong_number"}


def test_a_good_item_has_one_way_of_being_kept() -> None:
    item = parse_item(GOOD)
    assert item.id == "550e8400e29b41d4a716446655440000"
    assert payload_of(parse_item({**GOOD, "id": item.id})) == payload_of(item)


@pytest.mark.parametrize(("wrong", "code"), [
    ({"surprise_13812345678": 1}, "item.unknown_field"), ({"base": "many"}, "item.wrong"), ({"base": -1}, "item.range"),
    ({"kind": "party"}, "item.kind"), ({"kind": ["correction"]}, "item.kind"), ({"id": "13812345678"}, "item.wrong"),
    ({"at": "2026-11-24T08:00:00"}, "item.time"), ({"at": "0001-01-01T00:00:00+14:00"}, "item.time"),
    ({"at": "9999-12-31T23:59:59-14:00"}, "item.time"), ({"reason": "长" * 201}, "item.too_long"),
    ({"files": ["ab" * 16] * 13}, "item.too_many"), ({"files": ["ab" * 16] * 2}, "item.wrong"),
    ({"changes": {}}, "item.no_change"),
    ({"address": None}, "item.no_address"), ({"operation": "assign"}, "item.wrong"), ({"operation": "retire"}, "item.wrong"),
    ({"note": "\0"}, "item.wrong"), ({"note": "\ud800"}, "item.wrong"),
    ({"changes": {"number": "13812345678" * 5}}, "item.too_long"),
    ({"fixes": [{"lon": float("nan"), "lat": 34, "accuracy_m": 1, "at": GOOD["at"]}]}, "item.range"),
])
def test_a_bad_item_is_refused_without_repeating_it(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_item({**GOOD, **wrong})
    assert refused.value.code == code
    assert "13812345678" not in refused.value.message + str(refused.value.details)


@pytest.mark.parametrize("value", [None, 7, "item", [], [GOOD], {}, {1: 2}])
def test_what_is_no_item_at_all(value: object) -> None:
    with pytest.raises(InputError):
        parse_item(value)
