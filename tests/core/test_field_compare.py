"""Two to four officers at the same doors, each with the register as their pack had it: nobody's change is lost unseen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorplate.errors import Refused
from doorplate.field.compare import NAME, Facts, Merge, Proposal, compare, settled, verdict_of
from doorplate.model import Point

DOOR = {"street": "幸福路", "lane": "", "number": "5", "suffix": "", "point": Point(108.2, 34.27, 5.0),
        "name": "", "status": "verified"}
WORDS = {"street": ["幸福路", "东风路"], "number": ["5", "7", "9"], "suffix": ["", "1"], "name": ["", "小学", "卫生室"]}


def changed(**values: object) -> Facts:
    return Facts({**DOOR, **values})


def states(base: Facts | None, current: Facts, proposal: Proposal) -> dict[str, str]:
    return {one.field: one.state for one in compare(base, current, proposal)}


def correct(**values: object) -> Proposal:
    return Proposal("correct", values)


def test_a_change_of_what_nobody_touched_is_clean() -> None:
    found = compare(Facts(DOOR), Facts(DOOR), correct(number="7"))
    assert verdict_of(found) == "clean"
    assert settled(found, {}) == {"number": "7"}


def test_another_field_changed_meanwhile_is_soft() -> None:
    found = compare(Facts(DOOR), changed(name="小学"), correct(number="7"))
    assert verdict_of(found) == "soft"
    assert settled(found, {}) == {"number": "7"}


def test_my_number_against_your_street_is_hard_on_both() -> None:
    found = states(Facts(DOOR), changed(street="东风路"), correct(number="7"))
    assert found["number"] == found["street"] == "hard"


def test_both_made_it_the_same() -> None:
    assert states(Facts(DOOR), changed(number="7"), correct(number="7"))["number"] == "moot"


def test_a_hard_field_waits_for_a_person() -> None:
    found = compare(Facts(DOOR), changed(number="9"), correct(number="7"))
    with pytest.raises(Refused) as refused:
        settled(found, {})
    assert refused.value.code == "review.undecided"
    assert settled(found, {"number": "current"}) == {}
    assert settled(found, {"number": "proposed"}) == {"number": "7"}


@pytest.mark.parametrize("proposal", [Proposal("retire", {"status": "retired"}), Proposal("verify", {"status": "verified"})])
def test_ending_or_confirming_a_door_that_got_another_number_is_hard(proposal: Proposal) -> None:
    assert states(Facts(DOOR), changed(number="9"), proposal)["status"] == "hard"


def test_changing_a_door_that_was_ended_is_hard() -> None:
    assert states(Facts(DOOR), changed(status="retired"), correct(name="小学"))["name"] == "hard"


def test_a_new_door_where_one_lives_is_hard() -> None:
    new = Proposal("assign", {"street": "幸福路", "number": "5"}, taken=True)
    assert verdict_of(compare(None, Facts(DOOR), new)) == verdict_of(compare(None, None, new)) == "hard"


def test_a_name_somebody_else_got_meanwhile_is_hard() -> None:
    assert verdict_of(compare(Facts(DOOR), Facts(DOOR), Proposal("correct", {"number": "7"}, taken=True))) == "hard"


def test_points_within_the_worse_accuracy_are_one() -> None:
    theirs, mine, far = Point(108.20002, 34.27, 8.0), Point(108.20004, 34.27, 3.0), Point(108.21, 34.27, 3.0)
    other = Facts({**DOOR, "point": Point(108.1, 34.27, 5.0)})
    assert states(other, changed(point=theirs), correct(point=mine))["point"] == "moot"
    assert states(other, changed(point=theirs), correct(point=far))["point"] == "hard"


def test_sets_merge_unless_one_adds_what_the_other_took_away() -> None:
    had, now = Facts({"needs": ("a", "b")}), Facts({"needs": ("b", "c")})
    added = compare(had, now, Proposal("count", {"needs": Merge(add=frozenset("d"), remove=frozenset("b"))}))
    assert settled(added, {}) == {"needs": ("c", "d")}
    assert states(had, now, Proposal("count", {"needs": Merge(add=frozenset("a"))}))["needs"] == "hard"


def test_a_base_nobody_knows_is_never_overwritten_unseen() -> None:
    had = Facts({"tenure": "rent"}, frozenset({"tenure"}))
    assert states(had, Facts({"tenure": "rent"}), Proposal("count", {"tenure": "own"}))["tenure"] == "hard"


@given(st.data())
@settings(max_examples=1000, deadline=None)
def test_a_thousand_histories_overwrite_nothing_unseen(data: st.DataObject) -> None:
    """Each officer has a pack of some earlier moment. A field that changed since may only be replaced where it was shown as hard
    and a person chose so."""
    history = [dict(DOOR)]
    for _ in range(data.draw(st.integers(2, 4))):
        base = data.draw(st.sampled_from(history))
        fields = data.draw(st.sets(st.sampled_from(sorted(WORDS)), min_size=1))
        wanted = {name: data.draw(st.sampled_from(WORDS[name])) for name in sorted(fields)}
        current = history[-1]
        found = compare(Facts(base), Facts(current), Proposal("correct", wanted))
        hard = {one.field for one in found if one.state == "hard"}
        choices = {name: data.draw(st.sampled_from(["current", "proposed"])) for name in sorted(hard)}
        result = settled(found, choices)  # type: ignore[arg-type]
        for name, value in result.items():
            assert value == wanted.get(name, base.get(name))
            assert current[name] == base[name] or choices.get(name) == "proposed"
        moved = [name for name in NAME if name in base and base[name] != current[name]]
        if any(name in NAME and wanted[name] not in (base[name], current[name]) for name in wanted) and moved:
            assert hard, "a new name against a changed name was not shown"
        history.append({**current, **result})
