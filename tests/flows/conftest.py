"""People and things the flow stories share: the sample village, read and checked once, and an empty registry per story."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

import doorplate
from doorplate.checking import Checked, check_lists
from doorplate.cli.demo import HANDOVER, LISTS
from doorplate.exchange.areas_file import read_areas
from doorplate.registry import Registry
from doorplate.store import Store

VILLAGE = "610431001203"
NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
PACKAGE = Path(doorplate.__file__).parent


@pytest.fixture(scope="session")
def sample_files() -> list[Path]:
    return [HANDOVER / name for name in LISTS]


@pytest.fixture(scope="session")
def sample(sample_files: list[Path]) -> Checked:
    return check_lists(sample_files, VILLAGE, read_areas(HANDOVER / "grids_wgs84.geojson", VILLAGE))


@pytest.fixture
def registry(store: Store) -> Registry:
    """An empty registry on each of the two databases, with a fixed clock and a chance that repeats."""
    return Registry(store=store, secret="ab" * 32, actor="tester", now=lambda: NOW, rng=random.Random(7))
