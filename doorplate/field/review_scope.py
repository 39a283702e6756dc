"""Which items a person may review: by the areas of their roles, never what they sent themselves. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from doorplate.field.records import FieldItem
from doorplate.people.account import Account, Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import PermissionRules, allowed, areas_of


@dataclass(frozen=True, slots=True)
class ReviewScope:
    """Whose queue. areas, households: area codes in which items, and items about households, may be seen ("" = everywhere).
    What somebody sent they always see."""

    account_id: str
    areas: tuple[str, ...]
    households: tuple[str, ...]


def scope_of(actor: Actor, rules: PermissionRules) -> ReviewScope:
    return ReviewScope(actor.account_id, areas_of(actor, "field.review", rules), areas_of(actor, "household.see", rules))


def is_own(actor: Actor, item: FieldItem, author: Account | None) -> bool:
    """Whether the actor sent it: with this account, or with another one of the same member of staff."""
    same_person = author is not None and author.staff_id is not None and author.staff_id == actor.staff_id
    return item.account_id == actor.account_id or same_person


def may_review(actor: Actor, item: FieldItem, place: DoorPlace, rules: PermissionRules) -> bool:
    """Whether a role held today lets the actor decide there; one held as the author's deputy does not count, for nobody decides
    in the author's stead on what the author sent."""
    grants = tuple(grant for grant in actor.grants if grant.deputy_for != item.account_id)
    own_right = replace(actor, grants=grants)
    seen = item.kind != "household" or allowed(own_right, "household.see", place, rules)
    return seen and allowed(own_right, "field.review", place, rules)
