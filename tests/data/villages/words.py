"""The words of the invented villages, read from words.toml, and numbers in words. Everything is invented or general usage."""

import tomllib
from datetime import datetime
from pathlib import Path

_TABLE = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
MADE = datetime(2023, 7, 1)

PAIRS = [tuple(pair.split("/")) for pair in _TABLE["pairs"].split()]
STREETS, HAMLETS, UNITS = (_TABLE[key].split() for key in ("streets", "hamlets", "units"))
LANE_STEMS, LANE_KINDS = (_TABLE[key].split() for key in ("lane_stems", "lane_kinds"))
GONE, IDLE_NOTES = (_TABLE[key].split() for key in ("gone", "idle_notes"))
NAME_CHARS: str = _TABLE["name_chars"]
SLIPS = dict(_TABLE["slips"].split())
NOTES = {kind: ["" if note == "_" else note for note in text.split()] for kind, text in _TABLE["notes"].items()}
SAY = {system: text.split() for system, text in _TABLE["say"].items()}

DIGITS = "〇一二三四五六七八九"
FORMAL = dict(zip("〇一二三四五六七八九十百", "零壹贰叁肆伍陆柒捌玖拾佰", strict=True))


def hanzi(number: int) -> str:
    """1 … 999 in Chinese numerals: 一百一十三."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")


def old_hanzi(number: int) -> str:
    """The other ways to write a number: 一〇五 above one hundred, 廿三 and 卅一 below, formal 拾伍 else."""
    if number > 100:
        return "".join(DIGITS[int(d)] for d in str(number))
    if 20 < number < 40:
        return "廿卅"[number // 10 - 2] + (DIGITS[number % 10] if number % 10 else "")
    return "".join(FORMAL.get(c, c) for c in hanzi(number))


def wide(text: str) -> str:
    """Full-width digits and signs."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
