"""OpenRosa 1.0 for ODK Collect and Enketo: forms to download, submissions into the officers' inbox. Part of the officers' door.

https://docs.getodk.org/openrosa/ : form list, manifest, submission, HTTP Basic for authentication.
"""

from __future__ import annotations

from flask import Blueprint

from webapp.openrosa import answers, form_list, submission


def door() -> Blueprint:
    openrosa = Blueprint("openrosa", __name__, url_prefix="/openrosa")
    for part in (answers, form_list, submission):
        part.furnish(openrosa)
    return openrosa
