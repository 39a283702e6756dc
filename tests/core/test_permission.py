"""Nobody may do what is not written; an area holds everything below it and nothing beside it."""

from __future__ import annotations

import pytest

from doorplate.errors import InputError, NotPermitted
from doorplate.people.account import ROLES, Actor, Grant
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import PERMISSIONS, allowed, areas_of, parse_permissions, permission_rules, require

VILLAGE, GRID = "610431001203", "610431001203-G01"
HERE, NEXT = DoorPlace(VILLAGE, GRID), DoorPlace(VILLAGE, "610431001203-G02")
RULES = permission_rules()


def who(*grants: Grant) -> Actor:
    return Actor("a", "王", grants)


def test_a_grid_is_no_other_grid_and_a_township_is_all_of_its_villages() -> None:
    worker = who(Grant("grid_worker", GRID))
    assert allowed(worker, "field.work", HERE, RULES)
    assert not allowed(worker, "field.work", NEXT, RULES)
    assert not allowed(worker, "field.work", DoorPlace(VILLAGE), RULES)
    chief = who(Grant("chief", "610431001"))
    assert allowed(chief, "field.review", NEXT, RULES)
    assert not allowed(chief, "field.review", DoorPlace("610431002203"), RULES)
    assert areas_of(who(Grant("officer", VILLAGE), Grant("officer", "")), "field.work", RULES) == ("", VILLAGE)


def test_separate_offices_stay_separate() -> None:
    administrator = who(Grant("sysadmin", ""))
    assert {one for one in PERMISSIONS if allowed(administrator, one, HERE, RULES)} == {
        "account.manage", "device.manage", "settings.edit"}
    assert {one for one in PERMISSIONS if allowed(who(Grant("auditor", "")), one, HERE, RULES)} == {
        "audit.read", "report.see"}
    assert not any(allowed(who(), one, HERE, RULES) for one in PERMISSIONS)
    with pytest.raises(NotPermitted, match=r"permission\.denied"):
        require(administrator, "household.see", HERE, RULES)


def test_a_role_that_is_not_named_may_nothing_and_a_word_nobody_knows_is_refused() -> None:
    bare = parse_permissions('[role]\nofficer = ["field.work"]', "permissions.toml")
    assert all(bare.of(role) == () for role in ROLES if role != "officer")
    with pytest.raises(InputError):
        parse_permissions('[role]\nofficer = ["everything"]', "permissions.toml")
