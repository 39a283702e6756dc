"""Every page of the desk that links lead to, as everybody who works there: none is missing, none breaks, all are sound HTML, axe
finds nothing, and nothing sticks out sideways on any screen."""

from __future__ import annotations

import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from desk_office import NAMES, Office, build_office, open_office
from desk_server import Served
from node_tools import MODULES, html_problems, need
from playwright.sync_api import Browser

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
Walked = dict[str, dict[str, str]]
EACH = 3  # pages looked at of one kind
_LINK = re.compile(r'<a\b[^>]*?\bhref="(/desk/[^"#]*)"')
WALKERS = ("registrar", "chief", "printer", "auditor", "sysadmin", "reviewer", "officer", "grid_worker")
SCREENS = (("zh", "light", 1440, 900), ("zh", "light", 1280, 720), ("en", "dark", 390, 844))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("desk") / "home"
    build_office(home)
    opened = open_office(home)
    yield opened
    opened.registry.store.close()


@pytest.fixture(scope="module")
def walked(desk: Office) -> Walked:
    """role → address → HTML of what its links led to."""
    return {role: _walk(desk, role) for role in WALKERS}


def _walk(desk: Office, role: str) -> dict[str, str]:
    browser, found = desk.visitor(role), {}
    ahead, seen, kinds = deque(["/desk/"]), {"/desk/"}, Counter()
    while ahead:
        path = ahead.popleft()
        kind = _kind(desk, path)
        if kinds[kind] >= EACH:
            continue
        kinds[kind] += 1
        answer = browser.get(path)
        told = answer.status_code == 403 and "请系统管理员" in answer.text  # a page that says what is missing
        assert told or answer.status_code in (200, 302, 303), f"{role}: {path} → {answer.status_code}"
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        found[path] = answer.text
        for link in map(unescape, _LINK.findall(answer.text)):
            if "lang=" not in link and link not in seen:
                seen.add(link)
                ahead.append(link)
    return found


def _kind(desk: Office, path: str) -> str:
    """Which view, and which of its parts."""
    at, _, query = path.partition("?")
    endpoint, _ = desk.app.url_map.bind("").match(at)
    return f"{endpoint}?{'&'.join(sorted(part.partition('=')[0] for part in query.split('&')))}"


def _one_of_each(desk: Office, walked: Walked) -> dict[str, tuple[str, str]]:
    """view → (role, address), where there is most to see."""
    best: dict[str, tuple[int, str, str]] = {}
    for role, pages in walked.items():
        for path, text in pages.items():
            view = _kind(desk, path).partition("?")[0]
            best[view] = max(best.get(view, (0, "", "")), (len(text), role, path))
    return {view: (role, path) for view, (_, role, path) in best.items()}


def test_every_room_is_found_by_whom_it_is_for(walked: Walked) -> None:
    assert set(WALKERS) <= set(NAMES)
    for role, pages in walked.items():
        assert len(pages) > 1, role


def test_the_pages_are_sound_html(desk: Office, walked: Walked, tmp_path: Path) -> None:
    pages = {f"{view}-{role}".replace(".", "_"): walked[role][path] for view, (role, path) in _one_of_each(desk, walked).items()}
    problems = html_problems(pages, tmp_path)
    assert problems == [], "\n".join(problems)


@pytest.mark.parametrize(("language", "scheme", "width", "height"), SCREENS)
def test_axe_finds_nothing_and_nothing_sticks_out(
        language: str, scheme: str, width: int, height: int, desk: Office, walked: Walked, browser: Browser) -> None:
    need("axe-core")
    axe, running = (MODULES / "axe-core/axe.min.js").read_text("utf-8"), Served(desk.app)
    problems: list[str] = []
    said: list[str] = []
    shutil.rmtree(ARTEFACTS / f"desk-{width}-{language}", ignore_errors=True)
    (ARTEFACTS / f"desk-{width}-{language}").mkdir(parents=True)
    for view, (role, path) in sorted(_one_of_each(desk, walked).items()):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", color_scheme=scheme)
        context.add_cookies([{"name": "desk", "value": role, "url": f"{running.url}/desk"}])
        page = context.new_page()
        page.on("console", lambda message, view=view: said.append(f"{view}: {message.text}"))
        page.on("pageerror", lambda error, view=view: said.append(f"{view}: {error}"))
        page.goto(running.url + path + (f"{'&' if '?' in path else '?'}lang=en" if language == "en" else ""))
        page.screenshot(path=ARTEFACTS / f"desk-{width}-{language}" / f"{view}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append(f"{view} ({path}): sticks out sideways")
        page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        problems += [f"{view} ({path}): {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
        context.close()
    running.stop()
    assert [*problems, *said] == [], "\n".join([*problems, *said])
