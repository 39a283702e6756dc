"""The desk for matters in Chromium: by keyboard alone, on a phone, without scripts; and 200 ways to smuggle a script in."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk_server import SECRET, Served
from memory_desk import PHOTO, VOICE, MemoryDesk, row, sheet
from memory_registry import MemoryRegistry
from PIL import Image
from playwright.sync_api import Browser, Page

from doorplate.cases_desk_view import DeskStep
from doorplate.settings import Settings
from webapp.desk.staff_key import StaffKey
from webapp.factory import create_cases_app

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
AXE = ARTEFACTS.parent / "node_modules" / "axe-core" / "axe.min.js"
NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
SIZES = ((390, 844), (320, 568), (1440, 900))


def key() -> StaffKey:
    return StaffKey(SECRET, NOW + timedelta(hours=12), lambda: NOW)


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, "JPEG")
    return out.getvalue()


def busy_desk() -> MemoryDesk:
    """A morning's work: one urgent, some late, most in time, and one matter with everything in it."""
    rng = random.Random(5)
    kinds = (("ask", "户口、身份证、居住证"), ("report", "门牌损坏、脱落、被覆盖"), ("report", "安全隐患 (消防、电线、道路)"),
             ("appointment", "预约办事"), ("direct", "所长直通车"))
    rows = [row(1, urgent=True, kind="report", category="安全隐患 (消防、电线、道路)", due_at=NOW + timedelta(minutes=38))]
    for number in range(2, 33):
        kind, category = rng.choice(kinds)
        due = NOW + timedelta(hours=number * 1.3 - 7)
        status = rng.choice(("accepted", "routed"))
        rows.append(row(number, kind=kind, category=category, due_at=due, overdue=due < NOW, status=status))
    steps = (
        DeskStep(NOW - timedelta(hours=5), "accepted", "居民", "", True),
        DeskStep(NOW - timedelta(hours=5), "routed", "系统", "交给: 网格员 测试网格员一甲", True),
        DeskStep(NOW - timedelta(hours=3), "noted", "测试网格员一甲 (网格员)", "到现场看了, 线杆归供电所。请民警联系。", False),
        DeskStep(NOW - timedelta(hours=3), "routed", "测试网格员一甲 (网格员)", "交给: 社区民警 测试民警甲", True),
        DeskStep(NOW - timedelta(hours=1), "added", "居民", "今天又往下掉了一截。", True))
    full = sheet(row=rows[0], files=(PHOTO, replace(PHOTO, id="f3"), VOICE), steps=steps, near=(row(7), row(9)), version=5,
                 text="巷口电线杆歪了, 电线垂到一人高, 孩子放学都从这里过。\n下雨的时候还冒火花, 请尽快来人。")
    sheets = {one.id: sheet(row=one) for one in rows} | {"c1": full}
    files = {"f1": ("image/jpeg", picture("#8aa")), "f3": ("image/jpeg", picture("#a98")),
             "f2": ("audio/mpeg", b"\xff\xf3\x40\xc4")}
    return MemoryDesk(sheets=sheets, rows=rows, files=files)


@pytest.fixture
def desk() -> MemoryDesk:
    return busy_desk()


@pytest.fixture
def served(desk: MemoryDesk) -> Iterator[str]:
    running = Served(create_cases_app(Settings(), MemoryRegistry(), desk, key()))
    yield running.url
    running.stop()


@pytest.fixture
def officer(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    contexts = []

    def comes_in(path: str = "", width: int = 1440, height: int = 900, **options: object) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options))
        page = contexts[-1].new_page()
        page.goto(f"{served}/desk/cases/{path}?key={SECRET}")
        return page

    yield comes_in
    for context in contexts:
        context.close()


def is_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(("path", "name"), [("", "list"), ("c1", "matter")])
def test_every_screen_holds_it(path: str, name: str, width: int, height: int, officer: Callable[..., Page]) -> None:
    page = officer(path, width, height)
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"desk-{name}-{width}.png", full_page=True)
    assert not is_wide(page)
    assert "key=" not in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, officer: Callable[..., Page], desk: MemoryDesk) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    desk.sheets["c2"] = replace(desk.sheets["c2"], may_settle=False, may_route=False, may_confirm_answered=True)
    page = officer("", 390, 844, color_scheme=scheme)
    start = page.url
    for path in ("", "?show=done", "c1", "c2", "gone"):
        page.goto(start + path)
        page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
        page.evaluate(AXE.read_text("utf-8"))
        assert [(one["id"], one["nodes"][0]["html"]) for one in page.evaluate("axe.run()")["violations"]] == []


@pytest.mark.parametrize("show", ["done", "overdue"])
def test_an_empty_tab_is_not_a_blank_page(show: str, officer: Callable[..., Page], desk: MemoryDesk) -> None:
    desk.rows = []
    page = officer("", 1440, 900)
    page.goto(page.url + f"?show={show}")
    page.screenshot(path=ARTEFACTS / f"desk-empty-{show}.png")
    assert page.locator(".empty").is_visible()


def test_a_matter_is_settled_by_keyboard_alone(officer: Callable[..., Page], desk: MemoryDesk) -> None:
    page = officer()
    for pressed in ("j", "j", "k", "Enter"):
        page.keyboard.press(pressed)
    page.wait_for_url("**/desk/cases/c1")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.type("已报供电所, 今天下午扶正。aj?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/cases/c1?done=settle")
    assert desk.asked == [("settle", "c1", 5, "已报供电所, 今天下午扶正。aj?")]
    page.keyboard.press("u")
    page.wait_for_url("**/desk/cases/")
    page.keyboard.press("]")
    page.wait_for_url("**page=2")
    page.keyboard.press("3")
    page.wait_for_url("**show=overdue")


def test_somebody_was_quicker_and_nothing_typed_is_lost(officer: Callable[..., Page], desk: MemoryDesk) -> None:
    page = officer("c1")
    page.keyboard.press("t")
    page.select_option("#to", "s3")
    page.fill("#route-words", "归供电所管")
    desk.sheets["c1"] = replace(desk.sheets["c1"], version=6)
    page.get_by_role("button", name="转交").click()
    assert page.locator(".told.no").is_visible()
    assert page.input_value("#route-words") == "归供电所管"
    assert page.input_value("#to") == "s3"
    page.screenshot(path=ARTEFACTS / "desk-stale.png", full_page=True)
    page.get_by_role("button", name="转交").click()
    page.wait_for_url("**done=route")
    assert desk.asked == [("route", "c1", 6, "s3", "归供电所管")]


def test_everything_works_without_scripts(officer: Callable[..., Page], desk: MemoryDesk) -> None:
    page = officer("c1", 390, 844, java_script_enabled=False)
    page.get_by_text("记一条备注").click()
    page.fill("#note-words", "打过电话, 没人接")
    page.get_by_role("button", name="记下").click()
    assert page.get_by_text("备注已记下").is_visible()
    page.fill("#answer", "已处理")
    page.get_by_role("button", name="办结并答复").click()
    assert [one[0] for one in desk.asked] == ["note", "settle"]
