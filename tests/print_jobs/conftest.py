from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Typeset designs, kept over the tests."""
    return tmp_path_factory.mktemp("typeset")


@pytest.fixture
def tool() -> Callable[[str], str]:
    """The path of a command of this machine; the test is skipped, visibly, where it is missing."""
    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path
    return find
