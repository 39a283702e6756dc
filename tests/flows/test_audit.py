"""The audit: an honest registry passes, and every way of bending it behind the store's back is told, with where it begins."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flows.commands import doorplate
from flows.settling_stories import GROUNDS, VILLAGE, elements, open_street
from flows.test_bulk_register import line, register
from support.raw import disarmed, raw

from doorplate.addresses.operations import Correct
from doorplate.errors import InputError
from doorplate.exchange.checkpoint_file import read_checkpoint, write_checkpoint
from doorplate.model import Checkpoint
from doorplate.registry import Registry
from doorplate.registry.auditing import audit
from doorplate.registry.bulk_lists import load_register
from doorplate.registry.operating import Task, operate


@pytest.fixture
def town(registry: Registry, tmp_path: Path) -> Registry:
    """Three houses entered one by one, five loaded in bulk of which one was corrected since."""
    one = open_street(registry, 3)[0]
    load_register(registry, register(tmp_path, [line(n, "和谐街") for n in range(1, 6)]), None)
    operate(registry, VILLAGE, [Task(one, Correct(GROUNDS, elements(11)))])
    with registry.store.reading() as reader:
        third = next(a for a in reader.addresses(VILLAGE) if a.elements.street == "和谐街" and a.elements.number == "3")
    operate(registry, VILLAGE, [Task(third.id, Correct(GROUNDS, elements(33, "和谐街")))])
    return registry


def test_an_honest_registry_passes(town: Registry) -> None:
    found = audit(town)
    assert (found.ok, found.first_bad, found.loads, found.changed_loads, found.against) == (True, None, 1, (), "none")
    assert found.events == found.end.seq > 5
    assert audit(town, found.end).against == "fits"


def test_an_empty_registry_passes_and_has_a_checkpoint(registry: Registry) -> None:
    found = audit(registry)
    assert (found.ok, found.events, found.end.seq) == (True, 0, 0)
    open_street(registry, 2)
    assert audit(registry, found.end).against == "fits"


@pytest.mark.parametrize(("forgery", "first_bad"), [
    ("UPDATE event SET reason = '另有隐情' WHERE seq = 3", 3),
    ("DELETE FROM event WHERE seq = 2", 2),
    ("UPDATE event SET at = '2020-01-01 00:00:00.000000' WHERE seq = 4", 4),
    ("DELETE FROM chain_head", 1),
])
def test_a_bent_trail_is_told_with_its_first_broken_event(
    town: Registry, store_url: str, forgery: str, first_bad: int
) -> None:
    with disarmed(store_url) as connection:
        connection.execute(forgery)
    found = audit(town)
    assert not found.ok
    assert found.first_bad == first_bad


@pytest.mark.parametrize("forgery", [
    "UPDATE address SET standard_address = standard_address || '甲' WHERE street = '和谐街' AND number = '5'",
    "UPDATE address SET name = '某某' WHERE street = '和谐街' AND number = '33'",
    "UPDATE list_import SET digest = ''",
    "UPDATE list_import SET digest = 'x'",
])
def test_what_came_in_bulk_is_held_against_its_digest(town: Registry, store_url: str, forgery: str) -> None:
    with raw(store_url) as connection:
        connection.execute(forgery)
    found = audit(town)
    assert (found.ok, found.first_bad, len(found.changed_loads)) == (False, None, 1)


def test_a_checkpoint_shows_a_cut_off_end_that_the_chain_alone_does_not(town: Registry, store_url: str) -> None:
    kept = audit(town).end
    with disarmed(store_url) as connection:
        connection.execute(f"DELETE FROM event WHERE seq > {kept.seq - 2}")
        connection.execute(f"UPDATE chain_head SET seq = {kept.seq - 2}, "
                           f"hash = (SELECT hash FROM event WHERE seq = {kept.seq - 2})")
    found = audit(town, kept)
    assert found.first_bad is None
    assert (found.ok, found.against) == (False, "truncated")


def test_a_checkpoint_shows_a_trail_written_anew(town: Registry) -> None:
    kept = audit(town).end
    found = audit(town, Checkpoint(kept.seq - 1, kept.hash, kept.at))
    assert (found.ok, found.first_bad, found.against) == (False, None, "rewritten")


def test_a_checkpoint_comes_back_as_it_was_and_is_never_overwritten(tmp_path: Path) -> None:
    kept = Checkpoint(7, "ab" * 32, datetime(2026, 11, 23, 6, 5, 4, 321, tzinfo=UTC))
    write_checkpoint(tmp_path / "点.json", kept)
    assert read_checkpoint(tmp_path / "点.json") == kept
    with pytest.raises(InputError) as caught:
        write_checkpoint(tmp_path / "点.json", kept)
    assert caught.value.code == "checkpoint.exists"
    with pytest.raises(InputError) as caught:
        write_checkpoint(tmp_path / "点.json" / "deeper.json", kept)
    assert caught.value.code == "checkpoint.unwritable"


HONEST = {"kind": "doorplate-checkpoint", "seq": 1, "hash": "0" * 64, "at": "2026-11-23T06:05:00+00:00"}


@pytest.mark.parametrize("text", [
    "", "{}", "[]", "nonsense", "\x00" * 20, "[" * 9_000, json.dumps({**HONEST, "seq": -1}), json.dumps({**HONEST, "seq": "1"}),
    json.dumps({**HONEST, "seq": True}), json.dumps({**HONEST, "hash": "xyz"}), json.dumps({**HONEST, "hash": None}),
    json.dumps({**HONEST, "at": "gestern"}), json.dumps({**HONEST, "at": "2026-11-23"}), json.dumps({**HONEST, "kind": "x"}),
    json.dumps({**HONEST, "more": "x" * 20_000}),
])
def test_what_is_no_checkpoint_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "点.json").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_checkpoint(tmp_path / "点.json")
    assert caught.value.code == "checkpoint.invalid"
    assert "\n" not in caught.value.message


def test_an_auditor_at_the_command_line(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def run(*words: object) -> tuple[int, str, str]:
        said = doorplate("audit", *words, home=home, cwd=tmp_path)
        assert "Traceback" not in said.err
        return said.code, said.out, said.err.strip()

    assert run("verify")[0] == 2
    doorplate("load", register(tmp_path, [line(n) for n in range(1, 6)]), "--community", VILLAGE, home=home, cwd=tmp_path)
    code, said, _ = run("verify")
    assert code == 0
    assert "留痕 2 条" in said
    assert "没有断开" in said
    assert run("checkpoint", "--out", "点.json")[0] == 0
    assert "checkpoint.exists" in run("checkpoint", "--out", "点.json")[2]
    code, said, _ = run("verify", "--checkpoint", "点.json")
    assert code == 0
    assert "和检查点相符: 第 2 条" in said
    assert run("verify", "--checkpoint", "别处.json")[0] == 2
    with disarmed(f"sqlite:///{home / 'registry.sqlite'}") as connection:
        connection.execute("UPDATE event SET actor = '某人' WHERE seq = 2")
    code, said, told = run("verify", "--checkpoint", "点.json")
    assert code == 1
    assert told.startswith("audit.broken: 留痕 2 条, 从第 2 条起对不上")
    assert run("checkpoint", "--out", "另一个.json")[0] == 1
    assert not (tmp_path / "另一个.json").exists()
