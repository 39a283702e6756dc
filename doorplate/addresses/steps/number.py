"""The step that reads house number and suffix: 53号附1号 in all the ways it is written."""

from __future__ import annotations

import re

from doorplate.addresses.numerals import NUMERAL, to_number
from doorplate.addresses.steps.state import State

_STEM = "甲乙丙丁戊己庚辛"
_N = rf"(?:\d{{1,5}}|[{NUMERAL[3:]}]{{1,6}})"
_NUMBER = re.compile(
    rf"(?:门牌号?|-|№|No\.?|NO\.?|no\.?|N0\.?|#|第)*(?P<before>[{_STEM}])?(?P<number>{_N})(?:\.0+)?"
    rf"(?!\s*(?:号楼|#楼|楼|栋|幢|座|单元|层|室|组|巷|弄|路|街|\d))(?P<behind>[{_STEM}A-Ka-k](?![座栋幢区]))?"
    rf"(?P<mark>号院|号门|号宅|号|#|院|户)?(?:(?:(?:附|副)(?:第|号)?|之|-|支号?)#?(?P<suffix>{_N}|[{_STEM}A-Za-z])(?!\d|-|号楼|#楼|楼|栋|幢|单元)(?:号|#|院)?"
    rf"|(?P<letter>[{_STEM}A-H](?![座栋幢区一-龥\d])))?(?P<yard>院内|院|内)?")


def number(state: State) -> None:
    """１号 3# No.15 7號 065号 十七号 8号院 6号附1号 6-1 53号之一 5号-2 12#-1 6号附甲. 3号楼 is a building, 3-2-501 a room."""
    match = _NUMBER.match(state.rest)
    if not match or re.match(r"\d+-\d+-\d+", state.rest):
        return
    value = to_number(match["number"])
    if value is None or (state.found.get("compound") and match["suffix"] and "号" not in match[0]):
        return
    if not match["mark"] and not match["number"].isdigit() and match.end() < len(state.rest):
        return  # a bare Chinese numeral counts only at the very end: 和谐街十七
    state.found["number"] = str(value)
    if _is_range(match):  # 27-29号: two doors in one line, which a person must part
        state.take(match.end("number"))
        return
    if suffix := _suffix(match):
        state.found["suffix"] = suffix
    state.take(match.end())


def _suffix(match: re.Match[str]) -> str:
    """附1 → 1, 之一 → 1, 附甲 and 号甲 → 1 (the stems count the doors beside the first); 甲7号 keeps its 甲, 7号B its B."""
    text = match["suffix"] or match["letter"] or match["behind"] or ""
    if not text:
        return match["before"] or ""
    if text in _STEM:
        return str(_STEM.index(text) + 1)
    number = to_number(text)
    return text.upper() if number is None else str(number or "")


def _is_range(match: re.Match[str]) -> bool:
    if not match["suffix"] or "-" not in match[0][match.end("number") - match.start():] or match["mark"]:
        return False
    first, last = to_number(match["number"]), to_number(match["suffix"])
    return first is not None and last is not None and first < last <= first + 20 and (last - first) % 2 == 0
