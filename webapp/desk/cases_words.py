"""What the desk calls things, and how it tells time: days and hours are China's, clocks count down in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from doorplate.cases_desk_view import CaseRow

SOON = timedelta(hours=4)  # what is due within half a working day catches the eye (D)

SHOWS = MappingProxyType({"mine": _("归我办"), "open": _("办理中"), "overdue": _("已超时"), "done": _("已完成")})
KINDS = MappingProxyType({"ask": _("咨询"), "report": _("上报"), "appointment": _("预约"), "direct": _("所长直通车")})
STATUSES = MappingProxyType({"accepted": _("已受理"), "routed": _("办理中"), "settled": _("已办结，待反馈"),
                             "answered": _("已答复"), "withdrawn": _("居民已撤回")})
STEPS = MappingProxyType({
    "accepted": _("受理"), "routed": _("分流"), "escalated": _("超时上转"), "noted": _("备注"), "settled": _("办结"),
    "answered": _("反馈"), "rated": _("评价"), "reopened": _("退回重办"), "added": _("居民补充"), "withdrawn": _("撤回")})
HOWS = MappingProxyType({"phone": _("打了电话"), "visit": _("当面告知"), "page": _("居民在网页上看到了")})
WAY = (("accepted", _("受理")), ("routed", _("分流")), ("settled", _("办结")), ("answered", _("反馈")))
"""The four stations of a matter, in order."""

EMPTY: dict[str, tuple[LazyString, LazyString]] = {
    "mine": (_("您手上没有待办的事项。"), _("新的诉求到了会列在这里；可以看看“办理中”里有没有要帮忙的。")),
    "open": (_("您的辖区里没有正在办理的事项。"), _("居民扫门牌提交的诉求，会自动出现在这里。")),
    "overdue": (_("没有超时的事项。"), _("按时限办的都在“办理中”。")),
    "done": (_("还没有办完的事项。"), _("办结并答复居民以后，事项会移到这里。")),
}
DONE: dict[str, LazyString] = {
    "note": _("备注已记下，只有同事看得到。"), "route": _("已转交，新的时限从现在算起。"),
    "settle": _("已办结，居民凭回执号能看到答复。"), "answered": _("已登记反馈，这件事办完了。")}


def clock(row: CaseRow, now: datetime) -> str:
    """How much time is left, or how long ago it ran out; "" when nothing is due."""
    if row.due_at is None:
        return ""
    if now > row.due_at:
        return str(gettext("超时 %(span)s", span=_span(now - row.due_at)))
    return str(gettext("还剩 %(span)s", span=_span(row.due_at - now)))


def is_soon(row: CaseRow, now: datetime) -> bool:
    """Whether little time is left."""
    return row.due_at is not None and row.due_at - now < SOON


def _span(span: timedelta) -> str:
    """Two digits of time are enough to act on: 2 天 3 小时, 5 小时, 20 分钟."""
    minutes = max(1, int(span.total_seconds() // 60))
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return str(gettext("%(days)s 天 %(hours)s 小时", days=days, hours=hours) if hours else gettext("%(days)s 天", days=days))
    if hours:
        return str(gettext("%(hours)s 小时", hours=hours))
    return str(gettext("%(minutes)s 分钟", minutes=minutes))
