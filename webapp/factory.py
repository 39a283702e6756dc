"""One factory for all doors; a door that is not asked for is not in the process at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import jinja2
from flask import Blueprint, Flask

from doorplate.packing_view import PackingDesk
from doorplate.public_view import PublicRegistry
from doorplate.settings import Settings
from webapp import assets, delivery, desk, failures, health, languages, reading, scan
from webapp.access import enforce, refuse_undeclared
from webapp.desk.table_key import keep, require_packer

DOORS: Mapping[str, Callable[[], Blueprint]] = {"scan": scan.door, "desk": desk.door}

_HERE = Path(__file__).parent
_MAX_BODY = 64 * 1024  # bytes; nothing here takes uploads yet


def create_app(settings: Settings, registry: PublicRegistry, doors: Sequence[str] = ("scan",)) -> Flask:
    """The WSGI application with these doors. Raises RuntimeError for a door that does not exist and for a route that
    does not declare who may call it."""
    app = Flask(__name__, static_folder=None, template_folder=str(template_folder()))
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    app.extensions["doorplate.registry"] = registry
    app.extensions["doorplate.settings"] = settings
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Werkzeug's own corrections of a path are permanent redirects, and phones remember those for ever.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    for part in (languages, reading, assets, health, failures, delivery):
        part.install(app)
    for name in doors:
        if name not in DOORS:
            raise RuntimeError(f"没有名为 {name} 的前门, 现有: {'、'.join(DOORS)}")
        app.register_blueprint(DOORS[name]())
    enforce(app, {"packer": require_packer})
    refuse_undeclared(app)
    return app


def create_packing_app(settings: Settings, registry: PublicRegistry, table: PackingDesk, key: str) -> Flask:
    """The application of one packing table: the desk's door alone, for who has the key."""
    app = create_app(settings, registry, doors=("desk",))
    app.extensions["doorplate.packing"] = table
    keep(app, key)
    return app


def template_folder() -> Path:
    """Inside the wheel the pages travel in the package; in the checkout they lie in templates/pages."""
    packed = _HERE / "templates"
    return packed if packed.is_dir() else _HERE.parent / "templates" / "pages"
