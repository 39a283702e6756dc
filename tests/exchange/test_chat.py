"""What village groups really paste: senders and times in several notations, blocks, quotations, several households a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorplate.errors import InputError
from doorplate.exchange.meaning.chat.reading import Transcript
from doorplate.exchange.read import ReadResult, read_lists


def read(folder: Path, text: str, name: str = "微信群聊天记录.txt") -> ReadResult:
    (folder / name).write_text(text, "utf-8")
    return read_lists([folder / name])


def told(read: ReadResult) -> list[tuple[int, str, str]]:
    return [(r.ref.row, r.cell("head"), r.cell("address")) for r in read.rows]


EXPORT = """营上村门牌工作群

2023-05-03 08:57:29 测试网格员二乙
漏了一户 测试甲 幸福路105号 2人
好的

2023-05-03 09:11:02 测试网格员二乙
测试乙 七一路45号 1

收到
[图片]
@所有人 今晚八点前报完
"""


def test_an_export_with_a_line_for_every_sender(tmp_path: Path) -> None:
    result = read(tmp_path, EXPORT)
    assert told(result) == [(4, "测试甲", "幸福路105号"), (8, "测试乙", "七一路45号")]
    assert {r.list_name for r in result.rows} == {"late"}
    assert not result.findings
    dropped = {row: reason for row, reason, _ in result.sheets[0].dropped}
    assert dropped == {
        1: "聊天内容",
        3: "发言人和时间",
        5: "聊天内容",
        7: "发言人和时间",
        10: "聊天内容",
        11: "聊天内容",
        12: "聊天内容",
    }


@pytest.mark.parametrize(
    "line",
    [
        "[8:00] 测试网格员: 测试丙 幸福路5号 4人",
        "[8:00] 测试丙 幸福路5号 4人",
        "测试网格员 2023/5/3 8:00 测试丙 幸福路5号 4人",
        "2023年5月3日 上午8:00 测试网格员：测试丙 幸福路5号 4人",
        "昨天 08:00 测试网格员：测试丙，幸福路5号，4人",
        "测试网格员：漏了一户 测试丙 幸福路5号 4人",
        "3、测试丙 幸福路5号 4人",
        "@测试网格员 测试丙 幸福路5号 4人",
        "好的，测试丙 幸福路5号 4人",
        "户主：测试丙，地址：幸福路5号，人口：4人",
        "第一网格漏了测试丙，幸福路5号，4人",
    ],
)
def test_whatever_stands_around_a_household(line: str, tmp_path: Path) -> None:
    result = read(tmp_path, f"收到\n{line}\n[图片]\n")
    assert told(result) == [(2, "测试丙", "幸福路5号")]
    assert result.rows[0].cell("members") == "4"


@pytest.mark.parametrize(
    "line",
    [
        "2023-05-03 08:00:14 测试网格员",
        "测试网格员 2023/5/3 8:00",
        "测试网格员(123456789) 8:03:22",
        "昨天 08:00",
        "星期三 晚上8:15 测试员",
        "—————  2023-05-03  —————",
        '"测试员"撤回了一条消息',
        "测试员邀请测试甲加入了群聊",
        "我拍了拍测试甲",
        "[语音]",
        "以上是第三网格漏的",
        "示例：测试示例 幸福路1号 4人",
        "格式：户主+地址+人数",
        "第三网格无漏登",
    ],
)
def test_what_is_no_household(line: str, tmp_path: Path) -> None:
    result = read(tmp_path, f"测试甲 幸福路1号 3人\n{line}\n收到\n")
    assert told(result) == [(1, "测试甲", "幸福路1号")]
    assert 2 in {row for row, _, _ in result.sheets[0].dropped}
    assert not result.findings


def test_labels_one_below_the_other_are_one_household_at_their_first_line(tmp_path: Path) -> None:
    text = "户主：测试辛\n地址：和谐街二巷3号\n人口：4口人\n电话：15400000001\n户主：测试壬\n地址：和谐街二巷5号\n"
    result = read(tmp_path, text)
    assert told(result) == [(1, "测试辛", "和谐街二巷3号"), (5, "测试壬", "和谐街二巷5号")]
    assert result.rows[0].cell("phone") == "15400000001"


def test_several_households_of_one_message_can_each_be_pointed_at(tmp_path: Path) -> None:
    result = read(
        tmp_path, "收到\n测试日 幸福路31号 2人；测试月 幸福路33号 3人\n1. 测试盈 幸福路35号 2人 2. 测试昃 幸福路37号 3人\n"
    )
    assert [(r.ref.row, r.ref.sheet, r.cell("head")) for r in result.rows] == [
        (2, None, "测试日"),
        (2, "第2条", "测试月"),
        (3, None, "测试盈"),
        (3, "第2条", "测试昃"),
    ]


def test_a_quotation_repeats_what_stands_elsewhere_but_counts_where_it_is_all_there_is(tmp_path: Path) -> None:
    text = """漏了一户 测试甲 幸福路1号 3人
「测试员：测试甲 幸福路1号 3人」
- - - - - - - - - - - - - - -
收到
「测试员：测试乙 幸福路3号 2人」
- - - - - - - - - - - - - - -
好的
"""
    result = read(tmp_path, text)
    assert told(result) == [(1, "测试甲", "幸福路1号"), (5, "测试乙", "幸福路3号")]
    assert (2, "引用别人的话") in {(row, reason) for row, reason, _ in result.sheets[0].dropped}


def test_a_name_glued_to_an_address_is_told_apart_by_the_other_messages() -> None:
    told = Transcript().read(["测试甲 幸福路1号 3人", "测试乙幸福路3号2人", "测试丙六组28号5人"])
    assert [(e.cells["head"], e.cells["address"]) for e in told.entries] == [
        ("测试甲", "幸福路1号"),
        ("测试乙", "幸福路3号"),
        ("测试丙", "六组28号"),
    ]


def test_a_line_that_names_the_grid_counts_for_the_lines_below_it(tmp_path: Path) -> None:
    result = read(tmp_path, "第二网格：\n测试张 文明街1号 3\n测试寒 文明街3号 3\n")
    assert {r.grid_hint for r in result.rows} == {"2"}


def test_what_may_be_a_household_but_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    text = "#接龙\n1. 测试甲 幸福路1号 3人\n2. 测试秋\n3. 幸福路门口5号那家和对面的都没登上\n4. 没有问题\n"
    result = read(tmp_path, text)
    assert told(result)[0] == (2, "测试甲", "幸福路1号")
    assert [(f.ref.row, f.code, f.confidence) for f in result.findings] == [
        (3, "incomplete.unreadable", "ask"),
        (4, "incomplete.unreadable", "ask"),
    ]
    assert all("测试" not in f.message for f in result.findings)


@pytest.mark.parametrize(
    "text",
    [
        "收到\n好的\n[图片]\n",
        "#接龙\n1. \n2. 收到\n",
        "大家好\n明天下午3点在村委会开会\n今天装了36个\n",
        "2023-05-03 08:00:14 测试员\n收到\n",
    ],
)
def test_a_text_without_a_household_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "list.not_a_table"
    assert "微信群聊天记录.txt" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_plain_list_of_names_and_addresses_is_no_late_report(tmp_path: Path) -> None:
    text = "".join(f"测试{c} 幸福路{i}号 3人\n" for i, c in enumerate("甲乙丙丁戊", 1))
    assert {r.list_name for r in read(tmp_path, text, "名单.txt").rows} == {"sheets"}
    assert {r.list_name for r in read(tmp_path, text, "群里补报.txt").rows} == {"late"}


def test_a_village_named_after_its_estate_is_read_to_its_end(tmp_path: Path) -> None:
    """庄 closes a name only where no 村 follows: 伍各庄村 is one name."""
    rows = read(tmp_path, "#接龙\n1. 测试甲乙 伍各庄村2组2号，3人\n2. 测试甲丙，李家庄3组5号 4口人\n").rows
    assert [(row.cell("address"), row.cell("members")) for row in rows] == [("伍各庄村2组2号", "3"), ("李家庄3组5号", "4")]
