"""Matters for who is signed in: the account leads to the member of staff, and to nobody else's matters."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from desk_office import GRID, VILLAGE, Office, send

from doorplate.cases_view import AskRequest, Receipt
from doorplate.cli.cases import open_cases
from doorplate.registry.accounts import assign
from doorplate.registry.cases.clock import escalate_due
from doorplate.registry.cases.door import DoorCases
from doorplate.registry.days import today


def ask(office: Office, grid: str = GRID, words: str = "家里停水了, 找谁?") -> Receipt:
    """A resident asks at a door of the grid."""
    with office.registry.store.reading() as reader:
        grid_id = next(area.id for area in reader.areas(VILLAGE, "grid") if area.code == grid)
        door = next(one for one in reader.addresses(VILLAGE, grid_id=grid_id) if reader.plates_of([one.id]))
        code = reader.plates_of([door.id])[0].code
    return DoorCases(open_cases(office.settings)).ask(
        AskRequest(client_id=office.registry.new_id(), plate_code=code, kind="ask", category="life", text=words))


def opened(office: Office, login: str) -> tuple[str, str]:
    """The only matter of this person's list: its address and its page."""
    client = office.visitor(login)
    [path] = set(re.findall(r'href="(/desk/cases/[0-9a-f]{32})"', client.get("/desk/cases/?show=open").text))
    return path, client.get(path).text


def test_a_grid_worker_answers_what_was_asked_in_their_grid(office: Office) -> None:
    receipt = ask(office)
    path, page = opened(office, "grid_worker")
    assert "家里停水了" in page
    assert "测试网格员" in page, "who is signed in stands in the frame"
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    answer = send(office.visitor("grid_worker"), f"{path}/settle", path, version=version, answer="自来水公司今天 18 点前来修")
    assert answer.status_code == 303
    with office.registry.store.reading() as reader:
        case = reader.case_by_receipt(receipt.number.replace(" ", ""))
        assert case is not None
        assert case.status == "answered", "a page was published with the answer"
        assert {one.event.actor for one in reader.events_of([case.id])} >= {reader.account_by_login("grid_worker").staff_id}  # type: ignore[union-attr]


def test_a_form_from_elsewhere_does_nothing(office: Office) -> None:
    ask(office)
    path, page = opened(office, "grid_worker")
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    assert office.visitor("grid_worker").post(f"{path}/settle", data={"version": version, "answer": "x"}).status_code == 403


@pytest.mark.parametrize("who", ["registrar", "printer", "auditor", "sysadmin", "reviewer", "nobody", "far-officer", "far-chief"])
def test_who_has_no_matters_to_work_sees_none(who: str, office: Office) -> None:
    ask(office)
    client = office.visitor(who)
    answer = client.get("/desk/cases/?show=open")
    assert answer.status_code == 403
    assert "家里停水了" not in answer.text


def test_an_account_that_is_nobodys_is_told_what_to_do(office: Office) -> None:
    answer = office.visitor("chief").get("/desk/cases/")
    assert answer.status_code == 403
    assert "系统管理员把账号和您本人对上" in answer.text


def test_a_matter_of_another_grid_is_not_there(office: Office) -> None:
    ask(office, f"{VILLAGE}-G02", "隔壁网格的事")
    page = office.visitor("grid_worker").get("/desk/cases/?show=open").text
    assert re.findall(r'href="/desk/cases/[0-9a-f]{32}"', page) == []


def test_what_is_overdue_goes_up_and_the_one_above_sees_why(office: Office) -> None:
    ask(office)
    work = open_cases(office.settings)
    later = replace(work, registry=replace(work.registry, now=lambda: office.registry.now() + timedelta(days=3)))
    assert escalate_due(later) == 1
    _, page = opened(office, "officer")
    assert "上转" in page


def test_a_deputy_steps_in(office: Office) -> None:
    ask(office)
    with office.registry.store.writing() as unit:
        here = unit.staff([GRID, f"{VILLAGE}-G02"])
        own = unit.account_by_login("grid_worker").staff_id  # type: ignore[union-attr]
        person = next(one for one in here if one.id == own)
        deputy = next(one for one in here if one.area_code == f"{VILLAGE}-G02")
        away = replace(person, deputy_id=deputy.id, absent_from=today(office.registry))
        unit.save(person, away, office.registry.event("staff.changed", person.id))
        account = unit.account_by_login("far-grid_worker")
        unit.save(account, replace(account, staff_id=deputy.id), office.registry.event("account.changed", account.id))  # type: ignore[type-var,union-attr]
    assign(office.registry, account.id, "grid_worker", f"{VILLAGE}-G02")  # type: ignore[union-attr]
    _, page = opened(office, "far-grid_worker")
    assert "家里停水了" in page
