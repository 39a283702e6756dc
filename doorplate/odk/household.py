"""The form 住户登记 (`field.items.HouseholdCount`): the least data, each purpose read out first, nothing known shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from doorplate.field.household_rules import CONTACT, GUARDIAN, PERSONS, SENSITIVE
from doorplate.field.items import ContactChange, HouseholdChanges, HouseholdCount, PersonChange
from doorplate.field.settings import FieldSettings, Purpose
from doorplate.odk.form import Choice, Form, Question, Words, plain, quoted
from doorplate.odk.place import AT_ITS_DOOR, BEGUN, DOORS, WAYS, door_questions, evidence_questions, note_question, too_long
from doorplate.odk.schema import bound, longest

HOUSEHOLD = "doorplate_household"
HOUSEHOLDS = "households"
"""households.csv: which are listed at a door, by turn; no name, no number of people."""
_POPULATION = "${population} = '1'"
_OLD = "${which} = 'old'"
_SAID = MappingProxyType({
    "spoken": Words("口头同意", "Agrees, spoken"), "signed": Words("签字同意", "Agrees, signed"),
    "none": Words("不同意", "Does not agree"), "withdraw": Words("收回以前的同意", "Takes an earlier consent back")})


def household_form(settings: FieldSettings) -> Form:
    return Form(HOUSEHOLD, Words("住户登记", "Household"), tuple(_questions(settings)), tuple(_choices(settings)),
                (DOORS, WAYS, HOUSEHOLDS), "${place}")


def _questions(settings: FieldSettings) -> Iterator[Question]:
    rules = settings.household
    yield from BEGUN
    yield from door_questions()
    yield Question("calculate", "community", calculation="${community_of_door}")
    yield Question("calculate", "population", calculation=f"{AT_ITS_DOOR}/population")
    yield from _which()
    yield from (question for purpose in rules.purposes if purpose.id not in (PERSONS, GUARDIAN) for question in _consent(purpose))
    yield _number("members", Words("住几个人", "How many live here"), bound(HouseholdChanges, "members", "minimum"),
                  bound(HouseholdChanges, "members", "maximum"))
    yield Question("select_one tenures", "tenure", Words("居住方式", "Tenure"))
    yield Question("select_multiple needs", "needs_add", Words("住户提出的服务需要", "What the household asks for"),
                   choice_filter=f"sensitive = 'no' or {_given(SENSITIVE)}")
    yield Question("select_multiple needs", "needs_remove", Words("不再需要的", "What it no longer asks for"), relevant=_OLD,
                   choice_filter="not(selected(${needs_add}, name))")
    yield from _contact()
    yield from (question for purpose in rules.purposes if purpose.id in (PERSONS, GUARDIAN)
                for question in _consent(purpose, _POPULATION))
    yield from _persons()
    yield from evidence_questions(settings.sync.photos, settings.sync.photo_side_px)
    yield note_question(longest(HouseholdCount, "note"))


def _which() -> Iterator[Question]:
    here = f"instance('{HOUSEHOLDS}')/root/item"
    yield Question("calculate", "listed", calculation=f"count({here}[address = ${{door}}])")
    yield Question("select_one which", "which", Words("哪一户", "Which household"), relevant="${listed} > 0", required="yes")
    yield Question(f"select_one_from_file {HOUSEHOLDS}.csv", "household", Words("已登记的户", "Listed households"), relevant=_OLD,
                   required="yes", choice_filter="address = ${door}")
    yield Question("calculate", "household_base", calculation=f"{here}[name = ${{household}}]/version")


def _consent(purpose: Purpose, relevant: str = "") -> Iterator[Question]:
    """The purpose as it is read out, then what the household says; which words those were goes with it."""
    asked = plain(purpose.zh, purpose.en)
    yield Question("note", f"read_{purpose.id}", Words(f"念给住户听: {asked.zh}", f"Read out: {asked.en}"), relevant=relevant)
    yield Question("select_one consents", f"consent_{purpose.id}", Words("住户怎么说", "What the household says"), required="yes",
                   relevant=relevant, choice_filter=f"household = 'any' or {_OLD}")
    yield Question("calculate", f"words_{purpose.id}", calculation=quoted(purpose.version))


def _contact() -> Iterator[Question]:
    given, name_most = _given(CONTACT), longest(ContactChange, "name")
    pattern = bound(ContactChange, "phone", "pattern")
    yield Question("text", "contact_name", Words("称呼", "Name to call"), relevant=given,
                   constraint=f"string-length(.) <= {name_most}", wrong=too_long(name_most))
    yield Question("text", "contact_phone", Words("电话", "Phone"), relevant=given, required="${contact_name} = ''",
                   constraint=f"regex(., {quoted(pattern)})", appearance="numbers",
                   wrong=Words("只写数字", "Digits only"))


def _persons() -> Iterator[Question]:
    yield Question("begin_repeat", "person", Words("同住的人", "Who lives here"), relevant=f"{_POPULATION} and {_given(PERSONS)}")
    most = longest(PersonChange, "name")
    yield Question("text", "person_name", Words("姓名", "Name"), required="yes", constraint=f"string-length(.) <= {most}",
                   wrong=too_long(most))
    yield _number("birth_year", Words("出生年", "Year of birth"), bound(PersonChange, "birth_year", "minimum"),
                  bound(PersonChange, "birth_year", "maximum"), required="yes")
    yield Question("select_one relations", "relation", Words("关系", "Relation"), required="yes")
    yield Question("end_repeat", "")


def _number(name: str, label: Words, least: int, most: int, required: str = "") -> Question:
    return Question("integer", name, label, required=required, constraint=f". >= {least} and . <= {most}",
                    wrong=Words(f"{least} 到 {most}", f"{least} to {most}"))


def _given(purpose: str) -> str:
    return f"selected('spoken signed', ${{consent_{purpose}}})"


def _choices(settings: FieldSettings) -> Iterator[Choice]:
    rules = settings.household
    for name, words in (("old", Words("已登记的户", "One that is listed")), ("new", Words("新的一户", "A new one"))):
        yield Choice("which", name, words)
    for name, words in _SAID.items():
        yield Choice("consents", name, words, (("household", "old" if name == "withdraw" else "any"),))
    for one in rules.needs:
        yield Choice("needs", one.id, plain(one.zh, one.en), (("sensitive", "yes" if one.sensitive else "no"),))
    for list_name, options in (("tenures", rules.tenure), ("relations", rules.relations)):
        for option in options:
            yield Choice(list_name, option.id, plain(option.zh, option.en))
