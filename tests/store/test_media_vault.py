"""The vault keeps what it promised to keep, sealed, and opens it for nobody without the secret: in a folder as in a bucket."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorplate.errors import InputError, NotFound, Unavailable
from doorplate.media.vault import Vault, fresh_key, open_vault

SECRET = "ein-langes-geheimnis-fuer-proben"
ROOT = Path(__file__).resolve().parents[2]
WORDS = "门牌脱落, 电话 13812345678".encode() * 50


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    boto3 = pytest.importorskip("boto3")
    from moto.server import ThreadedMotoServer

    service = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    service.start()
    host, port = service.get_host_and_port()
    own = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
           "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own.items():
            patch.setenv(name, value)
        client = boto3.client("s3", endpoint_url=own["AWS_ENDPOINT_URL"], region_name="us-east-1", aws_access_key_id="test",
                              aws_secret_access_key="test")
        client.create_bucket(Bucket="plates")
        yield "s3://plates/media"
    service.stop()


@pytest.fixture(params=["folder", "bucket"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "media")
    return f"{request.getfixturevalue('bucket')}/{tmp_path.name}"


@pytest.fixture
def vault(url: str) -> Vault:
    return open_vault(url, SECRET)


def test_what_was_put_comes_back_until_it_is_deleted(vault: Vault, url: str):
    first, second = fresh_key("cases/a1"), fresh_key("cases/a1")
    vault.put(first, WORDS)
    vault.put(second, b"")
    vault.put(second, b"again")
    assert (vault.get(first), open_vault(url, SECRET).get(second)) == (WORDS, b"again")
    assert list(vault.keys("cases/")) == sorted([first, second])
    assert list(vault.keys("cases/b")) == []
    vault.delete([first, "cases/a1/never-there"])
    vault.delete([])
    assert list(vault.keys()) == [second]
    with pytest.raises(NotFound) as caught:
        vault.get(first)
    assert caught.value.code == "media.unknown"


def test_ten_megabytes_and_a_thousand_keys(vault: Vault):
    vault.put("a/large", bytes(10 << 20))
    assert len(vault.get("a/large")) == 10 << 20
    for number in range(20):
        vault.put(f"b/{number}", b"x")
    assert len(list(vault.keys("b/"))) == 20


def test_another_secret_opens_nothing(vault: Vault, url: str):
    vault.put("cases/1", WORDS)
    with pytest.raises(Unavailable) as caught:
        open_vault(url, "ein-anderes-geheimnis-fuer-proben").get("cases/1")
    assert caught.value.code == "media.sealed"


@pytest.mark.parametrize("key", [
    "", "../registry", "/etc/passwd",
    "a/../b", "a//b", "a/", "A/b", "a.b", "a\\b", "a/b\n", "a\x00", "门", "a" * 65, "a/b/c/d/e/f/g",
])
def test_only_names_of_ours_are_keys(vault: Vault, key: str):
    for act in (lambda: vault.put(key, b"x"), lambda: vault.get(key), lambda: vault.delete([key])):
        with pytest.raises(InputError) as caught:
            act()
        assert caught.value.code == "media.key"


def test_the_folder_holds_nothing_readable(tmp_path: Path):
    vault = open_vault(str(tmp_path / "media"), SECRET)
    vault.put("cases/1/a", WORDS)
    file = tmp_path / "media" / "cases" / "1" / "a"
    assert b"138123" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_exchanged_or_changed_files_do_not_open(tmp_path: Path):
    vault = open_vault((tmp_path / "my media").as_uri(), SECRET)
    vault.put("a/1", b"one")
    vault.put("a/2", b"two")
    first, second = (tmp_path / "my media" / "a" / name for name in "12")
    first.write_bytes(second.read_bytes())
    second.write_bytes(second.read_bytes()[:-1])
    for key in ("a/1", "a/2"):
        with pytest.raises(Unavailable) as caught:
            vault.get(key)
        assert caught.value.code == "media.sealed"


def test_a_half_written_file_is_never_read_and_goes_with_its_key(tmp_path: Path):
    vault = open_vault(str(tmp_path), SECRET)
    (tmp_path / "cases").mkdir()
    draft = tmp_path / "cases" / "1.0badcafe.draft"
    draft.write_bytes(b"half")
    with pytest.raises(NotFound):
        vault.get("cases/1")
    assert list(vault.keys("cases/")) == ["cases/1"]
    vault.delete(["cases/1"])
    assert not draft.exists()


def test_what_put_has_answered_for_outlives_a_kill(tmp_path: Path):
    program = (
        "import os, sys\n"
        "from doorplate.media.vault import open_vault\n"
        "vault, n = open_vault(sys.argv[1], sys.argv[2]), 0\n"
        "while True:\n"
        "    vault.put(f'a/{n}', b'x' * 20000)\n"
        "    print(n, flush=True)\n"
        "    n += 1\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "m"), SECRET]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    promised = [int(writer.stdout.readline()) for _ in range(25)]
    os.kill(writer.pid, signal.SIGKILL)
    promised += [int(line) for line in writer.communicate()[0].split()]
    vault = open_vault(str(tmp_path / "m"), SECRET)
    assert all(vault.get(f"a/{number}") == b"x" * 20_000 for number in promised)


def test_a_disk_that_refuses_is_told_as_such(tmp_path: Path):
    (tmp_path / "media").write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as caught:
        open_vault(str(tmp_path / "media"), SECRET)
    assert caught.value.code == "media.vault"
    vault = open_vault(str(tmp_path / "other"), SECRET)
    (tmp_path / "other" / "a").write_text("in the way")
    with pytest.raises(Unavailable):
        vault.put("a/1", b"x")
    with pytest.raises(NotFound):
        vault.get("a/1")


def test_a_bucket_that_is_not_there_is_told_as_such(bucket: str):
    vault = open_vault("s3://nobody-has-this/x", SECRET)
    for act in (lambda: vault.put("a/1", b"x"), lambda: list(vault.keys())):
        with pytest.raises(Unavailable) as caught:
            act()
        assert caught.value.code == "media.vault"


@pytest.mark.parametrize("url", ["", "s3://", "gs://x/y", "http://host/x", "file://host/x", "memory://x"])
def test_other_places_are_refused(url: str):
    with pytest.raises(InputError) as caught:
        open_vault(url, SECRET)
    assert caught.value.code == "settings.media_url"


def test_a_weak_secret_is_refused(tmp_path: Path):
    with pytest.raises(InputError) as caught:
        open_vault(str(tmp_path), "short")
    assert caught.value.code == "settings.secret_key"
