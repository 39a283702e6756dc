"""The auditor's room: everything can be found, nothing can be changed, and who bent the trail is found out."""

from __future__ import annotations

import json
import re
import sqlite3
import time

import pytest
from desk_office import VILLAGE, Office, send
from test_desk_register import act, door

from doorplate.registry.days import today


def lines(office: Office, **asked: str) -> str:
    answer = office.visitor("auditor").get("/desk/audit/", query_string=asked)
    assert answer.status_code == 200
    return answer.text


def correct(office: Office) -> None:
    act(office.visitor("registrar"), door(office, "和谐街4号"), "correct", number="404", sure="yes")


@pytest.mark.parametrize("asked", [{"who": "测试登记员"}, {"who": "registrar"}, {"what": "和谐街404号"}, {"verb": "address."},
                                   {"what": "营上村和谐街404号", "who": "测试登记员", "verb": "address."}])
def test_what_was_done_is_found_by_person_and_by_door(asked: dict[str, str], office: Office) -> None:
    correct(office)
    page = lines(office, **asked)
    assert "和谐街404号" in page
    assert "测试登记员" in page
    assert "现场核对" in page


def test_a_plate_leads_to_what_happened_to_it_and_its_door(office: Office) -> None:
    one = door(office, "和谐街4号")
    with office.registry.store.reading() as reader:
        code = reader.plates_of([one.id])[0].code
    correct(office)
    page = lines(office, what=code)
    assert "更正" in page
    assert "门牌领出" in page


def test_days_bound_what_is_shown_and_pages_go_back(office: Office) -> None:
    day = today(office.registry)
    assert "没有这样的留痕" in lines(office, since="2001-01-01", until="2001-01-02")
    first = lines(office, since=str(day))
    seqs = [int(one) for one in re.findall(r'<td class="number">(\d+)</td>', first)]
    assert seqs == sorted(seqs, reverse=True)
    assert len(seqs) == 50
    second = lines(office, since=str(day), before=str(seqs[-1]))
    assert max(int(one) for one in re.findall(r'<td class="number">(\d+)</td>', second)) < seqs[-1]
    assert office.visitor("auditor").get("/desk/audit/?since=gestern").status_code == 400
    assert "没有这样的人" in lines(office, what="没有这条路1号")


@pytest.mark.parametrize("who", ["registrar", "sysadmin", "chief", "printer", "officer", "nobody"])
def test_nobody_else_reads_the_trail(who: str, office: Office) -> None:
    client = office.visitor(who)
    for path in ("/desk/audit/", "/desk/audit/proof", "/desk/audit/checkpoint"):
        assert client.get(path).status_code == 403


def proof(office: Office, checkpoint: str = "") -> str:
    client = office.visitor("auditor")
    assert send(client, "/desk/audit/proof", "/desk/audit/proof", checkpoint=checkpoint).status_code == 303
    for _ in range(200):
        page = client.get("/desk/audit/proof").text
        if "正在逐条核对" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("the proof does not end")


def test_a_whole_trail_is_proved_against_a_checkpoint_kept_elsewhere(office: Office) -> None:
    kept = office.visitor("auditor").get("/desk/audit/checkpoint")
    assert "attachment" in kept.headers["Content-Disposition"]
    correct(office)
    page = proof(office, kept.text)
    assert "没有断开" in page
    assert "和检查点相符" in page
    wrong = json.dumps(json.loads(kept.text) | {"hash": "0" * 64})
    assert "被改写过" in proof(office, wrong)
    bad = send(office.visitor("auditor"), "/desk/audit/proof", "/desk/audit/proof", checkpoint="{")
    assert bad.status_code == 400
    assert "不是检查点文件" in bad.text


def test_an_event_somebody_tampered_with_is_found(office: Office) -> None:
    correct(office)
    with sqlite3.connect(office.settings.home / "registry.sqlite") as database:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
        for name in [row[0] for row in database.execute(triggers)]:
            database.execute(f"DROP TRIGGER {name}")
        seq = database.execute("SELECT max(seq) FROM event").fetchone()[0]
        database.execute("UPDATE event SET reason = '没有理由' WHERE seq = ?", (seq,))
    page = proof(office)
    assert "对不上，有人动过数据库" in page
    assert f"从第 {seq} 条起" in page
    assert office.visitor("auditor").get("/desk/audit/checkpoint").status_code == 409


def test_a_household_can_be_told_who_looked_and_why(office: Office) -> None:
    with office.registry.store.reading() as reader:
        home = next(one for one in reader.households(VILLAGE) if one.address_id and one.head_sealed)
    at = f"/desk/register/{home.address_id}"
    send(office.visitor("registrar"), f"{at}/households", at)
    for who in ("auditor", "registrar"):
        page = office.visitor(who).get(f"/desk/households/{home.id}/log").text
        assert "测试登记员" in page
        assert "门牌登记员" in page
        assert "在登记簿查看住户" in page
    for who in ("far-registrar", "printer", "sysadmin"):
        assert office.visitor(who).get(f"/desk/households/{home.id}/log").status_code == 404


def test_the_auditor_changes_nothing(office: Office) -> None:
    one, client = door(office, "和谐街4号"), office.visitor("auditor")
    with office.registry.store.reading() as reader:
        before = reader.event_count()
    for rule in office.app.url_map.iter_rules():
        if rule.endpoint.startswith("desk.") and "POST" in (rule.methods or ()) and rule.endpoint not in _OWN:
            path = rule.rule
            for name in rule.arguments:
                path = re.sub(rf"<(?:[a-z]+:)?{name}>", {"community": VILLAGE}.get(name, one.id), path)
            answer = send(client, path, "/desk/", act="retire", community=VILLAGE, version=str(one.version), sure="yes")
            assert answer.status_code < 500, f"{path} {answer.status_code}"
    with office.registry.store.reading() as reader:
        assert reader.event_count() == before


_OWN = {"desk.login", "desk.logout", "desk.password", "desk.sso", "desk.audit_proof", "desk.end_session"}
