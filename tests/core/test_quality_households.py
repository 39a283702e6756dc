"""重 漏 损 停用: the same household again, households on no sheet, plates and houses that are no more."""

import pytest

from tests.core.quality_lists import EVERYBODY, ODD, Lists, head


def a_village(registered=True):
    lists = Lists()
    rows = {number: lists.sheet(number) for number in EVERYBODY}
    if registered:
        for number in EVERYBODY:
            lists.register(number)
    return lists, rows


def test_the_same_head_at_the_same_door_again():
    lists, rows = a_village()
    again = lists.sheet(21)
    checked = lists.check()

    assert checked.codes(again) == ["duplicate.household"]
    assert checked.finding(again, "duplicate.household").confidence == "sure"
    assert checked.finding(again, "duplicate.household").with_ == (rows[21].ref,)
    assert checked.row(again).operation == "merge"
    assert checked.row(again).merged_into == rows[21].ref
    assert checked.address(again) == "幸福路21号"


def test_the_same_household_under_a_relatives_name_and_one_phone():
    lists, rows = a_village()
    again = lists.sheet(21, head="亲戚甲")
    checked = lists.check()

    assert checked.codes(again) == ["duplicate.household"]
    assert checked.finding(again, "duplicate.household").with_ == (rows[21].ref,)


def test_a_relatives_name_without_a_phone_shows_by_the_register():
    lists, _ = a_village()
    again = lists.sheet(21, head="亲戚甲", phone="")

    assert lists.check().codes(again) == ["duplicate.household"]


def test_a_note_that_names_the_other_head():
    lists, _ = a_village()
    again = lists.sheet(21, head="亲戚甲", phone="13600000009", note=f"户主{head(21)}，同一户")

    assert lists.check().codes(again) == ["duplicate.household"]


@pytest.mark.parametrize("cells", [
    {"phone": "13600000009"}, {"phone": "13600000009", "note": "共用一个院子"}, {"phone": "", "members": "2"},
    {"phone": "13600000009", "note": "与父母同住"}])
def test_two_households_in_one_house_are_not_one(cells):
    lists, rows = a_village()
    second = lists.sheet(21, head="另一家", **cells)
    lists.register(21, head="另一家")
    checked = lists.check()

    assert checked.codes(second) == checked.codes(rows[21]) == []
    assert checked.row(second).operation == "keep"


def test_namesakes_in_different_houses_are_two():
    lists, rows = a_village()
    namesake = lists.sheet(43, head=head(21), members="7", phone="13600000009")
    lists.register(43, head=head(21), members="7")
    checked = lists.check()

    assert checked.codes(namesake) == checked.codes(rows[21]) == []


def test_a_double_on_another_grids_sheet_is_the_one_to_go():
    lists = Lists()
    again = lists.sheet(21, sheet="第二网格", grid_hint="2")
    rows = {n: lists.sheet(n) for n in EVERYBODY}
    for n in EVERYBODY:
        lists.sheet(n, "和谐街", sheet="第二网格", grid_hint="2")
    checked = lists.check()

    assert checked.codes(again) == ["duplicate.household", "wrong.grid"]
    assert checked.codes(rows[21]) == []


def test_lines_of_one_household_are_one_group_with_the_standing_line_first():
    lists, rows = a_village()
    again = lists.sheet(21, head="亲 戚甲")
    checked = lists.check()
    group = next(g for g in checked.result.households if rows[21].ref in g)

    assert group[0] == rows[21].ref
    assert again.ref in group
    assert len(group) == 3
    assert sorted(r for g in checked.result.households for r in map(str, g)) == sorted(str(row.ref) for row in lists.rows)


def test_a_household_that_only_the_register_has():
    lists, _ = a_village()
    missed = lists.register(43)
    checked = lists.check()

    assert checked.codes(missed) == ["omitted"]
    assert checked.address(missed) == "幸福路43号"


def test_a_household_that_register_and_chat_have_is_omitted_once():
    lists, _ = a_village()
    missed = lists.register(43)
    told = lists.chat(head=head(43), address="幸福路43号", members="4")
    checked = lists.check()

    assert checked.codes(missed) == ["omitted"]
    assert checked.finding(missed, "omitted").with_ == (told.ref,)
    assert checked.codes(told) == []


def test_a_name_written_with_spaces_is_the_same_name():
    lists, _ = a_village(registered=False)
    name = head(21)
    lists.register(21, head=f"{name[0]}\u3000{name[1:]}")

    assert "omitted" not in lists.check().all_codes()


def test_a_head_that_changed_hands_is_not_omitted():
    lists, _ = a_village()
    renamed = lists.register(43, head="新户主", note="原户主老户主")
    lists.sheet(43, head="老户主")

    assert lists.check().codes(renamed) == []


@pytest.mark.parametrize("cells", [
    {"members": "0", "phone": "", "note": "已拆除"},
    {"head": "（已迁走）", "members": "", "phone": "", "note": "房屋已拆"},
    {"head": "无", "members": "", "phone": "", "note": "老宅基地，无人"},
    {"members": "", "phone": "", "note": "危房已拆，人搬走了"},
    {"head": "（已迁走）", "members": "", "phone": ""}])
def test_a_house_that_is_no_more_is_retired(cells):
    lists, _ = a_village()
    gone = lists.sheet(43, point=None, **cells)
    checked = lists.check()

    assert checked.codes(gone) == ["retired"]
    assert (checked.row(gone).kind, checked.row(gone).operation) == ("retired", "retire")


def test_a_register_line_with_nobody_is_retired_and_not_omitted():
    lists, _ = a_village()
    gone = lists.register(43, members="0")

    assert lists.check().codes(gone) == ["retired"]


@pytest.mark.parametrize("note", ["房屋2019年翻建", "旧房拆了重建", "拆迁安置户", "房屋闲置，过年回来", "空房", "户主在外"])
def test_people_who_live_there_are_not_retired(note):
    lists, _ = a_village()
    row = lists.sheet(43, note=note)

    assert lists.check().row(row).kind == "household"


@pytest.mark.parametrize("cells", [
    {"note": "门牌损坏"}, {"note": "牌子掉了"}, {"note": "字迹不清，需换牌"}, {"note": "门牌被撞坏"}, {"installed": "损坏"},
    {"note": "门牌被风刮跑了"}, {"note": "牌子锈烂了"}, {"note": "刷墙时门牌涂白了"}, {"note": "门牌丢失，要补"}])
def test_a_damaged_plate_needs_a_new_one(cells):
    lists, _ = a_village()
    row = lists.sheet(43, **cells)
    checked = lists.check()

    assert checked.codes(row) == ["damaged"]
    assert checked.row(row).operation == "replate"
    assert checked.row(row).certain


@pytest.mark.parametrize("note", ["门牌完好", "门牌今年刚换新", "没有损坏", "出租"])
def test_a_plate_in_order_is_left_alone(note):
    lists, _ = a_village()
    row = lists.sheet(43, note=note)

    assert lists.check().codes(row) == []


@pytest.mark.parametrize("name", [
    "营上村小学", "营上村村民委员会", "村委会", "卫生室", "便民超市", "营上村幸福院", "文化广场",
    "农资店", "营上庙", "红星面粉厂"])
def test_public_places_are_no_households(name):
    lists, _ = a_village()
    row = lists.sheet(43, head=name, members="", phone="")
    checked = lists.check()

    assert checked.row(row).kind == "public"
    assert checked.codes(row) == []


@pytest.mark.parametrize("name", ["张广", "李寺", "王庙", "欧阳店长"])
def test_people_are_not_taken_for_public_places(name):
    lists, _ = a_village()
    row = lists.sheet(43, head=name)

    assert lists.check().row(row).kind == "household"


def test_nobody_is_named_in_what_is_said():
    lists, _ = a_village()
    lists.sheet(21, head="亲戚甲")
    lists.sheet(23, number="25号")
    lists.register(43)
    lists.sheet(17, number="179号", phone="13600000009")
    result = lists.check().result
    names = {row.cell("head") for row in lists.rows} | {row.cell("phone") for row in lists.rows if row.cell("phone")}

    assert result.findings
    for finding in result.findings:
        said = finding.message + finding.proposal + finding.value
        assert not [name for name in names if name in said], finding


def test_nothing_but_the_sheets_makes_nobody_omitted():
    lists = Lists()
    for number in ODD:
        lists.register(number)

    assert "omitted" not in lists.check().all_codes()
