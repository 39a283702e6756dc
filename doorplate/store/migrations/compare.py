"""Which tables are ours when models and database are compared."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import alembic_helpers

from doorplate.store.tables import Base


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Alembic's include_object: leaves out the 25 helper tables of SpatiaLite, PostGIS' one, and their indexes."""
    if kind == "table" and reflected and name not in Base.metadata.tables:
        return False
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, compare_to))  # type: ignore[no-untyped-call]
