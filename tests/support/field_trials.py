"""What phones and networks do to the field's server, once small for the tests and once whole for the figures."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from doorplate.cli.work import open_field
from doorplate.registry.auditing import audit
from doorplate.registry.field.retention import sweep_vault
from tests.support.field_phones import (
    TAKEN,
    Line,
    Office,
    Outbox,
    Photo,
    Server,
    correction,
    cut_upload,
    kept,
    photo,
    upload_length,
    visit,
)


def together(*acts: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def same_ids_at_once(office: Office, server: Server, ids: int, posts: int = 5, batch: int = 20) -> Counter[str]:
    """So many items, each sent so often at the same moment; result → how often."""
    chance, told = random.Random(3), Counter[str]()
    items, token = [visit(chance, chance.choice(office.doors)) for _ in range(ids)], Line(server.port).sign_in()
    start = threading.Barrier(posts)

    def post() -> None:
        line = Line(server.port, token)
        for first in range(0, ids, batch):
            start.wait()
            told.update(one["code"] or one["result"] for one in line.sync(items[first:first + batch]))
        line.close()

    together(*[post] * posts)
    return told


@dataclass(frozen=True)
class Cuts:
    """sent: files. inside: how many were cut before their last byte. again: results of sending them once more."""

    sent: tuple[Photo, ...]
    inside: int
    again: Counter[str]


def uploads_cut(server: Server, uploads: int, lines: int = 5, seed: int = 2) -> Cuts:
    """Each upload is cut at a random byte, then sent again until it is taken, and once more."""
    chance = random.Random(seed)
    sent, again, inside = [photo(chance) for _ in range(uploads)], Counter[str](), []
    token = Line(server.port).sign_in()

    def upload(mine: Sequence[Photo], own: random.Random) -> None:
        line = Line(server.port, token)
        for one in mine:
            at = own.randrange(upload_length(one))
            cut_upload(server.port, token, one, at)
            inside.append(at)
            while (told := line.put(one)) not in TAKEN:
                again[told] += 1
            again.update((told, line.put(one)))
        line.close()

    together(*[lambda part=part: upload(sent[part::lines], random.Random(part)) for part in range(lines)])  # type: ignore[misc]
    return Cuts(tuple(sent), len(inside), again)


def work_on(office: Office, outbox: Outbox, seed: int, until: threading.Event) -> None:
    """Something to do at some door, sent as it comes up, until it is evening."""
    chance = random.Random(seed)
    while not until.is_set():
        while len(outbox.waiting) < 12:
            files = [photo(chance)] if chance.random() < 0.3 else []
            make = correction if chance.random() < 0.3 else visit
            outbox.add(make(chance, chance.choice(office.doors), files), files)
        outbox.flush_whatever_comes()


def killed_while_sending(office: Office, server: Server, times: int, seed: int = 1) -> list[Outbox]:
    """Two phones that work while the server dies so often; then all they have is sent."""
    chance, over = random.Random(seed), threading.Event()
    token = Line(server.port).sign_in()
    phones = [Outbox(Line(server.port, token)) for _ in range(2)]
    threads = [threading.Thread(target=work_on, args=(office, phone, n, over)) for n, phone in enumerate(phones)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(times):
            time.sleep(chance.uniform(0, 0.4))
            server.kill()
            server.start()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    deadline = time.monotonic() + 60
    for phone in phones:
        while phone.waiting and time.monotonic() < deadline:
            phone.flush_whatever_comes()
    return phones


@dataclass(frozen=True)
class Reckoning:
    """What phones were told against what lies on the disk. orphans: what killed uploads left in the vault; after_sweep: of
    those, what the sweep of the day after the next leaves."""

    items: int
    files: int
    lost: int
    doubled: int
    unheard: int
    still_waiting: int
    refused: int
    orphans: int
    after_sweep: int
    trail_ok: bool


def reckoning(office: Office, phones: Sequence[Outbox]) -> Reckoning:
    """lost: taken by receipt and not there, or there without its bytes; unheard: there and never answered as taken; doubled: rows
    or events beyond one each."""
    found, taken = kept(office), set().union(*(phone.taken for phone in phones))
    there = [*found.items, *found.files]
    orphans, registry = found.orphans, office.registry()
    ok = audit(registry).ok
    registry.store.close()
    sweep_later(office)
    return Reckoning(
        len(found.items), len(found.files), len(taken - set(there)) + found.missing,
        len(there) - len(set(there)) + found.received - len(found.items), len(set(there) - taken),
        sum(len(phone.waiting) for phone in phones), sum(len(phone.refused) for phone in phones), orphans,
        kept(office).orphans, ok)


def sweep_later(office: Office) -> None:
    """As the server's own chore does it on the day after the next."""
    work = open_field(office.settings)
    later = replace(work, registry=replace(work.registry, now=lambda: datetime.now(UTC) + timedelta(days=3)))
    sweep_vault(later)
    work.registry.store.close()
