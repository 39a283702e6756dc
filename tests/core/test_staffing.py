"""Who on a contact list is responsible for which area."""

from __future__ import annotations

import pytest

from doorplate.errors import InputError
from doorplate.exchange.contacts import ContactLine
from doorplate.model import Area
from doorplate.registry.staffing import place_contacts

VILLAGE = "610431001203"
AREAS = [*(Area(f"g{i}", "grid", f"{VILLAGE}-G{i:02d}", f"第{'一二三'[i - 1]}网格", VILLAGE, None) for i in (1, 2, 3)),
         *(Area(f"l{i}", "group", f"{VILLAGE}-L{i:03d}", f"第{i}联户", VILLAGE, None) for i in (1, 12))]


def line(hint: str) -> ContactLine:
    return ContactLine(name="测试甲", role="联户长", phone="029-00000000", grid_hint=hint, streets=())


@pytest.mark.parametrize(("hint", "code"), [
    ("", VILLAGE), ("第二网格", f"{VILLAGE}-G02"), ("3网格", f"{VILLAGE}-G03"), ("第12联户", f"{VILLAGE}-L012"),
    ("L012", f"{VILLAGE}-L012"),
    ("十二联户", f"{VILLAGE}-L012"), (f"{VILLAGE}-L001", f"{VILLAGE}-L001"), ("第一联户", f"{VILLAGE}-L001")])
def test_a_line_finds_its_grid_or_household_group(hint: str, code: str) -> None:
    assert place_contacts([line(hint)], VILLAGE, AREAS, "通讯录.xlsx")[0].area_code == code


@pytest.mark.parametrize("hint", ["第九联户", "L099", "第九网格"])
def test_an_area_nobody_knows_is_refused(hint: str) -> None:
    with pytest.raises(InputError, match=hint) as refused:
        place_contacts([line(hint)], VILLAGE, AREAS, "通讯录.xlsx")
    assert refused.value.code == "contacts.area_unknown"
