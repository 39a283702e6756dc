"""Messages that set another list right: X家门牌应为17号，不是179号 · X住17号，之前误登记成43号 · X的地址写错了，是…"""

from __future__ import annotations

import re

from doorplate.exchange.meaning.chat.patterns import NUMBER, NUMERAL, clean_name, find_address, is_name

_END = r"[^，,。;；!！\n]"
_WRONG = (
    re.compile(rf"(?:而?不是|而非|并非|不应是|不该是)\s*(?P<w>{_END}+)"),
    re.compile(
        rf"(?:之前|原来|以前|先前|表[里上]|原先|原|现在)?(?:都|被|把)?(?:误|错)?(?:登记|写|登|填|录入?|报)(?:成|为|作|的是)了?\s*(?P<w>{_END}+)"
    ),
    re.compile(
        rf"(?:表[里上]的?|表格[里上]?的?|原来的?|登记的?|之前的?)(?:是|写的?是?)?(?P<w>{_END}*?{NUMERAL}{_END}*?)(?:不对|有误|是?错的?了?|错误)"
    ),
    re.compile(rf"(?:由|从)?(?P<w>[^\s，,。;；:：]*?{NUMERAL}+\s*(?:号|號|#|＃)?)\s*(?=改成|改为|更正为|→|->|=>|变成|换成)"),
)
_RIGHT = re.compile(
    r"(?:应(?:该|当)?(?:是|为|在|住)|实际(?:上|地址|门牌)?(?:是|为|在)?|其实是|改(?:成|为)|更正为|变成|换成|→|->|=>|正确(?:的|地址|门牌)?(?:是|为)|"
    rf"(?:门牌号?|地址|号)为|住在?|是)[:：]?\s*(?P<r>{_END}*{NUMERAL}{_END}*)"
)
_SIGN = re.compile(
    r"不是|而非|并非|应(?:该|当)?(?:是|为|在)|误|错|不对|有问题|改成|改为|更正为|换成|变成|实际|其实|正确|→|->|=>|写成|登成|登记成"
)
_SAID_PLAINLY = re.compile(r"不是|而非|并非|不应是|误登|误写|错写|写成|登记成|登成")
_FAULT = re.compile("错|不对|有误|有问题")
_WHO = re.compile(
    r"^(?:请?把|将|麻烦把|表格?[里上]?[的把]?)?\s*(?P<who>.{2,14}?)(?:他|她)?(?:家|户)?的?(?:现?门牌号码?|门牌|地址|住址|号码?|门号|登记)?[是由从的,，:：\s]*"
    r"(?:(?:都|给|被)?(?:(?:写|登记?|填|报|搞|弄|录)?错了?|不对|有误|有问题)[,，。\s]*)?$"
)


def read_correction(body: str) -> dict[str, str] | None:
    """head, address (or only number, where no street is named) and the whole sentence as note; None for other talk."""
    if not _SIGN.search(body):
        return None
    wrong, rest = _take_wrong(body)
    right = _RIGHT.search(rest)
    who = _who(rest[: right.start()]) if right else ""
    if right is None or not who or (not wrong and right[0].startswith(("是", "住")) and not _FAULT.search(rest[: right.start()])):
        return None
    place = _place(right["r"].strip(), wrong)
    return {"head": who, **place, "note": _told(body, wrong)} if place else None


def _take_wrong(body: str) -> tuple[str, str]:
    """(what the message calls wrong, the message without it)."""
    for pattern in _WRONG:
        for match in pattern.finditer(body):
            if re.search(NUMERAL, match["w"]):
                told = re.sub(r"(?:了|的|是错的)+$", "", match["w"].strip())
                return told, f"{body[: match.start()]}，{body[match.end() :]}"
    return "", body


def _who(before: str) -> str:
    match = _WHO.match(before.strip(" ,，。"))
    name = clean_name(match["who"]) if match else ""
    return name if is_name(name) else ""


def _place(right: str, wrong: str) -> dict[str, str]:
    """The right address; a number alone takes the street that the wrong one names."""
    number = re.fullmatch(rf"({NUMBER}).*", right)
    found = find_address(right)
    if found and found["number"] and found.start() < (number.start(1) + 1 if number else len(right)):
        return {"address": right[found.start() : found.end()].strip()}
    if not number:
        return {}
    told = find_address(wrong)
    if told and told["number"]:
        return {"address": told["place"].strip() + number[1].strip()}
    return {"number": number[1].strip()}


def _told(body: str, wrong: str) -> str:
    """The sentence; what it calls wrong is added in one wording where it used another."""
    return f"{body}（不是{wrong}）" if wrong and not _SAID_PLAINLY.search(body) else body
