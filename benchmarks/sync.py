"""The field's sync as phones meet it: `doorplate serve` over HTTP on SpatiaLite and PostGIS, with everything that goes wrong.

    python benchmarks/sync.py [--kills 200] [--uploads 500] [--ids 500] [--histories 1000] [--only PART …]

  speed      items a second of POST /field/sync, batches of 50 over 4 lines (two thirds visits, one third corrections), by turns
             with benchmarks/sync_peer.py: one transaction an item, last writer wins, same gunicorn settings, same database
  ids        so many ids, each posted five times at once: exactly that many rows
  uploads    photos cut at a random byte over raw sockets, then sent again: none lost, none doubled, no file without a record
  kills      the server killed -9 so often while two phones send: every receipt given is on the disk, nothing doubled
  histories  random histories of 2–4 officers at the same doors through inbox and review: silent overwrites, hidden conflicts
  clocks     the same item by phones 10 years behind and ahead, and sent again a year later
Limits: client and server share the machine. Both databases commit to the disk on both sides. Histories run on one SpatiaLite file
after the other, in memory where the machine has /dev/shm.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from flows.door_stories import NEAR, WORKER, world  # noqa: E402
from flows.officers_histories import History, Told  # noqa: E402

from doorplate.people.account import Actor, Grant  # noqa: E402
from doorplate.registry.field.door import FieldDesk  # noqa: E402
from doorplate.store import open_store  # noqa: E402
from tests.support import postgis  # noqa: E402
from tests.support.field_phones import GRID, TAKEN, Line, Office, build, correction, kept, serving, visit  # noqa: E402
from tests.support.field_trials import (  # noqa: E402
    killed_while_sending,
    reckoning,
    same_ids_at_once,
    together,
    uploads_cut,
)
from tests.support.village import uid  # noqa: E402

PEER = Path(__file__).with_name("sync_peer.py")
LINES, BATCH, HISTORY_ROUNDS = 4, 50, 16
PARTS = ("speed", "ids", "uploads", "kills", "histories", "clocks")


@dataclass
class Speed:
    """Items a second, and how many batches had to be sent again because the server failed on them."""

    items_s: float = 0.0
    again: int = 0


def posted(speed: Speed, port: int, token: str, batches: Sequence[list[dict[str, Any]]]) -> None:
    """Over four lines until every item was taken, as a phone does it. The best of several rounds counts."""
    def post(mine: Sequence[list[dict[str, Any]]]) -> None:
        line = Line(port, token)
        for batch in mine:
            while not _taken(line, batch):
                speed.again += 1
        line.close()

    began = time.perf_counter()
    together(*[lambda part=part: post(batches[part::LINES]) for part in range(LINES)])  # type: ignore[misc]
    speed.items_s = max(speed.items_s, sum(map(len, batches)) / (time.perf_counter() - began))


def _taken(line: Line, batch: list[dict[str, Any]]) -> bool:
    try:
        return [one["result"] in TAKEN for one in line.sync(batch)] == [True] * len(batch)
    except ValueError:  # an answer that is no JSON: the peer's 500
        return False


def batches_of(office: Office, chance: random.Random, items: int) -> list[list[dict[str, Any]]]:
    made = [(correction if n % 3 == 0 else visit)(chance, chance.choice(office.doors)) for n in range(items)]
    return [made[first:first + BATCH] for first in range(0, items, BATCH)]


@contextlib.contextmanager
def peer_serving(url: str, port: int) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, str(PEER), url, str(port)], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                if Line(port).ask("GET", "/healthz", b"")[0] == 200:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the peer does not start")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def speed(name: str, office: Office, peer_url: str, options: argparse.Namespace) -> None:
    chance = random.Random(1)
    with serving(office) as server, peer_serving(peer_url, server.port + 1):
        token = Line(server.port).sign_in()
        ours, peers = Speed(), Speed()
        for number in range(options.rounds):
            turns: list[tuple[Speed, int, str]] = [(ours, server.port, token), (peers, server.port + 1, "")]
            for turn in turns if number % 2 else reversed(turns):
                posted(*turn, batches_of(office, chance, options.items))
    ratio = ours.items_s / peers.items_s
    print(f"speed, {name}: {ours.items_s:,.0f} items/s, peer {peers.items_s:,.0f} items/s, ratio {ratio:.2f} (best "
          f"of {options.rounds}, {options.items} items each; batches sent again {ours.again}, peer {peers.again})")


def ids(name: str, office: Office, options: argparse.Namespace) -> None:
    before = kept(office)
    with serving(office) as server:
        told = same_ids_at_once(office, server, options.ids)
        server.stop()
    after = kept(office)
    print(f"ids, {name}: {options.ids} ids × 5 posts at once → {len(after.items) - len(before.items)} rows, "
          f"{after.visits - before.visits} visits, {dict(told)}")


def uploads(name: str, office: Office, options: argparse.Namespace) -> None:
    before = set(kept(office).files)
    with serving(office) as server:
        cuts = uploads_cut(server, options.uploads)
        server.stop()
    found = kept(office)
    wanted, there = {one.id for one in cuts.sent}, set(found.files) - before
    print(f"uploads, {name}: {len(cuts.sent)} cut at a random byte; lost {len(wanted - there) + found.missing}, "
          f"doubled {len(found.files) - len(set(found.files)) + len(there - wanted)}, files without a record {found.orphans}; "
          f"sent again {dict(cuts.again)}")


def kills(name: str, office: Office, options: argparse.Namespace) -> None:
    began = time.perf_counter()
    with serving(office) as server:
        phones = killed_while_sending(office, server, options.kills)
        server.stop()
    told = reckoning(office, phones)
    print(f"kills, {name}: {options.kills} × -9 in {time.perf_counter() - began:.0f} s, {told.items} items and {told.files} "
          f"files on the disk; lost {told.lost}, doubled {told.doubled}, without a receipt {told.unheard}, refused "
          f"{told.refused}, still waiting {told.still_waiting}; left by killed uploads {told.orphans}, after the sweep "
          f"{told.after_sweep}; "
          f"trail {'whole' if told.trail_ok else 'BROKEN'}")


def histories(folder: Path, count: int) -> None:
    template, whole, began = folder / "template.sqlite", Told(), time.perf_counter()
    store = open_store(f"sqlite:///{template}")
    store.migrate()
    store.close()
    for seed in range(count):
        shutil.copy(template, folder / "history.sqlite")
        store = open_store(f"sqlite:///{folder / 'history.sqlite'}")
        whole.add(History(store, seed, 2 + seed % 3).run(HISTORY_ROUNDS))
        store.close()
        for one in folder.glob("history.sqlite*"):
            one.unlink()
    print(f"histories: {count} of 2–4 officers, {HISTORY_ROUNDS} rounds, {time.perf_counter() - began:.0f} s: silent overwrites "
          f"{whole.silent}, conflicts not shown {whole.hidden}; {whole.asked} conflicts chosen by a person, {whole.approved} "
          f"approved, {whole.rejected} sent back, {whole.impossible.total()} the register refuses")


def clocks(name: str, url: str) -> None:
    store = open_store(url)
    store.migrate()
    here = world(store)
    desk, told, chance = FieldDesk(here.work), [], random.Random(4)
    actor = Actor(WORKER, "测试网格员", (Grant("grid_worker", GRID),), device_id=uid(f"phone {WORKER}"))
    for years in (-10, -1, 1, 10, 0):
        ahead = timedelta(days=365.25 * years)
        item = visit(chance, NEAR) | {"at": (here.clock.now + ahead).isoformat(), "fixes": []}
        [receipt] = desk.sync(actor, [item], here.clock.now + ahead).receipts
        with store.reading() as reader:
            one = reader.item_sent(item["id"])
        off = abs((one.captured_at - here.clock.now).total_seconds()) if one else float("nan")
        told.append(f"{years:+d} a {receipt.result}, {off:.0f} s off{', flagged' if one and 'clock.off' in one.flags else ''}")
    here.clock.pass_by(days=366)
    [again] = desk.sync(actor, [item], here.clock.now).receipts
    print(f"clocks, {name}: {'; '.join(told)}; a year later {again.result}")
    store.close()


def measure(options: argparse.Namespace, folder: Path, cluster: postgis.Cluster | None) -> None:
    def url(part: str) -> str:
        return cluster.create(part) if name == "PostGIS" and cluster else f"sqlite:///{folder / part}.sqlite"

    def office(part: str) -> Office:
        return build(folder / f"{part}_{name}", url(f"office_{part}"))

    for name in ("SpatiaLite", *(["PostGIS"] if cluster else [])):
        for part in (ids, uploads, kills):
            if part.__name__ in options.only:
                part(name, office(part.__name__), options)
        if "speed" in options.only:
            speed(name, office("speed"), url("peer"), options)
        if "clocks" in options.only:
            clocks(name, url("clocks"))
    if "histories" in options.only:
        with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as quick:
            histories(Path(quick), options.histories)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, number in (("kills", 200), ("uploads", 500), ("ids", 500), ("histories", 1000), ("items", 1000), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--without-postgis", action="store_true")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        why = "asked for" if options.without_postgis else postgis.missing()
        if why:
            print(f"without PostGIS: {why}")
        measure(options, folder, None if why else stack.enter_context(postgis.running_cluster(durable=True)))


if __name__ == "__main__":
    main()
