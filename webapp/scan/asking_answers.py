"""How a form answers: the receipt, the form again with what is wrong, or where else to turn; as a page, or as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask import Response, jsonify
from flask_babel import gettext
from werkzeug.exceptions import UnsupportedMediaType

from doorplate.cases.case import CaseKind
from doorplate.cases_view import AskForm, Receipt
from doorplate.china import minute_of
from doorplate.errors import DoorplateError, InputError, NotFound, Unavailable
from doorplate.public_view import Current, PlateView
from webapp.form_guard import FormRefused
from webapp.languages import chosen
from webapp.reach import public_cases, public_registry
from webapp.scan.asking_form import MAX_PHOTOS, Filled
from webapp.scan.asking_words import KINDS, PARTS, WAYS, day_words, problem_words, script_words
from webapp.scan.form_pages import form_page, wants_json
from webapp.scan.open_plate import not_in_use

_STATUS: dict[type[DoorplateError], int] = {InputError: 400, NotFound: 404, Unavailable: 503}
WAY_OF = {kind: way for way, kind in WAYS.items()}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was not taken in. field: the name of the form's field, "" for the form as a whole. emergency: the words speak
    of one; the page shows whom to call, and then takes the matter all the same. wait_s: the same form will do after that."""

    code: str
    words: str
    status: int
    field: str = ""
    emergency: bool = False
    wait_s: float = 0


def problem_of(exc: DoorplateError) -> Problem:
    if isinstance(exc, FormRefused):
        return Problem(exc.code, str(exc.words), exc.status, wait_s=exc.wait_s)
    status = next((number for kind, number in _STATUS.items() if isinstance(exc, kind)), 409)
    return Problem(exc.code, problem_words(exc), status, str(exc.details.get("field", "")), exc.code == "case.emergency")


def refusal(problem: Problem) -> Response:
    """A problem for a program: {"code", "message", "field", "emergency"}."""
    answer = jsonify(code=problem.code, message=problem.words, field=problem.field, emergency=problem.emergency)
    answer.status_code = problem.status
    answer.headers["Cache-Control"] = "no-store"
    if problem.wait_s or problem.status == 503:
        answer.headers["Retry-After"] = str(math.ceil(problem.wait_s or 60))
    return answer


def form_again(code: str, kind: CaseKind, typed: Filled, problem: Problem) -> Response:
    if wants_json():
        return refusal(problem)
    try:
        return ask_page(code, public_cases().form(code, kind, chosen().code), typed, problem)
    except Unavailable:
        return closed(code, kind, typed.text)


def ask_page(code: str, form: AskForm, typed: Filled, problem: Problem | None) -> Response:
    """The form; typed: what stands in its fields."""
    answer = form_page(
        "scan/ask.html", problem.status if problem else 200, form=form, typed=typed, problem=problem, code=code,
        words=KINDS[form.kind], way=WAY_OF[form.kind], parts=PARTS, day_words=day_words, max_photos=MAX_PHOTOS,
        script_words=script_words())  # fmt: skip
    if problem and problem.wait_s:
        answer.headers["Retry-After"] = str(math.ceil(problem.wait_s))
    return answer


def receipt_answer(code: str, kind: CaseKind, receipt: Receipt) -> Response:
    """201: receipt and PIN stand in the body only, never in an address."""
    if not wants_json():
        return form_page("scan/receipt.html", 201, receipt=receipt, code=code, words=KINDS[kind], local_time=minute_of)
    answer = jsonify(receipt=receipt.number, pin=receipt.pin, asked_at=receipt.asked_at.isoformat(), hours=receipt.hours,
                     repeated=receipt.repeated)
    answer.status_code = 201
    answer.headers["Cache-Control"] = "no-store"
    return answer


def elsewhere(code: str) -> Response:
    """The page of a plate that is not in use: what became of it, or a warning. Raises NotFound when no matter can be taken in
    for a plate that is."""
    found = public_registry().resolve(code)
    if isinstance(found, Current):
        raise NotFound("plate.unknown", "这块门牌还不能在网上提交")
    return not_in_use(code, found)


def closed(code: str, kind: CaseKind, text: str) -> Response:
    """Nothing can be taken in just now: whom to call instead, and what was written, to be copied."""
    try:
        found = public_registry().resolve(code)
    except Unavailable:
        found = None
    if found is not None and not isinstance(found, Current):
        return not_in_use(code, found)
    view: PlateView | None = found.view if found else None
    answer = form_page("scan/ask_closed.html", 503, words=KINDS[kind], view=view, text=text, code=code)
    answer.headers["Retry-After"] = "60"
    return answer


def too_large(code: str, kind: CaseKind) -> Response:
    """413: the body was not read, so nothing of it can be shown again; the browser still has it."""
    if wants_json():
        return refusal(Problem("form.too_large", gettext("照片和录音加起来太大，没有收下。请去掉几张再发送。"), 413, "photos"))
    return form_page("scan/ask_too_large.html", 413, words=KINDS[kind], code=code, way=WAY_OF[kind])


def wrong_type() -> Response:
    """415: the body is no form."""
    if wants_json():
        return refusal(Problem("form.wrong_type", gettext("请用网页表单的格式发送（multipart/form-data）。"), 415))
    raise UnsupportedMediaType
