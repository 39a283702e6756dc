"""Which links of services and notices are dead. The only time anything of ours asks the outside, and only when told to.

An address inside a private network is reported, never fetched: residents could not open it, and a list of links must not become a
way to knock at machines of the office's own network. What was looked up is what is connected to, so no name can change meanwhile.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin, urlsplit

Verdict = Literal["ok", "dead", "private", "insecure", "unreachable"]
WORDS: dict[Verdict, str] = {"ok": "能打开", "dead": "打不开", "private": "内网地址, 居民打不开", "insecure": "转到不加密的网址",
                             "unreachable": "连不上"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_ASK_AGAIN = frozenset({400, 403, 404, 405, 406, 429, 500, 501, 503})  # what servers say to HEAD that serve GET
_AGENT = "doorplate-link-check"


@dataclass(frozen=True, slots=True)
class Link:
    """A link and where it stands: source is what people call it (办身份证, 通知《…》), area where it holds."""

    source: str
    area: str
    url: str


@dataclass(frozen=True, slots=True)
class CheckedLink:
    """status: the HTTP status at the end of all redirects, 0 where none came."""

    link: Link
    verdict: Verdict
    status: int
    detail: str


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name. Raises OSError."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True)
class LinkChecker:
    """timeout in seconds for each step; workers: links asked at the same time; allowed: addresses taken for public besides."""

    timeout: float = 8.0
    workers: int = 4
    resolve: Callable[[str, int], list[str]] = look_up
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    allowed: frozenset[str] = frozenset()

    def check(self, links: Sequence[Link]) -> list[CheckedLink]:
        """Every link once, answers in the order given."""
        urls = list(dict.fromkeys(link.url for link in links))
        with ThreadPoolExecutor(self.workers) as pool:
            answers = dict(zip(urls, pool.map(self._answer, urls), strict=True))
        return [CheckedLink(link, *answers[link.url]) for link in links]

    def _answer(self, url: str) -> tuple[Verdict, int, str]:
        try:
            return self._follow(url)
        except ssl.SSLError:
            return "unreachable", 0, "证书有问题"
        except TimeoutError:
            return "unreachable", 0, f"{self.timeout:g} 秒没有响应"
        except (OSError, http.client.HTTPException, ValueError):
            return "unreachable", 0, "找不到网站, 或网站拒绝连接"

    def _follow(self, url: str) -> tuple[Verdict, int, str]:
        for _ in range(_MOST_REDIRECTS + 1):
            parts = urlsplit(url)
            if parts.scheme != "https":
                return "insecure", 0, parts.hostname or ""
            port = parts.port or 443
            addresses = self.resolve(parts.hostname or "", port)
            if not addresses or not all(map(self._public, addresses)):
                return "private", 0, parts.hostname or ""
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            status, moved = self._ask("HEAD", parts.hostname or "", (addresses[0], port), path)
            if status in _ASK_AGAIN:
                status, moved = self._ask("GET", parts.hostname or "", (addresses[0], port), path)
            if status not in _REDIRECTS or not moved:
                return ("ok" if status < 400 else "dead"), status, parts.hostname or ""
            url = urljoin(url, moved)
        return "dead", status, "转来转去, 没有尽头"

    def _public(self, address: str) -> bool:
        ip = ipaddress.ip_address(address.partition("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return str(ip) in self.allowed or (ip.is_global and not ip.is_multicast)

    def _ask(self, method: str, host: str, at: tuple[str, int], path: str) -> tuple[int, str]:
        """Status and Location; the body is not read."""
        asking = _Pinned(host, at, self.timeout, self.context)
        try:
            asking.request(method, path, headers={"User-Agent": _AGENT, "Accept": "text/html,*/*", "Connection": "close"})
            answer = asking.getresponse()
            return answer.status, answer.getheader("Location") or ""
        finally:
            asking.close()


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was judged; the name serves for the certificate and the Host line."""

    def __init__(self, host: str, at: tuple[str, int], timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, at[1], timeout=timeout, context=context)
        self._at, self._tls = at, context

    def connect(self) -> None:
        plain = socket.create_connection(self._at, self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def dead(checked: Iterable[CheckedLink]) -> list[CheckedLink]:
    """Those a resident could not open."""
    return [one for one in checked if one.verdict != "ok"]
