"""Field work at the terminal: a day, the zones, what could not be read; the population module takes two people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from case_stories import SECRET, VILLAGE
from commands import Said, doorplate
from door_stories import REVIEWER, WORKER, World, world

from doorplate.field.records import FieldAside
from doorplate.people.signin import load_sign_in
from doorplate.registry.accounts import set_password
from doorplate.registry.field.population import is_on
from doorplate.registry.field.visits import record_visit
from doorplate.store import Store
from tests.support.village import uid

Types = Callable[..., Said]
PASSWORD = "石榴花开三月三十里"


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


@pytest.fixture
def types(store_url: str, tmp_path: Path) -> Types:
    def typed(*words: object) -> Said:
        return doorplate(*words, home=tmp_path / "home", cwd=tmp_path, DOORPLATE_DATABASE_URL=store_url,
                         DOORPLATE_SECRET_KEY=SECRET)
    return typed


def test_a_day_is_told_in_lines(here: World, types: Types) -> None:
    sent = here.told("visit", presence="scan", purposes=["notice"], note="绝密标记")
    with here.store.writing() as unit:
        record_visit(here.work, unit, here.item(sent), sent)
    said = types("field", "diary", "--account", "worker", "--day", "2026-11-23")
    assert said.out.splitlines() == ["2026-11-23 测试网格员: 走访 1", "  09:00 幸福路1号 走访: 送达通知"]
    assert types("field", "diary", "--account", "nobody").err.startswith("account.unknown")


def test_how_far_the_zones_are(here: World, types: Types) -> None:
    said = types("field", "zones", "--community", VILLAGE)
    assert "2 个安装区, 结清 0 个; 还有 4 个门没有结果" in said.out
    assert "安装中" in types("field", "zones", "--community", VILLAGE, "--grid", f"{VILLAGE}-G02").out
    assert types("field", "zones", "--community", VILLAGE, "--grid", "x").code == 2
    assert here.store.verify_chain().ok


def test_what_could_not_be_read_is_listed_and_stays_sealed(here: World, types: Types) -> None:
    one = FieldAside(uid("aside"), uid(f"phone {WORKER}"), here.clock.now, "不是 JSON",
                     here.work.sealed(b"{secret", uid("aside")))
    with here.store.writing() as unit:
        unit.save(None, one, here.work.registry.event("field_aside.kept", one.id))
    said = types("field", "aside", "list")
    assert "1 份读不出的数据" in said.out
    assert "测试网格员" in said.out
    assert "secret" not in said.out


def test_the_population_module_takes_two_people(here: World, types: Types, tmp_path: Path) -> None:
    rules = load_sign_in(tmp_path / "no.toml")
    paper = tmp_path / "评估.txt"
    paper.write_text("个人信息保护影响评估: 目的、必要性、风险和措施。" * 10, "utf-8")
    for one in (WORKER, REVIEWER):
        set_password(here.work.registry, one, PASSWORD, rules)
    asking = ("--community", VILLAGE, "--password", PASSWORD)
    first = types("population", "ask", *asking, "--assessment", paper, "--login", "worker")
    assert first.err.startswith("password.must_change"), "a password somebody else gave proves nobody"
    with here.store.writing() as unit:
        for one in (WORKER, REVIEWER):
            account = unit.account(one)
            assert account is not None
            unit.save(account, replace(account, must_change=False), here.work.registry.event("account.changed", one))
    assert types("population", "ask", *asking, "--assessment", paper, "--login", "worker").code == 0
    assert types("population", "approve", *asking, "--assessment", paper, "--login", "worker").err.startswith("population.own")
    guess = ("--community", VILLAGE, "--password", "猜的密码猜的密码")
    assert types("population", "approve", *guess, "--assessment", paper, "--login", "reviewer").err.startswith("signin.wrong")
    assert types("population", "approve", *asking, "--assessment", paper, "--login", "reviewer").code == 0
    with here.store.reading() as reader:
        assert is_on(reader, VILLAGE)
    assert "删去 0 人" in types("population", "off", *asking, "--login", "reviewer", "--why", "试用结束").out


def test_forms_for_odk_are_written_by_this_offices_rules(types: Types, tmp_path: Path) -> None:
    said = types("field", "form", "correction", "--out", "更正.xlsx")
    assert said.code == 0, said.err
    assert "doorplate_correction" in said.out
    assert (tmp_path / "更正.xlsx").read_bytes()[:2] == b"PK"
    assert types("field", "form", "household", "--out", "h.xml").code == 0
    before = (tmp_path / "h.xml").read_text("utf-8")
    rules = resources.files("doorplate.field").joinpath("data/field.toml").read_text("utf-8")
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home/field.toml").write_text(rules.replace("希望大字材料", "希望大字版"), "utf-8")
    assert types("field", "form", "household", "--out", "h.xml").code == 0
    assert ("希望大字版" in before, "希望大字版" in (tmp_path / "h.xml").read_text("utf-8")) == (False, True)
    assert types("field", "form", "household", "--out", "h.pdf").err.startswith("odk.suffix")


def test_a_village_s_map_is_made_from_its_own_data_and_phones_are_told_how(here: World, types: Types, tmp_path: Path) -> None:
    said = types("tiles", "--community", VILLAGE)
    assert said.code == 0, said.err
    made = tmp_path / "home" / "tiles" / f"{VILLAGE}.pmtiles"
    assert made.read_bytes().startswith(b"PMTiles")
    assert f'tiles = "/field/tiles/{VILLAGE}.pmtiles"' in said.out
    assert types("tiles", "--community", "610431009999").err.startswith("community.")
