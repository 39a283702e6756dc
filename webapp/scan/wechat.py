"""WeChat's rule for ordinary links: a scan may open a mini program instead of this page, once it has found our file.

WeChat asks for a small text file in the folder of the rule (`/d/`), or at the top; a mini program is handed the whole link in
`q`, percent-encoded once, and may pass it on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from flask import Response
from flask.blueprints import BlueprintSetupState

from doorplate.plates.code import is_valid, normalise
from doorplate.settings import Settings
from webapp.access import may

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\.txt")
_MAX_BYTES = 4096  # (D) WeChat's files hold 32 characters
_LONGEST = 500  # characters of a link worth looking at
_PLATE = re.compile(r"/d/([^/]{1,40})/?", re.IGNORECASE)


def verification_files(home: Path) -> dict[str, bytes]:
    """What lies in the folder `wechat` of home under a name WeChat gives; anything else and anything large is passed over."""
    folder = home / "wechat"
    if not folder.is_dir():
        return {}
    named = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())
    return {path.name: path.read_bytes() for path in named if path.stat().st_size <= _MAX_BYTES}


def add_verification_routes(state: BlueprintSetupState) -> None:
    """A route of its own for each file, so that no name of a request is ever looked up on the disk."""
    settings: Settings = state.app.extensions["doorplate.settings"]
    for name, body in verification_files(settings.home).items():
        view = _answering(body)
        for number, folder in enumerate(("/d/", "/")):
            state.add_url_rule(folder + name, endpoint=f"wechat_{name.removesuffix('.txt')}_{number}", view_func=view)


def _answering(body: bytes) -> Callable[[], Response]:
    @may("anyone")
    def verification() -> Response:
        return Response(body, mimetype="text/plain")

    return verification


def code_in_link(link: str, base_url: str) -> str | None:
    """The code in a link of ours, as `q` brings it: decoded once already, and not again here. None for any other link."""
    if not base_url or len(link) > _LONGEST or not link.isprintable():
        return None
    try:
        ours, given = urlsplit(base_url), urlsplit(link)
    except ValueError:
        return None
    found = _PLATE.fullmatch(given.path.removeprefix(ours.path))
    same_place = (given.scheme.lower(), given.netloc.lower()) == (ours.scheme, ours.netloc)
    canonical = normalise(found[1]) if found and same_place else None
    return canonical if canonical and is_valid(canonical) else None
