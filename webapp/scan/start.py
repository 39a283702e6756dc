"""GET /: what this is, and a field for a code that no camera will read."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request
from flask_babel import gettext as _

from doorplate.plates.code import grouped, is_valid, normalise
from doorplate.public_view import Current, Retired
from webapp.access import may
from webapp.reach import public_registry, settings
from webapp.reading import link
from webapp.scan.open_plate import open_plate, to_plate
from webapp.scan.wechat import code_in_link

_LONGEST = 200  # characters of a mistyped code that are shown again


@dataclass(frozen=True, slots=True)
class Sample:
    """A plate of the demo to try. kind: in-use, retired or forged."""

    code: str
    grouped: str
    kind: str
    words: str


@may("anyone")
def start() -> Response:
    """The start page; with `?code=` straight to the plate, or back to the field with what was typed. A code whose check
    character does not fit was mistyped (or invented): better said here than taken for a forged plate. With WeChat's `?q=` as if
    the link in it had been opened."""
    if "q" in request.args:
        return _scanned(request.args["q"])
    typed = request.args.get("code", "").strip()
    # People paste the whole address from the plate as well.
    canonical = normalise(typed.split("?")[0].rstrip("/").rsplit("/", 1)[-1])
    if canonical and is_valid(canonical):
        return to_plate(canonical)
    page = render_template("scan/start.html", typed=typed[:_LONGEST], miscopied=canonical is not None, samples=_samples())
    return make_response(page, 400 if typed else 200)


@may("anyone")
def start_of_plates() -> Response:
    """GET /d/: the folder of WeChat's rule; without a link in `q` there is nothing to see but the start page."""
    return _scanned(request.args["q"]) if "q" in request.args else make_response(redirect(link("/"), 302))


def _scanned(link_in_q: str) -> Response:
    """To the plate of a link of ours; any other link leads nowhere and is not repeated."""
    canonical = code_in_link(link_in_q, settings().base_url)
    return to_plate(canonical) if canonical else open_plate("")


def _samples() -> list[Sample]:
    return [_sample(code) for code in public_registry().samples()]


def _sample(code: str) -> Sample:
    found = public_registry().resolve(code)
    if isinstance(found, Current):
        return Sample(code, grouped(code), "in-use", found.view.painted_street + found.view.painted_number)
    if isinstance(found, Retired):
        return Sample(code, grouped(code), "retired", _("一块已停用的门牌"))
    return Sample(code, grouped(code), "forged", _("一块伪造的门牌"))
