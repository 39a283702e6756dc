"""How parts of the offline pack travel: compressed, answered 304 where the phone has them, kept by no browser."""

from __future__ import annotations

import gzip
from typing import Any, cast

import brotli
import pytest
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from test_field_api import PHONE, Door, OnePhone
from wire import BASE_URL

from doorplate.errors import NotFound
from doorplate.field.pack import etag_of, written
from doorplate.field_view import PackPart
from doorplate.people.account import Actor
from doorplate.review_view import ReviewDesk
from doorplate.settings import Settings
from webapp import create_app
from webapp.factory import Work

BODY = written({"rows": [["幸福路", n] for n in range(500)]})
NAME = "/field/pack/doors/610431001203-G01/0"


class PackDoor(Door):
    def pack_part(self, _actor: Actor, name: str) -> PackPart:
        if name != "doors/610431001203-G01/0":
            raise NotFound("pack.part", "离线包里没有这一份")
        return PackPart(etag_of(BODY), BODY)


@pytest.fixture
def client() -> FlaskClient:
    work = Work(cast(Any, OnePhone()), cast(Any, PackDoor()), cast(ReviewDesk, None))
    return create_app(Settings(base_url=BASE_URL), MemoryRegistry(), doors=("field",), work=work).test_client()


@pytest.mark.parametrize(("wish", "opened"), [("br, gzip", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)])
def test_a_part_travels_compressed_and_opens_to_the_same_bytes(client: FlaskClient, wish: str, opened: Any) -> None:
    answer = client.get(NAME, headers={**PHONE, "Accept-Encoding": wish})
    assert opened(answer.data) == BODY
    assert (len(answer.data) < len(BODY) / 3) == bool(wish)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("told", ['"{}"', 'W/"{}"', '"other", "{}"'])  # a proxy that compresses makes an etag weak
def test_what_the_phone_has_is_not_sent_again(client: FlaskClient, told: str) -> None:
    known = {**PHONE, "Accept-Encoding": "br", "If-None-Match": told.format(etag_of(BODY))}
    answer = client.get(NAME, headers=known)
    assert (answer.status_code, answer.data) == (304, b"")
    assert client.get(NAME, headers={**known, "If-None-Match": '"other"'}).status_code == 200


def test_without_a_token_not_even_304(client: FlaskClient) -> None:
    assert client.get(NAME, headers={"If-None-Match": f'"{etag_of(BODY)}"'}).status_code == 401
    assert client.get("/field/pack/doors/610431001203-G02/0", headers=PHONE).status_code == 404
