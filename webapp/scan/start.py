"""GET /: what this is, and a field for a code that no camera will read."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from doorplate.plates.code import grouped, is_valid, normalise
from doorplate.public_view import Current, Retired
from webapp.access import may
from webapp.reach import public_registry
from webapp.scan.open_plate import to_plate

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
    character does not fit was mistyped (or invented): better said here than taken for a forged plate."""
    typed = request.args.get("code", "").strip()
    # People paste the whole address from the plate as well.
    canonical = normalise(typed.split("?")[0].rstrip("/").rsplit("/", 1)[-1])
    if canonical and is_valid(canonical):
        return to_plate(canonical)
    page = render_template("scan/start.html", typed=typed[:_LONGEST], miscopied=canonical is not None, samples=_samples())
    return make_response(page, 400 if typed else 200)


def _samples() -> list[Sample]:
    return [_sample(code) for code in public_registry().samples()]


def _sample(code: str) -> Sample:
    found = public_registry().resolve(code)
    if isinstance(found, Current):
        return Sample(code, grouped(code), "in-use", found.view.painted_street + found.view.painted_number)
    if isinstance(found, Retired):
        return Sample(code, grouped(code), "retired", _("一块已停用的门牌"))
    return Sample(code, grouped(code), "forged", _("一块伪造的门牌"))
