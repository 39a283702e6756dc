"""A household is read to, asked, and only then written down; names and phones stay masked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from forms_page import COMMUNITY, Forms, choose, ident, pack, recorded, tap
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DOOR = f"door/{ident(1)}"


def test_a_household_is_read_to_before_it_is_asked_and_sends_only_what_changed(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/household/{ident(900)}")
    expect(page.get_by_label("几口人（人）", exact=False)).to_have_count(0)
    tap(page, "记下")
    expect(page.get_by_text("请先把收集什么、为什么念给住户听。")).to_be_visible()
    tap(page, "念完了，住户听清了")
    page.get_by_role("button", name="几口人：增加").click()
    choose(page, "希望大字材料")
    page.get_by_label("希望上门办事").uncheck()
    tap(page, "记下")
    sent = phone.only("household")
    assert sent["changes"] == {"members": 4, "needs": {"add": ["large_print"], "remove": ["home_visit"]}}
    assert (sent["household"], sent["base"], sent["address"], sent["consents"]) == (ident(900), 7, ident(1), [])


def test_a_sensitive_need_without_separate_consent_is_impossible(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/household/{ident(900)}")
    tap(page, "念完了，住户听清了")
    help_ = page.get_by_label("希望无障碍协助")
    expect(help_).to_be_hidden()
    consent = page.locator("[data-purpose=sensitive]")
    consent.get_by_label("口头同意").check()
    help_.check()
    consent.get_by_label("不同意或没问").check()
    expect(help_).to_be_hidden()
    page.get_by_role("button", name="几口人：增加").click()
    tap(page, "记下")
    recorded(page)
    assert phone.only("household")["changes"] == {"members": 4}
    phone.open(f"{DOOR}/household/new")
    tap(page, "念完了，住户听清了")
    consent.get_by_label("签字同意").check()
    help_.check()
    page.get_by_label("几口人 (人)").fill("2")
    tap(page, "记下")
    recorded(page)
    sent = phone.sent()[-1]
    assert sent["household"] is None
    assert sent["base"] == 0
    assert sent["changes"] == {"members": 2, "needs": {"add": ["barrier_free"], "remove": []}}
    [given] = sent["consents"]
    assert (given["purpose"], given["words"], given["how"], given["given"]) == ("sensitive", "2026-1", "signed", True)


def test_a_contact_only_with_consent_and_taken_away_with_it(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/household/new")
    tap(page, "念完了，住户听清了")
    expect(page.get_by_label("电话", exact=True)).to_be_hidden()
    agreed = page.locator("[data-purpose=contact]")
    agreed.get_by_label("口头同意").check()
    page.get_by_label("电话", exact=True).fill("12ab")
    tap(page, "记下")
    expect(page.get_by_text("电话只能有数字")).to_be_visible()
    page.get_by_label("电话", exact=True).fill("138 0000 0000")
    page.get_by_label("怎么称呼").fill("张先生")
    tap(page, "记下")
    recorded(page)
    sent = phone.only("household")
    assert sent["changes"] == {"contact": {"name": "张先生", "phone": "138 0000 0000"}}
    phone.open(f"{DOOR}/household/{ident(900)}")
    tap(page, "念完了，住户听清了")
    agreed.get_by_label("收回同意（删除）").check()
    tap(page, "记下")
    recorded(page)
    sent = phone.sent()[-1]
    assert sent["changes"] == {"contact": None}
    assert sent["consents"][0]["given"] is False


def test_persons_only_where_the_module_is_on_and_children_with_a_guardian(forms: Callable[..., Forms]) -> None:
    page = forms().open(f"{DOOR}/household/new")
    tap(page, "念完了，住户听清了")
    expect(page.get_by_text("加一个人")).to_have_count(0)
    phone = forms(pack=pack(communities=[{"code": COMMUNITY, "prefix": "", "names": [], "population": True}]))
    page = phone.open(f"{DOOR}/household/new")
    tap(page, "念完了，住户听清了")
    tap(page, "加一个人")
    page.get_by_label("姓名").fill("小明")
    page.get_by_label("出生年", exact=True).fill(str(datetime.now(UTC).year - 9))
    tap(page, "记下")
    expect(page.get_by_text("住户同意了才能登记人。")).to_be_visible()
    page.locator("[data-purpose=persons]").get_by_label("口头同意").check()
    tap(page, "记下")
    expect(page.get_by_text("有孩子不满 14 岁")).to_be_visible()
    page.locator("[data-purpose=guardian]").get_by_label("签字同意").check()
    tap(page, "记下")
    recorded(page)
    sent = phone.only("household")
    given = {consent["purpose"]: consent["id"] for consent in sent["consents"]}
    [child] = sent["changes"]["persons"]
    assert (child["consent"], child["guardian_consent"]) == (given["persons"], given["guardian"])


def test_who_moved_away_is_taken_off_without_anybody_s_consent(forms: Callable[..., Forms]) -> None:
    known = [{"id": ident(950 + n), "household": ident(900), "name": name, "birth_year": 1960 + n, "relation": "other"}
             for n, name in enumerate(("张*", "李*"))]
    phone = forms(pack=pack(communities=[{"code": COMMUNITY, "prefix": "", "names": [], "population": True}], persons=known))
    page = phone.open(f"{DOOR}/household/{ident(900)}")
    tap(page, "念完了，住户听清了")
    page.get_by_label("李* · 1961").check()
    tap(page, "记下")
    recorded(page)
    assert phone.only("household")["changes"]["persons"] == [{"id": ident(951), "left": True}]


def test_unmasked_for_a_reason_with_network_and_masked_again(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.page
    page.clock.install()
    phone.open(f"{DOOR}/household")
    expect(page.get_by_text("138****5678")).to_be_visible()
    tap(page, "看全名和电话（要联网）")
    tap(page, "上门走访前核对")
    expect(page.get_by_text("看全名和电话要联网：先留下记录，才能显示。")).to_be_visible()
    path = f"/field/households/{ident(900)}/unmask"
    answer = {path: {"ok": True, "status": 200, "json": {"head": "张三丰", "name": "张先生", "phone": "13812345678"}}}
    page.evaluate("answers => { globalThis.ANSWERS = answers }", answer)
    tap(page, "上门走访前核对")
    expect(page.get_by_text("张三丰")).to_be_visible()
    page.clock.run_for(31_000)
    expect(page.get_by_text("张三丰")).to_have_count(0)
    assert page.evaluate("globalThis.CALLED[0].json") == {"why": "visit"}
    [seen] = [one for one in phone.sent() if one["kind"] == "look"]
    assert seen["household"] == ident(900)


def test_a_draft_of_an_older_record_does_not_come_back_as_an_answer(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/household/{ident(900)}")
    tap(page, "念完了，住户听清了")
    page.get_by_label("几口人 (人)").fill("9")
    page.get_by_label("说明").fill("周末再来")
    expect(page.get_by_text("草稿已存在这部手机里。")).to_be_visible()
    page.wait_for_timeout(500)
    newer = pack()
    newer["households"][0] |= {"version": 8, "members": 5}
    page.add_init_script(f"globalThis.PACK = {json.dumps(newer)}")
    page.reload()
    expect(page.get_by_text("登记已经更新，请按现在的情况再问一遍")).to_be_visible()
    tap(page, "念完了，住户听清了")
    expect(page.get_by_label("几口人 (人)")).to_have_value("5")
    expect(page.get_by_label("说明")).to_have_value("周末再来")


def test_counted_again_and_found_the_same_is_a_count(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/household/{ident(900)}")
    tap(page, "念完了，住户听清了")
    tap(page, "记下")
    recorded(page)
    assert phone.only("household")["changes"] == {"members": 3}
