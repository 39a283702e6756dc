"""Where somebody may do something at the desk, as communities and, where only grids are theirs, the grids in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from doorplate.errors import NotFound
from doorplate.model import Address, Community
from doorplate.people.account import Actor
from doorplate.people.permission import Permission, PermissionRules, areas_of
from doorplate.store import Reader

_COMMUNITY_DIGITS = 12


@dataclass(frozen=True, slots=True)
class DeskScope:
    """communities: code → the ids of the grids in sight, None for all of it."""

    communities: Mapping[str, Collection[str] | None]

    def holds(self, address: Address) -> bool:
        """Whether a door is in sight."""
        if address.community not in self.communities:
            return False
        grids = self.communities[address.community]
        return grids is None or address.grid_id in grids

    def require(self, code: str) -> None:
        """Raises NotFound(community.unknown), as if it did not exist."""
        if code not in self.communities:
            raise NotFound("community.unknown", "没有这个村(社区), 或不在您的片区里")

    def require_whole(self, code: str) -> None:
        """For what concerns a community as a whole. Raises NotFound(community.unknown)."""
        self.require(code)
        if self.communities[code] is not None:
            raise NotFound("community.unknown", "这件事要由管整个村(社区)的人来办")


def scope_of(reader: Reader, actor: Actor, permission: Permission, rules: PermissionRules) -> DeskScope:
    """Divisions are prefixes of community codes; a grid's code stands for that grid alone."""
    found: dict[str, set[str] | None] = {}
    for code in areas_of(actor, permission, rules):
        if len(code) <= _COMMUNITY_DIGITS:
            found.update(dict.fromkeys(reader.communities_within(code)))
        elif found.get(community := code[:_COMMUNITY_DIGITS], set()) is not None:
            grids = {area.id for area in reader.areas(community, "grid") if area.code == code}
            if grids:
                found.setdefault(community, set()).update(grids)  # type: ignore[union-attr]
    return DeskScope(found)


def names_in(reader: Reader, scope: DeskScope) -> tuple[Community, ...]:
    """The communities in sight, in order of their codes."""
    codes = scope.communities
    known = {one.code: one for one in reader.communities() if one.code in codes}
    return tuple(known[code] for code in sorted(known))


def require_address(reader: Reader, scope: DeskScope, address_id: str) -> Address:
    """Raises NotFound(address.unknown), also for one that is out of sight."""
    address = reader.address(address_id)
    if address is None or not scope.holds(address):
        raise NotFound("address.unknown", "登记簿里没有这个地址, 或不在您的片区里")
    return address
