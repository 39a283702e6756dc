"""Services from a file that the office edits: inheritance by area, and mistakes explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorplate.errors import InputError
from doorplate.services import load_services, sample_services, services_for

VILLAGE = "610431001203"

BOOK = """
[[service]]
id = "id-card"
title = "办身份证"
where = "县政务大厅"
hours = "工作日"
bring = ["户口簿"]
[service.en]
title = "Get an identity card"
where = "County hall"

[[service]]
id = "id-card"
area = "610431001"
where = "测试派出所"
appointment = true

[[service]]
id = "gas"
title = "购气"
phone = "029-00000013"

[[service]]
id = "gas"
area = "610431001203"
offered = false

[[service]]
id = "letter"
area = "610431001203"
title = "开证明"
link = "https://example.cn/letter"
"""


def test_a_village_takes_over_from_its_county_and_changes_what_it_names() -> None:
    card, letter = services_for(load_services(BOOK), VILLAGE)
    assert (card.title, card.where, card.hours, card.bring, card.appointment) == (
        "办身份证",
        "测试派出所",
        "工作日",
        ("户口簿",),
        True,
    )
    assert letter.link == "https://example.cn/letter"


def test_elsewhere_the_wider_entry_holds() -> None:
    card, gas = services_for(load_services(BOOK), "330106001001")
    assert (card.where, card.appointment) == ("县政务大厅", None)
    assert gas.phone == "029-00000013"


def test_a_translation_does_not_outlive_the_words_it_translates() -> None:
    card = services_for(load_services(BOOK), VILLAGE)[0].in_language("en")
    assert (card.title, card.where) == ("Get an identity card", "测试派出所")
    assert card.in_language("fr") == card


def test_no_file_means_no_services(tmp_path: Path) -> None:
    assert load_services(tmp_path / "services.toml") == ()
    assert services_for((), VILLAGE) == ()


def test_the_sample_is_whole_and_says_that_it_is_one() -> None:
    items = services_for(sample_services(), VILLAGE)
    assert len(items) == 7
    for item in items:
        assert all((item.who, item.where, item.hours, item.bring, item.phone))
        assert item.phone.startswith("029-000000")
        assert item.in_language("en").title.isascii()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[service]]\nid = a", ("TOML", "第 2 行")),
        ("[[service]]\nid = ", ("TOML", "文件结尾")),
        ("title = 'x'", ("[[service]]",)),
        ("[service]\nid = 'a'", ("[[service]]",)),
        ("service = [1]", ("[[service]]",)),
        ("[[service]]\ntitle = '办证'\nphone = '110'", ("第 1 项", "id", "没有写")),
        (
            "[[service]]\nid = 'ok'\ntitle = '好'\nphone = '110'\n[[service]]\nid = 'a'\nphone = '110'",
            ("第 2 项 (a)", "缺少 title"),
        ),
        ("[[service]]\nid = 'a'\ntitle = '办证'", ("第 1 项 (a)", "where, phone, link")),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nphone = '见墙上'", ("phone", "电话")),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nlink = 'javascript:alert(1)'", ("link", "https://")),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nlink = 'http://example.cn'", ("link", "https://")),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nwhere = '大厅'\nopening = '8点'", ("opening", "不认识")),
        ("[[service]]\nid = 'a'\ntitle = 3\nwhere = '大厅'", ("title", "文字")),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nwhere = '大厅'\nbring = '身份证'", ("bring", "列表")),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nwhere = '大厅'\nappointment = '随便'", ("appointment", "true")),
        ("[[service]]\nid = 'a'\narea = '武功县'\ntitle = '办证'\nwhere = '大厅'", ("area", "数字")),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nwhere = '" + "大" * 201 + "'", ("where", "200")),
        ('[[service]]\nid = "a"\ntitle = "办证"\nwhere = "大\\u001b厅"', ("where", "控制字符")),
        (
            "[[service]]\nid = 'a'\ntitle = '办证'\nwhere = '大厅'\n[[service]]\nid = 'a'\ntitle = '办证'\nwhere = '二楼'",
            ("第 2 项 (a)", "两次"),
        ),
        ("[[service]]\nid = 'a'\ntitle = '办证'\nwhere = '大厅'\n[service.en]\nname = 'x'", ("en.name", "不认识")),
    ],
)
def test_a_mistake_is_named_by_file_entry_and_field(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    path = tmp_path / "办事.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as refusal:
        load_services(path)
    assert refusal.value.code == "services.invalid"
    assert "\n" not in refusal.value.message
    assert "error" not in refusal.value.message.lower(), "in Chinese"
    for word in ("办事.toml", *words):
        assert word in refusal.value.message, refusal.value.message


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    path.write_bytes("[[service]]\ntitle = '办证'".encode("gb18030"))
    with pytest.raises(InputError, match=r"services\.unreadable.*UTF-8"):
        load_services(path)


def test_a_file_saved_by_windows_notepad(tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BOOK.replace("\n", "\r\n").encode())
    assert len(load_services(path)) == 5
