"""The power fails in the middle of an import, again and again, and somebody starts it again: no row is lost, none doubled.

The import runs as the command line runs it, of a generated village, in processes that are killed (SIGKILL) at seeded random
moments; clock and chance are fixed, so that what stands in the end must be the same to the last byte of the trail's last hash.
DOORPLATE_KILLS=50 kills so often on either database.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import select

from doorplate.checking import Checked, check_lists
from doorplate.cli.lists import bring_in
from doorplate.exchange.areas_file import read_areas
from doorplate.registry import Registry
from doorplate.registry.lists import fingerprint
from doorplate.store import open_store
from doorplate.store.engine import make_engine, read_transaction
from doorplate.store.tables import Base
from tests.support import postgis

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT / "tests" / "data" / "villages" / "make_village.py"
DIVISIONS = ROOT.parent / "shared" / "data" / "divisions"
KILLS = {"sqlite": 12, "postgresql": 6}
SUFFIXES = (".xlsx", ".csv", ".txt")
NO_LISTS = ("通讯录", "边界", "拾取")
WHOLE_EVERY = 4  # of so many deaths one falls anywhere from reading the files on; the others in the writing, a third of the time


@dataclass(frozen=True)
class Village:
    """What a generated village hands over."""

    code: str
    folder: Path

    @property
    def lists(self) -> list[Path]:
        found = (p for p in self.folder.iterdir() if p.suffix in SUFFIXES and not any(word in p.name for word in NO_LISTS))
        return sorted(found, key=lambda path: SUFFIXES.index(path.suffix))

    def check(self) -> Checked:
        return check_lists(self.lists, self.code, read_areas(self.folder / "grids_wgs84.geojson", self.code))


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Village:
    if not DIVISIONS.exists():
        pytest.skip("no shared data beside the checkout")
    out = tmp_path_factory.mktemp("village")
    command = [sys.executable, GENERATOR, "--seed", "23", "--crs", "said", "--divisions", DIVISIONS, "--out", out]
    subprocess.run([str(word) for word in command], cwd=GENERATOR.parent, check=True, capture_output=True)
    meta = (out / "truth" / "meta.json").read_text("utf-8")
    return Village(meta.partition('"code": "')[2][:12], out / "handover")


def write(village: Village, checked: Checked, url: str) -> None:
    """What `doorplate import` does once it has checked the lists."""
    registry = Registry(open_store(url), "ab" * 32, "tester", lambda: datetime(2026, 11, 23, tzinfo=UTC), random.Random(7))
    bring_in(registry, checked, village.lists, fingerprint(village.lists, village.code, checked.areas))


def nursery(url: str, code: str, folder: str) -> None:
    """Reads and checks the lists; then for each line "whole|writing SECONDS" a forked child imports them and is killed after so
    many seconds, unless it has come to its end. Says "killed" or "done", and how long that took."""
    village = Village(code, Path(folder))
    checked = village.check()
    tell("ready")
    for line in sys.stdin:
        part, seconds = line.split()
        start = time.perf_counter()
        child = os.fork()
        if child == 0:
            write(village, village.check() if part == "whole" else checked, url)
            os._exit(0)
        if math.isfinite(float(seconds)):
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if status not in (0, signal.SIGKILL):
            raise RuntimeError(f"the import failed by itself: {status}")
        tell(f"{'killed' if status else 'done'} {time.perf_counter() - start:.3f}")


def tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


@contextmanager
def importing(url: str, village: Village) -> Iterator[Callable[[str, float], tuple[bool, float]]]:
    """A function: import (part, for so many seconds) → whether it came to its end, and the seconds."""
    command = [sys.executable, __file__, url, village.code, str(village.folder)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        words, orders = running.stdout, running.stdin
        assert words.readline() == "ready\n"
        yield lambda part, seconds: _answer(words, orders, f"{part} {seconds}\n")
        orders.close()


def _answer(words: IO[str], orders: IO[str], order: str) -> tuple[bool, float]:
    orders.write(order)
    orders.flush()
    outcome, seconds = words.readline().split()
    return outcome == "done", float(seconds)


def contents(url: str) -> dict[str, tuple[int, str]]:
    """Table → number of rows, and a hash over all columns but the database's own counter, in order of entry."""
    found = {}
    engine = make_engine(url)
    with read_transaction(engine) as connection:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "fid"]
            order = [table.c.fid] if "fid" in table.c else list(table.primary_key)
            rows = [tuple(row) for row in connection.execute(select(*columns).order_by(*order))]
            found[table.name] = len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()
    engine.dispose()  # a file about to be replaced must not be open
    return found


@pytest.fixture
def emptied(store_url: str, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Takes everything out of the registry."""
    if store_url.startswith("postgresql"):
        return lambda: postgis.empty(store_url)
    file, template = Path(store_url.removeprefix("sqlite:///")), request.getfixturevalue("migrated_file")

    def again() -> None:
        for part in ("", "-wal", "-shm"):
            file.with_name(file.name + part).unlink(missing_ok=True)
        shutil.copy(template, file)

    return again


@pytest.mark.slow
def test_killed_at_random_moments_and_repeated(store_url: str, village: Village, emptied: Callable[[], None]) -> None:
    kills = int(os.environ.get("DOORPLATE_KILLS", KILLS[store_url.partition(":")[0]]))
    chance = random.Random(kills)
    nothing = contents(store_url)
    with importing(store_url, village) as run:
        lasts = {}
        for part in ("whole", "writing"):
            emptied()
            done, lasts[part] = run(part, math.inf)
            assert done
        everything = contents(store_url)
        assert everything["address"][0] > 300
        assert everything["finding"][0] > 50
        emptied()
        killed = 0
        while killed < kills:
            part = "writing" if killed % WHOLE_EVERY else "whole"
            done, _ = run(part, chance.uniform(0, lasts[part]))
            killed += not done
            stands = contents(store_url)
            assert stands == everything if done else stands in (nothing, everything)
            if stands == everything:
                emptied()
        assert run("whole", math.inf)[0]
        assert contents(store_url) == everything
        assert run("whole", math.inf)[0]
        assert contents(store_url) == everything
    store = open_store(store_url)
    assert store.verify_chain().ok
    store.close()


if __name__ == "__main__":
    nursery(*sys.argv[1:])
