"""Security headers on every answer, errors and static files included; no cookies; nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from memory_registry import IN_USE, NEVER_ISSUED, RETIRED, MemoryRegistry
from wire import unpacked

from doorplate.settings import Settings
from webapp import create_app

EXPECTED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
REQUESTS = [
    ("GET", "/", 200),
    ("GET", "/?code=zz", 400),
    ("GET", f"/?code={IN_USE}", 302),
    ("GET", f"/d/{IN_USE}", 200),
    ("HEAD", f"/d/{IN_USE}", 200),
    ("GET", f"/d/{RETIRED}", 410),
    ("GET", f"/d/{NEVER_ISSUED}", 404),
    ("GET", f"/d/{IN_USE.lower()}", 302),
    ("GET", "/nothing", 404),
    ("POST", f"/d/{IN_USE}", 405),
    ("DELETE", "/", 405),
    ("OPTIONS", f"/d/{IN_USE}", 200),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/static/nothing.css", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_every_answer_carries_them(resident: FlaskClient, method: str, path: str, status: int) -> None:
    answer = resident.open(path, method=method)
    assert answer.status_code == status
    for name, value in EXPECTED.items():
        assert answer.headers.get(name) == value, name
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] in ("private, no-cache", "no-store"), "nothing that can be retired is kept"


@pytest.mark.parametrize("path", ["//evil.example/x", "//d//x", "/\\evil.example"])
def test_doubled_slashes_lead_nowhere(resident: FlaskClient, path: str) -> None:
    answer = resident.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404
    assert "evil" not in answer.text
    assert all(answer.headers.get(name) == value for name, value in EXPECTED.items())


def test_static_files_and_not_modified_answers_carry_them(resident: FlaskClient) -> None:
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', resident.get("/").text):
        first = resident.get(path)
        again = resident.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        for answer in (first, again):
            assert all(answer.headers.get(name) == value for name, value in EXPECTED.items())


def test_server_errors_carry_them(registry: MemoryRegistry, resident: FlaskClient) -> None:
    registry.down = True
    answer = resident.get(f"/d/{IN_USE}")
    assert answer.status_code == 503
    assert all(answer.headers.get(name) == value for name, value in EXPECTED.items())


def test_without_https_no_browser_is_told_to_insist_on_it(registry: MemoryRegistry) -> None:
    plain = create_app(Settings(base_url="http://127.0.0.1:8000"), registry).test_client()
    assert "Strict-Transport-Security" not in plain.get("/").headers


def test_no_redirect_is_permanent(resident: FlaskClient) -> None:
    for path in ("/d", "/d/", f"/d/{IN_USE}/", f"/D/{IN_USE}", "/healthz/", "/static", f"/d//{IN_USE}"):
        assert resident.get(path).status_code not in (301, 308), path


def test_the_host_of_the_request_appears_nowhere(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE.lower()}", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert answer.headers["Location"].startswith("/d/")
    page = resident.get(f"/d/{IN_USE}", headers={"Host": "evil.example"})
    assert "evil" not in page.text


def test_pages_load_nothing_from_elsewhere(resident: FlaskClient) -> None:
    for path in ("/", f"/d/{IN_USE}", f"/d/{RETIRED}", f"/d/{NEVER_ISSUED}", "/nothing"):
        text = unpacked(resident.get(path).data).decode()
        loaded = re.findall(r'<(?:link|img|script|iframe|source|object|embed)[^>]*?(?:href|src|data)="([^"]*)"', text)
        assert loaded
        assert all(one.startswith(("/static/", "/d/")) for one in loaded), loaded


def test_answers_differ_by_encoding_and_say_so(resident: FlaskClient) -> None:
    vary = resident.get(f"/d/{IN_USE}").headers["Vary"]
    assert "Accept-Encoding" in vary
