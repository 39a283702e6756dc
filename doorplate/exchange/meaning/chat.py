"""Pasted chat text (微信接龙): one household or one correction a line, the rest is talk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.hints import grid_in
from doorplate.exchange.table import SheetReport
from doorplate.model import ListRow, SourceRef

_LONGEST_LINE = 500
_HAN = "一-鿿㐀-䶿"
_DIGIT = "0-9０-９"
_NUMERAL = f"[{_DIGIT}〇零一二三四五六七八九十百]"
_ROAD = "(?:大道|马路|胡同|路|街|巷|弄|里|道|段)"
_ITEM = re.compile(rf"\s*(?:[(（]?[{_DIGIT}]{{1,4}}\s*[.、．,，)）:：]\s*(?=\S)|[①-⑳]\s*|[{_DIGIT}]{{1,3}}\s+(?=[{_HAN}]))")
_SPEAKER = re.compile(
    r"\s*\S{1,20}\s+(?:\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?\s*)?(?:上午|下午|晚上|早上)?\s*\d{1,2}:\d{2}(?::\d{2})?\s*$"
)
_TALK = re.compile(r"\s*(?:收到|好的?|谢谢|\[.*\]|【.*】$|@|#?\s*群?接龙|OK|ok|👍|嗯|哦|知道了|格式)")
_LEAD = re.compile(r"(?:(?:第?\S{1,3}网格|我们?网格)?的?(?:漏登了?|漏报了?|漏了|补登|补报|补充|还有|新增|更正|更改)[:：，,\s]*)")
_LABEL = re.compile(r"(?:^|(?<=[\s,，;；、]))(?:户主|姓名|地址|住址|门牌|门牌号|家庭住址|住在|住)[:：]?\s*(?=\S)")
_SIGN = r"(?:\s*(?:号院|號院|号楼|号|號|#|＃|院|室|户))?"
_NUMBER = rf"{_NUMERAL}+(?:\s*[-—之－]\s*{_NUMERAL}+)?{_SIGN}(?:\s*附\s*{_NUMERAL}+{_SIGN})?(?:\s*[-—之－]\s*{_NUMERAL}+{_SIGN})?"
_PLACE = rf"[^\s,，。;；]*?(?:{_ROAD}|组|队|社|村|小区|庄|屯|鄰)"
_ADDRESS = re.compile(
    rf"{_PLACE}(?:\s*{_NUMERAL}+\s*(?:巷|弄|组|队|栋|幢|单元))*(?:[^\s,，。;；]*?{_ROAD})?"
    rf"(?P<number>(?:\s*{_NUMERAL}+\s*(?:栋|幢|单元))*\s*(?:[Nn][Oo]\.?\s*)?{_NUMBER})?"
)
_PHONE = re.compile(r"(?:电话|手机|联系方式)?[:：]?\s*(?<![0-9])(1[0-9]{10})(?![0-9])")
_MEMBERS = (
    re.compile(rf"(?:人数|人口|家里|共)[:：]?\s*({_NUMERAL}{{1,2}})\s*(?:口人|个人|口|人)?"),
    re.compile(rf"({_NUMERAL}{{1,2}})\s*(?:口人|个人|口|人)"),
    re.compile(rf"(?:^|(?<=[\s,，、;；]))({_NUMERAL}{{1,2}})(?=[\s,，。;；.]|$)"),
)
_WHO = r"(?P<who>.{1,14}?)(?:他|她)?家?的?(?:门牌号|门牌|地址|号)?"
_RIGHT = r"(?:应该是|应当是|应是|应为|实际是|实际为|其实是|改成|改为|更正为"
_CORRECTIONS = (
    re.compile(rf"{_WHO}{_RIGHT}|是)(?P<right>[^，,。;；]*?)[，,。;；\s]*(?:而?不是|并非|不应是|非)[^，,。;；]*.*$"),
    re.compile(
        rf"{_WHO}(?:不是|并非|登成|写成|登记成|错写成)[^，,。;；]*?了?[，,。;；\s]+(?:而?是|{_RIGHT}))(?P<right>[^，,。;；]+).*$"
    ),
    re.compile(rf"{_WHO}{_RIGHT})(?P<right>[^，,。;；]+).*$"),
)
_NAME = re.compile(rf"[{_HAN}·]{{2,8}}(?:\s[{_HAN}]{{1,3}})?(?:[（(].{{1,10}}[)）])?")
_SEPARATOR = re.compile(r"[\s,，、:：;；]+")


def is_chat(lines: Iterable[str]) -> bool:
    """Does the text call itself 接龙, or is at least a third of its lines a numbered household or a correction?"""
    kept = [line[:_LONGEST_LINE].strip() for line in lines if line.strip()]
    if any(re.match(r"#?\s*群?接龙", line) for line in kept):
        return True
    items = sum(bool(_ITEM.match(line) or "是" in line) and understand(line) is not None for line in kept)
    return items >= 1 and items * 3 >= len(kept)


def read_chat(path: Path, limits: Limits) -> tuple[list[ListRow], SheetReport]:
    """The lines that name a household; everything else is in the report's `dropped`. list_name is "late"."""
    rows: list[ListRow] = []
    dropped: list[tuple[int, str, str]] = []
    for number, raw in enumerate(decode_lines(path, limits.line_chars), 1):
        text = raw[:_LONGEST_LINE].strip().strip("\ufeff")
        if cells := understand(text):
            rows.append(ListRow(SourceRef(path.name, None, number), cells, "late", grid_hint=grid_in(text)))
        elif text:
            dropped.append((number, "聊天内容", text[:80]))
    columns = dict.fromkeys((role for row in rows for role in row.cells), "")
    return rows, SheetReport(path.name, None, "list", (), columns, None, "late", rows_read=len(rows), dropped=tuple(dropped))


def understand(text: str) -> dict[str, str] | None:
    """The cells of one chat line, None when it names no household. A correction keeps the whole sentence as note."""
    item = _ITEM.match(text)
    body = text[item.end() :].strip() if item else text
    if _SPEAKER.fullmatch(text) or _TALK.match(body):
        return None
    cells = {"seq": unicodedata.normalize("NFKC", item[0]).strip(" .、,():")} if item else {}
    if correction := _correction(body):
        return cells | correction
    found = _household(_LABEL.sub("", _LEAD.sub("", body, count=1)))
    return cells | found if found and (item or _is_sure(found)) else None


def _is_sure(found: dict[str, str]) -> bool:
    """Without an item number a line counts only when it has a name and an address with a number."""
    return "head" in found and bool(re.search(rf"{_NUMERAL}", found["address"]))


def _correction(body: str) -> dict[str, str] | None:
    for pattern in _CORRECTIONS:
        match = pattern.match(body)
        if match and (address := _ADDRESS.search(match["right"])) and address["number"]:
            return {"head": _name(match["who"]), "address": match["right"].strip(), "note": body}
        if match and re.fullmatch(_NUMBER, match["right"].strip()) and (told := _ADDRESS.search(body)) and told["number"]:
            street = told[0][: told.start("number") - told.start()]
            street = street.removeprefix(match["who"]).lstrip("家的是不")
            return {"head": _name(match["who"]), "address": street.strip() + match["right"].strip(), "note": body}
    return None


def _household(body: str) -> dict[str, str] | None:
    """户主 地址 人数 in any order and with any separator."""
    cells: dict[str, str] = {}
    if phone := _PHONE.search(body):
        cells["phone"] = phone[1]
        body = f"{body[: phone.start()]} {body[phone.end() :]}".strip()
    if told := _MEMBERS[0].search(body):
        cells["members"] = told[1]
        body = f"{body[: told.start()]} {body[told.end() :]}".strip()
    head, rest = _split_name(body)
    address = _ADDRESS.search(rest)
    if not address:
        return None
    after = rest[address.end() :]
    if not head:
        head, after = _name_after(after)
    cells |= {"head": _name(head)} if head else {}
    cells["address"] = address[0].strip()
    return cells | _remainder(after, with_members="members" not in cells)


def _remainder(after: str, *, with_members: bool) -> dict[str, str]:
    """Number of people and remarks behind the address."""
    cells = {}
    members = next(filter(None, (p.search(after) for p in _MEMBERS[1:])), None) if with_members else None
    if members:
        cells["members"] = members[1]
        after = f"{after[: members.start()]} {after[members.end() :]}"
    if note := after.strip(" \u3000,，。;；、."):
        cells["note"] = note
    return cells


def _split_name(body: str) -> tuple[str, str]:
    """(name before the address, the rest); no name when the line begins with an address."""
    first, *rest = _SEPARATOR.split(body, maxsplit=1)
    if not rest or _looks_like_address(first) or not _NAME.fullmatch(first + ("某" if len(first) == 1 else "")):
        return "", body
    second, *others = _SEPARATOR.split(rest[0], maxsplit=1)
    if others and re.fullmatch(rf"[{_HAN}]{{1,3}}", second) and not _looks_like_address(second) and len(first) <= 3:
        return f"{first} {second}", others[0]
    return first, rest[0]


def _looks_like_address(text: str) -> bool:
    return bool(re.search(rf"[{_DIGIT}]|{_ROAD}$|{_ROAD}{_NUMERAL}|[村组队]", text))


def _name_after(rest: str) -> tuple[str, str]:
    match = re.match(rf"[\s,，、:：;；]*([{_HAN}·]{{2,8}})(?=[\s,，、;；{_DIGIT}]|$)", rest)
    return (match[1], rest[match.end() :]) if match else ("", rest)


def _name(text: str) -> str:
    return text.strip(" ,，、:：").removesuffix("家的").removesuffix("家").strip()
