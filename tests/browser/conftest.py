"""Chromium before the residents' door, as it is served. Pictures are kept in test-artefacts/ to be looked at."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from field_server import FieldServer, Phone, build
from forms_page import Forms
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "test-artefacts"
sys.path.insert(0, str(ROOT / "tests" / "web"))

from running_server import RunningServer  # noqa: E402 - lies beside the tests of the web
from wire import compile_catalogues  # noqa: E402


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("DOORPLATE_TESTS_REQUIRE_BROWSER"):
            pytest.fail(
                "Chromium is required here (DOORPLATE_TESTS_REQUIRE_BROWSER) and is not installed: apt-get install chromium"
            )
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def door() -> Iterator[str]:
    """The address of the residents' door."""
    compile_catalogues()
    running = RunningServer()
    yield running.url
    running.stop(signal.SIGTERM)


class Visit:
    """A page, with what it said on the console and what it asked for on the network."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def picture(self, name: str, *, whole: bool = False) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=whole)


@pytest.fixture
def visit(browser: Browser, door: str) -> Iterator[Callable[..., Visit]]:
    """visit(path, width, height, **context options) opens a page in a browser that remembers nothing."""
    contexts = []

    def open_page(path: str, width: int = 390, height: int = 844, **options: object) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, **{"locale": "zh-CN", **options})
        contexts.append(context)
        visited = Visit(context.new_page())
        visited.page.goto(door + path)
        return visited

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def forms(browser: Browser) -> Iterator[Callable[..., Forms]]:
    """forms(**context options, pack=…, lang=…): the officers' forms on a phone. Nothing may have gone wrong on it unseen."""
    opened: list[Forms] = []

    def open_forms(**options: object) -> Forms:
        opened.append(Forms(browser, **options))
        return opened[-1]

    yield open_forms
    for one in opened:
        one.context.close()
        assert one.errors == []


@pytest.fixture(scope="session")
def field_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample village and its people, to be copied."""
    compile_catalogues()
    home = tmp_path_factory.mktemp("field") / "home"
    build(home)
    return home


@pytest.fixture
def field(field_home: Path, tmp_path: Path) -> Iterator[FieldServer]:
    """The officers' door in a process of its own, over a registry of its own."""
    home = tmp_path / "home"
    shutil.copytree(field_home, home)
    server = FieldServer(home)
    yield server
    server.close()


@pytest.fixture
def phone(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Phone]]:
    """phone(name="a", args=[…], **context options): Chromium with a profile of that name; the same name is the same phone."""
    opened: list[Phone] = []

    def take_up(name: str = "a", **options: Any) -> Phone:
        opened.append(Phone(browser, tmp_path / f"phone-{name}", **options))
        return opened[-1]

    yield take_up
    for one in opened:
        one.close()
