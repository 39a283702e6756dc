"""Every route says who may call it, or the application refuses to start."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask
from memory_registry import MemoryRegistry

from doorplate.settings import Settings
from webapp import create_app, factory
from webapp.access import CALLERS, may


def test_a_door_with_an_undeclared_route_does_not_open(registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky_door() -> Blueprint:
        door = Blueprint("leaky", __name__)
        door.add_url_rule("/leak/<int:n>", view_func=lambda n: "everything", endpoint="leak")
        return door

    monkeypatch.setitem(factory.DOORS, "leaky", leaky_door)
    with pytest.raises(RuntimeError, match=r"/leak/<int:n>.*@may"):
        create_app(Settings(), registry, doors=("scan", "leaky"))


def test_a_caller_nobody_knows_cannot_be_declared() -> None:
    with pytest.raises(RuntimeError, match="everybody"):
        may("everybody")


def test_a_door_that_does_not_exist(registry: MemoryRegistry) -> None:
    with pytest.raises(RuntimeError, match="api"):
        create_app(Settings(), registry, doors=("api",))


def test_each_route_of_the_public_door_is_public(app: Flask) -> None:
    closed = {rule.rule for rule in app.url_map.iter_rules() if app.view_functions[rule.endpoint].may != "anyone"}
    assert closed == {"/metrics"}
    assert all(app.view_functions[rule.endpoint].may in CALLERS for rule in app.url_map.iter_rules())


def test_a_door_that_was_not_asked_for_is_not_in_the_process(registry: MemoryRegistry) -> None:
    app = create_app(Settings(), registry, doors=())
    common = {"/static/<name>", "/healthz", "/readyz", "/form-token", "/metrics"}
    assert {rule.rule for rule in app.url_map.iter_rules()} == common
    assert app.test_client().get("/").status_code == 404
