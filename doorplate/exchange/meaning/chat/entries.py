"""One message → the cells of the household it names."""

from __future__ import annotations

import re
import unicodedata

from doorplate.exchange.meaning.chat.corrections import read_correction
from doorplate.exchange.meaning.chat.patterns import (
    DIGIT,
    HAN,
    MEMBERS,
    MEMBERS_LABELLED,
    NAME_AFTER,
    NUMERAL,
    PHONE,
    SEPARATOR,
    clean_name,
    close_up,
    find_address,
    is_name,
    is_talk,
)

ITEM = re.compile(
    rf"\s*(?:[(（\[【]?[{DIGIT}]{{1,4}}\s*[.、．,，)）\]】:：]\s*(?=\S)|[①-⑳]\s*|[{DIGIT}]{{1,3}}\s+(?=[{HAN}])|第[{DIGIT}]{{1,3}}[户家][:：、.]?\s*)"
)
_POLITE = re.compile(
    r"\s*(?:@\S{1,20}\s+|好的?[，,、]\s*|收到[，,、。]\s*|(?:书记|主任|领导|网格员|各位)?(?:您好|你好|大家好|好)[，,、。!！]\s*)"
)
LEAD = re.compile(
    r"\s*(?:(?:第?\S{1,3}网格|我们?网格?|我村|本村)?的?(?:又|还|也|再)?"
    r"(?:漏登了?|漏报了?|漏了|漏掉了?|漏|少了|补登|补报|补录|补充|补上?|还有|另外|另|新增|增加|更正|更改|纠正|修改)(?:一户|1户|一家|两户|户)?[:：，,\s]*)"
)
_CORRECTS = re.compile(r"更正|更改|纠正|修改")
_LABELS = {
    "户主姓名": "head", "户主": "head", "姓名": "head", "住户": "head", "房主": "head", "地址": "address", "住址": "address",
    "家庭住址": "address", "详细地址": "address", "现住址": "address", "门牌地址": "address", "街道": "street", "街路": "street",
    "街路巷": "street", "门牌号码": "number", "门牌号": "number", "门牌": "number", "号码": "number", "家庭人口": "members",
    "人口数": "members", "人口": "members", "人数": "members", "联系电话": "phone", "电话": "phone", "手机号": "phone",
    "手机": "phone", "联系方式": "phone", "备注": "note", "说明": "note", "组别": "hamlet", "村民小组": "hamlet",
    "所属网格": "grid", "网格": "grid",
}  # fmt: skip
_LABEL = re.compile(rf"(?:^|(?<=[\s,，;；、。]))({'|'.join(sorted(_LABELS, key=len, reverse=True))})\s*[:：=]\s*")
_SPOKEN_LABEL = re.compile(r"(?:^|(?<=[\s,，;；、]))(?:户主|姓名|地址|住址|门牌|门牌号|家庭住址|住在|住)[:：]?\s*(?=\S)")
_LIVES = re.compile(
    rf"^([{HAN}·]{{2,6}}?)(?:他|她)?(?:家|同志)?(?:是|住在|住|在)"
    rf"(?=[{HAN}{DIGIT}]{{2,}}(?:{NUMERAL}|(?<=[路街巷弄道组队社庄村])\s+[{HAN}{DIGIT}]*{NUMERAL}))"
)
_SELF = re.compile(r"^(?:.{0,12}(?:搬到|搬至|迁到|迁至|住到)|(?:我们?家?|他家?|她家?|这家|家)?就?(?:住在|住|在|是|的)?)")
_BRACKETED = re.compile(rf"^([{HAN}·]{{2,6}}[（(][^)）]{{1,10}}[)）])(?=[{HAN}{DIGIT}])")
_ASIDE = re.compile(r"(?<=[家户])(?:被|给)?(?:漏登?了?|漏报了?|没登上?|没报上?|未登记?)(?=[，,\s])")
_WITHOUT_NUMBER = re.compile("没有?(?:门牌)?号|无(?:门牌)?号|没有?门牌|新建|新盖|待编|未编号")
_NUMBERED_GROUP = re.compile(rf"([{HAN}·]{{2,5}}?)((?:第?{NUMERAL}{{1,3}})(?:组|社|队).*)")
_PARTS = re.compile(rf"[;；。\n]+|(?<=[\S])\s+(?=[{DIGIT}]{{1,2}}\s*[.、．)）]\s*[{HAN}])|[，,、\s]+(?=还有|另外)")
_COUNTED_FIRST = re.compile(rf"[{HAN}·]{{2,5}}?家?[\s,，]*({NUMERAL}{{1,2}}|两)\s*(?:口人|个人|口|人)(?=[\s,，、])")
_MOST_LEFT_OVER = 6
_LONGEST_NAME = 5  # of one written in two parts; longer, the second part is a place
_TELLING = {"head", "address"}


def understand(text: str) -> dict[str, str] | None:
    """The cells of one message, None when it names no household. A correction keeps the whole sentence as note."""
    text = close_up(text)
    item = ITEM.match(text)
    body = text[item.end() :].strip() if item else text.strip()
    cells = {"seq": unicodedata.normalize("NFKC", item[0]).strip(" .、,():第户家[]【】")} if item else {}
    plain, led = without_lead(body)
    if labelled := key_values(plain):
        return cells | labelled if is_entry(labelled) else None
    if correction := read_correction(plain):
        return cells | correction
    found = _household(plain)
    if not found or not (_is_sure(found, plain) or (found.keys() >= _TELLING and (item or led)) or (item and _is_short(found))):
        return None
    if _CORRECTS.search(led) and "note" not in found:
        found["note"] = body
    return cells | found


def several(text: str) -> list[dict[str, str]]:
    """The households of a message that names more than one; one or none otherwise."""
    whole = understand(text)
    if whole and _CORRECTS.search(text):
        return [whole]
    pieces = [p.strip(" ，,、") for p in _PARTS.split(text) if p and p.strip(" ，,、")]
    found = [cells for cells in map(understand, pieces) if cells] if len(pieces) > 1 else []
    if len(found) > 1:
        return [cells for cells in map(understand, pieces) if cells]
    return [whole] if whole else []


def without_lead(body: str) -> tuple[str, str]:
    """(the message without "漏了一户", "补报：" and the like, what was taken off). Greetings go without being told."""
    taken = ""
    while polite := _POLITE.match(body):
        body = body[polite.end() :]
    while (match := LEAD.match(body)) and match.end() > 0:
        taken += match[0]
        body = body[match.end() :]
    return body.strip(), taken


def key_values(text: str, fewest: int = 2) -> dict[str, str]:
    """户主：… 地址：… 人口：… in one line or block; empty below `fewest` labels."""
    marks = list(_LABEL.finditer(text))
    if len(marks) < fewest or (marks and marks[0].start() > 0 and not ITEM.fullmatch(text[: marks[0].start()])):
        return {}
    cells: dict[str, str] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : following.start() if following else len(text)].strip(" ,，;；、。\n")
        if value:
            cells.setdefault(_LABELS[mark[1]], value)
    if "members" in cells and (counted := re.match(rf"({NUMERAL}{{1,2}}|两)", cells["members"])):
        cells["members"] = counted[1]
    if "address" in cells and (said := find_address(cells["address"])) and said["number"]:
        cells.pop("number", None)
    return cells


def is_entry(cells: dict[str, str]) -> bool:
    """Do labelled values name a household or a door?"""
    return "address" in cells or ("number" in cells and bool({"street", "hamlet", "head"} & cells.keys()))


def split_glued(address: str, places: set[str]) -> tuple[str, str]:
    """(name, address) where a name is glued to a place known from the other messages; ("", address) otherwise."""
    if match := _NUMBERED_GROUP.fullmatch(address):
        return (match[1], match[2]) if is_name(match[1]) else ("", address)
    for place in sorted(places, key=len, reverse=True):
        at = address.find(place)
        if 2 <= at <= 4 and is_name(address[:at]):
            return address[:at], address[at:]
    return "", address


def _is_sure(found: dict[str, str], body: str) -> bool:
    """Without an item number: a name with a numbered address or the people, or an address with next to nothing besides."""
    numbered = bool(re.search(NUMERAL, found["address"]))
    if "head" in found:
        return numbered or "members" in found or bool(_WITHOUT_NUMBER.search(found.get("note", "")))
    address = re.sub(r"\s", "", found["address"])
    left = len(re.sub(r"[\s,，。;；、]", "", body)) - len(address) - len(found.get("members", ""))
    return numbered and _is_short(found) and left <= _MOST_LEFT_OVER and bool(re.search(r"[号號#＃]|[0-9０-９]$", address))


def _is_short(found: dict[str, str]) -> bool:
    return len(found.get("note", "")) <= _MOST_LEFT_OVER and len(found["address"]) <= 40


def _household(body: str) -> dict[str, str] | None:
    """户主 地址 人数 in any order and with any separator."""
    body = _BRACKETED.sub(r"\1 ", _ASIDE.sub("", _SPOKEN_LABEL.sub("", body)))
    cells: dict[str, str] = {}
    if phone := PHONE.search(body):
        cells["phone"] = re.sub(r"[- ]", "", phone[1])
        body = f"{body[: phone.start()]} {body[phone.end() :]}".strip()
    if told := MEMBERS_LABELLED.search(body) or _COUNTED_FIRST.match(body):
        cells["members"] = told[1]
        start = told.start(1) if told.re is _COUNTED_FIRST else told.start()
        body = f"{body[:start]} {body[told.end() :]}".strip()
    head, rest = _split_name(body)
    address = find_address(rest)
    if not address or is_talk(_SELF.sub("", address["place"])):
        return None
    after, before = rest[address.end() :], rest[: address.start()]
    if not head:
        head, after = _name_after(after)
    if before.strip(" ,，、:：。"):
        after = f"{before.strip(' ,，、:：。')} {after}"
    cells |= {"head": clean_name(head)} if head else {}
    cells["address"] = _SELF.sub("", address[0].strip())
    return cells | _remainder(after, with_members="members" not in cells)


def _remainder(after: str, *, with_members: bool) -> dict[str, str]:
    """Number of people and remarks behind the address."""
    cells = {}
    members = next(filter(None, (p.search(after) for p in MEMBERS)), None) if with_members else None
    if members:
        cells["members"] = members[1]
        after = f"{after[: members.start()]} {after[members.end() :]}"
    if note := after.strip(" \u3000,，。;；、.!！~"):
        cells["note"] = note
    return cells


def _split_name(body: str) -> tuple[str, str]:
    """(name before the address, the rest); no name when the line begins with an address."""
    if lives := _LIVES.match(body):
        return (lives[1], body[lives.end() :]) if is_name(lives[1]) else ("", body)
    first, *rest = SEPARATOR.split(body, maxsplit=1)
    if not rest or not is_name(first):
        return "", body
    second, *others = SEPARATOR.split(rest[0], maxsplit=1)
    is_given = others and body[len(first)].isspace() and re.fullmatch(rf"[{HAN}]{{1,3}}", second) and is_name(first + second)
    if is_given and len(first) <= 3 and len(first + second) <= _LONGEST_NAME and find_address(others[0]):
        return f"{first} {second}", others[0]
    return first, rest[0]


def _name_after(rest: str) -> tuple[str, str]:
    match = NAME_AFTER.match(rest)
    return (match[1], rest[match.end() :]) if match and is_name(match[1]) else ("", rest)
