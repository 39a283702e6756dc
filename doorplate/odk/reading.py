"""What an ODK client filled in (OpenRosa XForms submission), read safely, and the item a phone of ours would have sent for it.

The item is made from the submission alone, never from today's rules or clock: the same submission gives the same item for ever.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from doorplate.errors import InputError, NotFound
from doorplate.field.items import plain_id
from doorplate.odk.correction import CORRECTION, FIELDS
from doorplate.odk.household import HOUSEHOLD

MOST_BYTES = 256 * 1024
"""(D) of one submission without its attachments."""
_ZONE = re.compile(r"[+-]\d\d$")
_PHOTO = re.compile(r"photo_\d{1,2}")
_OWN = re.compile(r"(begun|ended|begun_at|scanned|code|found|not_found|way|place|base|community_of_door|was_\w+|read_.+|listed|"
                  r"words_.+|consent_.+|population|household_base|reason_words|which|new_in|fields|"
                  r"photo_\d{1,2}|voice|note|community|door)")
_OF_FORM = {
    CORRECTION: frozenset({"operation", "reason", "reason_more", *FIELDS}),
    HOUSEHOLD: frozenset({"household", "members", "tenure", "needs_add", "needs_remove", "contact_name", "contact_phone"}),
}
_GIVEN = ("spoken", "signed")


@dataclass(frozen=True, slots=True)
class Submission:
    """One filled form. instance_id: 32 hex digits. values: question → answer, those without one left out. persons: the answers
    of each repeat. attachments: file name → "photo" or "voice", in the order of the questions."""

    form_id: str
    version: str
    instance_id: str
    values: Mapping[str, str]
    persons: tuple[Mapping[str, str], ...] = ()
    attachments: Mapping[str, str] = field(default_factory=dict)

    def file_id(self, name: str) -> str:
        """The same attachment of the same form has the same id, however often it is sent."""
        return uuid.uuid5(uuid.UUID(self.instance_id), f"file:{name}").hex

    def own_id(self, what: str) -> str:
        """An id for a part of it, as a phone would have made by chance."""
        return uuid.uuid5(uuid.UUID(self.instance_id), what).hex


def read_submission(xml: bytes) -> Submission:
    """Raises InputError(odk.too_large, odk.unreadable, odk.instance, odk.unknown_field), NotFound(odk.form)."""
    root = _parsed(xml)
    form_id = root.get("id", "")
    if form_id not in _OF_FORM:
        raise NotFound("odk.form", "服务器没有这张表, 请在 ODK 里重新下载表单")
    values: dict[str, str] = {}
    persons: list[Mapping[str, str]] = []
    for one in root:
        name = _local(one)
        if name == "meta":
            continue
        if name == "person" and form_id == HOUSEHOLD:
            persons.append(_answers(one, {"person_name", "birth_year", "relation"}))
        elif len(one) or name in values:
            raise _unknown()
        elif text := (one.text or "").strip():
            values[name] = text
    if any(not _OWN.fullmatch(name) and name not in _OF_FORM[form_id] for name in values):
        raise _unknown()
    return Submission(form_id, root.get("version", "")[:80], _instance_id(root), values, tuple(filter(None, persons)),
                      _attachments(values))


def item_of(sent: Submission) -> dict[str, Any]:
    """As JSON of `POST /field/sync`; it is checked there as every other."""
    v = sent.values
    made: dict[str, Any] = {"id": sent.instance_id, "at": _moment(v.get("ended") or v.get("begun", "")),
                            "community": v.get("community", "")}
    made |= {"fixes": fixes} if (fixes := _fixes(v)) else {}
    made |= {"files": [sent.file_id(name) for name in sent.attachments]} if sent.attachments else {}
    made |= {"note": v["note"]} if "note" in v else {}
    return made | (_correction(sent) if sent.form_id == CORRECTION else _household(sent))


def _correction(sent: Submission) -> dict[str, Any]:
    v = sent.values
    operation = v.get("operation", "")
    reason = "：".join(filter(None, (v.get("reason_words", ""), v.get("reason_more", ""))))
    made: dict[str, Any] = {"kind": "correction", "operation": operation, "reason": reason or v.get("reason", "")}
    if operation == "assign":
        made["changes"] = _changes(v, [name for name in FIELDS if name in v])
    elif operation == "correct":
        made["changes"] = _changes(v, v.get("fields", "").split())
    return made if operation == "assign" else made | {"address": v.get("door"), "base": _whole(v.get("base", "0"))}


def _changes(values: Mapping[str, str], names: Iterable[str]) -> dict[str, Any]:
    """A field that was chosen and left empty is emptied."""
    made: dict[str, Any] = {}
    for name in names:
        if name == "point":
            made["point"] = _point(values.get("point", ""))
        elif name == "place_kind":
            made["place_kind"] = values.get("place_kind")
        else:
            made[name] = values.get(name, "")
    return made


def _household(sent: Submission) -> dict[str, Any]:
    v = sent.values
    consents = [_consent(sent, name.removeprefix("consent_"), said) for name, said in v.items()
                if name.startswith("consent_") and said != "none"]
    changes: dict[str, Any] = {"members": _whole(v["members"])} if "members" in v else {}
    changes |= {"tenure": v["tenure"]} if "tenure" in v else {}
    needs = {way: v[name].split() for way, name in (("add", "needs_add"), ("remove", "needs_remove")) if name in v}
    changes |= {"needs": needs} if needs else {}
    contact = {way: v[name] for way, name in (("name", "contact_name"), ("phone", "contact_phone")) if name in v}
    changes |= {"contact": contact} if contact else {}
    changes |= {"persons": [_person(sent, n, told) for n, told in enumerate(sent.persons, 1)]} if sent.persons else {}
    made: dict[str, Any] = {"kind": "household", "address": v.get("door"), "changes": changes, "consents": consents}
    return made | ({"household": v["household"], "base": _whole(v.get("household_base", "0"))} if "household" in v else {})


def _consent(sent: Submission, purpose: str, said: str) -> dict[str, Any]:
    made = {"id": sent.own_id(f"consent:{purpose}"), "purpose": purpose, "words": sent.values.get(f"words_{purpose}", "")}
    return made | ({"how": said} if said != "withdraw" else {"given": False})


def _person(sent: Submission, n: int, told: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": sent.own_id(f"person:{n}"), "name": told.get("person_name", "")}
    made |= {"birth_year": _whole(told["birth_year"])} if "birth_year" in told else {}
    made |= {"relation": told["relation"]} if "relation" in told else {}
    given = {purpose: sent.own_id(f"consent:{purpose}") for purpose in ("persons", "guardian")
             if sent.values.get(f"consent_{purpose}") in _GIVEN}
    return made | {name: given[purpose] for name, purpose in (("consent", "persons"), ("guardian_consent", "guardian"))
                   if purpose in given}


def _fixes(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Where it was begun, and where a position was taken."""
    told = ((values.get("begun_at", ""), values.get("begun", "")), (values.get("point", ""), values.get("ended", "")))
    found = []
    for place, moment in told:
        at = _numbers(place)
        if moment and len(at) >= 4 and at[3] > 0:
            found.append({"lon": at[1], "lat": at[0], "accuracy_m": at[3], "at": _moment(moment)})
    return found


def _point(text: str) -> dict[str, Any] | None:
    """A geopoint is "lat lon altitude accuracy"; one set by hand on the map has no accuracy."""
    at = _numbers(text)
    if len(at) < 2:
        return None
    made: dict[str, Any] = {"lon": at[1], "lat": at[0]}
    if len(at) >= 4 and at[3] > 0:
        return made | {"accuracy_m": at[3], "samples": 1, "by": "gnss"}
    return made | {"by": "map"}


def _numbers(text: str) -> list[float]:
    try:
        return [float(one) for one in text.split()[:4]]
    except ValueError:
        return []


def _whole(text: str) -> int | str:
    """What is no number is refused where items are checked."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _moment(text: str) -> str:
    """Some clients write the zone without its minutes."""
    return f"{text}:00" if _ZONE.search(text[-3:]) and "T" in text else text


def _attachments(values: Mapping[str, str]) -> dict[str, str]:
    found = {values[name]: "photo" for name in sorted(filter(_PHOTO.fullmatch, values), key=lambda name: int(name[6:]))}
    return found | ({values["voice"]: "voice"} if "voice" in values else {})


def _parsed(xml: bytes) -> Element:
    """Raises InputError(odk.too_large, odk.unreadable); a document type is refused, and with it every entity."""
    if len(xml) > MOST_BYTES:
        raise InputError("odk.too_large", "这份表太大, 没有接收")
    try:
        root: Element = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as exc:
        raise InputError("odk.unreadable", "这份表读不出来, 没有接收") from exc
    return root


def _instance_id(root: Element) -> str:
    """Raises InputError(odk.instance)."""
    told = [one.text or "" for meta in root if _local(meta) == "meta" for one in meta if _local(one) == "instanceID"]
    plain = str(plain_id(told[0].strip().removeprefix("uuid:"))) if len(told) == 1 else ""
    if not re.fullmatch(r"[0-9a-f]{32}", plain):
        raise InputError("odk.instance", "这份表没有能用的编号 (instanceID), 请用 ODK Collect 或 Enketo 填写")
    return plain


def _answers(repeat: Element, known: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in repeat:
        if len(one) or _local(one) not in known or _local(one) in found:
            raise _unknown()
        if text := (one.text or "").strip():
            found[_local(one)] = text
    return found


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _unknown() -> InputError:
    return InputError("odk.unknown_field", "表里有服务器不认识的一项, 请在 ODK 里重新下载表单")
