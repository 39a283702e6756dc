"""GET /d/<CODE>/map.svg: the small map on a plate's page."""

from __future__ import annotations

import base64
import hashlib

from flask import Response, abort
from flask_babel import gettext as _

from doorplate.plates.code import normalise
from doorplate.public_map import STYLE, MapWords, draw_map
from webapp.access import may
from webapp.reach import public_registry

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_CSP = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@may("anyone")
def small_map(code: str) -> Response:
    """404 for everything that is not the one way to write the code of a plate in use, and for a door without a point."""
    facts = public_registry().map_facts(code) if normalise(code) == code else None
    if facts is None:
        abort(404)
    words = MapWords(_("这个门牌附近的示意图"), _("北"), _("米"))
    response = Response(draw_map(facts, words), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = _CSP  # opened by itself, the file needs the style it carries
    return response
