"""A resident fills in a form: what is taken in, what is shown again with what is wrong, and what is never lost."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from memory_cases import CONSENT, JPEG, MemoryCases
from memory_registry import GONE, IN_USE, NEVER_ISSUED, RETIRED, MemoryRegistry
from werkzeug.test import TestResponse
from wire import BASE_URL

from doorplate.settings import Settings
from webapp import create_app

JSON = {"Accept": "application/json"}
QUESTION = {"category": "other", "text": "垃圾车几点来?"}


@pytest.fixture
def cases() -> MemoryCases:
    return MemoryCases()


@pytest.fixture
def resident(registry: MemoryRegistry, cases: MemoryCases) -> FlaskClient:
    return create_app(Settings(base_url=BASE_URL, form_patience_s=0), registry, cases=cases, form_key="k" * 32).test_client()


def hidden(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(client_id|form_token|category)" value="([^"]*)"', page.text))


def send(resident: FlaskClient, way: str, fields: dict[str, object], **options: object) -> TestResponse:
    opened = resident.get(f"/d/{IN_USE}/{way}")
    data = {**hidden(opened), **fields}
    return resident.post(f"/d/{IN_USE}/{way}", data=data, content_type="multipart/form-data", **options)


def photo(n: int = 1) -> tuple[io.BytesIO, str]:
    return io.BytesIO(JPEG), f"{n}.jpg"


def test_a_question_becomes_a_receipt_that_no_address_ever_holds(resident: FlaskClient, cases: MemoryCases) -> None:
    answer = send(resident, "ask", QUESTION)
    [matter] = cases.matters
    assert answer.status_code == 201
    assert "Location" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert matter.receipt.number in answer.text
    assert matter.receipt.pin in answer.text
    assert (matter.request.plate_code, matter.request.kind, matter.request.text) == (IN_USE, "ask", "垃圾车几点来?")
    assert "Set-Cookie" not in answer.headers


def test_the_same_form_sent_again_is_the_same_matter(resident: FlaskClient, cases: MemoryCases) -> None:
    fields = {**hidden(resident.get(f"/d/{IN_USE}/ask")), **QUESTION}
    answers = [resident.post(f"/d/{IN_USE}/ask", data=fields) for _ in range(5)]
    assert [one.status_code for one in answers] == [201] * 5
    assert len(cases.matters) == 1
    assert "没有重复登记" in answers[-1].text


def test_each_view_of_a_form_is_another_matter(resident: FlaskClient) -> None:
    seen = {hidden(resident.get(f"/d/{IN_USE}/ask"))["client_id"] for _ in range(5)}
    assert len(seen) == 5
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in seen)


def test_six_photos_and_a_voice_note_go_along(resident: FlaskClient, cases: MemoryCases) -> None:
    files = {"photos": [photo(n) for n in range(6)], "voice": (io.BytesIO(b"sound"), "v.m4a")}
    assert send(resident, "report", {"category": "plate", "text": "掉了", **files}).status_code == 201
    request = cases.matters[0].request
    assert [one.name for one in request.photos] == [f"{n}.jpg" for n in range(6)]
    assert request.voice is not None


def test_empty_file_fields_are_no_files(resident: FlaskClient, cases: MemoryCases) -> None:
    assert send(resident, "ask", {**QUESTION, "photos": (io.BytesIO(b""), ""), "voice": (io.BytesIO(b""), "")}).status_code == 201
    assert (cases.matters[0].request.photos, cases.matters[0].request.voice) == ([], None)


def test_an_appointment(resident: FlaskClient, cases: MemoryCases) -> None:
    opened = resident.get(f"/d/{IN_USE}/book?service=id-card")
    assert re.search(r'value="id-card"[^>]* selected', opened.text)
    answer = send(resident, "book", {"service_id": "id-card", "wanted_day": "2026-11-25", "wanted_part": "am"})
    assert answer.status_code == 201
    assert str(cases.matters[0].request.wanted_day) == "2026-11-25"


def test_the_direct_line_names_people(resident: FlaskClient, cases: MemoryCases) -> None:
    assert send(resident, "chief", {"text": "态度不好", "about": ["s1", "s3"]}).status_code == 201
    assert (cases.matters[0].request.kind, cases.matters[0].request.about) == ("direct", ("s1", "s3"))


BOOKING = {"service_id": "id-card", "wanted_day": "2026-11-25", "wanted_part": "am"}
WRONG = [
    ("ask", {**QUESTION, "category": "nonsense"}, "category"),
    ("ask", {"text": "没选类别"}, "category"),
    ("ask", {**QUESTION, "text": "  "}, "text"),
    ("ask", {**QUESTION, "name": "测试"}, "consent"),
    ("ask", {**QUESTION, "phone": "13900000000", "consent": "another version"}, "consent"),
    ("ask", {**QUESTION, "photos": [photo(n) for n in range(7)]}, "photos"),
    ("ask", {**QUESTION, "photos": (io.BytesIO(b"<svg/>"), "x.svg")}, "photos"),
    ("book", {**BOOKING, "wanted_day": "2026-11-28"}, "wanted_day"),
    ("book", {**BOOKING, "wanted_day": "tomorrow"}, "wanted_day"),
    ("book", {**BOOKING, "wanted_part": "night"}, "wanted_part"),
    ("book", {**BOOKING, "service_id": "unknown"}, "service_id"),
]


@pytest.mark.parametrize(("way", "fields", "field"), WRONG)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    resident: FlaskClient, cases: MemoryCases, way: str, fields: dict[str, object], field: str
) -> None:
    typed = {"text": "写了很久 <b>的话</b>", **fields}
    page = send(resident, way, typed)
    assert page.status_code == 400
    assert f'id="wrong-{field}"' in page.text
    assert f"wrong-{field}" in " ".join(re.findall(r'aria-describedby="([^"]*)"', page.text))
    assert f'href="#at-{field}"' in page.text
    assert str(typed["text"]).strip() in unescape(page.text)
    assert "<b>的话" not in page.text
    for name in ("name", "phone"):
        if name in typed:
            assert f'value="{typed[name]}"' in page.text
    assert cases.matters == []


def test_a_form_shown_again_keeps_its_number(resident: FlaskClient) -> None:
    opened = hidden(resident.get(f"/d/{IN_USE}/ask"))
    again = resident.post(f"/d/{IN_USE}/ask", data={**opened, "text": "没选类别"})
    assert hidden(again)["client_id"] == opened["client_id"]


def test_files_that_must_be_chosen_again_are_mentioned(resident: FlaskClient) -> None:
    assert "照片和录音要再选一次" in send(resident, "ask", {"text": "x", "photos": photo()}).text
    assert "照片和录音要再选一次" not in send(resident, "ask", {"text": "x"}).text


def test_an_emergency_is_shown_the_numbers_first_and_taken_in_when_insisted(resident: FlaskClient, cases: MemoryCases) -> None:
    urgent = {"category": "safety", "text": "隔壁着火了"}
    page = send(resident, "report", urgent)
    assert page.status_code == 409
    assert [f'href="tel:{number}"' in page.text for number in ("110", "119", "120")] == [True] * 3
    assert "我在陕西省咸阳市武功县普集街道营上村幸福路二巷53号" in page.text
    assert "隔壁着火了" in page.text
    assert "不是紧急情况，继续提交" in page.text
    assert cases.matters == []
    assert send(resident, "report", {**urgent, "sure_not_emergency": "1"}).status_code == 201


@pytest.mark.parametrize(("change", "code"), [({"form_token": "forged"}, "form.forged"), ({"leave_empty": "x"}, "form.unseen")])
def test_a_form_the_guard_refuses_is_shown_again_with_a_fresh_token(
    resident: FlaskClient, cases: MemoryCases, change: dict[str, str], code: str
) -> None:
    page = send(resident, "ask", {**QUESTION, **change})
    assert page.status_code == 400
    assert "垃圾车几点来?" in page.text
    assert cases.matters == []
    assert send(resident, "ask", {**QUESTION, **change}, headers=JSON).json["code"] == code
    again = resident.post(f"/d/{IN_USE}/ask", data={**hidden(page), **QUESTION})
    assert again.status_code == 201


@pytest.mark.parametrize("way", ["ask", "report", "book", "chief"])
@pytest.mark.parametrize(("code", "status"), [(RETIRED, 410), (GONE, 410), (NEVER_ISSUED, 404), ("nonsense", 404)])
def test_a_plate_that_is_not_in_use_has_its_own_page_here_too(
    resident: FlaskClient, way: str, code: str, status: int
) -> None:
    plain, asked = resident.get(f"/d/{code}"), resident.get(f"/d/{code}/{way}")
    sent = resident.post(f"/d/{code}/{way}", data={**hidden(resident.get(f"/d/{IN_USE}/ask")), **QUESTION})
    assert plain.status_code == asked.status_code == sent.status_code == status
    assert re.findall("<h1>.*</h1>", plain.text) == re.findall("<h1>.*</h1>", asked.text) == re.findall("<h1>.*</h1>", sent.text)


def test_another_spelling_of_the_code_leads_to_the_one_way_to_write_it(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE.lower()}/book?service=id-card&lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{IN_USE}/book?service=id-card&lang=en")


def test_while_matters_are_not_taken_in_the_page_says_whom_to_call(registry: MemoryRegistry) -> None:
    resident = create_app(Settings(base_url=BASE_URL), registry).test_client()
    page = resident.get(f"/d/{IN_USE}/ask")
    assert page.status_code == 503
    assert 'href="tel:029-00000110"' in page.text
    assert resident.get("/follow").status_code == 200


def test_while_the_database_is_away_what_was_written_can_be_copied(
    resident: FlaskClient, registry: MemoryRegistry, cases: MemoryCases
) -> None:
    fields = {**hidden(resident.get(f"/d/{IN_USE}/ask")), **QUESTION}
    cases.down = registry.down = True
    page = resident.post(f"/d/{IN_USE}/ask", data=fields)
    assert page.status_code == 503
    assert "垃圾车几点来?" in page.text
    assert resident.post(f"/d/{IN_USE}/ask", data=fields, headers=JSON).json["code"] == "store.unavailable"


def test_the_api_speaks_json(resident: FlaskClient, cases: MemoryCases) -> None:
    answer = send(resident, "ask", QUESTION, headers=JSON)
    assert answer.status_code == 201
    assert set(answer.json) == {"receipt", "pin", "asked_at", "hours", "repeated"}
    wrong = send(resident, "ask", {"text": "x"}, headers=JSON)
    assert wrong.status_code == 400
    assert wrong.json == {"code": "case.category", "field": "category", "message": "请选一个类别", "emergency": False}
    urgent = send(resident, "ask", {**QUESTION, "text": "着火"}, headers=JSON)
    assert (urgent.status_code, urgent.json["emergency"]) == (409, True)
    unknown = resident.post(f"/d/{NEVER_ISSUED}/ask", data={**hidden(resident.get(f"/d/{IN_USE}/ask")), **QUESTION}, headers=JSON)
    assert (unknown.status_code, unknown.json["code"]) == (404, "plate.unknown")


def test_a_body_that_is_no_form_and_one_that_is_too_large(resident: FlaskClient) -> None:
    path = f"/d/{IN_USE}/ask"
    assert resident.post(path, json=QUESTION).status_code == 415
    assert resident.post(path, json=QUESTION, headers=JSON).json["code"] == "form.wrong_type"
    huge = {"environ_overrides": {"CONTENT_LENGTH": str(100 * 1024 * 1024)}, "content_type": "multipart/form-data; boundary=x"}
    page = resident.post(path, **huge)
    assert page.status_code == 413
    assert "返回键" in page.text
    assert resident.post(path, headers=JSON, **huge).json["field"] == "photos"
    assert resident.post(path, data={"text": "长" * 200_000}).status_code == 413
    assert resident.post(path, data={f"f{n}": "x" for n in range(500)}, content_type="multipart/form-data").status_code == 413


@pytest.mark.parametrize("cut", [0, 40, 200, 400])
def test_a_body_that_breaks_off(resident: FlaskClient, cases: MemoryCases, cut: int) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhalf' + b"." * 400
    page = resident.post(f"/d/{IN_USE}/ask", data=body[:cut], content_type="multipart/form-data; boundary=x")
    assert page.status_code in (400, 413)
    assert cases.matters == []


def test_scripts_may_record_and_send_here_and_nowhere_else(resident: FlaskClient) -> None:
    form, plate = resident.get(f"/d/{IN_USE}/ask").headers, resident.get(f"/d/{IN_USE}").headers
    assert "worker-src 'self'" in form["Content-Security-Policy"]
    assert "unsafe" not in form["Content-Security-Policy"]
    assert "microphone=(self)" in form["Permissions-Policy"]
    assert "microphone=()" in plate["Permissions-Policy"]


def test_the_worker_looks_after_the_whole_door(resident: FlaskClient) -> None:
    answer = resident.get("/sw.js")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "private, no-cache")
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"^(import|export) ", answer.text, re.MULTILINE)


def test_the_forms_speak_english(resident: FlaskClient) -> None:
    for way in ("ask", "book", "report", "chief"):
        page = send(resident, way, {"name": "x"}, query_string={"lang": "en"})
        body = re.sub(r'<(\w+)[^>]*lang="zh-CN".*?</\1>|data-address="[^"]*"', "", page.text, flags=re.DOTALL)
        body = re.sub(r"<(option|label class=.pick.|p class=.small quiet.).*?</(option|label|p)>", "", body, flags=re.DOTALL)
        assert set(re.findall(r"[\u4e00-\u9fff]+", body.split("</head>")[1])) <= {"中文"}, way


def test_consent_is_kept_under_its_version(resident: FlaskClient, cases: MemoryCases) -> None:
    send(resident, "ask", {**QUESTION, "name": "测试", "phone": "13900000000", "consent": CONSENT})
    assert cases.matters[0].request.consent == CONSENT
