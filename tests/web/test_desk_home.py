"""The desk's first page: rooms open by permission, not by asking nicely."""

from __future__ import annotations

from desk_office import Office


def test_the_first_page_names_person_roles_and_rooms(office: Office) -> None:
    page = office.visitor("registrar").get("/desk/").text
    assert "测试登记员" in page
    assert "门牌登记员" in page
    assert "外勤审核" in page


def test_somebody_without_a_task_is_told_whom_to_ask(office: Office) -> None:
    page = office.visitor("nobody").get("/desk/")
    assert page.status_code == 200
    assert "请找系统管理员" in page.text


def test_who_is_not_signed_in_is_led_to_the_login(office: Office) -> None:
    assert office.app.test_client().get("/desk/").headers["Location"].startswith("/desk/login")
