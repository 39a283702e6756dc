"""Photos, voice notes and positions: what is kept of them, and what a phone says when it cannot."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from forms_page import Forms, choose, ident, jpeg, recorded, take_photo, tap
from PIL import Image
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

DOOR = f"door/{ident(1)}"
LOUDEST = """async (meter) => {
    let most = 0;
    for (let n = 0; n < 15; n += 1) { most = Math.max(most, meter.value); await new Promise((go) => setTimeout(go, 100)); }
    return most;
}"""
FAKE = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def camera_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8769).update({0x9003: "2026:11:24 08:30:00", 0x9011: "+08:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 13.0, 23.16), 3: "E", 4: (107.0, 57.0, 29.16), 17: 271.5})
    return jpeg(2400, exif)


def test_photos_lose_what_the_camera_wrote_and_keep_it_as_evidence(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/visit")
    take_photo(page, camera_jpeg())
    choose(page, "核对门牌地址")
    tap(page, "记下走访")
    recorded(page)
    [kept] = page.evaluate("""async () => Promise.all(globalThis.SENT[0].files.map(async (file) =>
        ({...file, bytes: [...new Uint8Array(await file.blob.arrayBuffer())]})))""")
    data = bytes(kept["bytes"])
    assert b"Exif" not in data
    assert b"SECRET" not in data
    assert max(Image.open(io.BytesIO(data)).size) == 1600
    assert kept["evidence"] == {"taken_at": "2026-11-24T00:30:00.000Z", "lon": 107.9581, "lat": 34.2231, "direction": 271.5}
    assert phone.only("visit")["files"] == [kept["id"]]


def test_what_is_no_picture_and_a_full_phone_are_told_in_words(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/visit")
    field = page.locator("input[type=file][capture]")
    field.set_input_files([{"name": "a.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + b"\0" * 200}])
    expect(page.get_by_text("a.heic 不是这部手机能打开的照片")).to_be_visible()
    page.evaluate("globalThis.FREE = 30e6")
    take_photo(page)
    expect(page.get_by_text("手机只剩约 30 MB")).to_be_visible()
    page.evaluate("globalThis.FREE = 1e6")
    field.set_input_files([{"name": "b.jpg", "mimeType": "image/jpeg", "buffer": jpeg(300)}])
    expect(page.get_by_text("手机快存满了")).to_be_visible()
    expect(page.locator(".photos img")).to_have_count(1)
    tap(page, "去掉照片 1")
    expect(page.locator(".photos img")).to_have_count(0)
    tap(page, "撤销")
    expect(page.locator(".photos img")).to_have_count(1)
    choose(page, "安全提示")
    page.evaluate("globalThis.FULL = true")
    tap(page, "记下走访")
    expect(page.get_by_text("手机存满了，没有记下。")).to_be_visible()
    expect(page.get_by_label("安全提示")).to_be_checked()


def test_a_draft_with_photos_outlives_the_page(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/visit")
    choose(page, "送达通知")
    page.get_by_label("记录").fill("写到一半")
    take_photo(page)
    expect(page.get_by_text("草稿已存在这部手机里。")).to_be_visible()
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_label("记录")).to_have_value("写到一半")
    expect(page.get_by_label("送达通知")).to_be_checked()
    expect(page.locator(".photos img")).to_have_count(1)
    tap(page, "记下走访")
    recorded(page)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('drafts|'))") == []


def test_refused_permissions_are_told_and_stop_nothing(forms: Callable[..., Forms]) -> None:
    phone = forms(permissions=[])
    page = phone.open(f"{DOOR}/visit")
    expect(page.get_by_text("没有定位权限")).to_be_visible()
    page.get_by_role("button", name="开始录音").click()
    expect(page.get_by_text(re.compile("没有麦克风"))).to_be_visible()
    choose(page, "核对门牌地址")
    tap(page, "记下走访")
    recorded(page)
    assert phone.only("visit")["fixes"] == []


def test_a_voice_note_is_spoken_heard_and_taken_back(browser: Browser) -> None:
    speaking = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=FAKE)
    phone = Forms(speaking)
    page = phone.open(f"{DOOR}/visit")
    page.get_by_role("button", name="开始录音").click()
    expect(page.get_by_text("正在录音")).to_be_visible()
    expect(page.locator(".clock")).to_contain_text("0:01 / 1:00")
    assert page.locator("meter.level").evaluate(LOUDEST) > 0
    tap(page, "录好了")
    expect(page.locator("audio")).to_be_visible()
    tap(page, "删掉录音")
    expect(page.locator("audio")).to_have_count(0)
    tap(page, "撤销")
    choose(page, "核对门牌地址")
    tap(page, "记下走访")
    recorded(page)
    [kept] = page.evaluate("globalThis.SENT[0].files.map(({kind, blob}) => ({kind, size: blob.size, type: blob.type}))")
    assert kept["kind"] == "voice"
    assert kept["size"] > 2000
    assert kept["type"].startswith("audio/")
    assert len(phone.only("visit")["files"]) == 1
    assert phone.errors == []
    speaking.close()


def test_leaving_the_form_ends_the_recording(browser: Browser) -> None:
    speaking = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=FAKE)
    phone = Forms(speaking)
    page = phone.open(f"{DOOR}/visit")
    page.evaluate("""() => { const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (what) => (globalThis.HEARD = await ask(what)); }""")
    page.get_by_role("button", name="开始录音").click()
    expect(page.get_by_text("正在录音")).to_be_visible()
    page.evaluate("location.hash = 'diary'")
    page.wait_for_function("globalThis.HEARD.getTracks().every((track) => track.readyState === 'ended')")
    speaking.close()


def test_positions_are_averaged_by_weight_without_outliers(forms: Callable[..., Forms]) -> None:
    page = forms().page
    found = page.evaluate("""() => {
        const at = (n) => new Date(1e12 + n * 1000).toISOString();
        const fixes = [[0, 5], [0.00001, 5], [-0.00001, 5], [0.0001, 50], [0.01, 5]].map(([off, accuracy_m], n) =>
            ({lon: 108 + off, lat: 34, accuracy_m, at: at(n)}));
        return [gnss.average(fixes), gnss.average([]), gnss.average(fixes.slice(0, 1)), gnss.standing(
            [{lon: 107, lat: 34, accuracy_m: 5, at: at(0)}, ...fixes.slice(0, 3)]).length];
    }""")
    mean, none, one, still = found
    assert mean["samples"] == 4
    assert mean["lon"] == pytest.approx(108, abs=2e-6)
    assert 5 <= mean["accuracy_m"] < 7
    assert none is None
    assert (one["samples"], one["accuracy_m"]) == (1, 5)
    assert still == 3


def exif_bytes(little: bool) -> bytes:
    """A camera's EXIF in one byte order, by hand: DateTimeOriginal and a position south and west."""
    order = "little" if little else "big"

    def n(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)  # type: ignore[arg-type]

    def entry(tag: int, kind: int, count: int, value: int | bytes) -> bytes:
        return n(tag, 2) + n(kind, 2) + n(count, 4) + (value if isinstance(value, bytes) else n(value, 4))

    def ratios(*values: int) -> bytes:
        return b"".join(n(value, 4) + n(1, 4) for value in values)

    first = n(2, 2) + entry(0x8769, 4, 1, 38) + entry(0x8825, 4, 1, 56) + n(0, 4)
    inside = n(1, 2) + entry(0x9003, 2, 20, 110) + n(0, 4)
    gps = n(4, 2) + entry(1, 2, 2, b"S\0\0\0") + entry(2, 5, 3, 130) + entry(3, 2, 2, b"W\0\0\0") + entry(4, 5, 3, 154)
    body = (b"II" if little else b"MM") + n(42, 2) + n(8, 4) + first + inside + gps + n(0, 4)
    return body + b"2026:01:02 03:04:05\0" + ratios(10, 30, 0) + ratios(20, 15, 36)


def in_jpeg(exif: bytes) -> bytes:
    body = b"Exif\0\0" + exif
    return b"\xff\xd8\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + b"\xff\xd9"


def test_exif_of_both_byte_orders_and_of_hostile_files(forms: Callable[..., Forms]) -> None:
    page = forms().page

    def read(*files: bytes) -> list[dict[str, Any]]:
        asked = "files => files.map((file) => readExif(Uint8Array.from(file)))"
        found: list[dict[str, Any]] = page.evaluate(asked, [list(file) for file in files])
        return found

    for told in read(in_jpeg(exif_bytes(True)), in_jpeg(exif_bytes(False))):
        assert told["lat"] == -10.5
        assert told["lon"] == -20.26
        assert told["taken_at"].startswith("2026-01-0")
    whole = in_jpeg(exif_bytes(True))
    cut = [whole[:length] for length in range(len(whole))]
    itself = bytearray(whole)
    itself[12 + 10 + 8:12 + 10 + 12] = (8).to_bytes(4, "little")
    huge = whole.replace((20).to_bytes(4, "little") + (110).to_bytes(4, "little"), b"\xff\xff\xff\xff\xff\xff\xff\xff")
    hostile = [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00\x00", b"\xff" * 4000, bytes(itself), huge,
               in_jpeg(b"II*\0\xff\xff\xff\xff"), in_jpeg(b"II")]
    flipped = [bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1:]) for at in range(len(whole))]
    for told in read(*cut, *hostile, *flipped):
        assert set(told) <= {"taken_at", "lon", "lat", "direction"}
        assert abs(told.get("lon", 0)) <= 180
        assert abs(told.get("lat", 0)) <= 90
