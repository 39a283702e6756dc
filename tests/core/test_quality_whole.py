"""What holds for every check, whatever the lists are."""

import json
from string import printable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorplate.addresses.quality import CheckContext, check
from doorplate.model import ListRow, SourceRef
from tests.core.quality_lists import EVERYBODY, SIBLINGS, VILLAGE, Lists, grids, place

CODES = {
    "duplicate.household", "duplicate.number", "wrong.street", "wrong.number", "wrong.village", "wrong.grid", "omitted",
    "incomplete.number", "incomplete.street", "damaged", "disordered", "retired", "point.missing", "point.gcj02", "point.bd09",
    "point.swapped", "point.off", "point.imprecise", "point.far", "point.zero"}
POINT_ONLY = {code for code in CODES if code.startswith("point.")}
FIELDS = ("address", "street", "number", "head", "members", "phone", "note", "installed", "lon", "lat", "position", "grid")
TEXT = st.one_of(
    st.sampled_from([
        "幸福路", "和谐街", "三组", "17号", "１７＃", "十七号附1", "2巷", "营西村幸福路", "待定", "已拆除", "两家一个号",
        "108.2075", "34.2722", "108.2075,34.2722", "0", "0,0", "1e400", "nan", "未采集", "村委会", "-1", ""]),
    st.text("幸福路和谐街二三组号附之巷#-楼单元层室村镇0123456789ａ１", max_size=20),
    st.text(printable + "\ud7ff𠮷́\x00\u202e", max_size=12))
LISTS = st.sampled_from(["sheets", "register", "late"])
ROWS = st.lists(st.tuples(LISTS, st.dictionaries(st.sampled_from(FIELDS), TEXT)), max_size=25)


def messy_village():
    """A village with one of nearly everything."""
    lists = Lists()
    lists.street(EVERYBODY)
    lists.street(EVERYBODY, "和谐街", sheet="第二网格", grid_hint="2")
    lists.sheet(7)
    lists.sheet(41, street="辛福路")
    lists.sheet(43, number="待定")
    lists.sheet(45, street="")
    lists.sheet(47, point=place(3))
    lists.sheet(49, point=None, note="门牌损坏")
    lists.sheet(51, lon="34.2722", lat="108.2075")
    lists.sheet(53, members="0", note="已拆除")
    lists.register(55)
    lists.chat(address="幸福路57号", head="赵某", note="还没登记")
    return lists


def told(lists):
    """Everything a check says, as text."""
    result = check(lists.rows, CheckContext(VILLAGE, SIBLINGS, grids()))
    return json.dumps([[f.as_json() for f in result.findings], [r.as_json() for r in result.rows],
                       [[ref.as_json() for ref in same] for same in result.households], result.facts], ensure_ascii=False)


def test_the_same_lists_give_the_same_bytes():
    assert told(messy_village()) == told(messy_village())


def test_no_name_and_no_phone_is_repeated_in_what_is_found():
    lists = messy_village()
    result = check(lists.rows, CheckContext(VILLAGE, SIBLINGS, grids()))
    private = {row.cell(key) for row in lists.rows for key in ("head", "phone")} - {""}

    said = "\n".join(f"{f.message} {f.value} {f.proposal}" for f in result.findings)
    assert [x for x in private if x in said] == []


def test_findings_stand_in_the_order_of_the_lines():
    lists = messy_village()
    findings = check(lists.rows, CheckContext(VILLAGE, SIBLINGS, grids())).findings
    order = {row.ref: i for i, row in enumerate(lists.rows)}

    assert [f.ref for f in findings] == sorted((f.ref for f in findings), key=order.__getitem__)
    assert {f.code for f in findings} <= CODES


def test_the_order_of_the_files_changes_no_address():
    lists = messy_village()
    other = sorted(lists.rows, key=lambda row: row.list_name)
    context = CheckContext(VILLAGE, SIBLINGS, grids())

    first, second = ({r.ref: r.standard_address for r in check(rows, context).rows} for rows in (lists.rows, other))
    assert first == second


def test_facts_tell_the_numbering_rule_and_the_coordinate_system():
    facts = check(messy_village().rows, CheckContext(VILLAGE, SIBLINGS, grids())).facts

    assert facts["numbering"]["幸福路"]["sides"] == 2
    assert facts["numbering"]["幸福路"]["rises"] == "由西向东"
    assert {told["crs"] for told in facts["crs"]} == {"wgs84"}


@pytest.mark.parametrize("areas", [[], grids()])
def test_no_lines_give_nothing(areas):
    result = check([], CheckContext(VILLAGE, SIBLINGS, areas))

    assert (result.findings, result.rows, result.households) == ((), (), ())


@settings(max_examples=150, deadline=None)
@given(ROWS, st.booleans())
def test_every_line_is_answered_once_whatever_stands_in_it(written, with_areas):
    rows = [ListRow(SourceRef("表.xlsx", "一", i), {k: v for k, v in cells.items() if v}, name)
            for i, (name, cells) in enumerate(written, 2)]
    result = check(rows, CheckContext(VILLAGE, SIBLINGS, grids() if with_areas else []))

    assert [r.ref for r in result.rows] == [row.ref for row in rows]
    assert {f.code for f in result.findings} <= CODES
    assert len(set(members := [ref.row for same in result.households for ref in same])) == len(members)
    json.dumps([r.as_json() for r in result.rows], allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_certain_means_an_address_and_nothing_to_ask(written):
    lists = messy_village()
    for name, cells in written:
        lists._add("更多.xlsx", "二", name, cells)
    result = check(lists.rows, CheckContext(VILLAGE, SIBLINGS, grids()))
    open_questions = {f.ref for f in result.findings if f.confidence != "sure" and f.code not in POINT_ONLY}

    for row in result.rows:
        if row.certain:
            assert row.standard_address
            assert row.ref not in open_questions
