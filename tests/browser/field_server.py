"""The officers' door as it is really served: the sample village in a registry of its own, `doorplate serve` in a process group
that can be killed at any moment and started again on the same port, and phones whose profile outlives them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from doorplate.areas.divisions import lookup
from doorplate.checking import check_lists
from doorplate.cli.demo import HANDOVER, LISTS, SAMPLE
from doorplate.cli.lists import bring_in
from doorplate.cli.setup import contacts_of, read_village
from doorplate.exchange.areas_file import read_areas
from doorplate.model import Address, Elements, Plate, Point
from doorplate.people.account import Role
from doorplate.plates.code import new_code
from doorplate.registry import Registry
from doorplate.registry.accounts import NewAccount, add_account
from doorplate.registry.communities import import_contacts, open_community
from doorplate.registry.days import today
from doorplate.registry.lists import fingerprint
from doorplate.registry.printing import plan_plates
from doorplate.registry.verifying import verify_community
from doorplate.settings import Settings, secret_key
from doorplate.store import open_store

ROOT = Path(__file__).resolve().parents[2]
BASE_URL = "https://menpai.example"
VILLAGE = "610431001203"
DESIGN = "small-gate"
GRID, OTHER_GRID = f"{VILLAGE}-G01", f"{VILLAGE}-G02"
PASSWORD = "four calm words here"
PIN = "271828"
OFFICER, OTHER, REVIEWER, SYSADMIN = "wang", "zhao", "li", "root-admin"
PEOPLE: tuple[tuple[str, str, Role, str], ...] = (
    (OFFICER, "测试民警甲", "officer", GRID), (OTHER, "测试民警乙", "officer", OTHER_GRID),
    (REVIEWER, "测试登记员", "registrar", VILLAGE), (SYSADMIN, "测试管理员", "sysadmin", ""))


class World:
    """What stands in the registry, read and changed beside the running server."""

    def __init__(self, home: Path, base_url: str = BASE_URL) -> None:
        self.home = home
        settings = Settings(home=home, base_url=base_url)
        store = open_store(settings.database)
        self.registry = Registry(store, secret_key(settings), "tester", lambda: datetime.now(UTC), random.SystemRandom())

    def close(self) -> None:
        self.registry.store.close()

    @cached_property
    def grids(self) -> dict[str, str]:
        """The ids of grids by code."""
        with self.registry.store.reading() as reader:
            return {area.code: area.id for area in reader.areas(VILLAGE, "grid")}

    def doors(self, grid: str = GRID) -> list[Address]:
        """The living doors of a grid as they stand now."""
        with self.registry.store.reading() as reader:
            return [one for one in reader.addresses(VILLAGE) if one.grid_id == self.grids[grid] and one.status != "retired"]

    def plates(self, grid: str = GRID) -> dict[str, Plate]:
        """By code, also retired ones."""
        with self.registry.store.reading() as reader:
            return {one.code: one for one in reader.plates_of([door.id for door in self.doors(grid)])}

    def door(self, address_id: str) -> Address:
        with self.registry.store.reading() as reader:
            found = reader.address(address_id)
        assert found is not None
        return found

    def with_plate(self, grid: str = GRID) -> tuple[Address, str]:
        """A door that has a point and a plate in use, and the plate's code."""
        doors = {door.id: door for door in self.doors(grid) if door.point}
        return next((doors[one.address_id], code) for code, one in self.plates(grid).items()
                    if one.address_id in doors and one.status != "retired")

    def fill(self, count: int, grid: str = GRID, streets: int = 40) -> list[str]:
        """That many more doors with a plate each, on long straight streets in a grid; their codes."""
        registry, rng, grid_id = self.registry, random.Random(count), self.grids[grid]
        at = next(door.point for door in self.doors(grid) if door.point)
        codes, records = [], []
        for n in range(count):
            street, number = f"试验{n % streets + 1}路", n // streets + 1
            point = Point(at.lon + (n % streets) * 2e-4, at.lat + number * 1e-4, 5.0)
            standard, key = f"陕西省咸阳市武功县普集街道营上村{street}{number}号", f"{VILLAGE}|{street}|{number}"
            door = Address(registry.new_id(), VILLAGE, Elements(street=street, number=str(number)), standard, key, "verified",
                           point, grid_id)
            codes.append(new_code(rng))
            records += [door, Plate(registry.new_id(), codes[-1], door.id, DESIGN, "issued")]
        with registry.store.writing() as unit:
            unit.save_many((None, one, registry.event("x.added", one.id)) for one in records)
        return codes


def build(home: Path) -> None:
    """The sample village with a plate at every verified door, and PEOPLE who can sign in with PASSWORD."""
    home.mkdir(parents=True)
    store = open_store(Settings(home=home).database)
    store.migrate()
    store.close()
    world = World(home)
    registry = world.registry
    village = read_village(SAMPLE / "village.toml")
    open_community(registry, village.community(lookup(village.code)))
    shutil.copyfile(SAMPLE / "services.toml", home / "services.toml")
    files, areas = [HANDOVER / name for name in LISTS], read_areas(HANDOVER / "grids_wgs84.geojson", VILLAGE)
    checked = check_lists(files, VILLAGE, areas)
    bring_in(registry, checked, files, fingerprint(files, VILLAGE, areas))
    contacts = HANDOVER / "网格员通讯录.xlsx"
    import_contacts(registry, contacts_of(registry, contacts, VILLAGE), today(registry), contacts.name)
    verify_community(registry, VILLAGE)
    with registry.store.writing() as unit:
        plates = plan_plates(registry, unit, unit.addresses(VILLAGE, status="verified"), DESIGN)
        unit.save_many((one, replace(one, status="issued"), registry.event("plate.issued", one.id)) for one in plates.values())
    for login, name, role, area in PEOPLE:
        add_account(registry, NewAccount(login, name, role, area, must_change=False), PASSWORD)
    world.close()


class FieldServer:
    """`doorplate serve` with all three doors over a home folder; `url` answers once it is started."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.world = World(home)
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORPLATE_")}
        self._environment = {**kept, "PYTHONPATH": str(ROOT), "DOORPLATE_HOME": str(home), "DOORPLATE_BASE_URL": BASE_URL,
                             "DOORPLATE_DOORS": "scan,field,desk", **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with (self.world.home / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "doorplate", "serve", "--port", str(self.port)], cwd=self.world.home,
                env=self._environment, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.world.home / "serve.log").read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        """-9, the server and its workers."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def close(self) -> None:
        self.kill()
        self.world.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        self._process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # a worker that outlived it
        self._process = None

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
        except (urllib.error.URLError, OSError):
            return False
        return True


class Phone:
    """Chromium with a profile folder that stays: what it keeps survives `kill`, for the next one. errors: of its first page."""

    def __init__(self, browser: Browser, profile: Path, *, args: Sequence[str] = (), **options: Any) -> None:
        self.profile = profile
        self.errors: list[str] = []
        self.context: BrowserContext = browser.browser_type.launch_persistent_context(
            str(profile), executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--use-fake-ui-for-media-stream",
                  "--use-fake-device-for-media-stream", *args],
            **{"viewport": {"width": 390, "height": 844}, "locale": "zh-CN",
               "permissions": ["geolocation", "camera", "microphone"], **options})
        self.page: Page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def stand_at(self, door: Address, accuracy_m: float = 5.0) -> None:
        assert door.point is not None
        self.context.set_geolocation({"longitude": door.point.lon, "latitude": door.point.lat, "accuracy": accuracy_m})

    def kill(self) -> None:
        """-9, this browser with all its processes: those that name the profile."""
        for pid in _naming(str(self.profile)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.context.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.context.close()


def sign_in(page: Page, login: str = OFFICER, password: str = PASSWORD, pin: str = PIN) -> None:
    """Through the app's own sign-in, until the bottom bar stands."""
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(password)
    if not page.locator("input[name=pin]").is_visible():
        page.locator("form button[type=submit]").click()
        page.locator("input[name=pin]").wait_for()
    page.locator("input[name=pin]").fill(pin)
    page.locator("input[name=pin2]").fill(pin)
    page.locator("form button[type=submit]").click()
    page.locator("nav a").first.wait_for()


def unlock(page: Page, pin: str = PIN) -> None:
    page.locator("input[name=pin]").fill(pin)
    page.locator("form button[type=submit]").click()
    page.locator("nav a").first.wait_for()


def kept_without_network(page: Page) -> None:
    """Waits until the app's worker holds everything."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _naming(text: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if f"--user-data-dir={text}".encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found
