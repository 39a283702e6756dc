"""Steps that read what lies behind the house number: compound, building, entrance, floor, room."""

from __future__ import annotations

import re

from doorplate.addresses.grammar import choice, grammar
from doorplate.addresses.numerals import NUMERAL, to_number
from doorplate.addresses.steps.state import State

_HANZI = "㐀-䶿一-鿿"
_VALUE = rf"(?:[A-Za-z]?\d{{1,4}}[A-Za-z]?|[{NUMERAL[3:]}]{{1,4}}|[A-Za-z甲乙丙丁东西南北中])"
_NAME_ENDS = rf"(?=$|[{NUMERAL}A-Za-z#东西南北]|[^{_HANZI}])"
_COMPOUND = re.compile(rf"([{_HANZI}A-Za-z·]{{1,14}}?{choice(grammar().compound_endings)}){_NAME_ENDS}")
_DASHED = re.compile(r"([A-Za-z]?\d{1,3})(?:号楼|栋|幢|#)?-(\d{1,2})(?:单元)?-(\d{2,4})(?:室|号)?$")
_SHORT_DASHED = re.compile(r"([A-Za-z]?\d{1,3})(?:号楼|栋|幢|#)?-(\d{2,4})(?:室|号)?$")
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("building", re.compile(rf"({_VALUE})(?:号楼|#楼|号栋|栋楼|栋|幢|座|#(?=\d)|楼(?=.*(?:单元|室|\d{{3}})))")),
    ("unit", re.compile(rf"({_VALUE})(?:单元|门洞|门)")),
    ("floor", re.compile(rf"({_VALUE})(?:层|楼|F)")),
    ("room", re.compile(rf"({_VALUE})(?:号房间|房间|号室|室|号房|房|户|号|$)")))


def compound(state: State) -> None:
    """阳光小区, 北苑, 中都南苑: a name that ends like a compound's."""
    if "compound" not in state.found and (match := _COMPOUND.match(state.rest)):
        state.found["compound"] = state.take(match.end())


def dashed_rooms(state: State) -> None:
    """3-2-501 → building 3, entrance 2, room 501; 37-501 behind a compound → building and room."""
    if match := _DASHED.match(state.rest):
        values = dict(zip(("building", "unit", "room"), match.groups(), strict=True))
    elif state.found.get("compound") and (match := _SHORT_DASHED.match(state.rest)):
        values = dict(zip(("building", "room"), match.groups(), strict=True))
    else:
        return
    state.found.update({k: _value(v) for k, v in values.items()})
    state.take(match.end())


def building_parts(state: State) -> None:
    """3号楼 2单元 5层 501室, each once and in this order."""
    for name, pattern in _PARTS:
        match = pattern.match(state.rest)
        if match and match[1] and name not in state.found:
            state.found[name] = _value(match[1])
            state.take(match.end())


def _value(text: str) -> str:
    number = to_number(text)
    return text.upper() if number is None else str(number)
