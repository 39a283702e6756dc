"""Pages of the desk over a big register: what the server needs for each, as milliseconds and as ratio to one bare query.

A register of --rows addresses in 192 communities with five grids each, 1 % of its lines bad (they are findings), a plate at every
door. Pages are asked for by a registrar of the whole county through the WSGI application, in this process: rendering, rights and
queries, no network. The peer, in the same run and on the same connection: the plainest query that could stand behind the page
(`bare`). Told: the middle and the 95th of --times requests for addresses, words and communities drawn at random.

usage: python benchmarks/desk.py [--backend postgis spatialite] [--rows N] [--times 60]
"""

from __future__ import annotations

import argparse
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "web"), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import loading  # noqa: E402
from desk_office import Office, open_office, settings_of  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import insert, text  # noqa: E402

from doorplate.people.account import Account, Assignment  # noqa: E402
from doorplate.plates.code import new_codes  # noqa: E402
from doorplate.registry import Registry  # noqa: E402
from doorplate.registry.bulk_lists import load_register  # noqa: E402
from doorplate.registry.days import today  # noqa: E402
from doorplate.settings import Settings, secret_key  # noqa: E402
from doorplate.store import open_store  # noqa: E402
from doorplate.store.engine import make_engine  # noqa: E402
from doorplate.store.tables import PLATE  # noqa: E402
from tests.support import postgis  # noqa: E402
from webapp.signing_in import COOKIE  # noqa: E402

ROWS = {"postgis": 1_000_000, "spatialite": 100_000}
COUNTY, COMMUNITIES, BATCH = loading.VILLAGE[:6], 192, 20_000
WHO = ("registrar", "chief", "auditor", "printer", "sysadmin")


@dataclass
class Sample:
    """What requests are drawn from."""

    addresses: list[tuple[str, str, str]]  # id, community, standard address
    codes: list[str]
    rng: random.Random

    def address(self) -> tuple[str, str, str]:
        return self.rng.choice(self.addresses)

    def street(self) -> str:
        return self.address()[2].rpartition("村")[2][:4]


@dataclass(frozen=True)
class Page:
    """who: a login of WHO. path: of one request. bare: SQL with :p for the one thing it asks for, and that thing."""

    name: str
    who: str
    path: Callable[[Sample], str]
    bare: str
    asks: Callable[[Sample], str]


COUNT = "SELECT status, count(*) FROM address WHERE community = :p GROUP BY status"
LIKE = "SELECT id, standard_address FROM address WHERE standard_address LIKE :p ORDER BY id LIMIT 50"
ONE = "SELECT * FROM address WHERE id = :p"
PAGES = (
    Page("home", "registrar", lambda _: "/desk/", ONE, lambda s: s.address()[0]),
    Page("overview", "registrar", lambda _: "/desk/overview/", "SELECT community, status, count(*) FROM address GROUP BY 1, 2",
         lambda _: ""),
    Page("register", "registrar", lambda _: "/desk/register/", LIKE, lambda _: "%"),
    Page("register, a street", "registrar", lambda s: f"/desk/register/?q={s.street()}", LIKE, lambda s: f"%{s.street()}%"),
    Page("register, one door", "registrar", lambda s: f"/desk/register/?q={s.address()[2][-12:]}", LIKE,
         lambda s: f"%{s.address()[2][-12:]}%"),
    Page("register, a code", "registrar", lambda s: f"/desk/register/?q={s.rng.choice(s.codes)}",
         "SELECT * FROM plate WHERE code = :p", lambda s: s.rng.choice(s.codes)),
    Page("register, nothing", "registrar", lambda _: "/desk/register/?q=没有这样的路", LIKE, lambda _: "%没有这样的路%"),
    Page("address", "registrar", lambda s: f"/desk/register/{s.address()[0]}", ONE, lambda s: s.address()[0]),
    Page("plates", "printer", lambda _: "/desk/plates/", COUNT, lambda s: s.address()[1]),
    Page("review", "registrar", lambda _: "/desk/review/", ONE, lambda s: s.address()[0]),
    Page("matters", "chief", lambda _: "/desk/cases/", ONE, lambda s: s.address()[0]),
    Page("notices", "registrar", lambda _: "/desk/notices/", ONE, lambda s: s.address()[0]),
    Page("lists", "registrar", lambda _: "/desk/lists/", ONE, lambda s: s.address()[0]),
    Page("onboarding", "registrar", lambda s: f"/desk/onboarding/?community={s.address()[1]}", COUNT, lambda s: s.address()[1]),
    Page("people", "sysadmin", lambda _: "/desk/people/", ONE, lambda s: s.address()[0]),
    Page("data protection", "registrar", lambda _: "/desk/data-protection/", ONE, lambda s: s.address()[0]),
    Page("audit", "auditor", lambda _: "/desk/audit/", "SELECT * FROM event ORDER BY seq DESC LIMIT 50", lambda _: ""),
)


def fill(settings: Settings, rows: int, folder: Path) -> Sample:
    """A county's register in a fresh database; what requests are drawn from."""
    store = open_store(settings.database)
    store.migrate()
    registry = Registry(store, secret_key(settings), "bench", lambda: datetime.now(UTC), random.Random(7))
    lines = folder / "register.csv"
    loading.write_register(lines, rows, COMMUNITIES, 0.01)
    load_register(registry, lines, None, loading.grids(COMMUNITIES))
    with store.writing() as unit:
        for role in WHO:
            account = Account(registry.new_id(), role, role, "!", must_change=False)
            unit.save(None, account, registry.event("account.added", account.id))
            area = "" if role in ("sysadmin", "auditor") else COUNTY
            held = Assignment(registry.new_id(), account.id, role, area, today(registry))  # type: ignore[arg-type]
            unit.save(None, held, registry.event("assignment.begun", held.id))
    store.close()
    return _plates(settings, registry)


def _plates(settings: Settings, registry: Registry) -> Sample:
    """A plate at every door, straight into the table: making them is measured elsewhere."""
    engine = make_engine(settings.database)
    with engine.begin() as connection:
        doors = [tuple(row) for row in connection.execute(text("SELECT id, community, standard_address FROM address"))]
        codes = new_codes(registry.rng, len(doors))
        for first in range(0, len(doors), BATCH):
            connection.execute(insert(PLATE), [
                {"id": f"{registry.rng.getrandbits(128):032x}", "code": code, "address_id": door[0], "kind": "small-gate",
                 "status": "issued", "version": 1}
                for door, code in zip(doors[first:first + BATCH], codes[first:first + BATCH], strict=True)])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    rng = random.Random(11)
    return Sample(rng.sample(doors, min(5_000, len(doors))), rng.sample(codes, min(5_000, len(codes))), rng)  # type: ignore[arg-type]


def measure(office: Office, sample: Sample, url: str, times: int) -> None:
    sys.stdout.write(f"{'page':<20}{'p50 ms':>9}{'p95 ms':>9}{'bare p95':>10}{'ratio':>8}\n")
    engine = make_engine(url)
    with engine.connect() as connection:
        for page in PAGES:
            browser = office.app.test_client()
            browser.set_cookie(COOKIE, page.who, path="/desk")
            status = browser.get(page.path(sample)).status_code
            if status != 200:
                sys.stdout.write(f"{page.name:<20} HTTP {status}\n")
                continue
            ours = _timed(times, lambda page=page, browser=browser: _get(browser, page.path(sample)))
            bare = _timed(times, lambda page=page: connection.execute(text(page.bare), {"p": page.asks(sample)}).fetchall())
            (_, mine), (_, plain) = ours, bare
            sys.stdout.write(f"{page.name:<20}{ours[0]:9.1f}{mine:9.1f}{plain:10.1f}{mine / max(plain, 1e-3):8.1f}\n")
            sys.stdout.flush()
    engine.dispose()


def _get(browser: FlaskClient, path: str) -> None:
    if browser.get(path).status_code != 200:
        raise SystemExit(path)


def _timed(times: int, act: Callable[[], Any]) -> tuple[float, float]:
    """Middle and 95th, in milliseconds."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


@contextmanager
def database(backend: str, folder: Path) -> Iterator[str]:
    if backend == "spatialite":
        yield f"sqlite:///{folder / 'registry.sqlite'}"
        return
    with postgis.running_cluster() as cluster:
        yield cluster.create("desk")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--backend", nargs="+", choices=sorted(ROWS), default=sorted(ROWS))
    asked.add_argument("--rows", type=int, help="addresses; 1,000,000 in PostGIS and 100,000 in SpatiaLite unless told")
    asked.add_argument("--times", type=int, default=60)
    options = asked.parse_args()
    logging.disable(logging.WARNING)
    for backend in options.backend:
        with tempfile.TemporaryDirectory() as told, database(backend, Path(told)) as url:
            folder, rows = Path(told), options.rows or ROWS[backend]
            settings = settings_of(folder / "home").model_copy(update={"database_url": url})
            settings.home.mkdir(mode=0o700)
            begun = time.perf_counter()
            sample = fill(settings, rows, folder)
            sys.stdout.write(f"\n{backend}: {rows:,} addresses, filled in {time.perf_counter() - begun:.0f} s\n")
            office = open_office(settings.home, settings)
            measure(office, sample, url, options.times)
            office.registry.store.close()


if __name__ == "__main__":
    main()
