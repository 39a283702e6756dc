"""What a cell looks like: small tests on text that decide columns where their headers do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

NUMERAL = "0-9〇零一二三四五六七八九十百两廿卅"
ROAD_WORD = r"(?:大道|马路|胡同|公路|街道|路|街|巷|弄|里|道|段|条)"
_BLANK = {"", "/", "／", "\\", "-", "--", "—", "——", "－", "－－", "_"}
_DITTO = {"同上", "〃", "″", '"', "''", "＂", "“", "”", "々", "ditto", "同前", "上同", "同 上", '""'}
_PHONE = re.compile(r"(?:\+?86)?1\d{10}|0\d{2,3}\d{7,8}|\d{7,8}")
_NUMBER = re.compile(
    rf"(?:no\.?|第)?[{NUMERAL}]{{1,6}}(?:[号號#栋幢院室]|号院|号楼)?(?:[-—之附][{NUMERAL}]+[号號#]?|[甲乙丙丁])*[号號#]?(?:院)?"
)
_MEMBERS = re.compile(r"[0-9一二三四五六七八九十两]{1,3}(?:口?人|口)?")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-/.年]?\d{1,2}(?:[-/.月]?\d{1,2}日?)?)?|\d{1,2}月\d{1,2}日?|(?:3[0-9]|4[0-9])\d{3}")
_NAME = re.compile(r"[一-鿿㐀-䶿·]{2,5}")
_ADDRESS = re.compile(r"(?:路|街|巷|弄|道|里|庄|屯|寨|村|组|队|镇|县|区|市|段|鄰|邻|号|號)")
_STREET = re.compile(rf"[一-鿿㐀-䶿{NUMERAL}]+{ROAD_WORD}(?:[一-鿿{NUMERAL}]{{0,6}}{ROAD_WORD})?(?:[东南西北]段)?")
_DMS = re.compile(r"(\d{1,3})\s*[°度]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'’分])?\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"”秒]|''|′′)?)?")
_FINE = re.compile(r"\.\d{3}|[°度′']")
_WHOLE = re.compile(rf"(?:{ROAD_WORD}|组|队|社|小区)[^{NUMERAL}]{{0,3}}[{NUMERAL}]")
_YES_NO = {
    "是",
    "否",
    "有",
    "无",
    "√",
    "✓",
    "✔",
    "×",
    "x",
    "✗",
    "已装",
    "未装",
    "已安装",
    "未安装",
    "已上墙",
    "未上墙",
    "已挂",
    "未挂",
    "装",
    "未",
    "已",
    "y",
    "n",
    "yes",
    "no",
    "true",
    "false",
    "已钉",
    "未钉",
    "已安",
    "未安",
    "脱落",
    "损坏",
}


def to_text(value: object) -> str:
    """A cell's value as a person reads it: 3.0 → "3", dates → ISO, yes/no for logical values."""
    if isinstance(value, str):
        return value.strip().removeprefix("'")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"  # as spreadsheets show it
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else str(value).strip()


def cut(texts: list[str], most: int) -> str:
    """Cut over-long cells in place; what to tell about it, "" when nothing was cut."""
    longest = max(map(len, texts), default=0)
    if longest <= most:
        return ""
    texts[:] = [t[:most] for t in texts]
    return f"这一行有一格长 {longest} 个字, 只读了前 {most} 个, 请核对是不是把多行内容粘到了一格里"


def plain(text: str) -> str:
    """Compatibility forms folded (１→1, ＃→#), every space and zero-width character gone, lower case."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf").lower()


def is_blank(text: str) -> bool:
    """Nothing written, or only the dash or slash people put to say so."""
    return text in _BLANK


def is_ditto(text: str) -> bool:
    return text in _DITTO


def degrees(text: str) -> float | None:
    """Decimal degrees or 度分秒 as a number, None when the text is neither."""
    folded = unicodedata.normalize("NFKC", text.replace("″", '"')).lstrip("东经北纬度坐标:").strip("EeNn()\t ")
    try:
        return float(folded)
    except ValueError:
        match = _DMS.fullmatch(folded)
    if not match:
        return None
    return float(match[1]) + float(match[2] or 0) / 60 + float(match[3] or 0) / 3600


def _pair(text: str) -> bool:
    parts = [p for p in re.split(r"[,，;；、\s]+", text.strip("()（）[] ")) if p]
    values = [degrees(p) for p in parts]
    return len(parts) == 2 and all(v is not None and abs(v) <= 180 for v in values) and ("." in text or "°" in text)


def _between(low: float, high: float) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        value = degrees(text)
        return value is not None and (low <= value <= high or value == 0)

    return test


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not _STREET.fullmatch(text)


def _is_address(text: str) -> bool:
    return bool(_ADDRESS.search(text)) and len(text) >= 3 and not _DATE.fullmatch(text)


TESTS: dict[str, Callable[[str], bool]] = {
    "phone": lambda t: bool(_PHONE.fullmatch(re.sub(r"[-—()]", "", t))),
    "lon": _between(73, 136),
    "lat": _between(3, 54),
    "position": _pair,
    "number": lambda t: bool(_NUMBER.fullmatch(t)) and len(t) <= 12,
    "suffix": lambda t: bool(_NUMBER.fullmatch(t.removeprefix("附"))) and len(t) <= 6,
    "members": lambda t: bool(_MEMBERS.fullmatch(t)),
    "resident": lambda t: bool(_MEMBERS.fullmatch(t)),
    "installed": lambda t: t in _YES_NO,
    "installed_on": lambda t: bool(_DATE.fullmatch(t)),
    "registered_on": lambda t: bool(_DATE.fullmatch(t)),
    "head": _is_name,
    "address": _is_address,
    "street": lambda t: bool(_STREET.fullmatch(t)),
    "seq": lambda t: bool(re.fullmatch(r"[0-9]{1,7}", t)),
}

# Without a header word a column must show more: decimals in a coordinate, a sign at a number, a mobile's eleven digits.
STRICT: dict[str, Callable[[str], bool]] = {
    "position": _pair,
    "lon": lambda t: TESTS["lon"](t) and bool(_FINE.search(t)),
    "lat": lambda t: TESTS["lat"](t) and bool(_FINE.search(t)),
    "phone": lambda t: bool(re.fullmatch(r"(?:\+?86)?1\d{10}", re.sub(r"[-—()]", "", t))),
    "street": TESTS["street"],
    "address": lambda t: _is_address(t) and len(t) >= 4,
    "whole": lambda t: bool(_WHOLE.search(t)),
    "head": _is_name,
    "installed": TESTS["installed"],
    "number": lambda t: TESTS["number"](t) and bool(re.search(r"[号號#]", t)),
}


def share(role: str, texts: Sequence[str], tests: Mapping[str, Callable[[str], bool]] = TESTS) -> float | None:
    """How much of a column passes the role's test, 0–1; None when there is no test or nothing to test."""
    test = tests.get(role)
    known = [plain(t) if role != "position" else t for t in texts if not is_blank(t) and not is_ditto(t)]
    if test is None or not known:
        return None
    return sum(map(test, known)) / len(known)
