"""Steps that only change how the text is written, not what it says."""

from __future__ import annotations

import re

from doorplate.addresses import text
from doorplate.addresses.grammar import choice, grammar
from doorplate.addresses.steps.state import State

_BRACKETS = re.compile(r"[(\[【〔{<《「『]([^()\[\]【】〔〕{}<>《》「」『』]*)[)\]】〕}>》」』]")
# What may stand behind a numeral or open a text and is not part of a name: 鄰 and 號 are read on Taiwan too, where names stay.
_WORKING = str.maketrans("號樓層單組", "号楼层单组")


def strip_invisibles(state: State) -> None:
    """Zero-width characters, control characters and the like."""
    state.rest = text.strip_invisibles(state.rest)


def half_width(state: State) -> None:
    """１＃ → 1#."""
    state.rest = text.half_width(state.rest)


def familiar_forms(state: State) -> None:
    """號 → 号; on the mainland names too (振興路 → 振兴路), elsewhere only the working words."""
    if state.rest.isascii():
        return
    state.rest = state.rest.translate(_WORKING) if state.abroad else text.simplified(state.rest)


def lay_aside_brackets(state: State) -> None:
    """(原老庄) is a remark, (二)组 is not: what stands in brackets is laid aside unless it is a numeral alone."""
    for _ in range(3):
        if not (match := _BRACKETS.search(state.rest)):
            return
        inside = match[1].strip()
        keep = inside if re.fullmatch(r"[0-9一二三四五六七八九十]{1,3}", inside) else ""
        if inside and not keep:
            state.leftovers.append(inside)
        state.rest = state.rest[:match.start()] + keep + state.rest[match.end():]


def close_gaps(state: State) -> None:
    """幸福路 二巷 → 幸福路二巷; a dash or stroke that opens or ends the text goes too."""
    state.rest = text.close_gaps(state.rest)


_MISSING = re.compile(choice(tuple(re.escape(w) for w in grammar().no_number)) + "(?:号|号码)?$")


def say_no_number(state: State) -> None:
    """无号, 待定, 新建未编号, — at the end: the writer says that there is no number."""
    match = _MISSING.search(state.rest)
    if match and not re.search(r"\d", match[0]):
        state.no_number = match[0]
        state.rest = state.rest[:match.start()].rstrip("-/")
