"""The review in Chromium: by keyboard alone, on every screen, without scripts; and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_server import Served
from flows.review_stories import ReviewStory, ident
from flows.settling_stories import GROUNDS, elements, standard
from node_tools import html_problems
from playwright.sync_api import Browser, Page
from review_office import busy, many, open_office

from doorplate.addresses.operations import Correct
from doorplate.registry.operating import Task

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
AXE = ARTEFACTS.parent / "node_modules" / "axe-core" / "axe.min.js"
SIZES = ((1440, 900), (1280, 720), (390, 844), (320, 568))
ComeIn = Callable[..., Page]


class Office:
    """A running desk, what lies on it, and what its pages said on the console."""

    def __init__(self, url: str, story: ReviewStory) -> None:
        self.url, self.story, self.items = url, story, busy(story)
        self.said: list[str] = []


@pytest.fixture
def office(migrated_file: Path, tmp_path: Path) -> Iterator[Office]:
    app, story, store = open_office(migrated_file, tmp_path)
    running = Served(app)
    yield Office(running.url, story)
    running.stop()
    store.close()


@pytest.fixture
def reviewer(browser: Browser, office: Office) -> Iterator[ComeIn]:
    contexts = []

    def comes_in(path: str = "", width: int = 1440, height: int = 900, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
        contexts.append(context)
        context.add_cookies([{"name": "desk", "value": "zhao", "url": f"{office.url}/desk"}])
        page = context.new_page()
        page.on("console", lambda message: office.said.append(message.text))
        page.on("pageerror", lambda error: office.said.append(str(error)))
        page.goto(f"{office.url}/desk/review/{path}")
        return page

    yield comes_in
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_screen_holds_it(width: int, height: int, reviewer: ComeIn, office: Office) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page = reviewer("", width, height)
    hard = office.items["hard"]
    paths = {"queue": "", "card": hard, "photos": office.items["flagged"], "english": f"{hard}?lang=en"}
    for name, path in paths.items():
        page.goto(f"{office.url}/desk/review/{path}")
        page.screenshot(path=ARTEFACTS / f"review-{name}-{width}.png", full_page=True)
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), name
    assert office.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, reviewer: ComeIn, office: Office) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    page = reviewer("", 390, 844, color_scheme=scheme)
    start = page.url
    for path in ("", "?show=soft", "?q=哪里都没有", office.items["hard"], office.items["flagged"], office.items["first"], "gone"):
        page.goto(start + path)
        page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
        page.evaluate(AXE.read_text("utf-8"))
        assert [(one["id"], one["nodes"][0]["html"]) for one in page.evaluate("axe.run()")["violations"]] == [], path


def test_the_pages_are_sound_html(reviewer: ComeIn, office: Office, tmp_path: Path) -> None:
    page = reviewer()
    paths = {"queue": "", "empty": "?show=soft", "hard": office.items["hard"], "photos": office.items["flagged"],
             "decided": office.items["first"], "gone": "gone"}
    found = {name: page.request.get(f"{office.url}/desk/review/{path}").text() for name, path in paths.items()}
    problems = html_problems(found, tmp_path)
    assert problems == [], "\n".join(problems)


def test_a_morning_by_keyboard_alone(reviewer: ComeIn, office: Office) -> None:
    page = reviewer()
    for pressed in ("j", "j", "k", "Enter"):
        page.keyboard.press(pressed)
    page.wait_for_url(f"**/{office.items['hard']}")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")  # nothing is chosen: it leads there and decides nothing
    assert page.evaluate("document.activeElement.name") == "keep.number"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.name") == "keep.suffix"
    page.keyboard.press("Space")
    page.keyboard.press("a")
    page.wait_for_url(f"**/{office.items['moved']}?**")
    assert office.story.item(office.items["hard"]).status == "approved"
    page.keyboard.press("n")
    page.wait_for_url(f"**/{office.items['flagged']}")
    page.keyboard.press("r")
    page.keyboard.type("站远了, 请到门口再报。an?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**done=reject**")
    assert office.story.item(office.items["flagged"]).words == "站远了, 请到门口再报。an?"
    page.keyboard.press("u")
    page.wait_for_url("**/desk/review/")
    page.keyboard.press("/")
    page.keyboard.type("营上村幸福路2号")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    assert page.locator("tbody tr").count() == 1


def test_many_by_keyboard_and_back(reviewer: ComeIn, office: Office) -> None:
    page = reviewer("?show=clean")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert "选了 1 条" in page.locator("#chosen").inner_text()
    page.keyboard.press("a")
    page.get_by_role("button", name="通过这 1 条").click()
    assert page.get_by_text("通过了 1 条").is_visible()
    page.get_by_role("button", name="撤回").click()
    assert page.get_by_text("已撤回").is_visible()
    assert office.story.item(office.items["moved"]).status == "waiting"


def test_photos_open_in_place(reviewer: ComeIn, office: Office) -> None:
    page = reviewer(office.items["flagged"])
    page.keyboard.press("f")
    first = page.locator("#photo img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    assert page.locator("#photo img").get_attribute("src") != first
    page.keyboard.press("Escape")
    assert not page.locator("#photo").is_visible()
    assert page.url.endswith(office.items["flagged"])


def test_somebody_was_quicker_and_nothing_typed_is_lost(reviewer: ComeIn, office: Office) -> None:
    page = reviewer(office.items["moved"])
    page.keyboard.press("r")
    page.keyboard.type("照片看不清")
    office.story.operate(Task(ident("house 2"), Correct(GROUNDS, elements(2, "和谐街"))))
    page.keyboard.press("Control+Enter")
    page.locator(".told.no").wait_for()
    assert page.input_value("#reject-words") == "照片看不清"
    assert page.get_by_text("和谐街").first.is_visible()
    page.screenshot(path=ARTEFACTS / "review-stale.png", full_page=True)


def test_everything_works_without_scripts(reviewer: ComeIn, office: Office) -> None:
    page = reviewer(office.items["hard"], 390, 844, java_script_enabled=False)
    page.locator('[name="keep.number"][value="proposed"]').check()
    page.locator('[name="keep.suffix"][value="proposed"]').check()
    page.get_by_role("button", name="通过", exact=True).click()
    assert office.story.house(1).standard_address == standard(13)
    page.goto(f"{office.url}/desk/review/{office.items['moved']}")
    page.get_by_text("退回", exact=True).click()
    page.fill("#reject-words", "位置不对")
    page.get_by_role("button", name="退回给提交人").click()
    page.goto(f"{office.url}/desk/review/?show=clean")
    page.locator("td.pick input").first.check()
    page.get_by_role("button", name="预览选中的").click()
    assert page.get_by_role("heading", name="一起通过").is_visible()


def test_ten_thousand_rows(reviewer: ComeIn, office: Office) -> None:
    many(office.story, 10_000)
    page = reviewer("?page=150")
    assert page.locator("tbody tr").count() == 50
    page.screenshot(path=ARTEFACTS / "review-many.png")
    page.keyboard.press("]")
    page.wait_for_url("**page=151**")
