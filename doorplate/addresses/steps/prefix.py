"""Steps that read the administrative levels, from the province down to the community."""

from __future__ import annotations

import re
from functools import lru_cache

from doorplate.addresses.grammar import choice, grammar
from doorplate.addresses.steps.state import Level, Mention, State
from doorplate.model import Division

_KINDS: dict[Level, str] = {
    "province": "(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市)", "city": "(?:自治州|地区|盟|市)",
    "county": "(?:自治县|自治旗|新区|县|區|区|旗|市|縣)",
    "township": choice((*grammar().township_kinds, "鄉", "鎮", "區")), "community": choice(grammar().community_kinds)}
_LEVELS: tuple[Level, ...] = ("province", "city", "county", "township", "community")
_GENERIC = re.compile(r"[路街巷道弄]|[东西南北中前后][路街巷]")
_HAMLET_OR_NUMBER = re.compile(r"(?:第)?[0-9一二三四五六七八九十]{1,3}(?:组|村民小组|小组|社|队|号|#|-|$)")
_PROVINCE = r"([一-龥]{1,8}?(?:省|自治区|特别行政区))?"
_CITY = r"([一-龥]{2,6}?(?:市|自治州|地区|盟)(?![区區县縣]))?"
_COUNTY = r"([一-龥]{1,7}?(?:自治县|县|縣|(?<![小社园校厂库景])[区區]|旗|市)(?![区區县縣]))?"
_OTHER_CITY = re.compile(rf"(?:中国)?{_PROVINCE}{_CITY}{_COUNTY}")
_OTHER_TOWNSHIP = re.compile(r"([一-龥]{1,6}?(?:街道办事处|街道办|街道|街办|镇|鎮|乡|鄉))(?![路街巷道弄政府])")
_VILLAGE = rf"((?!第[一二三四五六七八九十]+村)[一-龥]{{1,8}}?{choice(grammar().community_kinds)})(?![路街巷道弄口头部])"
_OTHER_COMMUNITY = re.compile(rf"{_VILLAGE}|([一-龥]{{1,4}}?里)(?=\d+[鄰邻])")


def own_places(state: State) -> None:
    """The community's own levels in any subset and under any of their names: 普集镇营上村, 武功县营上村, 陕西咸阳武功…"""
    for _ in range(3):  # 营上村营上村幸福路: people write a level twice
        length, mentions = _own(state)
        if not length:
            return
        state.take(length)
        state.mentions.extend(mentions)


def other_places(state: State) -> None:
    """Places that are not ours, above all another village: 营西村幸福路45号. A known street is never taken for one."""
    if state.vocabulary.street_at_start(state.rest) or state.vocabulary.hamlet_at_start(state.rest):
        return
    if not any(m.level == "community" for m in state.mentions):
        _upper_levels(state)
        own_places(state)
    match = _OTHER_COMMUNITY.match(state.rest)
    if match and (match[2] or _goes_on(state, match.end())):  # 尖墩村前街: the village 尖墩村 only where 前街 is known
        state.mentions.append(Mention("community", state.take(match.end()), False))


def _upper_levels(state: State) -> None:
    upper = _OTHER_CITY.match(state.rest)
    if upper and upper.end() and not _GENERIC.match(state.rest, upper.end()):
        levels = [(level, name) for level, name in zip(_LEVELS, upper.groups(), strict=False) if name]
        state.take(upper.end())
        state.mentions.extend(Mention(level, name, False) for level, name in levels)
    township = _OTHER_TOWNSHIP.match(state.rest)
    if township and len(state.rest) > township.end():
        state.mentions.append(Mention("township", state.take(township.end()), False))


def _goes_on(state: State, at: int) -> bool:
    """Whether what follows is an address inside a village; a bare number makes 新村5号 a place of ours instead."""
    rest, known = state.rest[at:], state.vocabulary
    if known.street_at_start(rest) or known.hamlet_at_start(rest) or known.stem_at_start(rest)[0]:
        return True
    if re.match(r"第?\d{1,3}(?:组|小组|村民小组|社|队|[鄰邻])", rest):
        return True
    return bool(rest) and not rest[0].isdigit() and not _GENERIC.match(rest) and rest[0] not in "前后"


def _own(state: State) -> tuple[int, list[Mention]]:
    at, mentions = 0, []
    for level, name, strict, loose in _own_patterns(state.division):
        if match := strict.match(state.rest, at):
            at = match.end()
            mentions.append(Mention(level, match[0], True))
        elif loose and (match := loose.match(state.rest, at)) and _bare_name_may_end(state, level, match.end()):
            at = match.end()
            mentions.append(Mention(level, name, True))
    return at, mentions


def _bare_name_may_end(state: State, level: Level, at: int) -> bool:
    """武功 alone is the county only before 普集… or 营上…; 营上 alone is the village only before a street or a number."""
    rest = state.rest[at:]
    lower = _LEVELS[_LEVELS.index(level) + 1:]
    if any(p.match(rest) for lv, _, strict, loose in _own_patterns(state.division) if lv in lower for p in (strict, loose) if p):
        return True
    return level == "community" and bool(
        state.vocabulary.street_at_start(rest) or state.vocabulary.hamlet_at_start(rest) or _HAMLET_OR_NUMBER.match(rest))


@lru_cache(maxsize=64)
def _own_patterns(division: Division) -> tuple[tuple[Level, str, re.Pattern[str], re.Pattern[str] | None], ...]:
    patterns: list[tuple[Level, str, re.Pattern[str], re.Pattern[str] | None]] = []
    levels = _LEVELS[-len(division.names):] if len(division.names) < 5 else _LEVELS
    for level, name in zip(levels, division.names, strict=False):
        kind = re.compile(_KINDS[level] + "$")
        changes = level in ("township", "community")  # 镇 becomes 街道, 村 becomes 社区; 县 and 市 are different places
        stem = kind.sub("", name) if len(kind.sub("", name)) > 1 or changes else name
        kinds = _KINDS[level] if changes else re.escape(name[len(stem):])
        either = rf"(?:{re.escape(stem)}{kinds}|{re.escape(name)})" if stem else re.escape(name)
        lower = "|".join(re.escape(below) for below in division.names[len(patterns) + 1:]) or "$^"  # 旧州镇 before 道美村
        strict = re.compile(rf"(?:中国)?{either}(?!(?!{lower})[路街巷道弄]\w)")
        bare_is_a_name = len(stem) > 1 and not re.search(r"[路街巷道弄]$", stem)
        patterns.append((level, name, strict, re.compile(re.escape(stem)) if bare_is_a_name else None))
    return tuple(patterns)
