"""What a view may reach."""

from __future__ import annotations

from typing import cast

from flask import current_app

from doorplate.public_view import PublicRegistry
from doorplate.settings import Settings


def public_registry() -> PublicRegistry:
    return cast(PublicRegistry, current_app.extensions["doorplate.registry"])


def settings() -> Settings:
    return cast(Settings, current_app.extensions["doorplate.settings"])
