"""Matters at the terminal: nothing personal unless asked for, and then on record; the desk opens for one person, for a time."""

from __future__ import annotations

import http.cookiejar
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flows.case_stories import MARKER, SECRET, Story, story
from flows.commands import Said, doorplate, environment

from doorplate.store import Store

PERSONAL = (MARKER, "张三", "15400001234", "幸福路1号")


@pytest.fixture
def village(store: Store) -> Story:
    """Asked the day before yesterday: whatever has a clock of a day is late."""
    told = story(store)
    told.clock.now = datetime.now(UTC) - timedelta(hours=30)
    return told


@pytest.fixture
def office(store_url: str, tmp_path: Path):
    def types(*words: object) -> Said:
        return doorplate("cases", *words, home=tmp_path / "home", cwd=tmp_path, DOORPLATE_DATABASE_URL=store_url,
                         DOORPLATE_SECRET_KEY=SECRET)
    return types


def asked(village: Story, **more: object):
    consent = village.work.settings.consent.version
    return village.ask(kind="report", category="plate", text=MARKER, name="张三", phone="15400001234", consent=consent, **more)


def looked_at(village: Story) -> list[tuple[str, str]]:
    with village.work.registry.store.reading() as reader:
        return [(one.event.actor, one.event.reason) for one in reader.events(verb="case.looked")]


def test_the_list_and_a_matter_tell_nothing_personal(office, village: Story) -> None:
    receipt = asked(village)
    for said in (office("list"), office("list", "--overdue"), office("show", receipt.number)):
        assert said.code == 0, said.err
        assert receipt.number in said.out
        assert "赵网格" in said.out
        assert not any(word in said.out + said.err for word in PERSONAL)
    assert "超时 1 件" in office("list").out
    assert looked_at(village) == []


def test_what_is_personal_is_shown_for_a_reason_and_on_record(office, village: Story) -> None:
    receipt = asked(village)
    refused = office("show", receipt.number, "--personal")
    assert (refused.code, refused.err.partition(":")[0]) == (2, "cases.no_reason")
    said = office("show", receipt.number.lower().replace(" ", "-"), "--personal", "--why", "回访核实")
    assert all(word in said.out for word in PERSONAL)
    assert looked_at(village) == [("cli", "回访核实")]


def test_the_clock_ticks_once(office, village: Story) -> None:
    asked(village)
    assert "上转 1 件" in office("tick").out
    assert "上转 0 件" in office("tick").out
    assert "没有超时的诉求" in office("list", "--overdue").out


def test_settling_needs_an_answer_and_somebody_who_may(office, village: Story) -> None:
    receipt = asked(village)
    assert office("settle", receipt.number, "--staff", "孙警官").code == 2
    empty = office("settle", receipt.number, "--staff", "孙警官", "--answer", " ")
    assert (empty.code, empty.err.partition(":")[0]) == (2, "case.no_answer")
    neighbour = office("settle", receipt.number, "--staff", "李大姐", "--answer", "好了")
    assert (neighbour.code, neighbour.err.partition(":")[0]) == (2, "case.unknown")
    assert "已办结" in office("settle", receipt.number, "--staff", "孙警官", "--answer", "已换新牌").out
    assert village.door.follow(receipt.number, receipt.pin).status == "answered"


WRONG = ((("show", "ABCD EFGH JK"), "case.unknown"), (("show", ""), "case.unknown"),
         (("desk", "--staff", "没有这人"), "staff.unknown"),
         (("desk", "--staff", "孙警官", "--hours", "25"), "arguments.invalid"))


def test_wrong_words_are_one_line(office, village: Story) -> None:
    for words, code in WRONG:
        said = office(*words)
        assert (said.code, said.err.partition(":")[0]) == (2, code)
        assert "Traceback" not in said.err


def test_an_empty_office_is_said_in_words(office, village: Story) -> None:
    assert "没有办理中的诉求" in office("list").out
    assert "上转 0 件, 删去个人内容 0 件" in office("tick").out


def test_the_desk_opens_for_whom_it_was_made(store_url: str, village: Story, tmp_path: Path) -> None:
    receipt = asked(village)
    env = environment(tmp_path / "home", DOORPLATE_DATABASE_URL=store_url, DOORPLATE_SECRET_KEY=SECRET, PYTHONUNBUFFERED="1")
    command = [sys.executable, "-m", "doorplate", "cases", "desk", "--staff", "赵网格", "--port", "18733"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=tmp_path)
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:18733/desk/cases/\?key=\S+", line)
        assert found, line
        assert "赵网格 · 网格员" in line
        jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = _answer(jar, found[0])
        assert receipt.number in page
        assert not any(word in page for word in PERSONAL[:3])
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(found[0].partition("?")[0], timeout=10)
        assert refused.value.code == 403
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)


def _answer(jar: urllib.request.OpenerDirector, url: str) -> str:
    """The page; asked again while the server starts."""
    for _ in range(100):
        try:
            with jar.open(url, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            signal.sigtimedwait([], 0.1)
    raise AssertionError("the desk does not answer")
