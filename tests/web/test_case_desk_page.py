"""The desk for matters: only who has the key, with and without scripts, and nothing typed is lost in a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from memory_desk import NOW, PHOTO, VOICE, MemoryDesk, row, sheet
from memory_registry import MemoryRegistry

from doorplate.errors import NotFound, NotPermitted, Refused
from doorplate.settings import Settings
from webapp.desk.staff_key import COOKIE, StaffKey
from webapp.factory import create_app, create_cases_app, create_packing_app

SECRET = "a-key-nobody-guesses"
LONG = "路灯已报修, 三天内换好。\n谢谢您提醒 <b>& \"引号\"</b>"


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> object:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def key(clock: Clock) -> StaffKey:
    return StaffKey(SECRET, NOW + timedelta(hours=12), clock)  # type: ignore[arg-type]


@pytest.fixture
def stranger(desk: MemoryDesk, registry: MemoryRegistry, key: StaffKey) -> FlaskClient:
    return create_cases_app(Settings(), registry, desk, key).test_client()


@pytest.fixture
def officer(stranger: FlaskClient) -> FlaskClient:
    assert stranger.get(f"/desk/cases/?key={SECRET}").status_code == 303
    return stranger


@pytest.fixture
def send(officer: FlaskClient, key: StaffKey) -> Callable[..., object]:
    def post(act: str, version: object = 1, case: str = "c1", **form: str) -> object:
        return officer.post(f"/desk/cases/{case}/{act}", data={"key": key.for_forms, "version": str(version), **form})
    return post


def text_of(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


ACTS = {"note": {"words": LONG}, "route": {"to": "s1", "words": LONG}, "settle": {"answer": LONG},
        "answered": {"how": "phone", "words": LONG}}


def test_the_key_is_taken_from_the_address_once_and_kept_from_scripts(stranger: FlaskClient) -> None:
    answer = stranger.get(f"/desk/cases/?key={SECRET}")
    assert answer.headers["Location"] == "/desk/cases/"
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/desk"))
    assert SECRET not in stranger.get("/desk/cases/").get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "c1", "c1/files/f1"])
@pytest.mark.parametrize("told", ["", "?key=wrong", "?key=", "?key=%ff"])
def test_without_the_key_nobody_sees_anything(path: str, told: str, stranger: FlaskClient) -> None:
    answer = stranger.get(f"/desk/cases/{path}{told}")
    assert answer.status_code == 403
    assert "doorplate cases desk" in text_of(answer)
    assert "幸福路" not in text_of(answer)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("act", ACTS)
def test_without_the_key_nobody_does_anything(act: str, stranger: FlaskClient, key: StaffKey, desk: MemoryDesk) -> None:
    form = {**ACTS[act], "version": "1", "key": key.for_forms}
    assert stranger.post(f"/desk/cases/c1/{act}", data=form).status_code == 403
    assert desk.asked == []


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("told", [None, "guess", SECRET])
def test_another_site_cannot_act_for_the_officer(act: str, told: str | None, officer: FlaskClient, desk: MemoryDesk) -> None:
    form = {**ACTS[act], "version": "1", **({"key": told} if told else {})}
    assert officer.post(f"/desk/cases/c1/{act}", data=form).status_code == 403
    assert desk.asked == []


def test_a_key_that_ran_out_opens_nothing_and_loses_nothing(clock: Clock, send: Callable[..., object], officer: FlaskClient,
                                                             desk: MemoryDesk) -> None:
    clock.at = NOW + timedelta(hours=12)
    answer = send("settle", answer=LONG)
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert "钥匙到期了" in text_of(answer)
    assert LONG in text_of(answer)
    assert desk.asked == []
    assert officer.get(f"/desk/cases/?key={SECRET}").status_code == 303
    assert officer.get("/desk/cases/").status_code == 403


def test_a_desk_without_a_key_lets_nobody_in(registry: MemoryRegistry, desk: MemoryDesk) -> None:
    plain = create_app(Settings(), registry, doors=("desk",)).test_client()
    packing = create_packing_app(Settings(), registry, object(), "k").test_client()  # type: ignore[arg-type]
    for client in (plain, packing):
        client.set_cookie(COOKIE, "")
        assert client.get("/desk/cases/").status_code == 403
        assert client.get("/desk/cases/?key=").status_code == 403


def test_the_list_says_what_is_urgent_what_is_late_and_how_much_there_is(officer: FlaskClient, desk: MemoryDesk) -> None:
    late = row(2, overdue=True, due_at=NOW - timedelta(hours=26, minutes=5))
    desk.rows = [row(3, urgent=True, due_at=NOW + timedelta(minutes=40)), late, row(1)]
    page = text_of(officer.get("/desk/cases/"))
    assert page.index("幸福路二巷3号") < page.index("幸福路二巷2号") < page.index("幸福路二巷1号")
    assert "还剩 40 分钟" in page
    assert "超时 1 天 2 小时" in page
    assert "还剩 23 小时" in page
    assert "2026-11-23 11:05" in page  # in China
    assert re.search(r"已超时 <b>1</b>", page)
    only_late = text_of(officer.get("/desk/cases/?show=overdue"))
    assert "幸福路二巷1号" not in only_late


def test_the_second_page_follows_and_beyond_the_last_is_the_last(officer: FlaskClient, desk: MemoryDesk) -> None:
    desk.rows = [row(number) for number in range(1, 25)]
    first, second = text_of(officer.get("/desk/cases/?show=open")), text_of(officer.get("/desk/cases/?show=open&page=2"))
    assert "共 24 件，第 1 / 2 页" in first
    assert 'href="/desk/cases/?show=open&page=2"' in first
    assert "幸福路二巷21号" in second
    assert "第 2 / 2 页" in text_of(officer.get("/desk/cases/?page=99"))
    assert "第 1 / 2 页" in text_of(officer.get("/desk/cases/?page=0"))


@pytest.mark.parametrize("query", ["show=all", "show=", "page=x", "page=-1", "page=²", "page=9999999999999"])
def test_what_no_link_asks_for_does_not_exist(query: str, officer: FlaskClient) -> None:
    assert officer.get(f"/desk/cases/?{query}").status_code == 404


@pytest.mark.parametrize("show", ["mine", "open", "overdue", "done"])
def test_an_empty_list_says_what_to_do_next(show: str, officer: FlaskClient, desk: MemoryDesk) -> None:
    desk.rows = []
    page = text_of(officer.get(f"/desk/cases/?show={show}"))
    assert 'class="card empty"' in page
    assert "<table" not in page


def test_a_matter_shows_what_came_who_can_be_called_and_what_was_done(officer: FlaskClient, desk: MemoryDesk) -> None:
    desk.sheets["c1"] = sheet(files=(PHOTO, VOICE), near=(row(2),), about=("测试民警乙 (民警)",), service="办身份证",
                               wanted="2026-11-25 上午")
    answer = officer.get("/desk/cases/c1")
    page = text_of(answer)
    for words in ("二维码扫不出来", "测试居民甲", 'href="tel:15400009000"', "15400009000转12", "办身份证", "2026-11-25 上午",
                  "测试民警乙",
                  'href="/desk/cases/c2"', 'src="/desk/cases/c1/files/f1"',
                  '<audio controls preload="none" src="/desk/cases/c1/files/f2"',
                  "语音 7 秒", "（不在岗）"):
        assert words in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]


def test_what_may_not_be_done_is_not_offered(officer: FlaskClient, desk: MemoryDesk) -> None:
    desk.sheets["c1"] = sheet(may_settle=False, may_route=False, may_confirm_answered=True)
    page = text_of(officer.get("/desk/cases/c1"))
    assert "/settle" not in page
    assert "/route" not in page
    assert "/answered" in page


@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_a_form_and_says_that_it_was_done(act: str, send: Callable[..., object], officer: FlaskClient,
                                                        desk: MemoryDesk) -> None:
    answer = send(act, **ACTS[act])
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert desk.asked[0][:3] == (act, "c1", 1)
    assert desk.asked[0][-1] == LONG
    assert 'class="told" role="status"' in text_of(officer.get(answer.headers["Location"]))  # type: ignore[attr-defined]


@pytest.mark.parametrize("act", ACTS)
def test_whoever_comes_second_is_told_and_keeps_what_was_typed(act: str, send: Callable[..., object], desk: MemoryDesk) -> None:
    desk.sheets["c1"] = sheet(version=4, may_confirm_answered=True)
    answer = send(act, **ACTS[act])
    page = text_of(answer)
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "别人先办了一步" in page
    assert LONG in page
    assert 'name="version" value="4"' in page  # sent again, it will be taken
    assert desk.asked == []


def test_what_was_chosen_stays_chosen(send: Callable[..., object], desk: MemoryDesk) -> None:
    desk.sheets["c1"] = sheet(version=4, may_confirm_answered=True)
    assert 'value="s1" selected' in text_of(send("route", **ACTS["route"]))
    assert 'value="phone" required checked' in text_of(send("answered", **ACTS["answered"]))


@pytest.mark.parametrize("act", ["route", "settle", "answered"])
def test_what_can_no_longer_be_done_gives_the_words_back(act: str, send: Callable[..., object], desk: MemoryDesk) -> None:
    desk.sheets["c1"] = sheet(version=4, may_settle=False, may_route=False)
    desk.trouble = Refused("case.closed", "这件事已答复, 不能再办结")
    page = text_of(send(act, version=4, **ACTS[act]))
    assert "您刚才写的" in page
    assert LONG in page


@pytest.mark.parametrize("act", ACTS)
def test_a_matter_out_of_sight_gives_the_words_back(act: str, send: Callable[..., object], desk: MemoryDesk) -> None:
    desk.trouble = NotFound("case.unknown", "没有这件事, 或者不归您办理")
    answer = send(act, **ACTS[act])
    assert answer.status_code == 404  # type: ignore[attr-defined]
    assert LONG in text_of(answer)
    assert LONG in text_of(send(act, case="gone", **ACTS[act]))


def test_a_registry_that_is_away_keeps_the_words_to_be_sent_again(send: Callable[..., object], officer: FlaskClient,
                                                                   desk: MemoryDesk) -> None:
    desk.down = True
    answer = send("route", **ACTS["route"])
    page = text_of(answer)
    assert answer.status_code == 503  # type: ignore[attr-defined]
    assert "再提交" in page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.get_data(as_text=True)))  # type: ignore[attr-defined]
    assert unescape(fields["words"]) == LONG
    desk.down = False
    again = officer.post("/desk/cases/c1/route", data={name: unescape(value) for name, value in fields.items()})
    assert again.status_code == 303
    assert desk.asked == [("route", "c1", 1, "s1", LONG)]


@pytest.mark.parametrize("path", ["", "c1", "c1/files/f1"])
def test_a_registry_that_is_away_is_said_in_words(path: str, officer: FlaskClient, desk: MemoryDesk) -> None:
    desk.down = True
    answer = officer.get(f"/desk/cases/{path}")
    assert answer.status_code == 503
    assert "Traceback" not in text_of(answer)


def test_who_left_meanwhile_is_told(officer: FlaskClient, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise NotFound("staff.unknown", "没有这个工作人员, 或已经不在岗")

    monkeypatch.setattr(desk, "cases", gone)
    answer = officer.get("/desk/cases/")
    assert answer.status_code == 404
    assert "已经不在岗" in text_of(answer)


def test_words_that_do_not_open_are_a_sentence(officer: FlaskClient, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise Refused("case.seal_broken", "这件事的内容打不开: 密钥不是封存时的那一把")

    monkeypatch.setattr(desk, "open", broken)
    answer = officer.get("/desk/cases/c1")
    assert answer.status_code == 409
    assert "密钥不是封存时的那一把" in text_of(answer)


def test_who_may_not_decide_is_told_and_keeps_the_words(send: Callable[..., object], desk: MemoryDesk) -> None:
    desk.trouble = NotPermitted("case.not_yours", "这件事在上一级手里")
    answer = send("settle", answer=LONG)
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert LONG in text_of(answer)
    assert "这件事在上一级手里" in text_of(answer)


def test_an_empty_answer_settles_nothing(send: Callable[..., object], desk: MemoryDesk) -> None:
    answer = send("settle", answer="  \n ")
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "没有写答复" in text_of(answer)
    assert desk.asked == []


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "99999999999"])
def test_what_no_form_sends_is_refused(version: str, send: Callable[..., object], desk: MemoryDesk) -> None:
    assert send("note", version=version, words="x").status_code == 400  # type: ignore[attr-defined]
    assert desk.asked == []


def test_what_is_not_here_is_not_found(officer: FlaskClient) -> None:
    for path in ("c9", "c1/files/f9", "c9/files/f1", "c1/delete", "%00", "../../etc/passwd"):
        assert officer.get(f"/desk/cases/{path}").status_code in (404, 405)


@pytest.mark.parametrize(("mimetype", "shown_as", "how"), [
    ("image/jpeg", "image/jpeg", "inline"), ("audio/mpeg", "audio/mpeg", "inline"),
    ("text/html", "application/octet-stream", "attachment"), ("image/svg+xml", "application/octet-stream", "attachment"),
    ("image/jpeg; x=<script>", "application/octet-stream", "attachment")])
def test_a_file_is_never_more_than_a_picture_or_a_sound(mimetype: str, shown_as: str, how: str, officer: FlaskClient,
                                                        desk: MemoryDesk) -> None:
    desk.files["f1"] = (mimetype, b"<script>alert(1)</script>")
    answer = officer.get("/desk/cases/c1/files/f1")
    assert answer.headers["Content-Type"] == shown_as
    assert answer.headers["Content-Disposition"].startswith(how)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_urgent_withdrawn_and_wordless_matters_are_said_in_words(officer: FlaskClient, desk: MemoryDesk) -> None:
    desk.sheets["c1"] = sheet(row=row(1, urgent=True), text="", name="", phone="")
    page = text_of(officer.get("/desk/cases/c1"))
    assert "有危险的先打 110" in page
    assert "没有留姓名电话" in page
    desk.sheets["c1"] = replace(sheet(text=""), row=row(1, status="withdrawn", due_at=None), may_settle=False, may_route=False)
    assert "内容已删除" in text_of(officer.get("/desk/cases/c1"))
