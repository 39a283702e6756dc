"""The desk's first page: who is signed in, what they hold today, and the rooms open to them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _

from webapp.access import may
from webapp.signing_in import actor

ROLES = {"sysadmin": _("系统管理员"), "auditor": _("审计员"), "registrar": _("门牌登记员"), "reviewer": _("审核员"),
         "printer": _("制牌员"), "chief": _("所长"), "officer": _("社区民警"), "auxiliary": _("辅警"), "grid_leader": _("网格长"),
         "grid_worker": _("网格员"), "group_leader": _("联户长")}
_ROOMS = (("desk.review", _("外勤审核"), _("手机报上来的更正、户情和安装，逐条看过再生效。")),
          ("field.shell", _("外勤工作"), _("在手机上打开，装到桌面，没有网络也能用。")))


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/", view_func=home)


@may("signed_in")
def home() -> Response:
    views = current_app.view_functions
    rooms = [(url_for(view), title, words) for view, title, words in _ROOMS if view in views]
    page = render_template("desk/home.html", actor=actor(), roles=ROLES, rooms=rooms, done=request.args.get("done", ""))
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
