"""What no browser sends to the residents' door: a clear page answers, what was typed comes back, and it costs little."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_cases import MemoryCases
from memory_registry import IN_USE, MemoryRegistry
from running_server import HERE, RunningServer
from werkzeug.test import TestResponse
from wire import BASE_URL, unpacked

from doorplate.settings import Settings
from webapp import create_app

FORMS = tuple(f"/d/{IN_USE}/{way}" for way in ("ask", "report", "book", "chief"))
FOLLOWING = ("/follow", "/follow/add", "/follow/rate", "/follow/reopen", "/follow/withdraw")
WORDS = "路灯坏了三天, 晚上看不见路"
TRICKS = {
    "four bytes": "🚨𠮷𡃁👨‍👩‍👧 坏了",
    "control characters": "坏了\x01\x07\x1b[31m\x7f",
    "right to left": "坏了\u202egpj.exe\u2066\u200f",
    "marks on marks": "坏" + "\u0301" * 400,
    "half a character": "坏了\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "markup": "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>",
    "templates": "{{ config }}{% raw %}${7*7}#{7*7}",
    "database": "'; DROP TABLE cases;-- \" OR 1=1",
    "newlines": "a\r\nSet-Cookie: a=b\r\n\r\n<script>",
}


@pytest.fixture
def cases() -> MemoryCases:
    return MemoryCases()


@pytest.fixture
def app(cases: MemoryCases) -> Flask:
    return create_app(Settings(base_url=BASE_URL, form_patience_s=0), MemoryRegistry(), cases=cases)


@pytest.fixture
def resident(app: Flask) -> FlaskClient:
    return app.test_client()


def _form(resident: FlaskClient, **typed: object) -> dict[str, object]:
    token = resident.get("/form-token").get_json()
    return {token["field"]: token["token"], "client_id": "ab" * 16, "category": "safety", "text": WORDS, **typed}


def _clear(answer: TestResponse, *statuses: int) -> str:
    """The page of a refusal: Chinese, whole, without a trace of how we are built."""
    page = unpacked(answer.data).decode("utf-8")
    assert answer.status_code in (statuses or range(400, 500)), page[:300]
    assert 'lang="zh-CN"' in page
    assert "</html>" in page
    assert not any(word in page for word in ("Traceback", "werkzeug", "Internal Server", "jinja2", 'File "'))
    return page


@pytest.mark.parametrize("path", FORMS + FOLLOWING)
@pytest.mark.parametrize("kind", [
    "application/json", "text/plain", "text/xml", "application/octet-stream", "image/svg+xml", "", "multipart/mixed",
    "multipart/form-data",
    "multipart/form-data; boundary=\xff",
])
def test_other_content_types_are_answered_in_chinese(resident: FlaskClient, path: str, kind: str):
    _clear(resident.post(path, data=b'{"text": "a"}', content_type=kind))


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_in_a_form_are_shown_again_as_text(resident: FlaskClient, path: str, trick: str):
    """A form that was never shown is refused, and all that was typed comes back."""
    typed = TRICKS[trick]
    names = ("text", "name", "phone", "category", "wanted_day", "about", "service_id", "consent", "client_id")
    answer = resident.post(path, data=dict.fromkeys(names, typed))
    page = _clear(answer)
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page
    assert "Set-Cookie" not in answer.headers
    assert "49" not in page.split("textarea")[1]
    visible = typed.replace("\r\n", "\n").split("<")[0].split("'")[0].split("{")[0].strip("\x00")
    assert visible[:2] in page


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_in_a_whole_form_are_taken_in_or_refused(resident: FlaskClient, path: str, trick: str):
    typed = TRICKS[trick]
    answer = resident.post(path, data=_form(resident, text=typed, name=typed[:20], photos=(BytesIO(b"x"), typed + ".jpg")))
    assert answer.status_code in (201, 400, 409, 413, 415, 422)
    assert "<script>alert" not in unpacked(answer.data).decode("utf-8")


@pytest.mark.parametrize("path", FOLLOWING)
@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_in_following_are_refused(resident: FlaskClient, path: str, trick: str):
    typed = TRICKS[trick]
    page = _clear(resident.post(path, data={"receipt": typed, "pin": typed, "pass": typed, "words": typed, "stars": typed}))
    assert "<script>alert" not in page


@pytest.mark.parametrize("path", [*FORMS, "/follow/add"])
def test_a_body_cut_off_in_the_middle(resident: FlaskClient, path: str):
    head = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + WORDS.encode() + b"\r\n"
    photo = b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n\xff\xd8'
    for tail in (b"", photo, b"--x", b"--x\r\nContent-"):
        _clear(resident.post(path, data=head + tail, content_type="multipart/form-data; boundary=x"))


@pytest.mark.parametrize("path", FORMS)
def test_what_was_typed_survives_a_file_that_is_too_large(resident: FlaskClient, path: str):
    large = (BytesIO(b"\xff\xd8\xff" + bytes(11 << 20)), "a.jpg")
    answer = resident.post(path, data=_form(resident, category="", photos=large))
    assert answer.status_code in (201, 400, 413, 422)
    if answer.status_code != 201:
        assert WORDS in _clear(answer)


@pytest.mark.parametrize("path", FORMS + FOLLOWING)
def test_thousands_of_fields_or_files(resident: FlaskClient, path: str):
    _clear(resident.post(path, data={f"f{n}": "x" for n in range(5000)}, content_type="multipart/form-data"))
    files = [(BytesIO(b"x"), f"{n}.jpg") for n in range(500)]
    _clear(resident.post(path, data={"photos": files}, content_type="multipart/form-data"))


@pytest.mark.parametrize("path", FORMS + FOLLOWING)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND"])
def test_other_methods(resident: FlaskClient, path: str, method: str):
    _clear(resident.open(path, method=method, data=b"x"), 405)


@pytest.fixture(scope="module")
def door() -> Iterator[tuple[str, int, int]]:
    """host, port, process id of the door as it is served."""
    running = RunningServer(HERE.parent / "browser" / "serve_gates.py")
    yield "127.0.0.1", running.port, running.process.pid
    running.stop(15)


def _memory(pid: int) -> int:
    """The most kilobytes the process or one of its children ever held."""
    own = Path(f"/proc/{pid}/status").read_text("ascii")
    most = int(own.split("VmHWM:")[1].split()[0])
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
        most = max(most, _memory(int(child)))
    return most


@pytest.mark.parametrize("path", FORMS + FOLLOWING)
def test_a_hundred_megabytes_are_refused_early_and_cost_no_memory(door: tuple[str, int, int], path: str):
    host, port, pid = door
    before, began, sent = _memory(pid), time.monotonic(), 0
    with socket.create_connection((host, port), timeout=10) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                     f"Content-Length: {100 << 20}\r\nConnection: close\r\n\r\n".encode())
        line.sendall(b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n')
        answer = b""
        try:
            while sent < 100 << 20 and time.monotonic() - began < 20:
                sent += line.send(bytes(1 << 20))
            answer = line.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            answer = _rest(line)
    assert answer[:12] in (b"HTTP/1.1 413", b""), answer[:200]
    assert time.monotonic() - began < 15
    assert _memory(pid) - before < 40 << 10


def _rest(line: socket.socket) -> bytes:
    try:
        return line.recv(4096)
    except ConnectionResetError:
        return b""
