"""The review at the desk: what is decided, refused, shown again; and that nobody gets in who may not."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flows.review_stories import ReviewStory, ident
from flows.settling_stories import GROUNDS, elements, standard
from review_office import busy, open_office

from doorplate.addresses.operations import Correct
from doorplate.errors import Unavailable
from doorplate.registry.operating import Task
from webapp import signing_in


@pytest.fixture
def office(migrated_file: Path, tmp_path: Path) -> Iterator[tuple[Flask, ReviewStory]]:
    app, story, store = open_office(migrated_file, tmp_path)
    yield app, story
    store.close()


@pytest.fixture
def story(office: tuple[Flask, ReviewStory]) -> ReviewStory:
    return office[1]


class Reviewer:
    """Somebody signed in, with a browser."""

    def __init__(self, app: Flask, who: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(signing_in.COOKIE, who, path="/desk")
        self.key = hmac.new(who.encode(), b"doorplate.desk.form", hashlib.sha256).hexdigest()

    def page(self, path: str = "", status: int = 200) -> str:
        answer = self.client.get(f"/desk/review/{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, path: str, status: int = 303, **form: object) -> str:
        answer = self.client.post(f"/desk/review/{path}", data={"key": self.key, **form})
        assert answer.status_code == status, answer.text
        return answer.headers.get("Location", "") or answer.text

    def version(self, item: str) -> str:
        found = re.search(r'name="version" value="(\d+)"', self.page(item))
        assert found
        return found[1]


@pytest.fixture
def zhao(office: tuple[Flask, ReviewStory]) -> Reviewer:
    return Reviewer(office[0], "zhao")


def test_only_who_is_signed_in(office: tuple[Flask, ReviewStory], story: ReviewStory) -> None:
    sent = story.correction("wang", 1, number="11")
    stranger = office[0].test_client()
    assert stranger.get("/desk/review/").headers["Location"].startswith("/desk/login")
    assert stranger.get(f"/desk/review/{sent}/files/x").status_code == 303
    zhao = Reviewer(office[0], "zhao")
    version = zhao.version(sent)
    assert zhao.client.post(f"/desk/review/{sent}/approve", data={"version": version}).status_code == 403
    assert story.item(sent).status == "waiting"


def test_the_queue_tells_each_kind_in_words(zhao: Reviewer, story: ReviewStory) -> None:
    found = busy(story)
    page = zhao.page()
    for word in ("有冲突", "要留意", "可直接通过", "停用", "新编", "核对", "户情", "营上村"):
        assert word in page
    assert "测试张某" not in page
    assert found["hard"] in zhao.page("?show=hard")
    assert found["hard"] not in zhao.page("?show=clean")
    assert found["flagged"] in zhao.page("?q=测试民警王")
    assert "没有找到" in zhao.page("?q=没有这样的路")
    for empty in ("mine", "soft"):
        assert 'class="card empty"' in zhao.page(f"?show={empty}")
    for wrong in ("?show=nonsense", "?page=x", "?order=up", "?page=99999999999"):
        zhao.page(wrong, 404)


def test_a_conflict_is_chosen_and_the_next_one_comes(zhao: Reviewer, story: ReviewStory) -> None:
    found = busy(story)
    hard = found["hard"]
    version = zhao.version(hard)
    refused = zhao.send(f"{hard}/approve", 409, version=version)
    assert "有冲突的地方还没有选定" in refused
    chosen = {"keep.number": "proposed", "keep.suffix": "current"}
    where = zhao.send(f"{hard}/approve", version=version, next=found["moved"], **chosen)
    assert where.startswith(f"/desk/review/{found['moved']}?")
    assert story.house(1).standard_address == standard(13)[:-1] + "号附1号"
    assert "撤回" in zhao.page(where.removeprefix("/desk/review/"))


def test_what_was_typed_comes_back_when_somebody_was_quicker(zhao: Reviewer, story: ReviewStory) -> None:
    sent = story.correction("wang", 1, number="11")
    version = zhao.version(sent)
    story.operate(Task(ident("house 1"), Correct(GROUNDS, elements(1, "和谐街"))))
    page = zhao.send(f"{sent}/reject", 409, version=version, words="照片看不清, 请重拍")
    assert "照片看不清, 请重拍" in page
    assert "情况有变" in page
    assert "和谐街" in page
    zhao.send(f"{sent}/reject", version=zhao.version(sent), words="照片看不清, 请重拍")
    assert story.item(sent).status == "rejected"


def test_sending_back_needs_a_reason_and_no_numbers(zhao: Reviewer, story: ReviewStory) -> None:
    sent = story.correction("wang", 1, number="11")
    version = zhao.version(sent)
    assert "请写明理由" in zhao.send(f"{sent}/reject", 400, version=version, words="  ")
    assert "13812345678" in zhao.send(f"{sent}/reject", 400, version=version, words="找 13812345678")


def test_amending(zhao: Reviewer, story: ReviewStory) -> None:
    sent = story.correction("wang", 1, number="11")
    zhao.send(f"{sent}/amend", version=zhao.version(sent), words="牌上是 17", **{"value.number": "17"})
    assert story.house(1).elements.number == "17"
    page = zhao.page(sent)
    assert "改后通过" in page
    assert "牌上是 17" in page


def test_many_are_previewed_approved_and_taken_back(zhao: Reviewer, story: ReviewStory) -> None:
    sent = [story.correction("wang", n, number=f"1{n}") for n in (1, 2)]
    page = zhao.send("clean", 200, item=sent)
    assert "要补制" in page
    assert story.house(1).elements.number == "1"
    page = zhao.send("clean/approve", 200, item=sent)
    assert "通过了 2 条" in page
    assert story.house(1).elements.number == "11"
    assert "撤回了 2 条" in zhao.send("undo", 200, item=sent)
    assert story.house(1).elements.number == "1"
    assert "done=nothing" in zhao.send("clean")


def test_own_and_foreign_items(office: tuple[Flask, ReviewStory], story: ReviewStory) -> None:
    own, elsewhere = story.correction("sun", 5, number="15"), story.correction("wang", 1, number="11")
    sun = Reviewer(office[0], "sun")
    page = sun.page(own)
    assert "要由别人来审" in page
    assert 'id="a"' not in page
    sun.page(elsewhere, 404)
    sun.send(f"{elsewhere}/approve", 404, version=2)
    sun.send(f"{own}/approve", 403, version=2)
    assert own in sun.page("?show=mine")


def test_a_photo_is_shown_as_a_photo_only(zhao: Reviewer, story: ReviewStory) -> None:
    found = busy(story)
    page = zhao.page(found["flagged"])
    source = re.search(r'<img src="(/desk/review/[^"]+/files/[^"]+)"', page)
    assert source
    answer = zhao.client.get(source[1])
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    other = source[1].replace(found["flagged"], found["moved"])
    assert zhao.client.get(other).status_code == 404


def test_the_registry_is_away(zhao: Reviewer, story: ReviewStory, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = story.correction("wang", 1, number="11")

    def away(*_: object) -> None:
        raise Unavailable("store.away", "登记簿暂时连不上")

    monkeypatch.setattr(story.desk, "reject", away)
    assert "照片不清, 请重拍" in zhao.send(f"{sent}/reject", 503, version=2, words="照片不清, 请重拍")


def test_hostile_texts_stay_texts(zhao: Reviewer, story: ReviewStory) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    sent = story.correction("wang", 1, reason=evil, name=evil)
    for page in (zhao.page(), zhao.page(sent), zhao.send("clean", 200, item=[sent])):
        assert "<img src=x" not in page


def test_english(zhao: Reviewer, story: ReviewStory) -> None:
    found = busy(story)
    assert 'lang="en"' in zhao.page("?lang=en")
    assert "?lang=en" in zhao.page(f"{found['flagged']}?lang=en")
