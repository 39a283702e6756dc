"""错 乱 重号 缺: what is wrong with house numbers, and what list order, points and the other lists prove."""

import pytest

from tests.core.quality_lists import EVEN, EVERYBODY, ODD, Lists, head, place


def a_street(without=(), **replaced):
    """幸福路 in walking order; `replaced` maps a number to the line that stands in its place."""
    lists, made = Lists(), {}
    for number in EVERYBODY:
        if number in without:
            continue
        special = replaced.get(f"n{number}")
        made[number] = special(lists) if special else lists.sheet(number)
    return lists, made


def test_a_clean_street_has_no_findings_and_every_address():
    lists, made = a_street()
    for number in EVERYBODY:
        lists.register(number)
    checked = lists.check()

    assert checked.all_codes() == set()
    assert [checked.address(made[n]) for n in EVERYBODY] == [f"幸福路{n}号" for n in EVERYBODY]
    assert all(row.certain for row in checked.result.rows)


def test_a_digit_too_many_is_settled_by_the_register_and_the_point():
    lists, made = a_street(n17=lambda ls: ls.sheet(17, number="179号"))
    for number in EVERYBODY:
        lists.register(number)
    checked = lists.check()

    assert checked.codes(made[17]) == ["wrong.number"]
    assert checked.finding(made[17], "wrong.number").proposal == "17号"
    assert checked.finding(made[17], "wrong.number").confidence == "sure"
    assert checked.address(made[17]) == "幸福路17号"


def test_a_wrong_number_is_noticed_from_the_place_alone():
    lists, made = a_street(n17=lambda ls: ls.sheet(17, number="179号"))
    checked = lists.check()

    assert checked.codes(made[17]) == ["wrong.number"]
    assert checked.address(made[17]) is None


def test_the_chat_settles_it_without_point_or_register():
    lists, made = a_street(n17=lambda ls: ls.sheet(17, number="179号", point=None))
    note = lists.chat(head=head(17), address="幸福路17号", note=f"{head(17)}家是幸福路17号不是179 号，表上写错了")
    checked = lists.check()

    assert checked.finding(made[17], "wrong.number").confidence == "sure"
    assert checked.address(made[17]) == "幸福路17号"
    assert checked.codes(note) == []


def test_the_register_is_not_believed_against_list_order_and_point():
    lists, made = a_street()
    rows = {n: lists.register(n, address=f"营上村幸福路{n if n != 23 else 323}号") for n in EVERYBODY}
    checked = lists.check()

    assert checked.codes(made[23]) == []
    assert checked.codes(rows[23]) == ["wrong.number"]
    assert checked.finding(rows[23], "wrong.number").proposal == "23号"


def test_two_lists_that_disagree_without_any_place_are_a_question():
    lists = Lists()
    row = lists.sheet(5, point=None, number="5号")
    lists.register(5, address="营上村幸福路88号")
    checked = lists.check()

    assert checked.finding(row, "wrong.number").confidence == "ask"
    assert checked.address(row) is None


def test_neighbours_listed_the_wrong_way_round_have_exchanged_plates():
    lists, made = Lists(), {}
    for number in ODD:
        shown = {9: 11, 11: 9}.get(number, number)
        made[number] = lists.sheet(number, number=f"{shown}号", point=None)
        lists.register(number, address=f"营上村幸福路{shown}号")
    checked = lists.check()

    assert [n for n in ODD if "disordered" in checked.codes(made[n])] == [9, 11]
    assert checked.finding(made[9], "disordered").proposal == "9号"
    assert checked.address(made[9]) is None


def test_points_alone_show_exchanged_plates():
    lists, made = Lists(), {}
    for number in sorted(EVERYBODY, key=lambda n: n * 7 % 41):  # a list in no order
        shown = {9: 11, 11: 9}.get(number, number)
        made[number] = lists.sheet(number, number=f"{shown}号")
    checked = lists.check()

    assert [n for n in sorted(made) if "disordered" in checked.codes(made[n])] == [9, 11]


def a_lane(shown, skipped=(), notes=None):
    """六角巷 off 幸福路, three doors on either side; shown: what hangs on the wall where it is not the number itself."""
    lists, rows = Lists(), {}
    lists.street(EVERYBODY)
    for number in (1, 6, 2, 4, 5, 3):  # a list in no order
        point = place(1, east=62.5 if number % 2 else 57.5, north=30.0 + (number + 1) // 2 * 11.0)
        cells = {"number": f"{shown.get(number, number)}号", "head": f"巷内{number}户", "note": (notes or {}).get(number, "")}
        point = None if number in skipped else point
        rows[number] = lists.sheet(number, street="六角巷", phone="", point=point, **cells)
    return lists, rows


def test_exchanged_plates_in_a_lane_show_by_the_doors_across():
    lists, rows = a_lane({2: 4, 4: 2}, skipped=(6,))
    checked = lists.check()

    assert [n for n in sorted(rows) if "disordered" in checked.codes(rows[n])] == [2, 4]


def test_a_note_about_exchanged_plates_puts_the_neighbour_in_question_too():
    lists, rows = a_lane({2: 4, 4: 2}, skipped=(4,), notes={2: "跟隔壁挂反了"})
    checked = lists.check()

    assert "disordered" in checked.codes(rows[2])
    assert checked.finding(rows[4], "disordered").confidence == "ask"
    assert checked.address(rows[4]) is None


def test_a_number_far_beyond_the_street_is_wrong_and_not_its_point():
    lists, made = Lists(), {}
    for number in EVERYBODY:
        made[number] = lists.sheet(number, number=f"{139 if number == 15 else number}号")
    checked = lists.check()

    assert [n for n in EVERYBODY if checked.codes(made[n])] == [15]
    assert checked.codes(made[15]) == ["disordered"]
    assert checked.address(made[15]) is None


def test_points_in_order_clear_neighbours_that_were_only_listed_the_wrong_way_round():
    lists, made = Lists(), {}
    for number in [1, 3, 5, 7, 11, 9, 13, 15, 17, 19, 21, 23]:
        made[number] = lists.sheet(number)
    checked = lists.check()

    assert checked.all_codes() == set()


def test_what_is_wrong_on_the_wall_is_wrong_on_every_list():
    lists, made = Lists(), {}
    for number in ODD:
        made[number] = lists.sheet(number, number=f"{number if number != 15 else 64}号")
    register = {n: lists.register(n, address=f"营上村幸福路{n if n != 15 else 64}号") for n in ODD}
    checked = lists.check()

    assert checked.codes(made[15]) == ["disordered"]
    assert checked.finding(made[15], "disordered").proposal == "15号"
    assert checked.codes(register[15]) == ["disordered"]
    assert checked.address(register[15]) is None


def test_a_line_moved_to_another_place_of_the_sheet_is_not_disordered():
    order = [n for n in ODD if n != 9]
    order.insert(14, 9)
    lists = Lists()
    for number in order:
        lists.sheet(number)

    assert lists.check().all_codes() == set()


def test_a_block_of_lines_moved_without_points_is_not_disordered():
    order = [*range(1, 12, 2), 61, 63, 65, *range(13, 60, 2)]
    lists = Lists()
    for number in order:
        lists.sheet(number, point=None)

    assert lists.check().all_codes() == set()


@pytest.mark.parametrize("note", ["门牌与邻居装反了", "跟隔壁挂反了", "单双号不符", "号码不对", "号不挨着"])
def test_a_note_that_calls_the_number_wrong_is_enough(note):
    lists, made = a_street(n8=lambda ls: ls.sheet(8, point=None, note=note))
    checked = lists.check()

    assert checked.codes(made[8]) == ["disordered"]
    assert checked.address(made[8]) is None


def test_two_houses_with_one_number_show_by_their_points():
    lists, made = a_street(n23=lambda ls: ls.sheet(23, number="25号"))
    checked = lists.check()

    assert checked.codes(made[23]) == ["duplicate.number"]
    assert checked.finding(made[23], "duplicate.number").proposal == "23号"
    assert checked.address(made[23]) is None
    assert checked.codes(made[25]) == ["duplicate.number"]
    assert checked.address(made[25]) == "幸福路25号"


@pytest.mark.parametrize("note", ["两家一个号", "与隔壁同号", "重号", "门牌号与另一家相同"])
def test_two_houses_with_one_number_show_by_a_note(note):
    lists, made = a_street(n23=lambda ls: ls.sheet(23, number="25号", point=None, note=note))
    checked = lists.check()

    assert "duplicate.number" in checked.codes(made[23])
    assert checked.address(made[23]) is None


def test_two_households_in_one_house_share_a_number_rightly():
    lists, made = a_street()
    second = lists.sheet(25, head="另一家", phone="13700000001", members="2", note="共用一个院子", point=place(25, east=2.0))
    checked = lists.check()

    assert checked.codes(made[25]) == checked.codes(second) == []
    assert checked.address(second) == "幸福路25号"


def test_a_missing_number_is_proposed_from_point_and_neighbours():
    lists, made = a_street(n13=lambda ls: ls.sheet(None, number="新建未编号", point=place(13), head="新家"))
    checked = lists.check()

    assert checked.codes(made[13]) == ["incomplete.number"]
    assert checked.finding(made[13], "incomplete.number").proposal == "13号"
    assert checked.address(made[13]) is None
    assert checked.row(made[13]).operation == "assign"


@pytest.mark.parametrize("written", ["无号", "待定", "—", "无", "", "未编", "暂无"])
def test_every_way_to_say_that_there_is_no_number(written):
    lists, made = a_street(n13=lambda ls: ls.sheet(None, number=written, point=None, head="新家"))
    checked = lists.check()

    assert checked.codes(made[13]) == ["incomplete.number"]
    assert checked.finding(made[13], "incomplete.number").proposal == "13号"  # the one number free between 11 and 15


def test_a_missing_number_that_the_register_knows():
    lists, made = a_street(n13=lambda ls: ls.sheet(13, number="", point=None))
    for number in EVERYBODY:
        lists.register(number)
    finding = lists.check().finding(made[13], "incomplete.number")

    assert (finding.proposal, finding.confidence) == ("13号", "likely")


def test_numbering_by_distance_needs_no_special_care():
    """Numbers jump as the metres do; nothing is disordered."""
    lists = Lists()
    for k, metres in enumerate([10, 24, 31, 57, 69, 88, 120, 133, 161, 178, 203, 229]):
        number = 2 * (metres // 10) + 1
        lists.sheet(number, head=f"距离{k}户", point=place(1, east=float(metres)))

    assert lists.check().all_codes() == set()


def test_numbers_along_one_side_are_no_wrong_parity():
    lists = Lists()
    for number in range(1, 30):
        lists.sheet(number, point=place(1, east=number * 11.0))

    assert lists.check().all_codes() == set()


def test_the_rule_of_a_street_is_learned_and_shown():
    lists, _ = a_street()
    rule = lists.check().result.facts["numbering"]["幸福路"]

    assert rule == {"sides": 2, "metres_per_number": 5.5, "rises": "由西向东", "doors": 40}
    assert len(EVEN) + len(ODD) == 40
