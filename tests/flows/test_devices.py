"""A phone is registered, known by its token, given its part of the key again, and taken back for good."""

from __future__ import annotations

import base64

import pytest
from flows.test_accounts import PASSWORD, RULES, clock, door, office, officer

from doorplate.errors import InputError, NotPermitted
from doorplate.people.account import Account
from doorplate.registry import Registry
from doorplate.registry.accounts import NewAccount, add_account, set_password
from doorplate.registry.devices import allow_odk, revoke
from doorplate.registry.signing_in import SigningIn

__all__ = ["clock", "door", "office", "officer"]


def test_a_phone_is_known_by_its_token_and_gets_its_part_again(door: SigningIn, office: Registry, officer: Account) -> None:
    phone = door.register_device("wang.jg", PASSWORD, "王建国的手机")
    assert len(base64.b64decode(phone.part)) == 32
    assert door.device_actor(phone.token).device_id == phone.device_id
    assert door.renew_part(phone.device_id, "wang.jg", PASSWORD) == phone.part
    with office.store.reading() as reader:
        kept = reader.device(phone.device_id)
        assert phone.device_id in reader.devices_seen()
        told = str(reader.events_of([phone.device_id]))
    assert kept is not None
    assert phone.token not in (kept.token_hash, told)
    assert kept.token_hash not in told
    assert base64.b64decode(phone.part) not in (kept.part_sealed or b"")


def test_a_revoked_phone_is_told_so_for_ever(door: SigningIn, office: Registry) -> None:
    phone = door.register_device("wang.jg", PASSWORD, "手机")
    revoke(office, phone.device_id, "丢失")
    for ask in (lambda: door.device_actor(phone.token), lambda: door.renew_part(phone.device_id, "wang.jg", PASSWORD)):
        with pytest.raises(NotPermitted) as refused:
            ask()
        assert refused.value.code == "device.revoked"
    assert (door.device_state(phone.device_id), door.device_state("f" * 32)) == ("revoked", "unknown")


def test_a_phone_of_somebody_else_gives_its_part_to_nobody(door: SigningIn, office: Registry) -> None:
    add_account(office, NewAccount("li", "李", "officer", "", must_change=False), PASSWORD, RULES)
    phone = door.register_device("wang.jg", PASSWORD, "手机")
    with pytest.raises(NotPermitted) as refused:
        door.renew_part(phone.device_id, "li", PASSWORD)
    assert refused.value.code == "device.unknown"
    for unnamed in ("", "  ", "\x00\x01"):
        with pytest.raises(InputError):
            door.register_device("wang.jg", PASSWORD, unnamed)


def test_odk_shows_its_password_each_time_and_is_one_device(door: SigningIn, office: Registry, officer: Account) -> None:
    first = door.password_actor("wang.jg", PASSWORD)
    assert door.password_actor("wang.jg", PASSWORD).device_id == first.device_id
    with office.store.reading() as reader:
        assert len(reader.devices([officer.id])) == 1
        signed_in = [one for one in reader.events_of([officer.id]) if one.event.verb == "account.signed_in"]
    assert len(signed_in) == 1  # the second time was believed
    revoke(office, first.device_id)
    with pytest.raises(NotPermitted):
        door.password_actor("wang.jg", PASSWORD)
    allow_odk(office, officer)
    assert door.password_actor("wang.jg", PASSWORD).device_id != first.device_id
    set_password(office, officer.id, "别人给的一句话密码", RULES)
    for password, code in ((PASSWORD, "signin.wrong"), ("别人给的一句话密码", "password.must_change")):
        with pytest.raises(NotPermitted) as refused:
            door.password_actor("wang.jg", password)
        assert refused.value.code == code
