"""What titles and sheet names claim for all their lines: grid, streets, coordinate system, kind of list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from doorplate.exchange.table import Crs

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_GRID_BEFORE = re.compile(r"第?([0-9]{1,3}|[〇零一二三四五六七八九十百]{1,4})号?(?:微)?(?:网格|網格)")
_GRID_AFTER = re.compile(
    r"(?:网格|網格)(?:编号|号|名称)?[:：为]?第?([0-9]{1,3}|[〇零一二三四五六七八九十百]{1,4})(?:号|组|$|[^0-9一-龥])"
)
_SEVERAL_GRIDS = re.compile(
    r"[0-9一二三四五六七八九十](?:号|网格)?[、,，和及至到~～\-—+/]+第?[0-9一二三四五六七八九十]{1,3}号?(?:微)?(?:网格|網格)"
)
_GRID_CODE = re.compile(r"(?<![0-9])([0-9]{12}(?:[0-9]{3}|-?G[0-9]{1,3}))(?![0-9])", re.IGNORECASE)
_STREET = re.compile(r"(?:大道|马路|胡同|街道|路|街|巷|道)")
_AFTER_ADMIN = re.compile(r"^.*(?:街道办事处|街道|镇|乡|县|区|市|村|社区|网格)(?=.)")
_NOT_A_STREET = re.compile(r"非本|^本|^各|^全|^其[他它余]|^这")
_GOES_ON = ("办", "名", "巷", "委", "桥", "镇", "乡", "村", "口村", "沟", "河", "湾", "庄", "门牌办")
_NOT_STREETS = ("道路", "街路", "街巷", "路街", "街道", "街路巷", "负责街路", "铁路", "通道", "频道", "渠道", "一路", "走路")
_CRS: tuple[tuple[Crs, re.Pattern[str]], ...] = (
    ("gcj02", re.compile(r"高德|腾讯|gcj|火星|谷歌中国|amap", re.IGNORECASE)),
    ("bd09", re.compile(r"百度|bd-?0?9", re.IGNORECASE)),
    ("wgs84", re.compile(r"wgs|gps|gnss|cgcs|2000|天地图|国家大地|北斗|epsg:?4326|epsg:?4490", re.IGNORECASE)),
)
_REGISTER = re.compile(r"户籍|戶籍|户口|常住人口登记|人口信息")


def folded(text: str) -> str:
    """Compatibility forms folded, all spaces gone: "文明街   门  牌" → "文明街门牌"."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def chinese_number(text: str) -> int | None:
    """一 … 九百九十九 or digits as an int; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    total = current = 0
    for char in text:
        if char in _DIGITS:
            current = current * 10 + _DIGITS[char] if current and "十" not in text and "百" not in text else _DIGITS[char]
        elif char in "十百":
            total += (current or 1) * (10 if char == "十" else 100)
            current = 0
        else:
            return None
    return total + current if text else None


def grid_in(text: str) -> str:
    """The grid a text names: its number as digits ("第三网格" → "3") or a grid code as written; "" when it names none, or
    more than one ("第三、4网格")."""
    flat = folded(text)
    if code := _GRID_CODE.search(flat):
        return code[1]
    if _SEVERAL_GRIDS.search(flat):
        return ""
    for pattern in (_GRID_BEFORE, _GRID_AFTER):
        numbers = {number for match in pattern.finditer(flat) if (number := chinese_number(match[1])) is not None}
        if numbers:
            return str(numbers.pop()) if len(numbers) == 1 else ""
    return ""


def streets_in(text: str) -> list[str]:
    """Streets named in a title or a list of streets: 采集表（和谐街） → [和谐街]."""
    found: list[str] = []
    for piece in re.split(r"[()\[\]【】、,;:“”\"+/]+", unicodedata.normalize("NFKC", text)):
        flat = folded(piece)
        for name in _street_names(flat):
            if name not in found:
                found.append(name)
    return found


def _street_names(flat: str) -> Iterable[str]:
    start = 0
    for match in _STREET.finditer(flat):
        name = _AFTER_ADMIN.sub("", flat[start : match.end()])
        start = match.end()
        if (
            match[0] != "街道"
            and 2 <= len(name) <= 8
            and name not in _NOT_STREETS
            and not _NOT_A_STREET.search(name)
            and not flat[start:].startswith(_GOES_ON)
        ):
            yield name


def crs_in(texts: Iterable[str]) -> Crs | None:
    """The coordinate system the words declare; None when they declare none, or more than one."""
    joined = " ".join(texts)
    named = [crs for crs, pattern in _CRS if pattern.search(joined)]
    return named[0] if len(named) == 1 else None


def is_register(titles: Iterable[str], columns: Mapping[str, str]) -> bool:
    """Does this come out of the police's household register? titles: file name and titles; columns: role → header."""
    if any(_REGISTER.search(title) for title in titles) or _REGISTER.search(columns.get("address", "")):
        return True
    return "household_no" in columns and not {"installed", "number", "lon", "position"} & columns.keys()
