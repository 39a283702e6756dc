"""Chinese numerals ↔ whole numbers, for the number parts of an address only: 五一路 is a name, 五一号 is not 51."""

from __future__ import annotations

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0, "O": 0}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_SHORT = {"廿": "二十", "卅": "三十"}
_NAMES = "零一二三四五六七八九"

NUMERAL = "0-9〇○零一二三四五六七八九十百千两廿卅壹贰叁肆伍陆柒捌玖拾佰"
"""The characters a numeral may consist of, for use inside a regular-expression class."""


def to_number(text: str) -> int | None:
    """The whole number written in digits or Chinese (十七, 二〇五, 一百零二, 廿三, 065); None when it is not one."""
    if text.isascii() and text.isdigit():
        return int(text)
    for short, full in _SHORT.items():
        text = text.replace(short, full)
    if not text or any(c not in _DIGITS and c not in _TENS for c in text):
        return None
    if not any(c in _TENS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    return _with_tens(text)


def number_value(text: str) -> int:
    """The first numeral inside a text (二巷 → 2, 三组 → 3, 12 → 12), 0 where there is none: for sorting, not for reading."""
    match = re.search(f"[{NUMERAL}]+", text)
    return (to_number(match[0]) or 0) if match else 0


def to_chinese(number: int) -> str:
    """1 → 一, 10 → 十, 12 → 十二, 105 → 一百零五; as lanes and groups are named. Below 10,000."""
    if number < 10:
        return _NAMES[number]
    if number < 20:
        return "十" + (_NAMES[number - 10] if number > 10 else "")
    words, pending_zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if pending_zero else "") + _NAMES[digit] + name
        pending_zero = bool(words) and not digit
    return words


def _with_tens(text: str) -> int | None:
    total, digit, last_unit = 0, None, 10000
    for char in text:
        if char in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
        else:
            unit = _TENS[char]
            if unit >= last_unit:
                return None
            total += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
    if digit and text[-2] in "百佰千仟":  # 一百二 is said for 120; 102 is 一百零二
        digit *= last_unit // 10
    return total + (digit or 0)
