"""A resident asks with a phone: with scripts and without, with network and without, and follows the matter to its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ask_door import CODE, AskDoor
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from test_scan_page import CONTRASTS, TARGETS

pytestmark = pytest.mark.browser

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
SIZES = [(390, 844), (320, 568)]
FORM = f"/d/{CODE}/ask"


@pytest.fixture
def asking(tmp_path: Path, migrated_file: Path) -> Iterator[AskDoor]:
    registry = tmp_path / "registry.sqlite"
    registry.write_bytes(migrated_file.read_bytes())
    door = AskDoor(tmp_path, registry)
    yield door
    door.end()


@pytest.fixture
def phone(browser: Browser, asking: AskDoor) -> Iterator[Callable[..., Page]]:
    """phone(path, width, height, **context options): a page in a phone that keeps what pages keep until the test ends."""
    contexts = []

    def open_page(path: str, width: int = 390, height: int = 844, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **{"locale": "zh-CN", **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(asking.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As large as a phone takes them."""
    path = tmp_path_factory.mktemp("photos") / "lamp.jpg"
    Image.effect_noise((3000, 2250), 60).convert("RGB").save(path, quality=90)
    return path


def ready(page: Page) -> None:
    """The script has taken the form over."""
    expect(page.locator("#voice button")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_role("radio", name="其他").check()
    page.get_by_label("您想问什么").fill(text)


def receipt_of(page: Page) -> tuple[str, str]:
    expect(page.locator("#slip-pin")).to_have_text(re.compile(r"\d{6}|\d{3} \d{3}"), timeout=15000)
    return page.locator("#slip-number").inner_text(), page.locator("#slip-pin").inner_text()


def follow(page: Page, door: AskDoor, receipt: tuple[str, str]) -> None:
    page.goto(f"{door.url}/follow")
    page.get_by_label("回执编号").fill(receipt[0])
    page.get_by_label("密码", exact=True).fill(receipt[1])
    page.locator("#follow button").click()


def looks_right(page: Page, name: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = [one for one in page.evaluate(TARGETS) if 0 < one[0] < 48 and "拨打" not in one[2] and one[1] > 40]
    assert small == []
    assert page.evaluate(CONTRASTS)[0][0] >= 7, page.evaluate(CONTRASTS)[:3]
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"ask-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("size", SIZES)
def test_asked_without_network_sent_by_itself_answered_and_rated(
    phone: Callable[..., Page], asking: AskDoor, picture: Path, size: tuple[int, int]
) -> None:
    page = phone(FORM, *size, service_workers="block")
    ready(page)
    write(page, "路口的路灯坏了三天")
    page.set_input_files("#at-photos", picture)
    expect(page.locator("#previews img")).to_have_count(1)
    looks_right(page, "filled")
    page.context.set_offline(True)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#state")).to_have_text("还没有发出去。内容已存在这部手机里，有网络时自动发送。")
    assert page.locator("#waiting a[href='tel:110']").is_visible()
    looks_right(page, "waiting")
    assert asking.count() == 0
    page.context.set_offline(False)
    receipt = receipt_of(page)
    looks_right(page, "receipt")
    assert asking.count() == 1
    asking.answer(receipt[0], "路灯今晚修好")
    follow(page, asking, receipt)
    expect(page.get_by_text("路灯今晚修好")).to_be_visible()
    shown = page.locator(".pictures img")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("one => Math.max(one.naturalWidth, one.naturalHeight)") == 1600
    looks_right(page, "answered")
    page.get_by_role("radio", name="满意", exact=False).first.check()
    page.get_by_role("button", name="送出评价").click()
    expect(page.get_by_text("谢谢您的评价。")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_same_without_scripts(phone: Callable[..., Page], asking: AskDoor, picture: Path, size: tuple[int, int]) -> None:
    page = phone(FORM, *size, java_script_enabled=False)
    page.wait_for_timeout(300)
    write(page, "垃圾车几点来")
    page.set_input_files("#at-photos", picture)
    page.get_by_role("button", name="发送", exact=True).click()
    receipt = receipt_of(page)
    assert receipt[1] not in page.url
    page.get_by_role("link", name="查看进度").click()
    page.get_by_label("回执编号").fill(receipt[0])
    page.get_by_label("密码", exact=True).fill(receipt[1])
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_text("垃圾车几点来")).to_be_visible()
    page.get_by_label("还有什么要说").fill("是北边的那一辆")
    page.get_by_role("button", name="送出补充").click()
    expect(page.get_by_text("是北边的那一辆")).to_be_visible()
    page.get_by_text("撤回这件事").click()
    page.get_by_role("button", name="确认撤回，删除内容").click()
    expect(page.get_by_text("已经撤回。您写的内容")).to_be_visible()
    expect(page.get_by_text("垃圾车几点来")).to_have_count(0)


def test_an_appointment(phone: Callable[..., Page], asking: AskDoor) -> None:
    page = phone(f"/d/{CODE}/book?service=id-card")
    ready(page)
    page.get_by_role("radio", name="到窗口办事").check()
    page.get_by_label("想约哪一天").select_option(index=2)
    page.get_by_role("radio", name="上午").check()
    page.get_by_role("button", name="发送", exact=True).click()
    follow(page, asking, receipt_of(page))
    expect(page.get_by_text("办身份证")).to_be_visible()
    looks_right(page, "appointment")


def test_the_direct_line_without_scripts(phone: Callable[..., Page], asking: AskDoor) -> None:
    page = phone(f"/d/{CODE}/chief", java_script_enabled=False)
    page.get_by_role("radio", name="反映工作人员").check()
    page.get_by_label("您想对所长说什么").fill("去了三次都没人")
    page.get_by_role("checkbox", name="孙警官").check()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="发送", exact=True).click()
    receipt_of(page)
    assert asking.count() == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_an_emergency_is_sent_to_the_telephone_first(phone: Callable[..., Page], asking: AskDoor, scripts: bool) -> None:
    page = phone(FORM, java_script_enabled=scripts)
    if scripts:
        ready(page)
    page.wait_for_timeout(300)
    write(page, "隔壁着火了")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_role("heading", name="这像是一件急事")).to_be_visible()
    assert page.locator(".numbers a[href='tel:119']").is_visible()
    expect(page.get_by_label("您想问什么")).to_have_value("隔壁着火了")
    assert asking.count() == 0
    if scripts:
        ready(page)
    looks_right(page, f"emergency-{'with' if scripts else 'without'}-scripts")
    page.get_by_role("button", name="不是紧急情况，继续提交").click()
    receipt_of(page)
    assert asking.count() == 1


def test_a_draft_outlives_a_reload_with_its_photos(phone: Callable[..., Page], picture: Path) -> None:
    page = phone(FORM)
    ready(page)
    write(page, "写到一半")
    page.set_input_files("#at-photos", picture)
    expect(page.locator("#previews img")).to_have_count(1)
    page.wait_for_timeout(600)
    page.reload()
    expect(page.get_by_label("您想问什么")).to_have_value("写到一半")
    expect(page.get_by_role("radio", name="其他")).to_be_checked()
    expect(page.locator("#previews img")).to_have_count(1)
    page.get_by_role("button", name="清空重写").click()
    page.reload()
    ready(page)
    expect(page.get_by_label("您想问什么")).to_have_value("")
    expect(page.locator("#previews img")).to_have_count(0)


def test_five_quick_taps_are_one_matter(phone: Callable[..., Page], asking: AskDoor) -> None:
    page = phone(FORM)
    ready(page)
    write(page, "点了五下")
    page.evaluate("() => { for (let n = 0; n < 5; n++) document.getElementById('send').click(); }")
    receipt_of(page)
    assert asking.count() == 1


def test_what_is_wrong_stands_at_its_field_with_scripts_too(phone: Callable[..., Page], asking: AskDoor) -> None:
    page = phone(FORM)
    ready(page)
    write(page, "请回电话")
    page.get_by_label("电话", exact=True).fill("123")
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#wrong-phone")).to_be_visible()
    expect(page.get_by_label("您想问什么")).to_have_value("请回电话")
    page.get_by_label("电话", exact=True).fill("13900000000")
    page.get_by_role("button", name="发送", exact=True).click()
    receipt_of(page)
    assert asking.count() == 1


def test_the_form_opens_while_the_server_is_away_and_sends_itself_when_it_is_back(
    phone: Callable[..., Page], asking: AskDoor
) -> None:
    page = phone(FORM)
    ready(page)
    page.evaluate("""async () => {
      const kept = async () => (await (await caches.open('doorplate-pages')).keys()).map(one => one.url);
      while (!(await kept()).includes(location.href)) await new Promise(done => setTimeout(done, 50));
    }""")
    asking.close()
    page.goto(asking.url + FORM)
    ready(page)
    write(page, "写的时候没有网")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#waiting")).to_be_visible()
    page.reload()
    expect(page.locator("#waiting")).to_be_visible()
    asking.open()
    receipt_of(page)
    assert asking.count() == 1
    page.goto(f"{asking.url}/follow")
    page.locator("#receipts button").click()
    expect(page.get_by_text("写的时候没有网")).to_be_visible()
    page.goto(f"{asking.url}/follow")
    page.get_by_role("button", name="清空这部手机上的回执").click()
    expect(page.locator("#kept")).to_be_hidden()


def test_nothing_is_asked_from_anybody_else(phone: Callable[..., Page], asking: AskDoor) -> None:
    page = phone("/follow")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(asking.url + FORM)
    ready(page)
    assert asked
    assert all(url.startswith((asking.url, "blob:")) for url in asked)
    assert page.context.cookies() == []


@pytest.mark.parametrize("choices", ["", "?size=large", "?lang=en", "?lang=en&size=large"])
@pytest.mark.parametrize("path", [FORM, f"/d/{CODE}/book", f"/d/{CODE}/chief", "/follow"])
def test_the_smallest_phone_never_scrolls_sideways(phone: Callable[..., Page], path: str, choices: str) -> None:
    page = phone(path + choices, 320, 568)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
