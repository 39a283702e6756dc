"""The forms of the officers' app over doubles of its core (`form_double/`): what each hands to the outbox, without a server."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, Route, expect

from doorplate.field.parsing import parse_item
from doorplate.field.settings import field_settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ARTEFACTS = ROOT / "test-artefacts"
PLACES = (HERE / "form_double", ROOT / "webapp" / "static" / "field", ROOT / "webapp" / "static" / "css")
URL = "https://forms.test/"
SHELL = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>form</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="tokens.css"><link rel="stylesheet" href="base.css"><link rel="stylesheet" href="field_forms.css">
<script type="module" src="start.js"></script></head><body><main class="column"></main></body></html>"""
COMMUNITY = "610431001203"
LON, LAT = 107.9581, 34.2231
CODES = [f"7K3M9QX2TB4{n}A" for n in range(1, 7)]


def ident(n: int) -> str:
    return f"{n:032x}"


def door(n: int, **more: Any) -> dict[str, Any]:
    plate = {"id": ident(500 + n), "code": CODES[n - 1], "kind": "small-gate", "status": "issued"}
    empty = dict.fromkeys(("hamlet", "lane", "suffix", "compound", "building", "unit", "floor", "room", "name", "outcome"), "")
    return empty | {"id": ident(n), "version": n, "community": COMMUNITY, "gridCode": f"{COMMUNITY}-G01", "street": "幸福路",
                    "thoroughfareName": "幸福路", "number": str(50 + n), "local": f"幸福路{50 + n}号", "status": "in_use",
                    "kind": "household", "lon": LON + n * 0.0002, "lat": LAT, "zone": "Z01", "plates": [plate]} | more


def pack(**more: Any) -> dict[str, Any]:
    household = {"id": ident(900), "version": 7, "address": ident(1), "members": 3, "tenure": "own", "needs": ["home_visit"],
                 "head": "张*", "contact": "138****5678", "counted_on": "2026-10-01", "consents": ["contact"]}
    return {"settings": field_settings().for_phones(), "doors": [door(n) for n in range(1, 7)], "households": [household],
            "services": [{"id": "id-card", "title": "办身份证"}, {"id": "residence", "title": "办居住证"}],
            "categories": [{"id": "lamp", "title": "路灯坏了"}, {"id": "other", "title": "其他"}],
            "person": {"account": ident(1), "name": "王警官", "roles": ["officer"]},
            "communities": [{"code": COMMUNITY, "prefix": "", "names": []}], "base_url": "https://plate.test",
            "work": {"zones": [{"id": ident(70), "code": "Z01", "name": "幸福路东段", "doors": 6, "done": 0, "round": None}],
                     "revisit": []}} | more


class Forms:
    """A phone with the forms on it."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        lang = options.pop("lang", "zh-CN")
        content = options.pop("pack", pack())
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": 390, "height": 844}, "permissions": ["geolocation", "microphone"],
               "geolocation": {"longitude": LON + 0.0002, "latitude": LAT, "accuracy": 8}} | options)
        self.context.add_init_script(f"globalThis.PACK = {json.dumps(content)}")
        self.context.route(f"{URL}**", lambda route: _serve(route, lang))
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(URL)
        self.page.wait_for_function("globalThis.READY")

    def open(self, view: str) -> Page:
        self.page.goto(f"{URL}#{view}")
        self.page.locator("h1").wait_for()
        return self.page

    def sent(self) -> list[dict[str, Any]]:
        """What lies in the outbox, each read as the server would read it."""
        items: list[dict[str, Any]] = self.page.evaluate("globalThis.SENT.map((one) => one.item)")
        for item in items:
            parse_item(item)
        return items

    def only(self, kind: str) -> dict[str, Any]:
        [item] = [one for one in self.sent() if one["kind"] == kind]
        return item


def tap(place: Page | Locator, name: str) -> None:
    place.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, name: str) -> None:
    page.get_by_label(name, exact=True).check()


def recorded(page: Page) -> None:
    expect(page.get_by_role("heading", name="已记下")).to_be_visible()


def jpeg(side: int = 600, exif: Image.Exif | None = None) -> bytes:
    held = io.BytesIO()
    Image.effect_noise((side, side * 3 // 4), 40).convert("RGB").save(held, "JPEG", exif=exif or Image.Exif())
    return held.getvalue()


def take_photo(page: Page, data: bytes | None = None) -> None:
    before = page.locator(".photos img").count()
    picture: FilePayload = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": data or jpeg()}
    page.locator("input[type=file][capture]").set_input_files([picture])
    expect(page.locator(".photos img")).to_have_count(before + 1)


def read_plate(page: Page, text: str) -> None:
    page.evaluate("text => { globalThis.SEES = text }", text)
    tap(page, "扫门牌")


def look(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"field-form-{name}.png", full_page=True)


def _serve(route: Route, lang: str) -> None:
    name = route.request.url.removeprefix(URL).split("?")[0]
    if not name:
        route.fulfill(body=SHELL.format(lang=lang), content_type="text/html")
        return
    path = next((place / name for place in PLACES if (place / name).is_file()), None)
    if path is None:
        route.fulfill(status=404)
    else:
        route.fulfill(path=path, content_type="text/javascript" if path.suffix == ".js" else "text/css")
