"""What a chat program puts around a message: senders, dates and times, quotations, its own announcements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["message", "frame", "system", "quote"]

_DATE = (
    r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?|\d{1,2}月\d{1,2}日|\d{1,2}[-/]\d{1,2}(?=\s+\d{1,2}[:：])|昨天|前天|今天|"
    r"(?:星期|周|礼拜)[一二三四五六日天])"
)
_TIME = r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\s*[AaPp][Mm])?"
_STAMP = rf"[\[【(（]?\s*(?:{_DATE}[\sT,，]*)*(?:{_TIME})\s*[\]】)）]?"
_DAY = re.compile(rf"[-—=\s*]*{_DATE}(?:\s*(?:星期|周).)?[-—=\s*]*")
_BEFORE = re.compile(rf"{_STAMP}[\s,，:：]*")
_AFTER = re.compile(rf"(?P<who>\S.{{0,24}}?)\s+{_STAMP}\s*[:：]?\s*(?P<said>.*)")
_SPEAKER = re.compile(r"(?P<who>[^:：\s][^:：]{0,19})[:：]\s*(?P<said>.+)")
_RULE = re.compile(r"[-—─_=*~·.。…\s]{3,}")
_SYSTEM = re.compile(
    r"撤回了?一条消息|加入了?群聊|移出了?群聊|退出了?群聊|修改群名|拍了拍|以下(?:是|为)新消息|^\[[^\]]{1,8}\]$|^【(?:图片|语音|视频|文件|表情)】$|"
    r"邀请.{1,30}(?:加入|进群)|群公告|红包|https?://|^#?\s*群?接龙|^消息(?:类型|已)|聊天记录$|工作群$"
)
_EXAMPLE = re.compile(r"^[(（]?(?:格式|示例|例如?|样例|模板|举例|比如)[:：)）\s]")


@dataclass(frozen=True, slots=True)
class Said:
    """One line without what surrounds it. kind: message; frame = sender or date; system = announcements, pictures,
    examples; quote = somebody else's message repeated."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Opener:
    """Takes lines out of their envelopes, in order: a quotation may go over several lines."""

    quoting: str = ""

    def open(self, line: str) -> Said:
        text = line.strip().strip("\ufeff\u200b\u2068\u2069\u200e")
        if self.quoting:
            self.quoting = "" if self.quoting in text else self.quoting
            return Said("quote", text.strip('「」『』"“” '))
        if text.startswith(("「", "『")):
            close = "」" if text[0] == "「" else "』"
            inner, found, after = text[1:].partition(close)
            self.quoting = "" if found else close
            return Said("message", after.strip()) if after.strip(" -—:：") else Said("quote", _spoken(inner))
        return Said(*_classified(text))


def _classified(text: str) -> tuple[Kind, str]:
    if not text or _RULE.fullmatch(text) or _DAY.fullmatch(text):
        return "frame", text
    if _SYSTEM.search(text) or _EXAMPLE.match(text):
        return "system", text
    if before := _BEFORE.match(text):
        rest = text[before.end() :]
        speaker = _SPEAKER.fullmatch(rest)
        return ("message", speaker["said"]) if speaker else ("frame" if len(rest) <= 24 else "message", rest)
    if after := _AFTER.fullmatch(text):
        return ("message", after["said"]) if after["said"] else ("frame", text)
    return "message", text


def _spoken(quoted: str) -> str:
    speaker = _SPEAKER.fullmatch(quoted)
    return speaker["said"] if speaker else quoted


def without_speaker(text: str) -> str:
    """名字：message → message; "" when no name stands before it."""
    speaker = _SPEAKER.fullmatch(text)
    return speaker["said"] if speaker else ""
