"""What may be written down about a household, and on whose word. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from doorplate.errors import InputError, Refused
from doorplate.field.household_records import Consent
from doorplate.field.items import GivenConsent, HouseholdCount, PersonChange
from doorplate.field.settings import HouseholdRules

CONTACT, SENSITIVE, PERSONS, GUARDIAN = "contact", "sensitive", "persons", "guardian"
_GUARDED_UNDER = 14  # years: PIPL art. 31


def require_known(sent: HouseholdCount, rules: HouseholdRules) -> None:
    """Raises InputError(household.tenure, household.need, household.relation, household.words) for what the rules do not have."""
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
    sensitive = {one.id for one in rules.needs if one.sensitive}
    if changes.contact and (changes.contact.name or changes.contact.phone) and CONTACT not in purposes:
        raise Refused("household.no_consent", "住户没有同意留联系方式, 不能登记", field="contact")
    if changes.needs and sensitive & set(changes.needs.add) and SENSITIVE not in purposes:
        raise Refused("household.no_consent", "这项需要可能涉及健康, 住户单独同意才能登记", field="needs")
    if any(not one.left for one in changes.persons) and PERSONS not in purposes:
        raise Refused("household.no_consent", "住户没有同意登记同住人, 不能登记", field="persons")


def require_guardian(person: PersonChange, purposes: Collection[str], today: date) -> None:
    """Raises Refused(household.no_guardian). Counted by the year of birth alone, to the child's advantage."""
    young = person.birth_year is not None and today.year - person.birth_year <= _GUARDED_UNDER
    if young and not person.left and GUARDIAN not in purposes:
        raise Refused("household.no_guardian", "不满 14 周岁的孩子, 要父母或监护人同意才能登记", field="persons")


def _require_current(given: GivenConsent, rules: HouseholdRules) -> None:
    words = {one.id: one.version for one in rules.purposes}
    if given.purpose not in words:
        raise InputError("household.purpose", "同意的用途不在列表里, 请更新离线包", field="consents")
    if given.given and given.words != words[given.purpose]:
        raise InputError("household.words", "说给住户听的话已经改过, 请更新离线包后重新征求同意", field="consents")


def _ids(options: Iterable[object]) -> set[str]:
    return {str(getattr(one, "id", "")) for one in options}
