"""The whole way by HTTP: account, phone, pack, correction with a photo, reviewer at the desk, and the verdict on the phone."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from case_stories import VILLAGE
from door_stories import NEAR, World, world
from flask.testing import FlaskClient
from PIL import Image

from doorplate.exchange.tiles import write_tiles
from doorplate.people.signin import sign_in_rules
from doorplate.registry import Registry
from doorplate.registry.accounts import NewAccount, add_account, disable, find_account
from doorplate.registry.field.door import FieldDesk
from doorplate.registry.field.review import FieldReview
from doorplate.registry.scanning import Scanning
from doorplate.registry.signing_in import SigningIn
from doorplate.settings import Settings
from doorplate.store import Store
from webapp import create_app
from webapp.factory import Work

PASSWORD = "a sentence nobody else would say"
ITEM = "0f" * 16


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


@pytest.fixture
def office(here: World, tmp_path: Path) -> FlaskClient:
    registry: Registry = here.work.registry
    for login, name, role in (("wang", "王网格", "grid_worker"), ("li", "李审核", "registrar")):
        area = f"{VILLAGE}-G01" if role == "grid_worker" else VILLAGE
        add_account(registry, NewAccount(login, name, role, area, must_change=False), PASSWORD)  # type: ignore[arg-type]
    work = Work(SigningIn(registry, sign_in_rules()), FieldDesk(here.work, tmp_path), FieldReview(here.work))
    settings = Settings(base_url="https://mp.example", home="unused")  # type: ignore[arg-type]
    return create_app(settings, Scanning(here.store), doors=("scan", "field", "desk"), work=work).test_client()


class Phone:
    """What the app on a phone does, without the app."""

    def __init__(self, office: FlaskClient, login: str = "wang") -> None:
        told = office.post("/field/login", json={"login": login, "password": PASSWORD, "device": "红米"})
        assert told.status_code == 201, told.get_data(as_text=True)
        self.office, self.registered = office, told.get_json()
        self.headers = {"Authorization": f"Bearer {self.registered['token']}"}

    def get(self, path: str, **headers: str) -> Any:
        return self.office.get(path, headers={**self.headers, **headers})

    def sync(self, *items: dict[str, Any]) -> dict[str, Any]:
        told = self.office.post("/field/sync", headers=self.headers,
                                json={"clock": datetime.now(UTC).isoformat(), "items": list(items)})
        assert told.status_code == 200, told.get_data(as_text=True)
        return dict(told.get_json())

    def photo(self, file_id: str) -> None:
        out = io.BytesIO()
        Image.new("RGB", (80, 60), "navy").save(out, "JPEG")
        data = out.getvalue()
        headers = {**self.headers, "X-Kind": "photo", "X-Sha256": hashlib.sha256(data).hexdigest()}
        assert self.office.put(f"/field/files/{file_id}", headers=headers, data=data).status_code == 200


def door_of(phone: Phone, number: str) -> dict[str, Any]:
    """The door with this number, from the phone's pack."""
    for told in phone.get("/field/pack").get_json()["parts"]:
        if told["kind"] == "doors":
            part = phone.get(f"/field/pack/{told['name']}").get_json()
            for row in part["rows"]:
                door = dict(zip(part["columns"], row, strict=True))
                if door["number"] == number:
                    return door
    raise AssertionError(number)


def sign_in(office: FlaskClient, login: str = "li") -> None:
    answer = office.post("/desk/login", data={"login": login, "password": PASSWORD, "next": "/desk/review/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/review/")


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    tags = re.findall(r"<input[^>]*type=\"?hidden[^>]*>", page)
    found = [(re.search(r'name="?([\w.]+)', tag), re.search(r'value="?([^">]*)', tag)) for tag in tags]
    return {name[1]: value[1] if value else "" for name, value in found if name}


def correction(here: World, door: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": ITEM, "kind": "correction", "at": here.clock.now.isoformat(), "community": VILLAGE, "address": door["id"],
            "base": door["version"], "operation": "correct", "changes": {"number": "11"}, "reason": "号码登记错了", **more}


def test_a_wrong_number_is_put_right_at_the_door(here: World, office: FlaskClient) -> None:
    here.clock.now = datetime.now(UTC)
    phone = Phone(office)
    door = door_of(phone, "1")
    assert door["id"] == NEAR
    phone.photo("aa" * 16)
    [receipt] = phone.sync(correction(here, door, files=["aa" * 16]))["receipts"]
    assert receipt["result"] == "accepted", receipt
    assert door_of(phone, "1") == door

    sign_in(office)
    queue = office.get("/desk/review/").get_data(as_text=True)
    assert ITEM in queue
    card = office.get(f"/desk/review/{ITEM}")
    assert card.status_code == 200
    page = card.get_data(as_text=True)
    assert f"/desk/review/{ITEM}/files/{'aa' * 16}" in page
    shown = office.get(f"/desk/review/{ITEM}/files/{'aa' * 16}")
    assert shown.headers["Content-Type"].startswith("image/")
    approved = office.post(f"/desk/review/{ITEM}/approve", data=form_of(page))
    assert approved.status_code == 303, approved.get_data(as_text=True)

    assert door_of(phone, "11")["version"] == door["version"] + 1
    [verdict] = phone.sync()["verdicts"]
    assert (verdict["item"], verdict["status"]) == (ITEM, "approved")
    read = {"id": "0a" * 16, "kind": "read", "at": here.clock.now.isoformat(), "community": VILLAGE, "item": ITEM}
    assert phone.sync(read)["verdicts"] == []
    with here.store.reading() as reader:
        story = [one.event.verb for one in reader.events_of([NEAR])]
    assert story[-1] == "address.corrected"


def test_what_is_sent_back_comes_with_its_reason(here: World, office: FlaskClient) -> None:
    phone = Phone(office)
    phone.sync(correction(here, door_of(phone, "1")))
    sign_in(office)
    form = form_of(office.get(f"/desk/review/{ITEM}").get_data(as_text=True))
    without = office.post(f"/desk/review/{ITEM}/reject", data=form)
    assert without.status_code == 400
    assert office.post(f"/desk/review/{ITEM}/reject", data={**form, "words": "照片里是 1 号, 没有错"}).status_code == 303
    [verdict] = phone.sync()["verdicts"]
    assert (verdict["status"], verdict["words"]) == ("rejected", "照片里是 1 号, 没有错")
    assert door_of(phone, "1")


def test_who_sent_it_and_who_is_not_let_in_cannot_decide_it(here: World, office: FlaskClient) -> None:
    phone = Phone(office)
    phone.sync(correction(here, door_of(phone, "1")))
    assert office.get(f"/desk/review/{ITEM}").status_code == 303
    sign_in(office, "wang")
    page = office.get(f"/desk/review/{ITEM}")
    form = {**form_of(page.get_data(as_text=True)), "version": "2"}
    assert office.post(f"/desk/review/{ITEM}/approve", data=form).status_code in (403, 404, 409)
    office.post(f"/desk/review/{ITEM}/approve", data={"version": "2"})
    assert door_of(phone, "1")


def test_a_phone_of_a_closed_account_is_told_to_wipe_itself(here: World, office: FlaskClient) -> None:
    phone = Phone(office)
    device = phone.registered["device_id"]
    assert office.get(f"/field/devices/{device}/state").get_json() == {"state": "active"}
    with here.store.reading() as reader:
        account = find_account(reader, "wang")
    disable(here.work.registry, account.id)
    assert phone.get("/field/pack").status_code == 401
    assert phone.get("/field/pack").get_json()["code"] == "device.revoked"
    assert office.get(f"/field/devices/{device}/state").get_json() == {"state": "revoked"}


def test_a_part_the_phone_has_is_not_sent_again(office: FlaskClient) -> None:
    phone = Phone(office)
    for told in phone.get("/field/pack").get_json()["parts"]:
        part = phone.get(f"/field/pack/{told['name']}")
        assert hashlib.sha256(json.dumps(part.get_json()).encode()).hexdigest()
        assert told["etag"] in part.headers["ETag"]
        assert part.headers["Cache-Control"] == "no-store"
        assert phone.get(f"/field/pack/{told['name']}", **{"If-None-Match": part.headers["ETag"]}).status_code == 304


def test_chance_tokens_open_nothing(office: FlaskClient) -> None:
    chance = random.Random(7)
    for _ in range(20):
        token = chance.randbytes(32).hex()
        assert office.get("/field/pack", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_village_s_map_comes_piece_by_piece_and_to_nobody_else(office: FlaskClient, here: World, tmp_path: Path) -> None:
    phone = Phone(office)
    path = f"/field/tiles/{VILLAGE}.pmtiles"
    assert phone.get(path).get_json()["code"] == "map.tiles"
    with here.store.reading() as reader:
        for code in (VILLAGE, "610431009999"):
            write_tiles(tmp_path / f"{code}.pmtiles", "村", reader.areas(VILLAGE), (), reader.addresses(VILLAGE))
    piece = phone.get(path, Range="bytes=0-126")
    assert (piece.status_code, piece.data[:7], piece.headers["Content-Length"]) == (206, b"PMTiles", "127")
    assert phone.get(path, Range="bytes=99999999-").status_code == 416
    assert phone.get("/field/tiles/610431009999.pmtiles").status_code == 404, "another village"
    assert phone.get("/field/tiles/..%2fregistry.pmtiles").status_code == 404
    assert office.get(path).status_code == 401
