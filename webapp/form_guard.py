"""Forms that people fill in and programs do not, without cookies, captchas or anything kept about the visitor.

A form carries a signed token that says when it was shown, and a field no person sees. Both go back with it: what was sent
faster than a person reads, was never shown by us, or fills the unseen field, is not taken in. Nothing is lost by a refusal:
the view shows the form again with what was typed, and the same token, which meanwhile has become old enough.

In a template: `{{ form_guard() }}` inside the form. In the view, after the length of the body was checked: `check_form()`.
Scripts that keep a form longer than a token lives (a draft that waits for the network) fetch a new one from `/form-token`
and wait its `wait_ms` before they send.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from itsdangerous import BadSignature, Signer
from markupsafe import Markup

from doorplate.errors import Refused
from webapp.access import may

TOKEN_FIELD, UNSEEN_FIELD = "form_token", "leave_empty"
LASTS_S = 24 * 3600  # a form filled in over a day is a form found in an old tab (D)

Reason = Literal["early", "expired", "forged", "unseen", "elsewhere"]
_WORDS: dict[Reason, LazyString] = {
    "early": _("发送得太快，系统要确认不是机器在填。您写的都还在，请再点一次“发送”。"),
    "expired": _("这一页打开太久了。您写的都还在，请再点一次“发送”。"),
    "forged": _("这一页没有完整打开。您写的都还在，请再点一次“发送”。"),
    "unseen": _("“请留空”一栏里有内容，请清空后再发送。"),
    "elsewhere": _("这次提交不是从我们的网页发出的，没有接收。请扫门牌上的二维码，从打开的网页里填写。"),
}


class FormRefused(Refused):
    """A form that is not taken in. code: `form.<reason>`; words: for the visitor, in the language of the page;
    wait_s: after so many seconds the same form will do (0 = at once, or not by waiting)."""

    def __init__(self, reason: Reason, wait_s: float = 0) -> None:
        super().__init__(f"form.{reason}", str(_WORDS[reason]))
        self.reason, self.words, self.wait_s = reason, _WORDS[reason], wait_s

    @property
    def status(self) -> int:
        """What HTTP calls it."""
        return 429 if self.reason == "early" else 400


@dataclass(frozen=True)
class Guard:
    """patience_s: the time no person is faster than; now: seconds since 1970."""

    signer: Signer
    patience_s: float
    now: Callable[[], float] = time.time

    def token(self) -> str:
        """A fresh one: whole milliseconds since 1970, never one that is still to come, signed."""
        return self.signer.sign(str(int(self.now() * 1000))).decode("ascii")

    def age_s(self, token: str) -> float | None:
        """How long ago a token was given; None for one that is not ours."""
        try:
            return self.now() - int(self.signer.unsign(token.encode("utf-8", "replace"))) / 1000
        except (BadSignature, ValueError):
            return None

    def still_good(self, token: str) -> bool:
        age = self.age_s(token)
        return age is not None and age <= LASTS_S


def install(app: Flask, key: str, patience_s: float) -> None:
    """key: signs the tokens; the same for all processes of an installation, so that a form outlives a restart."""
    signer = Signer(key, salt="doorplate.form", key_derivation="hmac", digest_method=hashlib.sha256)
    app.extensions["doorplate.form_guard"] = Guard(signer, patience_s)
    app.add_template_global(form_guard)
    app.add_url_rule("/form-token", view_func=form_token)


def form_guard() -> Markup:
    """The hidden fields. A form that is shown again keeps its token while it is good: nobody is asked to wait twice."""
    sent = request.form.get(TOKEN_FIELD, "") if request.method == "POST" else ""
    token = sent if _guard().still_good(sent) else _guard().token()
    return Markup(render_template("form_guard.html", token=token, token_field=TOKEN_FIELD, unseen_field=UNSEEN_FIELD))  # noqa: S704


def check_form() -> None:
    """Raises FormRefused unless this request's form was shown by us, to a person, a little while ago."""
    if not came_from_here():
        raise FormRefused("elsewhere")
    age = _guard().age_s(request.form.get(TOKEN_FIELD, ""))
    if age is None:
        raise FormRefused("forged")
    if age > LASTS_S:
        raise FormRefused("expired")
    if request.form.get(UNSEEN_FIELD, "").strip():
        raise FormRefused("unseen")
    if age < _guard().patience_s:
        raise FormRefused("early", wait_s=_guard().patience_s - age)


@may("anyone")
def form_token() -> Response:
    """For scripts: {"field": name of the form field, "token": its value, "wait_ms": send no sooner than that}."""
    wait_ms = round(_guard().patience_s * 1000) + 50  # two clocks never run quite alike
    answer = jsonify({"field": TOKEN_FIELD, "token": _guard().token(), "wait_ms": wait_ms})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def came_from_here() -> bool:
    """What the browser says of where the form was. `Origin: null` says nothing: our own pages send it too (Fetch, "append a
    request Origin header": always so under `Referrer-Policy: no-referrer`); then the token alone decides."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc == request.host


def _guard() -> Guard:
    return cast(Guard, current_app.extensions["doorplate.form_guard"])
