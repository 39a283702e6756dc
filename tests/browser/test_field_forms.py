"""What the officers' forms at the wall hand to the outbox (mount, visit, zones, tamper), and what they will not hand over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from forms_page import CODES, LAT, LON, Forms, choose, door, ident, look, pack, read_plate, recorded, take_photo, tap
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

DOOR = f"door/{ident(1)}"
FAR = f"door/{ident(4)}"


def type_code(page: Page, code: str) -> None:
    page.get_by_label("或输入牌上的编码").fill(code)
    tap(page, "用这个编码")


def hang(page: Page) -> None:
    page.get_by_label("牌的下沿离地多高 (厘米)").fill("170")
    choose(page, "门右侧")
    take_photo(page)
    tap(page, "记下结果")
    expect(page.get_by_role("heading", name="已记下")).to_be_focused()


def test_a_plate_is_hung_and_the_next_door_of_the_zone_offered(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/mount")
    read_plate(page, f"https://plate.test/d/{CODES[0]}")
    expect(page.get_by_text("牌和门对上了：幸福路51号")).to_be_visible()
    expect(page.get_by_text("精度 8 米")).to_be_visible()
    hang(page)
    sent = phone.only("mount")
    assert (sent["plate"], sent["outcome"], sent["scanned"]) == (CODES[0], "mounted", True)
    assert (sent["height_mm"], sent["side"], sent["address"], sent["base"]) == (1700, "right", ident(1), 1)
    assert sent["point"]["lon"] == pytest.approx(LON + 0.0002)
    assert sent["point"]["by"] == "gnss"
    assert len(sent["files"]) == 1
    assert len(sent["fixes"]) >= 1
    expect(page.locator(".next .plate-number")).to_have_text("53号")
    page.get_by_role("link", name="去下一个门").click()
    expect(page.locator(".plate-number")).to_have_text("53号")


def test_a_typed_code_is_not_called_scanned(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/mount")
    type_code(page, f"{CODES[0][:4]} {CODES[0][4:]}".lower())
    hang(page)
    assert phone.only("mount")["scanned"] is False


def test_another_doors_plate_cannot_be_sent_only_reported(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/mount")
    read_plate(page, CODES[3])
    expect(page.get_by_role("heading", name="停：牌和门对不上")).to_be_focused()
    expect(page.get_by_text("这块牌是 幸福路54号 的。不要挂在这里。")).to_be_visible()
    expect(page.get_by_text("往东走")).to_be_visible()
    expect(page.get_by_role("button", name="记下结果")).to_have_count(0)
    assert phone.sent() == []
    look(page, "mount-stop")
    tap(page, "报告：墙上挂着别家的牌")
    take_photo(page)
    tap(page, "报告")
    recorded(page)
    sent = phone.only("tamper")
    assert (sent["why"], sent["plate"], sent["address"]) == ("other_door", CODES[3], ident(1))


def test_whoever_holds_a_plate_names_the_door_first(forms: Callable[..., Forms]) -> None:
    page = forms().open(f"mount/{CODES[0]}")
    expect(page.locator(".door-pick")).to_have_count(6)
    page.locator(".door-pick", has_text="52号").click()
    expect(page.get_by_role("heading", name="停：牌和门对不上")).to_be_visible()
    tap(page, "换一块牌再扫")
    page.locator(".door-pick", has_text="51号").click()
    expect(page.get_by_role("button", name="记下结果")).to_be_visible()


@pytest.mark.parametrize(("status", "words"), [
    ("lost", "停：这块牌不能再挂"), ("retired", "停：这块牌不能再挂"), ("printed", "停：这块牌还没有验读"),
])
def test_a_plate_that_may_not_hang_stops(forms: Callable[..., Forms], status: str, words: str) -> None:
    plate = {"id": ident(501), "code": CODES[0], "kind": "small-gate", "status": status}
    page = forms(pack=pack(doors=[door(1, plates=[plate])])).open(f"mount/{CODES[0]}")
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    expect(page.get_by_role("button", name="记下结果")).to_have_count(0)


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/mount")
    read_plate(page, CODES[0])
    tap(page, "记下结果")
    expect(page.get_by_text("请量牌的下沿离地多高。")).to_be_visible()
    page.get_by_label("牌的下沿离地多高 (厘米)").fill("220")
    choose(page, "门左侧")
    expect(page.get_by_text("220 厘米，比要求高 50 厘米（应为 170 厘米）。")).to_be_visible()
    tap(page, "记下结果")
    expect(page.get_by_text("请拍一张挂好的照片。")).to_be_visible()
    choose(page, "牌丢了")
    tap(page, "记下结果")
    expect(page.get_by_text("请写一句原因。")).to_be_visible()
    choose(page, "没人")
    tap(page, "记下结果")
    recorded(page)
    sent = phone.only("mount")
    assert sent["outcome"] == "absent"
    assert "height_mm" not in sent
    assert "side" not in sent
    phone.open("revisit")
    expect(page.locator(".door-list li")).to_have_count(1)
    expect(page.get_by_text("没人 · ")).to_be_visible()


def test_taken_back_within_ten_seconds_and_too_late(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/mount/without")
    choose(page, "拒绝")
    page.get_by_label("说明").fill("门还没装好")
    tap(page, "记下结果")
    tap(page, "撤销")
    expect(page.get_by_label("说明")).to_have_value("门还没装好")
    assert phone.sent() == []
    phone.open("diary")
    expect(page.get_by_text("还没有记录。")).to_be_visible()
    phone.open(f"{DOOR}/mount/without")
    tap(page, "记下结果")
    page.evaluate("globalThis.GONE = true")
    tap(page, "撤销")
    expect(page.get_by_text("已经传出去了")).to_be_visible()
    assert len(phone.sent()) == 1


def test_a_visit_tells_honestly_how_the_door_was_known(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/visit")
    choose(page, "核对门牌地址")
    choose(page, "办身份证")
    choose(page, "路灯坏了")
    tap(page, "记下走访")
    expect(page.get_by_text("请写一句是什么事。")).to_be_visible()
    page.get_by_label("是什么事").fill("路口的灯不亮")
    tap(page, "记下走访")
    expect(page.get_by_text("走访幸福路51号：核对门牌地址。办了：办身份证。转办一件事。")).to_be_visible()
    sent = phone.only("visit")
    assert (sent["presence"], sent["purposes"], sent["done"]) == ("picked", ["check"], ["id-card"])
    assert sent["matter"] == {"category": "lamp", "text": "路口的灯不亮"}
    phone.open(f"{FAR}/visit")
    tap(page, "现在扫门牌")
    read_plate(page, CODES[0])
    expect(page.get_by_text("这块牌是 幸福路51号 的，不是这个门。")).to_be_visible()
    read_plate(page, CODES[3])
    expect(page.get_by_text("已扫牌，在现场。")).to_be_visible()
    choose(page, "上门服务")
    tap(page, "记下走访")
    recorded(page)
    assert phone.sent()[-1]["presence"] == "scan"
    assert "matter" not in phone.sent()[-1]
    phone.open("diary")
    expect(page.locator(".entries li")).to_have_count(2)
    assert "路口的灯不亮" not in page.locator("main").inner_text()
    page.evaluate("globalThis.SENT = []")
    page.reload()
    expect(page.locator(".entries li")).to_have_count(2)


def test_a_zone_closes_by_a_round_of_second_looks(forms: Callable[..., Forms]) -> None:
    doors = [door(n, outcome="mounted") for n in range(1, 7)]
    phone = forms(pack=pack(doors=doors))
    page = phone.open(f"zones/{ident(70)}")
    expect(page.get_by_text("装好 6，写明原因 0，要再去 0，还没去 0，共 6 个门")).to_be_visible()
    tap(page, "申请结清")
    expect(page.get_by_text("申请结清要联网。")).to_be_visible()
    round_ = {"id": ident(80), "sample": CODES[:2], "results": {}, "status": "open"}
    page.evaluate("answers => { globalThis.ANSWERS = answers }",
                  {f"/field/zones/{ident(70)}/round": {"ok": True, "status": 200, "json": round_}})
    tap(page, "申请结清")
    expect(page.get_by_text("已查 0 块，共 2 块。")).to_be_visible()
    page.evaluate("globalThis.ANSWERS = null")
    assert not any(code[:4] in page.locator("main").inner_text() for code in CODES), "nobody can type what only the wall tells"
    tap(page.locator(".door-list li").nth(0), "去查这一块")
    read_plate(page, CODES[4])
    expect(page.get_by_text("读到的不是这个门的牌。")).to_be_visible()
    read_plate(page, CODES[0])
    expect(page.locator(".door-list li").nth(0).get_by_text("相符").first).to_be_visible()
    tap(page.locator(".door-list li").nth(1), "去查这一块")
    tap(page, "牌不见了")
    expect(page.get_by_text("抽查没有通过")).to_be_visible(timeout=15_000)
    assert [(s["plate"], s["result"]) for s in phone.sent()] == [(CODES[0], "right"), (CODES[1], "missing")]
    assert {s["round"] for s in phone.sent()} == {ident(80)}


def test_doors_without_an_outcome_keep_a_zone_open(forms: Callable[..., Forms]) -> None:
    ended = {2: "mounted", 3: "absent", 4: "refused"}
    page = forms(pack=pack(doors=[door(n, outcome=ended.get(n, "")) for n in range(1, 5)])).open(f"zones/{ident(70)}")
    expect(page.get_by_text("装好 1，写明原因 1，要再去 1，还没去 1，共 4 个门")).to_be_visible()
    expect(page.get_by_role("button", name="申请结清")).to_be_hidden()


def test_the_lists_to_visit_again_begin_with_the_nearest(forms: Callable[..., Forms]) -> None:
    phone = forms(pack=pack(doors=[door(n, outcome="absent" if n != 2 else "") for n in range(1, 5)]),
                  geolocation={"longitude": LON + 0.0008, "latitude": LAT, "accuracy": 5})
    page = phone.open(f"{DOOR}/visit")
    expect(page.get_by_text("精度 5 米")).to_be_visible()
    phone.open("revisit")
    expect(page.locator(".door-list b")).to_have_text(["幸福路54号", "幸福路53号", "幸福路51号"])


def test_a_foreign_code_is_reported_never_opened(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.page
    page.evaluate("""async () => document.querySelector('main').replaceChildren(
        await tamperForm({seen: 'https://evil.example/pay?' + 'x'.repeat(400), why: 'host'}))""")
    expect(page.get_by_text("不要打开这个链接")).to_be_visible()
    assert page.locator("a[href*=evil]").count() == 0
    tap(page, "报告")
    expect(page.get_by_text("请选最近的门")).to_be_visible()
    choose(page, "幸福路51号")
    tap(page, "报告")
    recorded(page)
    sent = phone.only("tamper")
    assert len(sent["seen"]) == 300
    assert sent["address"] == ident(1)


def test_a_false_code_is_read_at_its_door_and_reported(forms: Callable[..., Forms]) -> None:
    phone = forms()
    page = phone.open(f"{DOOR}/tamper")
    read_plate(page, CODES[0])
    expect(page.get_by_text("这就是这个门自己的牌，没有问题。")).to_be_visible()
    read_plate(page, "https://evil.example/pay")
    expect(page.get_by_text("这个二维码指向别的网站")).to_be_visible()
    tap(page, "报告")
    recorded(page)
    sent = phone.only("tamper")
    assert (sent["why"], sent["seen"], sent["address"]) == ("host", "https://evil.example/pay", ident(1))


def test_the_record_of_a_door_leads_to_its_forms(forms: Callable[..., Forms]) -> None:
    page = forms(pack=pack(doors=[door(1, outcome="absent")])).open(DOOR)
    expect(page.get_by_role("link", name="住户（1 户）")).to_be_visible()
    page.get_by_role("link", name="再去一次：没人").click()
    expect(page.get_by_role("heading", name="安装门牌")).to_be_visible()
