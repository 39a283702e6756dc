"""The residents' door with a real registry behind it, in this process, so that a story can also answer, and pull the plug."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from doorplate.cases_view import Receipt
from doorplate.media.vault import open_vault
from doorplate.registry.cases import acts
from doorplate.registry.scanning import Scanning
from doorplate.settings import Settings
from doorplate.store import Store, open_store
from tests.flows.case_stories import CODES, GRID, MORNING, SECRET, SERVICES, VILLAGE, Story, story
from webapp import create_app

CODE = CODES["near"]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Not in between the lines of the tests."""


class AskDoor:
    """A village and its door. Without network is: nobody listens at its port."""

    def __init__(self, folder: Path, registry: Path) -> None:
        self.store: Store = open_store(f"sqlite:///{registry}")
        self.story: Story = story(self.store, vault=open_vault(str(folder / "media"), SECRET))
        self._server: BaseWSGIServer | None = None
        settings, scanning = Settings(form_patience_s=0.2), Scanning(self.store, SERVICES)
        self._app = create_app(settings, scanning, cases=self.story.door, form_key="k" * 32)
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True, request_handler=_Quiet)
        self.port = self._server.port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def end(self) -> None:
        self.close()
        self.store.close()

    def answer(self, number: str, words: str) -> None:
        """What the grid worker does at the desk."""
        receipt = Receipt(number, "", self.story.clock.now, 24)
        case = self.story.case(receipt)
        acts.settle(self.story.work, acts.Act(case.owner_id or GRID.id, case.id, self.story.version(receipt)), words)

    def count(self) -> int:
        """How many matters there are."""
        with self.store.reading() as reader:
            return len(reader.cases_since(VILLAGE, MORNING - timedelta(days=1), 1000))
