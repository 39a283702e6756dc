"""A village behind one address reads all day; who tries codes or floods forms is told to wait."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import IN_USE, LONG, NEVER_ISSUED, RETIRED, MemoryRegistry
from structlog.testing import capture_logs
from wire import BASE_URL

from doorplate.errors import InputError
from doorplate.plates.code import check_character, normalise
from doorplate.public_view import Unknown
from doorplate.settings import Settings
from webapp import create_app
from webapp.alarms import UnknownCodes
from webapp.limits import Burst, load_limits

STRICT = """
[[kind]]
name = "follow"
methods = ["POST"]
paths = ["/follow"]
amount = "2/minute"
[[kind]]
name = "post"
methods = ["POST"]
paths = ["/"]
amount = "4/minute"
[[kind]]
name = "page"
methods = ["GET", "HEAD", "OPTIONS"]
paths = ["/"]
amount = "40/minute"
[unknown]
amount = "5/minute"
[burst]
window_s = 60
one_place = 3
overall = 6
"""


def codes(count: int) -> list[str]:
    """Codes nobody was given, each in the one way to write it."""
    made = (body + check_character(body) for body in (f"9{number:011d}" for number in range(2 * count + 10)))
    return [code for code in made if normalise(code) == code][:count]


def door(registry: MemoryRegistry, folder: Path, text: str = STRICT, **settings: Any) -> Flask:
    path = folder / "limits.toml"
    path.write_text(text, "utf-8")
    return create_app(Settings(base_url=BASE_URL, limits_file=path, **settings), registry)


@pytest.fixture
def app(registry: MemoryRegistry, tmp_path: Path) -> Flask:
    return door(registry, tmp_path)


def asked(app: Flask, path: str, address: str = "10.0.0.1", method: str = "GET", **headers: str) -> Any:
    return app.test_client().open(path, method=method, environ_overrides={"REMOTE_ADDR": address}, headers=headers)


def test_codes_that_do_not_exist_are_soon_refused_with_a_time_to_wait(app: Flask) -> None:
    answers = [asked(app, f"/d/{code}") for code in codes(8)]
    assert [one.status_code for one in answers] == [404] * 5 + [429] * 3
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert "请求太频繁" in answers[-1].text
    assert "Content-Security-Policy" in answers[-1].headers


def test_and_plates_that_exist_still_open_for_the_village_behind_the_same_address(app: Flask) -> None:
    for code in codes(8):
        asked(app, f"/d/{code}")
    assert asked(app, f"/d/{IN_USE}").status_code == 200
    assert asked(app, f"/d/{RETIRED}").status_code == 410
    assert asked(app, f"/d/{NEVER_ISSUED}", address="10.0.0.2").status_code == 404, "elsewhere nobody notices"


def test_kept_pages_are_never_refused(app: Flask) -> None:
    assert {asked(app, f"/d/{IN_USE}").status_code for _ in range(200)} == {200}


def test_pages_have_a_limit_of_their_own(app: Flask) -> None:
    statuses = [asked(app, f"/d/{IN_USE.lower()}").status_code for _ in range(45)]
    assert statuses == [302] * 40 + [429] * 5
    assert asked(app, "/healthz").status_code == 200, "who watches the machine is not limited"


def test_what_is_sent_in_is_limited_over_all_forms_and_following_on_its_own(app: Flask) -> None:
    posts = [asked(app, path, method="POST").status_code for path in [f"/d/{IN_USE}/here"] * 3 + [f"/d/{IN_USE}/ask"] * 2]
    assert posts[-1] == 429
    assert 429 not in posts[:-1]
    follows = [asked(app, "/follow", method="POST").status_code for _ in range(3)]
    assert follows[-1] == 429
    assert 429 not in follows[:-1]
    assert asked(app, f"/d/{IN_USE}").status_code == 200


def test_an_address_is_believed_only_from_our_own_proxies(registry: MemoryRegistry, tmp_path: Path) -> None:
    def exhausted(app: Flask) -> int:
        statuses = [asked(app, f"/d/{code}", **{"X-Forwarded-For": f"6.6.6.{number}, 203.0.113.7"}).status_code
                    for number, code in enumerate(codes(8))]
        return statuses.count(429)

    assert exhausted(door(registry, tmp_path)) == 3, "without a proxy the header is ignored"
    assert exhausted(door(registry, tmp_path, trusted_proxies=1)) == 3, "only the hop our proxy added counts"
    two = door(registry, tmp_path, trusted_proxies=1)
    for code in codes(8):
        asked(two, f"/d/{code}", **{"X-Forwarded-For": "203.0.113.7"})
    assert asked(two, f"/d/{NEVER_ISSUED}", **{"X-Forwarded-For": "203.0.113.8"}).status_code == 404


def test_a_household_with_ipv6_is_one_visitor(app: Flask) -> None:
    statuses = [asked(app, f"/d/{code}", address=f"2001:db8:1:2::{number}").status_code for number, code in enumerate(codes(8))]
    assert statuses.count(429) == 3


def test_a_burst_of_unknown_codes_warns_once_and_names_nobody(app: Flask) -> None:
    with capture_logs() as lines:
        for code in codes(5):
            asked(app, f"/d/{code}", address="198.51.100.77")
    bursts = [one for one in lines if one["event"] == "scan.burst"]
    assert [(one["where"], one["unknown"]) for one in bursts] == [("one_place", 3)]
    assert "198.51" not in json.dumps(lines)


def test_a_burst_from_many_places_is_noticed_too(app: Flask) -> None:
    with capture_logs() as lines:
        for number, code in enumerate(codes(9)):
            asked(app, f"/d/{code}", address=f"198.51.100.{number}")
    assert [one["where"] for one in lines if one["event"] == "scan.burst"] == ["overall"]


def test_revoked_and_never_issued_look_alike_outside_and_differ_inside(registry: MemoryRegistry, tmp_path: Path) -> None:
    revoked = LONG
    plain = registry.resolve(NEVER_ISSUED)
    assert isinstance(plain, Unknown)
    registry.plates = {**registry.plates, revoked: Unknown(plain.station, plain.sample, revoked=True)}
    app = door(registry, tmp_path)
    never, once = asked(app, f"/d/{NEVER_ISSUED}"), asked(app, f"/d/{revoked}")
    assert (never.data, never.status, sorted(never.headers)) == (once.data, once.status, sorted(once.headers))
    numbers = asked(app, "/metrics", address="127.0.0.1").text
    assert 'doorplate_scans_total{answer="unknown"} 1.0' in numbers
    assert 'doorplate_scans_total{answer="revoked"} 1.0' in numbers


def test_metrics_are_for_who_watches_the_machine(registry: MemoryRegistry, tmp_path: Path) -> None:
    app = door(registry, tmp_path)
    assert asked(app, "/metrics", address="127.0.0.1").status_code == 200
    assert asked(app, "/metrics", address="10.0.0.1").status_code == 404
    guarded = door(registry, tmp_path, metrics_token="t0ken", trusted_proxies=1)
    assert asked(guarded, "/metrics", address="127.0.0.1").status_code == 404
    assert asked(guarded, "/metrics", address="127.0.0.1", Authorization="Bearer wrong").status_code == 404
    assert asked(guarded, "/metrics", address="10.0.0.1", Authorization="Bearer t0ken").status_code == 200
    assert asked(door(registry, tmp_path, trusted_proxies=1), "/metrics", address="127.0.0.1").status_code == 404


def test_the_salt_goes_with_the_day_and_the_window_with_time() -> None:
    now, day, told = [0.0], [1], []
    watch = UnknownCodes(Burst(window_s=60, one_place=2, overall=100), lambda *what: told.append(what),
                         now=lambda: now[0], today=lambda: day[0])  # type: ignore[arg-type, return-value]
    for _ in range(5):
        watch.note("a")
    assert len(told) == 1
    salt = watch._salt
    now[0] = 61
    watch.note("a")
    assert len(told) == 1
    watch.note("a", revoked=True)
    assert told[-1] == ("one_place", 2, 1)
    day[0] = 2
    watch.note("a")
    assert watch._salt != salt
    assert b"a" not in watch._places


UNUSABLE = ("", "kind = 3", STRICT.replace("2/minute", "many"), STRICT + "[more]\n", "=", STRICT.replace("one_place = 3", ""))


@pytest.mark.parametrize("text", UNUSABLE)
def test_limits_that_cannot_be_used_are_one_clear_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as refused:
        load_limits(path)
    assert refused.value.code == "limits.invalid"
    assert "limits.toml" in refused.value.message


def test_the_shipped_limits_let_a_village_read() -> None:
    shipped = load_limits()
    assert shipped.kind_of("GET", f"/d/{IN_USE}").name == "page"
    assert shipped.kind_of("POST", "/follow/rate").name == "follow"
    assert shipped.kind_of("POST", f"/d/{IN_USE}/here").name == "sighting"
    assert shipped.kind_of("POST", f"/d/{IN_USE}/ask").name == "post"


def test_an_unusable_place_for_counts_is_refused(registry: MemoryRegistry) -> None:
    with pytest.raises(InputError) as refused:
        create_app(Settings(limits_url="carrier-pigeon://x"), registry)
    assert refused.value.code == "settings.limits_url"


def compared(resident: FlaskClient, **form: Any) -> Any:
    token = resident.get("/form-token").get_json()
    return resident.post(f"/d/{IN_USE}/here", data={token["field"]: token["token"], **form})


@pytest.mark.parametrize(("compared_as", "words"), [("here", "位置相符"), ("elsewhere", "位置不符"), ("unsure", "定不下来")])
def test_a_visitor_learns_whether_the_plate_hangs_where_it_should(registry: MemoryRegistry, compared_as: Any, words: str) -> None:
    registry.compared = compared_as
    resident = create_app(Settings(base_url=BASE_URL, form_patience_s=0), registry).test_client()
    answer = compared(resident, lon="108.2", lat="34.27", accuracy_m="12.5")
    assert (answer.status_code, answer.get_json()["result"]) == (200, compared_as)
    assert words in answer.get_json()["words"]
    assert registry.sightings[0][1].accuracy_m == 12.5


@pytest.mark.parametrize("form", [
    {}, {"lon": "108", "lat": "34"}, {"lon": "nan", "lat": "34", "accuracy_m": "1"},
    {"lon": "181", "lat": "34", "accuracy_m": "1"},
    {"lon": "108", "lat": "-90.1", "accuracy_m": "1"}, {"lon": "108", "lat": "34", "accuracy_m": "-1"},
    {"lon": "108", "lat": "34", "accuracy_m": "inf"}, {"lon": "一百", "lat": "34", "accuracy_m": "1"},
    {"lon": "9" * 999, "lat": "1", "accuracy_m": "1"},
])  # fmt: skip
def test_what_is_no_position_is_refused(registry: MemoryRegistry, form: dict[str, str]) -> None:
    resident = create_app(Settings(base_url=BASE_URL, form_patience_s=0), registry).test_client()
    assert compared(resident, **form).status_code == 400
    assert registry.sightings == []


def test_a_comparison_needs_our_own_page(registry: MemoryRegistry) -> None:
    resident = create_app(Settings(base_url=BASE_URL, form_patience_s=0), registry).test_client()
    bare = resident.post(f"/d/{IN_USE}/here", data={"lon": "1", "lat": "1", "accuracy_m": "1"})
    assert bare.status_code == 400
    assert registry.sightings == []
