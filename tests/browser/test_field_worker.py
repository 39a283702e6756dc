"""The worker of the officers' app: all of a release or nothing of it, no network needed, nothing of the API kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import resources

from field_server import FieldServer, Phone
from playwright.sync_api import Page

WORKER = "navigator.serviceWorker.getRegistration('/field/')"
FETCHES = "async (path) => { try { return (await fetch(path)).status; } catch { return 0; } }"
RELEASE = "document.querySelector('script[type=module]').src.split('/')[5]"
WORKS = "async () => { await navigator.serviceWorker.register('/field/sw.js', {scope: '/field/'}); " \
        "return (await navigator.serviceWorker.ready).active.scriptURL; }"
CACHED = "async () => Promise.all((await caches.keys()).map(async (name) => " \
         "[name, (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)]))"


def until(page: Page, expression: str) -> None:
    """Waits for true, also where the answer is a promise (wait_for_function takes the promise itself for true)."""
    deadline = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        time.sleep(0.1)


def installed(field: FieldServer, phone: Phone) -> Page:
    phone.page.goto(f"{field.url}/field/")
    assert phone.page.evaluate(WORKS).endswith("/field/sw.js")
    until(phone.page, "Boolean(navigator.serviceWorker.controller)")
    return phone.page


def test_the_whole_app_is_there_while_the_server_is_not(field: FieldServer, phone: Callable[..., Phone]) -> None:
    mine = phone()
    page = installed(field, mine)
    version = page.evaluate(RELEASE)
    [[name, kept]] = page.evaluate(CACHED)
    assert name == f"field-app-{version}"
    modules = page.locator("link[rel=modulepreload]").evaluate_all("(links) => links.map((link) => new URL(link.href).pathname)")
    assert {"/field/", "/field/manifest.webmanifest", *modules} <= set(kept)
    assert not [path for path in kept if not path.startswith(("/field/app/", "/field/manifest")) and path != "/field/"]
    assert page.evaluate(FETCHES, "/field/pack") == 401
    field.kill()
    page.goto(f"{field.url}/field/#list")
    assert page.title()
    assert [page.evaluate(FETCHES, path) for path in modules] == [200] * len(modules)
    assert page.evaluate(FETCHES, "/field/pack") == 0
    assert page.evaluate(CACHED) == [[name, kept]]


def test_it_outlives_the_browser_killed(field: FieldServer, phone: Callable[..., Phone]) -> None:
    first = phone()
    installed(field, first)
    first.kill()
    field.kill()
    again = phone()
    answer = again.page.goto(f"{field.url}/field/")
    assert answer is not None
    assert answer.from_service_worker


def test_after_a_wipe_the_network_serves_and_the_app_is_kept_again(field: FieldServer, phone: Callable[..., Phone]) -> None:
    page = installed(field, phone())
    page.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name); }")
    page.goto(f"{field.url}/field/")
    assert page.evaluate(RELEASE)
    until(page, "caches.match('/field/').then(Boolean)")
    field.kill()
    page.reload()
    assert page.locator("#app").count() == 1


def test_a_new_release_waits_until_it_is_asked_to_take_over(field: FieldServer, phone: Callable[..., Phone]) -> None:
    page = installed(field, phone())
    old = page.evaluate(RELEASE)
    field.stop()
    (field.world.home / "field.toml").write_text(tiles_of_an_office(), "utf-8")
    field.start()
    page.evaluate(f"{WORKER}.then((found) => found.update())")
    until(page, f"{WORKER}.then((found) => found.waiting?.state === 'installed')")
    page.reload()
    assert page.evaluate(RELEASE) == old
    page.evaluate(f"{WORKER}.then((found) => found.waiting.postMessage({{type: 'take over'}}))")
    until(page, f"caches.keys().then((names) => names.length === 1 && !names[0].endsWith({old!r}))")
    page.reload()
    assert page.evaluate(RELEASE) != old


def tiles_of_an_office() -> str:
    """The rules as shipped, but for the map."""
    shipped = resources.files("doorplate.field").joinpath("data/field.toml").read_text("utf-8")
    assert 'tiles = "" ' in shipped
    return shipped.replace('tiles = "" ', 'tiles = "https://tiles.example.cn/{z}/{x}/{y}.png" ')


def test_where_a_module_does_not_arrive_the_page_says_so(field: FieldServer, phone: Callable[..., Phone]) -> None:
    mine = phone(service_workers="block")
    mine.context.route("**/field/vault.js", lambda route: route.abort())
    mine.page.goto(f"{field.url}/field/")
    mine.page.locator("#not-opened").get_by_text("打不开外勤门牌").wait_for()
