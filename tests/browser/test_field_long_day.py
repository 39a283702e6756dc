"""Eight hours without network: hundreds of records with photos wait on the phone, and all arrive, once, when there is network.

DOORPLATE_LONG_DAY sets how many (500 for the figure; fewer in `make test`)."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from field_server import FieldServer, Phone, unlock
from playwright.sync_api import expect
from test_field_app import flush, rules, run
from test_field_door import at, taken

FIGURES = logging.getLogger("figures")
RECORDS = int(os.environ.get("DOORPLATE_LONG_DAY", "60"))

# Noise does not compress: a photo of a door as large as the form makes them.
WORK = """const [outbox, pack] = [await app('outbox'), await app('pack')];
  const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 });
  const pen = canvas.getContext('2d'), noise = pen.createImageData(800, 600);
  const purposes = [pack.settings().visit.purposes[0].id], ids = [];
  for (let i = 0; i < arg.n; i += 1) {
    for (let at = 0; at < noise.data.length; at += 65536) crypto.getRandomValues(noise.data.subarray(at, at + 65536));
    for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255;
    pen.putImageData(noise, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.8));
    const file = { id: outbox.hexId(), kind: 'photo', blob, evidence: {} };
    const door = pack.doors()[i % pack.doors().length];
    const item = { ...outbox.fresh('visit', door), presence: 'picked', purposes, files: [file.id] };
    await outbox.add(item, [file], { holdMs: 0 });
    ids.push(item.id);
  }
  return ids;"""


def test_a_day_without_network_arrives_whole(field: FieldServer, phone: Callable[..., Phone]) -> None:
    rules(field, iterations="1000")
    mine = taken(field, phone)
    field.stop()
    page = mine.page
    ids = run(page, WORK, {"n": RECORDS})
    expect(page.locator(".bar-words")).to_contain_text(f"{RECORDS} 条待传")
    at(field, page, "outbox")
    expect(page.locator(".outbox-list li")).to_have_count(min(RECORDS, 50))
    kept = page.evaluate("navigator.storage.estimate().then((one) => one.usage)")
    FIGURES.info("%d records with photos are %.1f MB on the phone", RECORDS, kept / 2**20)
    mine.close()
    again = phone()
    again.page.goto(f"{field.url}/field/")
    expect(again.page.locator(".lead")).to_contain_text(f"{RECORDS} 条待传在手机里")
    unlock(again.page)
    field.start()
    for _ in range(40):
        if not flush(again.page)["waiting"]:
            break
    assert flush(again.page) == {"waiting": 0, "refused": 0, "unread": 0}
    with field.world.registry.store.reading() as reader:
        sent = [reader.item_sent(one) for one in ids]
        assert all(sent)
        assert len(reader.field_files([one.id for one in sent if one][:1])) <= 1
    left = run(again.page, "return (await (await app('shelf')).keys('files')).length;")
    assert left == 0
    assert again.errors == []
