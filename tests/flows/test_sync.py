"""What phones send is taken in once and for ever; a bad item costs no other; what was promised is on disk."""

from __future__ import annotations

import hashlib
import io
import json
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from case_stories import VILLAGE
from door_stories import CODES, FAR, HOME, NEAR, NEXT, OTHER, REVIEWER, WORKER, World, world
from PIL import Image

from doorplate.errors import Unavailable
from doorplate.field.records import FieldItem
from doorplate.field_view import ItemReceipt, SentFile, SyncAnswer
from doorplate.people.account import Actor, Grant
from doorplate.registry.field.door import FieldDesk
from doorplate.store import Store
from tests.support.village import uid

WORKING = Actor(WORKER, "测试网格员", (Grant("grid_worker", f"{VILLAGE}-G01"),), device_id=uid(f"phone {WORKER}"))
OTHERS = Actor(OTHER, "测试网格员乙", (Grant("grid_worker", f"{VILLAGE}-G02"),), device_id=uid(f"phone {OTHER}"))


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


@pytest.fixture
def desk(here: World) -> FieldDesk:
    return FieldDesk(here.work)


def correction(here: World, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": f"{number:032x}", "kind": "correction", "at": here.clock.now.isoformat(), "community": VILLAGE, "address": NEAR,
            "base": 1, "operation": "correct", "changes": {"number": "11"}, "reason": "号码登记错了", **more}


def visit(here: World, number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{number:032x}", "kind": "visit", "at": here.clock.now.isoformat(), "community": VILLAGE, "address": NEAR,
            "presence": "scan", "purposes": ["check"], **more}


def send(here: World, desk: FieldDesk, *items: Any, actor: Actor = WORKING, ahead: timedelta = timedelta()) -> SyncAnswer:
    return desk.sync(actor, items, here.clock.now + ahead)


def told(answer: SyncAnswer) -> list[str]:
    return [one.code or one.result for one in answer.receipts]


def kept(here: World, number: int = 1) -> FieldItem:
    with here.store.reading() as reader:
        found = reader.item_sent(f"{number:032x}")
    assert found is not None
    return found


def count(here: World, verb: str) -> int:
    with here.store.reading() as reader:
        return len(reader.events(verb=verb, limit=10_000))


def photo(number: int = 1, colour: str = "blue") -> SentFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    data = out.getvalue()
    return SentFile(uid(f"photo {number}"), "photo", hashlib.sha256(data).hexdigest(), data, {"lon": 108.2})


def test_a_correction_waits_and_the_register_stays_as_it_is(here: World, desk: FieldDesk) -> None:
    assert told(send(here, desk, correction(here))) == ["accepted"]
    item = kept(here)
    assert (item.status, item.verdict, item.fields, item.account_id) == ("waiting", "clean", ("number",), WORKER)
    assert item.payload_sealed is not None
    assert b"11" not in item.payload_sealed
    with here.store.reading() as reader:
        near = reader.address(NEAR)
    assert near is not None
    assert near.elements.number == "1"


def test_the_same_again_is_a_duplicate_for_ever(here: World, desk: FieldDesk) -> None:
    item = correction(here)
    again = {**item, "id": item["id"].upper()[:8] + "-" + item["id"][8:]}
    assert told(send(here, desk, item, again)) == ["accepted", "duplicate"]
    here.clock.pass_by(days=400)
    assert told(send(here, desk, item)) == ["duplicate"]
    assert count(here, "item.received") == 1


def test_another_thing_under_a_known_id_is_not_called_the_same(here: World, desk: FieldDesk) -> None:
    send(here, desk, correction(here))
    assert told(send(here, desk, correction(here, changes={"number": "12"}))) == ["item.differs"]
    there = correction(here, address=FAR)
    assert told(send(here, desk, there, actor=OTHERS)) == ["item.taken"]


def test_five_phones_at_once_make_one_row_each(here: World, desk: FieldDesk) -> None:
    items = [visit(here, n) for n in range(1, 101)]
    answers: list[SyncAnswer] = []

    def post() -> None:
        for start in range(0, 100, 20):
            answers.append(send(here, desk, *items[start:start + 20]))

    together(*[post] * 5)
    assert {one.result for answer in answers for one in answer.receipts} == {"accepted", "duplicate"}
    assert sum(one.result == "accepted" for answer in answers for one in answer.receipts) == 100
    assert count(here, "item.received") == count(here, "visit.recorded") == 100


class Away:
    """A store that lets nobody write."""

    def __init__(self, store: Store) -> None:
        self.reading, self.asked = store.reading, 0

    def writing(self) -> Any:
        self.asked += 1
        raise Unavailable("store.busy", "登记簿正忙")


def test_a_registry_that_is_away_is_asked_once_and_everything_is_to_come_again(here: World) -> None:
    away = Away(here.store)
    registry = replace(here.work.registry, store=cast(Store, away))
    answer = send(here, FieldDesk(replace(here.work, registry=registry)), "?", *[visit(here, n) for n in range(1, 41)])
    assert told(answer) == ["item.not_an_object", *["store.busy"] * 40]
    assert [one.retry for one in answer.receipts] == [False, *[True] * 40]
    assert away.asked == 1


def test_a_clock_no_phone_shows_is_none(here: World, desk: FieldDesk) -> None:
    for number, strange in enumerate((datetime.min, datetime.max), 1):
        answer = desk.sync(WORKING, [visit(here, number)], strange.replace(tzinfo=UTC))
        assert told(answer) == ["accepted"]
        assert kept(here, number).skew_s == 0


def together(*acts: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


@pytest.mark.parametrize(("bad", "code"), [
    ({"address": FAR}, "item.not_yours"), ({"address": uid("nowhere")}, "item.not_yours"),
    ({"community": "1" * 12}, "item.not_yours"),
    ({"base": 9}, "item.from_the_future"), ({"colour": "red"}, "item.unknown_field"), ({"kind": "wish"}, "item.kind"),
    ({"changes": {"number": 7}}, "item.wrong"), ({"reason": "x" * 999}, "item.too_long"), ({"at": "long ago"}, "item.time"),
    ({"files": [uid("no photo")]}, "item.file_missing"), ({"id": "1"}, "item.wrong"), ({"base": -1}, "item.range")])
def test_a_bad_item_is_refused_and_the_rest_goes_on(here: World, desk: FieldDesk, bad: dict[str, Any], code: str) -> None:
    answer = send(here, desk, visit(here, 5), correction(here, **bad), "?", None, visit(here, 6))
    first, second, *others = told(answer)
    assert (first, second, others[-1]) == ("accepted", code, "accepted")
    assert others[:2] == ["item.not_an_object"] * 2
    assert answer.receipts[1].message
    assert answer.receipts[1].retry == (code == "item.file_missing")


def test_what_goes_wrong_while_recording_costs_only_itself(here: World, desk: FieldDesk) -> None:
    hang = {"id": f"{2:032x}", "kind": "mount", "at": here.clock.now.isoformat(), "community": VILLAGE, "address": NEAR,
            "plate": CODES["next"], "outcome": "absent"}
    assert told(send(here, desk, visit(here, 1), hang, visit(here, 3))) == ["accepted", "mount.wrong_door", "accepted"]
    assert count(here, "visit.recorded") == 2


def test_who_may_not_do_something_is_told_so(here: World, desk: FieldDesk) -> None:
    leader = replace(WORKING, grants=(Grant("group_leader", f"{VILLAGE}-G01"),))
    counting = {"id": f"{1:032x}", "kind": "household", "at": here.clock.now.isoformat(), "community": VILLAGE, "address": NEAR,
                "household": HOME, "base": 1, "changes": {"members": 3}}
    assert told(send(here, desk, counting, actor=leader)) == ["item.not_yours"]
    assert told(send(here, desk, counting, actor=replace(WORKING, grants=()))) == ["item.not_yours"]
    assert told(send(here, desk, counting)) == ["accepted"]
    assert kept(here).fields == ("members",)


def test_a_new_house_is_where_its_point_lies_not_where_the_phone_says(here: World, desk: FieldDesk) -> None:
    new = {"id": f"{1:032x}", "kind": "correction", "at": here.clock.now.isoformat(), "community": VILLAGE, "operation": "assign",
           "reason": "新建房屋", "changes": {"street": "幸福路", "number": "9", "grid": f"{VILLAGE}-G01",
                                          "point": {"lon": 108.21, "lat": 34.27, "accuracy_m": 5}}}
    assert told(send(here, desk, new)) == ["item.not_yours"]
    new["changes"]["point"]["lon"] = 108.201
    assert told(send(here, desk, new)) == ["accepted"]


def test_somebody_elses_change_meanwhile_is_seen(here: World, desk: FieldDesk) -> None:
    with here.store.writing() as unit:
        for address_id, more in ((NEAR, {"name": "小学"}), (NEXT, {"standard_address": "x", "key": "x"})):
            one = unit.address(address_id)
            assert one
            elements = replace(one.elements, number="22") if address_id == NEXT else one.elements
            unit.save(one, replace(one, elements=elements, **more), here.work.registry.event("address.corrected", one.id))
    send(here, desk, correction(here), correction(here, 2, address=NEXT))
    assert [kept(here, n).verdict for n in (1, 2)] == ["soft", "hard"]


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_ten_years_off_is_set_right_and_flagged(here: World, desk: FieldDesk, years: int) -> None:
    off = timedelta(days=365 * years)
    item = correction(here, at=(here.clock.now + off - timedelta(minutes=5)).isoformat())
    assert told(send(here, desk, item, ahead=off)) == ["accepted"]
    assert kept(here).captured_at == here.clock.now - timedelta(minutes=5)
    assert "clock.off" in kept(here).flags


def test_a_plate_hung_in_a_doubtful_way_waits_for_somebody(here: World, desk: FieldDesk) -> None:
    hang = {"id": f"{1:032x}", "kind": "mount", "at": here.clock.now.isoformat(), "community": VILLAGE, "address": NEAR,
            "plate": CODES["near"], "outcome": "mounted", "scanned": True, "height_mm": 1700}
    assert told(send(here, desk, hang)) == ["accepted"]
    assert kept(here).status == "waiting"
    assert set(kept(here).flags) == {"mount.no_photo", "gnss.none"}
    desk.store_file(WORKING, photo())
    fix = {"lon": 108.2, "lat": 34.27, "accuracy_m": 5, "at": here.clock.now.isoformat()}
    assert told(send(here, desk, {**hang, "id": f"{2:032x}", "files": [photo().id], "fixes": [fix]})) == ["accepted"]
    assert kept(here, 2).status == "recorded"
    with here.store.reading() as reader:
        [plate] = reader.plates_coded([CODES["near"]])
        [file] = reader.field_files([photo().id])
    assert (plate.status, file.item_id) == ("mounted", f"{2:032x}")


def test_faster_than_anybody_travels_is_flagged(here: World, desk: FieldDesk) -> None:
    def at(lon: float) -> list[dict[str, Any]]:
        return [{"lon": lon, "lat": 34.27, "accuracy_m": 5, "at": here.clock.now.isoformat()}]

    send(here, desk, visit(here, 1, fixes=at(108.2)))
    here.clock.pass_by(seconds=30)
    send(here, desk, visit(here, 2, fixes=at(108.24)))
    assert kept(here, 1).flags == ()
    assert set(kept(here, 2).flags) == {"gnss.jump", "gnss.far"}


def test_verdicts_come_back_until_they_are_read(here: World, desk: FieldDesk) -> None:
    send(here, desk, correction(here))
    with here.store.writing() as unit:
        item = unit.item_sent(f"{1:032x}")
        assert item
        decided = replace(item, status="rejected", reviewer_id=REVIEWER, reviewed_at=here.clock.now, words="门牌没有错")
        unit.save(item, decided, here.work.registry.event("item.rejected", item.id))
    [verdict] = send(here, desk).verdicts
    assert (verdict.status, verdict.words, verdict.place) == ("rejected", "门牌没有错", "幸福路1号")
    assert send(here, desk, actor=OTHERS).verdicts == []
    read = {"id": f"{9:032x}", "kind": "read", "at": here.clock.now.isoformat(), "community": VILLAGE, "item": f"{1:032x}"}
    assert told(send(here, desk, {**read, "community": VILLAGE}, actor=replace(OTHERS))) == ["item.unknown"]
    assert told(send(here, desk, read)) == ["accepted"]
    assert send(here, desk).verdicts == []


def test_files_are_taken_whole_once_and_made_harmless(here: World, desk: FieldDesk) -> None:
    sent = photo()
    assert desk.store_file(WORKING, replace(sent, data=sent.data[:-7])) == ItemReceipt(
        sent.id, "refused", "file.cut", "附件没有传完, 会再传一次", retry=True)
    assert [desk.store_file(WORKING, sent).result for _ in range(2)] == ["accepted", "duplicate"]
    assert desk.store_file(WORKING, replace(photo(1, "red"), id=sent.id)).code == "file.differs"
    assert desk.store_file(OTHERS, sent).code == "file.differs"
    text = b"<script>alert(1)</script>"
    lie = SentFile(uid("lie"), "photo", hashlib.sha256(text).hexdigest(), text)
    refused = desk.store_file(WORKING, lie)
    assert refused.result == "refused"
    assert refused.message
    assert desk.store_file(WORKING, replace(sent, id="../../x")).code == "file.id"
    assert len(here.work.vault.files) == 1  # type: ignore[attr-defined]


def test_uploads_cut_anywhere_are_neither_lost_nor_doubled(here: World, desk: FieldDesk) -> None:
    """As a phone does it: what was not taken is sent again; five at a time."""
    chance = random.Random(6)
    sent = [photo(n, f"#{n % 16:x}{n // 16 % 16:x}5") for n in range(60)]

    def upload(mine: list[SentFile]) -> None:
        for one in mine:
            cut = chance.randrange(len(one.data))
            desk.store_file(WORKING, replace(one, data=one.data[:cut]))
            while desk.store_file(WORKING, one).result == "refused":
                pass
            desk.store_file(WORKING, one)

    together(*[lambda part=part: upload(sent[part::5]) for part in range(5)])  # type: ignore[misc]
    with here.store.reading() as reader:
        assert len(reader.field_files([one.id for one in sent])) == 60
    assert len(here.work.vault.files) == 60  # type: ignore[attr-defined]


def test_what_nobody_can_read_is_kept_sealed(here: World, desk: FieldDesk) -> None:
    desk.set_aside(WORKING, b"\xff half a phone", "request.not_json")
    with here.store.reading() as reader:
        [aside] = reader.kept_aside()
    assert here.work.opened(aside.body_sealed, aside.id) == b"\xff half a phone"
    assert b"phone" not in aside.body_sealed


def test_nothing_an_item_says_is_told_by_the_trail(here: World, desk: FieldDesk) -> None:
    send(here, desk, correction(here, note="绝密标记", reason="绝密标记"), visit(here, 2, note="绝密标记"))
    with here.store.reading() as reader:
        assert "绝密标记" not in "".join(json.dumps([one.event.before, one.event.after, one.event.reason], ensure_ascii=False)
                                      for one in reader.events(limit=10_000))
