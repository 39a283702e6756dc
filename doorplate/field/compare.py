"""What a phone proposes against what the register says now, both against what the phone had before it: nobody's change is lost
without a person having seen it. Pure.

    differences = compare(base, current, proposal)      each field: same | soft | clean | hard | moot
    verdict_of(differences)                             clean | soft | hard

same: neither touched it · soft: only the register changed meanwhile · clean: only the proposal changes it · moot: both made it
the same · hard: both changed it, differently. A hard field waits until a person says what holds (`settled`).

Rules by field: the parts of a door's name belong together (somebody's new number against somebody else's new street is hard) ·
sets change by what is added and removed, and only what one adds and the other removed is hard · a point closer than the worse of
two accuracies is the same point · 停用 against any change, and any change against 停用, is hard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from doorplate.cases.nearness import metres_between
from doorplate.errors import Refused
from doorplate.field.records import Verdict
from doorplate.model import Point

State = Literal["same", "soft", "clean", "hard", "moot"]
Choice = Literal["current", "proposed"]
NAME = ("hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit", "floor", "room")
"""The fields that make one door's name."""
STATUS = "status"
_GONE = frozenset({"retired", "merged"})
_LEAST_M = 1.0  # (D) closer than this two points are one, however sure both are


@dataclass(frozen=True, slots=True)
class Facts:
    """A record as fields. changed: fields (of a base) that have changed since, nobody knows from what."""

    values: Mapping[str, Any]
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    """How a proposal changes a set."""

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()

    def of(self, members: Sequence[str]) -> tuple[str, ...]:
        """The set after it, sorted."""
        return tuple(sorted((set(members) | self.add) - self.remove))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: operation correct, retire, assign, verify or count; values: field → value (sets as `Merge`). taken:
    another living record already bears the proposed name."""

    operation: Literal["correct", "retire", "assign", "verify", "count"]
    values: Mapping[str, Any] = field(default_factory=dict)
    taken: bool = False


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field three times. proposed: as it would be if the proposal held (a field it does not touch: as the phone had it)."""

    field: str
    base: Any
    current: Any
    proposed: Any
    state: State


def compare(base: Facts | None, current: Facts | None, proposal: Proposal) -> tuple[FieldDifference, ...]:
    """Every field of the record, in its order. base None: the phone had nothing; then whatever it proposes otherwise than the
    register says is hard. current None: the register has nothing (新编)."""
    if current is None:
        return tuple(FieldDifference(name, None, None, _alone(value), "hard" if proposal.taken and name in NAME else "clean")
                     for name, value in proposal.values.items())
    had = base if base is not None else Facts(dict.fromkeys(current.values), frozenset(current.values))
    names = tuple(dict.fromkeys((*current.values, *proposal.values)))
    found = {name: _field(name, had, current, proposal) for name in names}
    _as_one_name(found, had, proposal)
    _against_the_end(found, had, proposal)
    return tuple(found.values())


def verdict_of(differences: Sequence[FieldDifference]) -> Verdict:
    """Of the whole item: hard as soon as one field is; soft when the register changed in any way since; else clean."""
    states = {one.state for one in differences}
    return "hard" if "hard" in states else "soft" if states & {"soft", "moot"} else "clean"


def settled(differences: Sequence[FieldDifference], choices: Mapping[str, Choice]) -> dict[str, Any]:
    """Field → value as the record shall be, of the fields that change. choices: for each hard field what holds.
    Raises Refused(review.undecided) naming the hard fields nobody decided."""
    open_ = [one.field for one in differences if one.state == "hard" and one.field not in choices]
    if open_:
        raise Refused("review.undecided", "有冲突的地方还没有选定: 每一处都要选保留现在的, 还是采用上报的", fields=open_)
    holds = [one for one in differences if one.state == "clean" or (one.state == "hard" and choices[one.field] == "proposed")]
    return {one.field: one.proposed for one in holds if one.proposed != one.current}


def _field(name: str, had: Facts, current: Facts, proposal: Proposal) -> FieldDifference:
    base, now = had.values.get(name), current.values.get(name)
    moved = name in had.changed or not _alike(base, now)
    if name not in proposal.values:
        return FieldDifference(name, base, now, now if name in had.changed else base, "soft" if moved else "same")
    wanted = proposal.values[name]
    if isinstance(wanted, Merge):
        return _of_sets(name, (base, now), wanted, unknown=name in had.changed)
    if not moved:
        same = wanted == now or (isinstance(wanted, Point) and isinstance(now, Point) and _one_spot(wanted, now))
        return FieldDifference(name, base, now, wanted, "same" if same else "clean")
    return FieldDifference(name, base, now, wanted, "moot" if _alike(wanted, now) else "hard")


def _of_sets(name: str, stood: tuple[Any, Any], wanted: Merge, *, unknown: bool) -> FieldDifference:
    """Hard: what it adds was there and was taken away by somebody, or what it removes was not there and somebody added it."""
    base, now = set(stood[0] or ()), set(stood[1] or ())
    after = wanted.of(sorted(now))
    against = (wanted.add & base - now) | (wanted.remove & now - base)
    if against and not unknown:
        state: State = "hard"
    elif set(after) == now:
        state = "moot" if base != now and not unknown else "same"
    else:
        state = "clean"
    return FieldDifference(name, tuple(sorted(base)), tuple(sorted(now)), after, state)


def _as_one_name(found: dict[str, FieldDifference], had: Facts, proposal: Proposal) -> None:
    """When the register changed the name meanwhile and the proposal makes it yet another, every part on which they differ is
    hard. Also when the proposed name is somebody else's by now: the parts it proposes."""
    parts = [found[name] for name in NAME if name in found]
    if proposal.taken:
        _harden(found, [one for one in parts if one.field in proposal.values])
    ours = any(one.field in proposal.values and one.proposed != one.base for one in parts)
    theirs = any(_moved(one, had) for one in parts)
    if ours and theirs and any(one.proposed != one.current for one in parts):
        _harden(found, [one for one in parts if one.proposed != one.current])


def _against_the_end(found: dict[str, FieldDifference], had: Facts, proposal: Proposal) -> None:
    status = found.get(STATUS)
    if proposal.operation == "assign":  # somebody living bears this name already
        _harden(found, [one for one in found.values() if one.field in (*NAME, STATUS) and one.field in proposal.values])
    if proposal.operation == "assign" or status is None:
        return
    touched = [one for one in found.values() if one.field in proposal.values and one.state != "same"]
    agreed = proposal.operation == "retire" and status.current == "retired"
    if status.current in _GONE and status.base not in _GONE and not agreed:
        _harden(found, [status, *touched])
    watched = {"retire": [name for name in found if name != STATUS], "verify": [name for name in NAME if name in found]}
    if not agreed and any(_moved(found[name], had) for name in watched.get(proposal.operation, ())):
        _harden(found, [status])


def _moved(one: FieldDifference, had: Facts) -> bool:
    """Whether the register changed it since the phone's pack."""
    return one.field in had.changed or not _alike(one.base, one.current)


def _harden(found: dict[str, FieldDifference], which: Sequence[FieldDifference]) -> None:
    for one in which:
        found[one.field] = FieldDifference(one.field, one.base, one.current, one.proposed, "hard")


def _alike(a: Any, b: Any) -> bool:
    if isinstance(a, Point) and isinstance(b, Point):
        return _near(a, b)
    if a is None or b is None or isinstance(a, str | int):
        return bool(a == b)
    return set(a) == set(b)


def _near(a: Point, b: Point) -> bool:
    return metres_between(a, b) <= max(a.accuracy_m or 0.0, b.accuracy_m or 0.0, _LEAST_M)


def _one_spot(a: Point, b: Point) -> bool:
    """Nothing to be gained: a better measured point is a change, even where it lies within the old one's error."""
    return metres_between(a, b) <= _LEAST_M and (b.accuracy_m is None) == (a.accuracy_m is None)


def _alone(value: Any) -> Any:
    return value.of(()) if isinstance(value, Merge) else value
