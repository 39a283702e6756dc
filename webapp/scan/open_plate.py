"""GET /d/<CODE>: the page behind a plate."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template

from doorplate.plates.code import grouped, normalise
from doorplate.public_view import Current, PlateView, Retired, Unknown
from webapp.access import may
from webapp.plate_drawing import Painted, draw
from webapp.reach import public_registry, settings, takes_cases
from webapp.reading import here_by_query, link, page_path
from webapp.scan.emergency import police_sms
from webapp.scan.words import offer, role_word


@may("anyone")
def open_plate(code: str) -> Response:
    """200 for a plate in use, 410 for a retired one, 404 for anything else. The many ways to write a code lead to the
    one way by a temporary redirect; WeChat's `q` and every other parameter but the visitor's choices is ignored."""
    canonical = normalise(code.rstrip("/")) or ""
    if canonical and page_path() != f"/d/{canonical}":
        return to_plate(canonical)
    found = public_registry().resolve(canonical)
    if isinstance(found, Current):
        return _current(canonical, found.view)
    return not_in_use(canonical, found)


def not_in_use(canonical: str, found: Retired | Unknown) -> Response:
    """The page behind a code that stands for no plate in use, whatever was asked of it."""
    if isinstance(found, Retired):
        return make_response(render_template("scan/retired.html", found=found, code=grouped(canonical)), 410)
    # Byte for byte the same whatever was asked for: nobody learns which codes were ever given.
    return make_response(render_template("scan/unknown.html", found=found, here=here_by_query), 404)


def to_plate(canonical: str) -> Response:
    """A temporary redirect: a plate can be retired, and nothing may remember where it led."""
    return make_response(redirect(link(f"/d/{canonical}"), 302))


def _current(code: str, view: PlateView) -> Response:
    base_url = settings().base_url
    host = urlsplit(base_url).netloc
    url = f"{base_url}/d/{code}" if base_url else ""
    head, tail = _halves(view)
    takes_matters = takes_cases()
    page = render_template(
        "scan/plate.html",
        view=view,
        path=f"/d/{code}",
        address_head=head,
        address_tail=tail,
        role_word=role_word,
        services=[offer(item, code, takes_matters) for item in view.services],
        sms=police_sms(settings().police_sms, view.standard_address),
        takes_matters=takes_matters,
        host=host,
        base_url=base_url,
        drawing=draw(Painted(view.painted_street, view.painted_number, view.code, url, host, view.sample)),
    )
    return make_response(page)


def _halves(view: PlateView) -> tuple[str, str]:
    """The standard address, its painted end apart where it ends so: read in a glance, and still one text."""
    painted = view.painted_street + view.painted_number
    head = view.standard_address.removesuffix(painted)
    return (head, painted) if head != view.standard_address else ("", view.standard_address)
