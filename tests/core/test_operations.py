"""核对 清理 更正 停用 新编 合并: what becomes of an address, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from doorplate.addresses.format import address_key, local_address
from doorplate.addresses.operations import (
    Assign,
    Clean,
    Correct,
    Grounds,
    Merge,
    Operation,
    Retire,
    Surroundings,
    Verify,
    absorb,
    apply,
)
from doorplate.errors import Refused
from doorplate.model import Address, Elements, Point

CODE = "610431001203"
PREFIX = "陕西省咸阳市武功县普集街道营上村"
TODAY = date(2026, 11, 23)
GROUNDS = Grounds("现场核对", "照片 12", TODAY)


def address(number: int, street: str = "幸福路", **more: object) -> Address:
    elements = Elements(street=street, number=str(number))
    values = {"id": f"{street}{number}", "community": CODE, "elements": elements, "key": address_key(CODE, elements),
              "standard_address": PREFIX + local_address(elements), "status": "verified"}
    return Address(**{**values, **more})  # type: ignore[arg-type]


def around(*others: Address, spent: tuple[Address, ...] = ()) -> Surroundings:
    living, gone = {a.key: a for a in others}, {a.key for a in spent}
    return Surroundings(PREFIX, TODAY, living.get, gone.__contains__)


def number(of: int, street: str = "幸福路") -> Elements:
    return Elements(street=street, number=str(of))


def refused(was: Address | None, operation: Operation, where: Surroundings) -> str:
    with pytest.raises(Refused) as caught:
        apply(was, operation, where)
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.message)
    return caught.value.code


def test_a_corrected_address_keeps_every_name_it_had():
    first = address(5)
    second = apply(first, Correct(GROUNDS, number(7)), around(first))
    third = apply(second, Correct(GROUNDS, number(7, "和谐街")), around(second))
    assert third.standard_address == PREFIX + "和谐街7号"
    assert third.aliases == (PREFIX + "幸福路5号", PREFIX + "幸福路7号")
    assert third.key == address_key(CODE, number(7, "和谐街"))
    back = apply(third, Correct(GROUNDS, number(5)), around(third))
    assert PREFIX + "幸福路5号" not in back.aliases
    assert (back.status, back.id) == (first.status, first.id)


def test_grid_and_point_are_corrected_without_a_new_name():
    moved = apply(address(5), Correct(GROUNDS, grid_id="g2", point=Point(108.2, 34.27)), around())
    assert (moved.grid_id, moved.point, moved.aliases) == ("g2", Point(108.2, 34.27), ())


def test_a_retired_number_is_never_given_again():
    gone = address(5, status="retired")
    assert refused(None, Assign(GROUNDS, "new", CODE, number(5)), around(spent=(gone,))) == "address.number_spent"
    assert refused(address(7), Correct(GROUNDS, number(5)), around(spent=(gone,))) == "address.number_spent"
    beside = apply(None, Assign(GROUNDS, "new", CODE, replace(number(5), suffix="1")), around(spent=(gone,)))
    assert beside.standard_address == PREFIX + "幸福路5号附1号"


@pytest.mark.parametrize("written", [number(5), replace(number(5), street="幸福路", number="05")])
def test_a_number_in_use_is_refused_however_it_is_written(written: Elements):
    assert refused(None, Assign(GROUNDS, "new", CODE, written), around(address(5))) == "address.number_taken"
    assert refused(address(7), Correct(GROUNDS, written), around(address(5))) == "address.number_taken"


@pytest.mark.parametrize(
    ("status", "operation", "code"),
    [
        ("verified", Verify(GROUNDS), "address.transition"),
        ("retired", Verify(GROUNDS), "address.transition"),
        ("retired", Retire(GROUNDS), "address.transition"),
        ("retired", Correct(GROUNDS, number(9)), "address.retired"),
        ("retired", Merge(GROUNDS, address(9)), "address.retired"),
        ("verified", Merge(GROUNDS, address(5)), "address.cannot_merge"),
        ("verified", Merge(GROUNDS, address(9, status="retired")), "address.cannot_merge"),
        ("verified", Merge(GROUNDS, address(9, community="610431001204")), "address.cannot_merge"),
        ("verified", Correct(GROUNDS, number(5)), "operation.no_change"),
        ("verified", Correct(GROUNDS), "operation.no_change"),
        ("verified", Correct(GROUNDS, Elements(street="幸福路")), "address.incomplete"),
        ("verified", Correct(GROUNDS, Elements(number="5")), "address.incomplete"),
        ("verified", Clean(GROUNDS, number(6)), "address.not_a_cleaning"),
    ],
)
def test_what_an_address_may_not_become(status: str, operation: Operation, code: str):
    assert refused(address(5, status=status), operation, around()) == code


def test_cleaning_changes_the_writing_and_never_the_door():
    untidy = Elements(street="東風路", number="05")
    was = address(5, elements=untidy, key=address_key(CODE, untidy), standard_address=PREFIX + local_address(untidy))
    tidy = apply(was, Clean(GROUNDS, number(5, "东风路")), around(was))
    assert tidy.standard_address == PREFIX + "东风路5号"
    assert (tidy.key, tidy.aliases) == (was.key, (PREFIX + "東風路05号",))


def test_a_merged_address_ends_and_the_other_inherits_its_names_and_its_point():
    double = address(5, "辛福路", aliases=("老地名",), point=Point(108.2, 34.27))
    standing = address(5)
    assert apply(double, Merge(GROUNDS, standing), around(standing)).status == "retired"
    heir = absorb(standing, double)
    assert heir.aliases == ("老地名", PREFIX + "辛福路5号")
    assert heir.point == double.point
    assert heir.standard_address == standing.standard_address


@pytest.mark.parametrize(
    ("grounds", "code"),
    [
        (replace(GROUNDS, reason="  "), "operation.no_reason"),
        (replace(GROUNDS, reason="打电话 13800138000 问的"), "operation.personal_data"),
        (replace(GROUNDS, evidence="身份证 11010519491231002X"), "operation.personal_data"),
        (replace(GROUNDS, effective_on=TODAY + timedelta(days=367)), "operation.effective_date"),
        (replace(GROUNDS, effective_on=date(206, 11, 23)), "operation.effective_date"),
    ],
)
def test_grounds_are_asked_for_and_looked_at(grounds: Grounds, code: str):
    assert refused(address(5), Retire(grounds), around()) == code


@pytest.mark.parametrize("day", [date(1949, 10, 1), TODAY, TODAY + timedelta(days=366)])
def test_an_operation_may_hold_from_long_ago_or_soon(day: date):
    assert apply(address(5), Retire(replace(GROUNDS, effective_on=day)), around()).status == "retired"
