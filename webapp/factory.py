"""One factory for all doors; a door that is not asked for is not in the process at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path

import jinja2
from flask import Blueprint, Flask

from doorplate.cases_desk_view import CaseDesk
from doorplate.cases_view import PublicCases
from doorplate.field_view import FieldDoor, SignIn
from doorplate.odk.view import FormsDoor
from doorplate.packing_view import PackingDesk
from doorplate.people.permission import PermissionRules, permission_rules
from doorplate.public_view import PublicRegistry
from doorplate.review_view import ReviewDesk
from doorplate.settings import Settings
from webapp import (
    alarms,
    assets,
    delivery,
    desk,
    failures,
    field,
    form_guard,
    health,
    kept_pages,
    languages,
    limits,
    metrics,
    openrosa,
    reading,
    scan,
    scan_tally,
    signing_in,
)
from webapp.access import enforce, refuse_undeclared
from webapp.desk import staff_key
from webapp.desk.table_key import keep, require_packer
from webapp.resolved import Remembering
from webapp.scan import following_pass

DOORS: Mapping[str, Callable[[], Blueprint]] = {"scan": scan.door, "field": field.door, "desk": desk.door}
_BESIDE: Mapping[str, Callable[[], Blueprint]] = {"field": openrosa.door}
"""What opens together with a door, at addresses of its own."""

_HERE = Path(__file__).parent
_MAX_BODY = 64 * 1024  # bytes; nothing here takes uploads yet


@dataclass(frozen=True)
class Work:
    """What the doors for staff are handed: who may sign in, what phones may do, what is reviewed, the forms of ODK clients, the
    office's own permissions."""

    sign_in: SignIn
    field: FieldDoor
    review: ReviewDesk
    forms: FormsDoor | None = None
    permissions: PermissionRules = made(default_factory=permission_rules)
    rooms: Mapping[str, object] = made(default_factory=dict)
    """What the desk's other rooms work on, by the name `webapp.desk.rooms` knows it by, e.g. "doorplate.register"."""


def create_app(settings: Settings, registry: PublicRegistry, doors: Sequence[str] = ("scan",), *,
               cases: PublicCases | None = None, form_key: str = "", work: Work | None = None) -> Flask:
    """The WSGI application with these doors. cases: what residents may do with matters, None where none are taken in. work: what
    staff's doors are handed, None for a process that has none of them.
    form_key: signs forms; "" makes one that ends with this process. Raises RuntimeError for a door that does not exist and
    for a route that does not declare who may call it."""
    app = Flask(__name__, static_folder=None, template_folder=str(template_folder()))
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    app.extensions["doorplate.registry"] = Remembering(registry)
    app.extensions["doorplate.settings"] = settings
    app.extensions["doorplate.cases"] = cases
    if work is not None:
        app.extensions.update({"doorplate.sign_in": work.sign_in, "doorplate.field": work.field, "doorplate.review": work.review,
                               "doorplate.forms": work.forms, "doorplate.permissions": work.permissions, **work.rooms})
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Werkzeug's own corrections of a path are permanent redirects, and phones remember those for ever.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    for part in (delivery, languages, reading, assets, health, failures):
        part.install(app)
    _watch_over(app, settings, registry)
    form_key = form_key or secrets.token_hex(32)
    form_guard.install(app, form_key, settings.form_patience_s)
    following_pass.install(app, form_key)
    for name in doors:
        if name not in DOORS:
            raise RuntimeError(f"没有名为 {name} 的前门, 现有: {'、'.join(DOORS)}")
        app.register_blueprint(DOORS[name]())
        if name in _BESIDE:
            app.register_blueprint(_BESIDE[name]())
    enforce(app, {"packer": require_packer, "staff": staff_key.require_staff, "monitor": metrics.require_monitor,
                  "device": signing_in.require_device, "signed_in": signing_in.require_signed_in, "odk": signing_in.require_odk})
    refuse_undeclared(app)
    return app


def _watch_over(app: Flask, settings: Settings, registry: PublicRegistry) -> None:
    """What every request meets before and after the views: kept pages, limits, counts, alarms."""
    rules, numbers, tally = limits.load_limits(settings.limits_file), metrics.make_metrics(), scan_tally.ScanTally(registry)

    def scanned(code: str) -> None:
        numbers.kept.inc()
        tally.add(code)

    limits.install(app, settings, rules)
    metrics.install(app, numbers)
    alarms.install(app, rules.burst, numbers)
    scan_tally.install(app, tally)
    # Last, so that it comes first: what is kept asks nothing of the rest.
    kept_pages.install(app, kept_pages.Shelf(registry, settings.kept_pages_mb * 2**20), scanned)


def create_packing_app(settings: Settings, registry: PublicRegistry, table: PackingDesk, key: str) -> Flask:
    """The application of one packing table: the desk's door alone, for who has the key."""
    app = create_app(settings, registry, doors=("desk",))
    app.extensions["doorplate.packing"] = table
    keep(app, key)
    return app


def create_cases_app(settings: Settings, registry: PublicRegistry, case_desk: CaseDesk, key: staff_key.StaffKey) -> Flask:
    """The application of one member of staff working matters: the desk's door alone, for who has the key."""
    app = create_app(settings, registry, doors=("desk",))
    staff_key.keep(app, case_desk, key)
    return app


def template_folder() -> Path:
    """Inside the wheel the pages travel in the package; in the checkout they lie in templates/pages."""
    packed = _HERE / "templates"
    return packed if packed.is_dir() else _HERE.parent / "templates" / "pages"
