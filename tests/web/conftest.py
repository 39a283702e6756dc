"""A resident with a phone before the residents' door; the registry behind it is in memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_office import Office, build_office, open_office
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


@pytest.fixture(scope="session")
def built_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office's files, to be copied."""
    home = tmp_path_factory.mktemp("office") / "home"
    build_office(home)
    return home


@pytest.fixture
def office(built_office: Path, tmp_path: Path) -> Iterator[Office]:
    """The desk at work over the sample village; every test has its own copy."""
    home = tmp_path / "home"
    shutil.copytree(built_office, home)
    opened = open_office(home)
    yield opened
    opened.registry.store.close()
