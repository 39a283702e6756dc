"""GET and POST /d/<CODE>/{ask,report,book,chief}: a resident asks, reports, books, or writes to the station's chief.

With `Accept: application/json` the same addresses are the door's API: 201 with the receipt, or the problem by field.
"""

from __future__ import annotations

from flask import redirect, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wrappers import Response

from doorplate.errors import InputError, NotFound, Refused, Unavailable
from doorplate.plates.code import normalise
from webapp.access import may
from webapp.form_guard import check_form
from webapp.languages import chosen
from webapp.reach import public_cases
from webapp.scan import asking_answers as answers
from webapp.scan.asking_form import ask_request, empty, filled, open_body
from webapp.scan.asking_words import WAYS
from webapp.scan.form_pages import wants_json


@may("anyone")
def show_form(code: str, way: str) -> Response:
    """The form; another spelling of the code leads to the one way to write it. A plate that is not in use has its own page."""
    canonical = normalise(code) or ""
    if canonical and canonical != code:
        query = request.query_string.decode("ascii", "replace")
        return redirect(f"/d/{canonical}/{way}" + (f"?{query}" if query else ""), 302)
    try:
        return answers.ask_page(canonical, public_cases().form(canonical, WAYS[way], chosen().code), empty(), None)
    except NotFound:
        return answers.elsewhere(canonical)
    except Unavailable:
        return answers.closed(canonical, WAYS[way], "")


@may("anyone")
def take_in(code: str, way: str) -> Response:
    """201 with the receipt. 4xx shows the form again with what was typed, and what is wrong beside its field."""
    canonical, kind = normalise(code) or "", WAYS[way]
    try:
        open_body(request)
    except RequestEntityTooLarge:
        return answers.too_large(canonical, kind)
    except UnsupportedMediaType:
        return answers.wrong_type()
    typed = filled()
    try:
        check_form()
        return answers.receipt_answer(canonical, kind, public_cases().ask(ask_request(canonical, kind, typed)))
    except NotFound as exc:
        return answers.refusal(answers.problem_of(exc)) if wants_json() else answers.elsewhere(canonical)
    except Unavailable as exc:
        return answers.refusal(answers.problem_of(exc)) if wants_json() else answers.closed(canonical, kind, typed.text)
    except (InputError, Refused) as exc:
        return answers.form_again(canonical, kind, typed, answers.problem_of(exc))
