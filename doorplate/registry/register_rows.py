"""Lines of the register's list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from doorplate.model import Address, Community
from doorplate.plates.code import grouped
from doorplate.register_view import RegisterRow
from doorplate.store import Reader


def rows_of(reader: Reader, doors: Sequence[Address], communities: Iterable[Community],
            told: str = "") -> tuple[RegisterRow, ...]:
    """Lines of the list. told: what was typed; where only an old name holds it, the line says which."""
    by_code = {one.code: one for one in communities}
    plates: dict[str, list[tuple[str, str]]] = {}
    for plate in reader.plates_of([one.id for one in doors]):
        plates.setdefault(plate.address_id or "", []).append((grouped(plate.code), plate.status))
    grids = {area.id: area.name for code in {one.community for one in doors} for area in reader.areas(code, "grid")}
    return tuple(_row(one, by_code[one.community], grids, plates.get(one.id, []), told) for one in doors)


def _row(door: Address, community: Community, grids: dict[str, str], plates: list[tuple[str, str]], told: str) -> RegisterRow:
    local = door.standard_address.removeprefix(community.prefix)
    formerly = next((name for name in door.aliases if told and told in name), "") if told not in local else ""
    return RegisterRow(door.id, local, community.names[-1], door.elements.thoroughfare, door.elements.painted_number, door.status,
                       grids.get(door.grid_id or "", ""), tuple(plates), formerly)  # type: ignore[arg-type]
