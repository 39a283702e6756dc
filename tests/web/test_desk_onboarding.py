"""A new village: opened by its code, and every step told from the records."""

from __future__ import annotations

import re

import pytest
from desk_office import ELSEWHERE, VILLAGE, Office, send

from doorplate.registry.accounts import assign

PAGE = "/desk/onboarding/"


def states(page: str) -> list[str]:
    return re.findall(r'<span class="chip \w+"><span aria-hidden="true">.</span> (\S+)</span>', page)


def test_a_village_under_way_says_what_it_lacks(office: Office) -> None:
    page = office.visitor().get(f"{PAGE}{VILLAGE}").text
    told = states(page)
    assert len(told) == 9
    assert told[1] == told[2] == "好了", "grids and lists are there"
    assert told[3] == told[4] == "还差一些", "findings are open, not all is verified"
    assert "only=finding" in page
    assert VILLAGE in office.visitor().get(PAGE).text


def test_a_new_village_is_opened_by_its_code_once(office: Office) -> None:
    assign(office.registry, office.account_id("registrar"), "registrar", VILLAGE[:9])
    client = office.visitor()
    opened = send(client, PAGE, PAGE, code=ELSEWHERE)
    assert opened.status_code == 303
    page = client.get(opened.location).text
    assert states(page)[2:5] == ["还没有", "等前面", "等前面"]
    assert "doorplate import" in page
    again = send(client, PAGE, PAGE, code=ELSEWHERE)
    assert again.status_code == 409
    assert "已经开通过" in again.text


@pytest.mark.parametrize(("code", "words"), [
    ("", "12 位数字"), ("61043100120", "12 位数字"), ("610431001000", "请写到社区"), ("999999999999", "没有代码"),
    ("abc", "12 位数字"),
    ("<b>", "12 位数字"), (ELSEWHERE, "不在您的片区里")])
def test_a_code_that_is_none_or_not_theirs_is_said_and_kept(code: str, words: str, office: Office) -> None:
    answer = send(office.visitor(), PAGE, PAGE, code=code)
    assert answer.status_code in (400, 404)
    assert words in answer.text
    assert "<b>" not in answer.text.replace("<b>1.", "")


@pytest.mark.parametrize("who", ["auditor", "sysadmin", "printer", "officer", "far-registrar", "nobody"])
def test_others_do_not_see_it(who: str, office: Office) -> None:
    assert office.visitor(who).get(f"{PAGE}{VILLAGE}").status_code in (403, 404)
