"""The browser is killed -9 again and again while records are being made; every record the phone said it kept arrives, once.

DOORPLATE_KILLS sets how often (50 for the figure; a handful in `make test`)."""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable

from field_server import FieldServer, Phone, kept_without_network, sign_in, unlock
from test_field_app import flush, pack_of, rules, run

KILLS = int(os.environ.get("DOORPLATE_KILLS", "4"))
FIGURES = logging.getLogger("figures")
EACH = 5  # records between two kills

# Says the id of a record on the console only when the phone has promised to keep it; a photo goes with each.
WORK = """const [outbox, pack] = [await app('outbox'), await app('pack')];
  const purposes = [pack.settings().visit.purposes[0].id];
  const photo = await new Promise((done) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 200, height: 100 });
    canvas.getContext('2d').fillRect(0, 0, 50, 50);
    canvas.toBlob(done, 'image/jpeg');
  });
  for (let i = 0; i < arg.n; i += 1) {
    const file = { id: outbox.hexId(), kind: 'photo', blob: photo, evidence: {} };
    const item = { ...outbox.fresh('visit', pack.door(arg.door)), presence: 'picked', purposes, files: [file.id] };
    console.log(`begun ${item.id}`);
    await outbox.add(item, [file], { holdMs: 0 });
    console.log(`kept ${item.id}`);
  }
  console.log('all kept');"""


def test_nothing_kept_is_lost_or_doubled(field: FieldServer, phone: Callable[..., Phone]) -> None:
    rules(field, iterations="1000")
    rng = random.Random(11)
    door, _ = field.world.with_plate()
    first = phone()
    first.page.goto(f"{field.url}/field/")
    sign_in(first.page)
    kept_without_network(first.page)
    pack_of(first.page)
    first.close()
    said: list[str] = []
    for n in range(KILLS):
        # Now and then with the server there, so that sending is cut in the middle as well.
        if n % 3 == 0:
            field.stop()
        elif n % 3 == 1:
            field.start()
        one = phone()
        one.page.on("console", lambda message: said.append(message.text))
        one.page.goto(f"{field.url}/field/")
        unlock(one.page)
        run(one.page, f"setTimeout(async () => {{ {WORK} }}, 0);", {"door": door.id, "n": EACH})
        work_until(one, said, rng.randint(1, 2 * EACH))
        one.kill()
    if KILLS % 3 == 1:
        field.start()
    last = phone()
    last.page.goto(f"{field.url}/field/")
    unlock(last.page)
    for _ in range(20):
        if not flush(last.page)["waiting"]:
            break
    kept = [text.split()[1] for text in said if text.startswith("kept ")]
    begun = {text.split()[1] for text in said if text.startswith("begun ")}
    with field.world.registry.store.reading() as reader:
        arrived = [one for one in begun if reader.item_sent(one)]
        lost = [one for one in kept if one not in arrived]
    FIGURES.info("%d kills: %d records begun, %d kept, %d lost", KILLS, len(begun), len(kept), len(lost))
    assert (lost, len(set(kept)) - len(kept)) == ([], 0)
    assert flush(last.page) == {"waiting": 0, "refused": 0, "unread": 0}
    assert len(kept) >= KILLS * EACH // 4, "the kills come before anything is kept: the test shows nothing"


def work_until(one: Phone, said: list[str], words: int) -> None:
    """Until the phone has said so many words (begun, kept) since now: the kill falls in the middle of keeping."""
    enough, until = len(said) + words, time.monotonic() + 10
    while len(said) < enough and time.monotonic() < until:
        one.page.wait_for_timeout(2)
