"""Every route says who may call it, or nothing starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])

CALLERS = ("anyone", "packer", "staff", "monitor", "device", "signed_in", "odk")
"""anyone · packer, staff: who has a key of the command line · device: a registered phone · signed_in: an account at the desk ·
odk: an account whose name and password come with each request. What a caller may do there is decided behind the view."""


def may(who: str) -> Callable[[View], View]:
    """Declare who may call a view. Raises RuntimeError for a word that is not in CALLERS."""
    if who not in CALLERS:
        raise RuntimeError(f"@may({who!r}): 没有这种调用者, 现有: {'、'.join(CALLERS)}")

    def declare(view: View) -> View:
        view.__dict__["may"] = who
        return view

    return declare


def enforce(app: Flask, guards: Mapping[str, Callable[[], Response | None]]) -> None:
    """Before every view that not everybody may call, the guard of its caller decides: None lets in."""
    def guarded() -> Response | None:
        view = current_app.view_functions.get(request.endpoint or "")
        guard = guards.get(getattr(view, "may", "anyone"))
        return guard() if guard else None

    app.before_request(guarded)


def refuse_undeclared(app: Flask) -> None:
    """Raises RuntimeError naming the first route whose view lacks `@may(...)`."""
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "may", None) not in CALLERS:
            raise RuntimeError(f"路由 {rule.rule} ({rule.endpoint}) 没有用 @may(...) 声明谁可以访问, 拒绝启动")
