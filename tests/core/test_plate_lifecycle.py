"""A plate goes from the plan to the wall step by step, and ends damaged, lost, retired or reissued."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest

from doorplate.errors import Refused
from doorplate.model import PlateStatus
from doorplate.plates.lifecycle import NAMES, TRANSITIONS, may_become, require_transition

WAY = ("planned", "printed", "proved", "packed", "issued", "mounted", "checked")
STATES = get_args(PlateStatus)


def test_every_state_has_its_row_and_its_name() -> None:
    assert set(TRANSITIONS) == set(NAMES) == set(STATES)


def test_a_plate_takes_every_step_of_the_way() -> None:
    for now, then in pairwise(WAY):
        require_transition(now, then)


BACK = ("issued", "packed")


def test_a_plate_that_was_not_hung_comes_back_into_a_box() -> None:
    require_transition(*BACK)


@pytest.mark.parametrize(("now", "then"), [(a, b) for i, a in enumerate(WAY) for j, b in enumerate(WAY)
                                           if j != i + 1 and (a, b) != BACK])
def test_no_step_is_skipped_repeated_or_taken_back(now: PlateStatus, then: PlateStatus) -> None:
    with pytest.raises(Refused) as caught:
        require_transition(now, then)
    assert caught.value.code == "plate.transition"
    assert NAMES[now] in caught.value.message
    assert NAMES[then] in caught.value.message


@pytest.mark.parametrize("now", WAY[1:])
def test_what_exists_can_be_damaged_lost_or_retired_and_then_reissued(now: PlateStatus) -> None:
    for end in ("damaged", "lost", "retired"):
        assert may_become(now, end)
        assert may_become(end, "reissued")


def test_what_was_never_made_can_only_be_printed_or_retired() -> None:
    assert TRANSITIONS["planned"] == {"printed", "retired"}


@pytest.mark.parametrize("wanted", STATES)
def test_reissued_is_the_end(wanted: PlateStatus) -> None:
    assert not may_become("reissued", wanted)


def test_an_unknown_state_is_refused_not_crashed_on() -> None:
    with pytest.raises(Refused):
        require_transition("mounted", "飞走了")
