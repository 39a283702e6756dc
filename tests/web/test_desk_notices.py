"""Notices: seen before they are posted, for one's own areas only, changed and taken down with a history."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from desk_office import ELSEWHERE, VILLAGE, Office, send

from doorplate.registry.days import today

NEW = "/desk/notices/new"


def write(office: Office, who: str = "registrar", **more: str) -> Any:
    day = today(office.registry)
    values = {"area": VILLAGE, "kind": "news", "title": "明天停水", "body": "上午九点到十二点。\n请提前存水。", "link": "",
              "from": str(day), "until": str(day + timedelta(days=3)), "title_en": "", "body_en": ""}
    return send(office.visitor(who), NEW, NEW, **(values | more))


def only(office: Office, show: str = "showing") -> str:
    [path] = set(re.findall(r"/desk/notices/[0-9a-f]{32}", office.visitor().get(f"/desk/notices/?show={show}").text))
    return path


def test_a_notice_is_seen_before_it_is_posted_then_changed_then_taken_down(office: Office) -> None:
    looked = write(office)
    assert "居民会这样看到" in looked.text
    assert "这里没有通知" in office.visitor().get("/desk/notices/").text, "looking posts nothing"
    assert write(office, sure="yes").status_code == 303
    path, client = only(office), office.visitor()
    page = client.get(path).text
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    day = today(office.registry)
    change = {"area": f"{VILLAGE}-G01", "kind": "warning", "title": "后天停水", "body": "x", "from": str(day), "until": str(day)}
    assert send(client, path, path, version=version, sure="yes", **change).status_code == 303
    stale = send(client, path, path, version=version, sure="yes", **(change | {"title": "大后天停水"}))
    assert stale.status_code == 409
    assert "刚被别人改过" in stale.text
    assert 'value="大后天停水"' in stale.text
    page = client.get(path).text
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    assert send(client, f"{path}/end", path, version=version, reason="").status_code == 400
    assert send(client, f"{path}/end", path, version=version, reason="水来了").status_code == 303
    over = client.get(only(office, "over")).text
    assert all(words in over for words in ("发布", "修改", "撤下", "水来了", "测试登记员"))


@pytest.mark.parametrize(("wrong", "words"), [
    ({"title": ""}, "没有写"), ({"body": "<script>alert(1)</script>"}, "尖括号"), ({"link": "http://a.example"}, "https"),
    ({"until": "2020-01-01"}, "开始日之前"), ({"from": "gestern"}, ""),
    ({"area": ELSEWHERE}, "不归您管"), ({"area": ""}, "不归您管"),
    ({"area": "610431"}, "不归您管"), ({"body": "找小王 13800001111"}, "手机号"), ({"kind": "advert"}, "")])
def test_what_cannot_be_posted_is_said_and_nothing_is_lost(wrong: dict[str, str], words: str, office: Office) -> None:
    answer = write(office, sure="yes", **wrong)
    assert answer.status_code == 400
    assert words in answer.text
    assert "请提前存水" in answer.text or "body" in wrong
    assert "这里没有通知" in office.visitor().get("/desk/notices/").text


def test_the_same_words_twice_are_one_notice(office: Office) -> None:
    write(office, sure="yes")
    again = write(office, sure="yes")
    assert again.status_code == 409
    assert "已经发布过" in again.text
    only(office)


@pytest.mark.parametrize("who", ["printer", "officer", "auditor", "sysadmin", "nobody"])
def test_others_write_none(who: str, office: Office) -> None:
    assert office.visitor(who).get("/desk/notices/").status_code == 403
    assert office.visitor(who).get(NEW).status_code == 403


def test_notices_of_another_village_are_not_there(office: Office) -> None:
    write(office, sure="yes")
    path, client = only(office), office.visitor("far-registrar")
    assert "明天停水" not in client.get("/desk/notices/").text
    assert client.get(path).status_code == 404
    assert send(client, f"{path}/end", "/desk/", version="1", reason="x").status_code == 404
