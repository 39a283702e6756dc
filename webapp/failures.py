"""What goes wrong, as a calm page: what happened, what it means, what to do. Never a traceback."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import HTTPException

from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from webapp.form_guard import FormRefused


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one failure page."""

    title: LazyString
    meaning: LazyString
    advice: LazyString


_SCAN_AGAIN = _("请重新扫描墙上的二维码，或者回到首页手工输入编码。")
_START_AGAIN = _("请回到首页重新开始。")
_LATER = _("请过几分钟再试。着急的事请直接打电话。")
_NOT_OURS = _("请核对墙上的二维码，必要时拨打 110 或 12345 反映。")

_WORDS = {
    400: Words(_("这个网址写得不对"), _("服务器看不懂这次请求。"), _SCAN_AGAIN),
    403: Words(_("这一页不对外开放"), _("您要看的内容不在公开范围内。"), _("如果您是工作人员，请从工作入口登录。")),
    404: Words(_("没有这一页"), _("这个网址下没有内容，可能是抄漏了一段。"), _SCAN_AGAIN),
    405: Words(_("这一页只能查看"), _("这个网址不接受提交内容。"), _START_AGAIN),
    413: Words(_("提交的内容太大"), _("服务器没有接收这次提交。"), _("请减少内容后再试一次。")),
    414: Words(_("这个网址太长"), _("正常的门牌网址很短，这个网址不是我们的门牌。"), _NOT_OURS),
    429: Words(_("请求太频繁"), _("短时间内查询次数过多，暂时停一停。"), _("请过一分钟再试。着急的事请直接打电话。")),
    503: Words(_("暂时查不到"), _("门牌数据库暂时没有响应。"), _LATER),
}
_OUR_FAULT = Words(_("页面暂时打不开"), _("服务器出了一点问题，与您的手机无关，已记录下来。"), _LATER)

# Only here do our errors become HTTP numbers.
_STATUS: dict[type[DoorplateError], int] = {InputError: 400, NotPermitted: 403, NotFound: 404, Refused: 409, Unavailable: 503}
_KEPT_HEADERS = ("Allow", "Retry-After")


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_failure)
    app.register_error_handler(DoorplateError, _our_failure)
    app.register_error_handler(FormRefused, _form_refused)


def failure_page(status: int) -> Response:
    """The page for an HTTP status, in the language of the request."""
    words = _WORDS.get(status) or (_WORDS[400] if status < 500 else _OUR_FAULT)
    return make_response(render_template("failure.html", words=words, status=status), status)


def _http_failure(exc: HTTPException) -> Response:
    response = failure_page(exc.code or 500)
    for name, value in exc.get_headers():
        if name in _KEPT_HEADERS:
            response.headers[name] = value
    return response


def _form_refused(exc: FormRefused) -> Response:
    """For views that show no form again."""
    words = Words(_("没有发送成功"), exc.words, _START_AGAIN)
    response = make_response(render_template("failure.html", words=words, status=exc.status), exc.status)
    if exc.wait_s:
        response.headers["Retry-After"] = str(math.ceil(exc.wait_s))
    return response


def _our_failure(exc: DoorplateError) -> Response:
    status = next((number for kind, number in _STATUS.items() if isinstance(exc, kind)), 500)
    response = failure_page(status)
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response
