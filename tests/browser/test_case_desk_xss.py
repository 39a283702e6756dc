"""Two hundred ways to smuggle a script in (tests/data/xss.txt), through every field a resident or a colleague can write into,
opened on the desk and by the resident in Chromium: they are read as text, and nothing runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from desk_server import SECRET, Served
from flows.case_stories import EVERYBODY, GRID, MORNING, OFFICER, Story, story
from memory_registry import MemoryRegistry
from playwright.sync_api import Browser, BrowserContext, Page

from doorplate.cases.texts import words_of
from doorplate.cases_view import Receipt
from doorplate.errors import InputError
from doorplate.registry.case_desk import StaffDesk
from doorplate.registry.cases.door import DoorCases
from doorplate.settings import Settings
from doorplate.store import open_store
from webapp.desk.staff_key import StaffKey
from webapp.factory import create_app, create_cases_app

PAYLOADS = (Path(__file__).parents[1] / "data" / "xss.txt").read_text("utf-8").splitlines()
A_PAGE = 25  # payloads a matter carries, each in every field
_WATCH = """
window.alert = window.confirm = window.prompt = window.print = () => { window.__xss = 1; };
document.addEventListener("securitypolicyviolation", () => { window.__xss = 2; });
"""
_FOREIGN = """() => [...document.querySelectorAll("*")].filter((one) =>
  ["SCRIPT", "IFRAME", "OBJECT", "EMBED", "BASE", "STYLE", "MATH", "META", "LINK", "XMP", "FRAMESET"].includes(one.tagName)
    && !one.matches('head > meta, head > link, head > script[type="module"][src^="/static/"], head > script[src^="/static/"]')
  || [...one.attributes].some((a) => /^on/i.test(a.name) || /^\\s*(javascript|vbscript|data):/i.test(a.value)
    && one.localName !== "textarea" && !(one.localName === "input" && a.name === "value"))
).map((one) => one.outerHTML.slice(0, 200))"""


@dataclass
class Smuggled:
    """A matter whose every text is the same handful of payloads."""

    receipt: Receipt
    case_id: str
    text: str


def smuggle(village: Story, text: str) -> Smuggled:
    """Through the resident's door and every act of the staff."""
    consent = village.work.settings.consent.version
    receipt = village.ask(text=text, name=text, consent=consent, kind="report", category="plate")
    case, door = village.case(receipt), village.door
    officer, grid = StaffDesk(village.work, OFFICER.id), StaffDesk(village.work, GRID.id)
    officer.note(case.id, village.version(receipt), text)
    officer.route(case.id, village.version(receipt), GRID.id, text)
    door.add(receipt.number, receipt.pin, text)
    grid.settle(case.id, village.version(receipt), text)
    door.reopen(receipt.number, receipt.pin, text)
    return Smuggled(receipt, case.id, words_of(text, 4000, "text"))


@pytest.fixture(scope="module")
def village(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    path = tmp_path_factory.mktemp("xss") / "registry.sqlite"
    shutil.copy(migrated_file, path)
    store = open_store(f"sqlite:///{path}")
    told = story(store, EVERYBODY)
    limits = told.work.settings.limits.model_copy(update={"text": 4000, "answer": 4000, "name": 4000})
    work = told.work.__class__(told.work.registry, told.work.settings.model_copy(update={"limits": limits}), told.vault)
    yield Story(work, told.clock, told.vault, DoorCases(work))
    store.close()


@pytest.fixture(scope="module")
def smuggled(village: Story) -> list[Smuggled]:
    return [smuggle(village, "\n".join(PAYLOADS[start:start + A_PAGE])) for start in range(0, len(PAYLOADS), A_PAGE)]


@pytest.fixture(scope="module")
def desk(village: Story, smuggled: list[Smuggled]) -> Iterator[str]:
    key = StaffKey(SECRET, MORNING + timedelta(hours=12), village.clock)
    running = Served(create_cases_app(Settings(), MemoryRegistry(), StaffDesk(village.work, OFFICER.id), key))
    yield running.url
    running.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    opened.add_init_script(_WATCH)
    yield opened
    opened.close()


def nothing_ran(page: Page) -> None:
    page.wait_for_load_state("load")
    page.evaluate("() => { for (const one of document.querySelectorAll('*')) one.dispatchEvent(new Event('mouseover')); }")
    assert page.evaluate("() => window.__xss") is None
    assert page.evaluate(_FOREIGN) == []
    assert "54439" not in page.content(), "a template was worked out"


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    page, trouble = context.new_page(), []
    page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda line: trouble.append(line.text) if line.type == "error" else None)
    page.on("request", lambda asked: trouble.append(asked.url) if "evil.example" in asked.url else None)
    return page, trouble


def test_the_watch_sees_what_runs(context: BrowserContext) -> None:
    page, _ = watched(context)
    page.goto("about:blank")
    page.set_content("<img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>")
    page.wait_for_function("window.__xss === 1")
    assert len(page.evaluate(_FOREIGN)) == 2


def test_the_corpus_is_large_and_no_line_stands_twice() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 200


def test_on_the_desk_everything_is_text(context: BrowserContext, desk: str, smuggled: list[Smuggled]) -> None:
    page, trouble = watched(context)
    page.goto(f"{desk}/desk/cases/?key={SECRET}")
    page.goto(f"{desk}/desk/cases/?show=open")
    assert page.locator("tbody tr").count() == len(smuggled)
    nothing_ran(page)
    for one in smuggled:
        page.goto(f"{desk}/desk/cases/{one.case_id}")
        nothing_ran(page)
        texts = page.locator(".words").evaluate_all("all => all.map((one) => one.textContent)")
        assert texts.count(one.text) >= 6, "the request, the remark, the reason, what was added, the answer, the return"
        assert page.locator(".contact bdi").first.text_content() == " ".join(one.text.split())
    assert trouble == []


def test_what_is_shown_again_after_a_refusal_is_text(context: BrowserContext, desk: str, smuggled: list[Smuggled]) -> None:
    page, trouble = watched(context)
    page.goto(f"{desk}/desk/cases/?key={SECRET}")
    for one in smuggled:
        page.goto(f"{desk}/desk/cases/{one.case_id}")
        page.evaluate("() => { for (const one of document.querySelectorAll('[name=version]')) one.value = '1'; }")
        page.fill("#answer", one.text)
        page.get_by_role("button", name="办结并答复").click()
        page.locator(".told.no").wait_for()
        nothing_ran(page)
        assert page.input_value("#answer") == one.text
    trouble = [line for line in trouble if "409" not in line]  # Chromium notes every status of that kind
    assert trouble == []


def test_the_resident_who_follows_it_reads_text(context: BrowserContext, village: Story, smuggled: list[Smuggled]) -> None:
    running = Served(create_app(Settings(form_patience_s=0), MemoryRegistry(), cases=village.door))
    page, trouble = watched(context)
    try:
        for one in smuggled:
            page.goto(f"{running.url}/follow")
            page.fill("[name=receipt]", one.receipt.number)
            page.fill("[name=pin]", one.receipt.pin)
            page.locator("main form button").first.click()
            page.get_by_text(one.text.splitlines()[0], exact=False).first.wait_for()
            nothing_ran(page)
    finally:
        running.stop()
    assert trouble == []


def test_what_is_chosen_cannot_be_made_up(village: Story) -> None:
    booking = {"kind": "appointment", "category": village.work.settings.of_kind("appointment")[0].id}
    for line in PAYLOADS:
        for field in ("kind", "category", "service_id", "phone", "client_id"):
            with pytest.raises(InputError):
                village.ask(**{**(booking if field == "service_id" else {}), field: line})
