"""The officers' forms for ODK: made from our schema and rules, in both languages, valid for ODK Validate, and read back."""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pyxform.validators.odk_validate import ODKValidateError, check_xform

from doorplate.errors import DoorplateError, InputError, NotFound
from doorplate.field.items import AddressChanges, ContactChange, HouseholdChanges, PersonChange
from doorplate.field.parsing import parse_item
from doorplate.field.settings import FieldSettings, field_settings
from doorplate.odk import lists
from doorplate.odk.build import build, workbook
from doorplate.odk.correction import FIELDS, LEFT_OUT, OPERATIONS, correction_form
from doorplate.odk.form import LANGUAGES, Form
from doorplate.odk.household import household_form
from doorplate.odk.reading import MOST_BYTES, item_of, read_submission

FORMS = {"correction": correction_form, "household": household_form}
INSTANCE = "uuid:550e8400-e29b-41d4-a716-446655440000"


@pytest.fixture(params=sorted(FORMS))
def form(request: pytest.FixtureRequest) -> Form:
    return FORMS[request.param](field_settings())


def sheet(form: Form, name: str) -> list[dict[str, str]]:
    """The rows of a sheet of the workbook, as a person with Excel has them."""
    rows = load_workbook(io.BytesIO(workbook(form)), read_only=True)[name].iter_rows(values_only=True)
    head = [str(one) for one in next(rows)]
    return [dict(zip(head, ["" if one is None else str(one) for one in row], strict=True)) for row in rows]


def changed(**parts: Any) -> FieldSettings:
    """Our rules with other ones in some places: section_name=values."""
    rules = field_settings()
    made = {}
    for path, values in parts.items():
        section, _, name = path.partition("_")
        made[section] = getattr(rules, section).model_copy(update={name: values})
    return rules.model_copy(update=made)


def test_odk_validate_finds_nothing(form: Form, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: apt-get install openjdk-17-jre-headless")
    path = tmp_path / "form.xml"
    path.write_bytes(build(form).xml)
    assert check_xform(str(path)) == []
    path.write_bytes(build(form).xml.replace(b'ref="/data/door"', b'ref="/data/window"'))
    with pytest.raises(ODKValidateError):
        check_xform(str(path))


def test_every_question_and_choice_is_told_in_both_languages(form: Form) -> None:
    for row in sheet(form, "survey"):
        spoken = row["type"] not in ("calculate", "start", "end", "start-geopoint", "end_repeat")
        for column in ("label", "hint", "constraint_message"):
            told = [bool(row[f"{column}::{language}"]) for language in LANGUAGES]
            assert told in ([True] * 2, [False] * 2), row
            assert column != "label" or told[0] == spoken, row
        assert not row["constraint"] or row[f"constraint_message::{LANGUAGES[0]}"]
    assert all(row[f"label::{language}"] for row in sheet(form, "choices") for language in LANGUAGES)
    assert all(value for one in form.choices for _, value in one.more)  # what is empty is not there, and equals nothing
    [settings] = sheet(form, "settings")
    assert (settings["default_language"], settings["version"]) == (LANGUAGES[0], form.version)


def test_every_field_of_the_schema_is_asked_for_or_left_out_on_purpose() -> None:
    assert set(AddressChanges.model_fields) == set(FIELDS) | LEFT_OUT
    asked = {one.name for one in household_form(field_settings()).questions}
    assert {"members", "tenure", "needs_add", "needs_remove", "contact_name", "contact_phone", "person"} <= asked
    assert set(HouseholdChanges.model_fields) == {"members", "tenure", "needs", "contact", "persons"}
    assert set(ContactChange.model_fields) == {"name", "phone"}
    assert set(PersonChange.model_fields) == {"id", "name", "birth_year", "relation", "consent", "guardian_consent", "left"}


def test_the_bounds_are_those_of_the_wire() -> None:
    asked = {one.name: one.constraint for one in (*correction_form(field_settings()).questions,
                                                  *household_form(field_settings()).questions)}
    assert (asked["members"], asked["number"]) == (". >= 0 and . <= 99", "string-length(.) <= 40")
    assert asked["birth_year"] == ". >= 1890 and . <= 2100"
    assert asked["contact_phone"] == "regex(., '^[0-9 +()-]{0,24}$')"


def test_an_offices_own_rules_make_its_own_form() -> None:
    rules = field_settings()
    words = {"zh": "别的 & <原因> ${door}", "en": "another 'reason' \"here\""}
    odd = rules.correction.reasons[0].model_copy(update={"id": "odd", **words})
    own = correction_form(changed(correction_reasons=(*rules.correction.reasons, odd), sync_photos=2))
    names = {one.name for one in own.questions}
    assert ("photo_2" in names, "photo_3" in names) == (True, False)
    built = build(own)
    assert b"odd" in built.xml
    assert "＄{door}".encode() in built.xml
    purposes = tuple(one.model_copy(update={"version": "2027-1"}) for one in rules.household.purposes)
    assert household_form(changed(household_purposes=purposes)).version != household_form(rules).version


def test_the_version_changes_with_the_content_alone(form: Form) -> None:
    again = FORMS["correction" if "correction" in form.id else "household"](field_settings())
    assert (again.version, workbook(again), build(again).xml) == (form.version, workbook(form), build(form).xml)
    other = replace(form, questions=form.questions[:-1])
    assert other.version != form.version
    assert form.version.encode() in build(form).xml


def test_no_question_holds_what_is_known_of_a_household() -> None:
    xml = build(household_form(field_settings())).xml.decode()
    assert not re.search(r"instance\('households'\)/root/item\[[^\]]*\]/(?!version)", xml)


def part(**door: Any) -> dict[str, Any]:
    row = {"id": "a" * 32, "version": 3, "thoroughfare": 0, "hamlet": "", "street": "幸福路", "lane": "", "number": "1",
           "suffix": "", "compound": "", "building": "", "unit": "", "floor": "", "room": "", "local": "幸福路1号",
           "status": "verified", "kind": "household", "name": "",
           "plates": [["p", "0000000000018", "small-gate", "issued"]], **door}
    return {"community": "610431001203", "streets": [["幸福路", "xfl"]], "columns": list(row), "rows": [list(row.values())]}


def test_lists_stand_whatever_is_written_in_them() -> None:
    odd = part(local='=1+1,"引号"\n换行', name="营上村小学", plates=[["p", "0000000000026", "small-gate", "retired"]])
    [row] = _read(lists.doors_csv([odd]))
    assert (row["label"], row["codes"], row["place_name"]) == ('=1+1,"引号"\n换行 营上村小学', "", "营上村小学")
    one, two = {"code": "610431001203", "names": ("县", "营上村")}, {"code": "610431001204", "names": ("县", "营下村")}
    assert _read(lists.ways_csv([{**part(), "streets": [["", ""]]}], [one]))[0]["name"] == "610431001203:-"
    both = _read(lists.ways_csv([part(), {**part(), "community": "610431001204"}], [one, two]))
    assert [row["label"] for row in both] == ["幸福路 · 营上村", "幸福路 · 营下村"]
    assert [one["population"] for one in _read(lists.doors_to_count_csv([part()], {"610431001203": True}))] == ["1"]


def test_a_list_is_never_empty() -> None:
    """Or older clients do not open the form: getodk/javarosa#743."""
    for empty in (lists.doors_csv([part(status="retired")]), lists.ways_csv([], []), lists.households_csv([]),
                  lists.communities_csv([])):
        [row] = _read(empty)
        assert (row["name"], row["label"]) == ("-", "–")
        assert row.get("way", "-") == row.get("address", "-") == "-"
        assert not row.get("codes")


def _read(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def submission(body: str, form_id: str = "doorplate_correction", instance: str = INSTANCE) -> bytes:
    return f'<data id="{form_id}" version="1">{body}<meta><instanceID>{instance}</instanceID></meta></data>'.encode()


@pytest.mark.parametrize(("xml", "code"), [
    (b"", "odk.unreadable"), (b"<data", "odk.unreadable"), (b"\xff\xfe\x00", "odk.unreadable"), (b"{}", "odk.unreadable"),
    (b'<?xml version="1.0" encoding="no-such"?><data/>', "odk.unreadable"),
    (b'<!DOCTYPE data><data id="doorplate_correction"/>', "odk.unreadable"),
    (b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><data id="doorplate_correction">&b;</data>', "odk.unreadable"),
    (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="doorplate_correction"><note>&x;</note></data>',
     "odk.unreadable"),
    (b"<data>" + b" " * MOST_BYTES + b"</data>", "odk.too_large"),
    (b"<data/>", "odk.form"), (submission("", "other"), "odk.form"),
    (submission("", instance=""), "odk.instance"), (submission("", instance="uuid:1"), "odk.instance"),
    (submission("", instance="550e8400-e29b-41d4-a716-44665544000g"), "odk.instance"),
    (submission("<meta><instanceID>uuid:5</instanceID></meta>"), "odk.instance"),
    (b'<data id="doorplate_correction"/>', "odk.instance"),
    (submission("<colour>red</colour>"), "odk.unknown_field"), (submission("<note><b>x</b></note>"), "odk.unknown_field"),
    (submission("<note>a</note><note>b</note>"), "odk.unknown_field"),
    (submission("<person/><members>3</members>"), "odk.unknown_field"),
    (submission("<person><id_card>6104</id_card></person>", "doorplate_household"), "odk.unknown_field"),
    (submission("<person>" * 9000 + "</person>" * 9000, "doorplate_household"), "odk.unknown_field")])
def test_what_is_no_form_of_ours_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises((InputError, NotFound)) as refused:
        read_submission(xml)
    assert refused.value.code == code


def test_a_name_space_of_the_client_changes_nothing() -> None:
    spaces = b'<data xmlns="http://x" xmlns:orx="http://openrosa.org/xforms" '
    xml = submission("<operation>verify</operation>").replace(b"<data ", spaces)
    xml = xml.replace(b"meta>", b"orx:meta>").replace(b"instanceID>", b"orx:instanceID>")
    read = read_submission(xml)
    assert (read.instance_id, read.values) == (INSTANCE[5:].replace("-", ""), {"operation": "verify"})


def test_the_same_form_gives_the_same_item_whatever_day_it_is() -> None:
    body = ("<begun>2026-11-24T09:00:00.000+08</begun><ended>2026-11-24T09:05:00.000+08:00</ended>"
            f"<begun_at>34.27 108.2 400 5</begun_at><operation>correct</operation><door>{'a' * 32}</door><base>3</base>"
            "<community>610431001203</community>"
            "<fields>number point lane</fields><number> 11 </number><point>34.27 108.2 0 0</point><reason>wrong_number</reason>"
            "<reason_words>号码登记错了</reason_words><reason_more>住户说的</reason_more>"
            "<photo_2>b.jpg</photo_2><photo_1>a.jpg</photo_1>")
    item = item_of(read_submission(submission(body)))
    assert item == item_of(read_submission(submission(body)))
    assert item["changes"] == {"number": "11", "point": {"lon": 108.2, "lat": 34.27, "by": "map"}, "lane": ""}
    assert (item["reason"], len(item["files"]), item["fixes"][0]["lat"]) == ("号码登记错了：住户说的", 2, 34.27)
    parsed = parse_item(item)
    assert (parsed.id, parsed.at.isoformat()) == (INSTANCE[5:].replace("-", ""), "2026-11-24T09:05:00+08:00")


def test_persons_of_a_household_carry_the_consents_given_with_them() -> None:
    body = (f"<ended>2026-11-24T09:05:00+08:00</ended><door>{'a' * 32}</door><community>610431001203</community>"
            "<consent_contact>none</consent_contact><words_contact>2026-1</words_contact><consent_persons>spoken</consent_persons>"
            "<words_persons>2026-1</words_persons><consent_guardian>signed</consent_guardian>"
            "<words_guardian>2026-1</words_guardian>"
            "<person><person_name>张小</person_name><birth_year>2018</birth_year><relation>family</relation></person><person/>")
    parsed = parse_item(item_of(read_submission(submission(body, "doorplate_household"))))
    [person] = parsed.changes.persons
    consents = {one.purpose: one for one in parsed.consents}
    assert set(consents) == {"persons", "guardian"}
    assert (person.birth_year, person.consent, person.guardian_consent) == (2018, consents["persons"].id, consents["guardian"].id)
    assert consents["guardian"].how == "signed"


@pytest.mark.parametrize("body", [
    "<ended>now</ended>", "<begun_at>here there</begun_at>", "<point>nan inf 0 5</point><fields>point</fields>", "<base>٣</base>",
    "<base>99999999999999999999</base>", "<members>-1</members>", "<members>3.0</members>", "<fields>number number</fields>",
    "<point/><fields>point</fields>", "<photo_1>../../etc/passwd</photo_1>", "<photo_1>a.jpg</photo_1><photo_2>a.jpg</photo_2>"])
@pytest.mark.parametrize("form_id", ["doorplate_correction", "doorplate_household"])
def test_nonsense_is_refused_in_order(body: str, form_id: str) -> None:
    """Never by anything but a refusal with a code."""
    xml = submission(f"<operation>correct</operation>{body}", form_id)
    with pytest.raises(DoorplateError) as refused:
        parse_item(item_of(read_submission(xml)))
    assert refused.value.code.startswith(("item.", "odk."))


def test_operations_are_those_of_the_wire() -> None:
    offered = {operation for one in field_settings().correction.reasons for operation in one.operations}
    assert offered <= set(OPERATIONS)
