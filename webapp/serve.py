"""Serving the doors from this process: gunicorn with threads, sane limits, a clean stop."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http import wsgi
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from doorplate.errors import Unavailable
from webapp.chores import Caretaker, Chore
from webapp.failures import failure_page
from webapp.scan_tally import FLUSHED_EVERY_S, ScanTally

_PORTS_TRIED = 50
_BACKLOG = 1024

# Shipped limits (D): a scan is one small GET, so anything large or slow is not a resident.
_OPTIONS: dict[str, Any] = {
    "worker_class": "webapp.serve.DoorWorker",
    "workers": 2,
    "threads": 16,
    "worker_connections": 1000,
    "timeout": 30,  # seconds without a sign of life before a worker is replaced
    "graceful_timeout": 10,
    "keepalive": 5,
    "limit_request_line": 4094,
    "limit_request_fields": 60,
    "limit_request_field_size": 8190,
    "accesslog": None,  # who scanned what is nobody's business
    "loglevel": "warning",
    "control_socket_disable": True,
    "proc_name": "doorplate",
}


class DoorWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Answers what is not even HTTP with a page of ours, and keeps addresses of visitors out of the log."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        status = _status_of(exc)
        if status >= 500:
            self.log.error("request failed", exc_info=exc)
        with contextlib.suppress(OSError):
            client.sendall(_raw_failure(self.app.wsgi(), status))


def serve(app: Flask, host: str, port: int, chores: Sequence[Chore] = (), lock: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then return. chores: done by every worker process beside its answers, those for one alone
    by who holds the lock.
    Raises Unavailable(serve.port_in_use | serve.port_denied | serve.host | serve.failed)."""
    listener = _listen(host, port)
    parent = os.getpid()
    wsgi.SERVER = "doorplate"  # gunicorn has no option for it; which server runs here, and which version, is nobody's business
    try:
        _Server(app, listener.detach(), Caretaker((*_own_chores(app), *chores), lock)).run()
    except SystemExit as stop:
        if os.getpid() != parent:
            # A worker that ends must not run on in its parent's program.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(stop.code if isinstance(stop.code, int) else 0)
        if stop.code:
            raise Unavailable("serve.failed", "网页服务意外停止, 原因见上面的日志") from stop


def find_port(host: str, preferred: int) -> int:
    """The preferred port if it is free, else the next free one, else any. Raises Unavailable(serve.host)."""
    for port in (*range(preferred, min(preferred + _PORTS_TRIED, 65536)), 0):
        try:
            with _listen(host, port) as listener:
                return int(listener.getsockname()[1])
        except Unavailable as exc:
            if exc.code == "serve.host":
                raise
    raise Unavailable("serve.port_in_use", f"{host} 上没有空闲的端口, 请先停掉别的服务", host=host)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn without its command line. fd: a socket that already listens; caretaker: started in every worker."""

    def __init__(self, app: Flask, fd: int, caretaker: Caretaker) -> None:
        self._app, self._fd, self._caretaker = app, fd, caretaker
        super().__init__()

    def load_config(self) -> None:
        for name, value in {**_OPTIONS, "bind": f"fd://{self._fd}"}.items():
            self.cfg.set(name, value)
        self.cfg.set("post_fork", _heed_early_stop)
        self.cfg.set("post_worker_init", lambda _worker: self._caretaker.start())
        self.cfg.set("worker_exit", lambda _server, _worker: self._caretaker.stop())

    def load(self) -> Flask:
        return self._app


def _heed_early_stop(_server: Any, _worker: Any) -> None:
    """A worker asked to stop before it has begun would not hear it (its parent's handlers are still in place) and be killed
    ten seconds later."""
    for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(asked, lambda *_: os._exit(0))


def _own_chores(app: Flask) -> tuple[Chore, ...]:
    tally: ScanTally = app.extensions["doorplate.tally"]
    return (Chore("scans", tally.flush, FLUSHED_EVERY_S, at_end=True),)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise Unavailable("serve.port_in_use", f"端口 {port} 已被占用, 请用 --port 换一个", port=port) from exc
        if exc.errno == errno.EACCES:
            raise Unavailable("serve.port_denied", f"没有权限使用端口 {port}, 请用 --port 换成 1024 以上的", port=port) from exc
        raise Unavailable("serve.host", f"不能在 {host} 上提供服务, 请检查 --host", host=host) from exc


def _status_of(exc: BaseException) -> int:
    if isinstance(exc, LimitRequestLine):
        return 414
    if isinstance(exc, LimitRequestHeaders):
        return 431
    return 400 if isinstance(exc, ParseException) else 500


def _raw_failure(app: Flask, status: int) -> bytes:
    """A whole HTTP answer: the failure page with the headers every answer has."""
    with app.test_request_context("/"):
        response = app.process_response(failure_page(status))
    response.headers["Connection"] = "close"
    head = f"HTTP/1.1 {response.status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    return f"{head}\r\n".encode("latin-1") + response.get_data()
