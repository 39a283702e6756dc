"""What the sample village has beside its handover: household groups, a chief, a deputy, a group leader who agreed, notices. Every
name and number is invented."""

from __future__ import annotations

import tomllib
from importlib import resources

from doorplate.notices import draft, parse_toml
from doorplate.registry import Registry
from doorplate.registry.area_proposals import propose_groups
from doorplate.registry.communities import Contact, import_contacts
from doorplate.registry.days import today
from doorplate.registry.notices import post_notices
from doorplate.registry.people import find_person, set_deputy, set_published

PEOPLE, NOTICES = "people.toml", "notices.toml"


def bring_sample(registry: Registry, village: str) -> None:
    """Once, after the lists and contacts were imported: what a visitor changed in the demo since then stays changed."""
    drafts = [draft(raw, NOTICES) for raw in parse_toml(_text(NOTICES), NOTICES)]
    post_notices(registry, drafts, NOTICES)
    with registry.store.reading() as reader:
        grouped = bool(reader.areas(village, "group"))
    if not grouped:
        propose_groups(registry, village, apply=True)
    people = tomllib.loads(_text(PEOPLE))["person"]
    contacts = [Contact(one["name"], one["role"], one["phone"], one["area"]) for one in people]
    if not import_contacts(registry, contacts, today(registry), PEOPLE):
        return
    for one in people:
        with registry.store.reading() as reader:
            person = find_person(reader, one["name"])
            absent = find_person(reader, one["stands_in_for"]) if "stands_in_for" in one else None
        if absent:
            set_deputy(registry, absent.id, person.id)
        if one.get("published"):
            set_published(registry, person.id, True)


def _text(name: str) -> str:
    return resources.files("doorplate").joinpath(f"sample/{name}").read_text("utf-8")
