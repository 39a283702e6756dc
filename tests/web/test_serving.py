"""The server as shipped: answers, refuses what is not a resident, stops cleanly."""

from __future__ import annotations

import gzip
import http.client
import signal
import socket
import urllib.request
from collections.abc import Iterator

import pytest
from flask import Flask
from memory_registry import IN_USE
from running_server import RunningServer

from doorplate.errors import Unavailable
from webapp.serve import find_port, serve


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    running = RunningServer()
    yield running
    code, out, err = running.stop(signal.SIGTERM)
    assert (code, out.split(), err) == (0, ["stopped"], "")


def test_a_plate_is_served_compressed(server: RunningServer) -> None:
    request = urllib.request.Request(f"{server.url}/d/{IN_USE}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert "幸福路二巷" in gzip.decompress(answer.read()).decode()
        assert answer.headers.get_all("Server") == ["doorplate"], "which program answers is not told"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /d/" + b"A" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n", 400),
        (b"GET /d/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", None),
    ],
)
def test_what_is_hardly_http_gets_our_page_and_our_headers(server: RunningServer, raw: bytes, status: int | None) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(raw)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        body = answer.read().decode()
    assert answer.status == status or (status is None and answer.status in (400, 404))
    assert "智慧门牌" in body
    assert "Traceback" not in body
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(stop: signal.Signals) -> None:
    running = RunningServer()
    urllib.request.urlopen(f"{running.url}/", timeout=10).close()
    assert running.stop(stop) == (0, "stopped\n", "")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", running.port), timeout=5)


def test_a_port_in_use_is_one_clear_sentence(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable) as refusal:
            serve(app, "127.0.0.1", port)
        assert refusal.value.code == "serve.port_in_use"
        assert str(port) in refusal.value.message
        assert find_port("127.0.0.1", port) != port


def test_a_host_that_is_not_ours(app: Flask) -> None:
    with pytest.raises(Unavailable, match=r"serve\.host"):
        serve(app, "192.0.2.1", 8000)
    with pytest.raises(Unavailable, match=r"serve\.host"):
        find_port("no-such-host.invalid", 8000)


def test_a_free_port_is_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    assert find_port("127.0.0.1", free) == free
