"""WeChat's rule for ordinary links: its file where it looks for it, `q` read once, and never a way to somewhere else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from memory_registry import IN_USE, NEVER_ISSUED, MemoryRegistry
from wire import BASE_URL

from doorplate.settings import Settings
from webapp import create_app
from webapp.scan.wechat import code_in_link, verification_files

NAME = "WxVerify_9aBc-1.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wechat").mkdir()
    (tmp_path / "wechat" / NAME).write_bytes(b"0123456789abcdef0123456789abcdef")
    return tmp_path


def door(home: Path) -> FlaskClient:
    return create_app(Settings(base_url=BASE_URL, home=home), MemoryRegistry()).test_client()


def test_the_file_lies_where_wechat_looks_for_it(folder: Path) -> None:
    for path in (f"/d/{NAME}", f"/{NAME}"):
        answer = door(folder).get(path)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        assert answer.data == b"0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("path", [
    "/d/other.txt", "/other.txt", f"/d/{NAME.lower()}", f"/d/..%2fwechat%2f{NAME}", f"/d/x/{NAME}", "/d/secret.key",
    "/secret.key",
])  # fmt: skip
def test_nothing_else_in_the_folder_can_be_had(folder: Path, path: str) -> None:
    (folder / "secret.key").write_text("geheim")
    assert door(folder).get(path).status_code == 404


def test_only_small_files_with_wechats_kind_of_name_are_taken(folder: Path) -> None:
    for name in ("a b.txt", "中文.txt", ".txt", "x.html", "x" * 65 + ".txt", "a.b.txt"):
        (folder / "wechat" / name).write_text("x")
    (folder / "wechat" / "large.txt").write_bytes(b"x" * 5000)
    (folder / "wechat" / "folder.txt").mkdir()
    assert list(verification_files(folder)) == [NAME]


def test_without_the_folder_the_door_opens_all_the_same(tmp_path: Path) -> None:
    assert verification_files(tmp_path / "nothing") == {}
    assert door(tmp_path).get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/d/"])
@pytest.mark.parametrize("rest", ["", "/", "?x=1"])
def test_the_link_in_q_opens_its_plate(resident: FlaskClient, path: str, rest: str) -> None:
    answer = resident.get(f"{path}?q={quote(f'{BASE_URL}/d/{IN_USE}{rest}', safe='')}&scancode_time=1764000000")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{IN_USE}")


def test_capitals_on_the_plate_are_the_same_link(resident: FlaskClient) -> None:
    answer = resident.get("/", query_string={"q": f"{BASE_URL}/d/{IN_USE}".upper()})
    assert answer.headers["Location"] == f"/d/{IN_USE}"


def test_a_link_encoded_twice_is_not_ours_it_is_decoded_once_only(resident: FlaskClient) -> None:
    twice = quote(quote(f"{BASE_URL}/d/{IN_USE}", safe=""), safe="")
    assert resident.get(f"/?q={twice}").status_code == 404


@pytest.mark.parametrize("link", [
    f"https://evil.example/d/{IN_USE}", f"//evil.example/d/{IN_USE}", f"{BASE_URL}.evil.example/d/{IN_USE}",
    f"{BASE_URL}@evil.example/d/{IN_USE}", f"{BASE_URL}:8443/d/{IN_USE}", f"http://mp.example.cn/d/{IN_USE}",
    f"javascript:alert(1)//{BASE_URL}/d/{IN_USE}", f"{BASE_URL}/d/{IN_USE}/../../x", f"{BASE_URL}/d/", BASE_URL, "", "x",
    f"{BASE_URL}/x/d/{IN_USE}", f"{BASE_URL}/d/{NEVER_ISSUED[:-1]}!", f"{BASE_URL}/d/{IN_USE}\r\nSet-Cookie: a=b",
    "https://[::1/d/x", f"{BASE_URL}/d/" + "A" * 5000, "\x00", "😀" * 99,
])  # fmt: skip
def test_any_other_link_leads_nowhere_and_is_not_repeated(resident: FlaskClient, link: str) -> None:
    for path in ("/", "/d/"):
        answer = resident.get(path, query_string={"q": link})
        assert answer.status_code == 404
        assert "Location" not in answer.headers
        assert "查不到这块门牌" in answer.text
        assert "evil" not in answer.text


def test_a_strange_link_looks_exactly_like_an_unknown_plate(resident: FlaskClient) -> None:
    assert resident.get("/?q=https%3A%2F%2Fevil.example%2F").data == resident.get(f"/d/{NEVER_ISSUED}").data


def test_without_a_base_url_no_link_is_ours() -> None:
    assert code_in_link(f"https://mp.example.cn/d/{IN_USE}", "") is None


def test_the_folder_of_the_rule_shows_the_start_page(resident: FlaskClient) -> None:
    assert resident.get("/d/").headers["Location"] == "/"
