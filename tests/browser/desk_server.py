"""An application for Chromium, served from this process: what it holds can be looked at, and changed, by the test."""

from __future__ import annotations

import threading

from flask import Flask
from werkzeug.serving import make_server

SECRET = "a-key-nobody-guesses"


class Served:
    """On a port of its own, in a thread, until stopped."""

    def __init__(self, app: Flask) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
