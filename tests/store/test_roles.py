"""On PostGIS the residents' door connects as a role that no household can be read with, whatever the program above it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from doorplate.errors import InputError, NotFound, Unavailable
from doorplate.model import Point
from doorplate.public_view import Current, Unknown
from doorplate.registry.cases import acts
from doorplate.registry.cases.clock import escalate_due
from doorplate.registry.cases.door import DoorCases
from doorplate.registry.cases.retention import forget_old
from doorplate.registry.scanning import Scanning
from doorplate.store import Store, open_store
from doorplate.store.roles import GRANTS
from doorplate.store.tables import Base
from tests.flows.case_stories import CODES, GRID, Story, story
from tests.support import postgis
from tests.support.village import additions, address, community, household, plate

pytestmark = pytest.mark.postgis
ROLE = "doorplate_public"
HOUSE = address(1, point=Point(108.2, 34.27, 5.0))
SIGN = plate(HOUSE, "7K3MX9QAB2CDD", status="mounted")
CLOSED = sorted(set(Base.metadata.tables) - set(GRANTS))


@pytest.fixture
def full_url(migrated_database: str) -> str:
    postgis.empty(migrated_database)
    return migrated_database


@pytest.fixture
def role_url(full_url: str) -> str:
    """A registry with one house, and the address of the same database for the role."""
    store = open_store(full_url)
    with store.writing() as unit:
        unit.save_many(additions([community(), HOUSE, SIGN, household(1, HOUSE, b"sealed", "index")]))
    store.grant_public_role(ROLE)
    store.grant_public_role(ROLE)
    with psycopg.connect(full_url, autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {ROLE} LOGIN")
    store.close()
    return make_url(full_url).set(username=ROLE).render_as_string(hide_password=False)


@pytest.fixture
def public(role_url: str) -> Iterator[Store]:
    store = open_store(role_url)
    yield store
    store.close()


def test_a_plate_is_resolved_and_its_changes_are_told(public: Store) -> None:
    door = Scanning(public)
    assert isinstance(door.resolve(SIGN.code), Current)
    assert isinstance(door.resolve("0000000000000"), Unknown)
    assert door.changes(0).seq > 0
    assert door.map_facts(SIGN.code) is not None
    door.ready()


def test_scans_are_counted_and_sightings_recorded(public: Store, full_url: str) -> None:
    door = Scanning(public, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    door.count_scans({SIGN.code: 2}, date(2026, 11, 23))
    door.count_scans({SIGN.code: 1}, date(2026, 11, 23))
    assert door.compare_place(SIGN.code, Point(108.3, 34.3, 10.0)) == "elsewhere"
    assert door.compare_place(SIGN.code, Point(108.3, 34.3, 10.0)) == "elsewhere"
    whole = open_store(full_url)
    assert whole.scan_counts().by_day(date(2026, 11, 23), date(2026, 11, 23)) == {date(2026, 11, 23): 3}
    assert whole.verify_chain().ok
    whole.close()


@pytest.fixture
def village(full_url: str) -> Iterator[Story]:
    """A village whose office keeps the whole registry, and whose door for residents is opened with the role."""
    whole = open_store(full_url)
    office = story(whole)
    whole.grant_public_role(ROLE)
    with psycopg.connect(full_url, autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {ROLE} LOGIN")
    public = open_store(make_url(full_url).set(username=ROLE).render_as_string(hide_password=False))
    registry = dataclasses.replace(office.work.registry, store=public)
    yield dataclasses.replace(office, door=DoorCases(dataclasses.replace(office.work, registry=registry)))
    assert whole.verify_chain().ok
    public.close()
    whole.close()


def test_a_matter_is_sent_followed_added_to_answered_and_rated(village: Story) -> None:
    sent = village.ask()
    assert village.door.follow(sent.number, sent.pin).status
    village.door.add(sent.number, sent.pin, "水表也不转了")
    with pytest.raises(NotFound):
        village.door.follow(sent.number, "000000" if sent.pin != "000000" else "000001")
    case = village.case(sent)
    acts.settle(village.work, acts.Act(case.owner_id or GRID.id, case.id, village.version(sent)), "已经修好")
    village.door.follow(sent.number, sent.pin)
    village.door.rate(sent.number, sent.pin, 5)
    assert village.case(sent).rating == 5


def test_a_matter_is_withdrawn(village: Story) -> None:
    agreed = village.door.form(CODES["near"], "ask").consent_version
    sent = village.ask(name="李四", phone="13800000000", consent=agreed)
    village.door.withdraw(sent.number, sent.pin)
    assert village.case(sent).contact_sealed is None


def test_the_clock_of_the_door_passes_matters_on_and_forgets_old_ones(village: Story) -> None:
    sent = village.ask()
    before = village.case(sent)
    village.clock.pass_by(hours=25)
    work = village.door._work
    assert escalate_due(work) == 1
    assert village.case(sent).level != before.level
    village.clock.pass_by(days=4000)
    forget_old(work)


@pytest.mark.parametrize("table", CLOSED)
def test_closed_tables_cannot_be_read(role_url: str, table: str) -> None:
    with psycopg.connect(role_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f'SELECT * FROM "{table}"')


def test_households_are_among_the_closed() -> None:
    assert {"household", "settlement", "print_job"} <= set(CLOSED)


@pytest.mark.parametrize("statement", [
    "UPDATE household SET head_index = ''", "DELETE FROM cases", "UPDATE plate SET status = 'retired'",
    "INSERT INTO staff (id) VALUES ('x')", "UPDATE event SET actor = 'x'", "DELETE FROM event", "CREATE TABLE mine (x int)",
    "TRUNCATE scan_count", "SELECT lo_create(0) FROM household", "COPY household TO STDOUT",
])  # fmt: skip
def test_and_nothing_else_can_be_changed(role_url: str, statement: str) -> None:
    with psycopg.connect(role_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_through_the_store_it_is_a_clear_word(public: Store) -> None:
    with pytest.raises(Unavailable) as refused, public.reading() as reader:
        reader.households(HOUSE.community)
    assert refused.value.code == "store.no_permission"


@pytest.mark.parametrize("name", ["", "Public", "a b", 'x"; DROP TABLE event; --', "x" * 64, "角色"])
def test_names_that_are_no_role(full_url: str, name: str) -> None:
    store = open_store(full_url)
    with pytest.raises(InputError) as refused:
        store.grant_public_role(name)
    assert refused.value.code == "store.role_name"
    store.close()


def test_a_superuser_is_not_taken(full_url: str) -> None:
    store = open_store(full_url)
    with pytest.raises(InputError) as refused:
        store.grant_public_role("postgres")
    assert refused.value.code == "store.role_powerful"
    store.close()


def test_a_file_has_no_roles(migrated_file: Path) -> None:
    store = open_store(f"sqlite:///{migrated_file}")
    with pytest.raises(InputError) as refused:
        store.grant_public_role(ROLE)
    assert refused.value.code == "store.role_sqlite"
    store.close()
