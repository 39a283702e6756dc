"""Dead links are found, and no list of links makes us knock at machines inside the office."""

from __future__ import annotations

import csv
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorplate.exchange.links_file import HEADS, link_rows, write_links
from doorplate.link_check import CheckedLink, Link, LinkChecker, dead

HOST = "office.example"


class _Office(BaseHTTPRequestHandler):
    """A web site with good, dead, moved and HEAD-shy pages."""

    asked: list[str]

    def do_HEAD(self) -> None:
        self._say(405 if self.path == "/shy" else None)

    def do_GET(self) -> None:
        self._say(None)

    def _say(self, status: int | None) -> None:
        self.server.asked.append(f"{self.command} {self.path} {self.headers['Host'].partition(':')[0]}")  # type: ignore[attr-defined]
        moves = {"/moved": "/good", "/loop": "/loop", "/plain": "http://office.example/", "/inside": "https://router.example/"}
        self.send_response(status or (302 if self.path in moves else 404 if self.path == "/gone" else 200))
        if self.path in moves:
            self.send_header("Location", moves[self.path])
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def site(certificate: tuple[Path, Path]) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Office)
    server.asked = []  # type: ignore[attr-defined]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def checker(certificate: tuple[Path, Path], **more: object) -> LinkChecker:
    def resolve(host: str, port: int) -> list[str]:
        known = {HOST: ["127.0.0.1"], "router.example": ["192.168.1.1"], "both.example": ["93.184.216.34", "10.0.0.1"]}
        if host not in known:
            raise OSError("no such name")
        return known[host]

    context = ssl.create_default_context(cafile=str(certificate[0]))
    return LinkChecker(2.0, resolve=resolve, context=context, allowed=frozenset({"127.0.0.1"}), **more)  # type: ignore[arg-type]


def verdict(site: ThreadingHTTPServer, certificate: tuple[Path, Path], path: str) -> CheckedLink:
    url = f"https://{HOST}:{site.server_port}{path}"
    return checker(certificate).check([Link("办证", "", url)])[0]


@pytest.mark.parametrize(
    ("path", "expected", "status"),
    [
        ("/good", "ok", 200),
        ("", "ok", 200),
        ("/gone", "dead", 404),
        ("/moved", "ok", 200),
        ("/shy", "ok", 200),
        ("/loop", "dead", 302),
        ("/plain", "insecure", 0),
        ("/inside", "private", 0),
    ],
)
def test_what_a_resident_would_find(
    site: ThreadingHTTPServer, certificate: tuple[Path, Path], path: str, expected: str, status: int
) -> None:
    found = verdict(site, certificate, path)
    assert (found.verdict, found.status) == (expected, status)


def test_the_name_is_asked_for_at_the_address_that_was_judged(site: ThreadingHTTPServer, certificate: tuple[Path, Path]) -> None:
    verdict(site, certificate, "/good?a=1")
    assert site.asked == [f"HEAD /good?a=1 {HOST}"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
    ],
)
def test_private_addresses_are_reported_and_never_asked(address: str) -> None:
    found = LinkChecker(resolve=lambda host, port: [address]).check([Link("办证", "", "https://inside.example/")])
    assert [one.verdict for one in found] == ["private"]


def test_one_private_address_among_public_ones_is_enough(certificate: tuple[Path, Path]) -> None:
    assert checker(certificate).check([Link("x", "", "https://both.example/")])[0].verdict == "private"


@pytest.mark.parametrize(
    "url", ["https://nowhere.example/", "https://[", "https://", "https://a:99999/", "https://办证.example/" + "x" * 70000]
)
def test_links_that_cannot_be_asked_end_in_a_word(certificate: tuple[Path, Path], url: str) -> None:
    assert checker(certificate).check([Link("x", "", url)])[0].verdict in ("unreachable", "private")


def test_a_silent_server_and_a_wrong_certificate(site: ThreadingHTTPServer, certificate: tuple[Path, Path]) -> None:
    strict = LinkChecker(2.0, resolve=lambda host, port: ["127.0.0.1"], allowed=frozenset({"127.0.0.1"}))
    found = strict.check([Link("x", "", f"https://{HOST}:{site.server_port}/good")])[0]
    assert (found.verdict, found.detail) == ("unreachable", "证书有问题")


def test_the_table_keeps_the_order_and_starts_no_formula(tmp_path: Path) -> None:
    links = [Link("=办证", "", "https://inside.example/"), Link("购气", "610431", "https://inside.example/")]
    found = LinkChecker(resolve=lambda host, port: ["10.0.0.1"]).check(links)
    assert len(dead(found)) == 2
    write_links(tmp_path / "链接.csv", link_rows(found))
    with (tmp_path / "链接.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        list(HEADS),
        ["内网地址, 居民打不开", "", "'=办证", "各处", "https://inside.example/", "inside.example"],
        ["内网地址, 居民打不开", "", "购气", "610431", "https://inside.example/", "inside.example"],
    ]
