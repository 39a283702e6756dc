"""What officers send is decided by somebody else, field by field, against what is true at that moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flows.review_stories import NEW_PLATE, PLATE, ReviewStory, ident
from flows.settling_stories import GROUNDS, elements, refusal, require_sound, standard

from doorplate.addresses.operations import Correct, Retire
from doorplate.errors import InputError, NotFound, NotPermitted, Refused
from doorplate.people.account import Grant
from doorplate.registry.operating import Task
from doorplate.review_view import ReviewAsk
from doorplate.store import Store


@pytest.fixture
def story(store: Store) -> ReviewStory:
    return ReviewStory(store)


def test_a_correction_holds_once_it_is_approved_as_one_act(story: ReviewStory):
    sent = story.correction("wang", 1, number="11")
    card = story.card(sent)
    assert (card.row.verdict, card.may_decide, card.effect.new_metal) == ("clean", True, (PLATE,))
    assert [(one.base, one.current, one.proposed) for one in card.compared if one.state == "clean"] == [("1", "1", "11")]
    story.approve(sent)
    assert story.house(1).standard_address == standard(11)
    item = story.item(sent)
    assert (item.status, item.reviewer_id) == ("approved", ident("zhao"))
    assert story.verbs(story.house(1).id)[-1] == "address.corrected"
    assert story.verbs(item.result) == ["settlement.operate"]
    assert story.card(sent).history[0].who == "测试审核赵"
    refusal("review.decided", story.approve, sent)
    assert story.registry.store.verify_chain().ok


def test_two_officers_disagree_and_nobody_is_overwritten(story: ReviewStory):
    one, two = story.correction("wang", 1, number="11"), story.correction("li", 1, number="13")
    assert [near.id for near in story.card(one).near] == [two]
    story.approve(one)
    assert story.item(two).verdict == "hard"
    assert two in story.shown("zhao", "hard")
    refusal("review.undecided", story.approve, two)
    refusal("review.nothing_left", lambda: story.approve(two, number="current"))
    story.approve(two, number="proposed")
    assert story.house(1).standard_address == standard(13)
    assert set(story.house(1).aliases) == {standard(1), standard(11)}


def test_different_fields_of_one_door_go_together(story: ReviewStory):
    one = story.correction("wang", 1, number="11")
    two = story.correction("li", 1, place_kind="public", name="营上村小学")
    story.approve(one)
    assert story.card(two).row.verdict == "soft"
    story.approve(two)
    house = story.house(1)
    assert (house.elements.number, house.place_kind, house.name) == ("11", "public", "营上村小学")


def test_the_same_twice_is_approved_without_changing_anything(story: ReviewStory):
    one, two = story.correction("wang", 1, number="11"), story.correction("li", 1, number="11")
    story.approve(one)
    before = story.house(1)
    story.approve(two)
    assert (story.house(1), story.item(two).status, story.item(two).result) == (before, "approved", "")


def test_retiring_goes_to_a_person_when_somebody_edited(story: ReviewStory):
    edited, retired = story.correction("wang", 2, number="12"), story.correction("li", 2, "retire", "demolished")
    story.approve(edited)
    refusal("review.undecided", story.approve, retired)
    story.approve(retired, status="proposed")
    assert story.house(2).status == "retired"


def test_an_edit_of_what_was_retired_meanwhile_is_refused_with_the_reason(story: ReviewStory):
    edited = story.correction("wang", 2, number="12")
    story.operate(Task(ident("house 2"), Retire(GROUNDS)))
    card = story.card(edited)
    assert (card.row.verdict, "停用" in card.hindered) == ("hard", True)
    refusal("address.retired", lambda: story.approve(edited, number="proposed", status="current"))
    story.desk.reject(story.actor("zhao"), edited, card.version, "已经拆了")
    assert (story.item(edited).status, story.item(edited).words) == ("rejected", "已经拆了")


def test_a_number_given_to_somebody_meanwhile_is_not_given_twice(story: ReviewStory):
    one, two = story.correction("wang", 1, number="11"), story.correction("li", 2, number="11")
    new = story.correction("wang", None, "assign", "new_house", street="幸福路", number="11")
    story.approve(one)
    refusal("address.number_taken", lambda: story.approve(two, number="proposed"))
    assert "11" in story.card(new).hindered
    refusal("address.number_taken", lambda: story.approve(new, **{"number": "proposed", "street": "proposed"}))
    assert story.item(new).status == "waiting"


def test_a_new_house_comes_to_be(story: ReviewStory):
    point = {"lon": 108.2002, "lat": 34.2701, "accuracy_m": 4, "samples": 12}
    sent = story.correction("wang", None, "assign", "new_house", street="幸福路", number="21", point=point)
    story.approve(sent)
    with story.registry.store.reading() as reader:
        fresh = reader.address(sent)
    assert fresh is not None
    assert (fresh.standard_address, fresh.status, fresh.grid_id) == (standard(21), "proposed", "g1")


def test_the_page_was_overtaken(story: ReviewStory):
    sent = story.correction("wang", 1, number="11")
    version = story.card(sent).version
    story.operate(Task(ident("house 1"), Correct(GROUNDS, elements(1, "和谐街"))))
    for act in (lambda: story.desk.approve(story.actor("zhao"), sent, version),
                lambda: story.desk.reject(story.actor("zhao"), sent, version, "不对")):
        refusal("store.stale", act)


def test_nobody_decides_their_own(story: ReviewStory):
    sent = story.correction("sun", 5, number="15")
    card = story.card(sent, "sun")
    assert (card.may_decide, card.why_not, card.row.own) == (False, "own", True)
    refusal("review.own", lambda: story.approve(sent, "sun"), error=NotPermitted)
    stands_in = story.actor("far", grants=(Grant("grid_leader", "610431001203-G02", ident("sun")),))
    refusal("permission.denied", story.desk.approve, stands_in, sent, card.version, error=NotPermitted)
    assert story.desk.approve_clean(story.actor("sun"), [sent]).done == 0
    assert story.shown("sun", "mine") == [sent]


def test_what_lies_elsewhere_does_not_exist(story: ReviewStory):
    here, there = story.correction("wang", 1, number="11"), story.correction("wang", 5, number="15")
    assert story.shown("sun") == [there]
    assert story.shown("far") == []
    for who, sent in (("sun", here), ("far", there), ("li", there)):
        refusal("item.unknown", story.desk.open, story.actor(who), sent, error=NotFound)
        refusal("item.unknown", story.desk.reject, story.actor(who), sent, 2, "不对", error=NotFound)


def test_words_are_needed_and_hold_no_numbers_of_persons(story: ReviewStory):
    sent = story.correction("wang", 1, number="11")
    version = story.card(sent).version
    wrong = ((" ", "review.no_words"), ("请联系 13812345678", "review.personal_data"), ("字" * 501, "review.too_long"))
    for words, code in wrong:
        refusal(code, story.desk.reject, story.actor("zhao"), sent, version, words, error=InputError)
    assert story.item(sent).status == "waiting"


def test_a_reviewer_puts_it_right(story: ReviewStory):
    sent = story.correction("wang", 1, number="11", point={"lon": 108.2003, "lat": 34.27, "accuracy_m": 5})
    version = story.card(sent).version
    zhao = story.actor("zhao")
    refusal("review.value", story.desk.amend, zhao, sent, version, {"point": "北边一点"}, "位置量错", error=InputError)
    refusal("point.outside", story.desk.amend, zhao, sent, version, {"point": "109.2, 34.27"}, "位置量错")
    refusal("review.value", story.desk.amend, zhao, sent, version, {"status": "verified"}, "改", error=InputError)
    story.desk.amend(zhao, sent, version, {"number": "17", "point": "108.20012, 34.27001"}, "门牌是 17 号")
    house = story.house(1)
    assert house.point is not None
    assert (house.elements.number, round(house.point.lon, 5), story.item(sent).status) == ("17", 108.20012, "amended")
    assert story.item(sent).words == "门牌是 17 号"


def test_amending_one_field_leaves_what_somebody_else_made_true(story: ReviewStory):
    point = {"lon": 108.2003, "lat": 34.27, "accuracy_m": 5}
    sent = story.correction("wang", 1, number="11", point=point)
    story.operate(Task(ident("house 1"), Correct(GROUNDS, elements(13, "和谐街"))))
    card = story.card(sent)
    form = {one.name: one.value for one in card.compared if one.value is not None}
    assert (form["street"], form["number"]) == ("和谐街", "13")
    story.desk.amend(story.actor("zhao"), sent, card.version, form | {"suffix": "2"}, "附 2 号")
    house = story.house(1)
    assert house.point is not None
    assert (house.elements.street, house.elements.number, house.elements.suffix) == ("和谐街", "13", "2")
    assert house.point.accuracy_m == 5


def test_many_at_once_one_of_them_turned_bad(story: ReviewStory):
    clean = [story.correction("wang", n, number=f"1{n}") for n in (1, 2)]
    flagged = story.correction("wang", 3, number="13", flags=("gnss.far",))
    turned = story.correction("wang", 4, number="14")
    lines = story.desk.preview_clean(story.actor("zhao"), [*clean, flagged, turned])
    assert [bool(line.why_not) for line in lines] == [False, False, True, False]
    story.operate(Task(ident("house 4"), Correct(GROUNDS, elements(44))))
    done = story.desk.approve_clean(story.actor("zhao"), [*clean, flagged, turned, "f" * 32])
    assert (done.done, [item for item, _ in done.not_done], list(done.undoable)) == (2, [flagged, turned, "f" * 32], clean)
    back = story.desk.undo(story.actor("zhao"), clean)
    assert back.done == 2
    assert [story.house(n).standard_address for n in (1, 2)] == [standard(1), standard(2)]
    assert {story.item(one).status for one in clean} == {"waiting"}
    story.approve(clean[0])
    assert story.house(1).standard_address == standard(11)


def test_an_approval_that_was_built_upon_stays(story: ReviewStory):
    sent = story.correction("wang", 1, number="11")
    story.approve(sent)
    story.operate(Task(ident("house 1"), Correct(GROUNDS, elements(19))))
    [(item, why)] = story.desk.undo(story.actor("zhao"), [sent]).not_done
    assert (item, "不能撤销" in why, story.item(sent).status) == (sent, True, "approved")


def test_checking_a_door_again_leaves_it_as_it_is(story: ReviewStory):
    sent = story.correction("wang", 1, "verify", "seen")
    story.approve(sent)
    assert (story.house(1).status, story.item(sent).status) == ("verified", "approved")


def test_a_household_is_seen_masked_and_the_look_is_logged(story: ReviewStory):
    told = {"kind": "household", "household": ident("h1"), "address": ident("house 1"), "community": "610431001203", "base": 1,
            "changes": {"members": 5, "contact": {"name": "张三丰", "phone": "13812345678"}},
            "consents": [{"id": "c" * 32, "purpose": "contact", "words": "2026-1"}]}
    sent = story.send("wang", told, ("members", "contact"))
    [row] = story.desk.queue(story.actor("zhao"), ReviewAsk()).rows
    card = story.card(sent)
    assert "张三丰" not in repr(row) + repr(card)
    assert next(one.proposed for one in card.compared if one.name == "contact") == "张* 138****5678"
    assert story.verbs(ident("h1"))[-1] == "household.looked"
    assert story.card(sent).version == card.version
    story.approve(sent)
    with story.registry.store.reading() as reader:
        [household] = reader.households_of([ident("h1")])
    assert (household.members, household.contact_sealed is not None) == (5, True)
    assert story.desk.preview_clean(story.actor("zhao"), [sent])[0].why_not


def counted(story: ReviewStory, who: str, **changes: object) -> str:
    told = {"kind": "household", "household": ident("h1"), "address": ident("house 1"), "community": "610431001203", "base": 1,
            "changes": changes}
    return story.send(who, told, tuple(changes))


def test_two_counts_of_one_household(story: ReviewStory):
    one = counted(story, "wang", members=5, needs={"add": ["large_print"]})
    two = counted(story, "li", members=6, needs={"add": ["home_visit"]})
    story.approve(one)
    refusal("review.undecided", story.approve, two)
    assert next(field.proposed for field in story.card(two).compared if field.name == "needs") == "希望上门办事、希望大字材料"
    story.desk.amend(story.actor("zhao"), two, story.card(two).version, {"members": "7"}, "户主说 7 人")
    with story.registry.store.reading() as reader:
        [household] = reader.households_of([ident("h1")])
    assert (household.members, household.needs) == (7, ("home_visit", "large_print"))


def test_a_plate_hung_under_doubt_is_hung_when_somebody_says_so(story: ReviewStory):
    told = {"kind": "mount", "address": ident("house 2"), "community": "610431001203", "plate": NEW_PLATE, "outcome": "mounted",
            "height_mm": 2000, "side": "right"}
    sent = story.send("wang", told, (), ("mount.typed",))
    card = story.card(sent)
    assert ([one.name for one in card.compared], card.flags) == (["plate", "outcome", "side", "height_mm"], ("mount.typed",))
    story.approve(sent)
    with story.registry.store.reading() as reader:
        plate = reader.plate_by_code(NEW_PLATE)
    assert plate is not None
    assert (plate.status, story.item(sent).result) == ("mounted", sent)


def test_a_forgotten_item_can_be_seen_and_not_decided(story: ReviewStory):
    sent = story.correction("wang", 1, number="11")
    with story.registry.store.writing() as unit:
        item = story.item(sent)
        unit.save(item, replace(item, payload_sealed=None), story.registry.event("field_item.forgotten", sent))
    card = story.card(sent)
    assert (card.may_decide, card.why_not) == (False, "forgotten")
    with pytest.raises(Refused):
        story.approve(sent)


def test_reviewing_keeps_the_register_sound(story: ReviewStory):
    for n in (1, 2, 3):
        story.approve(story.correction("wang", n, number=f"1{n}"))
    require_sound(story.registry)


def test_four_reviewers_at_one_moment(story: ReviewStory):
    sent = story.correction("wang", 1, number="11")
    version = story.card(sent).version

    def decide(_: int) -> str:
        try:
            story.desk.approve(story.actor("zhao"), sent, version)
        except Refused as exc:
            return exc.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(decide, range(4)))
    assert told == ["done", *["review.decided"] * 3]
    assert story.verbs(story.house(1).id).count("address.corrected") == 1
