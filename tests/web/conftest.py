"""A resident with a phone before the residents' door; the registry behind it is in memory."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from wire import BASE_URL, compile_catalogues

from doorplate.settings import Settings
from webapp import create_app


@pytest.fixture(scope="session", autouse=True)
def _english() -> None:
    compile_catalogues()


@pytest.fixture
def registry() -> MemoryRegistry:
    return MemoryRegistry()


@pytest.fixture
def app(registry: MemoryRegistry) -> Flask:
    return create_app(Settings(base_url=BASE_URL), registry)


@pytest.fixture
def resident(app: Flask) -> FlaskClient:
    return app.test_client()
