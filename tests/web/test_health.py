"""GET /healthz and /readyz."""

from __future__ import annotations

from flask.testing import FlaskClient
from memory_registry import MemoryRegistry


def test_alive_and_ready(resident: FlaskClient) -> None:
    assert resident.get("/healthz").text == "ok\n"
    assert resident.get("/readyz").text == "ok\n"
    assert resident.head("/readyz").status_code == 200


def test_alive_but_not_ready_while_the_database_is_away(resident: FlaskClient, registry: MemoryRegistry) -> None:
    registry.down = True
    assert resident.get("/healthz").status_code == 200
    answer = resident.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "store.unavailable\n")
