"""The overview: where every village stands, and the way from each figure to its records."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, request

from doorplate.errors import DoorplateError
from doorplate.overview_view import DEFECTS, Overview, OverviewPage
from webapp.access import may
from webapp.desk import overview_words
from webapp.desk.pages import failed, page, page_number, to
from webapp.desk.rooms import may_enter
from webapp.reach import opened
from webapp.signing_in import actor

_CHART_HEIGHT, _BAR, _GAP = 120, 14, 8  # user units


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/overview/", view_func=overview)


@may("signed_in")
def overview() -> Response:
    told = request.args.get
    within = told("within", "") if told("within", "").isdigit() else ""
    try:
        found = cast(Overview, opened("doorplate.overview")).overview(
            actor(), within[:12], told("order", ""), page_number(told("page", "1")))
    except DoorplateError as exc:
        return failed(exc, to("home"))
    return page("desk/overview.html", found=found, defects=DEFECTS, words=overview_words, bars=_bars(found), height=_CHART_HEIGHT,
                opens=may_enter(actor(), "register.see"), width=len(found.weeks) * (2 * _BAR + _GAP))


def _bars(found: OverviewPage) -> list[tuple[str, float, float, str]]:
    """(which, x, height, words) of each bar of the weeks."""
    highest = max((max(verified, mounted) for _, verified, mounted in found.weeks), default=0) or 1
    bars = []
    for number, (monday, *counts) in enumerate(found.weeks):
        for which, (kind, count) in enumerate(zip(("verified", "mounted"), counts, strict=True)):
            x = number * (2 * _BAR + _GAP) + which * _BAR
            bars.append((kind, float(x), round(count / highest * (_CHART_HEIGHT - 10), 1), f"{monday} {count}"))
    return bars
