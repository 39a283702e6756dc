"""Every route of the desk × every role × the own village, another village, nobody: what opens, and that nothing leaks.

A route that is not in TABLE fails with what to add: whoever builds a room says here whom it is for."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from desk_office import EVERYWHERE, VILLAGE, Office, send
from test_desk_register import door

from doorplate.people.account import Role
from doorplate.people.permission import Permission, permission_rules

SIGNED_IN: tuple[Permission, ...] = ()
TABLE: dict[str, tuple[Permission, ...] | str] = {
    "login": "anyone", "login_code": "anyone", "sso": "anyone", "sso_back": "anyone",
    "home": SIGNED_IN, "logout": SIGNED_IN, "password": SIGNED_IN, "sessions": SIGNED_IN, "end_session": SIGNED_IN,
    "second_factor": SIGNED_IN, "second_factor_confirm": SIGNED_IN, "second_factor_remove": SIGNED_IN,
    "table": "key", "scan": "key", "absent": "key", "seal": "key", "frame": "key",
    "cases": ("case.work",), "case": ("case.work",), "case_file": ("case.work",), "note": ("case.work",), "route": ("case.work",),
    "settle": ("case.work",), "answered": ("case.work",),
    "review": ("field.review",), "review_item": ("field.review",), "review_file": ("field.review",),
    "review_approve": ("field.review",), "review_amend": ("field.review",), "review_reject": ("field.review",),
    "review_clean": ("field.review",), "review_approve_clean": ("field.review",), "review_undo": ("field.review",),
    "register": ("register.see",), "register_address": ("register.see",), "register_on": ("register.see",),
    "register_between": ("register.see",), "register_households": ("household.see",), "register_act": ("register.change",),
    "register_undo": ("register.change",), "register_new": ("register.change",),
    "audit": ("audit.read",), "audit_proof": ("audit.read",), "audit_checkpoint": ("audit.read",),
    "overview": ("report.see",), "notices": ("notice.edit",), "notices_new": ("notice.edit",), "notices_one": ("notice.edit",),
    "notices_end": ("notice.edit",), "onboarding": ("list.import",), "onboarding_village": ("list.import",),
    "people": ("account.manage",), "people_areas": ("account.manage",), "people_new": ("account.manage",),
    "people_one": ("account.manage",), "people_act": ("account.manage",), "people_assign": ("account.manage",),
    "people_unassign": ("account.manage",),
    "householder_log": ("audit.read", "rights.handle"),
}
"""endpoint → permissions one of which opens it, or "anyone", or "key" (of the command line)."""
LEAKS = re.compile(r"和谐街|普集街道营上村|测试网格员一甲")
"""A street of the village, the beginning of its addresses, one of its contacts."""
STRANGERS = [f"far-{role}" for role in get_args(Role) if role not in EVERYWHERE] + ["nobody"]
ROOMS_THAT_MUST_OPEN = ("home", "sessions", "register", "register_address", "register_on", "register_between", "review", "audit",
                        "audit_proof", "audit_checkpoint", "householder_log", "overview",
                        "notices", "notices_new", "onboarding", "onboarding_village", "people", "people_areas", "people_new")


def rules(office: Office) -> list[tuple[str, str, bool]]:
    """(endpoint, path with real ids of the village, whether it is read by GET)."""
    one = door(office, "和谐街4号")
    with office.registry.store.reading() as reader:
        home = next(each for each in reader.households(VILLAGE) if each.address_id)
    ids = {"address_id": one.id, "community": VILLAGE, "household_id": home.id, "code": VILLAGE}
    found = []
    for rule in office.app.url_map.iter_rules():
        if rule.endpoint.startswith("desk."):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: ids.get(name.group(1), one.id), rule.rule)
            found.append((rule.endpoint.removeprefix("desk."), path, "GET" in (rule.methods or ())))
    return found


def permissions_of(login: str) -> set[str]:
    return {"", *permission_rules().of(login)} if login in get_args(Role) else {""}  # type: ignore[arg-type]


def test_every_route_says_whom_it_is_for(office: Office) -> None:
    missing = sorted({endpoint for endpoint, _, _ in rules(office)} - set(TABLE))
    assert not missing, f"add to TABLE whom these are for: {', '.join(missing)}"


def test_who_is_not_signed_in_gets_nothing(office: Office) -> None:
    client = office.app.test_client()
    for endpoint, path, reads in rules(office):
        if TABLE[endpoint] == "anyone":
            continue
        answer = client.get(path) if reads else client.post(path, data={})
        assert answer.status_code in (303, 403), f"{path} → {answer.status_code}"
        assert not LEAKS.search(answer.text), path


@pytest.mark.parametrize("login", STRANGERS)
def test_somebody_of_another_village_sees_nothing_of_this_one_and_changes_nothing(login: str, office: Office) -> None:
    client = office.visitor(login)
    with office.registry.store.reading() as reader:
        before = reader.event_count()
    for endpoint, path, reads in rules(office):
        if endpoint == "logout":
            continue
        answers = [client.get(path)] if reads else [send(client, path, "/desk/", **_filled())]
        for answer in answers:
            assert answer.status_code < 500, f"{login} {path} → {answer.status_code}"
            assert not LEAKS.search(answer.text), f"{login} {path} tells of the village"
    with office.registry.store.reading() as reader:
        assert reader.event_count() == before, "something was written"


@pytest.mark.parametrize("login", get_args(Role))
def test_a_role_opens_what_its_permissions_say_and_nothing_else(login: str, office: Office) -> None:
    client, held = office.visitor(login), permissions_of(login)
    with office.registry.store.reading() as reader:
        before = reader.event_count()
    for endpoint, path, reads in rules(office):
        needed = TABLE[endpoint]
        if isinstance(needed, str) or endpoint == "logout":
            continue
        if needed and held.isdisjoint(needed):
            answer = client.get(path) if reads else send(client, path, "/desk/", **_filled())
            assert answer.status_code < 500
            seen = LEAKS.search(answer.text) and not (answer.status_code == 403 and "register.see" in held)
            assert not seen, f"{login} has none of {needed} and sees {path}"
        elif reads and endpoint in ROOMS_THAT_MUST_OPEN and not _in_another_grid(login, endpoint):
            answer = client.get(path)
            assert answer.status_code == 200, f"{login} should open {path}: {answer.status_code}"
    with office.registry.store.reading() as reader:
        assert reader.event_count() == before, f"{login} wrote something without a permission"


def _in_another_grid(login: str, endpoint: str) -> bool:
    """The door of the matrix lies in the second grid; who holds only the first does not open it, nor the village as a whole."""
    only_first = login in ("officer", "auxiliary", "grid_leader", "grid_worker", "group_leader")
    return only_first and endpoint in ("register_address", "register_on", "register_between")


def _filled() -> dict[str, str]:
    """A form that would do something, wherever it is taken."""
    return {"act": "retire", "community": VILLAGE, "version": "1", "reason": "x", "sure": "yes", "words": "x", "to": "x",
            "answer": "x"}
