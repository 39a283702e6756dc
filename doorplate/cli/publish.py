"""doorplate publish: every plate's page as files, so that scanning goes on while the registry is away."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from doorplate.cases_view import PublicCases
from doorplate.cli.console import bars, err, out
from doorplate.cli.setup import open_registry
from doorplate.errors import Refused, Unavailable
from doorplate.registry import Registry
from doorplate.registry.portraits import people_files
from doorplate.registry.publishing import Publishing
from doorplate.registry.scanning import Scanning
from doorplate.services import load_services
from doorplate.settings import Settings, load_settings
from print_jobs.ending import end_with

if TYPE_CHECKING:
    from webapp.static_edition import Published
    from webapp.static_edition_bucket import Bucket
    from webapp.static_edition_folder import Folder

_SHOWN = ("services.toml", "people.toml", "cases.toml")  # files of an office that its pages show


def publish(
    target: Annotated[str, typer.Option("--out", help="文件夹, 或 s3://桶名/前缀")],
    full: Annotated[bool, typer.Option("--full", help="全部重新做一遍, 不管上次做到哪里")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="一直开着, 隔一会儿发布一次变动")] = False,
    every: Annotated[float, typer.Option("--every", min=1, max=86400, help="--watch 时隔多少秒")] = 30,
) -> None:
    """发布: 把每块门牌的页面做成文件, 放到任何网页服务器或 CDN 上; 登记簿停机时照样能扫。

    只做有变动的页面; 随时可以中断, 再运行会补完。
    """
    settings = load_settings()
    registry = open_registry(settings)
    run = partial(publish_edition, settings, registry, target)
    if watch:
        _keep_publishing(run, every, full=full)
    else:
        report(run(full=full))


def publish_edition(settings: Settings, registry: Registry, target: str, *, full: bool = False,
                    showcase: tuple[str, ...] = ()) -> Published:
    """Brings the edition at a folder or s3:// up to date. showcase: codes for a demo's start page. Raises InputError(publish.url,
    services.…, people.…), Unavailable(publish.target, store.…), Refused(publish.busy)."""
    # Imported here: only publishing and serving need the web, and the other commands should start without it.
    from webapp.factory import template_folder
    from webapp.static_edition import Edition, software_digest
    from webapp.static_edition import publish as bring_up_to_date
    from webapp.static_edition_pool import spread_over

    place = open_target(target)
    door = partial(open_door, settings, showcase, os.getpid())
    source = Publishing(registry.store, people_files(settings.home).rules, registry.now)
    made = _digest(settings, showcase, software_digest(template_folder()))
    edition = Edition(place, source, door, made, spread_over(door, partial(open_target, target)))
    with place.alone(), bars() as progress:
        return bring_up_to_date(edition, progress, full=full)


def open_target(target: str) -> Folder | Bucket:
    """Raises InputError(publish.url)."""
    from webapp.static_edition_bucket import Bucket
    from webapp.static_edition_folder import Folder

    return Bucket(target) if target.startswith("s3://") else Folder(Path(target))


def open_door(settings: Settings, showcase: tuple[str, ...], publisher: int) -> Any:
    """The residents' door as publishing needs it, in the publisher's process or in one of its helpers, which end with it."""
    from webapp import create_app

    if os.getpid() != publisher:
        end_with(publisher)
    registry = open_registry(settings)
    people = people_files(settings.home)
    scanning = Scanning(registry.store, load_services(settings.home / "services.toml"), showcase, people)
    # Pages only ask whether matters are taken in at all: the forms themselves are the serving door's.
    return create_app(settings, scanning, doors=("scan",), cases=cast(PublicCases, object()))


def report(done: Published) -> None:
    """What a run came to, in one line."""
    if not done.plates and not done.written:
        out.print("没有变动, 什么也没有写")
        return
    removed = f", 撤下 {done.removed} 个" if done.removed else ""
    out.print(f"看了 {done.plates} 块门牌, 写出 {done.written} 个文件{removed}, 用时 {done.seconds:.1f} 秒")


def _keep_publishing(run: Callable[..., Published], every: float, *, full: bool) -> None:
    """Until told to stop; a round under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    out.print(f"每 {every:g} 秒发布一次变动 (Ctrl+C 停止)", markup=False)
    while not stop.is_set():
        _attempt(partial(run, full=full))
        full = False
        stop.wait(every)


def _attempt(run: Callable[[], Published]) -> None:
    """One round of --watch: what is away for a while is asked again in the next."""
    try:
        done = run()
    except (Unavailable, Refused) as exc:
        err.print(f"{exc.code}: {exc.message}", markup=False)
        return
    if done.written or done.removed:
        report(done)


def _digest(settings: Settings, *more: Any) -> str:
    """Of all that forms a page but the registry: software, base URL, an office's own files."""
    digest = hashlib.sha256(repr((settings.base_url, settings.police_sms, *more)).encode())
    files = [settings.home / name for name in _SHOWN] + sorted((settings.home / "wechat").glob("*.txt"))
    for path in files:
        digest.update(path.name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()
