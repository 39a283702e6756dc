"""The page behind a plate, with many plates in the registry, against a bare Flask view that returns the same bytes.

    python benchmarks/landing.py [--plates 100000] [--rate 300] [--seconds 10] [--rounds 5] [--home FOLDER]

  dynamic    `doorplate serve` as shipped (gunicorn, 2 processes) on SpatiaLite with so many plates
  bare       a Flask view returning the bytes of one such page, ready compressed, under the same gunicorn settings
  published  the page as a file behind deploy/nginx.conf        static  the same file behind an nginx that does nothing else
Each pair runs by turns; given are requests a second with 16 lines kept open, and their ratio (best of the rounds: a machine with
other work only ever takes away). CPU is what the server's processes took for a request, which the client cannot blur.
Then `--rate` requests a second for `--seconds`, sent on time whether or not the answers come (open loop), each latency counted
from the moment it was due: median, 99 %, worst, errors.
Limits: client and server share the machine, so requests a second are those of both together; the client is asyncio on one core
and needs some 40 µs a request itself. The pages asked for are 200 plates in turn, as a village reads them, and one in a hundred
of them a plate nobody asked for before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from doorplate.areas.divisions import lookup, siblings  # noqa: E402
from doorplate.plates.code import check_character, normalise  # noqa: E402
from doorplate.registry.communities import community_of  # noqa: E402
from doorplate.store import open_store  # noqa: E402
from doorplate.store.address_block import AddressBlock, address_id  # noqa: E402
from doorplate.store.bulk import loading  # noqa: E402
from tests.support.raw import raw  # noqa: E402
from tests.support.village import additions  # noqa: E402

VILLAGE, LOAD, COMMUNITIES, BLOCK = "610431001203", "0" * 32, 50, 20_000
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINES, HOT = 16, 200
HEAD = "GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n"


def code_of(number: int) -> str:
    """A code of the right form for the n-th plate, scattered as real ones are, and written in the one way there is."""
    for attempt in range(100):
        mixed, body = ((number + attempt * 2**40) * 0x9E3779B97F4A7C15 + 0x1234567) % 32**12, ""
        for _ in range(12):
            mixed, digit = divmod(mixed, 32)
            body += ALPHABET[digit]
        if normalise(code := body + check_character(body)) == code:
            return code
    raise ValueError(number)


def build(url: str, plates: int) -> None:
    """A registry with so many verified addresses in 50 communities, and a plate at each."""
    store = open_store(url)
    store.migrate()
    places = [lookup(VILLAGE), *siblings(VILLAGE)][:COMMUNITIES]
    each = -(-plates // len(places))
    rng = np.random.default_rng(20261123)
    with store.writing() as unit:
        unit.save_many(additions([community_of(place) for place in places]))
        with loading(unit, LOAD, plates) as loader:
            for first in range(0, plates, BLOCK):
                loader.add(_block(places, range(first, min(first + BLOCK, plates)), each, rng))
    store.close()
    with raw(url) as connection:
        connection.execute("UPDATE address SET status = 'verified'")
        rows = ((f"{n:032x}", code_of(n), address_id(LOAD, n), "small-gate", "mounted", 1) for n in range(plates))
        connection.executemany("INSERT INTO plate (id, code, address_id, kind, status, version) VALUES (?, ?, ?, ?, ?, ?)", rows)  # type: ignore[attr-defined]


def _block(places: Sequence[object], rows: range, each: int, rng: np.random.Generator) -> AddressBlock:
    codes = [places[n // each].code for n in rows]  # type: ignore[attr-defined]
    prefixes = [places[n // each].prefix for n in rows]  # type: ignore[attr-defined]
    streets, numbers = [f"幸福{n % each // 400 + 1}路" for n in rows], [str(n % each % 400 + 1) for n in rows]
    whole = [f"{prefix}{street}{number}号" for prefix, street, number in zip(prefixes, streets, numbers, strict=True)]
    return AddressBlock(rows, codes, [("", street, "") for street in streets], numbers, [("",) * 6] * len(rows), whole, whole,
                        108.2 + rng.random(len(rows)) / 10, 34.2 + rng.random(len(rows)) / 10)


@dataclass
class Server:
    """A server under test: its processes and its port."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu_s(self) -> float:
        """Seconds of processor of all its processes so far."""
        family = {self.process.pid, *map(int, subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True,
                                                             text=True, check=False).stdout.split())}
        total = 0
        for pid in family:
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(command: Sequence[str], port: int, **environment: str) -> Iterator[Server]:
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{command[0]} does not start")
                time.sleep(0.05)
        yield Server(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Line:
    """One connection kept open; opened anew after a failure."""

    def __init__(self, port: int) -> None:
        self.port, self.reader, self.writer = port, None, None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body as they came; raises OSError, EOFError."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            self.writer.write(HEAD.format(path=path).encode())
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await self.reader.readexactly(length)
        except (OSError, EOFError, ValueError):
            self.close()
            raise
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12]), body

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


async def closed_loop(port: int, paths: Sequence[str], seconds: float) -> float:
    """Requests a second over 16 lines, each asking again as soon as it was answered."""
    until, done = time.perf_counter() + seconds, 0

    async def ask(offset: int) -> None:
        nonlocal done
        line, turn = Line(port), offset
        while time.perf_counter() < until:
            status, _ = await line.get(paths[turn % len(paths)])
            assert status == 200, status
            turn += LINES
            done += 1
        line.close()

    start = time.perf_counter()
    await asyncio.gather(*(ask(offset) for offset in range(LINES)))
    return done / (time.perf_counter() - start)


async def open_loop(port: int, paths: Sequence[str], rate: float, seconds: float) -> tuple[list[float], int]:
    """Latencies in seconds from the moment each request was due, and errors."""
    idle: asyncio.LifoQueue[Line] = asyncio.LifoQueue()
    latencies: list[float] = []
    errors = 0

    async def ask(due: float, path: str) -> None:
        nonlocal errors
        line = idle.get_nowait() if not idle.empty() else Line(port)
        try:
            try:
                status, _ = await line.get(path)
            except EOFError:  # a line the server had closed as idle: every browser asks again on a new one (RFC 9110, 9.2.2)
                status, _ = await line.get(path)
            errors += status != 200
        except (OSError, EOFError, ValueError):
            errors += 1
        latencies.append(time.perf_counter() - due)
        idle.put_nowait(line)

    start, tasks = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        due = start + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(ask(due, paths[number % len(paths)])))
    await asyncio.gather(*tasks)
    while not idle.empty():
        idle.get_nowait().close()
    return sorted(latencies), errors


def pair(name: str, ours: Server, peer: Server, paths: Sequence[str], rounds: int) -> float:
    """Both by turns; prints and gives the ratio of requests a second."""
    speeds: dict[str, list[float]] = {"ours": [], "peer": []}
    cost: dict[str, list[float]] = {"ours": [], "peer": []}
    for number in range(rounds):
        turns = [("ours", ours), ("peer", peer)]
        for who, server in turns if number % 2 else reversed(turns):
            before = server.cpu_s()
            speed = asyncio.run(closed_loop(server.port, paths, 3))
            speeds[who].append(speed)
            cost[who].append((server.cpu_s() - before) / (speed * 3) * 1e6)
    ratio = max(speeds["ours"]) / max(speeds["peer"])
    print(f"{name}: {max(speeds['ours']):,.0f} req/s, peer {max(speeds['peer']):,.0f} req/s, ratio {ratio:.2f} "
          f"(median {statistics.median(speeds['ours']) / statistics.median(speeds['peer']):.2f}); "
          f"CPU a request {min(cost['ours']):.0f} µs, peer {min(cost['peer']):.0f} µs")
    return ratio


def serve_bare(page: Path, port: int) -> None:
    """The peer: one view, the same bytes, the same gunicorn settings."""
    from flask import Flask, Response

    from webapp.chores import Caretaker
    from webapp.serve import _listen, _Server

    app, body = Flask("bare"), page.read_bytes()

    @app.get("/d/<code>")
    def view(code: str) -> Response:
        return Response(body, mimetype="text/html", headers={"Content-Encoding": "gzip"})

    _Server(app, _listen("127.0.0.1", port).detach(), Caretaker(())).run()


def nginx_conf(folder: Path, public: Path, ports: tuple[int, int], door: int) -> list[Path]:
    """The shipped configuration, and the least one, each on its loopback port."""
    run = folder / "run"
    run.mkdir(exist_ok=True)
    shipped = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    for old, new in (("/run/doorplate", str(run)), ("/srv/doorplate/public", str(public)),
                     ("127.0.0.1:8080", f"127.0.0.1:{ports[0]}"), ("127.0.0.1:8000", f"127.0.0.1:{door}")):
        shipped = shipped.replace(old, new)
    least = (f"worker_processes auto; pid {run}/least.pid; error_log stderr crit; events {{ worker_connections 8192; }}\n"
             f"http {{ access_log off; sendfile on; keepalive_requests 1000; types {{ text/html html; }} gzip_static on;\n"
             f"server {{ listen 127.0.0.1:{ports[1]}; root {public}; location / {{ try_files $uri/index.html =404; }} }} }}\n")
    written = []
    for name, text in (("shipped.conf", shipped), ("least.conf", least)):
        (folder / name).write_text(text, "utf-8")
        written.append(folder / name)
    return written


def publish(public: Path, codes: Sequence[str], packed: bytes) -> None:
    for code in codes:
        place = public / "d" / code
        place.mkdir(parents=True)
        (place / "index.html").write_bytes(gzip.decompress(packed))
        (place / "index.html.gz").write_bytes(packed)


def measure(options: argparse.Namespace, folder: Path) -> None:
    home = options.home or folder / "home"
    url = f"sqlite:///{home / 'registry.sqlite'}"
    if not (home / "registry.sqlite").exists():
        home.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        build(url, options.plates)
        print(f"built {options.plates:,} plates in {time.perf_counter() - began:.0f} s")
    choice = random.Random(1)
    hot = [code_of(choice.randrange(options.plates)) for _ in range(HOT)]
    cold = [code_of(choice.randrange(options.plates)) for _ in range(int(options.rate * options.seconds) // 100 + 1)]
    paths = [f"/d/{code}" for code in hot]
    mixed = [f"/d/{cold[n // 100]}" if n % 100 == 0 else paths[n % HOT] for n in range(int(options.rate * options.seconds))]
    port = free_port()
    door = [str(Path(sys.executable).with_name("doorplate")), "serve", "--port", str(port)]
    settings = {"DOORPLATE_HOME": str(home), "DOORPLATE_BASE_URL": "https://menpai.example", "DOORPLATE_DATABASE_URL": url}
    with running(door, port, **settings) as ours:
        status, packed = asyncio.run(Line(port).get(paths[0]))
        if status != 200:
            sys.exit(f"{paths[0]} answers {status}")
        (folder / "page.gz").write_bytes(packed)
        print(f"a page: {len(packed):,} bytes compressed, {len(gzip.decompress(packed)):,} plain")
        bare_port = free_port()
        with running([sys.executable, __file__, "--bare", str(folder / "page.gz"), str(bare_port)], bare_port) as bare:
            for _ in range(2):
                asyncio.run(closed_loop(port, paths, 1))
            pair("dynamic against a bare Flask view", ours, bare, paths, options.rounds)
        latencies, errors = asyncio.run(open_loop(port, mixed, options.rate, options.seconds))
        middle, late = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)]
        print(f"{options.rate:.0f} req/s for {options.seconds:.0f} s, 1 % never asked for before: median {middle * 1000:.1f} ms, "
              f"99 % {late * 1000:.1f} ms, worst {latencies[-1] * 1000:.1f} ms, errors {errors} of {len(latencies)}")
        if shutil.which("nginx"):
            against_nginx(options, folder, packed, hot, port)


def against_nginx(options: argparse.Namespace, folder: Path, packed: bytes, hot: Sequence[str], door: int) -> None:
    public = folder / "public"
    publish(public, sorted(set(hot)), packed)
    folder.chmod(0o755)
    port, plain = free_port(), free_port()
    shipped, least = nginx_conf(folder, public, (port, plain), door)
    command = ["nginx", "-p", str(folder), "-g", "daemon off;" + (" user root;" if os.geteuid() == 0 else ""), "-c"]
    with running([*command, str(shipped)], port) as ours, running([*command, str(least)], plain) as peer:
        pair("published against an nginx static file", ours, peer, [f"/d/{code}" for code in hot], options.rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plates", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--home", type=Path, help="registry to use again")
    parser.add_argument("--bare", nargs=2, metavar=("PAGE", "PORT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        serve_bare(Path(options.bare[0]), int(options.bare[1]))
        return
    with tempfile.TemporaryDirectory(prefix="doorplate-landing-") as folder:
        measure(options, Path(folder))


if __name__ == "__main__":
    main()
