"""Phones and a server for the field's figures: `doorplate serve` as a child that can be killed -9 at any moment and started again
on the same port and data, and phones that keep the app's rules: files first, an item leaves the outbox only when it was taken."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from PIL import Image

from doorplate.media.vault import Vault, open_vault
from doorplate.model import Address, Area, Community, Elements, Plate, Point
from doorplate.plates.code import new_code
from doorplate.registry import Registry
from doorplate.registry.accounts import NewAccount, add_account
from doorplate.settings import Settings, secret_key
from doorplate.store import open_store
from tests.support.raw import raw

ROOT = Path(__file__).parents[2]
VILLAGE = "610431001203"
GRID = f"{VILLAGE}-G01"
LOGIN, PASSWORD = "wang", "four calm words here"
TAKEN = frozenset({"accepted", "duplicate"})
KEY = "5a" * 32
NO_LIMITS = ('[[kind]]\nname = "all"\nmethods = ["GET", "POST", "PUT"]\npaths = ["/"]\namount = "10000000/minute"\n'
             '[unknown]\namount = "10000000/minute"\n[burst]\nwindow_s = 60\none_place = 10000000\noverall = 10000000\n')


@dataclass
class Office:
    """A registry with one grid of doors and one officer, beside whatever server works on it."""

    home: Path
    url: str
    doors: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, database_url=self.url, secret_key=KEY)

    def registry(self) -> Registry:
        """Its store is to be closed."""
        store, secret = open_store(self.url), secret_key(self.settings)
        return Registry(store, secret, "bench", lambda: datetime.now(UTC), random.SystemRandom())

    @property
    def vault(self) -> Vault:
        return open_vault(self.settings.media, KEY)


def build(home: Path, url: str, doors: int = 500, *, migrated: bool = False) -> Office:
    office = Office(home, url)
    home.mkdir(parents=True, exist_ok=True)
    registry = office.registry()
    if not migrated:
        registry.store.migrate()
    records: list[Any] = [Community(VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), "陕西省营上村", sample=True),
                          Area(registry.new_id(), "grid", GRID, "第一网格", VILLAGE, shapely.box(108.1, 34.2, 108.3, 34.4).wkb)]
    for n in range(doors):
        street, number = f"试验{n % 20 + 1}路", str(n // 20 + 1)
        door = Address(registry.new_id(), VILLAGE, Elements(street=street, number=number), f"陕西省营上村{street}{number}号",
                       f"{VILLAGE}|{street}|{number}", "verified", Point(108.2 + n % 20 * 1e-4, 34.27 + n // 20 * 1e-4, 3.0),
                       records[1].id)
        records += [door, Plate(registry.new_id(), new_code(random.Random(n)), door.id, "small-gate", "issued")]
        office.doors.append(door.id)
    with registry.store.writing() as unit:
        unit.save_many((None, one, registry.event("x.added", one.code if isinstance(one, Community) else one.id))
                       for one in records)
    add_account(registry, NewAccount(LOGIN, "测试网格员", "grid_worker", GRID, must_change=False), PASSWORD)
    registry.store.close()
    return office


class Server:
    """`doorplate serve` with the officers' door, two processes as shipped."""

    def __init__(self, office: Office) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._office, self._process = office, None
        (office.home / "limits.toml").write_text(NO_LIMITS, "utf-8")
        self.start()

    def start(self) -> None:
        home = self._office.home
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORPLATE_")}
        told = {"PYTHONPATH": str(ROOT), "DOORPLATE_HOME": str(home), "DOORPLATE_BASE_URL": "https://menpai.example",
                "DOORPLATE_DATABASE_URL": self._office.url, "DOORPLATE_SECRET_KEY": KEY, "DOORPLATE_DOORS": "scan,field",
                "DOORPLATE_LIMITS_FILE": str(home / "limits.toml")}
        with (home / "serve.log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", "doorplate", "serve", "--port", str(self.port)], cwd=home,
                                             env=kept | told, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((home / "serve.log").read_text("utf-8", "replace")[-3000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """-9, the server and its workers at once."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        group = self._process.pid
        for one in (how, signal.SIGKILL):  # the second for a worker that outlived it
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, one)
            self._process.wait(30)
        self._process = None

    def _answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()


@contextlib.contextmanager
def serving(office: Office) -> Iterator[Server]:
    server = Server(office)
    try:
        yield server
    finally:
        server.kill()


@dataclass(frozen=True)
class Photo:
    """As the app keeps it in the outbox."""

    id: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def photo(chance: random.Random) -> Photo:
    """A small picture like no other."""
    out = io.BytesIO()
    Image.frombytes("RGB", (24, 18), chance.randbytes(24 * 18 * 3)).save(out, "JPEG", quality=80)
    return Photo(f"{chance.getrandbits(128):032x}", out.getvalue())


def visit(chance: random.Random, door: str, files: Sequence[Photo] = ()) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    fix = {"lon": 108.2, "lat": 34.27, "accuracy_m": 5.0, "at": at}
    return {"id": f"{chance.getrandbits(128):032x}", "kind": "visit", "at": at, "community": VILLAGE, "address": door,
            "presence": "scan", "purposes": ["check"], "fixes": [fix], "note": "住户在家", "files": [one.id for one in files]}


def correction(chance: random.Random, door: str, files: Sequence[Photo] = ()) -> dict[str, Any]:
    changes = {"number": str(chance.randrange(2000, 9000))}
    return {"id": f"{chance.getrandbits(128):032x}", "kind": "correction", "at": datetime.now(UTC).isoformat(),
            "community": VILLAGE, "address": door, "base": 1, "operation": "correct", "changes": changes,
            "reason": "号码登记错了", "fixes": [], "files": [one.id for one in files]}


class Line:
    """One connection kept open; opened anew after a failure."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port, self._token = port, token
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and JSON. Raises OSError, http.client.HTTPException where no whole answer came."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            told = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/octet-stream", **(headers or {})}
            self._connection.request(method, path, body, told)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def sign_in(self) -> str:
        told = json.dumps({"login": LOGIN, "password": PASSWORD, "device": "试验手机"}).encode()
        status, answer = self.ask("POST", "/field/login", told)
        if status != 201:
            raise RuntimeError(f"no way in: {status} {answer}")
        self._token = answer["token"]
        return self._token

    def put(self, one: Photo) -> str:
        """What became of it: accepted, duplicate, or the code."""
        head = {"X-Kind": "photo", "X-Sha256": one.sha256, "X-Evidence": '{"lon": 108.2, "lat": 34.27}'}
        _, told = self.ask("PUT", f"/field/files/{one.id}", one.data, head)
        return told.get("code") or told["result"]

    def sync(self, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Receipts; none where the whole batch was not taken."""
        body = json.dumps({"clock": datetime.now(UTC).isoformat(), "items": list(items)}).encode()
        status, told = self.ask("POST", "/field/sync", body)
        return list(told["receipts"]) if status == 200 else []


@dataclass
class Outbox:
    """A phone that goes on sending whatever happens to the server. taken: ids of items and files the server said it has."""

    line: Line
    waiting: dict[str, tuple[dict[str, Any], list[Photo]]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    batch: int = 20

    def add(self, item: dict[str, Any], files: Sequence[Photo] = ()) -> None:
        self.waiting[item["id"]] = (item, list(files))

    def flush(self) -> None:
        """One round, as the app does it: files first, then the items whose files are all there. Raises OSError, HTTPException."""
        whole = []
        for item, files in list(self.waiting.values())[:self.batch]:
            for one in [file for file in files if file.id not in self.taken]:
                if self.line.put(one) in TAKEN:
                    self.taken.add(one.id)
            if all(file.id in self.taken for file in files):
                whole.append(item)
        for told in self.line.sync(whole) if whole else ():
            if told["result"] in TAKEN:
                self.taken.add(told["id"])
                self.waiting.pop(told["id"], None)
            elif not told["retry"]:
                self.refused.append(told["code"])

    def flush_whatever_comes(self) -> None:
        """The same; without an answer everything stays for the next time."""
        try:
            self.flush()
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.02)


def cut_upload(port: int, token: str, one: Photo, at: int) -> None:
    """The same request as the app's, of which only so many bytes are ever sent; then the line is dead. No answer is read."""
    head = (f"PUT /field/files/{one.id} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nX-Kind: photo\r\n"
            f"X-Sha256: {one.sha256}\r\nContent-Length: {len(one.data)}\r\n\r\n").encode()
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall((head + one.data)[:at])


def upload_length(one: Photo) -> int:
    """More bytes than `cut_upload` has: some uploads arrive whole, and only their answer is never heard."""
    return len(one.data) + 500


@dataclass(frozen=True)
class Kept:
    """What lies on the disk, read behind the server's back. received: events of items, for what was written twice."""

    items: tuple[str, ...]
    files: tuple[str, ...]
    visits: int
    received: int
    in_vault: frozenset[str]
    keys: frozenset[str]

    @property
    def orphans(self) -> int:
        """Files in the vault that no record speaks of."""
        return len(self.in_vault - self.keys)

    @property
    def missing(self) -> int:
        """Records whose file is not there."""
        return len(self.keys - self.in_vault)


def kept(office: Office) -> Kept:
    with raw(office.url) as connection:
        def column(statement: str) -> list[Any]:
            return [row[0] for row in connection.execute(statement).fetchall()]

        return Kept(tuple(column("SELECT id FROM field_item")), tuple(column("SELECT id FROM field_file")),
                    column("SELECT count(*) FROM visit")[0], column("SELECT count(*) FROM event WHERE verb = 'item.received'")[0],
                    frozenset(office.vault.keys("field/")), frozenset(column("SELECT key FROM field_file")))
