"""The trail 留痕: nobody can bend it without being seen, and the database itself refuses to try."""

from __future__ import annotations

import pytest

from doorplate.errors import Unavailable
from doorplate.store import open_store
from tests.support.raw import ERRORS, disarmed, raw
from tests.support.village import CODE, additions, address, addresses, community, event, plate


@pytest.fixture
def trail(store):
    """Twelve events: the community, ten houses, one plate."""
    with store.writing() as unit:
        unit.save(None, community(), event("community.opened", CODE))
        unit.save_many(additions([*addresses(10), plate(address(1), "K3M9T2XWQ7AB1")]))
    return store


def test_an_honest_trail(trail):
    report = trail.verify_chain()
    assert (report.events, report.ok, report.first_bad_seq) == (12, True, None)


def test_an_empty_trail(store):
    assert store.verify_chain().ok


@pytest.mark.parametrize(("forgery", "first_bad"), [
    ("UPDATE event SET actor = 'somebody else' WHERE seq = 7", 7),
    ("UPDATE event SET after = '{}' WHERE seq = 1", 1),
    ("UPDATE event SET before = '{ }' WHERE seq = 2", 2),
    ("UPDATE event SET version = 2 WHERE seq = 12", 12),
    ("UPDATE event SET reason = 'because' WHERE seq = 3", 3),
    ("UPDATE event SET verb = 'address.verified', source = 'x' WHERE seq = 4", 4),
    ("UPDATE event SET hash = prev_hash WHERE seq = 5", 5),
    ("DELETE FROM event WHERE seq = 6", 6),
    ("DELETE FROM event WHERE seq = 1", 1),
    ("DELETE FROM event WHERE seq > 9", 10),
    ("DELETE FROM event", 1),
    ("UPDATE event SET seq = 100 WHERE seq = 8", 8),
    ("UPDATE event SET seq = 0 WHERE seq = 8", 0),
    ("INSERT INTO event SELECT 13, at, actor, verb, subject_id, version, before, after, reason, source, hash, hash "
     "FROM event WHERE seq = 12", 13),
    ("UPDATE chain_head SET seq = 11, hash = (SELECT hash FROM event WHERE seq = 11)", 12),
    ("UPDATE chain_head SET hash = 'x'", 12),
    ("DELETE FROM chain_head", 1),
])
def test_every_forgery_is_found_where_it_begins(trail, store_url, forgery, first_bad):
    with disarmed(store_url) as connection:
        connection.execute(forgery)
    report = trail.verify_chain()
    assert not report.ok
    assert report.first_bad_seq == first_bad


def test_with_the_end_of_the_trail_taken_out_nothing_is_written(trail, store_url):
    with raw(store_url) as connection:
        connection.execute("DELETE FROM chain_head")
    with pytest.raises(Unavailable) as refused, trail.writing():
        pass
    assert refused.value.code == "store.damaged"


def test_a_forged_event_with_a_fresh_hash_breaks_the_next_one(trail, store_url):
    """The hash alone can be recomputed by anybody; the one behind it then no longer fits."""
    from doorplate.store import chain

    with trail.reading() as reader:
        events = reader.events()
    with disarmed(store_url) as connection:
        fresh = chain._hash(events[3].hash, 5, events[4].event.at, "forger", "address.proposed", events[4].event.subject_id, 1,
                            "{}", "{}", "", "")
        connection.execute("UPDATE event SET actor = 'forger', verb = 'address.proposed', before = '{}', after = '{}', "
                           f"reason = '', source = '', hash = '{fresh}' WHERE seq = 5")
    assert trail.verify_chain().first_bad_seq == 6


@pytest.mark.parametrize("attempt", [
    "UPDATE event SET actor = 'x' WHERE seq = 3", "UPDATE event SET actor = actor",
    "DELETE FROM event WHERE seq = 12", "DELETE FROM event",
    "DELETE FROM plate", "DELETE FROM plate WHERE code = 'K3M9T2XWQ7AB1'"])
def test_the_database_itself_refuses(trail, store_url, attempt):
    with pytest.raises(ERRORS, match="stay as they are"), raw(store_url) as connection:
        connection.execute(attempt)
    assert trail.verify_chain().ok


def test_not_even_truncate(trail, store_url):
    if store_url.startswith("sqlite"):
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(ERRORS, match="stay as they are"), raw(store_url) as connection:
        connection.execute("TRUNCATE event CASCADE")


def test_the_trail_is_the_same_on_both_back_ends(trail):
    """Same history, same hashes: a registry moved from one to the other still verifies."""
    with trail.reading() as reader:
        assert reader.events()[-1].hash == "6dad25a959de2dc15d5d6c35d2e52fbbc043653e1f53dc33d2c1412b22ef89c8"


def test_events_can_be_asked_for(trail):
    with trail.reading() as reader:
        assert [e.seq for e in reader.events(subject_id=CODE)] == [1]
        assert [e.seq for e in reader.events(verb="record.added", after_seq=10)] == [11, 12]
        assert [e.seq for e in reader.events(after_seq=3, limit=2)] == [4, 5]
        assert reader.events(subject_id="nobody") == ()
        assert reader.event_count() == 12


def test_the_trail_goes_on_after_a_restart(trail, store_url):
    again = open_store(store_url)
    with again.writing() as unit:
        unit.save(None, address(11), event("address.proposed", address(11).id))
    assert again.verify_chain().events == 13
    assert again.verify_chain().ok
    again.close()
