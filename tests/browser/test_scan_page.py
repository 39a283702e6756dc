"""A resident opens a plate's page: on a phone, an old small phone, a desktop; by day, by night, large, in English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from memory_registry import BARE, IN_USE, LONG, NEVER_ISSUED, RETIRED
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# For every piece of text: its contrast against the nearest background that is painted (WCAG 2.2, 1.4.3).
CONTRASTS = """() => {
  const channel = v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const behind = node => { for (; node; node = node.parentElement) {
    const colour = parse(getComputedStyle(node).backgroundColor); if (colour.length < 4 || colour[3] === 1) return colour; }
    return [255, 255, 255]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest('svg') || !node.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    found.push([(a + .05) / (b + .05), walker.currentNode.data.trim()]);
  }
  return found.sort((x, y) => x[0] - y[0]);
}"""
TARGETS = """() => [...document.querySelectorAll('a:not(.skip), button, input:not([type=hidden])')].map(
  one => [one.getBoundingClientRect().height, one.getBoundingClientRect().width, one.innerText || one.name])"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900), (320, 568)])
def test_a_scan_opens_calmly_and_asks_nobody_else(visit: Callable[..., Any], door: str, width: int, height: int) -> None:
    seen = visit(f"/d/{IN_USE}", width, height)
    expect(seen.page.locator("h1")).to_contain_text("幸福路二巷53号")
    expect(seen.page.locator("svg.plate")).to_be_visible()
    assert seen.page.evaluate(SHIFT) == 0, "nothing moves while loading"
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.picture(f"plate-{width}x{height}")
    seen.picture(f"plate-{width}x{height}-whole", whole=True)
    assert seen.said == []
    assert len(set(seen.asked)) <= 7, "page, style, icon, scripts, map"
    assert all(url.startswith(door) for url in seen.asked)
    assert seen.page.context.cookies() == []


def test_the_first_screen_of_a_phone_holds_the_plate_the_address_and_the_call_button(visit: Callable[..., Any]) -> None:
    page = visit(f"/d/{IN_USE}").page
    button = page.locator(".first .button").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= 844


def test_every_tel_link_dials_what_it_shows(visit: Callable[..., Any]) -> None:
    page = visit(f"/d/{IN_USE}").page
    links = page.locator('a[href^="tel:"]')
    assert links.count() >= 16
    for link in links.all():
        shown = link.locator(".phone").inner_text()
        assert link.get_attribute("href") == "tel:" + shown.replace(" ", "")
        expect(link).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [f"/d/{IN_USE}", f"/d/{RETIRED}", f"/d/{NEVER_ISSUED}", "/", "/?code=zz"])
def test_text_can_be_read_in_sun_and_at_night(visit: Callable[..., Any], path: str, scheme: str) -> None:
    seen = visit(path, color_scheme=scheme)
    ratios = seen.page.evaluate(CONTRASTS)
    assert len(ratios) > 5
    assert ratios[0][0] >= 7, ratios[:3]


@pytest.mark.parametrize(
    "path", [f"/d/{IN_USE}", f"/d/{LONG}", f"/d/{BARE}", f"/d/{RETIRED}", f"/d/{NEVER_ISSUED}", "/", "/nothing"]
)
@pytest.mark.parametrize("choices", ["", "?size=large", "?lang=en", "?lang=en&size=large"])
def test_the_smallest_phone_never_scrolls_sideways_and_thumbs_always_fit(
    visit: Callable[..., Any], path: str, choices: str
) -> None:
    page = visit(path + choices, 320, 568).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = [target for target in page.evaluate(TARGETS) if target[0] < 48 or target[1] < 48]
    assert small == []


def test_a_forged_code_typed_without_javascript(visit: Callable[..., Any], door: str) -> None:
    page = visit("/", java_script_enabled=False).page
    page.get_by_label("输入门牌上的 13 位编码").fill(NEVER_ISSUED.lower())
    page.get_by_role("button", name="查门牌").click()
    expect(page).to_have_url(f"{door}/d/{NEVER_ISSUED}")
    expect(page.locator("h1")).to_have_text("查不到这块门牌")


def test_large_type_and_english_by_links_alone(visit: Callable[..., Any]) -> None:
    page = visit(f"/d/{IN_USE}", java_script_enabled=False).page
    page.get_by_role("link", name="大字").click()
    expect(page.locator("html")).to_have_class("large")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_class("large")
    expect(page.get_by_role("heading", name="Who is responsible")).to_be_visible()


def test_the_page_prints_on_one_sheet(visit: Callable[..., Any]) -> None:
    for choices in ("", "?lang=en", "?size=large"):
        paper = visit(f"/d/{IN_USE}{choices}").page.pdf(prefer_css_page_size=True)
        assert paper.count(b"/Type /Page\n") == 1, choices


def test_the_how_to_prints_on_one_sheet(visit: Callable[..., Any]) -> None:
    for reading in ("", "/en", "/large"):
        assert visit(f"/howto{reading}").page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1, reading


def test_the_address_is_copied_whole(visit: Callable[..., Any]) -> None:
    page = visit(f"/d/{IN_USE}", permissions=["clipboard-read", "clipboard-write"]).page
    page.get_by_role("button", name="复制地址").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "陕西省咸阳市武功县普集街道营上村幸福路二巷53号"


def test_where_the_clipboard_is_closed_the_old_way_is_tried(visit: Callable[..., Any]) -> None:
    page = visit(f"/d/{IN_USE}").page
    page.evaluate("""() => {
      Object.defineProperty(navigator, 'clipboard', {value: undefined});
      document.execCommand = what => { window.copied = [what, String(getSelection())]; return false; }; }""")
    page.get_by_role("button", name="复制地址").click()
    expect(page.get_by_role("button", name="长按复制")).to_be_visible()
    what, text = page.evaluate("window.copied")
    assert what == "copy"
    assert text.replace("\n", "") == "陕西省咸阳市武功县普集街道营上村幸福路二巷53号"


SILENT_VOICE = """
  window.said = [];
  Object.defineProperty(window, 'speechSynthesis', {value: {
    speak: one => window.said.push([one.text, one.lang]), cancel: () => window.said.push(['', 'stopped'])}});
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };"""


def test_address_and_telephones_are_read_out_digit_by_digit_and_stopped(visit: Callable[..., Any]) -> None:
    page = visit("/").page
    page.add_init_script(SILENT_VOICE)
    page.goto(page.url.rstrip("/") + f"/d/{IN_USE}")
    page.get_by_role("button", name="读给我听").click()
    said = [text for text, language in page.evaluate("window.said") if language == "zh-CN"]
    assert "营上村" in said[0]
    assert any("测试民警甲" in text for text in said)
    assert any("0 2 9-0 0 0 0 0 0 0 0" in text for text in said)
    page.get_by_role("button", name="停止朗读").click()
    assert page.evaluate("window.said.at(-1)") == ["", "stopped"]
    expect(page.get_by_role("button", name="读给我听")).to_be_visible()


def test_without_a_voice_and_without_scripts_no_button_promises_one(visit: Callable[..., Any]) -> None:
    page = visit(f"/d/{IN_USE}", java_script_enabled=False).page
    assert page.locator("button:visible").count() == 0
    mute = visit("/").page
    mute.add_init_script("delete window.SpeechSynthesisUtterance; delete Window.prototype.speechSynthesis;")
    mute.goto(mute.url.rstrip("/") + f"/d/{IN_USE}")
    expect(mute.get_by_role("button", name="复制地址")).to_be_visible()
    expect(mute.get_by_role("button", name="读给我听")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_comes_late_moves_nothing_and_follows_the_scheme(visit: Callable[..., Any], scheme: str) -> None:
    seen = visit(f"/d/{IN_USE}", color_scheme=scheme)
    picture = seen.page.locator("img.map")
    before = picture.bounding_box()
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") == 360
    assert before is not None
    assert picture.bounding_box()["height"] == before["height"]
    assert seen.page.evaluate(SHIFT) == 0
    assert seen.said == []
    seen.picture(f"plate-map-{scheme}")


def test_the_map_opened_by_itself_keeps_its_style(visit: Callable[..., Any]) -> None:
    seen = visit(f"/d/{IN_USE}/map.svg")
    assert seen.page.evaluate("getComputedStyle(document.querySelector('.p')).fill") == "rgb(11, 78, 162)"
    assert seen.said == []


PICTURES = {
    "plate-dark": (f"/d/{IN_USE}", {"color_scheme": "dark"}),
    "plate-english": (f"/d/{IN_USE}?lang=en", {}),
    "plate-large": (f"/d/{IN_USE}?size=large", {}),
    "plate-long-name": (f"/d/{LONG}", {}),
    "plate-little-known": (f"/d/{BARE}", {}),
    "retired": (f"/d/{RETIRED}", {}),
    "unknown": (f"/d/{NEVER_ISSUED}", {}),
    "start": ("/", {}),
    "howto": ("/howto", {}),
    "howto-english": ("/howto/en", {}),
    "no-such-page": ("/nothing", {}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_to_look_at(visit: Callable[..., Any], name: str) -> None:
    path, options = PICTURES[name]
    visit(path, **options).picture(name, whole=True)
