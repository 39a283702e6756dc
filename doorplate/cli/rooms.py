"""What the desk's rooms work on: one line a room, by the name `webapp.desk.rooms` asks for."""

from __future__ import annotations

from doorplate.people.signin import load_sign_in
from doorplate.registry.audit_desk import AuditRoom
from doorplate.registry.field import FieldWork
from doorplate.registry.matters import SignedInMatters
from doorplate.registry.notice_desk import NoticeRoom
from doorplate.registry.onboarding import OnboardingRoom
from doorplate.registry.overview import OverviewRoom
from doorplate.registry.register_desk import RegisterRoom
from doorplate.registry.staff_desk import StaffRoom
from doorplate.settings import Settings


def desk_rooms(field: FieldWork, settings: Settings) -> dict[str, object]:
    """field holds the registry, the vault and the office's permissions; settings say where everything lies."""
    rooms: dict[str, object] = {
        "doorplate.register": RegisterRoom(field),
        "doorplate.audit": AuditRoom(field),
        "doorplate.overview": OverviewRoom(field),
        "doorplate.notices": NoticeRoom(field),
        "doorplate.onboarding": OnboardingRoom(field),
        "doorplate.staff_desk": StaffRoom(field.registry, field.permissions, load_sign_in(settings.home / "signin.toml")),
    }
    if field.casework is not None:
        rooms["doorplate.matters"] = SignedInMatters(field.casework, field.permissions)
    return rooms
