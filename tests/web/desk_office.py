"""An office at work: the real rooms of the desk over the sample village (924 households, 5 grids, plates issued), and one person
for every role, here and in another village. Whoever signs in as "registrar" shows the session "registrar"."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast, get_args

from flask import Flask
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from werkzeug.test import TestResponse

from doorplate.areas.divisions import lookup
from doorplate.checking import check_lists
from doorplate.cli.cases import open_cases
from doorplate.cli.demo import HANDOVER, LISTS, SAMPLE
from doorplate.cli.lists import bring_in
from doorplate.cli.rooms import desk_rooms
from doorplate.cli.setup import contacts_of, read_village
from doorplate.cli.work import open_field
from doorplate.errors import NotPermitted
from doorplate.exchange.areas_file import read_areas
from doorplate.people.account import Account, Actor, Assignment, Role
from doorplate.people.signin import sign_in_rules
from doorplate.registry import Registry
from doorplate.registry.accounts import actor_of
from doorplate.registry.communities import import_contacts, open_community
from doorplate.registry.days import today
from doorplate.registry.field.review import FieldReview
from doorplate.registry.lists import fingerprint
from doorplate.registry.printing import plan_plates
from doorplate.registry.signing_in import SigningIn
from doorplate.registry.verifying import verify_community
from doorplate.settings import Settings, secret_key
from doorplate.store import open_store
from webapp.factory import Work, create_app
from webapp.signing_in import COOKIE

VILLAGE, ELSEWHERE = "610431001203", "610431001204"
GRID = f"{VILLAGE}-G01"
NAMES = {
    "sysadmin": "测试管理员", "auditor": "测试审计员", "registrar": "测试登记员", "reviewer": "测试审核员",
    "printer": "测试制牌员", "chief": "测试所长", "officer": "测试民警", "auxiliary": "测试辅警", "grid_leader": "测试网格长",
    "grid_worker": "测试网格员", "group_leader": "测试联户长"}
CONTACTS = {"officer": "社区民警", "auxiliary": "辅警", "grid_worker": "网格员"}
EVERYWHERE, IN_GRID = ("sysadmin", "auditor"), ("officer", "auxiliary", "grid_leader", "grid_worker", "group_leader")


class Names(SigningIn):
    """Real signing in, but for sessions: the token is a login."""

    def session_actor(self, token: str) -> Actor:
        with self._registry.store.reading() as reader:
            account = reader.account_by_login(token)
            if account is None or account.disabled:
                raise NotPermitted("session.over", "登录已经结束")
            return replace(actor_of(reader, account, today(self._registry), sign_in_rules()), session=token)


@dataclass
class Office:
    """app: the desk. settings.home: where its files lie."""

    app: Flask
    registry: Registry
    settings: Settings

    def visitor(self, login: str = "registrar") -> FlaskClient:
        """A browser in which this person is signed in."""
        client = self.app.test_client()
        client.set_cookie(COOKIE, login, path="/desk")
        return client

    def account_id(self, login: str) -> str:
        with self.registry.store.reading() as reader:
            account = reader.account_by_login(login)
        assert account is not None
        return account.id


def send(client: FlaskClient, path: str, shown_at: str, **fields: Any) -> TestResponse:
    """A form as a browser sends it: with the word of the page it was shown on."""
    word = re.search(r'name="key" value="([0-9a-f]{64})"', client.get(shown_at).text)
    assert word is not None, shown_at
    return client.post(path, data={"key": word.group(1), **fields})


def settings_of(home: Path) -> Settings:
    return Settings(home=home, base_url="https://menpai.example", doors=("scan", "field", "desk"))


def build_office(home: Path) -> None:
    """The sample village, its people and their accounts, as files in home: to be copied (`open_office`)."""
    home.mkdir(parents=True)
    settings = settings_of(home)
    store = open_store(settings.database)
    store.migrate()
    registry = Registry(store, secret_key(settings), "tester", lambda: datetime.now(UTC), random.SystemRandom())
    village = read_village(SAMPLE / "village.toml")
    open_community(registry, village.community(lookup(village.code)))
    shutil.copyfile(SAMPLE / "services.toml", home / "services.toml")
    files, areas = [HANDOVER / name for name in LISTS], read_areas(HANDOVER / "grids_wgs84.geojson", VILLAGE)
    bring_in(registry, check_lists(files, VILLAGE, areas), files, fingerprint(files, VILLAGE, areas))
    contacts = HANDOVER / "网格员通讯录.xlsx"
    import_contacts(registry, contacts_of(registry, contacts, VILLAGE), today(registry), contacts.name)
    verify_community(registry, VILLAGE)
    with registry.store.writing() as unit:
        plates = plan_plates(registry, unit, unit.addresses(VILLAGE, status="verified"), "small-gate")
        unit.save_many((one, replace(one, status="issued"), registry.event("plate.issued", one.id)) for one in plates.values())
        for role in get_args(Role):
            area = "" if role in EVERYWHERE else GRID if role in IN_GRID else VILLAGE
            _hire(registry, unit, role, NAMES[role], role, area)
            if role not in EVERYWHERE:
                _hire(registry, unit, f"far-{role}", f"外村{NAMES[role]}", role, area.replace(VILLAGE, ELSEWHERE))
        _hire(registry, unit, "nobody", "测试无职", None, "")
    store.close()


def open_office(home: Path, settings: Settings | None = None) -> Office:
    """The office whose files lie in home."""
    settings = settings or settings_of(home)
    open_cases(settings)
    field = open_field(settings)
    work = Work(sign_in=Names(field.registry, sign_in_rules()), field=cast(Any, None), review=FieldReview(field),
                permissions=field.permissions, rooms=desk_rooms(field, settings))
    return Office(create_app(settings, MemoryRegistry(), doors=("desk",), work=work), field.registry, settings)


def _hire(registry: Registry, unit: Any, login: str, name: str, role: Role | None, area: str) -> None:
    """Officers, auxiliaries and grid workers are also contacts on the plates' pages."""
    contacts = unit.staff([VILLAGE, GRID])
    staff = next((one.id for one in contacts if one.role == CONTACTS.get(login)), None)
    account = Account(registry.new_id(), login, name, "!", staff, must_change=False)
    unit.save(None, account, registry.event("account.added", account.id))
    if role is not None:
        held = Assignment(registry.new_id(), account.id, role, area, today(registry))
        unit.save(None, held, registry.event("assignment.begun", held.id))


