"""GET and POST /follow: a resident follows a matter with receipt and PIN, without an account.

Each answer carries a pass (`following_pass`) that stands for receipt and PIN in what is done next: more words, a rating, once
more, withdrawing, and the pictures. With `Accept: application/json` the matter comes as data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from flask import abort, jsonify, make_response, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from doorplate.cases_view import FollowView, PublicCases
from doorplate.china import minute_of
from doorplate.errors import InputError, NotFound, Refused, Unavailable
from webapp.access import may
from webapp.reach import public_cases
from webapp.scan.asking_answers import Problem, problem_of, refusal
from webapp.scan.asking_form import MAX_BODY, open_body, photos, plain
from webapp.scan.asking_words import KINDS, PARTS, STARS, STEPS, TRAIL, day_words, script_words
from webapp.scan.following_pass import Held, issue, read
from webapp.scan.form_pages import form_page, wants_json

_SMALL_BODY = 64 * 1024
_LONGEST = 40  # characters of a receipt as people type it
_EXPIRED = _("为保护您的内容，这一页半小时后要再输一次编号和密码。")


@dataclass(frozen=True, slots=True)
class Typed:
    """receipt: shown again, the PIN never. words: what was written for a matter whose pass had run out."""

    receipt: str = ""
    words: str = ""


@may("anyone")
def ask_for_receipt() -> Response:
    return _entry(Typed())


@may("anyone")
def follow() -> Response:
    """The matter; a wrong pair and an unknown receipt are answered alike."""
    open_body(request, _SMALL_BODY)
    held = Held(request.form.get("receipt", "").strip()[:_LONGEST], request.form.get("pin", "").strip()[:_LONGEST])
    try:
        return _matter(held, public_cases().follow(held.receipt, held.pin))
    except (NotFound, Refused, InputError, Unavailable) as exc:
        return refusal(problem_of(exc)) if wants_json() else _entry(Typed(held.receipt), problem_of(exc))


@may("anyone")
def act(what: str) -> Response:
    """add, rate, reopen or withdraw; the matter as it then is, or as it is with what went wrong."""
    try:
        open_body(request, MAX_BODY if what == "add" else _SMALL_BODY)
    except RequestEntityTooLarge:
        return form_page("scan/follow_too_large.html", 413)
    held, words = read(request.form.get("pass", "")), plain(request.form.get("words", ""))
    if held is None or held.file_id:
        return _expired(words)
    try:
        return _matter(held, _ACTS[what](public_cases(), held, words), done=what)
    except NotFound:
        return _expired(words)
    except Unavailable as exc:
        return refusal(problem_of(exc)) if wants_json() else _entry(Typed(held.receipt, words), problem_of(exc))
    except (InputError, Refused) as exc:
        problem = replace(problem_of(exc), field=what)
        return refusal(problem) if wants_json() else _matter(held, public_cases().follow(held.receipt, held.pin), problem, words)


@may("anyone")
def file(text: str) -> Response:
    """A picture or voice note, to who was shown the matter in the last half hour."""
    held = read(text)
    if held is None or not held.file_id:
        abort(404)
    mimetype, data = public_cases().file(held.receipt, held.pin, held.file_id)
    answer = make_response(data)
    answer.mimetype = mimetype
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline"
    return answer.make_conditional(request, accept_ranges=True, complete_length=len(data))


_ACTS: dict[str, Callable[[PublicCases, Held, str], FollowView]] = {
    "add": lambda cases, held, words: cases.add(held.receipt, held.pin, words, photos()),
    "rate": lambda cases, held, words: cases.rate(held.receipt, held.pin, request.form.get("stars", type=int, default=0)),
    "reopen": lambda cases, held, words: cases.reopen(held.receipt, held.pin, words),
    "withdraw": lambda cases, held, words: cases.withdraw(held.receipt, held.pin),
}


def _entry(typed: Typed, problem: Problem | None = None) -> Response:
    return form_page("scan/follow.html", problem.status if problem else 200, typed=typed, problem=problem,
                     script_words=script_words())


def _expired(words: str) -> Response:
    problem = Problem("case.pass", str(_EXPIRED), 403)
    return refusal(problem) if wants_json() else _entry(Typed(words=words), problem)


def _matter(held: Held, view: FollowView, problem: Problem | None = None, words: str = "", done: str = "") -> Response:
    links = {one.id: f"/follow/file/{issue(replace(held, file_id=one.id))}" for one in view.files}
    if wants_json():
        return _as_data(view, issue(held), links)
    return form_page(
        "scan/matter.html", problem.status if problem else 200, view=view, links=links, follow_pass=issue(held), problem=problem,
        typed_words=words, done=done, kind_words=KINDS[view.kind], steps=STEPS, trail=TRAIL, stars=STARS, parts=PARTS,
        day_words=day_words, local_time=minute_of)  # fmt: skip


def _as_data(view: FollowView, follow_pass: str, links: dict[str, str]) -> Response:
    """The matter for a program: the fields of `FollowView`, times as ISO 8601, files with their address, and the pass."""
    facts: dict[str, Any] = asdict(view, dict_factory=lambda pairs: {name: _plain(value) for name, value in pairs})
    facts["files"] = [{**one, "url": links[one["id"]]} for one in facts["files"]]
    answer = jsonify(facts | {"pass": follow_pass})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
