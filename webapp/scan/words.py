"""Data put into words, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext

from doorplate.model import ServiceItem
from webapp.languages import CHINESE, chosen


def sentences(item: ServiceItem) -> str:
    """A service as a clerk would say it: where to go, when, what to bring, whether to book."""
    said = [_where(item)]
    if item.hours:
        said.append(gettext("%(hours)s开门。", hours=item.hours))
    if item.bring:
        said.append(gettext("请带：%(things)s。", things=gettext("、").join(item.bring)))
    if item.appointment is not None:
        said.append(gettext("请先打电话预约。") if item.appointment else gettext("不用预约。"))
    return ("" if chosen() == CHINESE else " ").join(filter(None, said))


def _where(item: ServiceItem) -> str:
    if item.where and item.who:
        return str(gettext("去%(where)s，由%(who)s办理。", where=item.where, who=item.who))
    if item.where:
        return str(gettext("去%(where)s办理。", where=item.where))
    return str(gettext("由%(who)s办理。", who=item.who)) if item.who else ""


def role_word(role: str) -> str:
    """An official role; one that no catalogue knows is shown as it is written."""
    return str(gettext(role)) if role in _ROLES else role


def _(role: str) -> str:
    """Marks a word for the catalogue; it is translated per request, not at import."""
    return role


_ROLES = frozenset(
    {
        _("社区民警"),
        _("驻村民警"),
        _("包村民警"),
        _("责任区民警"),
        _("警务助理"),
        _("警务助理（网格长）"),
        _("辅警"),
        _("网格长"),
        _("网格员"),
        _("专职网格员"),
        _("村党支部书记"),
        _("村委会主任"),
        _("治保主任"),
        _("社区书记"),
        _("社区主任"),
        _("联户长"),
    }
)
