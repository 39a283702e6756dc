"""The residents' door: one matter however often it is sent, nothing lost, nothing left over, and nobody else reads it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from core.media_samples import phone_photo
from flows.case_stories import CODES, LEADER, MARKER, OFFICER, SECRET, Clock, Story, story
from sqlalchemy import make_url

from doorplate.cases.settings import load_case_settings
from doorplate.cases_view import AskRequest, Upload
from doorplate.errors import InputError, NotFound, Refused, Unavailable
from doorplate.media.vault import open_vault
from doorplate.registry import Registry
from doorplate.registry.cases.acts import Act, confirm_answered, looked, note, settle
from doorplate.registry.cases.casework import open_casework
from doorplate.registry.cases.door import DoorCases
from doorplate.registry.cases.retention import forget_old, sweep_orphans
from doorplate.registry.cases.working import file_of
from tests.support.raw import raw

ROOT = Path(__file__).parents[2]
PHOTO = Upload("水管.jpg", phone_photo(640, 480))


@pytest.fixture
def village(store) -> Story:
    return story(store)


def consent(village: Story) -> str:
    return village.door.form(CODES["near"], "ask").consent_version


def test_five_at_once_are_one_matter(village):
    ready, receipts, troubles = threading.Barrier(5), [], []

    def post() -> None:
        request = AskRequest("ab" * 16, CODES["near"], "ask", "life", "停水", photos=[PHOTO])
        ready.wait()
        try:
            receipts.append(village.door.ask(request))
        except Exception as exc:  # noqa: BLE001 - a thread's trouble must fail the test
            troubles.append(exc)

    threads = [threading.Thread(target=post) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert troubles == []
    assert len({(r.number, r.pin, r.asked_at) for r in receipts}) == 1
    assert sorted(r.repeated for r in receipts) == [False, True, True, True, True]
    with village.work.registry.store.reading() as reader:
        files = reader.case_files(village.case(receipts[0]).id)
        assert len([e for e in reader.events(limit=10_000) if e.event.verb == "case.opened"]) == 1
    assert set(village.vault.files) == {files[0].key}, "what the others laid in the vault is gone again"


def test_sent_again_much_later_it_is_still_the_same(village):
    first = village.ask(client_id="AB" * 16)
    village.clock.pass_by(days=3)
    again = village.ask(client_id=f"{'ab' * 4}-{'ab' * 2}-{'ab' * 2}-{'ab' * 2}-{'ab' * 6}", text="", category="")
    assert (again.number, again.pin, again.asked_at, again.repeated) == (first.number, first.pin, first.asked_at, True)


def test_the_power_fails_right_after_the_receipt(store, store_url, tmp_path):
    story(store)
    media = tmp_path / "media"
    killed = subprocess.run([sys.executable, "-c", _ASK_AND_DIE, store_url, str(media), SECRET], cwd=ROOT, check=False,
                            capture_output=True, text=True, env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT}/tests"})
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    number, pin = killed.stdout.split("|")
    registry = Registry(store, SECRET, "door", Clock(), random.SystemRandom())
    work = open_casework(registry, load_case_settings(), open_vault(str(media), SECRET))
    view = DoorCases(work).follow(number, pin)
    assert (view.text, view.status, len(view.files)) == ("断电之前", "routed", 1)
    mimetype, data = DoorCases(work).file(number, pin, view.files[0].id)
    assert (mimetype, data[:3]) == ("image/jpeg", b"\xff\xd8\xff")


def test_nothing_stays_in_the_vault_of_a_matter_that_was_not_taken_in(village, monkeypatch):
    def full(*_: object) -> None:
        raise Unavailable("store.disk_full", "磁盘已满")

    with monkeypatch.context() as broken:
        broken.setattr("doorplate.registry.cases.intake._write", full)
        with pytest.raises(Unavailable):
            village.ask(photos=[PHOTO, PHOTO])
    assert village.vault.tries == 2
    assert village.vault.files == {}
    village.vault.put("cases/20261120/orphan", b"x")
    village.vault.put("cases/20261123/coming", b"x")
    kept = village.ask(photos=[PHOTO])
    village.clock.pass_by(days=1)
    assert sweep_orphans(village.work) == 1
    assert len(village.vault.files) == 2
    village.clock.pass_by(days=9)
    assert sweep_orphans(village.work) == 1
    assert len(village.door.follow(kept.number, kept.pin).files) == len(village.vault.files) == 1


def test_five_wrong_pins_lock_the_right_one_out(village):
    receipt = village.ask()
    wrong = f"{(int(receipt.pin) + 1) % 1_000_000:06d}"
    for typed in (wrong, "", "六六六六六六", f"{receipt.pin}0", "' OR 1=1"):
        with pytest.raises(NotFound) as unknown:
            village.door.follow(receipt.number, typed)
        assert unknown.value.code == "case.unknown"
    for use in (village.door.follow, village.door.withdraw):
        with pytest.raises(Refused) as refused:
            use(receipt.number, receipt.pin)
        assert refused.value.code == "case.locked"
    case = village.case(receipt)
    assert (case.pin_failures, case.locked_until) == (5, village.clock.now + timedelta(minutes=30))
    village.clock.pass_by(minutes=31)
    with pytest.raises(NotFound):
        village.door.follow(receipt.number, wrong)
    assert village.case(receipt).pin_failures == 1, "after the lock one begins anew"
    assert village.door.follow(receipt.number, receipt.pin).status == "routed"
    assert (village.case(receipt).pin_failures, village.case(receipt).locked_until) == (0, None)


def test_a_hundred_guesses_at_once_are_five(village):
    receipt = village.ask()
    guesses = [f"{n:06d}" for n in range(40) if f"{n:06d}" != receipt.pin]
    codes: list[str] = []

    def guess(pin: str) -> None:
        try:
            village.door.follow(receipt.number, pin)
        except (NotFound, Refused) as exc:
            codes.append(exc.code)

    threads = [threading.Thread(target=guess, args=(pin,)) for pin in guesses]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert codes.count("case.unknown") == 5
    assert codes.count("case.locked") == len(guesses) - 5


@pytest.mark.parametrize("spelling", [str.lower, lambda n: n.replace(" ", ""), lambda n: f" {n.replace(' ', '-')}\n",
                                      lambda n: "".join(chr(ord(c) + 0xFEE0) if c != " " else "　" for c in n),
                                      lambda n: n.replace("0", "O").replace("1", "l")])
def test_a_receipt_in_any_spelling(village, spelling):
    receipt = village.ask()
    typed_pin = "".join(chr(ord(c) + 0xFEE0) for c in receipt.pin)
    assert village.door.follow(spelling(receipt.number), f" {typed_pin[:3]} {typed_pin[3:]}").number == receipt.number


@pytest.mark.parametrize("number", ["", "0000000000", "ZZZZZZZZZZ", "短", "x" * 5000, "\0", "𣵦" * 10])
def test_a_receipt_nobody_has(village, number):
    with pytest.raises(NotFound) as unknown:
        village.door.follow(number, "123456")
    assert unknown.value.code == "case.unknown"


def test_withdrawn_nothing_personal_is_left(village, store_url):
    receipt = village.ask(text=f"我叫{MARKER}", name=MARKER, phone="13812345678", consent=consent(village), photos=[PHOTO])
    village.door.add(receipt.number, receipt.pin, f"补充 {MARKER}", [Upload("b.jpg", phone_photo(300, 200))])
    case_id = village.case(receipt).id
    note(village.work, Act(LEADER.id, case_id, village.version(receipt)), f"打过{MARKER}的电话")
    with village.work.registry.store.reading() as reader:
        sealed = [one.words_sealed for one in reader.case_entries(case_id) if one.words_sealed]
    case = village.case(receipt)
    sealed += [case.text_sealed, case.contact_sealed]
    assert len(village.vault.files) == 2

    view = village.door.withdraw(receipt.number, receipt.pin)
    assert (view.status, view.text, view.files, view.left_contact, view.may_withdraw) == ("withdrawn", "", [], False, False)
    assert [one.step for one in view.steps] == ["accepted", "routed", "added", "withdrawn"]
    assert all(one.words == "" for one in view.steps)
    assert village.vault.files == {}
    opened = looked(village.work, OFFICER.id, case_id)
    assert (opened.text, opened.contact.name, opened.contact.phone) == ("", "", "")
    with pytest.raises(NotFound):
        file_of(village.work, OFFICER.id, case_id, opened.files[0].id)
    village.work.registry.store.close()
    everything = dump(store_url)
    assert MARKER.encode() not in everything
    assert b"13812345678" not in everything
    assert not [one for one in sealed if one in everything], "not even sealed"
    assert village.door.withdraw(receipt.number, receipt.pin).status == "withdrawn", "a second time it is as it is"
    with pytest.raises(Refused):
        village.door.add(receipt.number, receipt.pin, "还有")
    assert village.work.registry.store.verify_chain().ok


def test_a_withdrawal_that_was_interrupted_is_finished_by_retention(village, monkeypatch):
    receipt = village.ask(photos=[PHOTO])
    with monkeypatch.context() as broken:
        broken.setattr(village.vault, "delete", lambda _: (_ for _ in ()).throw(Unavailable("media.vault", "连不上")))
        with pytest.raises(Unavailable):
            village.door.withdraw(receipt.number, receipt.pin)
    assert village.case(receipt).status == "withdrawn"
    assert forget_old(village.work) == 1
    assert village.vault.files == {}
    assert forget_old(village.work) == 0


def test_personal_parts_go_when_their_time_is_over(village):
    old = village.ask(text=MARKER, phone="13812345678", consent=consent(village), photos=[PHOTO])
    settle(village.work, Act(LEADER.id, village.case(old).id, 2), "好了")
    confirm_answered(village.work, Act(LEADER.id, village.case(old).id, 3), "visit")
    waiting = village.ask(text="还没办")
    village.clock.pass_by(days=179)
    assert forget_old(village.work) == 0
    village.clock.pass_by(days=2)
    assert forget_old(village.work) == 1
    assert forget_old(village.work) == 0
    case = village.case(old)
    assert (case.status, case.text_sealed, case.contact_sealed, case.consent) == ("answered", None, None, "")
    assert village.vault.files == {}
    assert {one.words for one in village.door.follow(old.number, old.pin).steps} == {""}
    assert village.door.follow(waiting.number, waiting.pin).text == "还没办"


def test_a_name_without_consent_is_not_taken(village):
    for more in ({"name": "张三"}, {"phone": "13812345678"}, {"phone": "13812345678", "consent": "2020-01"}):
        with pytest.raises(InputError) as refused:
            village.ask(**more)
        assert (refused.value.code, refused.value.details["field"]) == ("case.consent", "consent")
    receipt = village.ask(consent=consent(village))
    assert (village.case(receipt).consent, village.case(receipt).contact_sealed) == ("", None), "nothing left, nothing agreed to"


def test_an_emergency_is_never_queued_silently(village):
    with pytest.raises(Refused) as refused:
        village.ask(text="隔壁着火了! 有人晕倒")
    assert (refused.value.code, refused.value.details["numbers"]) == ("case.emergency", ["119", "120"])
    receipt = village.ask(text="隔壁昨天着火了", sure_not_emergency=True)
    assert village.case(receipt).urgent
    assert (village.case(receipt).level, receipt.hours) == ("officer", 1)
    assert not village.case(village.ask(sure_not_emergency=True)).urgent


def test_what_was_added_twice_is_there_once(village):
    receipt = village.ask(photos=[PHOTO])
    for _ in range(3):
        village.door.add(receipt.number, receipt.pin, "还在漏", [PHOTO])
    view = village.door.add(receipt.number, receipt.pin, "更大了", [PHOTO])
    assert [one.words for one in view.steps if one.step == "added"] == ["还在漏", "更大了"]
    assert len(village.vault.files) == len(view.files)


@pytest.mark.parametrize(("more", "code", "field"), [
    ({"text": ""}, "case.no_words", "text"), ({"text": "\u202e\u200f \n"}, "case.no_words", "text"),
    ({"text": "长" * 2001}, "case.too_long", "text"), ({"client_id": "12"}, "case.client_id", "client_id"),
    ({"category": "nothing"}, "case.category", "category"), ({"kind": "other"}, "case.kind", "kind"),
    ({"name": "长" * 41}, "case.too_long", "name"), ({"phone": "110110110110110"}, "case.phone", "phone"),
    ({"photos": [PHOTO] * 7}, "case.too_many_photos", "photos"), ({"photos": [Upload("x.svg", b"<svg/>")]}, "media.", "photos"),
    ({"voice": Upload("x.mp3", b"no sound")}, "media.", "voice")])
def test_what_cannot_be_taken_names_its_field(village, more, code, field):
    with pytest.raises(InputError) as refused:
        village.ask(**more)
    assert refused.value.code.startswith(code)
    assert refused.value.details["field"] == field
    assert village.vault.files == {}


@pytest.mark.parametrize(("typed", "kept"), [
    ("小𣵦村 👨‍👩‍👧 停水", "小𣵦村 👨‍👩‍👧 停水"), ("a\r\nb\rc", "a\nb\nc"), ("1\0 2\x07", "1 2"), ("abc\u202edef", "abcdef"),
    ("e\u0301", "é"), ("坏\ud83d字", "坏\ufffd字"), ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("葛\U000e0100城", "葛\U000e0100城"), ("م\u200cن", "م\u200cن"), ("{{7*7}} ${x} %s", "{{7*7}} ${x} %s")])
def test_messy_words_are_kept_as_they_can_be_read(village, typed, kept):
    receipt = village.ask(text=typed)
    assert village.door.follow(receipt.number, receipt.pin).text == kept


@pytest.mark.parametrize("code", [CODES["gone"], "0000000000000", "", "nothing"])
def test_only_from_a_plate_in_use(village, code):
    for use in (lambda: village.door.form(code, "ask"), lambda: village.ask(plate_code=code)):
        with pytest.raises(NotFound) as unknown:
            use()
        assert unknown.value.code == "plate.unknown"


def test_rating_is_one_to_five_after_the_answer(village):
    receipt = village.ask()
    with pytest.raises(Refused) as refused:
        village.door.rate(receipt.number, receipt.pin, 5)
    assert refused.value.code == "case.not_answered"
    for stars in (0, 6, -1):
        with pytest.raises(InputError):
            village.door.rate(receipt.number, receipt.pin, stars)


def dump(url: str) -> bytes:
    """Every byte of the registry: the files of SQLite, the rows of PostgreSQL's tables that could hold any of it."""
    if url.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in Path(make_url(url).database).parent.iterdir() if path.is_file())
    with raw(url) as connection:
        rows = [row for table in ("cases", "case_entry", "case_file", "event")
                for row in connection.execute(f"SELECT * FROM {table}").fetchall()]
    return b"".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


_ASK_AND_DIE = '''
import os, random, signal, sys
from datetime import UTC, datetime
from core.media_samples import phone_photo
from doorplate.cases.settings import load_case_settings
from doorplate.cases_view import AskRequest, Upload
from doorplate.media.vault import open_vault
from doorplate.registry import Registry
from doorplate.registry.cases.casework import open_casework
from doorplate.registry.cases.door import DoorCases
from doorplate.store import open_store

url, media, secret = sys.argv[1:]
registry = Registry(open_store(url), secret, "door", lambda: datetime.now(UTC), random.SystemRandom())
door = DoorCases(open_casework(registry, load_case_settings(), open_vault(media, secret)))
receipt = door.ask(AskRequest("cd" * 16, "0000000000018", "ask", "life", "断电之前", [Upload("a.jpg", phone_photo(300, 200))]))
sys.stdout.write(f"{receipt.number}|{receipt.pin}")
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
'''
