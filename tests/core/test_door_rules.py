"""The rules of what is done at a door, without a registry: zones, samples, consents, the diary."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorplate.errors import DoorplateError
from doorplate.field.diary import Diary, DiaryLine, item_words, visit_words
from doorplate.field.household_records import Consent
from doorplate.field.household_rules import CONTACT, GUARDIAN, PERSONS, SENSITIVE, is_child, require_years, standing, without
from doorplate.field.items import ITEM, GivenConsent, HouseholdCount, PersonChange
from doorplate.field.records import Mounting, MountOutcome, ZoneRound
from doorplate.field.settings import ZoneRules, field_settings
from doorplate.field.zone_rules import door_done, failed_in_a_row, round_status, sample_of, worse
from doorplate.model import Plate, PlateStatus

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
RULES = field_settings()
ID = "a" * 32


def mounting(outcome: MountOutcome, words: str = "") -> Mounting:
    return Mounting("m", "p", "d", "w", NOW, outcome, words=words)


@pytest.mark.parametrize(("status", "told", "state", "final"), [
    ("issued", [], "open", False), ("mounted", [], "mounted", True), ("checked", [mounting("absent")], "mounted", True),
    ("issued", [mounting("absent")], "absent", False), ("issued", [mounting("refused", "不要")], "explained", True),
    ("issued", [mounting("refused")], "problem", False),
    ("issued", [mounting("no_place", "拆了一半"), mounting("absent")], "absent", False),
    ("lost", [mounting("mounted")], "problem", False), ("damaged", [mounting("damaged", "裂了")], "problem", False)])
def test_what_counts_as_done(status: PlateStatus, told: list[Mounting], state: str, final: bool) -> None:
    door = door_done("d", [Plate("p", "c", "d", "small-gate", status)], told)
    assert (door.state, door.final) == (state, final)


@given(st.integers(0, 900), st.integers(0, 40), st.integers(0, 2**32))
def test_a_sample_is_of_the_zone_each_once_and_never_too_small(plates: int, failed: int, seed: int) -> None:
    codes = {f"{n:013d}" for n in range(plates)}
    rules = ZoneRules(share=0.05, least=3, most=30)
    drawn = sample_of(codes, failed, rules, random.Random(seed))
    assert len(set(drawn)) == len(drawn) >= min(3 * 2 ** min(failed, 12), plates)
    assert codes.issuperset(drawn)
    assert failed or len(drawn) <= 30


def test_samples_are_drawn_by_chance() -> None:
    codes = [f"{n:013d}" for n in range(200)]
    drawn = {sample_of(codes, 0, RULES.zone, random.Random(seed)) for seed in range(20)}
    assert len(drawn) == 20
    assert len({code for one in drawn for code in one}) > 100


def test_failures_count_until_one_passes() -> None:
    rounds = [ZoneRound(str(n), "z", "c", NOW, (), status=status)  # type: ignore[arg-type]
              for n, status in enumerate(("failed", "passed", "failed", "failed", "open"))]
    assert [failed_in_a_row(rounds[:n]) for n in range(6)] == [0, 1, 0, 1, 2, 2]


def test_a_round_is_passed_only_when_all_are_right() -> None:
    assert round_status(["a", "b"], {"a": "wrong"}) == "open"
    assert round_status(["a", "b"], {"a": "right", "b": "right"}) == "passed"
    assert round_status(["a", "b"], {"a": "right", "b": "damaged"}) == "failed"
    assert [worse(None, "right"), worse("right", "wrong"), worse("missing", "right")] == ["right", "wrong", "missing"]


@pytest.mark.parametrize(("year", "child"), [(2026, True), (2013, True), (2012, True), (2011, False), (1950, False)])
def test_fourteen_is_counted_to_the_childs_advantage(year: int, child: bool) -> None:
    assert is_child(year, date(2026, 11, 23)) is child
    person = PersonChange(id=ID, birth_year=year)
    require_years(person, year, {GUARDIAN}, date(2026, 11, 23))
    if child:
        with pytest.raises(DoorplateError, match="no_guardian"):
            require_years(person, year, {PERSONS}, date(2026, 11, 23))


def test_only_consents_that_stand_in_the_words_of_today_count() -> None:
    now = {one.id: one.version for one in RULES.household.purposes}
    kept = [Consent("1", "h", CONTACT, now[CONTACT], "spoken", NOW, "w"),
            Consent("2", "h", SENSITIVE, "2019-1", "spoken", NOW, "w"),
            Consent("3", "h", PERSONS, now[PERSONS], "spoken", NOW, "w", withdrawn_at=NOW)]
    assert standing(kept, [], RULES.household) == {CONTACT}
    back = GivenConsent(id=ID, purpose=CONTACT, words="x", given=False)
    assert standing(kept, [back], RULES.household) == set()


def household(**more: Any) -> HouseholdCount:
    values = {"id": ID, "kind": "household", "at": NOW.isoformat(), "community": "6" * 12, "household": "b" * 32}
    sent = ITEM.validate_python({**values, **more})
    assert isinstance(sent, HouseholdCount)
    return sent


def test_what_is_taken_back_is_taken_out_and_nothing_else() -> None:
    sent = household(
        changes={"members": 4, "contact": {"name": "张三"}, "needs": {"add": ["barrier_free", "large_print"]},
                 "persons": [{"id": "c" * 32, "name": "小五", "guardian_consent": "d" * 32}, {"id": "e" * 32, "name": "李四"}]},
        consents=[{"id": "f" * 32, "purpose": p, "words": "2026-1"} for p in (CONTACT, SENSITIVE, PERSONS, GUARDIAN)])
    assert without(sent, (), RULES.household) == sent
    left = without(sent, (CONTACT, GUARDIAN), RULES.household)
    assert ("contact" in left.changes.model_fields_set, [one.name for one in left.changes.persons]) == (False, ["李四"])
    assert [one.purpose for one in left.consents] == [SENSITIVE, PERSONS]
    nothing = without(sent, (CONTACT, SENSITIVE, PERSONS, GUARDIAN), RULES.household)
    assert (nothing.changes.members, nothing.changes.persons, nothing.consents) == (4, (), ())
    assert nothing.changes.needs is not None
    assert nothing.changes.needs.add == ("large_print",)


def test_that_it_was_taken_back_stays_told() -> None:
    sent = household(changes={}, consents=[{"id": "f" * 32, "purpose": CONTACT, "words": "2026-1", "given": False}])
    assert without(sent, (CONTACT,), RULES.household) == sent


def test_the_diary_speaks() -> None:
    line = DiaryLine(NOW, "走访", "幸福路3号", visit_words(["核对门牌地址", "送达通知"], [], matter=True, scanned=False))
    assert line.told == "14:00 幸福路3号 走访: 核对门牌地址、送达通知; 带回一件诉求; 没有扫牌"
    assert Diary(NOW.date(), "王明", (line, line)).summary == "2026-11-23 王明: 走访 2"
    assert item_words(("number", "point", "unheard"), {"number": "门牌号", "point": "位置"}, "rejected") == "门牌号、位置 (退回)"
    assert item_words((), {}, "recorded") == "已上报"
