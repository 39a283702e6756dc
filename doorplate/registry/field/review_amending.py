"""What a reviewer types instead of what was sent: text → the value of a field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from doorplate.errors import InputError
from doorplate.field.compare import NAME, Choice, FieldDifference, settled
from doorplate.model import Point

AMENDABLE: tuple[str, ...] = (*NAME, "point", "name", "members")
LONGEST = 40  # characters; as `field.items.Word`
_PAIR = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*")


def amended_values(differences: Sequence[FieldDifference], typed: Mapping[str, str],
                   choices: Mapping[str, Choice]) -> dict[str, Any]:
    """Field → value as the record shall be, of the fields that change: what was typed wherever it was, else as `compare.settled`.
    Raises InputError(review.value), Refused(review.undecided)."""
    known = {one.field: one for one in differences}
    unknown = [name for name in typed if name not in AMENDABLE]
    if unknown:
        raise InputError("review.value", f"这一项不能在这里改: {unknown[0]}", field=unknown[0])
    told = {name: _told(known.get(name), name, text) for name, text in typed.items()}
    rest = settled([one for one in differences if one.field not in told], choices)
    changed = {name: value for name, value in told.items()
               if name not in known or (value or None) != (known[name].current or None)}
    return rest | {name: value for name, value in changed.items() if name in known or value}


def starts_with(one: FieldDifference) -> Any:
    """What the form offers: the proposal where only that changes the field; where the register changed it, what stands there, so
    that nothing is overwritten by leaving the form as it is."""
    return one.proposed if one.state == "clean" else one.current


def as_typed(name: str, value: Any) -> str:
    """A value as the field of the form starts with it."""
    if isinstance(value, Point):
        return f"{value.lon:.7f}, {value.lat:.7f}"
    return "" if value is None else str(value)


def _told(one: FieldDifference | None, name: str, text: str) -> Any:
    """What was left as the form offered it keeps what the form does not show (a position's accuracy)."""
    if one is not None and text == as_typed(name, starts_with(one)):
        return starts_with(one)
    return _value(name, text)


def _value(name: str, text: str) -> Any:
    text = " ".join(text.split())
    if name == "point":
        return _point(text)
    if name == "members":
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text) <= 99):
            raise InputError("review.value", "人数要写 0 到 99 的数字", field=name)
        return int(text)
    if len(text) > LONGEST:
        raise InputError("review.value", f"太长了, 最多 {LONGEST} 个字", field=name)
    return text


def _point(text: str) -> Point | None:
    if not text:
        return None
    found = _PAIR.fullmatch(text)
    if found is None:
        raise InputError("review.value", "位置要写成“经度, 纬度”, 例如 108.200100, 34.270000", field="point")
    return Point(float(found[1]), float(found[2]), None, "desk")
