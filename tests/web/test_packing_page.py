"""The packing table's page: only who has the key, with and without scripts, and nothing typed is lost in a failure."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Literal

import pytest
import segno
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry

from doorplate.errors import Unavailable
from doorplate.packing_view import Answer, BoxView, DueView, TableView
from doorplate.settings import Settings
from webapp.desk.frames import read_frame
from webapp.factory import create_packing_app

KEY = "a-key-nobody-guesses"
TABLE = TableView("4f426dcb", "营上村", 900, 12, (
    BoxView(1, 2, "Z01", 12, 11, 1, 0, "装箱中", True), BoxView(2, 2, "Z<02>", 80, 1, 0, 0, "装箱中", True)),
    DueView(2, 2, "幸福路53号", "ABCD EFGH JKMN P"))


class MemoryDesk:
    """A table that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.down = False

    def view(self) -> TableView:
        if self.down:
            raise Unavailable("store.unreachable", "登记簿连不上")
        return TABLE

    def scan(self, text: str) -> Answer:
        self.asked.append(text)
        return Answer(text.startswith("https"), "第 2/2 箱 · 第 2 格", f"放进 <b>{text}</b>", replace(TABLE, packed=13))

    def absent(self, kind: Literal["lost", "damaged"], reason: str) -> Answer:
        self.asked.append((kind, reason))
        return Answer(True, "已记下缺", "接着装", TABLE)

    def seal(self, number: int) -> Answer:
        self.asked.append(number)
        return Answer(False, "不能封箱", "还缺 3 块", TABLE)


@pytest.fixture
def table() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def stranger(table: MemoryDesk, registry: MemoryRegistry) -> FlaskClient:
    return create_packing_app(Settings(), registry, table, KEY).test_client()


@pytest.fixture
def packer(stranger: FlaskClient) -> FlaskClient:
    assert stranger.get(f"/desk/packing/?key={KEY}").status_code == 303
    return stranger


def test_the_key_is_taken_from_the_address_once_and_kept_from_scripts(stranger: FlaskClient) -> None:
    answer = stranger.get(f"/desk/packing/?key={KEY}")
    assert answer.headers["Location"] == "/desk/packing/"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/desk" in cookie


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["", "scan", "absent", "seal", "frame"])
@pytest.mark.parametrize("key", ["", "?key=wrong", "?key="])
def test_without_the_key_nobody_gets_in(path: str, method: str, key: str, stranger: FlaskClient, table: MemoryDesk) -> None:
    form = {"text": "x", "kind": "lost", "number": "1"} if method == "post" else None
    answer = getattr(stranger, method)(f"/desk/packing/{path}{key}", data=form)
    assert answer.status_code in (403, 405)
    assert table.asked == []


def test_another_site_cannot_act_for_the_packer(packer: FlaskClient, table: MemoryDesk) -> None:
    for path, form in (("scan", {"text": "x"}), ("seal", {"number": "1"}), ("absent", {"kind": "lost", "reason": "x"})):
        assert packer.post(f"/desk/packing/{path}", data=form).status_code == 403
        assert packer.post(f"/desk/packing/{path}", data={**form, "key": "guess"}).status_code == 403
    assert table.asked == []


def test_the_page_says_what_comes_next(packer: FlaskClient) -> None:
    page = packer.get("/desk/packing/").get_data(as_text=True)
    assert "幸福路53号" in page
    assert "第 2 箱第 2 格" in page
    assert "Z&lt;02&gt;" in page
    assert "12 / 900" in page


def test_a_scan_without_scripts_answers_with_the_page(packer: FlaskClient, table: MemoryDesk) -> None:
    page = packer.post("/desk/packing/scan", data={"text": " https://x ", "key": KEY}).get_data(as_text=True)
    assert table.asked == ["https://x"]
    assert "第 2/2 箱 · 第 2 格" in page
    assert "<b>" not in page


def test_a_scan_with_scripts_answers_with_its_parts(packer: FlaskClient) -> None:
    told = packer.post("/desk/packing/scan", data={"text": "x", "key": KEY}, headers={"Accept": "application/json"}).get_json()
    assert (told["accepted"], told["headline"], told["table"]["packed"]) == (False, "第 2/2 箱 · 第 2 格", 13)


def test_an_empty_scan_is_no_scan(packer: FlaskClient, table: MemoryDesk) -> None:
    assert packer.post("/desk/packing/scan", data={"text": "  ", "key": KEY}).status_code == 200
    assert table.asked == []


@pytest.mark.parametrize(("path", "form"), [("absent", {"kind": "stolen"}), ("absent", {}), ("seal", {"number": "one"}),
                                            ("seal", {"number": "9999999"}), ("seal", {"number": "²"})])
def test_what_no_form_sends_is_refused(path: str, form: dict[str, str], packer: FlaskClient, table: MemoryDesk) -> None:
    assert packer.post(f"/desk/packing/{path}", data={**form, "key": KEY}).status_code == 400
    assert table.asked == []


def test_missing_plates_and_boxes_are_told_to_the_table(packer: FlaskClient, table: MemoryDesk) -> None:
    packer.post("/desk/packing/absent", data={"kind": "damaged", "reason": "划伤" * 200, "key": KEY})
    packer.post("/desk/packing/seal", data={"number": "2", "key": KEY})
    assert table.asked == [("damaged", ("划伤" * 200)[:200]), 2]


def test_the_camera_s_picture_is_read_and_nothing_else_is(packer: FlaskClient) -> None:
    picture = io.BytesIO()
    segno.make_qr("https://menpai.example/d/X").save(picture, kind="png", scale=5)
    headers = {"X-Table-Key": KEY}
    assert packer.post("/desk/packing/frame", data=picture.getvalue(), headers=headers).get_json() == {"text": "https://menpai.example/d/X"}
    assert packer.post("/desk/packing/frame", data=b"GIF89a", headers=headers).get_json() == {"text": ""}
    assert packer.post("/desk/packing/frame", data=b"x" * 500_000, headers=headers).status_code == 413


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"\0" * 50, b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_holds_no_symbol(data: bytes) -> None:
    assert read_frame(data) == ""


def test_a_registry_that_does_not_answer_is_said_in_words(packer: FlaskClient, table: MemoryDesk) -> None:
    table.down = True
    answer = packer.get("/desk/packing/")
    assert answer.status_code == 503
    assert "Traceback" not in answer.get_data(as_text=True)


def test_only_this_page_may_use_the_camera(packer: FlaskClient) -> None:
    page = packer.get("/desk/packing/")
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "'unsafe" not in page.headers["Content-Security-Policy"]
    assert "camera=()" in packer.get("/healthz").headers["Permissions-Policy"]
