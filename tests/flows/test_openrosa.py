"""The officers' forms by ODK Collect: downloaded, filled in, sent; the item waits in the same inbox as a phone's."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from case_stories import VILLAGE
from collect import Collect, filled, words
from door_stories import CODES, FAR, HOME, NEAR, World, world
from flask.testing import FlaskClient
from PIL import Image

from doorplate.field.household_records import Consent, PopulationModule
from doorplate.field.records import FieldItem
from doorplate.people.account import Role
from doorplate.people.signin import sign_in_rules
from doorplate.registry.accounts import NewAccount, add_account
from doorplate.registry.field import opened
from doorplate.registry.field.door import FieldDesk
from doorplate.registry.field.forms import OdkForms
from doorplate.registry.field.review import FieldReview
from doorplate.registry.scanning import Scanning
from doorplate.registry.signing_in import SigningIn
from doorplate.settings import Settings
from doorplate.store import Store
from webapp import create_app
from webapp.factory import Work

PASSWORD = "a sentence nobody else would say"
INSTANCE = "uuid:550e8400-e29b-41d4-a716-446655440000"
ITEM = "550e8400e29b41d4a716446655440000"
CORRECTION, HOUSEHOLD = "doorplate_correction", "doorplate_household"
PEOPLE: tuple[tuple[str, Role, str], ...] = (
    ("wang", "grid_worker", f"{VILLAGE}-G01"), ("zhao", "grid_worker", f"{VILLAGE}-G02"),
    ("chen", "group_leader", f"{VILLAGE}-G01"), ("li", "registrar", VILLAGE), ("zhou", "officer", f"{VILLAGE}-G01"))


@pytest.fixture
def here(store: Store) -> World:
    here = world(store)
    here.clock.now = datetime.now(UTC)
    return here


@pytest.fixture
def office(here: World) -> FlaskClient:
    registry = here.work.registry
    for login, role, area in PEOPLE:
        add_account(registry, NewAccount(login, login, role, area, must_change=False), PASSWORD)
    desk = FieldDesk(here.work)
    work = Work(SigningIn(registry, sign_in_rules()), desk, FieldReview(here.work), OdkForms(here.work, desk))
    settings = Settings(base_url="https://mp.example", home="unused")  # type: ignore[arg-type]
    return create_app(settings, Scanning(here.store), doors=("field", "desk"), work=work).test_client()


@pytest.fixture
def collect(office: FlaskClient) -> Collect:
    return Collect(office, "wang", PASSWORD)


def form(collect: Collect, form_id: str = CORRECTION) -> bytes:
    return collect.get(collect.form_list()[form_id]["downloadUrl"]).data


def correction(here: World, collect: Collect, instance: str = INSTANCE, **more: str) -> bytes:
    told = {"begun": here.clock.now.isoformat(), "ended": here.clock.now.isoformat(), "begun_at": "34.27 108.2 400 5",
            "operation": "correct", "scanned": f"https://mp.example/d/{CODES['near']}", "code": CODES["near"], "found": "1",
            "door": NEAR, "place": "幸福路1号", "base": "1", "community_of_door": VILLAGE, "community": VILLAGE,
            "fields": "number", "was_number": "1", "number": "11", "reason": "wrong_number", "reason_words": "号码登记错了",
            **more}
    return filled(form(collect), {name: text for name, text in told.items() if text}, instance)


def household(here: World, collect: Collect, **more: str) -> bytes:
    told = {"begun": here.clock.now.isoformat(), "ended": here.clock.now.isoformat(), "door": NEAR, "base": "1",
            "community_of_door": VILLAGE, "community": VILLAGE, "members": "3", "words_contact": "2026-1",
            "words_sensitive": "2026-1", "consent_contact": "none", "consent_sensitive": "none", **more}
    return filled(form(collect, HOUSEHOLD), told, INSTANCE)


def with_person(xml: bytes, **told: str) -> bytes:
    """The form with one person of its repeat filled in; whatever prefix the names are written with."""
    root = ET.fromstring(xml)
    template, group = (one for one in root if one.tag.rpartition("}")[2] == "person")
    root.remove(template)
    for one in group:
        one.text = told.get(one.tag.rpartition("}")[2], one.text)
    assert set(told) <= {one.tag.rpartition("}")[2] for one in group}
    return bytes(ET.tostring(root, encoding="utf-8"))


def photo(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "JPEG")
    return out.getvalue()


def kept(here: World, item_id: str = ITEM) -> FieldItem | None:
    with here.store.reading() as reader:
        return reader.item_sent(item_id)


def sent(here: World) -> Any:
    item = kept(here)
    assert item is not None
    return opened(here.work, item)


def test_a_number_is_put_right_by_collect(here: World, collect: Collect) -> None:
    told = collect.send(correction(here, collect, photo_1="1700000000001.jpg", note="住户说去年就改了"),
                        [("1700000000001.jpg", photo(), "image/jpeg")])
    assert told.status_code == 201, words(told)
    assert "收到" in words(told)
    item, back = kept(here), sent(here)
    assert item is not None
    assert (item.kind, item.status, item.verdict, item.fields, item.flags) == ("correction", "waiting", "clean", ("number",), ())
    assert (back.operation, back.changes.number, back.reason, back.base) == ("correct", "11", "号码登记错了", 1)
    assert back.note == "住户说去年就改了"
    with here.store.reading() as reader:
        [file] = reader.field_files(back.files)
        assert (file.kind, file.item_id) == ("photo", ITEM)
        assert [one.kind for one in reader.devices() if one.id == item.device_id] == ["odk"]


def test_the_same_form_again_is_taken_once_for_ever(here: World, collect: Collect) -> None:
    xml = correction(here, collect)
    assert [collect.send(xml).status_code for _ in range(3)] == [201] * 3
    here.clock.pass_by(days=400)
    assert "重复" in words(collect.send(xml))
    with here.store.reading() as reader:
        assert len(reader.events(verb="item.received", limit=10)) == 1
    other = collect.send(correction(here, collect, number="12"))
    assert other.status_code == 409
    assert sent(here).changes.number == "11"


def test_a_large_form_comes_in_several_sendings(here: World, collect: Collect) -> None:
    names = [f"{n}.jpg" for n in range(3)]
    xml = correction(here, collect, **{f"photo_{n}": name for n, name in enumerate(names, 1)})
    part = {"*isIncomplete*": "yes"}
    assert collect.send(xml, [(names[0], photo(), "image/jpeg")], **part).status_code == 201
    assert kept(here) is None
    assert collect.send(xml, [(names[1], photo("red"), "image/jpeg")], **part).status_code == 201
    assert collect.send(xml, [(names[2], photo("green"), "image/jpeg")]).status_code == 201
    item = kept(here)
    assert item is not None
    assert item.flags == ()
    with here.store.reading() as reader:
        assert {one.item_id for one in reader.field_files(sent(here).files)} == {ITEM}


def test_a_photo_that_comes_later_or_never_is_no_loss_of_the_form(here: World, collect: Collect) -> None:
    xml = correction(here, collect, photo_1="a.jpg", photo_2="b.jpg")
    assert collect.send(xml, [("a.jpg", photo(), "image/jpeg")]).status_code == 201
    item = kept(here)
    assert item is not None
    assert item.flags == ("files.missing",)
    assert collect.send(xml, [("b.jpg", photo("red"), "image/jpeg")]).status_code == 201
    whole = kept(here)
    assert whole is not None
    assert whole.flags == ()
    with here.store.reading() as reader:
        assert [one.item_id for one in reader.field_files(sent(here).files)] == [ITEM, ITEM]


def test_what_is_no_photo_is_refused_and_stays_on_the_phone(here: World, collect: Collect) -> None:
    xml = correction(here, collect, photo_1="a.jpg")
    told = collect.send(xml, [("a.jpg", b"<html>", "image/jpeg")])
    assert (told.status_code, kept(here)) == (400, None)
    assert "照片" in words(told)
    assert collect.send(xml, [("a.jpg", photo(), "image/jpeg")]).status_code == 201


def test_an_attachment_no_question_names_is_left_behind(here: World, collect: Collect) -> None:
    assert collect.send(correction(here, collect), [("audit.csv", b"event,node", "text/csv")]).status_code == 201
    with here.store.reading() as reader:
        assert reader.events(verb="field_file.added", limit=10) == ()


@pytest.mark.parametrize(("more", "status"), [
    ({"door": FAR}, 403), ({"door": uuid.uuid4().hex}, 403), ({"door": ""}, 400), ({"base": "9"}, 400), ({"base": "many"}, 400),
    ({"operation": "wish"}, 400), ({"number": "x" * 41}, 400), ({"fields": "colour"}, 400),
    ({"community": "1" * 12}, 403), ({"ended": "", "begun": ""}, 400), ({"ended": "long ago"}, 400),
    ({"point": "34.27 108.2 0 0"}, 201), ({"note": "x" * 1001}, 400)])
def test_what_cannot_be_is_refused_in_words_the_client_shows(here: World, collect: Collect, more: dict[str, str],
                                                             status: int) -> None:
    told = collect.send(correction(here, collect, **more))
    assert (told.status_code, bool(words(told))) == (status, True), words(told)
    assert (kept(here) is not None) == (status == 201)


def test_a_new_house_is_where_its_point_lies(here: World, collect: Collect) -> None:
    told = {"operation": "assign", "door": "", "base": "", "found": "", "scanned": "", "code": "", "place": "", "fields": "",
            "was_number": "", "community_of_door": "", "new_in": VILLAGE, "street": "幸福路", "number": "7"}
    far = collect.send(correction(here, collect, point="34.27 108.21 400 4", **told))
    assert far.status_code == 403
    assert collect.send(correction(here, collect, point="34.27 108.2001 400 4", **told)).status_code == 201
    back = sent(here)
    assert (back.address, back.changes.street) == (None, "幸福路")
    assert (back.changes.point.accuracy_m, back.changes.point.by) == (4.0, "gnss")


@pytest.mark.parametrize("operation", ["retire", "verify"])
def test_a_door_is_retired_or_found_right(here: World, collect: Collect, operation: str) -> None:
    told = collect.send(correction(here, collect, operation=operation, fields="", number="", was_number=""))
    assert told.status_code == 201, words(told)
    assert (sent(here).operation, sent(here).changes.model_fields_set) == (operation, set())


def test_a_household_is_counted_with_its_word(here: World, collect: Collect) -> None:
    without = collect.send(household(here, collect, contact_name="张三", contact_phone="13800000000"))
    assert (without.status_code, kept(here)) == (400, None)
    told = collect.send(household(here, collect, which="old", household=HOME, household_base="1", consent_contact="spoken",
                                  contact_name="张三", contact_phone="13800000000", tenure="own",
                                  needs_add="home_visit large_print"))
    assert told.status_code == 201, words(told)
    back = sent(here)
    assert (back.household, back.base, back.changes.members, back.changes.tenure) == (HOME, 1, 3, "own")
    assert back.changes.needs.add == ("home_visit", "large_print")
    assert [(one.purpose, one.words, one.how, one.given) for one in back.consents] == [("contact", "2026-1", "spoken", True)]


def test_a_word_taken_back_holds_from_now_on(here: World, collect: Collect) -> None:
    given = Consent("c" * 32, HOME, "contact", "2026-1", "spoken", here.clock.now, "a")
    with here.store.writing() as unit:
        unit.save(None, given, here.work.registry.event("consent.given", given.id))
    told = collect.send(household(here, collect, which="old", household=HOME, household_base="1", consent_contact="withdraw"))
    assert told.status_code == 201, words(told)
    with here.store.reading() as reader:
        [consent] = reader.consents_of([HOME])
    assert consent.withdrawn_at is not None


def test_persons_are_asked_for_only_where_that_was_approved(here: World, office: FlaskClient) -> None:
    officer = Collect(office, "zhou", PASSWORD)
    [before] = {row["population"] for row in officer.rows(officer.form_list()[HOUSEHOLD], "doors.csv")}
    xml = household(here, officer, consent_persons="spoken", words_persons="2026-1", consent_guardian="none")
    xml = with_person(xml, person_name="张三", birth_year="1960", relation="head")
    off = officer.send(xml)
    assert (before, off.status_code, kept(here)) == ("", 403, None), words(off)
    module = PopulationModule(VILLAGE, True, "a" * 64, "x", "y", here.clock.now)
    with here.store.writing() as unit:
        unit.save(None, module, here.work.registry.event("population.on", VILLAGE))
    assert {row["population"] for row in officer.rows(officer.form_list()[HOUSEHOLD], "doors.csv")} == {"1"}
    assert officer.send(xml).status_code == 201
    assert [(one.name, one.birth_year) for one in sent(here).changes.persons] == [("张三", 1960)]


def test_words_read_from_an_old_form_are_not_consent(here: World, collect: Collect) -> None:
    told = collect.send(household(here, collect, consent_contact="spoken", words_contact="2025-9", contact_name="张"))
    assert (told.status_code, kept(here)) == (400, None)


def doors_of(collect: Collect) -> set[str]:
    return {row["name"] for row in collect.rows(collect.form_list()[CORRECTION], "doors.csv")}


def test_everybody_is_offered_what_is_theirs(here: World, office: FlaskClient) -> None:
    lists = {login: Collect(office, login, PASSWORD) for login, _, _ in PEOPLE}
    assert set(lists["wang"].form_list()) == {CORRECTION, HOUSEHOLD}
    assert set(lists["chen"].form_list()) == {CORRECTION}
    assert lists["li"].form_list() == {}
    assert lists["chen"].get(f"/openrosa/forms/{HOUSEHOLD}.xml").status_code == 404
    assert lists["li"].get(f"/openrosa/manifest/{CORRECTION}").status_code == 404
    own, others = (doors_of(lists[one]) for one in ("wang", "zhao"))
    assert (NEAR in own, FAR in own, NEAR in others, FAR in others) == (True, False, False, True)


def test_no_list_tells_who_lives_there(here: World, collect: Collect) -> None:
    forms = collect.form_list()
    texts = {name: collect.get(address).get_data(as_text=True) for one in forms.values()
             for name, (_, address) in collect.manifest(one).items()}
    assert set(texts) == {"doors.csv", "ways.csv", "communities.csv", "households.csv"}
    [row] = collect.rows(forms[HOUSEHOLD], "households.csv")
    assert (row["name"], row["address"], set(row)) == (HOME, NEAR, {"name", "label", "address", "version"})
    doors = {row["name"]: row for row in collect.rows(forms[CORRECTION], "doors.csv")}
    assert (doors[NEAR]["codes"], doors[NEAR]["number"], doors[NEAR]["way"]) == (CODES["near"], "1", f"{VILLAGE}:幸福路")


def test_a_form_and_its_lists_are_fetched_again_only_when_they_changed(here: World, collect: Collect) -> None:
    before, manifest = collect.form_list(), collect.manifest(collect.form_list()[CORRECTION])
    collect.send(correction(here, collect))
    assert collect.form_list() == before
    assert collect.manifest(before[CORRECTION]) == manifest
    with here.store.writing() as unit:
        door = unit.address(NEAR)
        assert door is not None
        unit.save(door, door, here.work.registry.event("address.verified", NEAR))
    after = collect.manifest(before[CORRECTION])
    assert [name for name in after if after[name][0] != manifest[name][0]] == ["doors.csv"]


def test_addresses_are_official_where_asked_for_by_their_official_name(office: FlaskClient) -> None:
    headers = Collect(office, "wang", PASSWORD).headers
    told = office.get("/openrosa/formList", headers=headers, base_url="http://mp.example").get_data(as_text=True)
    assert "https://mp.example/openrosa/manifest/doorplate_household" in told
    assert "<downloadUrl>http://localhost/openrosa" in office.get("/openrosa/formList", headers=headers).get_data(as_text=True)
