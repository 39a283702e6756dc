"""Settings come from the environment, are checked once, and say in one line what is wrong."""

from __future__ import annotations

import stat
from multiprocessing import get_context
from pathlib import Path

import pytest

from doorplate.errors import InputError
from doorplate.settings import load_settings, secret_key
from doorplate.store import open_store


def test_defaults_lie_in_home(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'registry.sqlite'}"
    assert settings.doors == ("scan",)


def test_a_home_with_odd_characters_is_found_again(tmp_path: Path) -> None:
    home = tmp_path / "营上村 100%? #1"
    store = open_store(load_settings(home=home).database)
    store.migrate()
    assert (home / "registry.sqlite").exists()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOORPLATE_HOME", str(tmp_path))
    monkeypatch.setenv("DOORPLATE_BASE_URL", "https://mp.example.gov.cn/")
    monkeypatch.setenv("DOORPLATE_DOORS", "scan, desk")
    settings = load_settings()
    assert (settings.home, settings.base_url, settings.doors) == (tmp_path, "https://mp.example.gov.cn", ("scan", "desk"))


@pytest.mark.parametrize(
    "url", ["mp.example.gov.cn", "ftp://x.example", "https://x.example/?a=1", "https://u:p@x.example", "https://MP.example"]
)
def test_a_base_url_that_must_not_become_ink_is_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        load_settings(base_url=url)
    assert caught.value.code == "settings.invalid"
    assert "DOORPLATE_BASE_URL" in caught.value.message


def test_the_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "new")
    first = secret_key(settings)
    assert secret_key(settings) == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600


def _key(home: Path) -> str:
    return secret_key(load_settings(home=home))


def test_processes_starting_together_agree_on_the_secret(tmp_path: Path) -> None:
    with get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_key, [tmp_path / "home"] * 8))) == 1
