"""Who may decide on what the field sent: by area, never one's own, never in the author's stead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from doorplate.field.records import FieldItem, ItemKind
from doorplate.field.review_scope import is_own, may_review, scope_of
from doorplate.people.account import Account, Actor, Grant
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import parse_permissions, permission_rules

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HERE = DoorPlace("610431001203", "610431001203-G01")


def item(kind: ItemKind = "correction") -> FieldItem:
    return FieldItem("i", kind, "author", "d", HERE.community, "a", "a", 1, NOW, NOW, 0.0, b"", (), "clean", (), "waiting")


def actor(*grants: Grant, staff_id: str | None = None) -> Actor:
    return Actor("reviewer", "审核", grants, staff_id)


@pytest.mark.parametrize(("grant", "may"), [
    (Grant("reviewer", "610431001203"), True), (Grant("reviewer", "6104"), True), (Grant("reviewer", ""), True),
    (Grant("grid_leader", "610431001203-G01"), True), (Grant("grid_leader", "610431001203-G02"), False),
    (Grant("officer", "610431001203"), False), (Grant("sysadmin", ""), False), (Grant("auditor", ""), False),
    (Grant("reviewer", "610431001204"), False), (Grant("chief", "610431001", "author"), False),
    (Grant("chief", "610431001", "somebody else"), True)])
def test_by_area_and_never_for_the_author(grant: Grant, may: bool) -> None:
    assert may_review(actor(grant), item(), HERE, permission_rules()) is may


def test_households_only_for_those_who_may_see_them() -> None:
    rules = parse_permissions('[role]\nreviewer = ["field.review"]', "permissions.toml")
    one = actor(Grant("reviewer", ""))
    assert may_review(one, item(), HERE, rules)
    assert not may_review(one, item("household"), HERE, rules)
    assert scope_of(one, rules).households == ()


def test_the_same_person_under_another_account_is_still_the_author() -> None:
    author = Account("author", "a", "甲", "x", staff_id="s1")
    assert is_own(actor(staff_id="s1"), item(), author)
    assert not is_own(actor(staff_id="s2"), item(), author)
    assert not is_own(actor(), item(), Account("author", "a", "甲", "x"))
