"""The officers' forms in Enketo: downloaded from the served door, filled in by hand, sent to it, found in the inbox."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from enketo_page import Enketo, bundled
from field_server import OFFICER, PASSWORD, FieldServer
from PIL import Image
from playwright.sync_api import APIRequestContext, APIResponse, Browser, expect

from doorplate.field.items import ITEM
from doorplate.field.records import FieldItem
from doorplate.sealing import Seal

CORRECTION, HOUSEHOLD = "doorplate_correction", "doorplate_household"
BASIC = "Basic " + b64encode(f"{OFFICER}:{PASSWORD}".encode()).decode()


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled(tmp_path_factory.mktemp("enketo"))


@pytest.fixture
def enketo(browser: Browser, script: Path) -> Iterator[Enketo]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = Enketo(context.new_page(), script)
    yield page
    context.close()
    assert page.errors == []


class Office:
    """The served door as a client sees it."""

    def __init__(self, field: FieldServer, http: APIRequestContext) -> None:
        self.field, self.http = field, http

    def get(self, address: str) -> str:
        told = self.http.get(address)
        assert told.status == 200, told.text()
        assert told.headers["x-openrosa-version"] == "1.0"
        assert "date" in told.headers
        return told.text()

    def form(self, form_id: str) -> tuple[str, dict[str, str]]:
        """The XForm and its lists, by the addresses the form list gives."""
        listed = self.get(f"{self.field.url}/openrosa/formList?formID={form_id}")
        xform, manifest = (re.search(f"<{name}>([^<]+)", listed)[1] for name in ("downloadUrl", "manifestUrl"))  # type: ignore[index]
        told = self.get(manifest)
        lists = dict(zip(re.findall("<filename>([^<]+)", told), re.findall("<downloadUrl>([^<]+)", told), strict=True))
        return self.get(xform), {name: self.get(address) for name, address in lists.items()}

    def send(self, xml: bytes, files: dict[str, bytes]) -> APIResponse:
        parts: dict[str, Any] = {"xml_submission_file": {"name": "x.xml", "mimeType": "text/xml", "buffer": xml}}
        parts |= {name: {"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in files.items()}
        return self.http.post(f"{self.field.url}/openrosa/submission", multipart=parts)

    def kept(self, xml: bytes) -> tuple[FieldItem, Any]:
        """The item in the inbox and what was sent with it."""
        item_id = re.search(r"uuid:([0-9a-f-]{36})", xml.decode())[1].replace("-", "")  # type: ignore[index]
        registry = self.field.world.registry
        with registry.store.reading() as reader:
            item = reader.item_sent(item_id)
        assert item is not None
        assert item.payload_sealed is not None
        return item, ITEM.validate_json(Seal(registry.secret, "field").open(item.payload_sealed, item.id))


@pytest.fixture
def office(field: FieldServer, browser: Browser) -> Iterator[Office]:
    context = browser.new_context(extra_http_headers={"Authorization": BASIC})
    yield Office(field, context.request)
    context.close()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2400, 1200), "teal").save(out, "JPEG")
    return out.getvalue()


def test_a_correction_is_filled_in_and_sent(office: Office, enketo: Enketo) -> None:
    door, code = office.field.world.with_plate()
    assert enketo.open(*office.form(CORRECTION)) == []
    enketo.choose("operation", "correct")
    enketo.write("scanned", "https://menpai.example/d/0000000000018")
    expect(enketo.question("not_found")).to_be_visible()
    enketo.write("scanned", f"https://menpai.example/d/{code}")
    expect(enketo.question("not_found")).to_be_hidden()
    expect(enketo.question("way")).to_be_hidden()
    labels = enketo.question("door").locator("datalist option:not(.itemset-template)")
    expect(labels).to_have_count(1)
    enketo.pick("door", labels.first.get_attribute("value") or "")
    enketo.choose("fields", "number")
    expect(enketo.question("number")).to_contain_text(f"现在: {door.elements.number}")
    expect(enketo.question("street")).to_be_hidden()
    enketo.write("number", "911")
    assert not enketo.sendable()[0]
    enketo.choose("reason", "wrong_number")
    photo = {"name": "门.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    enketo.page.locator('input[type=file]').first.set_input_files(photo)  # type: ignore[arg-type]
    expect(enketo.question("photo_2")).to_be_visible()
    enketo.write("note", "住户说 <去年> & 改了")
    valid, xml, files = enketo.sendable()
    assert (valid, len(files)) == (True, 1)
    told = office.send(xml, files)
    assert told.status == 201, told.text()
    item, sent = office.kept(xml)
    assert (item.kind, item.status, item.address_id, item.fields) == ("correction", "waiting", door.id, ("number",))
    assert (sent.changes.number, sent.base, sent.reason) == ("911", door.version, "号码登记错了")
    assert sent.note == "住户说 <去年> & 改了"
    assert len(sent.files) == 1
    assert "files.missing" not in item.flags
    assert "重复" in office.send(xml, files).text()


def test_a_household_is_counted_without_a_plate_at_hand(office: Office, enketo: Enketo) -> None:
    door, _ = office.field.world.with_plate()
    assert enketo.open(*office.form(HOUSEHOLD)) == []
    enketo.pick("way", door.elements.thoroughfare)
    label = enketo.question("door").locator(f'datalist option[data-value="{door.id}"]').get_attribute("value")
    enketo.pick("door", label or "")
    if enketo.question("which").is_visible():
        enketo.choose("which", "new")
    expect(enketo.question("contact_phone")).to_be_hidden()
    enketo.choose("consent_contact", "spoken")
    enketo.choose("consent_sensitive", "none")
    enketo.write("contact_name", "李女士")
    enketo.write("contact_phone", "call me")
    enketo.write("members", "100")
    assert not enketo.sendable()[0]
    enketo.write("contact_phone", "13800000000")
    enketo.write("members", "4")
    enketo.choose("tenure", "rent")
    enketo.choose("needs_add", "home_visit")
    expect(enketo.page.locator('[name="/data/needs_add"][value="barrier_free"]')).to_have_count(0)
    valid, xml, files = enketo.sendable()
    assert valid
    told = office.send(xml, files)
    assert told.status == 201, told.text()
    item, sent = office.kept(xml)
    assert (item.kind, item.status, sent.household) == ("household", "waiting", None)
    assert (sent.changes.members, sent.changes.tenure) == (4, "rent")
    assert (sent.changes.contact.name, [one.purpose for one in sent.consents]) == ("李女士", ["contact"])


@pytest.mark.parametrize("form_id", [CORRECTION, HOUSEHOLD])
def test_the_forms_speak_english(office: Office, enketo: Enketo, form_id: str) -> None:
    assert enketo.open(*office.form(form_id), language="en") == []
    shown = " ".join(enketo.page.locator(".question-label.active:visible, .option-label.active:visible").all_inner_texts())
    assert shown
    assert not re.search(r"[\u4e00-\u9fff]", shown), shown
