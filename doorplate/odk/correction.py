"""The form 门牌更正: 更正 correct, 停用 retire, 新编 assign, 核对 verify (`field.items.Correction`). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from doorplate.field.items import AddressChanges, Correction
from doorplate.field.settings import FieldSettings
from doorplate.odk.form import Choice, Form, Question, Words, plain
from doorplate.odk.place import AT_ITS_DOOR, BEGUN, DOORS, WAYS, door_questions, evidence_questions, note_question, too_long
from doorplate.odk.schema import longest

CORRECTION = "doorplate_correction"
COMMUNITIES = "communities"
OPERATIONS: Mapping[str, Words] = MappingProxyType({
    "correct": Words("更正", "Correct it"), "retire": Words("停用", "Retire it"),
    "assign": Words("新编", "A new number"), "verify": Words("核对无误", "It is right")})
FIELDS: Mapping[str, Words] = MappingProxyType({
    "hamlet": Words("村民小组", "Hamlet"), "street": Words("街路巷", "Street"), "lane": Words("巷弄", "Lane"),
    "number": Words("门牌号", "Number"), "suffix": Words("附号", "Sub-number"), "compound": Words("小区", "Compound"),
    "building": Words("楼栋", "Building"), "unit": Words("单元", "Unit"), "floor": Words("楼层", "Floor"),
    "room": Words("室", "Room"), "place_kind": Words("用途", "Use"), "name": Words("场所名称", "Name of the place"),
    "point": Words("位置", "Position")})
"""What can be changed; a field of the schema that is not here is in LEFT_OUT."""
LEFT_OUT = frozenset({"grid"})
"""Where the point lies tells the grid."""
KNOWN: Mapping[str, str] = MappingProxyType({name: {"name": "place_name"}.get(name, name) for name in FIELDS if name != "point"})
"""Field whose value as registered is shown beside the question → its column in the list of doors, where `name` is taken."""
_PLACE_KINDS = (("household", Words("住户", "Household")), ("public", Words("公共场所", "Public place")))
_ASSIGNING, _OTHERWISE = "${operation} = 'assign'", "${operation} != 'assign'"


def correction_form(settings: FieldSettings) -> Form:
    return Form(CORRECTION, Words("门牌更正", "Door correction"), tuple(_questions(settings)), tuple(_choices(settings)),
                (DOORS, WAYS, COMMUNITIES), "concat(jr:choice-name(${operation}, '${operation}'), ' ', ${place})")


def _questions(settings: FieldSettings) -> Iterator[Question]:
    yield from BEGUN
    yield Question("select_one operations", "operation", Words("做什么", "What"), required="yes")
    yield from door_questions(_OTHERWISE)
    yield Question(f"select_one_from_file {COMMUNITIES}.csv", "new_in", Words("社区", "Community"), required="yes",
                   relevant=_ASSIGNING)
    yield Question("calculate", "community", calculation=f"if({_ASSIGNING}, ${{new_in}}, ${{community_of_door}})")
    yield Question("select_multiple fields", "fields", Words("哪些不对", "What is wrong"), relevant="${operation} = 'correct'",
                   required="yes")
    for name in FIELDS:
        yield from _field(name, settings)
    yield from _reason()
    yield from evidence_questions(settings.sync.photos, settings.sync.photo_side_px)
    yield note_question(longest(Correction, "note"))


def _field(name: str, settings: FieldSettings) -> Iterator[Question]:
    asked = f"{_ASSIGNING} or selected(${{fields}}, '{name}')"
    if name == "point":
        yield Question("geopoint", name, Words("站在门口定位", "Stand at the door"), relevant=asked, required="yes",
                       parameters=f"capture-accuracy={settings.gnss.good_m:g}")
        return
    yield Question("calculate", f"was_{name}", calculation=f"coalesce({AT_ITS_DOOR}/{KNOWN[name]}, '–')")
    now, label = Words(f"现在: ${{was_{name}}}", f"Now: ${{was_{name}}}"), FIELDS[name]
    if name == "place_kind":
        yield Question("select_one place_kinds", name, label, now, asked)
        return
    most = longest(AddressChanges, name)
    yield Question("text", name, label, now, asked, constraint=f"string-length(.) <= {most}", wrong=too_long(most))


def _reason() -> Iterator[Question]:
    most = longest(Correction, "reason") // 2  # the chosen words stand before it
    yield Question("select_one reasons", "reason", Words("原因", "Reason"), choice_filter="selected(operations, ${operation})")
    yield Question("text", "reason_more", Words("原因说明", "In your own words"), required="${reason} = ''",
                   constraint=f"string-length(.) <= {most}", wrong=too_long(most))
    yield Question("calculate", "reason_words", calculation="instance('reasons')/root/item[name = ${reason}]/words")


def _choices(settings: FieldSettings) -> Iterator[Choice]:
    for name, words in OPERATIONS.items():
        yield Choice("operations", name, words)
    for name, words in FIELDS.items():
        yield Choice("fields", name, words)
    for name, words in _PLACE_KINDS:
        yield Choice("place_kinds", name, words)
    for one in settings.correction.reasons:
        yield Choice("reasons", one.id, plain(one.zh, one.en), (("operations", " ".join(one.operations)), ("words", one.zh)))
