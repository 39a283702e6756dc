"""OpenRosa at the edge: who is let in, what is cut, forged, too large or sent twice, and what the client is told."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from werkzeug.test import EnvironBuilder, TestResponse
from wire import BASE_URL

from doorplate.errors import NotFound, NotPermitted, Unavailable
from doorplate.field.settings import field_settings
from doorplate.field_view import FieldDoor, ItemReceipt, SentFile
from doorplate.odk.build import build
from doorplate.odk.correction import correction_form
from doorplate.odk.form import BuiltForm
from doorplate.people.account import Actor
from doorplate.review_view import ReviewDesk
from doorplate.settings import Settings
from webapp import create_app
from webapp.factory import Work
from webapp.openrosa.submission import MOST

WANG = {"Authorization": "Basic " + b64encode("wang:对的 密码:1".encode()).decode()}
FORM = "doorplate_correction"
XML = (f'<data id="{FORM}" version="1"><operation>verify</operation><photo_1>a.jpg</photo_1>'
       "<meta><instanceID>uuid:550e8400-e29b-41d4-a716-446655440000</instanceID></meta></data>").encode()
PATHS = (("GET", "/openrosa/formList"), ("GET", f"/openrosa/forms/{FORM}.xml"), ("GET", f"/openrosa/forms/{FORM}.xlsx"),
         ("GET", f"/openrosa/manifest/{FORM}"), ("GET", f"/openrosa/lists/{FORM}/doors.csv"), ("HEAD", "/openrosa/submission"),
         ("POST", "/openrosa/submission"))


class SignedIn:
    def password_actor(self, login: str, password: str) -> Actor:
        if (login, password) != ("wang", "对的 密码:1"):
            raise NotPermitted("signin.wrong", "登录名或密码不对")
        return Actor("a", "王建国", (), device_id="d")


class Forms:
    """Takes everything down, and answers as told."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.files: list[SentFile] = []
        self.aside: list[tuple[bytes, str]] = []
        self.clock: datetime | None = None
        self.answer = ItemReceipt("x", "accepted")
        self.away = False

    def forms(self, _actor: Actor) -> Sequence[BuiltForm]:
        if self.away:
            raise Unavailable("store.busy", "登记簿正忙")
        return (build(correction_form(field_settings())),)

    def lists(self, _actor: Actor, form_id: str) -> Mapping[str, bytes]:
        if form_id != FORM:
            raise NotFound("odk.form", "没有这张表")
        return {"doors.csv": "name,label\na,幸福路1号\n".encode()}

    def store_file(self, _actor: Actor, file: SentFile) -> ItemReceipt:
        self.files.append(file)
        return ItemReceipt(file.id, "accepted")

    def take(self, _actor: Actor, item: Any, device_clock: datetime | None) -> ItemReceipt:
        self.taken.append(item)
        self.clock = device_clock
        return self.answer

    def set_aside(self, _actor: Actor, body: bytes, reason: str) -> None:
        self.aside.append((body, reason))


@pytest.fixture
def forms() -> Forms:
    return Forms()


@pytest.fixture
def client(registry: MemoryRegistry, forms: Forms) -> FlaskClient:
    work = Work(cast(Any, SignedIn()), cast(FieldDoor, None), cast(ReviewDesk, None), forms)
    app: Flask = create_app(Settings(base_url=BASE_URL), registry, doors=("field",), work=work)
    return app.test_client()


def post(client: FlaskClient, xml: bytes = XML, headers: Mapping[str, str] = WANG, **parts: Any) -> TestResponse:
    data = {"xml_submission_file": (io.BytesIO(xml), "x.xml", "text/xml"), **parts}
    return client.post("/openrosa/submission", headers=headers, data=data, content_type="multipart/form-data")


def message(told: TestResponse) -> str:
    assert told.content_type == "text/xml; charset=utf-8"
    assert told.headers["X-OpenRosa-Version"] == "1.0"
    assert told.headers["Cache-Control"] == "no-store"
    [found] = ET.fromstring(told.data)
    assert (found.get("nature") == "submit_success") == (told.status_code < 300)
    return found.text or ""


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nobody_is_let_in_without_name_and_password(client: FlaskClient, forms: Forms, method: str, path: str) -> None:
    wrong = [f"Basic {b64encode(one).decode()}" for one in (b"wang:wrong", b":", b"")]
    for shown in ("", "Bearer t", "Basic", "Basic ?", "Basic /w==", *wrong):
        told = client.open(path, method=method, headers={"Authorization": shown}, data=XML if method == "POST" else None)
        assert told.status_code == 401
        assert told.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert told.headers["X-OpenRosa-Version"] == "1.0"
    assert not forms.taken + forms.aside


def test_a_client_hears_where_to_send_and_how_much(client: FlaskClient) -> None:
    told = client.head("/openrosa/submission", headers=WANG)
    assert (told.status_code, told.data) == (204, b"")
    assert told.headers["Location"] == "http://localhost/openrosa/submission"
    assert int(told.headers["X-OpenRosa-Accept-Content-Length"]) == MOST
    assert client.get("/openrosa/submission", headers=WANG).status_code == 405


def test_the_list_names_one_form_when_asked_for_one(client: FlaskClient) -> None:
    assert client.get("/openrosa/formList?formID=other", headers=WANG).data.count(b"<xform>") == 0
    told = client.get(f"/openrosa/formList?formID={FORM}&verbose=true", headers=WANG)
    assert told.data.count(b"<xform>") == 1
    assert b"<hash>md5:" in told.data
    xlsx = client.get(f"/openrosa/forms/{FORM}.xlsx", headers=WANG)
    assert (xlsx.data[:2], xlsx.headers["Content-Disposition"]) == (b"PK", f"attachment; filename={FORM}.xlsx")
    for path in ("forms/other.xml", "forms/other.xlsx", "manifest/other", f"lists/{FORM}/passwd", "lists/other/doors.csv"):
        assert client.get(f"/openrosa/{path}", headers=WANG).status_code == 404


def test_a_form_is_taken_with_its_photo_and_the_clients_clock(client: FlaskClient, forms: Forms) -> None:
    told = post(client, headers={**WANG, "Date": "Tue, 24 Nov 2026 04:00:13 GMT"},
                **{"a.jpg": (io.BytesIO(b"jpeg"), "a.jpg", "image/jpeg")})
    assert (told.status_code, message(told)) == (201, "已收到，等待审核。")
    assert [one.data for one in forms.files] == [b"jpeg"]
    assert forms.taken[0]["files"] == [forms.files[0].id]
    assert forms.clock == datetime(2026, 11, 24, 4, 0, 13, tzinfo=UTC)
    forms.answer = ItemReceipt("x", "duplicate")
    assert "重复" in message(post(client, headers={**WANG, "Date": "yesterday"}))
    assert forms.clock is None
    assert "already" not in message(post(client, Date="Tue, 24 Nov 2026 04:00:13 GMT"))
    assert forms.clock is not None


def test_the_form_may_come_as_a_field(client: FlaskClient, forms: Forms) -> None:
    told = client.post("/openrosa/submission", headers=WANG, data={"xml_submission_file": XML.decode()})
    assert (told.status_code, len(forms.taken)) == (201, 1)


def test_while_more_is_to_come_nothing_is_taken_in(client: FlaskClient, forms: Forms) -> None:
    told = post(client, **{"*isIncomplete*": "yes", "a.jpg": (io.BytesIO(b"jpeg"), "a.jpg", "image/jpeg")})
    assert (told.status_code, len(forms.files), forms.taken) == (201, 1, [])


@pytest.mark.parametrize(("receipt", "status"), [
    (ItemReceipt("x", "refused", "item.not_yours", "不在片区"), 403),
    (ItemReceipt("x", "refused", "item.differs", "另一份"), 409),
    (ItemReceipt("x", "refused", "item.wrong", "写法不对"), 400),
    (ItemReceipt("x", "refused", "store.busy", "正忙", retry=True), 503)])
def test_a_refusal_is_never_taken_for_success(client: FlaskClient, forms: Forms, receipt: ItemReceipt, status: int) -> None:
    forms.answer = receipt
    told = post(client)
    assert (told.status_code, message(told)) == (status, receipt.message)


@pytest.mark.parametrize(("xml", "status", "aside"), [
    (b"", 400, 0), (b"<data", 400, 1), (XML.replace(b"uuid:", b"uuid:x"), 400, 0), (XML.replace(FORM.encode(), b"other"), 404, 0),
    (XML.replace(b"<meta>", b"<colour>red</colour><meta>"), 400, 0), (XML + b" " * 300_000, 400, 0),
    (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + XML.replace(b"verify", b"&x;"), 400, 1),
    (b'<!DOCTYPE d [<!ENTITY a "' + b"a" * 999 + b'"><!ENTITY b "' + b"&a;" * 999 + b'">]>' + XML.replace(b"verify", b"&b;"),
     400, 1)])
def test_what_is_no_form_of_ours_is_told_so(client: FlaskClient, forms: Forms, xml: bytes, status: int, aside: int) -> None:
    told = post(client, xml)
    assert (told.status_code, forms.taken, len(forms.aside)) == (status, [], aside)
    assert message(told)
    assert "root:" not in told.get_data(as_text=True)


def test_a_sending_cut_at_any_byte_is_not_taken(client: FlaskClient, forms: Forms) -> None:
    made = EnvironBuilder(method="POST", data={"xml_submission_file": (io.BytesIO(XML), "x.xml", "text/xml"),
                                               "a.jpg": (io.BytesIO(b"\xff\xd8" + b"p" * 200), "a.jpg", "image/jpeg")})
    environ = made.get_environ()
    whole, kind = environ["wsgi.input"].read(), environ["CONTENT_TYPE"]
    made.close()
    for cut in range(len(whole) - 4):
        for way, length in enumerate((cut, len(whole)), 1):
            told = client.post("/openrosa/submission", headers={**WANG, "Content-Length": str(length)}, content_type=kind,
                               input_stream=io.BytesIO(whole[:cut]),
                               environ_overrides={"REMOTE_ADDR": f"10.{way}.{cut >> 8}.{cut & 255}"})
            assert told.status_code == 400, (cut, length, told.status)
    assert forms.taken == []
    assert all(len(one.data) == 202 for one in forms.files)
    assert client.post("/openrosa/submission", headers=WANG, data=whole, content_type=kind).status_code == 201


def test_what_is_too_large_is_told_so(client: FlaskClient, forms: Forms) -> None:
    told = post(client, **{"a.jpg": (io.BytesIO(bytes(MOST + 2**20)), "a.jpg", "image/jpeg")})
    assert (told.status_code, forms.files, forms.taken) == (413, [], [])
    assert "太大" in message(told)
    many = {f"{n}.jpg": (io.BytesIO(b"x"), f"{n}.jpg", "image/jpeg") for n in range(200)}
    assert post(client, **many).status_code == 413


def test_another_site_cannot_send_in_somebodys_name(client: FlaskClient, forms: Forms) -> None:
    told = post(client, headers={**WANG, "Sec-Fetch-Site": "cross-site"})
    assert (told.status_code, forms.taken) == (403, [])


def test_a_registry_that_is_away_is_told_in_the_clients_language(client: FlaskClient, forms: Forms) -> None:
    forms.away = True
    told = client.get("/openrosa/formList", headers=WANG)
    assert (told.status_code, message(told)) == (503, "登记簿正忙")


def test_no_door_for_staff_no_forms(registry: MemoryRegistry) -> None:
    app = create_app(Settings(base_url=BASE_URL), registry, doors=("scan",))
    assert app.test_client().get("/openrosa/formList", headers=WANG).status_code == 404
