"""Who stands before a plate lets the phone compare where it is: near, far, and with the position kept to themselves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ask_door import CODE, AskDoor
from conftest import ARTEFACTS
from playwright.sync_api import Browser, Page, expect

from doorplate.registry.sightings import ELSEWHERE

SOON_MS = 15_000


@pytest.fixture
def asking(tmp_path: Path, migrated_file: Path) -> Iterator[AskDoor]:
    registry = tmp_path / "registry.sqlite"
    shutil.copyfile(migrated_file, registry)
    door = AskDoor(tmp_path, registry)
    yield door
    door.end()


def compared(browser: Browser, door: AskDoor, position: dict[str, float] | None, name: str) -> str:
    """What the page says after the button was pressed; None: the visitor does not share the position."""
    shared = {"geolocation": position, "permissions": ["geolocation"]} if position else {}
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", **shared)
    page: Page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{door.url}/d/{CODE}")
    box = page.locator(".sighting")
    box.get_by_role("button", name="核对位置").click()
    status = box.get_by_role("status")
    expect(status).not_to_have_text("正在核对……", timeout=SOON_MS)
    expect(status).not_to_be_empty(timeout=SOON_MS)
    words = status.inner_text()
    box.scroll_into_view_if_needed()
    page.screenshot(path=ARTEFACTS / f"sighting-{name}.png")
    context.close()
    assert not said
    return words


def findings(door: AskDoor) -> int:
    with door.store.reading() as reader:
        plate = reader.plate_by_code(CODE)
        assert plate is not None
        return len(reader.findings_at(plate.address_id, ELSEWHERE))


def where(door: AskDoor) -> dict[str, float]:
    with door.store.reading() as reader:
        plate = reader.plate_by_code(CODE)
        address = reader.address(plate.address_id) if plate else None
    point = address.point if address else None
    assert point is not None
    return {"longitude": point.lon, "latitude": point.lat, "accuracy": 10}


def test_near_the_door_fits_and_leaves_nothing(browser: Browser, asking: AskDoor) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    assert "位置相符" in compared(browser, asking, where(asking), "near")
    assert findings(asking) == 0


def test_far_from_the_door_somebody_is_told(browser: Browser, asking: AskDoor) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    here = where(asking)
    assert "位置不符" in compared(browser, asking, {**here, "latitude": here["latitude"] + 0.05}, "far")
    assert findings(asking) == 1


def test_a_position_kept_to_oneself_is_no_fault(browser: Browser, asking: AskDoor) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    assert "不核对也不影响使用" in compared(browser, asking, None, "denied")
    assert findings(asking) == 0
