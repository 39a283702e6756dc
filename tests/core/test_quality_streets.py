"""错字 错村 错格 缺街: streets, villages and grids that are not what they say."""

from dataclasses import replace

import pytest

from tests.core.quality_lists import EVERYBODY, ODD, Lists, grids, head, place


def both_streets(lists, without=(), **more):
    rows = {}
    for street, sheet, hint in (("幸福路", "第一网格", "1"), ("和谐街", "第二网格", "2")):
        for number in EVERYBODY:
            if (number, street) not in without:
                rows[number, street] = lists.sheet(number, street, sheet=sheet, grid_hint=hint, **more)
    return rows


def test_a_misspelt_street_is_corrected():
    lists = Lists()
    lists.street(EVERYBODY)
    slip = lists.sheet(41, street="辛福路")
    lists.register(41)
    checked = lists.check()

    assert checked.codes(slip) == ["wrong.street"]
    assert checked.finding(slip, "wrong.street").value == "辛福路"
    assert checked.finding(slip, "wrong.street").proposal == "幸福路"
    assert checked.address(slip) == "幸福路41号"


def test_two_real_streets_one_character_apart_are_both_right():
    lists = Lists()
    for name in ("建设路", "建设街", "光明路", "光华路", "东一路", "东二路"):
        for number in range(1, 9):
            lists.sheet(number, street=name, head=f"{name}{number}", phone="", point=None)
        for number in range(1, 9):
            lists.register(number, address=f"营上村{name}{number}号", head=f"{name}{number}")

    assert lists.check().all_codes() == set()


def test_a_slip_between_two_streets_is_decided_by_the_register():
    lists = Lists()
    for name in ("光明路", "光华路"):
        for number in range(1, 30):
            lists.sheet(number, street=name, head=f"{name}{number}", phone="", point=None)
            lists.register(number, address=f"营上村{name}{number}号", head=f"{name}{number}")
    slip = lists.sheet(31, street="光花路", head="花家", point=None)
    lists.register(31, address="营上村光华路31号", head="花家")
    checked = lists.check()

    assert checked.address(slip) == "光华路31号"
    assert checked.finding(slip, "wrong.street").proposal == "光华路"


def test_a_street_nobody_else_names_is_a_question():
    lists = Lists()
    lists.street(EVERYBODY)
    strange = lists.sheet(7, street="解放大道", head="外来户", point=None, phone="13500000000")
    checked = lists.check()

    assert checked.finding(strange, "wrong.street").confidence == "ask"
    assert checked.address(strange) is None


def test_a_household_on_two_real_streets_is_a_question_unless_its_point_tells():
    lists = Lists()
    both_streets(lists, without={(41, "和谐街")})
    for street in ("幸福路", "和谐街"):
        for number in EVERYBODY:
            lists.register(number, street)
    doubtful = lists.sheet(41, "和谐街", point=None)
    told = lists.sheet(43, "和谐街", point=place(43, "幸福路"))
    lists.register(41, "和谐街", address="营上村幸福路41号")
    lists.register(43, "和谐街", address="营上村幸福路43号")
    checked = lists.check()

    assert checked.finding(doubtful, "wrong.street").confidence == "ask"
    assert checked.finding(told, "wrong.street").confidence == "likely"
    assert checked.address(doubtful) is None
    assert checked.address(told) is None


def test_a_missing_street_is_taken_from_the_register():
    lists = Lists()
    lists.street(EVERYBODY)
    bare = lists.sheet(41, street="", point=None)
    lists.register(41)
    checked = lists.check()

    assert checked.codes(bare) == ["incomplete.street"]
    assert checked.finding(bare, "incomplete.street").confidence == "sure"
    assert checked.address(bare) == "幸福路41号"


def test_a_missing_street_is_proposed_from_the_point():
    lists = Lists()
    both_streets(lists, without={(21, "和谐街")})
    bare = lists.sheet(21, "和谐街", street="", head="新家")
    checked = lists.check()

    assert checked.finding(bare, "incomplete.street").proposal == "和谐街"
    assert checked.finding(bare, "incomplete.street").confidence == "likely"
    assert checked.address(bare) is None


def test_a_missing_street_without_any_hint_is_a_question():
    lists = Lists()
    lists.street(ODD)
    bare = lists.sheet(5, street="", head="新家", point=None, sheet="补录", phone="13500000000")

    assert lists.check().finding(bare, "incomplete.street").confidence == "ask"


@pytest.mark.parametrize("cells", [
    {"street": "营西村幸福路"}, {"note": "户籍写的是营西村"}, {"note": "以前登记成营西村了"}, {"note": "地址错写成营西村"}])
def test_another_village_in_address_or_note(cells):
    lists = Lists()
    lists.street(EVERYBODY)
    strayed = lists.sheet(41, **cells)
    lists.register(41)
    checked = lists.check()

    assert checked.codes(strayed) == ["wrong.village"]
    assert checked.finding(strayed, "wrong.village").value == "营西村"
    assert checked.finding(strayed, "wrong.village").proposal == "营上村"
    assert checked.address(strayed) == "幸福路41号"


@pytest.mark.parametrize("note", ["娘家在营西村", "从营西村迁来", '迁入,原"旧村部"', "迁入,原三组", "营上村小学旁", "与父母同住"])
def test_a_note_that_only_mentions_a_village_is_no_defect(note):
    lists = Lists()
    lists.street(EVERYBODY)
    row = lists.sheet(41, note=note)

    assert lists.check().codes(row) == []


def test_a_merged_cell_speaks_for_the_line_it_is_written_on():
    lists = Lists()
    lists.street(EVERYBODY)
    lists.sheet(41, street="营西村幸福路")
    below = lists.sheet(43, street="营西村幸福路")
    lists.rows[-1] = below = below.__class__(below.ref, below.cells, below.list_name, grid_hint="1", filled=frozenset({"street"}))
    checked = lists.check()

    assert checked.codes(below) == []
    assert checked.address(below) == "幸福路43号"


def test_old_and_new_township_names_are_one_place():
    lists = Lists()
    rows = [lists.sheet(n, street="", number="", address=f"{town}营上村幸福路{n}号") for n, town in
            zip(range(1, 11, 2), ("普集镇", "普集街道", "普集街办", "普集乡", "武功县普集镇"), strict=True)]
    checked = lists.check()

    assert checked.all_codes() == set()
    assert [checked.address(row) for row in rows] == [f"幸福路{n}号" for n in range(1, 11, 2)]


def test_a_line_on_another_grids_sheet():
    lists = Lists()
    both_streets(lists, without={(9, "和谐街")})
    strayed = lists.sheet(9, "和谐街", sheet="第一网格", grid_hint="1")
    checked = lists.check(grids())

    assert checked.codes(strayed) == ["wrong.grid"]
    assert checked.finding(strayed, "wrong.grid").proposal == "610431001203-G02"
    assert checked.row(strayed).grid == "610431001203-G02"


def test_the_street_decides_near_a_grid_line():
    lists = Lists()
    rows = both_streets(lists, without={(39, "幸福路")})
    near = lists.sheet(39, point=place(39, north=85.0), sheet="第一网格")  # 5 m inside the other grid, by a phone's error
    checked = lists.check(grids())

    assert checked.row(near).grid == "610431001203-G01"
    assert checked.row(rows[1, "和谐街"]).grid == "610431001203-G02"


def test_without_outlines_the_sheets_are_the_grids():
    lists = Lists()
    both_streets(lists, without={(9, "和谐街")})
    strayed = lists.sheet(9, "和谐街", sheet="第一网格", grid_hint="1", point=None)
    checked = lists.check()

    assert checked.codes(strayed) == ["wrong.grid"]
    assert checked.row(strayed).grid is None


def test_a_street_through_two_grids_is_parted_by_points():
    areas = [a if "G01" in a.code else replace(a, streets=("幸福路",)) for a in grids()]
    lists = Lists()
    south = [lists.sheet(n, sheet="全村", grid_hint="") for n in ODD]
    north = [lists.sheet(n, sheet="全村", grid_hint="", point=place(n, north=150.0)) for n in range(41, 80, 2)]
    checked = lists.check(areas)

    assert {checked.row(r).grid for r in south} == {"610431001203-G01"}
    assert {checked.row(r).grid for r in north} == {"610431001203-G02"}
    assert "wrong.grid" not in checked.all_codes()


def test_in_a_street_through_two_grids_a_point_astray_does_not_move_a_line_to_the_other_grid():
    areas = [a if "G01" in a.code else replace(a, streets=("幸福路",)) for a in grids()]
    lists = Lists()
    rows = {n: lists.sheet(n, point=place(n, north=130.0 if n == 15 else 0.0)) for n in ODD}
    for n in range(41, 80, 2):
        lists.sheet(n, sheet="第二网格", grid_hint="2", point=place(n, north=150.0))
    checked = lists.check(areas)

    assert checked.codes(rows[15]) == ["point.off"]
    assert checked.row(rows[15]).grid == "610431001203-G01"


def test_hamlets_instead_of_streets():
    lists = Lists()
    rows = [lists.sheet(n, street="", hamlet=hamlet, number=str(n), head=f"{hamlet}{n}户", phone="", point=None)
            for hamlet in ("3", "第四组", "五组") for n in range(1, 9)]
    for hamlet in ("三组", "四组", "五组"):
        for n in range(1, 9):
            lists.register(n, address=f"营上村{hamlet}{n}号", head=f"{ {'三组': '3', '四组': '第四组'}.get(hamlet, hamlet)}{n}户")
    checked = lists.check()

    assert checked.all_codes() == set()
    assert checked.address(rows[0]) == "三组1号"
    assert checked.address(rows[8]) == "四组1号"
    assert head(1) != head(3)
