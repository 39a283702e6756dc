"""Who is responsible: the contact list that comes with a handover."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorplate.errors import InputError
from doorplate.exchange.contacts import ContactLine, read_contacts
from tests.exchange.makers import ROWS, write_csv, write_xlsx

SAMPLE = Path(__file__).parents[2] / "doorplate/sample/handover/网格员通讯录.xlsx"


def test_the_sample_village_names_fourteen_people() -> None:
    lines = read_contacts(SAMPLE)
    assert len(lines) == 14
    assert lines[0] == ContactLine("", "社区民警", "测试民警甲", "029-00000000", ())
    assert lines[3].phone == "14300009000"
    assert [line.grid_hint for line in lines[4:]] == [f"第{i}网格" for i in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)]
    assert lines[5].streets == lines[4].streets == ("幸福路",)


def test_grids_written_once_for_several_people_and_no_role_column(tmp_path: Path) -> None:
    rows = [
        ["网格", "网格员", "联系电话", "责任区域"],
        ["第一网格", "测试甲", "15400000001", "幸福路、和谐街"],
        ["", "测试乙", "15400000002", ""],
        ["第二网格", "测试丙", "15400000003", ""],
    ]
    assert read_contacts(write_csv(tmp_path / "a.csv", rows, "gb18030")) == (
        ContactLine("第1网格", "网格员", "测试甲", "15400000001", ("幸福路", "和谐街")),
        ContactLine("第1网格", "网格员", "测试乙", "15400000002", ("幸福路", "和谐街")),
        ContactLine("第2网格", "网格员", "测试丙", "15400000003", ()),
    )


def test_a_list_of_households_is_no_contact_list(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_contacts(write_xlsx(tmp_path / "a.xlsx", ROWS))
    assert caught.value.code == "contacts.none"
