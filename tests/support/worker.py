"""Another process at the same registry: python -m tests.support.worker migrate|write|read|hang URL [NAME COUNT].

Says "ready" when it may be killed or counted on, exits with 1 and a word when a promise is broken.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from doorplate.store import Store, open_store
from tests.support.village import CODE, address, event

ROOT = Path(__file__).parents[2]


def start(act: str, url: str, *more: object) -> subprocess.Popen[str]:
    """Runs one act in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "tests.support.worker", act, url, *map(str, more)], cwd=ROOT, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def write(store: Store, street: str, count: int) -> None:
    """A transaction per house: added, then verified."""
    for number in range(1, count + 1):
        with store.writing() as unit:
            house = address(number, street)
            added = unit.save(None, house, event("address.proposed", house.id))
            unit.save(added, replace(added, status="verified"), event("address.verified", house.id))


def read(store: Store, moments: int) -> None:
    """In every moment there are two events for each house, and one for the community."""
    for _ in range(moments):
        with store.reading() as reader:
            events, houses, again = reader.event_count(), len(reader.addresses(CODE)), reader.event_count()
        if not events == again == 2 * houses + 1:
            sys.exit(f"read {events} events, {houses} houses, {again} events in one moment")


def hang(store: Store) -> None:
    """Stops in mid-transaction, after a save, until killed."""
    with store.writing() as unit:
        house = address(1, "半截路")
        unit.save(None, house, event("address.proposed", house.id))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


def main(act: str, url: str, *more: str) -> None:
    store = open_store(url)
    if act == "migrate":
        store.migrate()
    elif act == "write":
        write(store, more[0], int(more[1]))
    elif act == "read":
        read(store, int(more[0]))
    elif act == "hang":
        hang(store)


if __name__ == "__main__":
    main(*sys.argv[1:])
