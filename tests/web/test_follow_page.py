"""A resident follows a matter with receipt and PIN: without an account, without a cookie, and nobody else can."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from memory_cases import JPEG, MemoryCases
from memory_registry import IN_USE, MemoryRegistry
from werkzeug.test import TestResponse
from wire import BASE_URL

from doorplate.cases_view import AskRequest, Receipt, Upload
from doorplate.settings import Settings
from webapp import create_app
from webapp.scan import following_pass

JSON = {"Accept": "application/json"}


@pytest.fixture
def cases() -> MemoryCases:
    return MemoryCases()


@pytest.fixture
def resident(registry: MemoryRegistry, cases: MemoryCases) -> FlaskClient:
    return create_app(Settings(base_url=BASE_URL, form_patience_s=0), registry, cases=cases, form_key="k" * 32).test_client()


@pytest.fixture
def receipt(cases: MemoryCases) -> Receipt:
    photos = [Upload("a.jpg", JPEG), Upload("b.jpg", JPEG + b"2")]
    return cases.ask(AskRequest("0" * 32, IN_USE, "report", "safety", "路灯<坏>了", photos))


def opened(resident: FlaskClient, receipt: Receipt) -> TestResponse:
    return resident.post("/follow", data={"receipt": receipt.number, "pin": receipt.pin})


def key(page: TestResponse) -> str:
    return re.findall(r'name="pass" value="([^"]+)"', page.text)[0]


def do(resident: FlaskClient, page: TestResponse, what: str, **fields: object) -> TestResponse:
    return resident.post(f"/follow/{what}", data={"pass": key(page), **fields})


def test_the_matter_its_owner_and_its_clock(resident: FlaskClient, receipt: Receipt) -> None:
    page = opened(resident, receipt)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("路灯&lt;坏&gt;了", "联户长 测试联户长甲", "2026-11-24 14:05", "已分派"):
        assert words in page.text
    assert receipt.pin not in page.text
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("spelling", ["7k3mx02345", " 7K3MX-02345 ", "7K3MX 02345"])
def test_a_receipt_may_be_written_in_many_ways(resident: FlaskClient, receipt: Receipt, spelling: str) -> None:
    assert resident.post("/follow", data={"receipt": spelling, "pin": receipt.pin}).status_code == 200


def test_a_wrong_pin_and_an_unknown_receipt_look_alike(resident: FlaskClient, receipt: Receipt) -> None:
    wrong = resident.post("/follow", data={"receipt": receipt.number, "pin": "000000"})
    unknown = resident.post("/follow", data={"receipt": "99999-99999", "pin": "000000"})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.text.replace(receipt.number, "") == unknown.text.replace("99999-99999", "")


def test_a_locked_receipt_says_until_when(resident: FlaskClient, receipt: Receipt) -> None:
    for _ in range(5):
        resident.post("/follow", data={"receipt": receipt.number, "pin": "000000"})
    page = opened(resident, receipt)
    assert page.status_code == 409
    assert "2026-11-23 14:20" in page.text


def test_pictures_are_shown_to_who_was_shown_the_matter(resident: FlaskClient, receipt: Receipt) -> None:
    links = dict.fromkeys(re.findall(r'/follow/file/[^"]+', opened(resident, receipt).text))
    assert [resident.get(link).data for link in links] == [JPEG, JPEG + b"2"]
    first = resident.get(next(iter(links)))
    assert (first.mimetype, first.headers["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert all(receipt.pin not in link for link in links)


def test_a_pass_is_good_for_half_an_hour_and_for_nothing_else(
    resident: FlaskClient, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(resident, receipt)
    link = re.search(r'/follow/file/([^"]+)', page.text)
    assert link is not None
    assert resident.post("/follow/add", data={"pass": link[1], "words": "x"}).status_code == 403
    assert resident.get(f"/follow/file/{key(page)}").status_code == 404
    assert resident.get("/follow/file/forged").status_code == 404
    monkeypatch.setattr(following_pass, "LASTS_S", -1)
    late = do(resident, page, "add", words="写了很久的补充")
    assert late.status_code == 403
    assert "写了很久的补充" in late.text
    assert resident.get(f"/follow/file/{link[1]}").status_code == 404


def test_answered_rated_and_asked_for_again(resident: FlaskClient, cases: MemoryCases, receipt: Receipt) -> None:
    assert 'name="stars"' not in opened(resident, receipt).text
    assert do(resident, opened(resident, receipt), "rate", stars="5").status_code == 409
    cases.answer("明天更换")
    page = opened(resident, receipt)
    assert "明天更换" in page.text
    assert do(resident, page, "rate", stars="9").status_code == 400
    rated = do(resident, page, "rate", stars="4")
    assert "满意" in rated.text
    assert 'name="stars"' not in rated.text
    assert do(resident, page, "rate", stars="1").status_code == 409
    assert do(resident, rated, "reopen", words="还是不亮").status_code == 200
    assert cases.matters[0].view.status == "routed"


def test_more_words_and_none(resident: FlaskClient, cases: MemoryCases, receipt: Receipt) -> None:
    assert do(resident, opened(resident, receipt), "add", words="在东头").status_code == 200
    empty = do(resident, opened(resident, receipt), "add", words=" ")
    assert empty.status_code == 400
    assert "请写几句" in empty.text


def test_withdrawn_and_gone(resident: FlaskClient, receipt: Receipt) -> None:
    page = opened(resident, receipt)
    assert "不能恢复" in page.text
    link = re.search(r'/follow/file/[^"]+', page.text)
    gone = do(resident, page, "withdraw")
    assert "已经撤回" in gone.text
    assert "路灯" not in unescape(gone.text)
    assert link is not None
    assert resident.get(link[0]).status_code == 404


def test_the_api(resident: FlaskClient, receipt: Receipt) -> None:
    answer = resident.post("/follow", data={"receipt": receipt.number, "pin": receipt.pin}, headers=JSON).json
    assert (answer["status"], answer["due_at"], len(answer["files"])) == ("routed", "2026-11-24T06:05:00+00:00", 2)
    assert resident.get(answer["files"][0]["url"]).data == JPEG
    added = resident.post("/follow/add", data={"pass": answer["pass"], "words": "x"}, headers=JSON).json
    assert added["steps"][-1]["words"] == "x"
    wrong = resident.post("/follow", data={"receipt": receipt.number, "pin": "1"}, headers=JSON)
    assert (wrong.status_code, wrong.json["code"]) == (404, "case.unknown")


def test_words_are_not_lost_while_the_database_is_away(resident: FlaskClient, cases: MemoryCases, receipt: Receipt) -> None:
    page = opened(resident, receipt)
    cases.down = True
    away = do(resident, page, "add", words="写了很久的补充")
    assert away.status_code == 503
    assert "写了很久的补充" in away.text


def test_without_matters_the_failure_page_has_the_numbers(registry: MemoryRegistry) -> None:
    page = create_app(Settings(base_url=BASE_URL), registry).test_client().post("/follow", data={"receipt": "x", "pin": "1"})
    assert page.status_code == 503
    assert 'href="tel:110"' in page.text


def test_english(resident: FlaskClient, cases: MemoryCases, receipt: Receipt) -> None:
    cases.answer("ok")
    page = resident.post("/follow?lang=en", data={"receipt": receipt.number, "pin": receipt.pin})
    plain = re.sub(r'<(\w+)[^>]*lang="zh-CN".*?</\1>|<p class="said".*?</p>', "", page.text, flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", plain.split("</head>")[1]) == []
