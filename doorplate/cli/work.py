"""What the doors for staff are made of: who may sign in, the field's inbox, the review desk, with an office's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorplate.cli.cases import open_cases
from doorplate.cli.rooms import desk_rooms
from doorplate.field.settings import load_field_settings
from doorplate.media.vault import open_vault
from doorplate.people.permission import load_permissions
from doorplate.people.signin import load_sign_in
from doorplate.people.single_sign_on import load_single_sign_on
from doorplate.registry.field import FieldWork, Rules, open_fieldwork
from doorplate.registry.field.door import FieldDesk
from doorplate.registry.field.forms import OdkForms
from doorplate.registry.field.review import FieldReview
from doorplate.registry.signing_in import SigningIn
from doorplate.registry.single_sign_on import OpenIdConnect
from doorplate.settings import Settings, secret_key

if TYPE_CHECKING:
    from webapp.factory import Work

STAFF_DOORS = frozenset({"field", "desk"})


def open_field(settings: Settings) -> FieldWork:
    """The field's work of this installation, with its own rules (`field.toml`, `permissions.toml` in DOORPLATE_HOME)."""
    casework = open_cases(settings)
    rules = Rules(load_field_settings(settings.home / "field.toml"), load_permissions(settings.home / "permissions.toml"))
    vault = open_vault(settings.media, secret_key(settings))
    return open_fieldwork(casework.registry, rules, vault, casework, casework.services)


def field_of(settings: Settings) -> FieldWork | None:
    """None for a process that opens none of the staff's doors: then nothing of theirs is in it."""
    return open_field(settings) if STAFF_DOORS & set(settings.doors) else None


def staff_doors(field: FieldWork | None, settings: Settings) -> Work | None:
    """What the staff's doors are handed."""
    if field is None:
        return None
    # Imported here: only serving needs the web, and the other commands should start without it.
    from webapp.factory import Work

    signing = SigningIn(field.registry, load_sign_in(settings.home / "signin.toml"))
    desk = FieldDesk(field, settings.home / "tiles")
    rooms = desk_rooms(field, settings)
    vouching = load_single_sign_on(settings.home / "sso.toml")
    if vouching is not None:
        rooms["doorplate.sso"] = OpenIdConnect(field.registry, signing, vouching)
    return Work(signing, desk, FieldReview(field), OdkForms(field, desk), field.permissions, rooms)
