"""The shipped server configuration, run by an unprivileged nginx on a free port: published pages first, the door for the
rest, and slow phones in nobody's way."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import shutil
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from memory_registry import IN_USE, LONG, NEVER_ISSUED
from running_server import RunningServer
from test_headers import EXPECTED
from wire import ROOT

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
pytestmark = pytest.mark.skipif(not os.access(NGINX, os.X_OK), reason="no nginx (apt install nginx-light)")
SLOW = 300
PAGE = f"<!doctype html><title>published</title>{'<p>门牌</p>' * 100}".encode()


@dataclass
class Front:
    """nginx with a door behind it; public: the folder of published pages."""

    port: int
    public: Path
    door: RunningServer

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(line):
            line.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer, answer.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def nginx(folder: Path, door_port: int) -> Iterator[int]:
    port, run = free_port(), folder / "run"
    run.mkdir()
    text = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    for old, new in (("127.0.0.1:8080", f"127.0.0.1:{port}"), ("127.0.0.1:8000", f"127.0.0.1:{door_port}"),
                     ("/srv/doorplate/public", str(folder / "public")), ("/run/doorplate", str(run))):
        assert old in text, old
        text = text.replace(old, new)
    conf = folder / "nginx.conf"
    conf.write_text(text, "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]
    identity = {}
    if os.geteuid() == 0:  # as in life: by somebody who may do nothing else
        for parent in (folder, *folder.parents):
            if parent.stat().st_uid == 0 and parent != Path("/") and str(parent).count("/") > 1:
                parent.chmod(parent.stat().st_mode | 0o055)
        for path in (folder, run):
            shutil.chown(path, "nobody", "nogroup")
        identity = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, **identity)  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            assert process.poll() is None, process.stderr.read().decode()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    public = folder / "public"
    for path, body in ((f"d/{LONG}/index.html", PAGE), (f"d/{LONG}/en/index.html", b"published in English"),
                       ("published.json", b"{}"), (".publishing.lock", b""), ("404.html", b"unknown"), ("static/a.css", b"a{}")):
        (public / path).parent.mkdir(parents=True, exist_ok=True)
        (public / path).write_bytes(body)
    (public / f"d/{LONG}/index.html.gz").write_bytes(gzip.compress(PAGE))
    door = RunningServer()
    with nginx(folder, door.port) as port:
        yield Front(port, public, door)
    door.stop(signal.SIGTERM)


def test_a_published_page_is_sent_as_it_lies_there_compressed(front: Front) -> None:
    answer, body = front.get(f"/d/{LONG}", Accept_Encoding="gzip")
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(body) == PAGE
    assert front.get(f"/d/{LONG}")[1] == PAGE
    assert front.get(f"/d/{LONG}/en")[1] == b"published in English"
    assert front.get(f"/d/{LONG}?q=wechat")[1] == PAGE, "what others add makes no other page"


def test_what_is_not_published_comes_from_the_door(front: Front) -> None:
    assert "幸福路二巷" in front.get(f"/d/{IN_USE}")[1].decode()
    assert front.get(f"/d/{NEVER_ISSUED}")[0].status == 404
    assert front.get(f"/d/{LONG}?lang=en")[1] != PAGE
    assert front.get("/form-token")[0].status == 200
    assert front.get(f"/d/{LONG}/here", method="POST")[0].status == 400, "sent in: to the door, though the page is a file"


INSIDE = ("/published.json", "/.publishing.lock", "/404.html", "/metrics", "/d/../published.json", "/%2e%2e/nginx.conf")


@pytest.mark.parametrize("path", INSIDE)
def test_what_is_nobodys_business_stays_inside(front: Front, path: str) -> None:
    assert front.get(path)[0].status in (400, 404)


def test_files_carry_the_same_headers_as_the_doors_own_pages(front: Front) -> None:
    published, dynamic = front.get(f"/d/{LONG}")[0], front.get(f"/d/{IN_USE}")[0]
    wanted = set(EXPECTED) - {"Strict-Transport-Security"} | {"Permissions-Policy", "Cache-Control", "Vary", "X-Robots-Tag"}
    for name in wanted:
        assert published.headers.get_all(name) == dynamic.headers.get_all(name), name
    assert published.headers["Server"] == "nginx", "without a version"
    assert "immutable" in front.get("/static/a.css")[0].headers["Cache-Control"]


def test_a_claimed_address_is_not_passed_on(front: Front) -> None:
    assert "X-Forwarded-For $remote_addr" in (ROOT / "deploy/nginx.conf").read_text("utf-8")


def test_large_bodies_are_refused_before_the_door_sees_them(front: Front) -> None:
    line = http.client.HTTPConnection("127.0.0.1", front.port, timeout=20)
    with contextlib.closing(line):
        line.putrequest("POST", f"/d/{IN_USE}/ask")
        line.putheader("Content-Length", str(100 * 2**20))
        line.endheaders()
        answer = line.getresponse()
        assert answer.status == 413
        assert "太大" in answer.read().decode()


@pytest.mark.parametrize(("method", "path"), [("PUT", f"/field/files/{'0f' * 16}"), ("POST", "/field/sync")])
def test_what_phones_send_from_the_field_gets_through_to_the_door(front: Front, method: str, path: str) -> None:
    """A photo or a batch of more than a megabyte, which nginx refuses unless told otherwise. This door has no field: it says 404
    before it has heard everything, which nginx may take for a broken line (503)."""
    line = http.client.HTTPConnection("127.0.0.1", front.port, timeout=20)
    with contextlib.closing(line):
        line.request(method, path, body=bytes(3 * 2**20))
        assert line.getresponse().status in (404, 503)


@contextlib.contextmanager
def dripping(port: int) -> Iterator[list[socket.socket]]:
    """Phones that never get to the end of their question."""
    lines = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(SLOW)]
    try:
        for line in lines:
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        yield lines
    finally:
        for line in lines:
            line.close()


def answers_within(port: int, path: str, lines: list[socket.socket]) -> list[float]:
    """Seconds for each of several requests, while every slow phone drips one more byte before each."""
    taken = []
    for _ in range(7):
        for line in lines:
            with contextlib.suppress(OSError):
                line.send(b"a")
        started = time.perf_counter()
        request = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.closing(request):
            request.request("GET", path)
            assert request.getresponse().read()
        taken.append(time.perf_counter() - started)
    return taken


@pytest.mark.parametrize("code", [LONG, IN_USE], ids=["published", "dynamic"])
def test_three_hundred_slow_connections_keep_nobody_waiting(front: Front, code: str) -> None:
    with dripping(front.port) as lines:
        assert statistics.median(answers_within(front.port, f"/d/{code}", lines)) <= 0.5


def test_with_the_door_away_published_pages_go_on_and_the_rest_is_told_calmly(front: Front) -> None:
    """Last: the door does not come back."""
    front.door.stop(signal.SIGTERM)
    assert front.get(f"/d/{LONG}")[1] == PAGE
    answer, body = front.get(f"/d/{IN_USE}")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "暂时查不到" in body.decode()
    assert "伪造" not in body.decode()
    answer, body = front.get(f"/d/{IN_USE}/report", method="POST")
    assert answer.status == 503
    assert "110" in body.decode()
