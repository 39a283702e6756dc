"""The desk of one member of staff on the real registry: what they see, what they may do, and what stays hidden from them."""

from __future__ import annotations

import io
from datetime import date
from itertools import pairwise

import pytest
from flows.case_stories import AUX, CHIEF, CODES, GRID, LEADER, MARKER, OFFICER, OTHER_GRID, SECOND, SUPERIOR, Story, story
from PIL import Image

from doorplate.cases_desk_view import CaseDesk
from doorplate.cases_view import Upload
from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.model import Staff
from doorplate.registry.case_desk import StaffDesk
from doorplate.store import Store

SHOWS = ("mine", "open", "overdue", "done")


@pytest.fixture
def village(store: Store) -> Story:
    return story(store)


def desk(village: Story, person: Staff) -> CaseDesk:
    return StaffDesk(village.work, person.id)


def seen(village: Story, person: Staff) -> set[str]:
    """The receipt numbers in any of their lists."""
    return {row.number for show in SHOWS for row in desk(village, person).cases(show, 1).rows}


def photo() -> Upload:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return Upload("x.jpg", out.getvalue())


def test_who_sees_which_matter(village: Story) -> None:
    near = village.ask(category="life").number  # lies with the household group leader
    plate = village.ask(kind="report", category="plate").number  # with the grid worker
    far = village.ask(kind="report", category="plate", plate_code=CODES["far"]).number  # in the other grid
    chief = village.ask(kind="direct", category=village.work.settings.of_kind("direct")[0].id, text="想当面说件事").number
    all_but_direct = {near, plate, far}
    assert seen(village, LEADER) == {near}
    assert seen(village, GRID) == {near, plate}
    assert seen(village, OTHER_GRID) == {far}
    assert seen(village, OFFICER) == all_but_direct
    assert seen(village, CHIEF) == seen(village, SUPERIOR) == all_but_direct | {chief}


def test_what_is_not_theirs_does_not_exist(village: Story) -> None:
    receipt = village.ask(kind="report", category="plate", photos=(photo(),))
    case = village.case(receipt)
    [file] = desk(village, GRID).open(case.id).files
    stranger = desk(village, OTHER_GRID)
    for act in (lambda: stranger.open(case.id), lambda: stranger.file(case.id, file.id), lambda: stranger.note(case.id, 2, "x"),
                lambda: stranger.route(case.id, 2, GRID.id, "x"), lambda: stranger.settle(case.id, 2, "x"),
                lambda: stranger.confirm_answered(case.id, 2, "page", ""), lambda: stranger.open("nonsense")):
        with pytest.raises(NotFound) as refusal:
            act()
        assert refusal.value.code == "case.unknown"
    assert desk(village, GRID).file(case.id, file.id)[0] == "image/jpeg"
    with pytest.raises(NotFound):
        desk(village, GRID).file(village.case(village.ask()).id, file.id)


def test_a_direct_line_matter_is_hidden_from_whom_it_names_and_their_deputy(village: Story) -> None:
    kind = village.work.settings.of_kind("direct")[0].id
    about = village.ask(kind="direct", category=kind, about=(OFFICER.id,), text="路灯坏了三个月, 打电话也没人管",
                        photos=(photo(),))
    plain = village.ask(kind="report", category="hazard", text="路灯坏了三个月, 打电话没人管")
    case = village.case(about)
    for person in (OFFICER, AUX):
        hidden = desk(village, person)
        assert about.number not in seen(village, person)
        assert hidden.cases("open", 1).counts["open"] == 1
        assert about.number not in {row.number for row in hidden.open(village.case(plain).id).near}
        with pytest.raises(NotFound):
            hidden.open(case.id)
        with pytest.raises(NotFound):
            hidden.note(case.id, 2, "x")
    sheet = desk(village, CHIEF).open(case.id)
    assert sheet.about == ("孙警官 (社区民警)",)
    assert plain.number in {row.number for row in sheet.near}
    assert {OFFICER.id, AUX.id}.isdisjoint(one.id for one in sheet.people)
    with pytest.raises(NotFound):
        desk(village, AUX).file(case.id, sheet.files[0].id)
    with pytest.raises(InputError):
        desk(village, CHIEF).route(case.id, sheet.version, OFFICER.id, "请处理")


def test_a_matter_about_the_chief_is_the_superior_s(village: Story) -> None:
    about = village.ask(kind="direct", category=village.work.settings.of_kind("direct")[0].id, about=(CHIEF.id,), text="反映所长")
    assert about.number not in seen(village, CHIEF) | seen(village, SECOND) | seen(village, OFFICER)
    assert about.number in seen(village, SUPERIOR)


def test_opening_is_written_down_without_a_word_of_the_matter(village: Story) -> None:
    consent = village.work.settings.consent.version
    receipt = village.ask(text=f"{MARKER} 家里停水", name="张三", phone="15400001234", consent=consent)
    case = village.case(receipt)
    sheet = desk(village, OFFICER).open(case.id)
    assert (sheet.text, sheet.name, sheet.phone) == (f"{MARKER} 家里停水", "张三", "15400001234")
    with village.work.registry.store.reading() as reader:
        trail = reader.events(limit=100_000)
        [looked] = reader.events(subject_id=case.id, verb="case.looked")
    assert looked.event.actor == OFFICER.id
    told = str(trail)
    assert MARKER not in told
    assert "张三" not in told
    assert "15400001234" not in told
    assert desk(village, OFFICER).cases("open", 1).rows[0].number == receipt.number
    with village.work.registry.store.reading() as reader:
        assert len(reader.events(subject_id=case.id, verb="case.looked")) == 1, "a list opens nothing"


def test_looking_makes_nobody_else_s_page_stale_but_doing_does(village: Story) -> None:
    receipt = village.ask(kind="report", category="plate")
    case = village.case(receipt)
    mine, theirs = desk(village, GRID), desk(village, OFFICER)
    shown = mine.open(case.id)
    theirs.open(case.id)
    shown = mine.note(case.id, shown.version, "明天去看")
    with pytest.raises(Refused) as refusal:
        theirs.settle(case.id, shown.version - 1, "已处理")
    assert refusal.value.code == "store.stale"
    assert theirs.settle(case.id, theirs.open(case.id).version, "已换新牌").row.status == "answered"


def test_without_an_answer_nothing_is_settled(village: Story) -> None:
    case = village.case(village.ask(kind="report", category="plate"))
    own = desk(village, GRID)
    version = own.open(case.id).version
    for empty in ("", "  \n ", "\u200b\u3164"):
        with pytest.raises(Refused) as refusal:
            own.settle(case.id, version, empty)
        assert refusal.value.code == "case.no_answer"
    with pytest.raises(InputError):
        own.note(case.id, version, " ")
    assert own.open(case.id).row.status == "routed"


def test_whoever_left_a_phone_is_to_be_told(village: Story) -> None:
    receipt = village.ask(kind="report", category="plate", phone="15400001234", consent=village.work.settings.consent.version)
    case, own = village.case(receipt), desk(village, GRID)
    sheet = own.settle(case.id, own.open(case.id).version, "已换新牌")
    assert (sheet.row.status, sheet.may_settle, sheet.may_confirm_answered) == ("settled", False, True)
    assert own.cases("mine", 1).counts["mine"] == 1, "the answer still has to reach the resident"
    done = own.confirm_answered(case.id, sheet.version, "phone", "本人接的")
    assert (done.row.status, done.may_confirm_answered) == ("answered", False)
    assert [step.public for step in done.steps if step.words == "本人接的"] == [False]
    assert own.cases("mine", 1).counts == {"mine": 0, "open": 0, "overdue": 0, "done": 1}


def test_lower_levels_see_and_remark_but_do_not_decide_for_higher_ones(village: Story) -> None:
    case = village.case(village.ask(kind="report", category="plate"))
    own = desk(village, GRID)
    given = own.route(case.id, own.open(case.id).version, "desk:station", "要所里出面")
    assert given.row.owner == "派出所值班 (未指定个人)"
    assert (given.may_settle, given.may_route) == (False, False)
    for act in (lambda: own.settle(case.id, given.version, "好了"), lambda: own.route(case.id, given.version, GRID.id, "还给我")):
        with pytest.raises(NotPermitted) as refusal:
            act()
        assert refusal.value.code == "case.not_yours"
    assert own.note(case.id, given.version, "现场照片已发").version == given.version + 1
    chief = desk(village, CHIEF)
    assert chief.cases("mine", 1).counts["mine"] == 1, "the station's desk is the chief's too"
    assert chief.open(case.id).may_settle


def test_the_neighbour_who_gave_it_away_sees_it_no_more(village: Story) -> None:
    case, own = village.case(village.ask()), desk(village, LEADER)
    given = own.route(case.id, own.open(case.id).version, GRID.id, "水管在路上")
    assert given.row.owner == "赵网格 (网格员)"
    assert "赵网格" in given.steps[-1].words
    with pytest.raises(NotFound):
        own.open(case.id)


def test_a_deputy_steps_in_while_the_officer_is_away(village: Story) -> None:
    receipt = village.ask(category="household")
    assert desk(village, AUX).cases("mine", 1).counts["mine"] == 0
    village.away(OFFICER, date(2026, 11, 30))
    assert desk(village, AUX).cases("mine", 1).counts["mine"] == 1
    sheet = desk(village, AUX).open(village.case(receipt).id)
    assert [one.away for one in sheet.people if one.id == OFFICER.id] == [True]
    assert desk(village, AUX).settle(village.case(receipt).id, sheet.version, "带户口本来一楼").row.status == "answered"


def test_who_has_left_has_no_desk(village: Story) -> None:
    case, own = village.case(village.ask(kind="report", category="plate")), desk(village, GRID)
    village.change(GRID, left_on=date(2026, 11, 22))
    for act in (lambda: desk(village, GRID), lambda: own.cases("mine", 1), lambda: own.open(case.id)):
        with pytest.raises(NotFound) as refusal:
            act()
        assert refusal.value.code == "staff.unknown"


def test_the_list_goes_by_clock_with_the_urgent_on_top_and_turns_its_page(village: Story) -> None:
    for number in range(24):
        village.ask(kind="report", category="plate", text=f"第 {number} 件")
        village.clock.pass_by(minutes=7)
    urgent = village.ask(kind="report", category="hazard", text="着火了", sure_not_emergency=True)
    own = desk(village, OFFICER)
    first, second = own.cases("open", 1), own.cases("open", 2)
    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (25, 2, 20, 5)
    assert first.rows[0].number == urgent.number
    assert first.rows[0].urgent
    later = [row.due_at for row in (*first.rows[1:], *second.rows)]
    assert all(a <= b for a, b in pairwise(later))
    assert own.cases("open", 99).page == 2
    village.clock.pass_by(hours=30)
    assert own.cases("overdue", 1).counts["overdue"] == 25
    assert all(row.overdue for row in own.cases("overdue", 1).rows)


def test_the_same_thing_next_door_is_suggested(village: Story) -> None:
    first = village.ask(kind="report", category="hazard", text="幸福路路灯不亮好几天了")
    next_door = village.ask(kind="report", category="hazard", text="路灯不亮", plate_code=CODES["next"])
    village.ask(kind="report", category="hazard", text="路灯不亮", plate_code=CODES["far"])
    village.ask(kind="ask", category="household", text="身份证丢了")
    near = desk(village, OFFICER).open(village.case(first).id).near
    assert [row.number for row in near] == [next_door.number]
    assert near[0].place == "幸福路2号 · 营上村"


def test_an_appointment_says_what_and_when(village: Story) -> None:
    category = village.work.settings.of_kind("appointment")[0].id
    receipt = village.ask(kind="appointment", category=category, service_id="id-card", wanted_day=date(2026, 11, 25),
                          wanted_part="am")
    sheet = desk(village, CHIEF).open(village.case(receipt).id)
    assert (sheet.service, sheet.wanted) == ("办身份证", "2026-11-25 星期三上午")


def test_what_was_withdrawn_is_a_trail_without_words(village: Story) -> None:
    receipt = village.ask(kind="report", category="plate", text=MARKER, photos=(photo(),))
    case, own = village.case(receipt), desk(village, GRID)
    own.note(case.id, own.open(case.id).version, f"居民说 {MARKER}")
    village.door.withdraw(receipt.number, receipt.pin)
    sheet = own.open(case.id)
    assert (sheet.row.status, sheet.text, sheet.files, sheet.may_settle) == ("withdrawn", "", (), False)
    assert MARKER not in str(sheet)
    assert own.cases("done", 1).rows[0].number == receipt.number


def test_stars_and_reopening_stand_in_the_trail(village: Story) -> None:
    receipt = village.ask(kind="report", category="plate")
    case, own = village.case(receipt), desk(village, GRID)
    own.settle(case.id, own.open(case.id).version, "已换新牌")
    village.door.rate(receipt.number, receipt.pin, 2)
    steps = {step.step: step for step in own.open(case.id).steps}
    assert (steps["rated"].by, steps["rated"].words) == ("居民", "2 分 (满分 5 分)")
    village.door.reopen(receipt.number, receipt.pin, "还是扫不出来")
    assert own.open(case.id).may_settle
