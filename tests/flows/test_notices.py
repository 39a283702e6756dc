"""Warnings and news on the pages of an area: plain words, exact days, nothing twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from commands import doorplate
from flows.conftest import VILLAGE
from flows.test_people import DAY, GRID, scan, village

from doorplate.errors import InputError, NotFound, Refused
from doorplate.notices import NoticeDraft, draft, load_notices
from doorplate.registry import Registry
from doorplate.registry.notices import change_notice, current_notices, end_notice, post_notice, post_notices

__all__ = ["village"]  # the fixture of the people's stories


def made(**said: object) -> NoticeDraft:
    return draft({"area": VILLAGE, "kind": "news", "title": "标题", "body": "内容", "from": DAY, "until": DAY, **said}, "试")


def titles(registry: Registry, day: date = DAY) -> list[str]:
    return [one.title for one in scan(registry, day=day).notices]


def test_a_notice_is_on_the_next_scan_for_its_days_and_gone_when_taken_down(village: Registry) -> None:
    posted = post_notice(village, made(until=DAY + timedelta(days=2)))
    assert [bool(titles(village, DAY + timedelta(days=n))) for n in (-1, 0, 2, 3)] == [False, True, True, False]
    end_notice(village, posted.id[:8], "说错了")
    assert not titles(village)
    end_notice(village, posted.id)
    with village.store.reading() as reader:
        assert [(one.event.verb, one.event.reason) for one in reader.events(posted.id)] == [
            ("notice.posted", ""),
            ("notice.ended", "说错了"),
        ]
        assert [one.title for one in current_notices(village)] == ["标题"], "the record stays"


@pytest.mark.parametrize(("area", "here"), [("", True), ("610431", True), (GRID, True), ("610431001", True)])
def test_by_area(village: Registry, area: str, here: bool) -> None:
    post_notice(village, made(area=area))
    assert bool(titles(village)) is here


@pytest.mark.parametrize("area", ["610432", f"{VILLAGE}-G09", "330106001001"])
def test_an_area_nobody_serves_is_refused_for_nobody_would_see_it(village: Registry, area: str) -> None:
    with pytest.raises(InputError, match=r"notice\.area"):
        post_notice(village, made(area=area))


def test_the_same_notice_twice_and_other_words_for_it(village: Registry) -> None:
    posted = post_notice(village, made())
    with pytest.raises(Refused, match=r"notice\.known"):
        post_notice(village, made())
    change_notice(village, posted.id, made(title="改过的标题", kind="warning"))
    assert titles(village) == ["改过的标题"]
    for unknown in ("", "zzzz", "%"):
        with pytest.raises(NotFound):
            end_notice(village, unknown)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"title": "<script>alert(1)</script>"}, "尖括号"),
        ({"body": "看<a href=x>这里</a>"}, "尖括号"),
        ({"title": "两\n行"}, "一行"),
        ({"body": "文\u202e字"}, "控制字符"),
        ({"body": "文\x00字"}, "控制字符"),
        ({"title": " "}, "没有写"),
        ({"title": "长" * 61}, "60"),
        ({"link": "http://example.cn"}, "https"),
        ({"link": "javascript:alert(1)"}, "https"),
        ({"link": "https://a b"}, "空格"),
        ({"link": "https://user:x@example.cn"}, "https"),
        ({"link": "https://"}, "https"),
        ({"kind": "ad"}, "警讯"),
        ({"until": DAY - timedelta(days=1)}, "之前"),
        ({"from": "明天"}, "日期"),
        ({"area": "武功县"}, "区划"),
        ({"titel": "x"}, "拼写"),
        ({"en": {"title": "<b>x</b>"}}, "尖括号"),
    ],
)
def test_what_may_not_stand_on_a_page(said: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        made(**said)
    assert refused.value.code == "notice.invalid"
    assert refused.value.message.startswith("试")


def test_a_comparison_is_no_markup() -> None:
    assert made(body="气温 < 5 度, 3 <5").body == "气温 < 5 度, 3 <5"


TOML = (
    '[[notice]]\narea = ""\nkind = "warning"\ntitle = "一"\nbody = """甲\n乙"""\nfrom = 2026-11-23\nuntil = 2026-11-30\n'
    '[notice.en]\ntitle = "One"\n'
)
CSV = (
    "区域,类别,标题,内容,链接,开始,结束,英文标题\n,警讯,一,内容,,2026-11-23,2026-11-30,One\n"
    "610431,资讯,二,内容,https://example.cn,2026-11-23,2026-11-30,\n\n"
)


def test_files_by_the_office(village: Registry, tmp_path: Path) -> None:
    (tmp_path / "通知.toml").write_text(TOML, "utf-8")
    (tmp_path / "通知.csv").write_bytes(b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode())
    toml, table = load_notices(tmp_path / "通知.toml"), load_notices(tmp_path / "通知.csv")
    assert (len(toml), len(table), toml[0].body, table[0].translations) == (1, 2, "甲\n乙", {"en": {"title": "One"}})
    assert [post_notices(village, table, "通知.csv") for _ in range(2)] == [2, 0]
    assert titles(village) == ["一", "二"]


def test_one_bad_line_of_a_file_and_none_is_posted(village: Registry, tmp_path: Path) -> None:
    path = tmp_path / "通知.csv"
    path.write_text(CSV + "999,资讯,三,内容,,2026-11-23,2026-11-30,\n", "utf-8")
    with pytest.raises(InputError, match=r"notice\.area"):
        post_notices(village, load_notices(path), "通知.csv")
    assert not titles(village)
    path.write_text(CSV + "610431,资讯,三\n", "utf-8")
    with pytest.raises(InputError, match="第 3 条"):
        load_notices(path)
    for text in ("[[notice]", "x = 1", "notice = 3"):
        (tmp_path / "坏.toml").write_text(text, "utf-8")
        with pytest.raises(InputError, match=r"坏\.toml"):
            load_notices(tmp_path / "坏.toml")
    path.write_bytes("区域,标题".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        load_notices(path)


def test_at_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert doorplate("init", "--village", Path("doorplate/sample/village.toml").absolute(), home=home, cwd=tmp_path).code == 0
    added = doorplate(
        "notices", "add", "--area", VILLAGE, "--title", "停水 [通知]", "--body", "周四", "--kind", "资讯", home=home, cwd=tmp_path
    )
    assert added.code == 0, added.err
    number = added.out.split("notices end ")[1].split()[0]
    assert "停水 [通知]" in doorplate("notices", "list", home=home, cwd=tmp_path).out
    assert doorplate("notices", "end", number, home=home, cwd=tmp_path).code == 0
    assert "没有通知" in doorplate("notices", "list", home=home, cwd=tmp_path).out
    wrong = doorplate("notices", "add", "--area", "1", "--title", "x", "--body", "y", home=home, cwd=tmp_path)
    assert (wrong.code, wrong.err.partition(":")[0]) == (2, "notice.area")
