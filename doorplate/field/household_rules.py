"""What may be written down about a household, and on whose word. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from doorplate.errors import InputError, Refused
from doorplate.field.household_records import Consent
from doorplate.field.items import GivenConsent, HouseholdCount, PersonChange
from doorplate.field.settings import HouseholdRules

CONTACT, SENSITIVE, PERSONS, GUARDIAN = "contact", "sensitive", "persons", "guardian"
_GUARDED_UNDER = 14


def require_known(sent: HouseholdCount, rules: HouseholdRules) -> None:
    """Raises InputError(household.tenure, household.need, household.relation, household.purpose, household.words) for what the
    rules do not have, InputError(household.consent_twice, household.person_twice)."""
    changes = sent.changes
    if changes.tenure and changes.tenure not in _ids(rules.tenure):
        raise InputError("household.tenure", "居住方式要从列出的里面选", field="tenure")
    needs = changes.needs
    if needs and not _ids(rules.needs).issuperset({*needs.add, *needs.remove}):
        raise InputError("household.need", "服务需要有的不在列表里, 请更新离线包", field="needs")
    if not _ids(rules.relations).issuperset(one.relation for one in changes.persons):
        raise InputError("household.relation", "同住关系要从列出的里面选", field="persons")
    for given in sent.consents:
        _require_current(given, rules)
    if len({one.purpose for one in sent.consents}) != len(sent.consents):
        raise InputError("household.consent_twice", "同一个用途的同意写了两次, 请只留一次", field="consents")
    if len({one.id for one in changes.persons}) != len(changes.persons):
        raise InputError("household.person_twice", "同一个人写了两次, 请只留一次", field="persons")


def standing(consents: Iterable[Consent], given: Iterable[GivenConsent], rules: HouseholdRules) -> set[str]:
    """Purposes consented to, in the words of today, once what was just said counts."""
    today = {one.id: one.version for one in rules.purposes}
    found = {one.purpose for one in consents if one.withdrawn_at is None and one.words == today.get(one.purpose)}
    for one in given:
        (found.add if one.given else found.discard)(one.purpose)
    return found


def require_consent(sent: HouseholdCount, purposes: Collection[str], rules: HouseholdRules) -> None:
    """Raises Refused(household.no_consent) naming what was not consented to."""
    changes = sent.changes
    sensitive = sensitive_needs(rules)
    if changes.contact and (changes.contact.name or changes.contact.phone) and CONTACT not in purposes:
        raise Refused("household.no_consent", "住户没有同意留联系方式, 不能登记", field="contact")
    if changes.needs and sensitive & set(changes.needs.add) and SENSITIVE not in purposes:
        raise Refused("household.no_consent", "这项需要可能涉及健康, 住户单独同意才能登记", field="needs")
    if any(not one.left for one in changes.persons) and PERSONS not in purposes:
        raise Refused("household.no_consent", "住户没有同意登记同住人, 不能登记", field="persons")


def require_years(person: PersonChange, birth_year: int | None, purposes: Collection[str], today: date) -> None:
    """A child under 14 only with a guardian's consent, so the year of birth must be known (birth_year: as it will be).
    Raises InputError(household.birth_year), Refused(household.no_guardian)."""
    if person.left:
        return
    if birth_year is None or birth_year > today.year:
        raise InputError("household.birth_year", "请写出生年: 不满 14 周岁的孩子, 要监护人同意才能登记", field="persons")
    if is_child(birth_year, today) and GUARDIAN not in purposes:
        raise Refused("household.no_guardian", "不满 14 周岁的孩子, 要父母或监护人同意才能登记", field="persons")


def is_child(birth_year: int, today: date) -> bool:
    """Whether somebody may be under 14 (PIPL art. 31): by the year of birth alone, to the child's advantage."""
    return today.year - birth_year <= _GUARDED_UNDER


def sensitive_needs(rules: HouseholdRules) -> frozenset[str]:
    return frozenset(one.id for one in rules.needs if one.sensitive)


def taken_back(sent: HouseholdCount) -> frozenset[str]:
    """The purposes a household took its consent back for."""
    return frozenset(one.purpose for one in sent.consents if not one.given)


def without(sent: HouseholdCount, purposes: Collection[str], rules: HouseholdRules) -> HouseholdCount:
    """What a phone sent, without what these purposes cover; that something was taken back stays. Without the consent for persons
    nobody is left, without a guardian's no child."""
    changes = sent.changes.model_dump(exclude_unset=True)
    if CONTACT in purposes:
        changes.pop("contact", None)
    if SENSITIVE in purposes and changes.get("needs"):
        sensitive = sensitive_needs(rules)
        changes["needs"] = {way: [one for one in ids if one not in sensitive] for way, ids in changes["needs"].items()}
    if "persons" in changes:
        changes["persons"] = [one for one in changes["persons"] if not _covered(one, purposes)]
    consents = [one for one in sent.model_dump(exclude_unset=True).get("consents", ())
                if not (one.get("given", True) and one["purpose"] in purposes)]
    return HouseholdCount.model_validate({**sent.model_dump(exclude_unset=True), "changes": changes, "consents": consents})


def _covered(person: Mapping[str, Any], purposes: Collection[str]) -> bool:
    return PERSONS in purposes or (GUARDIAN in purposes and bool(person.get("guardian_consent")))


def _require_current(given: GivenConsent, rules: HouseholdRules) -> None:
    words = {one.id: one.version for one in rules.purposes}
    if given.purpose not in words:
        raise InputError("household.purpose", "同意的用途不在列表里, 请更新离线包", field="consents")
    if given.given and given.words != words[given.purpose]:
        raise InputError("household.words", "说给住户听的话已经改过, 请更新离线包后重新征求同意", field="consents")


def _ids(options: Iterable[object]) -> set[str]:
    return {str(getattr(one, "id", "")) for one in options}
