"""The population module 人口登记: persons are counted in a community only after its impact assessment was approved by somebody
else than whoever asked (PIPL art. 55, 56); when it is switched off, what was counted is deleted."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.household_records import PopulationModule
from doorplate.field.household_rules import GUARDIAN, PERSONS
from doorplate.people.account import Account
from doorplate.registry.communities import require_community
from doorplate.registry.field import FieldWork
from doorplate.registry.field.persons import forget_persons
from doorplate.registry.field.redacting import redact
from doorplate.store import Reader, Unit

_LEAST_BYTES = 100  # (D) an assessment is longer than a line


def ask_for(work: FieldWork, community: str, assessment: bytes, account_id: str) -> PopulationModule:
    """Asks for the module with the assessment's file; of the file only its SHA-256 is kept. Asked again, the newer file counts.

    Raises NotFound(community.unknown, account.unknown), InputError(population.assessment), Refused(population.on)."""
    if len(assessment.strip()) < _LEAST_BYTES:
        raise InputError("population.assessment", "个人信息保护影响评估的文件是空的或太短, 请给完整的评估报告")
    with work.registry.store.writing() as unit:
        require_community(unit, community)
        _account(unit, account_id)
        before = unit.population_module(community)
        if before is not None and before.on:
            raise Refused("population.on", "这个社区已经开通人口登记")
        digest = hashlib.sha256(assessment).hexdigest()
        after = PopulationModule(community, False, digest, account_id, "")
        return unit.save(before, after, work.event("population.asked", community, account_id))


def approve(work: FieldWork, community: str, assessment: bytes, account_id: str) -> PopulationModule:
    """Switches the module on. assessment: the file whoever approves has read; it must be the one it was asked with.

    Raises NotFound(account.unknown), Refused(population.not_asked, on, own, other_assessment)."""
    with work.registry.store.writing() as unit:
        account, before = _account(unit, account_id), unit.population_module(community)
        if before is None or not before.assessment:
            raise Refused("population.not_asked", "还没有人申请开通: 先用 doorplate population ask 提交影响评估")
        if before.on:
            raise Refused("population.on", "这个社区已经开通人口登记")
        if _same_person(account, unit.account(before.asked_by)):
            raise Refused("population.own", "申请的人不能自己批准, 请由另一人批准")
        if hashlib.sha256(assessment).hexdigest() != before.assessment:
            raise Refused("population.other_assessment", "这份文件和申请时的影响评估不是同一份, 请核对后再批准")
        after = replace(before, on=True, approved_by=account_id, approved_at=work.now)
        return unit.save(before, after, work.event("population.approved", community, account_id))


def switch_off(work: FieldWork, community: str, account_id: str, reason: str) -> int:
    """Switches the module off and deletes names and years of birth of everybody counted there, also from what phones sent.
    Gives how many persons. Asked for anew, it begins with a new assessment. Run again, it goes on where it stopped.

    Raises NotFound(account.unknown), InputError(population.no_reason), Refused(population.off)."""
    if not reason.strip():
        raise InputError("population.no_reason", "请写明为什么停用")
    with work.registry.store.writing() as unit:
        _account(unit, account_id)
        before = unit.population_module(community)
        if before is None:
            raise Refused("population.off", "这个社区没有开通人口登记")
        after = replace(before, on=False, assessment="", asked_by="", approved_by="", approved_at=None)
        unit.save(before, after, work.event("population.off", community, account_id, reason=reason.strip()))
        redact(work, unit, unit.household_items_in(community), (PERSONS, GUARDIAN), account_id)
        return forget_persons(work, unit, unit.persons_in(community), account_id)


def is_on(reader: Reader, community: str) -> bool:
    module = reader.population_module(community)
    return module is not None and module.on


def _account(unit: Unit, account_id: str) -> Account:
    account = unit.account(account_id)
    if account is None or account.disabled:
        raise NotFound("account.unknown", "没有这个账号, 或已停用")
    return account


def _same_person(one: Account, other: Account | None) -> bool:
    """One account, or two accounts of one member of staff."""
    return other is not None and (one.id == other.id or (one.staff_id is not None and one.staff_id == other.staff_id))
