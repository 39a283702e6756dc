"""What all tests share: a store on either back end, with the same promises kept by the same tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from doorplate.store import Store, open_store
from tests.support import postgis

_BACK_ENDS = ("spatialite", pytest.param("postgis", marks=pytest.mark.postgis))
_numbers = count(1)


@pytest.fixture(scope="session")
def postgis_cluster() -> Iterator[postgis.Cluster]:
    """A PostGIS server of this run's own. Skips where Debian's packages are absent, unless that is forbidden (CI)."""
    why = postgis.missing()
    if why and not os.environ.get("DOORPLATE_TESTS_REQUIRE_POSTGIS"):
        pytest.skip(why)
    with postgis.running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SpatiaLite file to be copied."""
    path = tmp_path_factory.mktemp("spatialite") / "template.sqlite"
    store = open_store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgis_cluster: postgis.Cluster) -> str:
    """The URL of a migrated PostGIS database, to be emptied before each test that uses it."""
    url = postgis_cluster.create("registry")
    store = open_store(url)
    store.migrate()
    store.close()
    return url


@pytest.fixture(params=_BACK_ENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a registry may come to be: nothing is there yet. The test runs once on each back end."""
    if request.param == "spatialite":
        yield f"sqlite:///{tmp_path / 'registry.sqlite'}"
        return
    cluster, name = request.getfixturevalue("postgis_cluster"), f"empty_{next(_numbers)}"
    yield cluster.create(name)
    cluster.drop(name)


@pytest.fixture(params=_BACK_ENDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated, empty registry. The test runs once on each back end; it may spoil rows, not tables."""
    if request.param == "spatialite":
        path = tmp_path / "registry.sqlite"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("migrated_database")
    postgis.empty(url)
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A migrated, empty store. The test runs once on each back end."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def other_store(store_url: str) -> Iterator[Callable[[], Store]]:
    """Opens the same registry once more, as another process would."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(open_store(store_url))
        return opened[-1]

    yield again
    for one in opened:
        one.close()
