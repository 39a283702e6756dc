"""What the forms of the residents' door say, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from doorplate.cases.case import CaseKind, CaseStatus
from doorplate.china import minute_of
from doorplate.errors import DoorplateError, Unavailable
from webapp.languages import CHINESE, chosen

WAYS: Mapping[str, CaseKind] = {"ask": "ask", "report": "report", "book": "appointment", "chief": "direct"}
"""The last part of a form's address → the kind of matter it takes in."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """title: of the page; lead: what it is for, one sentence; label, hint: of the field for the text."""

    title: LazyString
    lead: LazyString
    label: LazyString
    hint: LazyString


KINDS: Mapping[CaseKind, KindWords] = {
    "ask": KindWords(_("咨询"), _("想问的事写在这里，由负责您这一片的人回答。"), _("您想问什么"),
                     _("写清是什么事，要办给谁。不用写身份证号。")),
    "report": KindWords(_("上报问题"), _("路灯坏了、门牌损坏、地址写错，或者别的不对的地方，告诉我们。"), _("哪里不对"),
                        _("写清在什么位置、从什么时候开始。能拍照就拍一张。")),
    "appointment": KindWords(_("预约办事"), _("先约好日子，去了不用久等。约上以后会有人答复您。"),
                             _("还有什么要说明（可以不写）"), _("比如行动不便、要带老人来。")),
    "direct": KindWords(_("所长直通车"), _("直接写给派出所所长。您点到名字的人看不到这件事。"), _("您想对所长说什么"),
                        _("写清是什么事、什么时候、涉及谁。")),
}

STEPS: tuple[tuple[CaseStatus, LazyString], ...] = (
    ("accepted", _("已受理")), ("routed", _("已分派")), ("settled", _("已办结")), ("answered", _("已反馈")),
)  # fmt: skip
TRAIL: Mapping[str, LazyString] = {
    "accepted": _("收到"), "routed": _("分派"), "escalated": _("超时未办，自动上转"), "noted": _("说明"), "settled": _("办结"),
    "answered": _("反馈"), "rated": _("您的评价"), "reopened": _("您要求再办"), "added": _("您的补充"),
    "withdrawn": _("您已撤回"),
}  # fmt: skip
STARS: tuple[tuple[int, LazyString], ...] = (
    (5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意")),
)  # fmt: skip
PARTS: Mapping[str, LazyString] = {"am": _("上午"), "pm": _("下午")}
_WEEKDAYS = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))

# The core speaks Chinese; these stand for its messages on pages in other languages.
_PROBLEMS: Mapping[str, LazyString] = {
    "case.no_words": _("请写几句，或者加照片、录音，说说是什么事。"),
    "case.too_long": _("写得太长了，请缩短一些。"),
    "case.category": _("请选一个类别。"),
    "case.service": _("请选要办的事。"),
    "case.day": _("请从列出的日子里选一天。"),
    "case.part": _("请选上午或下午。"),
    "case.about": _("请只从列出的名单里选。"),
    "case.phone": _("这个电话号码不对，请再看一遍。"),
    "case.consent": _("要留下姓名或电话，请先在下面打勾同意；不愿意就把它们清空。"),
    "case.too_many_photos": _("照片最多 6 张，请减少几张。"),
    "case.client_id": _("这一页没有完整打开，请再点一次“发送”。"),
    "case.unknown": _("回执编号和密码对不上。请对照回执再输一遍。"),
    "case.rating": _("请选 1 到 5 中的一个。"),
    "case.not_answered": _("这件事还没有答复，答复以后才能评价或要求再办。"),
    "case.rated": _("您已经评价过了。"),
    "case.reopened_enough": _("这件事已经要求再办过多次，请打电话找派出所。"),
    "case.closed": _("这件事已经结束，不能再补充。"),
}


def problem_words(exc: DoorplateError) -> str:
    """What went wrong, for a resident."""
    until = exc.details.get("until")
    if exc.code == "case.locked" and isinstance(until, datetime):
        return str(gettext("密码错了太多次，为保护您的内容，这个回执编号要到 %(time)s 以后才能再试。", time=minute_of(until)))
    if isinstance(exc, Unavailable):
        return str(gettext("现在连不上，请过几分钟再试。着急的事请直接打电话。"))
    if chosen() == CHINESE:
        return exc.message
    if exc.code.startswith("media."):
        return str(gettext("这个文件不能用。照片请用 JPG 或 PNG，每个不超过 10 MB；录音不超过 60 秒。"))
    return str(_PROBLEMS.get(exc.code) or gettext("这一项有问题，请改一改再发送。"))




def day_words(day: date) -> str:
    return f"{day.isoformat()} {_WEEKDAYS[day.weekday()]}"


def script_words() -> dict[str, str]:
    """What the scripts of the forms say, handed to them with the page."""
    return {
        "kept": gettext("写的内容随写随存在这部手机里，7 天后自动删除。"),
        "discard": gettext("清空重写"),
        "restored": gettext("上次没写完的内容还在，请接着写。"),
        "sending": gettext("正在发送…"),
        "waiting": gettext("还没有发出去。内容已存在这部手机里，有网络时自动发送。"),
        "busy": gettext("对方服务器暂时忙。内容已存在这部手机里，稍后自动再发。"),
        "photo_bad": gettext("这张照片打不开，请换一张。"),
        "photo_many": gettext("照片最多 6 张，多的没有加上。"),
        "photo_remove": gettext("去掉这张照片"),
        "photo": gettext("照片"),
        "record": gettext("按一下开始录音"),
        "stop": gettext("停止录音，还剩 {n} 秒"),
        "voice_remove": gettext("删掉这段录音"),
        "voice_denied": gettext("没有得到使用话筒的许可，可以改用文字。"),
        "received_late": gettext("您之前写的一件事已经自动发出，回执在“我的回执”里。"),
        "open": gettext("查看"),
    }
