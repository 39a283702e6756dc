"""The static edition: a second village's page in a folder, kept up to date act by act, served while the registry is away."""

from __future__ import annotations

import gzip
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from flows.commands import doorplate, environment
from flows.conftest import VILLAGE
from flows.publish_stories import BASE_URL, CODES, RETIRED_PLATE, code_of, pages_of, source, two_villages
from flows.settling_stories import GROUNDS

from doorplate.addresses.operations import Correct
from doorplate.cli.publish import open_door, open_target
from doorplate.errors import Refused, Unavailable
from doorplate.households.seal import Sealer
from doorplate.model import Elements, Household, Plate
from doorplate.registry import Registry
from doorplate.registry.operating import Task, operate
from doorplate.registry.people import confirm_person
from doorplate.registry.printing import retire_plate
from doorplate.settings import Settings
from webapp import static_edition
from webapp.static_edition import Edition, Published, publish, read_state
from webapp.static_edition_bucket import Bucket
from webapp.static_edition_files import EditionFile
from webapp.static_edition_folder import Folder
from webapp.static_edition_pool import spread_over

GHOST = code_of(9)
FORMS = re.compile(r"/(d/[0-9A-Z]{13}/(ask|report|book|chief|here)|follow|form-token)(\?.*)?")
LINK = re.compile(rb'(?:href|src|action)="([^"]+)"')


@pytest.fixture
def village(registry: Registry) -> Registry:
    return two_villages(registry)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the edition comes to lie; the registry's own file is beside it."""
    return tmp_path / "public"


def edition(registry: Registry, folder: Path, made: str = "1") -> Edition:
    return Edition(Folder(folder), source(registry), lambda: pages_of(registry).app, made)


def run(registry: Registry, folder: Path, **more: object) -> Published:
    return publish(edition(registry, folder), lambda *_: None, **more)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Path → when it was written and what it says; the state apart."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "published.json")
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in found}


def touched(before: dict[str, tuple[int, bytes]], after: dict[str, tuple[int, bytes]]) -> set[str]:
    """What was written, added or taken away."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def codes_of(names: set[str]) -> set[str]:
    return {name.split("/")[1] for name in names if name.startswith("d/")}


def test_the_first_run_writes_every_plate_in_every_reading(village: Registry, out: Path) -> None:
    done = run(village, out)
    assert (done.plates, done.everything) == (8, True)
    there = files(out)
    for code in CODES.values():
        for reading in ("", "large/", "en/", "en-large/"):
            assert {f"d/{code}/{reading}index.html{packed}" for packed in ("", ".gz", ".br")} <= there.keys()
        assert f"d/{code}/contacts.vcf" in there
    assert f"d/{RETIRED_PLATE}/index.html" in there
    assert f"d/{RETIRED_PLATE}/contacts.vcf" not in there
    assert {"index.html", "en/index.html", "large/index.html", "howto/index.html", "404.html"} <= there.keys()
    for name, (_, body) in there.items():
        if f"{name}.gz" in there:
            assert gzip.decompress(there[f"{name}.gz"][1]) == body == brotli.decompress(there[f"{name}.br"][1]), name
    assert "测试民警甲".encode() in there[f"d/{CODES['幸福路1']}/index.html"][1]


def test_a_file_is_what_the_door_answers_at_the_same_address(village: Registry, out: Path) -> None:
    run(village, out)
    resident = pages_of(village).app.test_client()
    checked = 0
    for name, (_, body) in files(out).items():
        if name.endswith((".gz", ".br")) or name == "404.html":
            continue
        path = "/" + name.removesuffix("index.html").rstrip("/")
        answer = resident.get(path, base_url=BASE_URL)
        assert answer.status_code in (200, 410), path
        assert answer.data == body, path
        checked += 1
    assert checked > 50


def test_a_second_run_writes_nothing(village: Registry, out: Path) -> None:
    run(village, out)
    before, state = files(out), (out / "published.json").stat().st_mtime_ns
    again = run(village, out)
    assert (again.plates, again.written) == (0, 0)
    assert files(out) == before
    assert (out / "published.json").stat().st_mtime_ns == state
    whole = run(village, out, full=True)
    assert (whole.plates, whole.written) == (8, 0), "what is the same is left alone, with its time"
    assert files(out) == before


def test_an_officer_change_writes_the_pages_of_the_community_and_no_others(village: Registry, out: Path) -> None:
    run(village, out)
    before = files(out)
    confirm_person(village, "s-officer", "02987654321")
    run(village, out)
    changed = touched(before, files(out))
    assert codes_of(changed) == {code for address, code in CODES.items() if address != "other1"}
    assert not {name for name in changed if "map.svg" in name or not name.startswith("d/")}
    assert b"02987654321" in files(out)[f"d/{CODES['幸福路1']}/en-large/index.html"][1]


def test_a_corrected_address_writes_its_plates(village: Registry, out: Path) -> None:
    run(village, out)
    before = files(out)
    operate(village, VILLAGE, [Task("幸福路39", Correct(GROUNDS, Elements(street="幸福路", number="77")))])
    done = run(village, out)
    changed = touched(before, files(out))
    assert codes_of({name for name in changed if "map.svg" not in name}) == {CODES["幸福路39"]}
    assert done.plates < 8


def test_a_retired_plate_says_so_and_loses_map_and_contacts(village: Registry, out: Path) -> None:
    run(village, out)
    code = CODES["振兴路20"]
    retire_plate(village, code, "换新")
    done = run(village, out)
    left = {name for name in files(out) if code in name}
    assert not {name for name in left if "map.svg" in name or "vcf" in name}
    assert "已停用" in (out / "d" / code / "index.html").read_text("utf-8")
    assert done.removed >= 2


def test_a_plate_the_registry_no_longer_knows_has_no_place(village: Registry, out: Path) -> None:
    """The registry was restored from a copy older than the edition."""
    with village.store.writing() as unit:
        unit.save(None, Plate("p9", GHOST, "幸福路1", "small-gate", "mounted"), village.event("plate.mounted", "p9"))
    run(village, out)
    assert (out / "d" / GHOST / "index.html").is_file()

    class Older:
        def __getattr__(self, name: str) -> object:
            return getattr(source(village), name)

        def codes(self, communities: object) -> Iterator[str]:
            return iter([*CODES.values(), RETIRED_PLATE])

    publish(Edition(Folder(out), Older(), lambda: pages_of(village).app, "restored"), lambda *_: None)  # type: ignore[arg-type]
    assert not (out / "d" / GHOST).exists()
    assert (out / "d" / CODES["幸福路1"] / "index.html").is_file()


def test_other_settings_or_software_make_everything_anew(village: Registry, out: Path) -> None:
    run(village, out)
    assert publish(edition(village, out, "2"), lambda *_: None).plates == 8
    (out / "published.json").write_text('{"seq": 3', "utf-8")
    assert run(village, out).everything, "a state nobody can read is none"


def test_a_broken_target_is_told_in_one_line(village: Registry, out: Path) -> None:
    out.mkdir()
    (out / "file").write_text("", "utf-8")
    with pytest.raises(Unavailable) as caught:
        run(village, out / "file")
    assert caught.value.code == "publish.target"
    assert str(out) not in caught.value.message


def test_the_registry_fails_in_the_middle_and_no_page_says_so(village: Registry, out: Path) -> None:
    """What the registry does not answer never becomes a page; the run is done again from where the state stands."""
    run(village, out)
    before = files(out)
    confirm_person(village, "s-officer", "02987654321")
    app, asked = pages_of(village).app, []

    def fails(code: str) -> object:
        asked.append(code)
        if len(asked) > 2:
            raise Unavailable("store.unreachable", "数据库没有响应")
        return real(code)

    door = app.extensions["doorplate.registry"]
    real, door.resolve = door.resolve, fails
    with pytest.raises(Unavailable):
        publish(Edition(Folder(out), source(village), lambda: app, "1"), lambda *_: None)
    assert not [name for name, (_, body) in files(out).items() if "暂时查不到".encode() in body]
    run(village, out)
    assert len(codes_of(touched(before, files(out)))) == 6


def test_every_link_leads_to_a_file_or_to_a_form(village: Registry, out: Path) -> None:
    run(village, out)
    there = files(out).keys()
    for name, (_, body) in files(out).items():
        if not name.endswith(".html"):
            continue
        for link in {found.decode() for found in LINK.findall(body)}:
            parts = urlsplit(link)
            if parts.scheme or link.startswith(("#", "?")):
                continue
            assert link.startswith("/"), f"{name}: {link} would mean something else behind a slash"
            path = parts.path.strip("/")
            found = {path, f"{path}/index.html", path or "index.html"} & there
            assert found or FORMS.fullmatch(link.replace("&amp;", "&")), f"{name}: {link}"


def test_no_personal_data_in_any_byte(village: Registry, out: Path) -> None:
    """A household at every door, an officer who is not published, texts of findings: none of it in any file, packed or not."""
    sealer = Sealer(village.secret)
    with village.store.writing() as unit:
        for number, door in enumerate(CODES):
            name = f"张秘密{number:03d}"
            sealed = sealer.seal(name, village.rng)
            home = Household(f"secret{number}", VILLAGE, door, 3, sealed, sealer.index(name, VILLAGE))
            unit.save(None, home, village.event("household.listed", home.id))
        person = unit.staff_of(["s2"])[0]
        hidden = replace(person, published=False, name="不公开的人", phone="15911112222")
        unit.save(person, hidden, village.event("staff.hidden", "s2"))
    run(village, out)
    told = files(out)
    plain = [body for name, (_, body) in told.items() if not name.endswith((".gz", ".br"))]
    unpacked = [gzip.decompress(body) for name, (_, body) in told.items() if name.endswith(".gz")]
    unpacked += [brotli.decompress(body) for name, (_, body) in told.items() if name.endswith(".br")]
    content = b"\0".join(plain + unpacked)
    for marker in ("张秘密", "不公开的人", "15911112222", "secret1"):
        assert marker.encode() not in content, marker


def test_two_publishers_of_one_folder(village: Registry, out: Path) -> None:
    with Folder(out).alone(), pytest.raises(Refused) as caught, Folder(out).alone():
        pass
    assert caught.value.code == "publish.busy"
    with Folder(out).alone():
        pass


def test_pages_are_served_while_the_registry_is_down(village: Registry, out: Path) -> None:
    """Any server of files: /d/CODE leads to /d/CODE/, and all links hold there too."""
    run(village, out)
    village.store.close()
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(out))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        for path in (f"/d/{CODES['幸福路1']}", f"/d/{CODES['幸福路1']}/en", "/", "/howto", f"/d/{RETIRED_PLATE}"):
            page = urllib.request.urlopen(base + path).read()
            for link in {found.decode() for found in LINK.findall(page)}:
                if link.startswith("/") and not FORMS.fullmatch(link.replace("&amp;", "&")):
                    assert urllib.request.urlopen(base + link.replace("&amp;", "&")).status == 200, link
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{base}/d/{CODES['幸福路1'][:-1]}0")
        server.shutdown()


# In processes of their own, as people run it


def home_of(url: str) -> dict[str, str]:
    return {"DOORPLATE_DATABASE_URL": url, "DOORPLATE_BASE_URL": BASE_URL}


def test_the_command_says_what_it_did_and_what_is_wrong(village: Registry, store_url: str, tmp_path: Path) -> None:
    more = home_of(store_url)
    first = doorplate("publish", "--out", tmp_path / "out", home=tmp_path, cwd=tmp_path, **more)
    assert first.code == 0, first.err
    assert "8 块门牌" in first.out
    again = doorplate("publish", "--out", tmp_path / "out", home=tmp_path, cwd=tmp_path, **more)
    assert "没有变动" in again.out
    gas = '[[service]]\nid = "gas"\ntitle = "买气充值"\nwho = "燃气公司"\nwhere = "燃气营业厅"\n'
    (tmp_path / "services.toml").write_text(gas, "utf-8")
    third = doorplate("publish", "--out", tmp_path / "out", home=tmp_path, cwd=tmp_path, **more)
    assert "8 块门牌" in third.out
    assert "买气充值" in (tmp_path / "out/d" / CODES["other1"] / "index.html").read_text("utf-8")
    wrong = doorplate("publish", "--out", "s3://", home=tmp_path, cwd=tmp_path, **more)
    assert (wrong.code, "publish.url" in wrong.err) == (2, True)


def test_killed_in_the_middle_the_next_run_completes(village: Registry, store_url: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    more = home_of(store_url)
    assert doorplate("publish", "--out", whole, home=tmp_path, cwd=tmp_path, **more).code == 0
    out = tmp_path / "out"
    command = [sys.executable, "-m", "doorplate", "publish", "--out", str(out)]
    started = subprocess.Popen(command, env=environment(tmp_path, **more), cwd=tmp_path, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    while not list(out.glob("d/*/*")) and started.poll() is None:
        time.sleep(0.001)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    assert read_state((out / "published.json").read_text("utf-8") if (out / "published.json").exists() else None) is None
    assert doorplate("publish", "--out", out, home=tmp_path, cwd=tmp_path, **more).code == 0
    assert {name: body for name, (_, body) in files(out).items()} == {name: body for name, (_, body) in files(whole).items()}


def test_watching_shows_a_change_within_its_rhythm_and_ends_when_told(village: Registry, store_url: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "doorplate", "publish", "--out", str(out), "--watch", "--every", "1"]
    page = out / "d" / CODES["other1"] / "index.html"
    started = subprocess.Popen(command, env=environment(tmp_path, **home_of(store_url)), cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        _until((out / "published.json").exists)
        confirm_person(village, "s-deputy", "02912121212")
        _until(lambda: b"02912121212" in page.read_bytes())
    finally:
        started.send_signal(signal.SIGTERM)
    _, told = started.communicate(timeout=20)
    assert started.returncode == 0, told.decode()


def _until(holds: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_several_processes_make_the_same_edition(
    village: Registry, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_edition, "WORTH_SPREADING", 1)
    settings = Settings(home=tmp_path, database_url=store_url, base_url=BASE_URL)
    door = partial(open_door, settings, (), os.getpid())
    for name, spread in (("one", None), ("many", spread_over(door, partial(open_target, str(tmp_path / "many"))))):
        done = publish(Edition(Folder(tmp_path / name), source(village), door, "1", spread), lambda *_: None)
        assert done.plates == 8
    one, many = files(tmp_path / "one"), files(tmp_path / "many")
    assert {name: body for name, (_, body) in one.items()} == {name: body for name, (_, body) in many.items()}


# A bucket


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A service that speaks S3, in memory on this machine. Gives its address."""
    server_module = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    server = server_module.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (("AWS_ENDPOINT_URL", f"http://{host}:{port}"), ("AWS_ACCESS_KEY_ID", "test"),
                        ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="plates")
    yield "plates"
    server.stop()


def test_a_bucket_holds_the_addresses_as_they_are_on_the_plates(village: Registry, bucket: str) -> None:
    import boto3

    s3 = boto3.client("s3")
    target = Bucket("s3://plates/edition")
    made = Edition(target, source(village), lambda: pages_of(village).app, "1")
    assert publish(made, lambda *_: None).plates == 8
    code = CODES["幸福路1"]
    page = s3.get_object(Bucket=bucket, Key=f"edition/d/{code}")
    assert (page["ContentType"], page["ContentEncoding"]) == ("text/html; charset=utf-8", "gzip")
    assert "测试民警甲".encode() in gzip.decompress(page["Body"].read())
    assert s3.get_object(Bucket=bucket, Key=f"edition/d/{code}/en-large")["CacheControl"] == "public, max-age=20"
    assert s3.get_object(Bucket=bucket, Key="edition/index.html")
    assert s3.get_object(Bucket=bucket, Key=f"edition/d/{code}/map.svg")["ContentType"] == "image/svg+xml"
    assert publish(made, lambda *_: None).written == 0
    retire_plate(village, code, "换新")
    publish(made, lambda *_: None)
    keys = {one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix=f"edition/d/{code}")["Contents"]}
    assert not {key for key in keys if "map.svg" in key or "vcf" in key}
    assert f"edition/d/{code}/large" in keys
    assert set(target.codes()) == {*CODES.values(), RETIRED_PLATE}
    target.drop(f"/d/{code}")
    assert code not in set(target.codes())


def test_a_bucket_that_is_not_there_is_told_in_one_line(village: Registry, bucket: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Bucket("s3://nothing/x").put(EditionFile("/d/x", b"x", "text/html"))
    assert caught.value.code == "publish.target"
