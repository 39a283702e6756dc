"""补制: which plates must be made anew, which only lead elsewhere, and what the codes on old metal say."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flows.commands import doorplate
from flows.settling_stories import GROUNDS, VILLAGE, elements, open_street, standard, table

from doorplate.addresses.operations import Correct, Retire
from doorplate.errors import NotFound, PreflightFailed, Refused
from doorplate.model import Area, Community, PlateStatus, PrintBatch, Staff
from doorplate.plates.painting import NameSpelling, PaintRule, Spellings
from doorplate.public_view import Current, Retired
from doorplate.registry import Registry
from doorplate.registry.communities import open_community
from doorplate.registry.hanging import explain
from doorplate.registry.operating import Task, operate
from doorplate.registry.printing import PrintOrder, issue_plate, order_batch, record_printed
from doorplate.registry.reprinting import find_reprints, reissue
from doorplate.registry.scanning import Scanning
from doorplate.registry.undoing import undo
from doorplate.store import open_store

ORDER = PrintOrder(design="small-gate", base_url="https://menpai.example", community=VILLAGE)
HOUSES = 6


def print_all(registry: Registry, order: PrintOrder = ORDER) -> PrintBatch:
    return record_printed(registry, order_batch(registry, order, lambda _: None).batch)


@pytest.fixture
def street(registry: Registry) -> dict[int, str]:
    """A street of six houses with printed plates: house → code."""
    open_street(registry, HOUSES)
    return {int(p.number.removesuffix("号")): p.code for p in print_all(registry).plates}


def house(registry: Registry, number: int) -> str:
    return next(a.id for a in table(registry).values() if a.standard_address == standard(number))


def renumber(registry: Registry, number: int, new: int, street: str = "幸福路") -> str:
    done = operate(registry, VILLAGE, [Task(house(registry, number), Correct(GROUNDS, elements(new, street)))])
    return done.settlement.id


def end(registry: Registry, code: str, status: PlateStatus) -> None:
    """What an installer says of a plate that is not on its wall."""
    explain(registry, [code], status, "安装时发现")  # type: ignore[arg-type]


def told(registry: Registry) -> dict[str, tuple[str, str]]:
    """Code → need and reason."""
    return {one.plate.code: (one.verdict.need, one.verdict.reason) for one in find_reprints(registry, VILLAGE).asked}


def statuses(registry: Registry) -> dict[str, str]:
    with registry.store.reading() as reader:
        return {p.code: p.status for p in reader.plates(VILLAGE)}


def test_after_printing_nothing_needs_to_be_made_again(registry: Registry, street: dict[int, str]) -> None:
    found = find_reprints(registry, VILLAGE)
    assert (found.asked, found.unchanged, found.news) == ((), HOUSES, {})


def test_a_number_put_right_after_printing_needs_new_metal_until_it_is_taken_back(
    registry: Registry, street: dict[int, str]
) -> None:
    act = renumber(registry, 3, 33)
    found = find_reprints(registry, VILLAGE)
    assert told(registry) == {street[3]: ("metal", "号码改了: 3号→33号")}
    assert found.asked[0].because == "现场核对 (依据: 照片 12)"
    assert found.unchanged == HOUSES - 1
    undo(registry, act)
    assert told(registry) == {}


def test_a_renamed_street_is_told_by_both_names(registry: Registry, street: dict[int, str]) -> None:
    renumber(registry, 2, 2, "幸福大道")
    renumber(registry, 4, 44, "幸福大道")
    assert told(registry) == {street[2]: ("metal", "路名改了: 幸福路→幸福大道"),
                              street[4]: ("metal", "路名改了: 幸福路→幸福大道; 号码改了: 4号→44号")}


def test_what_nobody_painted_needs_only_the_page(registry: Registry, street: dict[int, str]) -> None:
    """The community is renamed, a house changes its grid, the officer another telephone: no metal."""
    grids = [Area(registry.new_id(), "grid", f"{VILLAGE}-G0{n}", f"第{n}网格", VILLAGE, None) for n in (1, 2)]
    with registry.store.writing() as unit:
        for grid in grids:
            unit.save(None, grid, registry.event("area.added", grid.id))
        officer = unit.save(None, Staff("s1", "民警甲", "社区民警", "0910-1", VILLAGE), registry.event("staff.added", "s1"))
        one, two = (unit.address(house(registry, n)) for n in (1, 2))
        assert one
        assert two
        unit.save(one, replace(one, grid_id=grids[0].id), registry.event("address.moved", one.id))
        unit.save(two, replace(two, standard_address=two.standard_address.replace("营上村", "营上社区")),
                  registry.event("address.corrected", two.id))
    reissue(registry, [street[1]], "首块")
    new = next(p for p in print_all(registry).plates if p.standard_address == standard(1))
    later = replace(registry, now=lambda: datetime(2026, 12, 1, tzinfo=UTC))
    with registry.store.writing() as unit:
        moved = unit.address(house(registry, 1))
        assert moved
        unit.save(moved, replace(moved, grid_id=grids[1].id), registry.event("address.moved", moved.id))
        unit.save(officer, replace(officer, phone="0910-2"), later.event("staff.changed", "s1"))
    names = ("陕西省", "咸阳市", "武功县", "普集街道", "营上社区")
    open_community(later, Community(VILLAGE, names, "陕西省咸阳市武功县普集街道营上社区"))
    assert told(registry) == {
        new.code: ("redirect", f"网格改了: {VILLAGE}-G01→{VILLAGE}-G02"),
        street[2]: ("redirect", f"标准地址改了: {standard(2)}→{standard(2).replace('营上村', '营上社区')}"),
    }
    assert find_reprints(registry, VILLAGE).news == {"社区资料变动": 1, "责任人变动": 1}


def test_a_retired_address_wants_its_plate_taken_down_not_made_again(registry: Registry, street: dict[int, str]) -> None:
    operate(registry, VILLAGE, [Task(house(registry, 5), Retire(GROUNDS))])
    assert told(registry) == {street[5]: ("take_down", "地址已停用")}
    with pytest.raises(PreflightFailed) as caught:
        reissue(registry, [street[5]], "破损")
    assert caught.value.problems == (f"{street[5]}: {standard(5)} 已停用, 不再挂牌",)


def test_pinyin_counts_only_where_it_was_painted(registry: Registry) -> None:
    open_street(registry, 1)
    rule = PaintRule(pinyin="tones")
    print_all(registry, replace(ORDER, rule=rule))
    assert find_reprints(registry, VILLAGE, lambda _: rule).asked == ()
    assert find_reprints(registry, VILLAGE).asked == ()  # a design without pinyin says nothing about plates that have it
    other = Spellings({"幸福路": NameSpelling(pinyin="Xìngfú Lú")})
    (asked,) = find_reprints(registry, VILLAGE, lambda _: rule, other).asked
    assert asked.verdict.reason.startswith("拼音改了: Xìngfú Lù→")


def test_spoilt_lost_and_wrong_plates_get_successors_and_the_next_print_is_exactly_these(
    registry: Registry, street: dict[int, str]
) -> None:
    end(registry, street[1], "damaged")
    end(registry, street[2], "lost")
    renumber(registry, 3, 33)
    needed = {code: reason for code, (_, reason) in told(registry).items()}
    assert needed == {street[1]: "已损坏", street[2]: "已遗失", street[3]: "号码改了: 3号→33号"}

    done = reissue(registry, list(needed), "补制")
    assert {one.old.code for one in done} == set(needed)
    assert {statuses(registry)[code] for code in needed} == {"reissued"}
    assert told(registry) == {}

    batch = print_all(registry)
    assert {p.code for p in batch.plates} == {one.new.code for one in done}
    assert {p.painted for p in batch.plates} == {"幸福路1号", "幸福路2号", "幸福路33号"}
    assert not {p.code for p in batch.plates} & set(street.values())
    assert told(registry) == {}
    assert find_reprints(registry, VILLAGE).unchanged == HOUSES
    assert registry.store.verify_chain().ok


def test_an_old_code_keeps_answering_and_says_what_the_door_is_called_now(registry: Registry, street: dict[int, str]) -> None:
    renumber(registry, 3, 33)
    scanning = Scanning(registry.store)
    before = scanning.resolve(street[3])
    assert isinstance(before, Current)  # until somebody orders new metal the old plate leads to today's page
    assert before.view.painted_number == "33号"
    (done,) = reissue(registry, [street[3]], "号码更正")
    old, new = scanning.resolve(street[3]), scanning.resolve(done.new.code)
    assert isinstance(old, Retired)
    assert old.now_called == standard(33)
    assert isinstance(new, Current)
    assert new.view.painted_number == "33号"


def test_a_plate_that_was_replaced_already_is_not_replaced_twice(registry: Registry, street: dict[int, str]) -> None:
    """Print staff may have printed the community before anybody reissued: the new plate is the successor."""
    end(registry, street[1], "damaged")
    (new,) = print_all(registry).plates
    assert told(registry) == {}
    (done,) = reissue(registry, [street[1]], "破损")
    assert (done.old.status, done.new.code) == ("reissued", new.code)
    assert len(statuses(registry)) == HOUSES + 1  # nothing was planned beside it


def test_a_changed_plate_may_keep_its_code_and_be_printed_again(registry: Registry, street: dict[int, str]) -> None:
    renumber(registry, 3, 33)
    (line,) = print_all(registry, replace(ORDER, community=None, codes=(street[3],))).plates
    assert (line.code, line.painted) == (street[3], "幸福路33号")
    assert told(registry) == {}


def test_what_cannot_be_reissued_is_listed_and_nothing_is_touched(registry: Registry, street: dict[int, str]) -> None:
    reissue(registry, [street[1]], "破损")
    planned = issue_plate(registry, house(registry, 2), "room").code
    before = statuses(registry)
    with pytest.raises(PreflightFailed) as caught:
        reissue(registry, [street[1], planned, "0123456789ABC", street[4]], "破损")
    assert caught.value.code == "reprint.not_reissuable"
    assert [problem.split(": ")[1] for problem in caught.value.problems] == [
        "这块门牌已补制, 不用补制", "这块门牌待制作, 不用补制", "登记簿里没有这个编码"]
    with pytest.raises(Refused) as refused:
        reissue(registry, [street[4]], "  ")
    assert refused.value.code == "operation.no_reason"
    assert statuses(registry) == before
    with pytest.raises(NotFound):
        find_reprints(registry, "610431001299")


def test_the_same_code_twice_in_a_list_is_one_plate(registry: Registry, street: dict[int, str]) -> None:
    assert len(reissue(registry, [street[4], street[4].lower(), street[4]], "破损")) == 1


@pytest.fixture
def home(tmp_path: Path, migrated_file: Path) -> tuple[Path, dict[int, str]]:
    """A registry at home with a printed street, one plate lost and one number put right since."""
    (tmp_path / "home").mkdir()
    path = tmp_path / "home" / "registry.sqlite"
    shutil.copy(migrated_file, path)
    store = open_store(f"sqlite:///{path}")
    registry = Registry(store, "ab" * 32, "tester", lambda: datetime(2026, 11, 23, 6, 5, tzinfo=UTC), random.Random(3))
    open_street(registry, HOUSES)
    codes = {int(p.number.removesuffix("号")): p.code for p in print_all(registry).plates}
    end(registry, codes[2], "lost")
    renumber(registry, 3, 33)
    store.close()
    return tmp_path / "home", codes


def test_from_the_command_line_list_then_reprint(home: tuple[Path, dict[int, str]], tmp_path: Path) -> None:
    folder, codes = home
    said = doorplate("reprint", "--community", VILLAGE, "--out", tmp_path / "codes.txt", home=folder, cwd=tmp_path)
    assert said.code == 0, said.err
    assert "号码改了: 3号→33号 (现场核对 (依据: 照片 12))" in said.out
    assert "已遗失" in said.out
    assert "加 --reissue" in said.out
    lines = (tmp_path / "codes.txt").read_text("utf-8").splitlines()
    assert [line.split("  #")[0] for line in sorted(lines, reverse=True)] == [codes[3], f"# {codes[2]}"]
    done = doorplate("print", "--codes", tmp_path / "codes.txt", "--out", tmp_path / "batch", home=folder, cwd=tmp_path,
                     DOORPLATE_BASE_URL="https://menpai.example")
    assert done.code == 0, done.err


def test_from_the_command_line_reissue_then_print_the_community(home: tuple[Path, dict[int, str]], tmp_path: Path) -> None:
    folder, codes = home
    refused = doorplate("reprint", "--community", VILLAGE, "--reissue", home=folder, cwd=tmp_path)
    assert (refused.code, refused.err.split(":")[0]) == (2, "operation.no_reason")
    said = doorplate("reprint", "--community", VILLAGE, "--reissue", "--reason", "号码更正和遗失", "--out", "codes.txt",
                     home=folder, cwd=tmp_path)
    assert said.code == 0, said.err
    new = {line.split()[0] for line in (tmp_path / "codes.txt").read_text("utf-8").splitlines()}
    assert len(new) == 2
    assert not new & set(codes.values())
    done = doorplate("print", "--community", VILLAGE, "--out", tmp_path / "batch", home=folder, cwd=tmp_path,
                     DOORPLATE_BASE_URL="https://menpai.example")
    assert done.code == 0, done.err
    manifest = (tmp_path / "batch" / "manifest.csv").read_text("utf-8-sig")
    assert all(code in manifest for code in new)
    assert manifest.count("\n") == 3
    again = doorplate("reprint", "--community", VILLAGE, "--out", "codes.txt", home=folder, cwd=tmp_path)
    assert (again.code, again.err.split(":")[0]) == (2, "reprint.nothing")
