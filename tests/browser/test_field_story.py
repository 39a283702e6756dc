"""A day of work on a real phone and a real server: hang, visit, count, without network; then it is sent, reviewed, and true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from field_server import PASSWORD, REVIEWER, FieldServer, Phone
from playwright.sync_api import Page, expect
from test_field_app import flush, run
from test_field_door import OUTBOX, at, taken

from doorplate.cli.work import field_of, staff_doors
from doorplate.people.account import Actor
from doorplate.review_view import ReviewAsk
from doorplate.settings import Settings
from webapp.factory import Work

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
PHOTO = Path(__file__).resolve().parents[2] / "webapp" / "static" / "img" / "field-512.png"


@pytest.fixture
def mine(field: FieldServer, phone: Callable[..., Phone]) -> Phone:
    return taken(field, phone)


def chip(page: Page, words: str) -> None:
    page.locator(".chip:visible", has_text=words).first.click()


def photograph(page: Page) -> None:
    page.locator("input[type=file]:visible, input[type=file]").first.set_input_files(PHOTO)
    expect(page.locator(".photos li")).to_have_count(1)


def send(page: Page) -> None:
    page.locator(".send").click()
    expect(page.locator(".undo")).to_be_visible()


def arrive(page: Page) -> None:
    """The hold of ten seconds is over, and everything went."""
    page.evaluate("() => { const now = Date.now.bind(Date); Date.now = () => now() + 11_000; }")
    assert flush(page) == {"waiting": 0, "refused": 0, "unread": 0}


def desk(field: FieldServer) -> tuple[Work, Actor]:
    settings = Settings(home=field.world.home, base_url="https://menpai.example", doors=("field", "desk"))
    work = staff_doors(field_of(settings), settings)
    assert work
    return work, work.sign_in.begin_session(REVIEWER, PASSWORD, "test").actor


def approve_all(field: FieldServer) -> None:
    work, reviewer = desk(field)
    for row in work.review.queue(reviewer, ReviewAsk()).rows:
        work.review.approve(reviewer, row.id, work.review.open(reviewer, row.id).version)


def hang(page: Page, code: str) -> None:
    page.locator("main input").first.fill(code)
    page.get_by_role("button", name="用这个编码").click()
    page.locator("input.number").first.fill("170")
    page.locator("input.number").first.press("Tab")
    chip(page, "门右侧")
    photograph(page)
    send(page)


def test_a_plate_is_hung_offline_and_is_mounted_once_it_arrives(field: FieldServer, mine: Phone) -> None:
    door, code = field.world.with_plate()
    mine.stand_at(door)
    field.kill()
    at(field, mine.page, f"door/{door.id}/mount")
    hang(mine.page, code)
    at(field, mine.page, f"door/{door.id}")
    expect(mine.page.locator(".states")).to_contain_text("已安装")
    expect(mine.page.locator(".record-changes")).to_contain_text("待传")
    field.start()
    arrive(mine.page)
    assert field.world.plates()[code].status == "issued", "typed, not scanned: somebody looks at the photo first"
    approve_all(field)
    assert field.world.plates()[code].status == "mounted"
    run(mine.page, "await (await app('pack')).refresh({ force: true });")
    at(field, mine.page, f"door/{door.id}")
    expect(mine.page.locator(".record-plates")).to_contain_text("已安装")
    assert mine.errors == []


def test_the_wrong_wall_cannot_be_sent(field: FieldServer, mine: Phone) -> None:
    door, _ = field.world.with_plate()
    other = next(code for code, plate in field.world.plates().items() if plate.address_id != door.id)
    at(field, mine.page, f"door/{door.id}/mount")
    mine.page.locator("main input").first.fill(other)
    mine.page.get_by_role("button", name="用这个编码").click()
    expect(mine.page.locator(".stop")).to_be_visible()
    expect(mine.page.locator(".send")).to_have_count(0)
    mine.page.screenshot(path=ARTEFACTS / "field-wrong-wall.png")
    assert run(mine.page, OUTBOX) == []


def test_a_visit_brings_a_matter_with_its_photo_and_writes_the_diary(field: FieldServer, mine: Phone) -> None:
    door, _ = field.world.with_plate()
    field.kill()
    at(field, mine.page, f"door/{door.id}/visit")
    mine.page.locator(".send").click()
    expect(mine.page.locator(".complaint:visible").first).to_be_visible()
    mine.page.locator(".chip input[type=checkbox]").first.check()
    photograph(mine.page)
    chips = mine.page.locator("fieldset", has=mine.page.locator(".chip", has_text="没有")).locator(".chip input[type=radio]")
    chips.nth(1).check()
    mine.page.locator("textarea:visible").last.fill("路灯坏了三天")
    send(mine.page)
    at(field, mine.page, "diary")
    expect(mine.page.locator(".entries")).to_contain_text("幸福路")
    field.start()
    arrive(mine.page)
    with field.world.registry.store.reading() as reader:
        [case] = reader.cases_since(door.community, datetime.now(UTC) - timedelta(hours=1), 10)
        assert case.address_id == door.id


def test_a_household_is_counted_offline_reviewed_and_true(field: FieldServer, mine: Phone) -> None:
    page = mine.page
    with field.world.registry.store.reading() as reader:
        door = next(one for one in field.world.doors() if reader.households_at([one.id]))
        before = reader.households_at([door.id])[0]
    field.kill()
    at(field, page, f"door/{door.id}/household")
    page.locator(".household a.act").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("button", name="念完了").click()
    page.locator("input.number:visible").first.fill(str((before.members or 0) + 3))
    page.locator("input.number:visible").first.press("Tab")
    page.screenshot(path=ARTEFACTS / "field-household.png", full_page=True)
    send(page)
    field.start()
    arrive(page)
    approve_all(field)
    with field.world.registry.store.reading() as reader:
        after = next(one for one in reader.households_at([door.id]) if one.id == before.id)
    assert after.members == (before.members or 0) + 3
    assert after.counted_on
    page.wait_for_timeout(200)
    assert flush(page)["unread"] == 1
    at(field, page, "outbox")
    expect(page.locator(".outbox-approved")).to_contain_text("户情")


def test_unmasking_needs_the_network_and_is_logged(field: FieldServer, mine: Phone) -> None:
    page = mine.page
    with field.world.registry.store.reading() as reader:
        door = next(one for one in field.world.doors() if any(home.head_sealed for home in reader.households_at([one.id])))
    at(field, page, f"door/{door.id}/household")
    masked = page.locator(".household dd", has_text="*").first.inner_text()
    page.locator(".unmask button").first.click()
    page.locator(".unmask .chips button").first.click()
    clear = page.locator(".unmask .clear")
    expect(clear).to_be_visible()
    assert clear.inner_text()[0] == masked[0]
    assert "*" not in clear.inner_text()
    with field.world.registry.store.reading() as reader:
        [home, *_] = reader.households_at([door.id])
        assert "household.unmasked" in {one.event.verb for one in reader.events_of([home.id])}
