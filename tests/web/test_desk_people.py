"""People and areas: an account opened, given a place, taken out; nobody acts on their own; and where nobody answers is said."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from desk_office import ELSEWHERE, GRID, VILLAGE, Office, send

from doorplate.registry.days import today

PEOPLE = "/desk/people/"


def added(office: Office, login: str = "xin.ren", **more: str) -> tuple[str, str]:
    """(account id, password)."""
    values = {"login": login, "name": "测试新人", "role": "grid_worker", "area": GRID} | more
    page = send(office.visitor("sysadmin"), f"{PEOPLE}new", f"{PEOPLE}new", **values)
    assert page.status_code == 200, page.text
    return office.account_id(login), re.findall(r'class="once">([a-z0-9-]+)<', page.text)[0]


def act(office: Office, account: str, who: str = "sysadmin", **fields: str) -> Any:
    return send(office.visitor(who), f"{PEOPLE}{account}/act", "/desk/", **fields)


def test_somebody_new_is_given_an_account_and_a_password_shown_once(office: Office) -> None:
    account, password = added(office)
    assert re.fullmatch(r"([a-z0-9]{4}-){3}[a-z0-9]{4}", password)
    client = office.visitor("sysadmin")
    page = client.get(f"{PEOPLE}{account}").text
    assert password not in page
    assert "网格员" in page
    assert "测试新人" in client.get(f"{PEOPLE}?q=xin").text
    assert "没有这样的账号" in client.get(f"{PEOPLE}?q=nobody-at-all").text
    assert ELSEWHERE in client.get(f"{PEOPLE}?q=far-registrar").text, "a village not opened yet is told by its code"


@pytest.mark.parametrize(("wrong", "words"), [
    ({"login": "registrar"}, "已经有了"), ({"login": "<b>"}, "登录名"), ({"name": ""}, "姓名"), ({"role": "king"}, "没有角色"),
    ({"area": "123"}, "123")])
def test_what_cannot_be_is_said_and_kept(wrong: dict[str, str], words: str, office: Office) -> None:
    values = {"login": "xin.ren", "name": "测试新人", "role": "grid_worker", "area": GRID} | wrong
    answer = send(office.visitor("sysadmin"), f"{PEOPLE}new", f"{PEOPLE}new", **values)
    assert answer.status_code in (400, 404, 409)
    assert words in answer.text
    assert 'value="测试新人"' in answer.text or "name" in wrong


def test_an_area_is_given_and_taken_and_shows_in_the_matrix(office: Office) -> None:
    client, at = office.visitor("sysadmin"), f"{PEOPLE}{added(office)[0]}"
    assert send(client, f"{at}/assign", at, role="officer", area=VILLAGE, until="").status_code == 303
    assert "已经是" in send(client, f"{at}/assign", at, role="officer", area=VILLAGE, until="").text
    assert send(client, f"{at}/assign", at, role="officer", area=ELSEWHERE, until="gestern").status_code == 400
    assert "测试新人" in client.get(f"{PEOPLE}areas").text
    assert send(client, f"{at}/unassign", at, role="officer", area=VILLAGE).status_code == 303
    assert send(client, f"{at}/unassign", at, role="officer", area=VILLAGE).status_code == 404


def test_where_nobody_answers_is_said_with_a_way_to_fill_it(office: Office) -> None:
    page = office.visitor("sysadmin").get(f"{PEOPLE}areas").text
    gaps = re.findall(r"people/new\?area=([0-9A-Z-]+)", page)
    assert gaps == [f"{VILLAGE}-G0{n}" for n in range(2, 6)], "only the first grid has people of its own"


def test_who_is_away_is_shown_with_who_stands_in(office: Office) -> None:
    with office.registry.store.writing() as unit:
        here = unit.staff([GRID])
        own = unit.account_by_login("grid_worker").staff_id  # type: ignore[union-attr]
        person, other = (next(one for one in here if (one.id == own) is mine) for mine in (True, False))
        away = replace(person, deputy_id=other.id, absent_from=today(office.registry))
        unit.save(person, away, office.registry.event("staff.changed", person.id))
    assert f"测试网格员 (代 {other.name})" in office.visitor("sysadmin").get(f"{PEOPLE}areas").text


def test_disabled_is_out_and_back(office: Office) -> None:
    account = office.account_id("officer")
    assert act(office, account, act="disable").status_code == 303
    assert office.visitor("officer").get("/desk/").status_code == 303
    assert act(office, account, act="enable").status_code == 303
    assert office.visitor("officer").get("/desk/").status_code == 200
    assert 'class="once"' in act(office, account, act="password").text


def test_nobody_acts_on_their_own_account(office: Office) -> None:
    own = office.account_id("sysadmin")
    assert "自己的账号" in office.visitor("sysadmin").get(f"{PEOPLE}{own}").text
    for doing in ("disable", "password", "reset_code"):
        assert act(office, own, act=doing).status_code == 403
    answer = send(office.visitor("sysadmin"), f"{PEOPLE}{own}/assign", "/desk/", role="auditor", area="", until="")
    assert answer.status_code == 403


@pytest.mark.parametrize("who", ["registrar", "auditor", "chief", "officer", "nobody"])
def test_nobody_else_manages_accounts(who: str, office: Office) -> None:
    for path in (PEOPLE, f"{PEOPLE}areas", f"{PEOPLE}new", f"{PEOPLE}{office.account_id('officer')}"):
        assert office.visitor(who).get(path).status_code == 403, path
    assert act(office, office.account_id("officer"), who, act="disable").status_code == 403
    assert office.visitor("officer").get("/desk/").status_code == 200
