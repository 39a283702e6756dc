"""Which area a line of a contact list speaks of: 全村 is the community, 第三网格 the grid of that name or ordinal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from doorplate.addresses.numerals import number_value
from doorplate.errors import InputError
from doorplate.exchange.contacts import ContactLine
from doorplate.model import Area
from doorplate.people.rules import people_rules
from doorplate.registry.communities import Contact

_TOWNSHIP = 9  # digits of a division code down to the township
_ORDINAL = re.compile(r"第?([0-9０-９一二三四五六七八九十百]+)\s*号?(?:网格|联户)")


def place_contacts(lines: Iterable[ContactLine], community: str, areas: Sequence[Area], source: str) -> list[Contact]:
    """Contacts with their area codes; areas: the community's grids and household groups. Raises InputError(contacts.area_unknown)
    when a line names one that does not exist: a call button on the wrong pages is worse than none."""
    grids = [area for area in areas if area.kind == "grid"]
    groups = [area for area in areas if area.kind == "group"]
    placed = []
    for line in lines:
        code = _group_code(line.grid_hint, groups) or _wide_code(line, community) or _area_code(line, community, grids)
        if code is None:
            raise InputError(
                "contacts.area_unknown",
                f"{source} 里写的“{line.grid_hint}”不是已知的网格或联户; 请先导入网格边界或划分联户, 或改正通讯录",
                file=source,
                value=line.grid_hint,
            )
        placed.append(Contact(name=line.name, role=line.role, phone=line.phone, area_code=code))
    return placed


def _group_code(hint: str, groups: Sequence[Area]) -> str | None:
    """The household group a line names: 第十二联户, L012, or the whole code."""
    wanted = _ordinal(hint) if "联户" in hint else 0
    found = [g for g in groups if (hint and (hint in (g.name, g.code) or g.code.endswith(f"-{hint}")))
             or (wanted and g.code.endswith(f"-L{wanted:03d}"))]
    return found[0].code if len(found) == 1 else None


def _wide_code(line: ContactLine, community: str) -> str:
    """A station's chief answers for the whole township, whatever village's list names them."""
    return community[:_TOWNSHIP] if not line.grid_hint and people_rules().rule(line.role).id == "chief" else ""


def _area_code(line: ContactLine, community: str, grids: Sequence[Area]) -> str | None:
    if not line.grid_hint:
        return community
    by_name = [g for g in grids if line.grid_hint in (g.name, g.code) or g.name.endswith(line.grid_hint)]
    if len(by_name) == 1:
        return by_name[0].code
    wanted = _ordinal(line.grid_hint)
    by_ordinal = [g for g in grids if wanted and _ordinal(g.name) == wanted]
    if len(by_ordinal) == 1:
        return by_ordinal[0].code
    by_street = [g for g in grids if line.streets and set(line.streets) & set(g.streets)]
    return by_street[0].code if len(by_street) == 1 else None


def _ordinal(text: str) -> int:
    found = _ORDINAL.search(text)
    return number_value(found.group(1)) if found else 0
