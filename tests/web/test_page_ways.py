"""What the page offers beside words: ways to send something in, notices, help by message, faces, a card for who shares it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from memory_registry import BARE, IN_USE, NEVER_ISSUED, RETIRED, MemoryRegistry, facts
from wire import BASE_URL, unpacked

from doorplate.public_view import Current, PlateView, plate_view
from doorplate.settings import Settings
from webapp import create_app

FACE = "ab" * 32


def shown(view: PlateView, **settings: object) -> str:
    registry = MemoryRegistry({IN_USE: Current(view)})
    client = create_app(Settings(base_url=BASE_URL, **settings), registry, cases=object()).test_client()  # type: ignore[arg-type]
    return client.get(f"/d/{IN_USE}").text


def test_the_order_is_the_order_of_need() -> None:
    page = shown(plate_view(facts()))
    ids = ("people", "emergency", "services", "ways", "notices", "maps", "about")
    parts = ['class="plate"', *(f'id="{one}"' for one in ids)]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_every_way_in_is_a_plain_link_on_this_plate() -> None:
    page = shown(plate_view(facts()))
    for way in ("ask", "report", "book", "chief"):
        assert f'href="/d/{IN_USE}/{way}"' in page
    assert 'href="/follow"' in page
    assert re.search(rf'href="/d/{IN_USE}/book\?service=school">预约<span class="heard"> 小学新生报名', page)


def test_where_nothing_can_be_sent_in_nothing_is_offered(resident: FlaskClient) -> None:
    page = resident.get(f"/d/{IN_USE}").text
    for way in ("/ask", "/report", "/book", "/chief", "/follow"):
        assert f'{way}"' not in page
    assert "请先打电话预约" in page


def test_the_choices_go_along_to_the_forms() -> None:
    registry = MemoryRegistry()
    client = create_app(Settings(base_url=BASE_URL), registry, cases=object()).test_client()  # type: ignore[arg-type]
    page = unescape(client.get(f"/d/{IN_USE}/en-large").text)
    found = re.search(rf'href="(/d/{IN_USE}/book\?[^"]*service=school[^"]*)"', page)
    assert found is not None
    assert parse_qs(urlsplit(found[1]).query) == {"lang": ["en"], "size": ["large"], "service": ["school"]}


def test_notices_say_what_they_are_and_how_long_they_hold(resident: FlaskClient) -> None:
    page = resident.get(f"/d/{IN_USE}").text
    assert page.index("警讯") < page.index("资讯")
    assert "2026-11-20 至 2026-12-20 有效" in page
    assert "Identity cards at the village office" in resident.get(f"/d/{IN_USE}/en").text
    assert 'id="notices"' not in resident.get(f"/d/{BARE}").text


def test_a_message_to_the_police_holds_the_address() -> None:
    page = unescape(shown(plate_view(facts())))
    link = re.search(r'href="sms:12110\?&body=([^"]+)"', page)
    assert link is not None
    assert unquote(link[1]) == "我在陕西省咸阳市武功县普集街道营上村幸福路二巷53号，需要帮助："
    assert "sms:12110029?" in shown(plate_view(facts()), police_sms="12110029")
    assert "sms:" not in shown(plate_view(facts()), police_sms="")


def test_a_contact_nobody_confirmed_for_long_stands_behind_the_station() -> None:
    view = plate_view(facts())
    first = replace(view.contacts[0], stale=True, confirmed_on=date(2026, 1, 2))
    page = shown(replace(view, contacts=(first, *view.contacts[1:])))
    assert page.index("测试派出所") < page.index(first.name)
    assert "很久没有核实，上次 2026-01-02" in page
    usual = shown(view)
    assert usual.index(first.name) < usual.index("测试派出所")


def test_a_deputy_says_for_whom_and_a_face_is_a_picture_of_fixed_size() -> None:
    view = plate_view(facts())
    first = replace(view.contacts[0], standing_in_for="测试民警乙", photo=FACE)
    page = shown(replace(view, contacts=(first,)))
    assert "暂代" in page
    assert "测试民警乙" in page
    assert re.search(rf'<img class="photo" src="/portraits/{FACE}.jpg" alt="" width="56" height="56" loading="lazy">', page)


def test_a_portrait_is_kept_by_browsers_and_only_known_ones_exist(registry: MemoryRegistry, resident: FlaskClient) -> None:
    registry.portraits = {FACE: b"\xff\xd8\xff"}
    answer = resident.get(f"/portraits/{FACE}.jpg")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert "immutable" in answer.headers["Cache-Control"]
    for name in ("cd" * 32, "..%2f..%2fetc", "x"):
        assert resident.get(f"/portraits/{name}.jpg").status_code == 404


def test_who_shares_the_page_shares_its_address_and_our_picture(resident: FlaskClient, registry: MemoryRegistry) -> None:
    page = resident.get(f"/d/{IN_USE}").text
    assert f'<meta property="og:url" content="{BASE_URL}/d/{IN_USE}">' in page
    image = re.search(rf'og:image" content="{BASE_URL}(/static/card\.[0-9a-f]{{8}}\.png)"', page)
    assert image is not None
    picture = resident.get(image[1])
    assert picture.mimetype == "image/png"
    assert len(picture.data) < 6_000
    bare = create_app(Settings(base_url=""), registry).test_client().get(f"/d/{IN_USE}").text
    assert "og:title" in bare
    assert "og:image" not in bare, "a relative picture would be resolved against whatever host was asked"


def test_the_scripts_of_the_page_are_ours_and_small(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE}")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    scripts = re.findall(r'<script type="module" src="(/static/[^"]+)"></script>', answer.text)
    assert answer.text.count("<script") == len(scripts) >= 1
    assert "style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)
    plate = next(path for path in scripts if path.startswith("/static/plate."))
    assert len(resident.get(plate, headers={"Accept-Encoding": "gzip"}).data) <= 3 * 1024


def test_what_only_a_script_can_do_is_hidden_until_it_runs(resident: FlaskClient) -> None:
    page = resident.get(f"/d/{IN_USE}").text
    buttons = re.findall(r"<button [^>]*data-(?:copy|stop)[^>]*>", page)
    assert len(buttons) == 2
    assert all(" hidden " in one for one in buttons)
    assert re.search(r'<div class="sighting[^>]* hidden>', page)


def test_the_how_to_stands_at_the_foot_of_every_page(resident: FlaskClient) -> None:
    for path in ("/", f"/d/{IN_USE}", f"/d/{RETIRED}", f"/d/{NEVER_ISSUED}", "/nothing"):
        assert 'href="/howto"' in resident.get(path).text
    for path in ("/howto", "/howto/large", "/howto/en", "/howto/en-large"):
        assert resident.get(path).status_code == 200
    text = resident.get("/howto").text
    for expected in ("扫一扫", "13 位编码", "不要钱", "mp.example.cn", "tel:110"):
        assert expected in text


def test_everything_together_weighs_less_than_50_kb(resident: FlaskClient) -> None:
    gzip = {"Accept-Encoding": "gzip"}
    page = resident.get(f"/d/{IN_USE}", headers=gzip)
    parts = set(re.findall(r'(?:href|src)="((?:/static/|/d/[^"]*\.svg)[^"]*)"', unpacked(page.data).decode()))
    sizes = {part: len(resident.get(part, headers=gzip).data) for part in parts}
    assert len(page.data) + sum(sizes.values()) <= 50 * 1024, sizes


@pytest.mark.parametrize("path", ["", "/contacts.vcf", "/map.svg", "/ask"])
def test_never_issued_and_nonsense_answer_byte_for_byte_alike(resident: FlaskClient, path: str) -> None:
    bodies = {resident.get(f"/d/{code}{path}").data for code in (NEVER_ISSUED, "0" * 13, "ZZZZZZZZZZZZZ")}
    assert len(bodies) == 1
