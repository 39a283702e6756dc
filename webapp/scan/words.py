"""Data put into words, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import gettext

from doorplate.model import ServiceItem
from webapp.languages import CHINESE, chosen
from webapp.reading import link


@dataclass(frozen=True, slots=True)
class Offer:
    """A service as the page shows it. translated: whether its title is in the language of the page; book: where to book a day
    for it, "" = not here."""

    title: str
    translated: bool
    words: str
    phone: str
    link: str
    book: str


def offer(item: ServiceItem, code: str, takes_bookings: bool) -> Offer:
    """A service at the door of a plate, in the language of the page."""
    said = item.in_language(chosen().code)
    book = ""
    if takes_bookings and item.appointment:
        path = link(f"/d/{code}/book")
        book = f"{path}{'&' if '?' in path else '?'}{urlencode({'service': item.id})}"
    translated = chosen() == CHINESE or said.title != item.title
    return Offer(said.title, translated, sentences(said, bool(book)), said.phone, said.link, book)


def sentences(item: ServiceItem, bookable: bool = False) -> str:
    """A service as a clerk would say it: where to go, when, what to bring, whether to book."""
    said = [_where(item)]
    if item.hours:
        said.append(gettext("%(hours)s开门。", hours=item.hours))
    if item.bring:
        said.append(gettext("请带：%(things)s。", things=gettext("、").join(item.bring)))
    if item.appointment is not None:
        said.append(_appointment(item.appointment, bookable))
    return ("" if chosen() == CHINESE else " ").join(filter(None, said))


def _appointment(needed: bool, bookable: bool) -> str:
    if not needed:
        return str(gettext("不用预约。"))
    return str(gettext("请先预约。") if bookable else gettext("请先打电话预约。"))


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
