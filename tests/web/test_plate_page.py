"""GET /d/<CODE>: in use, retired, unknown, and the many ways people write a code."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from memory_registry import BARE, GONE, IN_USE, LONG, NEVER_ISSUED, RETIRED, MemoryRegistry
from wire import BASE_URL, unpacked

from doorplate.settings import Settings
from webapp import create_app

ADDRESS = "陕西省咸阳市武功县普集街道营上村幸福路二巷53号"


def test_a_plate_in_use_tells_where_who_and_what(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE}")
    assert answer.status_code == 200
    for expected in (
        ADDRESS,
        "幸福路二巷",
        "营上村",
        "营上村第一网格",
        "营上警格",
        "武功县",
        "普集街道",
        "测试派出所",
        "测试路 2 号",
        "测试民警甲",
        "核实于 2026-11-02",
        "待核实",
        "办身份证",
        "不用预约",
        "请先打电话预约",
        "示例数据, 人名电话均为虚构",
        "uri.amap.com",
        "apis.map.qq.com",
        "api.map.baidu.com",
        "geo:34.274825,108.211242",
        "mp.example.cn",
    ):
        assert expected in answer.text, expected
    grouped = " ".join(IN_USE[i : i + 4] for i in range(0, 13, 4))
    assert answer.text.count(grouped) >= 2, "on the drawn plate and below it, large"


def test_every_number_shown_is_the_number_dialled(resident: FlaskClient) -> None:
    text = unescape(resident.get(f"/d/{IN_USE}").text)
    links = re.findall(r'<a [^>]*href="tel:([^"]+)".*?class="phone">([^<]+)<', text, re.DOTALL)
    assert len(links) == text.count("tel:") >= 5 + 1 + 4 + 7, "officials, station, emergency, services"
    assert [dialled for dialled, _ in links] == [shown.replace(" ", "") for _, shown in links]


def test_the_officer_stands_first_and_the_worker_of_another_grid_not_at_all(resident: FlaskClient) -> None:
    text = resident.get(f"/d/{IN_USE}").text
    order = [text.index(name) for name in ("测试民警甲", "测试辅警乙", "测试网格员一甲", "测试网格员一乙", "测试书记甲")]
    assert order == sorted(order)
    assert "测试网格员二甲" not in text


def test_a_plate_of_which_little_is_known_still_has_a_page(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{BARE}")
    assert answer.status_code == 200
    assert "测试村三组" in answer.text
    assert "还没有登记" in answer.text
    assert "示例数据" not in answer.text, "this village is not a sample"
    for absent in ("uri.amap.com", 'id="services"', "None", "警格"):
        assert absent not in answer.text


def test_a_retired_plate_is_gone_and_says_what_the_door_is_called_now(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{RETIRED}")
    assert answer.status_code == 410
    assert "已停用" in answer.text
    assert "营上村幸福路55号" in answer.text
    assert "tel:029-00000110" in answer.text


def test_a_retired_plate_without_a_successor(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{GONE}")
    assert answer.status_code == 410
    assert "不再对应任何地址" in answer.text
    assert "None" not in answer.text


def test_an_unknown_code_warns_of_forged_plates_and_says_whom_to_tell(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{NEVER_ISSUED}")
    assert answer.status_code == 404
    for expected in ("伪造", "验证码", "tel:029-00000110", "tel:110", "tel:12345"):
        assert expected in answer.text
    assert NEVER_ISSUED not in answer.text


def test_never_issued_misspelt_and_nonsense_look_exactly_alike(resident: FlaskClient) -> None:
    misspelt = IN_USE[:-1] + ("0" if IN_USE[-1] != "0" else "1")
    pages = {resident.get(f"/d/{code}").data for code in (NEVER_ISSUED, misspelt, "hello", "%F0%A3%B5%A6")}
    assert len(pages) == 1


@pytest.mark.parametrize(
    "written",
    [
        IN_USE.lower(),
        f"{IN_USE[:4]} {IN_USE[4:8]} {IN_USE[8:12]} {IN_USE[12:]}",
        f"{IN_USE[:4]}-{IN_USE[4:]}",
        IN_USE.replace("7", "７"),
        f"{IN_USE}/",
        f"{IN_USE}%20",
    ],
)
def test_other_ways_to_write_a_code_lead_to_the_one_way_for_now(resident: FlaskClient, written: str) -> None:
    answer = resident.get(f"/d/{written}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{IN_USE}")
    assert answer.headers["Cache-Control"] == "no-store"


def test_letters_that_people_misread_are_forgiven(resident: FlaskClient) -> None:
    assert resident.get("/d/OIL0000000000").headers["Location"] == "/d/0110000000000"


def test_a_plate_printed_in_capitals_opens_the_same_page(resident: FlaskClient) -> None:
    assert resident.get(f"/D/{IN_USE}").headers["Location"] == f"/d/{IN_USE}"
    assert resident.get("/D/NONSENSE").status_code == 404


def test_what_wechat_adds_changes_nothing(resident: FlaskClient) -> None:
    plain = resident.get(f"/d/{IN_USE}")
    scanned = resident.get(f"/d/{IN_USE}?q=https%3A%2F%2Fmp.example.cn%2Fd%2F{NEVER_ISSUED}&scancode_time=1764")
    assert scanned.status_code == 200
    assert scanned.data == plain.data


def test_the_visitors_choices_survive_the_redirect_and_nothing_else_does(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE.lower()}?lang=en&size=large&q=x&next=//evil.example")
    assert answer.headers["Location"] == f"/d/{IN_USE}/en-large"


def test_large_type_is_a_link_and_works_without_script_or_cookie(resident: FlaskClient) -> None:
    assert f'href="/d/{IN_USE}/large"' in resident.get(f"/d/{IN_USE}").text
    assert 'class="large"' in resident.get(f"/d/{IN_USE}/large").text


def test_head_answers_like_get_without_a_body(resident: FlaskClient) -> None:
    for code, status in ((IN_USE, 200), (RETIRED, 410), (NEVER_ISSUED, 404)):
        answer = resident.head(f"/d/{code}")
        assert (answer.status_code, answer.data) == (status, b"")


def test_a_phone_that_has_the_page_is_told_so_but_always_asks(resident: FlaskClient, registry: MemoryRegistry) -> None:
    first = resident.get(f"/d/{IN_USE}")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = resident.get(f"/d/{IN_USE}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    later = create_app(Settings(base_url=BASE_URL), MemoryRegistry({IN_USE: registry.plates[RETIRED]})).test_client()
    assert later.get(f"/d/{IN_USE}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 410


BAD_CODES = [
    "../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cwindows",
    "%00",
    f"{IN_USE}%00",
    "%F0%A3%B5%A6" * 13,
    "😀" * 13,
    "%0d%0aSet-Cookie:%20a=b",
    "%1b%5b31m",
    "%E2%80%AE" + IN_USE[:5],
    "<script>alert(1)</script>",
    "%3Cimg%20src=x%20onerror=alert(1)%3E",
    "' OR 1=1 --",
    "{{7*7}}",
    "%FF%FE",
    "A" * 10_000,
    "０" * 14,
    "U" * 13,
    "favicon.ico",
    "a/b/c",
    "%252e%252e",
]


@pytest.mark.parametrize("bad", BAD_CODES, ids=range(len(BAD_CODES)))
def test_bad_input_gets_the_calm_page_and_is_never_repeated(resident: FlaskClient, bad: str) -> None:
    answer = resident.get(f"/d/{bad}")
    assert answer.status_code == 404
    assert "查不到这块门牌" in answer.text or "没有这一页" in answer.text
    for danger in ("<script>", "onerror", "Set-Cookie", "49", "Traceback", "\x00"):
        # Names of static files end in digits of their content, and may well be 49.
        assert danger not in re.sub(r"/static/\S+", "", answer.text.replace("%3C", "<")), danger
    assert "Set-Cookie" not in answer.headers


def test_the_long_name_and_the_suffix_fit_the_drawn_plate(resident: FlaskClient) -> None:
    text = resident.get(f"/d/{LONG}").text
    assert "1253号附12号" in text
    assert text.count('<text x="51.5"') == 3, "two lines of street, and the number"


def test_first_screen_weighs_less_than_14_kb(resident: FlaskClient) -> None:
    page = resident.get(f"/d/{IN_USE}", headers={"Accept-Encoding": "gzip"})
    style = re.search(r'href="(/static/scan\.[0-9a-f]{8}\.css)"', unpacked(page.data).decode())
    assert style is not None
    css = resident.get(style[1], headers={"Accept-Encoding": "gzip"})
    weight = len(page.data) + len(css.data)
    assert page.headers["Content-Encoding"] == css.headers["Content-Encoding"] == "gzip"
    assert weight <= 14 * 1024, f"{len(page.data)} + {len(css.data)} bytes"
