"""The officers' app as a whole, in Chromium against the real server: the lock, the pack, the outbox, and what survives."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest
from field_server import GRID, OFFICER, PASSWORD, PIN, REVIEWER, FieldServer, Phone, kept_without_network, sign_in, unlock
from playwright.sync_api import Page, expect

from doorplate.cli.work import field_of, staff_doors
from doorplate.people.signin import sign_in_rules
from doorplate.registry.accounts import NewAccount, add_account
from doorplate.registry.devices import revoke
from doorplate.registry.signing_in import SigningIn
from doorplate.review_view import ReviewAsk
from doorplate.settings import Settings

ADD = """const [outbox, pack, ids] = [await app('outbox'), await app('pack'), []];
  for (let i = 0; i < arg.n; i += 1) {
    const purposes = [pack.settings().visit.purposes[0].id];
    const item = { ...outbox.fresh('visit', pack.door(arg.door)), presence: 'picked', purposes };
    await outbox.add(item, [], { holdMs: 0 });
    ids.push(item.id);
  }
  return ids;"""
FLUSH = "await (await app('outbox_send')).flush({ now: true }); return (await app('outbox')).counts();"
LOCK = "(await app('vault')).lock();"
DATABASES = "indexedDB.databases().then((all) => all.map((one) => one.name))"


def run(page: Page, script: str, arg: Any = None) -> Any:
    """In the page, with the app's own modules: app('outbox') → the module."""
    return page.evaluate(f"""async (arg) => {{
      const at = document.querySelector('script[type=module]').src.replace('app.js', '');
      const app = (name) => import(`${{at}}${{name}}.js`);
      {script} }}""", arg)


def add(page: Page, door: str, n: int) -> list[str]:
    """Visits at a door into the outbox; their ids."""
    ids: list[str] = run(page, ADD, {"door": door, "n": n})
    return ids


def flush(page: Page) -> dict[str, int]:
    """Sends what waits; what is left then."""
    counts: dict[str, int] = run(page, FLUSH)
    return counts


def clock_off(hours: float) -> str:
    return f"""{{ const off = {hours} * 3600e3, Real = Date;
      globalThis.Date = class extends Real {{
        constructor(...parts) {{ super(...(parts.length ? parts : [Real.now() + off])); }}
        static now() {{ return Real.now() + off; }}
      }}; }}"""


@pytest.fixture
def mine(field: FieldServer, phone: Callable[..., Phone]) -> Phone:
    """A phone signed in, with its pack."""
    taken = phone()
    taken.page.goto(f"{field.url}/field/")
    sign_in(taken.page)
    kept_without_network(taken.page)
    pack_of(taken.page)
    return taken


def pack_of(page: Page) -> None:
    expect(page.locator(".bar-pack")).to_contain_text(re.compile(r"离线包 \d\d:\d\d"), timeout=60_000)


def arrived(field: FieldServer, ids: list[str]) -> bool:
    """Whether the registry has each of these items."""
    with field.world.registry.store.reading() as reader:
        return all(reader.item_sent(one) for one in ids)


def rules(field: FieldServer, **changes: str) -> None:
    """field.toml of the office: lines with other values; the server is started again."""
    text = Path(__file__).resolve().parents[2].joinpath("doorplate/field/data/field.toml").read_text("utf-8")
    for name, value in changes.items():
        text = re.sub(rf"(?m)^{name} = \S+", f"{name} = {value}", text, count=1)
    (field.world.home / "field.toml").write_text(text, "utf-8")
    field.stop()
    field.start()


def test_signing_in_says_what_is_wrong_and_keeps_what_was_typed(field: FieldServer, phone: Callable[..., Phone]) -> None:
    page = phone().page
    page.goto(f"{field.url}/field/")
    expect(page.locator("h1")).to_have_text("登录外勤门牌")
    send = page.locator("form button[type=submit]")
    send.click()
    expect(page.locator(".complaint:visible").first).to_have_text("请填登录名。")
    page.locator("input[name=login]").fill(OFFICER)
    page.locator("input[name=password]").fill("not this one")
    send.click()
    expect(page.locator("form > .complaint")).to_have_text("登录名或密码不对")
    assert page.locator("input[name=login]").input_value() == OFFICER
    page.locator("input[name=password]").fill(PASSWORD)
    send.click()
    expect(page.locator("h1")).to_have_text("设一个解锁码")
    for pin, again, said in (("123", "123", "至少 6 位。"), ("111111", "111111", "太好猜"), ("654321", "654321", "太好猜"),
                             (PIN, "271829", "不一样")):
        page.locator("input[name=pin]").fill(pin)
        page.locator("input[name=pin2]").fill(again)
        send.click()
        expect(page.locator(".line .complaint:not(:empty)")).to_contain_text(said)
    page.locator("input[name=pin2]").fill(PIN)
    send.click()
    pack_of(page)


def test_an_account_with_two_steps_is_asked_for_its_code_and_one_wrong_code_keeps_the_place(
        field: FieldServer, phone: Callable[..., Phone]) -> None:
    recovery = two_steps(field, "two.steps")
    page = phone().page
    page.goto(f"{field.url}/field/")
    page.locator("input[name=login]").fill("two.steps")
    page.locator("input[name=password]").fill(PASSWORD)
    send = page.locator("form button[type=submit]")
    send.click()
    expect(page.locator("h1")).to_have_text("两步验证")
    send.click()
    expect(page.locator(".line .complaint")).to_have_text("请填验证码。")
    page.locator("input[name=code]").fill("000000")
    send.click()
    expect(page.locator(".line .complaint")).to_contain_text("验证码不对")
    page.get_by_role("button", name="换一个账号").click()
    expect(page.locator("h1")).to_have_text("登录外勤门牌")
    page.locator("input[name=login]").fill("two.steps")
    page.locator("input[name=password]").fill(PASSWORD)
    send.click()
    page.locator("input[name=code]").fill(recovery[0])
    send.click()
    expect(page.locator("h1")).to_have_text("设一个解锁码")


def two_steps(field: FieldServer, login: str) -> tuple[str, ...]:
    """A grid worker of that name whose second step is set up; the recovery codes."""
    registry = field.world.registry
    add_account(registry, NewAccount(login, "两步", "grid_worker", GRID, must_change=False), PASSWORD)
    signing = SigningIn(registry, sign_in_rules())
    actor = signing.begin_session(login, PASSWORD, "").actor
    offer = signing.begin_code(actor)
    return signing.confirm_code(actor, offer.ticket, pyotp.TOTP(offer.secret.replace(" ", "")).now())


def test_without_network_the_first_sign_in_says_so(field: FieldServer, phone: Callable[..., Phone]) -> None:
    page = phone().page
    page.goto(f"{field.url}/field/")
    page.locator("input[name=login]").fill(OFFICER)
    page.locator("input[name=password]").fill(PASSWORD)
    field.kill()
    page.locator("form button[type=submit]").click()
    expect(page.locator("form > .complaint")).to_contain_text("连不上服务器")


def test_a_given_password_is_changed_before_anything_else(field: FieldServer, phone: Callable[..., Phone]) -> None:
    new = NewAccount("sun", "测试民警丙", "officer", GRID, must_change=True)
    add_account(field.world.registry, new, "handed over by the boss")
    page = phone().page
    page.goto(f"{field.url}/field/")
    page.locator("input[name=login]").fill("sun")
    page.locator("input[name=password]").fill("handed over by the boss")
    page.locator("form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("换成自己的密码")
    page.locator("input[name=new]").fill("short")
    page.locator("input[name=again]").fill("short")
    page.locator("form button[type=submit]").click()
    expect(page.locator(".complaint:not(:empty)")).to_be_visible()
    for name in ("new", "again"):
        page.locator(f"input[name={name}]").fill("quiet river stones")
    page.locator("form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("设一个解锁码")


def test_the_app_opens_without_network_after_the_pin(field: FieldServer, mine: Phone) -> None:
    field.kill()
    mine.page.reload()
    expect(mine.page.locator("h1")).to_have_text("已上锁")
    unlock(mine.page)
    mine.page.goto(f"{field.url}/field/#list")
    expect(mine.page.locator(".bar-words")).to_contain_text("离线包")
    door, _ = field.world.with_plate()
    mine.page.goto(f"{field.url}/field/#door/{door.id}")
    expect(mine.page.locator("h1")).to_contain_text("号")
    assert mine.errors == []


def test_what_is_sent_leaves_only_when_the_server_has_it(field: FieldServer, mine: Phone, phone: Callable[..., Phone]) -> None:
    door, _ = field.world.with_plate()
    field.kill()
    ids = add(mine.page, door.id, 3)
    assert flush(mine.page) == {"waiting": 3, "refused": 0, "unread": 0}
    expect(mine.page.locator(".bar-words")).to_contain_text("离线")
    expect(mine.page.locator(".bar-words")).to_contain_text("3 条待传")
    mine.kill()
    again = phone()
    again.page.goto(f"{field.url}/field/")
    expect(again.page.locator(".lead")).to_contain_text("3 条待传在手机里")
    unlock(again.page)
    field.start()
    assert flush(again.page)["waiting"] == 0
    assert arrived(field, ids)
    again.page.goto(f"{field.url}/field/#outbox")
    expect(again.page.locator(".good")).to_contain_text("都传出去了")


def test_a_refused_item_stays_with_its_reason_and_the_rest_goes_on(field: FieldServer, mine: Phone) -> None:
    door, _ = field.world.with_plate()
    run(mine.page, """const [outbox, pack] = [await app('outbox'), await app('pack')];
      const item = { ...outbox.fresh('visit', pack.door(arg)), presence: 'picked', purposes: ['no-such-purpose'] };
      await outbox.add(item, [], { holdMs: 0 });""", door.id)
    ids = add(mine.page, door.id, 2)
    assert flush(mine.page) == {"waiting": 0, "refused": 1, "unread": 0}
    assert arrived(field, ids)
    mine.page.goto(f"{field.url}/field/#outbox")
    refused = mine.page.locator(".outbox-refused")
    expect(refused).to_contain_text("原因")
    assert re.search(r"[一-鿿]{4}", refused.locator(".complaint").inner_text())
    mine.page.screenshot(path=Path(__file__).resolve().parents[2] / "test-artefacts" / "field-outbox-refused.png")
    refused.get_by_text("看过了，删掉").click()
    expect(mine.page.locator(".good")).to_be_visible()


def test_ten_wrong_pins_wipe_and_each_says_how_many_are_left(field: FieldServer, phone: Callable[..., Phone]) -> None:
    rules(field, tries="3", iterations="1000")
    page = phone().page
    page.goto(f"{field.url}/field/")
    sign_in(page)
    pack_of(page)
    page.reload()
    for said in ("还可以试 2 次", "再错一次"):
        page.locator("input[name=pin]").fill("000001")
        page.locator("form button[type=submit]").click()
        expect(page.locator(".complaint:not(:empty)")).to_contain_text(said)
    page.locator("input[name=pin]").fill("000001")
    page.locator("form button[type=submit]").click()
    expect(page.locator(".warning")).to_contain_text("全部抹掉")
    assert page.evaluate(DATABASES) == []


def test_a_revoked_phone_is_wiped_at_its_next_contact_open_or_locked(field: FieldServer, mine: Phone) -> None:
    registry = field.world.registry
    with registry.store.reading() as reader:
        account = reader.account_by_login(OFFICER)
        assert account
        [device] = reader.devices([account.id])
    revoke(registry, device.id)
    flush(mine.page)
    expect(mine.page.locator(".warning")).to_contain_text("已被停用")
    assert mine.page.evaluate(DATABASES) == []
    assert mine.page.evaluate("caches.keys()") == []


def test_a_locked_phone_hears_that_it_was_revoked(field: FieldServer, mine: Phone) -> None:
    registry = field.world.registry
    with registry.store.reading() as reader:
        account = reader.account_by_login(OFFICER)
        assert account
        [device] = reader.devices([account.id])
    run(mine.page, LOCK)
    expect(mine.page.locator("h1")).to_have_text("已上锁")
    revoke(registry, device.id)
    mine.page.reload()
    expect(mine.page.locator(".warning")).to_contain_text("已被停用")


def test_a_copied_profile_holds_nothing_of_anybody(field: FieldServer, mine: Phone) -> None:
    """Every name, telephone number and address text of the pack, and the token: none in any byte of the profile."""
    page = mine.page
    door, _ = field.world.with_plate()
    add(page, door.id, 5)
    told = run(page, """const [pack, vault] = [await app('pack'), await app('vault')];
      const homes = (await Promise.all(pack.doors().map((one) => pack.households(one.id)))).flat();
      const of = (name) => homes.map((one) => one[name]).filter(Boolean);
      const locals = pack.doors().slice(0, 50).map((one) => one.local);
      return { token: vault.secret().token, name: pack.person().name, heads: of('head'), phones: of('contact'), locals };""")
    assert told["heads"]
    assert told["locals"]
    mine.close()
    markers = {*told["heads"], *told["phones"], *told["locals"], told["token"], told["name"]}
    found = [(marker, path.name) for path in mine.profile.rglob("*") if path.is_file() for body in [readable(path)]
             for marker in markers if marker.encode() in body or marker.encode("utf-16-le") in body]
    assert found == []


def readable(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


@pytest.mark.parametrize("years", [10, -10])
def test_a_clock_ten_years_off_loses_nothing_and_works_on(field: FieldServer, phone: Callable[..., Phone], years: int) -> None:
    mine = phone()
    page = mine.page
    page.add_init_script(clock_off(years * 365.25 * 24))
    page.goto(f"{field.url}/field/")
    sign_in(page)
    pack_of(page)
    door, _ = field.world.with_plate()
    ids = add(page, door.id, 2)
    assert flush(page) == {"waiting": 0, "refused": 0, "unread": 0}
    assert arrived(field, ids)
    assert mine.errors == []


def test_a_clock_that_jumps_ahead_asks_for_the_password_and_keeps_the_outbox(field: FieldServer, mine: Phone) -> None:
    page = mine.page
    door, _ = field.world.with_plate()
    field.kill()
    add(page, door.id, 2)
    page.add_init_script(clock_off(13))
    page.reload()
    expect(page.locator("h1")).to_have_text("请重新登录一次")
    field.start()
    page.locator("input[name=login]").fill(OFFICER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("已上锁")
    unlock(page)
    assert flush(page)["waiting"] == 0


def test_an_expired_pack_keeps_its_doors_and_loses_its_people(field: FieldServer, mine: Phone) -> None:
    homes = "const pack = await app('pack'); return [pack.doors().length, (await pack.households(arg)).length];"
    with field.world.registry.store.reading() as reader:
        door = next(one for one in field.world.doors() if reader.households_at([one.id]))
    count, people = run(mine.page, homes, door.id)
    assert people
    field.kill()
    mine.page.evaluate("""() => { const off = 73 * 3600e3, now = Date.now.bind(Date); Date.now = () => now() + off; }""")
    assert run(mine.page, homes, door.id) == [count, 0]
    left = run(mine.page, "return (await (await app('shelf')).keys('pack')).filter((one) => one.startsWith('households'));")
    assert left == []


def test_a_decision_comes_back_and_must_be_read(field: FieldServer, mine: Phone) -> None:
    door, _ = field.world.with_plate()
    page = mine.page
    run(page, """const [outbox, pack] = [await app('outbox'), await app('pack')];
      const change = { operation: 'correct', changes: { number: '987' }, reason: '号码登记错了' };
      await outbox.add({ ...outbox.fresh('correction', pack.door(arg)), ...change }, [], { holdMs: 0 });""", door.id)
    assert flush(page)["waiting"] == 0
    reject(field, "照片看不清, 请再拍一张")
    flush(page)
    expect(page.locator(".bar-words")).to_contain_text("1 条审核结果")
    page.goto(f"{field.url}/field/#outbox")
    expect(page.locator(".outbox-rejected")).to_contain_text("照片看不清")
    page.locator(".outbox-rejected").get_by_text("看过了").click()
    expect(page.locator(".outbox-rejected")).to_have_count(0)
    assert flush(page) == {"waiting": 0, "refused": 0, "unread": 0}


def reject(field: FieldServer, why: str) -> None:
    """By the reviewer, at the desk's own code, the one item that waits."""
    settings = Settings(home=field.world.home, base_url="https://menpai.example", doors=("field", "desk"))
    work = staff_doors(field_of(settings), settings)
    assert work
    reviewer = work.sign_in.begin_session(REVIEWER, PASSWORD, "test").actor
    [row] = work.review.queue(reviewer, ReviewAsk()).rows
    card = work.review.open(reviewer, row.id)
    work.review.reject(reviewer, row.id, card.version, why)


def test_two_windows_of_one_phone_share_the_outbox_and_the_lock(field: FieldServer, mine: Phone) -> None:
    other = mine.context.new_page()
    other.goto(f"{field.url}/field/")
    unlock(other)
    door, _ = field.world.with_plate()
    field.kill()
    add(mine.page, door.id, 2)
    expect(other.locator(".bar-words")).to_contain_text("2 条待传")
    run(other, LOCK)
    expect(mine.page.locator("h1")).to_have_text("已上锁")


def test_the_lock_closes_by_itself_when_nobody_touches_the_phone(field: FieldServer, mine: Phone) -> None:
    mine.page.evaluate("""() => { const off = 6 * 60e3, now = Date.now.bind(Date); Date.now = () => now() + off;
      document.dispatchEvent(new Event('visibilitychange')); }""")
    expect(mine.page.locator("h1")).to_have_text("已上锁")


def test_both_languages_change_at_once(field: FieldServer, mine: Phone) -> None:
    mine.page.goto(f"{field.url}/field/#me")
    mine.page.get_by_text("English").click()
    expect(mine.page.locator("nav.bar-bottom")).to_contain_text("Outbox")
    assert mine.page.evaluate("document.documentElement.lang") == "en"
    assert mine.errors == []


def test_a_full_phone_refuses_the_whole_item_and_says_so(field: FieldServer, mine: Phone) -> None:
    """The disk takes what is small and refuses the photo: nothing of the item may be left, and what was there stays."""
    door, _ = field.world.with_plate()
    field.kill()
    add(mine.page, door.id, 1)
    told = run(mine.page, """const [outbox, pack, shelf] = [await app('outbox'), await app('pack'), await app('shelf')];
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (value instanceof Uint8Array && value.length > 1e6) throw new DOMException('full', 'QuotaExceededError');
        return put.call(this, value, key);
      };
      const item = { ...outbox.fresh('visit', pack.door(arg)), presence: 'picked', purposes: ['check'] };
      const blob = (bytes) => new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' });
      const file = (bytes) => ({ id: outbox.hexId(), kind: 'photo', blob: blob(bytes), evidence: {} });
      let said = 'added';
      try { await outbox.add(item, [file(1e3), file(2e6)], { holdMs: 0 }); } catch (error) { said = error.name; }
      IDBObjectStore.prototype.put = put;
      const left = [await outbox.items(), await shelf.keys('outbox'), await shelf.keys('files')];
      return [said, ...left.map((one) => one.length)];""", door.id)
    assert told == ["QuotaExceededError", 1, 1, 0]


def test_a_full_phone_can_still_be_unlocked_to_make_room(field: FieldServer, mine: Phone) -> None:
    door, _ = field.world.with_plate()
    mine.page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };")
    add(mine.page, door.id, 2)
    mine.page.reload()
    unlock(mine.page)
    assert flush(mine.page)["waiting"] == 0


def test_before_the_phone_is_full_it_says_so_and_keeps_on(field: FieldServer, mine: Phone) -> None:
    """What does not fit any more is written into the room of the reserve, and there is still room to send."""
    door, _ = field.world.with_plate()
    assert run(mine.page, "await (await app('reserve')).keep(); return (await app('reserve')).isSpent();") is False
    told = run(mine.page, """const [outbox, pack, shelf] = [await app('outbox'), await app('pack'), await app('shelf')];
      const { put, delete: remove } = IDBObjectStore.prototype;
      let room = false;
      IDBObjectStore.prototype.delete = function (key) { room ||= key === 'reserve'; return remove.call(this, key); };
      IDBObjectStore.prototype.put = function (value, key) {
        if (this.name === 'files' && !room) throw new DOMException('full', 'QuotaExceededError');
        return put.call(this, value, key);
      };
      const blob = new Blob([new Uint8Array(500)], { type: 'image/jpeg' });
      const file = { id: outbox.hexId(), kind: 'photo', blob, evidence: {} };
      await outbox.add({ ...outbox.fresh('visit', pack.door(arg)), presence: 'picked', purposes: ['check'] }, [file]);
      Object.assign(IDBObjectStore.prototype, { put, delete: remove });
      return [(await outbox.items()).length, (await shelf.keys('files')).length];""", door.id)
    assert told == [1, 1]
    expect(mine.page.locator(".bar-words")).to_contain_text("手机快存满了")
