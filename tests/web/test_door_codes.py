"""A real registry behind the door: codes cannot be guessed, and nothing personal in it reaches a public byte."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flows.case_stories import CODES, VILLAGE, Story, story
from flows.test_publish import run as publish
from wire import BASE_URL, unpacked

from doorplate.cases.case import CaseKind
from doorplate.households.seal import Sealer
from doorplate.model import Address, Elements, Household, Plate, Point
from doorplate.plates.code import ALPHABET, new_codes, normalise
from doorplate.public_view import Unknown
from doorplate.registry.scanning import Scanning
from doorplate.settings import Settings
from doorplate.store import Store, open_store
from webapp import create_app

PLATES = 40
MARKERS = 1000
LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')


@pytest.fixture
def village(migrated_file: Path, tmp_path: Path) -> Iterator[Story]:
    path = tmp_path / "registry.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    store: Store = open_store(f"sqlite:///{path}")
    yield story(store)
    store.close()


def _more_doors(told: Story, count: int) -> list[str]:
    """Houses with plates of drawn codes, as they are in the field."""
    registry, codes = told.work.registry, new_codes(random.Random(11), count)
    doors = [Address(f"b{n}", VILLAGE, Elements(street="和谐街", number=str(n)), f"陕西省营上村和谐街{n}号", f"h{n}", "verified",
                     Point(108.2 + n / 1e5, 34.271, 3.0), "g1") for n in range(1, count + 1)]
    plates = [Plate(f"bp{n}", code, f"b{n}", "small-gate", "mounted") for n, code in enumerate(codes, 1)]
    with registry.store.writing() as unit:
        unit.save_many((None, one, registry.event("x.added", one.id)) for one in (*doors, *plates))
    return codes


def _hits(told: Story, tried: set[str]) -> list[str]:
    """Which of these a visitor would be shown anything for: read as the page reads them, then asked as the page asks."""
    read = sorted({code for text in tried if (code := normalise(text))})
    scanning = Scanning(told.work.registry.store, now=told.clock)
    with told.work.registry.store.reading() as reader:
        known = [plate.code for start in range(0, len(read), 500) for plate in reader.plates_coded(read[start:start + 500])]
    asked = {*known, *read[:2000]}
    return [code for code in asked if not isinstance(scanning.resolve(code), Unknown)]


def test_a_hundred_thousand_drawn_codes_and_every_neighbour_of_real_ones_open_nothing(village: Story):
    real = {*_more_doors(village, PLATES), *CODES.values()}
    assert len(_hits(village, real)) == PLATES + len(CODES)
    drawn = set(new_codes(random.Random(5), 100_000)) - real
    assert len(drawn) >= 99_990
    assert _hits(village, drawn) == []
    neighbours = {code[:at] + other + code[at + 1:] for code in real for at in range(len(code)) for other in ALPHABET} - real
    assert len(neighbours) > 10_000
    assert _hits(village, neighbours) == []


def _seed(told: Story) -> tuple[list[str], list[str]]:
    """A thousand names, numbers and sentences in every private place of the registry. All of them, and the codes of the doors."""
    rng = random.Random(3)
    names = [f"{rng.choice('赵钱孙李周吴郑王')}密{n:04d}{rng.choice('英兰强军')}" for n in range(MARKERS - 200)]
    phones = [f"139{number:08d}" for number in rng.sample(range(10**8), 200)]
    registry, doors, left = told.work.registry, _more_doors(told, PLATES), iter(names)
    sealer, homes = Sealer(registry.secret), []
    for n in range(400):
        head = next(left)
        sealed = sealer.seal(head, random.SystemRandom())
        homes.append(Household(f"home{n}", VILLAGE, f"b{n % PLATES + 1}", 3, sealed, sealer.index(head, VILLAGE)))
    with registry.store.writing() as unit:
        unit.save_many((None, home, registry.event("household.listed", home.id)) for home in homes)
    for n, phone in enumerate(phones):
        kind: CaseKind = ("ask", "direct")[n % 2]
        form = told.door.form(doors[n % PLATES], kind)
        told.ask(plate_code=doors[n % PLATES], text=f"{next(left)} 家里漏水", name=next(left), phone=phone, kind=kind,
                 category=form.categories[0].id, consent=form.consent_version)  # fmt: skip
    assert not list(left)
    return names + phones, doors


def _public(visitor: FlaskClient, begin: list[str]) -> dict[str, bytes]:
    """Every page, map, card, form, script and style that can be reached by following links from these."""
    found: dict[str, bytes] = {}
    waiting = list(begin)
    while waiting:
        path = waiting.pop().replace("&amp;", "&")
        if path in found:
            continue
        answer = visitor.get(path, base_url=BASE_URL)
        found[path] = unpacked(answer.data) + str(answer.headers).encode()
        if answer.mimetype == "text/html":
            waiting += LINK.findall(found[path].decode("utf-8", "replace"))
    return found


def test_a_thousand_personal_markers_reach_no_public_byte(village: Story, tmp_path: Path):
    marks, drawn = _seed(village)
    registry = village.work.registry
    app = create_app(Settings(base_url=BASE_URL), Scanning(registry.store, now=village.clock), cases=village.door)
    doors = [f"/d/{code}" for code in (*drawn, *CODES.values())]
    with app.test_client() as visitor:
        found = _public(visitor, ["/", "/howto", "/follow", "/readyz", "/d/nothing", "/metrics", *doors])
        wrong = [visitor.post("/follow", data={"receipt": "7K3MX-00000", "pin": f"{n:06d}"}) for n in range(20)]
    publish(registry, tmp_path / "public")
    written = [path for path in (tmp_path / "public").rglob("*") if path.is_file() and path.suffix not in (".br", ".gz")]
    files = [path.read_bytes() for path in written]
    assert len(found) > 10 * PLATES
    assert len(files) > 4 * PLATES
    everything = b"\0".join((*found.values(), *(unpacked(one.data) for one in wrong), *files))
    assert "陕西省营上村和谐街1号".encode() in everything
    assert len(set(marks)) == MARKERS
    assert [mark for mark in marks if mark.encode() in everything] == []
