"""Settling: what the check found is accepted, put right or dismissed; seen before it is done, taken back where it was wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flows.commands import doorplate
from flows.conftest import NOW
from flows.settling_stories import DAY, GROUNDS, VILLAGE, events, refusal, require_sound, table
from flows.test_village_to_plates import ORDER, accept, delivery
from support.raw import raw

from doorplate.checking import Checked
from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import CheckResult, Household, RecordedFinding
from doorplate.registry import Registry
from doorplate.registry.counters import count
from doorplate.registry.lists import import_lists
from doorplate.registry.printing import order_batch
from doorplate.registry.settling import Choice, Ruling, preview, settle, waiting
from doorplate.registry.undoing import undo
from doorplate.registry.verifying import verify_community

ACCEPT = Ruling("accept", GROUNDS)
DISMISS = Ruling("dismiss", GROUNDS)


@pytest.fixture
def village(registry: Registry, sample: Checked, sample_files: list[Path]) -> Registry:
    import_lists(registry, delivery(sample, sample_files))
    return registry


def open_findings(registry: Registry, code: str, *, proposal: bool = True) -> list[RecordedFinding]:
    found = [f for f in waiting(registry, VILLAGE) if f.finding.code == code]
    return [f for f in found if bool(f.finding.proposal) == proposal]


def household_of(registry: Registry, finding: RecordedFinding) -> Household:
    with registry.store.reading() as reader:
        return reader.households_of([finding.household_id or ""])[0]


def test_every_finding_remembers_its_household_and_place(village: Registry):
    for finding in open_findings(village, "incomplete.number"):
        assert finding.place is not None
        assert finding.place.elements.thoroughfare
        assert household_of(village, finding).address_id is None


def test_a_house_without_a_number_gets_the_one_proposed(village: Registry):
    finding = next(f for f in open_findings(village, "incomplete.number")
                   if preview(village, VILLAGE, Choice((f.id,)), ACCEPT).outcomes)
    doorless = count(village, VILLAGE).households_without_door
    settlement, plan = settle(village, VILLAGE, Choice((finding.id,)), ACCEPT)
    assert [o.act for o in plan.outcomes] == ["新编"]
    assert plan.outcomes[0].effect.after.endswith(finding.finding.proposal)
    home = table(village)[household_of(village, finding).address_id or ""]
    assert home.standard_address == plan.outcomes[0].effect.after
    assert count(village, VILLAGE).households_without_door == doorless - 1
    with village.store.reading() as reader:
        story = [e.event for e in reader.events_of(settlement.subjects)]
        mine = [e for e in story if e.source == settlement.source]
        assert {e.verb for e in mine} >= {"address.assigned", "household.moved", "finding.settled"}
        assert all(GROUNDS.reason in e.reason or "一并了结" in e.reason for e in mine)
        assert reader.settlement(settlement.id) == settlement
        assert settlement.effective_on == DAY
    require_sound(village)


def test_a_preview_writes_nothing_and_says_what_settling_then_does(village: Registry):
    choice = Choice(codes=("disordered", "incomplete", "wrong"))
    before = events(village)
    seen = preview(village, VILLAGE, choice, ACCEPT)
    assert events(village) == before
    _, done = settle(village, VILLAGE, choice, ACCEPT)
    assert done == seen
    assert len(done.outcomes) > 50
    assert {h.code for h in done.hindered} <= {"address.number_taken", "address.number_spent", "finding.no_proposal"}
    still = {f.id for f in waiting(village, VILLAGE)}
    assert {h.finding for h in done.hindered} <= still
    assert not {o.finding for o in done.outcomes} & still
    require_sound(village)


def test_findings_of_before_places_were_kept_are_shown_and_settled_without(village: Registry, store_url: str):
    """Imported by a version before migration 0002: no place, no household; what they propose may still be enough."""
    with raw(store_url) as connection:
        connection.execute("UPDATE finding SET place = NULL, household_id = NULL")
    old = waiting(village, VILLAGE)
    assert old
    assert {(f.place, f.household_id) for f in old} == {(None, None)}
    for ruling in (ACCEPT, DISMISS):
        seen = preview(village, VILLAGE, Choice(), ruling)
        told = {o.finding for o in seen.outcomes} | {h.finding for h in seen.hindered}
        assert told | {f.id for f in old if f.finding.confidence == "sure"} == {f.id for f in old}
    in_grid = preview(village, VILLAGE, Choice(grid=f"{VILLAGE}-G03"), ACCEPT)
    assert {h.code for h in in_grid.hindered} <= {"finding.field_work", "finding.no_proposal"}
    bare = next(f for f in old if f.finding.code == "disordered" and f.address_id is None)
    assert "不完整" in refusal("address.incomplete", settle, village, VILLAGE, Choice((bare.id,)), ACCEPT)
    _, plan = settle(village, VILLAGE, Choice((bare.id,)), replace(ACCEPT, decision="amend", address="幸福路888号"))
    assert [o.act for o in plan.outcomes] == ["新编"]
    require_sound(village)


def test_what_was_settled_can_be_verified_and_printed(village: Registry):
    before = verify_community(village, VILLAGE).verified
    settle(village, VILLAGE, Choice(codes=("disordered",)), ACCEPT)
    assert verify_community(village, VILLAGE).verified > 10
    assert len(order_batch(village, ORDER, accept).batch.plates) > before


def test_findings_are_chosen_by_class_code_confidence_and_grid(village: Registry):
    grid = f"{VILLAGE}-G03"
    whole = preview(village, VILLAGE, Choice(codes=("disordered",)), ACCEPT)
    part = preview(village, VILLAGE, Choice(codes=("disordered",), grid=grid), ACCEPT)
    assert 0 < len(part.outcomes) < len(whole.outcomes)
    sure = preview(village, VILLAGE, Choice(confidence="sure"), ACCEPT)
    told = {f.id: f.finding.confidence for f in waiting(village, VILLAGE)}
    assert {told[o.finding] for o in sure.outcomes} == {"sure"}
    doubles = preview(village, VILLAGE, Choice(codes=("duplicate.number",)), DISMISS)
    assert {o.code for o in doubles.outcomes} == {"duplicate.number"}


def test_two_people_settle_the_same_finding_and_the_second_is_told(village: Registry):
    finding = open_findings(village, "disordered")[0]
    settle(replace(village, actor="王一"), VILLAGE, Choice((finding.id,)), ACCEPT)
    before = events(village)
    told = refusal("finding.already_settled", settle, replace(village, actor="李二"), VILLAGE, Choice((finding.id,)), ACCEPT)
    assert "王一" in told
    assert GROUNDS.reason in told
    assert events(village) == before


def test_a_person_knows_better_than_the_proposal(village: Registry):
    finding = open_findings(village, "disordered")[0]
    street = finding.place.elements.thoroughfare if finding.place else ""
    _, plan = settle(village, VILLAGE, Choice((finding.id,)), replace(ACCEPT, decision="amend", address=f"{street}888号附2号"))
    assert plan.outcomes[0].effect.after.endswith(f"{street}888号附2号")
    assert table(village)[household_of(village, finding).address_id or ""].elements.suffix == "2"


@pytest.mark.parametrize("text", ["", "幸福路", "南边第三家", "8号", "幸福路五号门朝东那家"])
def test_an_address_nobody_can_read_is_not_written(village: Registry, text: str):
    finding = open_findings(village, "disordered")[0]
    ruling = Ruling("amend", GROUNDS, text)
    refusal("address.unreadable", settle, village, VILLAGE, Choice((finding.id,)), ruling, error=InputError)


def test_a_dismissed_suspicion_gives_the_house_the_number_it_says(village: Registry):
    found = open_findings(village, "disordered")
    finding = next(f for f in found if preview(village, VILLAGE, Choice((f.id,)), DISMISS).outcomes)
    settle(village, VILLAGE, Choice((finding.id,)), DISMISS)
    home = table(village)[household_of(village, finding).address_id or ""]
    assert home.elements.painted_number == finding.finding.value
    with village.store.reading() as reader:
        assert reader.findings_of([finding.id])[0].resolution == "dismissed"


def test_two_lines_that_are_two_households_after_all(village: Registry):
    finding = open_findings(village, "duplicate.household")[0]
    before = count(village, VILLAGE).households
    settlement, plan = settle(village, VILLAGE, Choice((finding.id,)), DISMISS)
    assert plan.outcomes[0].act == "分户"
    assert count(village, VILLAGE).households == before + 1
    back = undo(village, settlement.id)
    assert count(village, VILLAGE).households == before
    undo(village, back.settlement.id)
    assert count(village, VILLAGE).households == before + 1


def test_a_house_said_to_be_demolished_that_stands(village: Registry):
    finding = open_findings(village, "retired")[0]
    settle(village, VILLAGE, Choice((finding.id,)), DISMISS)
    assert table(village)[finding.address_id or ""].status == "proposed"
    require_sound(village)


def test_a_point_nobody_took_cannot_be_settled_at_the_desk(village: Registry):
    finding = open_findings(village, "point.off")[0]
    refusal("finding.field_work", settle, village, VILLAGE, Choice((finding.id,)), ACCEPT)
    settle(village, VILLAGE, Choice((finding.id,)), DISMISS)


@pytest.mark.parametrize(
    ("choice", "ruling", "error", "code"),
    [
        (Choice(("ffffffffffff",)), ACCEPT, NotFound, "finding.unknown"),
        (Choice(("",)), ACCEPT, NotFound, "finding.unknown"),
        (Choice(grid="nowhere"), ACCEPT, NotFound, "grid.unknown"),
        (Choice(codes=("wrong.colour",)), ACCEPT, Refused, "settle.nothing"),
        (Choice(codes=("disordered",)), Ruling("accept", replace(GROUNDS, reason=" ")), Refused, "operation.no_reason"),
        (Choice(codes=("disordered",)), Ruling("accept", replace(GROUNDS, effective_on=DAY + timedelta(days=400))), Refused,
         "operation.effective_date"),
    ],
)
def test_what_cannot_be_done_changes_nothing(village: Registry, choice: Choice, ruling: Ruling, error: type, code: str):
    before = events(village)
    refusal(code, settle, village, VILLAGE, choice, ruling, error=error)
    assert events(village) == before


def test_one_act_is_undone_whole_and_the_undo_undone(village: Registry):
    def state() -> tuple[object, ...]:
        with village.store.reading() as reader:
            households = {h.id: h.address_id for h in reader.households(VILLAGE)}
            findings = {f.id: (f.resolution, f.address_id) for f in reader.findings(VILLAGE)}
            return households, findings, {a.id: a.standard_address for a in reader.addresses(VILLAGE) if a.status != "retired"}

    before = state()
    settlement, _ = settle(village, VILLAGE, Choice(codes=("disordered", "incomplete")), ACCEPT)
    after = state()
    assert after != before
    taken_back = undo(village, settlement.id[:10], "弄错了")
    assert state() == before
    refusal("undo.already", undo, village, settlement.id)
    again = undo(village, taken_back.settlement.id)
    assert state() == after
    undo(village, again.settlement.id)
    assert state() == before
    settle(village, VILLAGE, Choice(codes=("disordered", "incomplete")), ACCEPT)  # the withdrawn numbers were never in force
    assert state()[2] != before[2]
    require_sound(village)


def test_swapped_lists_and_empty_results_do_not_disturb(registry: Registry, sample: Checked, sample_files: list[Path]):
    """An import without a single finding leaves nothing to settle."""
    clean = replace(sample, result=CheckResult((), sample.result.rows, sample.result.households))
    import_lists(registry, delivery(clean, sample_files))
    assert waiting(registry, VILLAGE) == ()
    refusal("settle.nothing", settle, registry, VILLAGE, Choice(), ACCEPT)


def test_a_clerk_settles_and_undoes_at_the_command_line(tmp_path: Path, sample_files: list[Path]):
    home, here = tmp_path / "home", ("--community", VILLAGE)

    def run(*words: object) -> str:
        said = doorplate(*words, home=home, cwd=tmp_path)
        assert said.code == 0, said.err
        return said.out

    run("import", *sample_files, *here, "--areas", sample_files[0].parent / "grids_wgs84.geojson")
    seen = run("settle", *here, "--class", "disordered")
    assert "预览" in seen
    assert "--apply" in seen
    assert "→" in seen
    done = run("settle", *here, "--class", "disordered", "--reason", "村委会逐户核对", "--effective", "2026-01-01", "--apply")
    operation = done.split("doorplate undo ")[1].split()[0]
    assert "已撤销" in run("undo", operation)
    assert Counter(line.split()[0] for line in run("settle", *here, "--class", "disordered").splitlines()) == Counter(
        line.split()[0] for line in seen.splitlines())
    run("register", *here, "--as-of", NOW.date(), "--out", "then.csv")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["settle", "--community", VILLAGE], "settle.nothing_chosen"),
        (["settle", "--community", VILLAGE, "--sure", "--address", "幸福路5号"], "settle.address"),
        (["settle", "--community", VILLAGE, "--sure"], "community.unknown"),
        (["settle", "--community", VILLAGE, "--sure", "--effective", "明天"], "arguments.date"),
        (["settle", "--community", VILLAGE, "--sure", "--dismiss"], "operation.no_reason"),
        (["undo", "0123"], "settlement.unknown"),
        (["undo", "%"], "settlement.unknown"),
        (["register", "--community", VILLAGE, "--as-of", "2026-13-01"], "arguments.date"),
        (["register", "--community", VILLAGE], "community.unknown"),
        (["register", "--community", VILLAGE, "--out", "x.xlsx"], "register.format"),
        (["changes", "--community", VILLAGE, "--from", "2026-02-01", "--to", "2026-01-01"], "arguments.date"),
    ],
)
def test_wrong_words_are_told_in_one_line(words: list[str], code: str, tmp_path: Path):
    doorplate("init", home=tmp_path / "home", cwd=tmp_path)
    said = doorplate(*words, home=tmp_path / "home", cwd=tmp_path)
    assert said.code == 2
    assert said.err.strip().splitlines()[-1].startswith(f"{code}: ")
    assert "Traceback" not in said.err
