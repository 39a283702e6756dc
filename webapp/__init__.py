"""The front doors. One factory, and a process serves the doors its settings name."""

from webapp.factory import create_app

__all__ = ["create_app"]
