"""What phones send reaches the door whole or is answered in words a phone can act on; nothing unreadable is lost."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from werkzeug.test import TestResponse
from wire import BASE_URL

from doorplate.errors import NotFound, NotPermitted, Unavailable
from doorplate.field.settings import SyncRules, field_settings
from doorplate.field_view import ItemReceipt, ItemVerdict, Registered, SentFile, SyncAnswer
from doorplate.people.account import Actor, Grant
from doorplate.review_view import ReviewDesk
from doorplate.settings import Settings
from webapp import create_app
from webapp.factory import Work

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PHONE = {"Authorization": "Bearer t"}
ID = "0f" * 16


class OnePhone:
    """Signs wang in with "right" as device d, token "t"."""

    def register_device(self, login: str, password: str, name: str, kind: Literal["phone", "odk"] = "phone",
                        code: str = "") -> Registered:
        if (login, password) != ("wang", "right"):
            raise NotPermitted("signin.wrong", "登录名或密码不对")
        return Registered("d", "t", "cGFydA==", "王建国", False)

    def device_actor(self, token: str) -> Actor:
        if token != "t":
            raise NotPermitted("device.revoked", "这台设备已被收回")
        return Actor("a", "王建国", (Grant("grid_worker", "610431001203-G01"),), device_id="d")

    def device_state(self, device_id: str) -> str:
        return "active" if device_id == "d" else "unknown"

    def renew_part(self, device_id: str, login: str, password: str, code: str = "") -> str:
        return self.register_device(login, password, device_id).part


class Door:
    """Takes everything down, and answers as told."""

    tiles = ""

    def __init__(self) -> None:
        self.files: list[SentFile] = []
        self.items: list[Any] = []
        self.aside: list[tuple[bytes, str]] = []
        self.clock: datetime | None = None

    @property
    def sync_rules(self) -> SyncRules:
        return field_settings().sync

    def store_file(self, _actor: Actor, file: SentFile) -> ItemReceipt:
        if hashlib.sha256(file.data).hexdigest() != file.sha256:
            return ItemReceipt(file.id, "refused", "file.cut", "没有传完", retry=True)
        self.files.append(file)
        return ItemReceipt(file.id, "accepted")

    def sync(self, _actor: Actor, items: Sequence[Any], device_clock: datetime | None) -> SyncAnswer:
        self.items, self.clock = list(items), device_clock
        receipts = [ItemReceipt(str(n), "accepted") for n, _ in enumerate(items)]
        return SyncAnswer(receipts, [ItemVerdict(ID, "correction", "rejected", "门牌没有错", "幸福路5号", NOW)], NOW)

    def set_aside(self, _actor: Actor, body: bytes, reason: str) -> None:
        self.aside.append((body, reason))

    def unmask(self, _actor: Actor, household_id: str, why: str) -> Mapping[str, Any]:
        if household_id != ID:
            raise NotFound("household.unknown", "没有这一户")
        return {"head": "张三", "why": why}

    def open_round(self, _actor: Actor, _zone_id: str) -> Mapping[str, Any]:
        raise Unavailable("store.busy", "登记簿正忙")


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def client(registry: MemoryRegistry, door: Door) -> FlaskClient:
    work = Work(cast(Any, OnePhone()), cast(Any, door), cast(ReviewDesk, None))
    app: Flask = create_app(Settings(base_url=BASE_URL), registry, doors=("field",), work=work)
    return app.test_client()


def _code(response: TestResponse, status: int) -> str:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"
    return cast(str, response.get_json()["code"])


def test_a_phone_registers_and_asks_whether_it_must_wipe_itself(client: FlaskClient) -> None:
    told = client.post("/field/login", json={"login": "wang", "password": "right", "device": "我的手机"})
    assert told.status_code == 201
    assert told.get_json()["token"] == "t"
    assert "Set-Cookie" not in told.headers
    assert _code(client.post("/field/login", json={"login": "wang", "password": "x", "device": ""}), 401) == "signin.wrong"
    assert client.get("/field/devices/d/state").get_json() == {"state": "active"}
    assert client.get("/field/devices/other/state").get_json() == {"state": "unknown"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"login": 1, "password": "a", "device": ""}', b"[" * 5000])
def test_a_login_that_cannot_be_read_is_told_so(client: FlaskClient, body: bytes) -> None:
    assert _code(client.post("/field/login", data=body), 400) in ("request.not_json", "request.missing")


def test_without_a_token_or_with_one_taken_back_nothing_is_let_in(client: FlaskClient, door: Door) -> None:
    for headers, code in (({}, "device.unknown"), ({"Authorization": "Bearer x"}, "device.revoked"),
                          ({"Authorization": "Basic dDp0"}, "device.unknown")):
        for method, path in (("POST", "/field/sync"), ("PUT", f"/field/files/{ID}"), ("POST", f"/field/households/{ID}/unmask")):
            assert _code(client.open(path, method=method, headers=headers, data=b"{}"), 401) == code
    assert not door.items
    assert not door.aside


def test_a_batch_is_answered_item_by_item_with_the_verdicts_that_wait(client: FlaskClient, door: Door) -> None:
    told = client.post("/field/sync", headers=PHONE, json={"clock": "2026-11-23T14:00:00+08:00", "items": [{"id": 1}, "?"]})
    assert [one["result"] for one in told.get_json()["receipts"]] == ["accepted", "accepted"]
    assert told.get_json()["verdicts"][0]["words"] == "门牌没有错"
    assert told.get_json()["server_clock"] == NOW.isoformat()
    assert door.items == [{"id": 1}, "?"]
    assert door.clock == NOW


@pytest.mark.parametrize("clock", [None, "", "yesterday", "2026-11-23T14:00:00", 5])
def test_a_clock_that_says_nothing_is_no_clock(client: FlaskClient, door: Door, clock: object) -> None:
    assert client.post("/field/sync", headers=PHONE, json={"clock": clock, "items": []}).status_code == 200
    assert door.clock is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"items": {}}', b"\xff\xfe"])
def test_what_cannot_be_read_is_kept_aside(client: FlaskClient, door: Door, body: bytes) -> None:
    code = _code(client.post("/field/sync", headers=PHONE, data=body), 400)
    assert door.aside == [(body, code)]


def test_too_much_at_once_is_told_so(client: FlaskClient, door: Door) -> None:
    many = {"items": [{}] * (door.sync_rules.batch + 1)}
    assert _code(client.post("/field/sync", headers=PHONE, json=many), 400) == "sync.too_many"
    huge = b" " * (door.sync_rules.batch * door.sync_rules.item_kb * 1024 + 1)
    assert _code(client.post("/field/sync", headers=PHONE, data=huge), 413) == "http.413"


def test_a_photo_larger_than_any_page_form_arrives_whole(client: FlaskClient, door: Door) -> None:
    data = bytes(range(256)) * 4096
    headers = {**PHONE, "X-Kind": "photo", "X-Sha256": hashlib.sha256(data).hexdigest(),
               "X-Evidence": json.dumps({"taken_at": "2026-11-23T06:00:00Z", "lon": 108.2, "owner": "张三", "lat": [1]})}
    assert client.put(f"/field/files/{ID}", headers=headers, data=data).get_json()["result"] == "accepted"
    assert door.files[0].data == data
    assert door.files[0].evidence == {"taken_at": "2026-11-23T06:00:00Z", "lon": 108.2}


def test_half_a_photo_is_to_be_sent_again(client: FlaskClient, door: Door) -> None:
    headers = {**PHONE, "X-Kind": "photo", "X-Sha256": hashlib.sha256(b"whole").hexdigest()}
    told = client.put(f"/field/files/{ID}", headers=headers, data=b"who")
    assert _code(told, 400) == "file.cut"
    assert told.get_json()["retry"] is True
    assert not door.files
    for wrong in ({"X-Kind": "film"}, {"X-Sha256": "12"}):
        assert _code(client.put(f"/field/files/{ID}", headers={**headers, **wrong}, data=b"who"), 400) == "file.headers"


def test_what_goes_wrong_behind_the_door_is_told_with_its_code(client: FlaskClient) -> None:
    assert client.post(f"/field/households/{ID}/unmask", headers=PHONE, json={"why": "visit"}).get_json()["why"] == "visit"
    assert _code(client.post("/field/households/x/unmask", headers=PHONE, json={"why": "v"}), 404) == "household.unknown"
    assert _code(client.post("/field/zones/z/round", headers=PHONE), 503) == "store.busy"


def test_who_is_refused_is_heard_to_the_end(client: FlaskClient) -> None:
    """Else a proxy in front would say that we are away, and a revoked phone would never hear that it is."""
    sent = io.BytesIO(bytes(3 * 2**20))
    stolen = {"Authorization": "Bearer stolen"}
    told = client.put(f"/field/files/{ID}", headers=stolen, input_stream=sent, content_length=3 * 2**20)
    assert (told.status_code, told.get_json()["code"], sent.tell()) == (401, "device.revoked", 3 * 2**20)
