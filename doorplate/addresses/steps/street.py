"""Steps that read what the house stands on: village group, street, lane."""

from __future__ import annotations

import re

from doorplate.addresses.grammar import choice, grammar
from doorplate.addresses.numerals import NUMERAL, to_chinese, to_number
from doorplate.addresses.steps.state import State

_G = grammar()
_HANZI = "㐀-䶿一-鿿豈-﫿𠀀-𰀀"
_LANE_WORD = choice(_G.lane_words)
_STREET_WORD = choice(_G.street_words)
_UNIT = rf"({choice(_G.hamlet_units + _G.hamlet_other_units)}|鄰)(?!{_STREET_WORD}|{_LANE_WORD})"
_GROUP = re.compile(rf"([{_HANZI}]{{0,6}}?)第?([{NUMERAL}]{{1,3}}){_UNIT}")
_NAMED_GROUP = re.compile(rf"([{_HANZI}]{{1,6}}?)({choice(_G.hamlet_units)})")
_NUMBER_FOLLOWS = rf"(?=[{NUMERAL}]+(?:号|#|院|-|附|$)|第?[{NUMERAL}]+组)"
_NATURAL_VILLAGE = re.compile(rf"([{_HANZI}]{{1,6}}?{choice((*_G.hamlet_endings, '村'))}){_NUMBER_FOLLOWS}")
_HIGHWAY = r"(?:[GSXYC]?\d{2,4}(?=[国省县乡]道))?"
_STREET = re.compile(rf"({_HIGHWAY}[{_HANZI}A-Z]{{1,12}}?{_STREET_WORD}|[{_HANZI}]{{1,8}}?{_LANE_WORD})")
_SECTION = re.compile(_G.section)
_TAIL = re.compile(rf"(?:{_STREET_WORD}|{_LANE_WORD})")
_LANE_NUMERAL = re.compile(rf"第?([{NUMERAL}]{{1,4}})号?({_LANE_WORD})")
_LANE_NAME = re.compile(rf"([{_HANZI}]{{1,4}}?)({_LANE_WORD})")
_PLACE_NAME = re.compile(
    rf"(?![{NUMERAL}]+号)([{_HANZI}]{{2,8}}?)"
    rf"(?=(?:No\.?|NO\.?|#|第)?(?:\d+(?:号|#|院|之|-|附|$)|[{NUMERAL[3:]}]{{1,5}}号))")


def hamlet(state: State) -> None:
    """三组, 3组, 第三村民小组, 王家庄三组, 老屋组, 5鄰; written 三组, other units (社 队 鄰) keep their word."""
    if state.vocabulary.street_at_start(state.rest):
        return
    if known := state.vocabulary.hamlet_at_start(state.rest):
        if not _GROUP.match(state.rest) or (known == state.rest[:len(known)] and known[-1] not in "一二三四五六七八九十"):
            state.found["hamlet"] = state.take(len(known))
        if not _GROUP.match(state.rest):
            return
    match = _GROUP.match(state.rest)
    if match and (number := to_number(match[2])) is not None:
        unit = _G.hamlet_units[0] if match[3] in _G.hamlet_units else match[3]
        numeral = match[2] if state.abroad else to_chinese(number) if number < 10000 else match[2]
        state.found["hamlet"] = state.found.get("hamlet", "") + match[1] + numeral + unit
        state.take(match.end())
    elif (match := _NAMED_GROUP.match(state.rest)) and not _STREET.match(match[1]):
        state.found["hamlet"] = match[1] + _G.hamlet_units[0]
        state.take(match.end())
    elif match := _NATURAL_VILLAGE.match(state.rest):
        state.found["hamlet"] = state.take(match.end())


def street(state: State) -> None:
    """A known street, a known one without its last word before a lane (幸福二巷), else up to 路 街 道 …"""
    rest = state.rest
    if known := state.vocabulary.street_at_start(rest):
        state.found["street"] = state.take(len(known)) + _section(state)
        return
    stem, name = state.vocabulary.stem_at_start(rest)
    if stem and (_LANE_NUMERAL.match(rest, len(stem)) or re.match(r"\d", rest[len(stem):])):
        state.take(len(stem))
        state.found["street"] = name
        return
    match = _STREET.match(rest)
    if not match or _LANE_NUMERAL.fullmatch(match[0]):
        return
    end = match.end()
    while tail := _TAIL.match(rest, end):  # 铁路巷, 东街巷: a name that holds another street's last word
        end = tail.end()
    state.found["street"] = state.take(end) + _section(state)


def lane(state: State) -> None:
    """2巷, ２巷, 二巷 → 二巷; 柳树巷 inside a street; several in a row (8巷3弄); digits stay where names are not translated."""
    lanes = ""
    for _ in range(3):
        if match := _LANE_NUMERAL.match(state.rest):
            lanes += _lane_numeral(state, match[1]) + match[2]
        elif state.found.get("street") and (match := _LANE_NAME.match(state.rest)):
            lanes += match[0]
        else:
            break
        state.take(match.end())
    if lanes:
        state.found["lane"] = lanes


def place_name(state: State) -> None:
    """Where nothing else names the place, a name right before the number does: 大營253號."""
    if any(state.found.get(k) for k in ("street", "hamlet", "lane")):
        return
    match = _PLACE_NAME.match(state.rest)
    if match:
        kind = "compound" if re.search(choice(_G.compound_endings) + "$", match[1]) else "hamlet"
        state.found[kind] = state.take(match.end(1))


def _section(state: State) -> str:
    match = _SECTION.match(state.rest)
    return state.take(match.end()) if match else ""


def _lane_numeral(state: State, numeral: str) -> str:
    number = to_number(numeral)
    return numeral if number is None or number >= 10000 or state.abroad else to_chinese(number)
