"""The pure rule of who may see a matter and the store's SQL say the same, on every combination."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from flows.case_stories import CODES, EVERYBODY, Story, story

from doorplate.cases.case import Case
from doorplate.cases.duty import ORDER
from doorplate.cases.visibility import may_see
from doorplate.errors import Refused
from doorplate.households.seal import Sealer
from doorplate.model import Staff
from doorplate.registry.cases.working import scope_of
from doorplate.sealing import Seal
from doorplate.store.case_reader import Slice

CLERK, NOWHERE = Staff("clerk", "村支书", "村支书", "", "610431001203"), Staff("lost", "无处", "民警", "", "")


@pytest.fixture
def village(store) -> Story:
    return story(store, people=(*EVERYBODY, CLERK, NOWHERE))


def all_cases(village: Story) -> list[Case]:
    one = village.case(village.ask())
    owners, named = (None, "officer", "chief", "clerk"), ((), ("officer",), ("grid", "chief"))
    wanted = product(("ask", "direct"), ORDER, ("near", "far"), owners, named)
    registry = village.work.registry
    cases = [replace(one, id=f"{n:032x}", client_id=f"{n:032x}x", receipt=f"R{n}", kind=kind, level=level,
                     address_id=f"a-{where}", plate_code=CODES[where], owner_id=owner, about=about)
             for n, (kind, level, where, owner, about) in enumerate(wanted)]
    with registry.store.writing() as unit:
        unit.save_many((None, case, registry.event("case.opened", case.id)) for case in cases)
    return [one, *cases]


def test_sql_and_rule_agree(village):
    village.away(EVERYBODY[3])
    cases, grids = all_cases(village), {"a-near": "g1", "a-far": "g2"}
    with village.work.registry.store.reading() as reader:
        for person in (*EVERYBODY, CLERK, NOWHERE):
            scope = scope_of(village.work, reader, person.id)
            listed = {one.id for one in reader.cases_in(scope, "open", village.clock.now, Slice(0, 10_000))}
            assert listed == {one.id for one in cases if may_see(scope, one, grids[one.address_id or ""])}, person.id
            assert reader.count_cases(scope, village.clock.now)["open"] == len(listed)
        nowhere = scope_of(village.work, reader, NOWHERE.id)
        assert reader.cases_in(nowhere, "open", village.clock.now, Slice(0, 9)) == ()


def test_words_of_one_matter_do_not_open_as_anothers(village):
    first, second = village.case(village.ask(text="甲")), village.case(village.ask(text="乙"))
    assert village.work.opened(first.text_sealed, first.id) == "甲"
    with pytest.raises(Refused, match="打不开"):
        village.work.opened(first.text_sealed, second.id)


def test_names_sealed_before_still_open_and_do_not_open_as_words():
    """Bytes the registry wrote before sealing was shared with matters."""
    sealed = bytes.fromhex("0124d007b673fbe4deb27646b5f113366a2a156b821a94bc12625931bd0f67fae3337991e610")
    assert Sealer("ab" * 32).open(sealed) == "欧阳修"
    with pytest.raises(ValueError):
        Seal("ab" * 32, "cases").open(sealed)
