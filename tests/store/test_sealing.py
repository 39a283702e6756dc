"""Residents' names: sealed in the database, found by a keyed index, shown masked, and nowhere else to be read."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from doorplate.errors import InputError, Refused
from doorplate.households.seal import Sealer, mask_name, mask_phone
from tests.support.raw import raw
from tests.support.village import CODE, additions, address, community, event, household

SEALER = Sealer("a secret of the registry, long enough")
CHANCE = random.SystemRandom()
MARKER = "欧阳绝密"


@given(st.text())
def test_every_name_opens_again(name):
    assert SEALER.open(SEALER.seal(name, CHANCE)) == name


def test_the_same_name_never_seals_to_the_same_bytes():
    assert len({SEALER.seal("张三", CHANCE) for _ in range(100)}) == 100


def test_repeated_chance_does_not_repeat_the_nonce_under_another_name():
    """A seeded rng, a cloned machine: one nonce under two texts would give both away."""
    nonces = {SEALER.seal(name, random.Random(7))[1:13] for name in ("张三", "李四", "王五")}
    assert len(nonces) == 3


@pytest.mark.parametrize("spoil", [
    lambda b: b[:-1], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b[:20] + bytes([b[20] ^ 1]) + b[21:],
    lambda b: b"\x02" + b[1:], lambda b: b"", lambda b: b[:5], lambda b: b[:13]])
def test_bytes_that_were_touched_do_not_open(spoil):
    with pytest.raises(Refused) as refused:
        SEALER.open(spoil(SEALER.seal("张三丰", CHANCE)))
    assert refused.value.code == "household.seal_broken"


def test_another_key_opens_nothing_and_finds_nothing():
    other = Sealer("another secret of the registry")
    with pytest.raises(Refused):
        other.open(SEALER.seal("张三", CHANCE))
    assert other.index("张三", CODE) != SEALER.index("张三", CODE)


@pytest.mark.parametrize("secret", ["", "short", "15 characters!!"])
def test_a_weak_secret_seals_nothing(secret):
    with pytest.raises(InputError) as refused:
        Sealer(secret)
    assert refused.value.code == "settings.secret_key"


@pytest.mark.parametrize(("one", "other"), [
    ("张三", " 张 三 "), ("张三", "张\u3000三"), ("买买提·艾力", "买买提•艾力"), ("买买提·艾力", "买买提．艾力"),
    ("ＬＩ明", "li明"), ("葛\U000e0100洪", "葛洪"), ("𣵦生", " 𣵦生")])
def test_one_name_however_it_is_typed(one, other):
    assert SEALER.index(one, CODE) == SEALER.index(other, CODE)


def test_equal_names_in_two_villages_do_not_show():
    assert SEALER.index("张三", CODE) != SEALER.index("张三", "610431001204")
    assert SEALER.index("张三", CODE) != SEALER.index("张三丰", CODE)


@pytest.mark.parametrize(("name", "masked"), [
    ("张三", "张*"), ("欧阳修", "欧*"), ("𠮷野", "𠮷*"), ("买买提·艾力", "买*"), ("张", "张*"), ("", ""), ("  ", "")])
def test_a_masked_name(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), [
    ("13812345678", "138****5678"), ("138 1234 5678", "138****5678"), ("+86-13812345678", "138****5678"),
    ("１３８１２３４５６７８", "138****5678"), ("008613812345678", "138****5678"), ("029-37281234", "029****1234"),
    ("37281234", "****34"), ("110", "****"), ("没有", "****"), ("", "")])
def test_a_masked_phone(phone, masked):
    assert mask_phone(phone) == masked


def test_a_name_is_in_no_byte_of_the_registry(store, store_url):
    """Neither in the rows nor in the trail nor in what SQLite keeps beside its file."""
    sealed, index = SEALER.seal(MARKER, CHANCE), SEALER.index(MARKER, CODE)
    with store.writing() as unit:
        unit.save_many(additions([community(), address(1)]))
        home = unit.save(None, household(1, address(1), sealed, index), event("household.listed", household(1, None).id))
        changed = replace(home, head_sealed=SEALER.seal(MARKER + "二", CHANCE), members=5)
        unit.save(home, changed, event("household.changed", home.id))
    with store.reading() as reader:
        first, second = reader.events(subject_id=home.id)
        assert SEALER.open(reader.households_by_head(CODE, index)[0].head_sealed) == MARKER + "二"
    assert first.event.after == {"address_id": address(1).id, "community": CODE, "head_index": "sealed", "head_sealed": "sealed",
                                 "members": 4}
    assert second.event.before == {"head_sealed": "sealed", "members": 4}
    assert second.event.after == {"head_sealed": "sealed", "members": 5}
    everything = dump(store_url)
    assert address(1).standard_address.encode() in everything
    assert MARKER.encode() not in everything
    assert index.encode() not in events(store_url)
    assert sealed.hex().encode() not in events(store_url)


def dump(url: str) -> bytes:
    """Every byte of the registry: the files of SQLite, the rows of PostgreSQL."""
    if url.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in Path(make_url(url).database).parent.iterdir() if path.is_file())
    return rows(url, "address", "household", "event")


def events(url: str) -> bytes:
    return rows(url, "event")


def rows(url: str, *tables: str) -> bytes:
    with raw(url) as connection:
        return "\n".join(str(row) for table in tables for row in connection.execute(f"SELECT * FROM {table}").fetchall()).encode()
