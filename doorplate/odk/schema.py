"""The bounds of our wire format (`field.items`), read from its own description: a form never asks for what is refused."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel


@cache
def _properties(model: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema()["properties"]
    return found


def bound(model: type[BaseModel], field: str, name: str) -> Any:
    """maxLength, minimum, maximum or pattern of a field; of the first of its types that has one. Raises KeyError."""
    told = _properties(model)[field]
    return next(one[name] for one in (told, *told.get("anyOf", ())) if name in one)


def longest(model: type[BaseModel], field: str) -> int:
    return int(bound(model, field, "maxLength"))
