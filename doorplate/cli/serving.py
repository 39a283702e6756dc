"""doorplate serve: the page behind every plate."""

from __future__ import annotations

from typing import Annotated

import typer

from doorplate.cli.console import out
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.registry.scanning import Scanning
from doorplate.services import load_services
from doorplate.settings import BUILT_DOORS, Settings, load_settings


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址, 默认只有本机")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="端口, 默认 8000")] = None,
) -> None:
    """开网页: 居民扫门牌看到的页面。服务事项放在 DOORPLATE_HOME 里的 services.toml。"""
    settings = load_settings()
    registry = open_registry(settings)
    scanning = Scanning(registry.store, load_services(settings.home / "services.toml"))
    scanning.ready()
    host, port = host or settings.host, port or settings.port
    out.print(f"开始服务: http://{host}:{port}/  (Ctrl+C 停止)", markup=False)
    run_doors(settings, scanning, host, port)


def run_doors(settings: Settings, scanning: Scanning, host: str, port: int) -> None:
    """Serves the doors of the settings until told to stop. Raises InputError(settings.doors), Unavailable(serve.port_in_use)."""
    missing = [door for door in settings.doors if door not in BUILT_DOORS]
    if missing:
        raise InputError(
            "settings.doors", f"DOORPLATE_DOORS 里的 {'、'.join(missing)} 还没有建成, 现在能开的是 {'、'.join(BUILT_DOORS)}"
        )
    # Imported here: only serving needs the web, and the other commands should start without it.
    from webapp import create_app
    from webapp.serve import serve as serve_app

    serve_app(create_app(settings, scanning, doors=settings.doors), host, port)
