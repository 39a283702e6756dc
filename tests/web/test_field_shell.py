"""The officers' app as it is served: one release under one version, only names that are known, nothing of it from elsewhere."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from PIL import Image
from wire import BASE_URL, unpacked

from doorplate.settings import Settings
from webapp import create_app
from webapp.assets import FOLDER
from webapp.factory import Work
from webapp.field import shell
from webapp.field.app_files import gather

KB = 1024
MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in (FOLDER / "field").rglob("*.js"))
MAP = ("vendor/leaflet.js", "vendor/protomaps.js")


def office(tiles: str = "", **settings: Any) -> Flask:
    nobody: Any = None  # the shell asks none of them
    work = Work(sign_in=nobody, field=cast(Any, SimpleNamespace(tiles=tiles)), review=nobody)
    return create_app(Settings(base_url=BASE_URL, **settings), MemoryRegistry(), doors=("scan", "field"), work=work)


@pytest.fixture(scope="module")
def app() -> Flask:
    return office()


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    return app.test_client()


def release(phone: FlaskClient) -> dict[str, Any]:
    """What the worker is told to keep."""
    first = phone.get("/field/sw.js").text.splitlines()[0]
    return dict(json.loads(first.removeprefix("const RELEASE = ").removesuffix(";")))


def test_the_page_says_at_once_that_it_opens_and_runs_nothing_inline(phone: FlaskClient) -> None:
    page = phone.get("/field/").text
    assert "正在打开…" in page
    assert "<noscript>" in page
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>|javascript:", page)
    assert re.findall(r"<script [^>]*>", page) == [f'<script defer src="{address(phone, "field/opening.js")}">',
                                                   f'<script type="module" src="{address(phone, "field/app.js")}">']
    assert len(re.findall(r'rel="stylesheet"', page)) == 1
    for told in re.findall(r'(?:href|src)="([^"]+)"', page):
        assert told.startswith("/field/")
        assert phone.get(told).status_code == 200, told


def address(phone: FlaskClient, name: str) -> str:
    return f"/field/app/{release(phone)['version']}/{name}"


def test_the_policy_lets_the_app_work_and_nothing_else_in(phone: FlaskClient) -> None:
    answer = phone.get("/field/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self' 'wasm-unsafe-eval'", "style-src": "'self'",
        "img-src": "'self' blob: data:", "media-src": "'self' blob: mediastream:", "connect-src": "'self'",
        "worker-src": "'self'", "manifest-src": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
        "form-action": "'none'"}
    for sense in ("camera", "geolocation", "microphone"):
        assert f"{sense}=(self)" in answer.headers["Permissions-Policy"]
    assert "usb=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers
    assert "camera=()" in phone.get("/").headers["Permissions-Policy"]


@pytest.mark.parametrize(("template", "origin"), [
    ("https://tiles.example.gov.cn:8443/{z}/{x}/{y}.png", "https://tiles.example.gov.cn:8443"),
    ("https://{s}.example.cn/{z}/{x}/{y}.png?key=1", "https://*.example.cn"),
    ("https://user:word@tiles.example.cn/a.pmtiles", "https://tiles.example.cn"),
    ("/tiles/village.pmtiles", ""),
    ("https://tiles.example.cn; script-src *", ""),
    ("javascript:alert(1)", "")])
def test_tiles_of_an_office_come_from_there_alone(template: str, origin: str) -> None:
    plain, with_tiles = office().test_client(), office(template).test_client()
    told = with_tiles.get("/field/").headers["Content-Security-Policy"]
    beside = f" {origin}" if origin else ""
    assert f"img-src 'self' blob: data:{beside};" in told
    assert f"connect-src 'self'{beside};" in told
    assert "script-src 'self' 'wasm-unsafe-eval';" in told
    assert told.count("script-src") == 1
    assert (release(plain)["version"] != release(with_tiles)["version"]) == bool(origin), "a kept page carries its policy"


def test_the_address_without_its_stroke_leads_to_the_page_and_is_not_remembered(phone: FlaskClient) -> None:
    answer = phone.get("/field")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/field/")


def test_every_module_is_served_kept_for_ever_and_listed_for_the_worker(phone: FlaskClient) -> None:
    listed = set(release(phone)["files"])
    assert MODULES
    for name in MODULES:
        path = address(phone, name)
        assert path in listed
        answer = phone.get(path, headers={"Accept-Encoding": "br"})
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert brotli.decompress(answer.data) == (FOLDER / name).read_bytes()
    assert all(phone.get(path).status_code == 200 for path in listed)


def test_what_modules_import_of_one_another_is_there() -> None:
    """A name that is wrong would show only on the phone that needs it."""
    known = gather(FOLDER).files
    for name in MODULES:
        for told in re.findall(r'(?:from|import)\s*\(?"(\.[^"]+)"', (FOLDER / name).read_text("utf-8")):
            path = (FOLDER / name).parent.joinpath(told).resolve().relative_to(FOLDER.resolve()).as_posix()
            assert path in known or path.startswith("vendor/"), f"{name} imports {told}"


@pytest.mark.parametrize("name", ["../factory.py", "%2e%2e/%2e%2e/factory.py", "field/../../factory.py", "css/tokens.css",
                                  "js/field_sw.js", "field/", "field/app", "field/app.js/", "/etc/passwd", "%00", "vendor/",
                                  "field/nothing.js"])
def test_only_known_names_exist(phone: FlaskClient, name: str) -> None:
    assert phone.get(address(phone, name)).status_code == 404


def test_another_release_is_not_there(phone: FlaskClient) -> None:
    assert phone.get("/field/app/0000000000000000/field/app.js").status_code == 404
    assert phone.get("/field/app//field/app.js").status_code == 404


def test_without_a_way_to_unpack_the_files_come_as_they_are(phone: FlaskClient) -> None:
    path = address(phone, "field/app.js")
    for wish, packed in (("", False), ("gzip", True), ("br;q=0, gzip", True), ("zstd", False)):
        answer = phone.get(path, headers={"Accept-Encoding": wish})
        assert ("Content-Encoding" in answer.headers) == packed
        assert unpacked(answer.data) == (FOLDER / "field/app.js").read_bytes()
        assert "Accept-Encoding" in answer.headers["Vary"]
    known = phone.get(path).headers["ETag"]
    assert phone.get(path, headers={"If-None-Match": known}).status_code == 304


def test_the_manifest_installs(phone: FlaskClient) -> None:
    answer = phone.get("/field/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = json.loads(answer.text)
    assert (told["name"], told["start_url"], told["scope"], told["display"]) == ("外勤门牌", "/field/", "/field/", "standalone")
    drawn = {(one["purpose"], one["sizes"]): one for one in told["icons"] if one["type"] == "image/png"}
    assert set(drawn) == {(purpose, f"{n}x{n}") for purpose in ("any", "maskable") for n in (192, 512)}
    for (purpose, size), one in drawn.items():
        picture = Image.open(io.BytesIO(phone.get(one["src"]).data))
        assert f"{picture.width}x{picture.height}" == size
        corner = picture.convert("RGBA").getpixel((0, 0))
        assert (corner[3] == 255) == (purpose == "maskable")


def test_the_worker_is_asked_for_every_time_and_may_fetch_nothing_from_elsewhere(phone: FlaskClient) -> None:
    answer = phone.get("/field/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
    told = release(phone)
    assert phone.get("/field/").headers["X-Release"] == told["version"]
    assert not [path for path in told["files"] if not path.startswith(f"/field/app/{told['version']}/")]


def test_libraries_of_others_may_be_absent(tmp_path: Path) -> None:
    bare, full = tmp_path / "bare", tmp_path / "full"
    for folder in (bare, full):
        shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("vendor"))
    (full / "vendor").mkdir()
    for name, body in {"leaflet.js": b"export {}", "leaflet.css": b".leaflet{}", "reader.wasm": b"\0asm", "LICENSES.txt": b"MIT",
                       "notes.md": b"x"}.items():
        (full / "vendor" / name).write_bytes(body)
    without, with_them = gather(bare), gather(full)
    assert set(without.modules) == set(MODULES)
    assert set(with_them.files) - set(without.files) == {"vendor/leaflet.js", "vendor/reader.wasm", "vendor/LICENSES.txt"}
    assert with_them.files["vendor/reader.wasm"].mimetype == "application/wasm"
    assert "vendor/LICENSES.txt" not in with_them.kept
    assert with_them.files["app.css"].raw.startswith(b".leaflet{}")
    assert with_them.version != without.version


def test_one_byte_anywhere_is_another_version(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "app", ignore=shutil.ignore_patterns("vendor"))
    before = gather(tmp_path / "app", b"worker").version
    assert gather(tmp_path / "app", b"worker").version == before
    assert gather(tmp_path / "app", b"another").version != before
    for part in ("field/app.js", "css/field.css", "img/field.svg"):
        path = tmp_path / "app" / part
        path.write_bytes(path.read_bytes() + b"\n")
        after = gather(tmp_path / "app", b"worker").version
        assert after != before
        before = after


def test_fetching_the_app_costs_no_visitor_their_share(tmp_path: Path) -> None:
    shipped = (Path(shell.__file__).parents[1] / "data" / "limits.toml").read_text("utf-8")
    few = tmp_path / "limits.toml"
    few.write_text(shipped.replace('paths = ["/"]\namount = "1200/minute"', 'paths = ["/"]\namount = "3/minute"'), "utf-8")
    phone = office(limits_file=few).test_client()
    path = phone.get("/field/").text.split('module" src="')[1].split('"')[0]
    assert {phone.get(path).status_code for _ in range(20)} == {200}
    assert phone.get("/field/sw.js").status_code == 200
    assert [phone.get("/field/").status_code for _ in range(3)] == [200, 429, 429]


def test_the_app_is_small_enough_for_a_village_s_network() -> None:
    """Compressed, without the map ≤ 200 KB and with it ≤ 600 KB (issue 6); the camera's reader comes beside both."""
    app = gather(FOLDER)
    size = {name: len(app.files[name].body("br")) for name in app.kept}
    reader = sum(size.get(f"vendor/{name}", 0) for name in ("barcode.js", "zxing_reader.wasm"))
    chart = sum(size.get(name, 0) for name in MAP)
    shown = {"shell": sum(size.values()) - reader - chart, "map": chart, "reader": reader, "all": sum(size.values())}
    print({name: f"{value / KB:.1f} KB" for name, value in shown.items()}, f"{len(app.kept)} files")  # noqa: T201
    assert shown["shell"] <= 200 * KB
    assert shown["all"] <= 600 * KB
