"""doorplate serve: the page behind every plate, and what residents send in through it."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from typing import Annotated

import typer

from doorplate.cli.cases import open_cases
from doorplate.cli.console import out
from doorplate.cli.work import field_of, staff_doors
from doorplate.errors import InputError
from doorplate.registry.cases.casework import Casework
from doorplate.registry.cases.clock import escalate_due
from doorplate.registry.cases.door import DoorCases
from doorplate.registry.cases.retention import forget_old, sweep_orphans
from doorplate.registry.field.retention import forget_field
from doorplate.registry.portraits import people_files
from doorplate.registry.scanning import Scanning
from doorplate.services import load_services
from doorplate.settings import BUILT_DOORS, Settings, load_settings, secret_key

_CLOCK_S, _FORGETTING_S = 60.0, 6 * 3600.0


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址, 默认只有本机")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="端口, 默认 8000")] = None,
) -> None:
    """开网页: 居民扫门牌看到的页面, 咨询、上报和预约。服务事项放在 DOORPLATE_HOME 里的 services.toml。

    DOORPLATE_DOORS=scan,field,desk 同时开工作人员的外勤和工作台; 先用 doorplate accounts add 建账号。"""
    settings = load_settings()
    work = open_cases(settings.model_copy(update={"database_url": settings.public_database}))
    services, people = load_services(settings.home / "services.toml"), people_files(settings.home)
    scanning = Scanning(work.registry.store, services, people=people)
    scanning.ready()
    host, port = host or settings.host, port or settings.port
    out.print(f"开始服务: http://{host}:{port}/  (Ctrl+C 停止)", markup=False)
    run_doors(settings, scanning, host, port, work)


def run_doors(settings: Settings, scanning: Scanning, host: str, port: int, work: Casework | None = None) -> None:
    """Serves the doors of the settings until told to stop. work: the matters residents may send in, None where none are taken.
    Raises InputError(settings.doors), Unavailable(serve.port_in_use)."""
    missing = [door for door in settings.doors if door not in BUILT_DOORS]
    if missing:
        raise InputError(
            "settings.doors", f"DOORPLATE_DOORS 里的 {'、'.join(missing)} 还没有建成, 现在能开的是 {'、'.join(BUILT_DOORS)}"
        )
    with tempfile.TemporaryDirectory(prefix="doorplate-metrics-") as numbers:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = numbers  # read at import, so set before
        # Imported here: only serving needs the web, and the other commands should start without it.
        from webapp import create_app
        from webapp.chores import Chore
        from webapp.serve import serve as serve_app

        cases, field = DoorCases(work) if work else None, field_of(settings)
        app = create_app(settings, scanning, doors=settings.doors, cases=cases, form_key=secret_key(settings),
                         work=staff_doors(field, settings))
        chores = [Chore("clock", partial(escalate_due, work), _CLOCK_S, alone=True),
                  Chore("retention", partial(forget_old, work), _FORGETTING_S, alone=True),
                  Chore("orphans", partial(sweep_orphans, work), _FORGETTING_S, alone=True)] if work else []
        if field is not None:
            chores.append(Chore("field-retention", partial(forget_field, field), _FORGETTING_S, alone=True))
        serve_app(app, host, port, chores, settings.home / "clock.lock")
