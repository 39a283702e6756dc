"""The register at the desk: a door is found however people write it, changed only after seeing what that means,
and taken back."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from desk_office import VILLAGE, Office, send
from flask.testing import FlaskClient

from doorplate.model import Address
from doorplate.registry.days import today


def door(office: Office, local: str) -> Address:
    with office.registry.store.reading() as reader:
        prefix = reader.community(VILLAGE).prefix  # type: ignore[union-attr]
        found = reader.address_ids(VILLAGE, [prefix + local])
        address = reader.address(found[prefix + local])
    assert address is not None
    return address


def found(client: FlaskClient, words: str) -> list[str]:
    page = client.get("/desk/register/", query_string={"q": words})
    assert page.status_code == 200, page.text
    return re.findall(r"<td class=\"what\">.*?<bdi>(.*?)</bdi>", page.text, re.DOTALL)


def act(client: FlaskClient, one: Address, kind: str, **fields: str) -> object:
    at = f"/desk/register/{one.id}"
    return send(client, f"{at}/act", at, act=kind, community=VILLAGE, version=str(one.version), reason="现场核对", **fields)


@pytest.mark.parametrize("words", ["和谐街4号", "和谐街4", "和諧街４號", "营上村和谐街4号",
                                   "陕西省咸阳市武功县普集街道营上村和谐街4号",
                                   "hxj4", "HXJ 4", "hexiejie4", "和谐街04号"])
def test_a_door_is_found_however_it_is_written(words: str, office: Office) -> None:
    assert found(office.visitor(), words)[0] == "和谐街4号"


def test_a_door_is_found_by_the_code_on_its_plate(office: Office) -> None:
    one = door(office, "和谐街4号")
    with office.registry.store.reading() as reader:
        code = reader.plates_of([one.id])[0].code
    assert found(office.visitor(), code) == ["和谐街4号"]
    assert found(office.visitor(), f"{code[:4]} {code[4:8].lower()}-{code[8:12]} {code[12:]}") == ["和谐街4号"]


@pytest.mark.parametrize("words", ["没有这样的路9号", "%", "_", "'; DROP TABLE address;--", "\\", "<script>", "号", "0", "🚪",
                                   "a" * 500])
def test_what_is_not_there_is_said_with_what_to_try(words: str, office: Office) -> None:
    page = office.visitor().get("/desk/register/", query_string={"q": words})
    assert page.status_code == 200
    assert "<script>" not in page.text.replace('<script type="module"', "").replace("<script defer", "")
    if not found(office.visitor(), words):
        assert "没有找到" in page.text


def test_the_list_goes_by_streets_and_numbers_and_has_pages(office: Office) -> None:
    client = office.visitor()
    first = client.get("/desk/register/").text
    numbers = [int(one) for one in re.findall(r"<bdi>和谐街(\d+)号</bdi>", first)]
    assert numbers == sorted(numbers)
    assert len(re.findall('class="what"', first)) == 50
    second = client.get("/desk/register/?page=2").text
    assert "第 2 页" in second
    assert not set(re.findall(r"register/([0-9a-f]{32})", first)) & set(re.findall(r"register/([0-9a-f]{32})", second))
    assert client.get("/desk/register/?page=99999").status_code == 200
    assert "已停用" in client.get("/desk/register/?status=retired").text
    assert client.get("/desk/register/?status=gone").status_code == 404
    assert client.get("/desk/register/?only=no_plate").status_code == 200
    assert client.get("/desk/register/?only=finding").status_code == 200


def test_typing_gets_only_the_lines(office: Office) -> None:
    part = office.visitor().get("/desk/register/?q=hxj4", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="found"')
    assert "<html" not in part


@pytest.mark.parametrize("who", ["far-registrar", "far-officer", "auditor", "sysadmin", "nobody"])
def test_who_has_no_part_of_the_village_sees_nothing_of_it(who: str, office: Office) -> None:
    one, client = door(office, "和谐街4号"), office.visitor(who)
    assert "和谐街" not in client.get("/desk/register/").text
    assert found(client, "和谐街4号") == []
    assert client.get(f"/desk/register/{one.id}").status_code == 404
    assert client.get(f"/desk/register/?community={VILLAGE}").status_code == 404
    assert client.get(f"/desk/register/on/{VILLAGE}?day=2026-11-23").status_code == 404
    answer = send(client, f"/desk/register/{one.id}/act", "/desk/", act="retire", community=VILLAGE, version="1", reason="x",
                  sure="yes")
    assert answer.status_code in (403, 404)
    assert door(office, "和谐街4号").status == "verified"


def test_an_officer_sees_the_doors_of_their_grid_and_changes_none(office: Office) -> None:
    client = office.visitor("officer")
    page = client.get("/desk/register/").text
    assert set(re.findall(r"营上村第.网格", page)) == {"营上村第一网格"}
    inside, outside = door(office, "幸福路1号"), door(office, "和谐街4号")
    assert client.get(f"/desk/register/{outside.id}").status_code == 404
    opened = client.get(f"/desk/register/{inside.id}")
    assert opened.status_code == 200
    assert "先看会改什么" not in opened.text
    assert act(client, inside, "retire", sure="yes").status_code == 403  # type: ignore[attr-defined]


def test_a_door_is_corrected_after_seeing_what_that_means_and_taken_back(office: Office) -> None:
    client, one = office.visitor(), door(office, "和谐街4号")
    shown = act(client, one, "correct", street="和谐街", lane="", number="404", suffix="", hamlet="")
    assert "和谐街404号" in shown.text  # type: ignore[attr-defined]
    assert "要补制" in shown.text  # type: ignore[attr-defined]
    assert door(office, "和谐街4号") == one, "seeing writes nothing"
    done = act(client, one, "correct", street="和谐街", lane="", number="404", suffix="", hamlet="", sure="yes")
    assert done.status_code == 303  # type: ignore[attr-defined]
    after = client.get(done.location)  # type: ignore[attr-defined]
    assert "已更正" in after.text
    assert found(client, "和谐街404") == ["和谐街404号"]
    assert "曾用名" in client.get("/desk/register/?q=和谐街4号").text
    with office.registry.store.reading() as reader:
        assert reader.events_of([one.id])[-1].event.actor == office.account_id("registrar")
    undo = re.findall(r'name="act" value="([0-9a-f]{32})"', after.text)[0]
    assert send(client, f"/desk/register/{one.id}/undo", f"/desk/register/{one.id}", act=undo).status_code == 303
    assert door(office, "和谐街4号").elements == one.elements


def test_an_old_page_changes_nothing_and_keeps_what_was_typed(office: Office) -> None:
    client, one = office.visitor(), door(office, "和谐街4号")
    act(client, one, "correct", number="404", sure="yes")
    late = act(client, one, "correct", number="405", sure="yes")
    assert late.status_code == 409  # type: ignore[attr-defined]
    assert "刚被别人改过" in late.text  # type: ignore[attr-defined]
    assert 'value="405"' in late.text  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kind", "fields", "words"), [
    ("correct", {"number": "6"}, "已经有人用了"), ("correct", {"number": "4"}, "没有可改的"),
    ("merge", {"into": "没有这条路1号"}, "没有"),
    ("correct", {"number": "404", "effective_on": "3026-01-01"}, "生效日期"), ("retire", {"effective_on": "昨天"}, "看不懂"),
    ("correct", {"lon": "34.2", "lat": "108.2"}, "写反"), ("correct", {"lon": "x", "lat": ""}, "十进制")])
def test_what_cannot_be_is_said_beside_its_form(kind: str, fields: dict[str, str], words: str, office: Office) -> None:
    client, one = office.visitor(), door(office, "和谐街4号")
    answer = act(client, one, kind, **fields)
    assert answer.status_code in (400, 409)  # type: ignore[attr-defined]
    assert words in answer.text  # type: ignore[attr-defined]
    assert door(office, "和谐街4号") == one


def test_a_reason_with_a_telephone_is_not_kept_for_ever(office: Office) -> None:
    client, one = office.visitor(), door(office, "和谐街4号")
    at = f"/desk/register/{one.id}"
    answer = send(client, f"{at}/act", at, act="retire", community=VILLAGE, version=str(one.version), sure="yes",
                  reason="打 13800001111 问过")
    assert "请不要写手机号" in answer.text


def test_two_doors_that_are_one_become_one(office: Office) -> None:
    client, one = office.visitor(), door(office, "和谐街4号")
    assert act(client, one, "merge", into="和谐街6号", sure="yes").status_code == 303  # type: ignore[attr-defined]
    assert "陕西省咸阳市武功县普集街道营上村和谐街4号" in door(office, "和谐街6号").aliases


def test_a_new_house_gets_a_number_and_a_spent_one_is_refused(office: Office) -> None:
    client, at = office.visitor(), f"/desk/register/new/{VILLAGE}"
    made = send(client, at, at, street="和谐街", number="888", reason="新建房屋", sure="yes")
    assert made.status_code == 303
    assert door(office, "和谐街888号").status in ("proposed", "verified")
    act(client, door(office, "和谐街888号"), "retire", sure="yes")
    again = send(client, at, at, street="和谐街", number="888", reason="再建", sure="yes")
    assert again.status_code == 409
    assert "停用过" in again.text
    assert 'value="888"' in again.text


def test_the_register_as_of_a_day_and_what_changed_since(office: Office) -> None:
    client, one, day = office.visitor(), door(office, "和谐街4号"), today(office.registry)
    act(client, one, "correct", number="404", sure="yes")
    on = client.get(f"/desk/register/on/{VILLAGE}?day={day}").text
    assert "已停用" in on
    between = client.get(f"/desk/register/between/{VILLAGE}?start={day - timedelta(days=1)}&end={day}").text
    assert "新增" in between
    assert client.get(f"/desk/register/on/{VILLAGE}?day={date(1999, 1, 1)}").status_code == 200
    assert client.get(f"/desk/register/on/{VILLAGE}?day=gestern").status_code == 400


def test_households_are_only_shown_masked_and_only_to_whom_they_concern(office: Office) -> None:
    with office.registry.store.reading() as reader:
        home = next(one for one in reader.households(VILLAGE) if one.address_id and one.head_sealed)
    at = f"/desk/register/{home.address_id}"
    shown = send(office.visitor("registrar"), f"{at}/households", at)
    assert "*" in shown.text
    with office.registry.store.reading() as reader:
        look = reader.events_of([home.id])[-1].event
    assert (look.verb, look.actor) == ("household.looked", office.account_id("registrar"))
    assert "不看户的情况" in office.visitor("printer").get(at).text
    assert send(office.visitor("printer"), f"{at}/households", at).status_code == 403
