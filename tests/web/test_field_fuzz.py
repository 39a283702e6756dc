"""Bad input at the officers' door, by HTTP against a real registry on both databases: refused item by item with a code, the rest
of the batch goes on, and never a 500."""

from __future__ import annotations

import hashlib
import io
import json
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flows.case_stories import VILLAGE
from flows.door_stories import CODES, FAR, HOME, NEAR, World, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from werkzeug.test import TestResponse

from doorplate.people.signin import sign_in_rules
from doorplate.registry.accounts import NewAccount, add_account
from doorplate.registry.field.door import FieldDesk
from doorplate.registry.field.review import FieldReview
from doorplate.registry.scanning import Scanning
from doorplate.registry.signing_in import SigningIn
from doorplate.settings import Settings
from doorplate.store import Store
from webapp import create_app
from webapp.factory import Work

PASSWORD = "a sentence nobody else would say"
NOW = "2026-11-23T01:00:00+00:00"
BASE: dict[str, dict[str, Any]] = {
    "correction": {"operation": "correct", "changes": {"number": "11", "point": {"lon": 108.2, "lat": 34.27}}, "base": 1,
                   "reason": "号码登记错了"},
    "household": {"household": HOME, "changes": {"members": 3, "needs": {"add": ["home_visit"]}}, "base": 1},
    "mount": {"plate": CODES["near"], "outcome": "mounted", "scanned": True, "height_mm": 1700},
    "visit": {"presence": "scan", "purposes": ["check"], "matter": {"category": "hazard", "text": "路灯不亮"}},
    "tamper": {"seen": "https://a.example/", "why": "host"},
    "recheck": {"round": "0a" * 16, "plate": CODES["near"], "result": "right"},
    "look": {"household": HOME, "why": "visit"},
    "read": {"item": "0b" * 16}}


class Phone:
    """Sends what no app would."""

    def __init__(self, here: World, web: FlaskClient) -> None:
        self.here, self.web, self.sent = here, web, 0
        told = web.post("/field/login", json={"login": "wang", "password": PASSWORD, "device": "红米"}).get_json()
        self.device = told["device_id"]
        self.headers = {"Authorization": f"Bearer {told['token']}"}

    def item(self, kind: str = "visit", **more: Any) -> dict[str, Any]:
        self.sent += 1
        own = {"id": f"{self.sent:032x}", "kind": kind, "at": NOW, "community": VILLAGE, "address": NEAR}
        plain = {"purposes": ["check"], "presence": "scan"} if kind == "visit" else deepcopy(BASE[kind])
        return {**own, **plain, **more}

    def post(self, body: bytes, path: str = "sync", **headers: str) -> TestResponse:
        return self.web.post(f"/field/{path}", data=body, headers={**self.headers, **headers})

    def sync(self, *items: Any, clock: Any = NOW) -> list[str]:
        """The code or result of each."""
        told = self.post(json.dumps({"clock": clock, "items": list(items)}).encode())
        assert told.status_code == 200, told.get_data(as_text=True)
        receipts = told.get_json()["receipts"]
        assert all(one["code"] and one["message"] for one in receipts if one["result"] == "refused"), receipts
        return [one["code"] or one["result"] for one in receipts]


@pytest.fixture
def phone(store: Store, tmp_path: Path) -> Phone:
    here = world(store)
    add_account(here.work.registry, NewAccount("wang", "王网格", "grid_worker", f"{VILLAGE}-G01", must_change=False), PASSWORD)
    (tmp_path / "limits.toml").write_text('[[kind]]\nname = "all"\nmethods = ["GET", "POST", "PUT"]\npaths = ["/"]\n'
                                          'amount = "1000000/minute"\n[unknown]\namount = "1000000/minute"\n'
                                          "[burst]\nwindow_s = 60\none_place = 1000000\noverall = 1000000\n")
    work = Work(SigningIn(here.work.registry, sign_in_rules()), FieldDesk(here.work), FieldReview(here.work))
    told = Settings(base_url="https://mp.example", home=tmp_path, limits_file=tmp_path / "limits.toml")
    app = create_app(told, Scanning(store), doors=("scan", "field"), work=work)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Phone(here, app.test_client())


DEEP: Any = "x"
for _ in range(400):
    DEEP = [DEEP]
WRONG: dict[str, Any] = {
    "nothing": None, "yes": True, "text": "x", "number": -1, "huge": 10 ** 400, "large": 2 ** 31, "NaN": float("nan"),
    "infinite": float("inf"), "list": [], "object": {}, "deep": DEEP, "half a character": "\ud800", "zero": "\0",
    "long": "长" * 5000, "turned": "\u202e", "empty": "", "many": ["x"] * 10_000, "an id": NEAR}


@pytest.mark.parametrize("kind", BASE)
def test_any_field_may_hold_anything(phone: Phone, kind: str) -> None:
    """Every field of a kind with every wrong value: the good ones before and after it stand."""
    fields = [*phone.item(kind), "files", "fixes", "note", "unheard"]
    bad = [{**phone.item(kind), field: value} for field in fields for value in WRONG.values()]
    for start in range(0, len(bad), 40):
        first, *told, last = phone.sync(phone.item(), *bad[start:start + 40], phone.item())
        assert (first, last) == ("accepted", "accepted")
        assert "accepted" not in {code for code, item in zip(told, bad[start:start + 40], strict=True) if "unheard" in item}


def test_other_peoples_doors_and_times_long_past(phone: Phone) -> None:
    good = phone.item()
    told = phone.sync(good, phone.item(address=FAR), phone.item(address="0c" * 16), phone.item(community="1" * 12),
                      phone.item("correction", base=99), phone.item(), clock=NOW)
    assert told == ["accepted", "item.not_yours", "item.not_yours", "item.not_yours", "item.from_the_future", "accepted"]
    phone.here.clock.pass_by(days=366)
    assert phone.sync(good, {**good, "note": "改过"}) == ["duplicate", "item.differs"]


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+14:00",
                                   "\ud800", 10 ** 400, DEEP, float("nan"), {}, "2016-11-23T01:00:00Z", "2036-11-23T01:00:00Z"])
def test_no_clock_is_too_strange(phone: Phone, clock: Any) -> None:
    assert phone.sync(phone.item(), phone.item(at="1990-01-01T00:00:00+14:00"), phone.item(at="2099-12-31T23:59:59-12:00"),
                      clock=clock)[0] == "accepted"


def test_ten_years_off_are_set_right(phone: Phone) -> None:
    for years in (-10, 10):
        off = datetime.fromisoformat(NOW) + timedelta(days=3652 * years // 10)
        item = phone.item(at=off.isoformat())
        assert phone.sync(item, clock=off.isoformat()) == ["accepted"]
        with phone.here.store.reading() as reader:
            kept = reader.item_sent(item["id"])
        assert kept is not None
        assert "clock.off" in kept.flags
        assert abs(kept.captured_at - phone.here.clock.now) < timedelta(minutes=1)


@pytest.mark.parametrize("body", [
    b"", b"{", b"null", b'"x"', b"[]", b'{"items": 1}', b"\xff\xfe\x00", b"\x00" * 100, b"[" * 100_000, b'{"a":' * 50_000,
    b'{"items": [' + b"9" * 5000 + b"]}", '{"items": []}'.encode("utf-16")[:-1], "{“items”: []}".encode("gb18030"),
    b'{"items": ' + json.dumps([{}] * 10_000).encode() + b"}"])
def test_what_cannot_be_read_is_told_so_and_kept(phone: Phone, body: bytes) -> None:
    told = phone.post(body)
    assert (told.status_code, told.get_json()["code"]) in (
        (400, "request.not_json"), (400, "sync.unreadable"), (400, "sync.too_many"))
    with phone.here.store.reading() as reader:
        [aside] = reader.kept_aside()
    assert phone.here.work.opened(aside.body_sealed, aside.id) == body


def test_an_item_that_is_called_half_a_character_is_told_so(phone: Phone) -> None:
    assert phone.sync(phone.item(id="\ud800"), phone.item(**{"\udfff": 1}), phone.item()) == [
        "item.wrong", "item.wrong", "accepted"]


def jpeg(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(("data", "kind", "code"), [
    (b"", "photo", "media.photo_empty"), (b"GIF89a" + b"\0" * 50, "photo", "media.photo_animated"),
    (b"<html><script>alert(1)</script>", "photo", "media.photo_kind"), (jpeg()[:200], "photo", "media.photo_broken"),
    (jpeg() + b"PK\x03\x04" + b"\0" * 40, "photo", ""), (jpeg(), "voice", "media.voice_kind"), (b"RIFF\0\0\0\0WAVE", "voice", ""),
    (jpeg(), "photo", "accepted")])
def test_photos_that_are_none(phone: Phone, data: bytes, kind: str, code: str) -> None:
    headers = {**phone.headers, "X-Kind": kind, "X-Sha256": hashlib.sha256(data).hexdigest()}
    for evidence in ('{"lon": NaN, "lat": 1e999, "taken_at": "\\u0000"}', "[" * 900, "9" * 900, '{"lon": true, "direction": {}}'):
        told = phone.web.put("/field/files/" + "0d" * 16, data=data, headers={**headers, "X-Evidence": evidence})
        assert told.status_code in (200, 422), told.get_data(as_text=True)
        assert code in (told.get_json()["code"] or "accepted"), told.get_json()
    with phone.here.store.reading() as reader:
        assert all(one.evidence == {} for one in reader.field_files(["0d" * 16]))


STRANGE = ("%00", "%ff%fe", "..%2f..%2fetc", "'%22;--", "x" * 3000, "%f0%9f%98%80", "0" * 32)


@pytest.mark.parametrize("name", STRANGE)
def test_names_in_addresses_may_be_anything(phone: Phone, name: str) -> None:
    sha = {"X-Kind": "photo", "X-Sha256": hashlib.sha256(jpeg()).hexdigest()}
    asked = [phone.web.get(f"/field/devices/{name}/state"), phone.web.get(f"/field/pack/{name}", headers=phone.headers),
             phone.post(b'{"why": "visit"}', f"households/{name}/unmask"), phone.post(b"{}", f"zones/{name}/round"),
             phone.web.put(f"/field/files/{name}", data=jpeg(), headers={**phone.headers, **sha})]
    assert all(told.status_code < 500 for told in asked), [told.status_code for told in asked]


@pytest.mark.parametrize("text", ["\ud800", "\0", "x" * 5000, "", "\u202e", "' OR 1=1 --"])
def test_names_and_passwords_may_be_anything(phone: Phone, text: str) -> None:
    for path, names in (("login", ("login", "password", "device")), ("part", ("device_id", "login", "password")),
                        ("password", ("old", "new"))):
        told = phone.post(json.dumps(dict.fromkeys(names, text)).encode(), path)
        assert told.status_code in (400, 401, 403, 413), told.get_data(as_text=True)
        assert told.get_json()["code"]
    with_name = phone.post(json.dumps({"login": "wang", "password": PASSWORD, "device": text}).encode(), "login")
    assert with_name.status_code in (201, 400), with_name.get_data(as_text=True)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
                    | st.sampled_from([NEAR, FAR, HOME, VILLAGE, NOW, CODES["near"], *BASE]),
                    lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=8), one, max_size=4), max_leaves=12)


OTHER_FIELDS = ("files", "fixes", "note", "point", "lon", "persons", "contact")


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """An item of some kind with some of its fields, also inner ones, replaced, left out or added."""
    kind = draw(st.sampled_from(sorted(BASE)))
    item = {"id": draw(st.uuids()).hex, "kind": kind, "at": NOW, "community": VILLAGE, "address": NEAR, **deepcopy(BASE[kind])}
    for _ in range(draw(st.integers(0, 3))):
        at: Any = item
        while (inner := [one for one in at.values() if isinstance(one, dict)]) and draw(st.booleans()):
            at = draw(st.sampled_from(inner))
        name = draw(st.sampled_from(sorted(at) or ["note"]) | st.sampled_from(OTHER_FIELDS))
        if draw(st.booleans()):
            at.pop(name, None)
        else:
            at[name] = draw(JSON)
    return item


def test_made_up_items_are_answered_one_by_one(phone: Phone) -> None:
    codes: set[str] = set()

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(spoilt() | JSON, max_size=8))
    def batch(items: list[Any]) -> None:
        first, *told, last = phone.sync(phone.item(), *items, phone.item())
        assert (first, last) == ("accepted", "accepted")
        assert len(told) == len(items)
        codes.update(told)

    batch()
    assert {"item.not_an_object", "item.wrong"} <= codes


def test_made_up_bodies_are_answered(phone: Phone) -> None:
    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())
           | st.fixed_dictionaries({"items": JSON, "clock": JSON}).map(lambda value: json.dumps(value).encode()))
    def body(data: bytes) -> None:
        for path in ("sync", "login", "part"):
            told = phone.post(data, path)
            assert told.status_code < 500, (path, data)
            assert told.is_json

    body()


