"""May this person do that, here? Deny by default: what `data/permissions.toml` does not give a role, nobody has. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from doorplate.errors import InputError, NotPermitted
from doorplate.people.account import ROLES, Actor, Role
from doorplate.people.duty import DoorPlace

Permission = Literal["field.work", "field.review", "plate.mount", "visit.log", "zone.close", "household.see", "household.unmask",
                     "household.count", "person.count", "case.work", "account.manage", "device.manage", "audit.read",
                     "register.see", "register.change", "list.import", "plate.order", "report.see", "notice.edit",
                     "settings.edit", "rights.handle", "export.personal", "export.approve"]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)


class PermissionRules(BaseModel):
    """Role → what it may do in its area. A role that is not named may do nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    role: Mapping[Role, tuple[Permission, ...]]

    def of(self, role: Role) -> tuple[Permission, ...]:
        return self.role.get(role, ())


@cache
def permission_rules() -> PermissionRules:
    """The rules that ship with the package."""
    name = "permissions.toml"
    return parse_permissions(resources.files("doorplate.people").joinpath("data", name).read_text("utf-8"), name)


def load_permissions(path: Path) -> PermissionRules:
    """An office's own rules where the file exists, else ours. Raises InputError(permissions.invalid)."""
    return parse_permissions(path.read_text("utf-8"), path.name) if path.is_file() else permission_rules()


def parse_permissions(text: str, name: str) -> PermissionRules:
    """Rules from TOML text; name is what messages call the file. Raises InputError(permissions.invalid)."""
    try:
        return PermissionRules.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as exc:
        known = "、".join((*ROLES, *PERMISSIONS))
        raise InputError("permissions.invalid", f"{name}: 写法不对; 角色和权限只能用: {known}", file=name) from exc


def allowed(actor: Actor, permission: Permission, place: DoorPlace, rules: PermissionRules) -> bool:
    """Whether one of the roles held today gives the permission at a door, in a grid or in a community (grid "")."""
    return any(permission in rules.of(grant.role) and (grant.area_code == "" or grant.area_code in place.codes)
               for grant in actor.grants)


def areas_of(actor: Actor, permission: Permission, rules: PermissionRules) -> tuple[str, ...]:
    """The area codes in which the permission holds, each once, the widest first ("" = everywhere)."""
    held = {grant.area_code for grant in actor.grants if permission in rules.of(grant.role)}
    return tuple(sorted(held, key=lambda code: (len(code), code)))


def require(actor: Actor, permission: Permission, place: DoorPlace, rules: PermissionRules) -> None:
    """Raises NotPermitted(permission.denied)."""
    if not allowed(actor, permission, place, rules):
        raise NotPermitted("permission.denied", "这不在您的职责或片区里; 如果应该有, 请找系统管理员", permission=permission)
