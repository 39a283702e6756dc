"""Officials come, go and are away; the page behind a plate says who answers now, without a new plate."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from commands import doorplate
from flows.conftest import VILLAGE
from PIL import Image

from doorplate.areas.coordinates import LocalFrame
from doorplate.cli.sample_people import bring_sample
from doorplate.errors import InputError, NotFound, Refused
from doorplate.exchange.contacts import ContactLine
from doorplate.model import Address, Area, Community, Elements, Plate, Point
from doorplate.people.rules import people_rules
from doorplate.public_view import Current, PlateView
from doorplate.registry import Registry
from doorplate.registry.area_proposals import propose_groups
from doorplate.registry.communities import Contact, import_contacts, put_community
from doorplate.registry.household_groups import group_of
from doorplate.registry.people import (
    NewPerson,
    add_person,
    confirm_person,
    end_duty,
    find_person,
    set_away,
    set_back,
    set_deputy,
    set_photo,
    set_published,
)
from doorplate.registry.portraits import MOST_BYTES, PeopleFiles, make_portrait, people_files
from doorplate.registry.scanning import Scanning
from doorplate.registry.staffing import place_contacts
from doorplate.registry.zoning import zone_codes

DAY = date(2026, 11, 23)
RULES = people_rules()
FRAME = LocalFrame(108.2, 34.27)
CODES = {f"a{n}": f"{n:012d}X" for n in range(1, 21)}
LEADER, GRID = f"{VILLAGE}-L001", f"{VILLAGE}-G01"


@pytest.fixture
def village(registry: Registry) -> Registry:
    """A grid with a street of twenty doors in household groups; an officer, a grid worker, a leader of the first group."""
    with registry.store.writing() as unit:
        names = ("陕西省", "咸阳市", "武功县", "普集街道", "营上村")
        put_community(
            registry, unit, Community(VILLAGE, names, "陕西省营上村", station_name="测试派出所", station_phone="029-00000000")
        )
        corners = [tuple(map(float, FRAME.degrees(x, y))) for x, y in ((0, -100), (400, -100), (400, 100), (0, 100))]
        grid = Area("g1", "grid", GRID, "营上村第一网格", VILLAGE, shapely.to_wkb(shapely.Polygon(corners)))
        unit.save(None, grid, registry.event("area.added", grid.id))
        for n in range(1, 21):
            lon, lat = FRAME.degrees(10 + n // 2 * 12, 8 if n % 2 else -8)
            point = Point(float(lon), float(lat)) if n != 20 else None
            door = Address(
                f"a{n}",
                VILLAGE,
                Elements(street="幸福路", number=str(n)),
                f"陕西省营上村幸福路{n}号",
                f"k{n}",
                "verified",
                point,
                "g1",
            )
            unit.save(None, door, registry.event("address.verified", door.id))
            plate = Plate(f"p{n}", CODES[door.id], door.id, "small-gate", "mounted")
            unit.save(None, plate, registry.event("plate.planned", plate.id))
    propose_groups(registry, VILLAGE, apply=True)
    import_contacts(
        registry,
        [
            Contact("测试民警甲", "社区民警", "029-00000001", VILLAGE),
            Contact("测试网格员", "网格员", "029-00000002", GRID),
            Contact("测试联户长", "联户长", "15400000003", LEADER),
            Contact("测试民警乙", "社区民警", "029-00000004", "610431001204"),
        ],
        DAY,
        "通讯录.xlsx",
    )
    return registry


def scan(registry: Registry, door: str = "a1", day: date = DAY, files: PeopleFiles | None = None) -> PlateView:
    """What a phone sees at noon of a day in China."""
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    found = Scanning(registry.store, people=files, now=lambda: noon).resolve(CODES[door])
    assert isinstance(found, Current)
    return found.view


def names(registry: Registry, door: str = "a1", day: date = DAY) -> list[str]:
    return [one.name for one in scan(registry, door, day).contacts]


def the(registry: Registry, name: str) -> str:
    with registry.store.reading() as reader:
        return find_person(reader, name).id


def later(registry: Registry, **span: int) -> Registry:
    return replace(registry, now=lambda: registry.now() + timedelta(**span))


def test_an_officer_change_shows_within_a_minute_without_reprint(village: Registry) -> None:
    door = Scanning(village.store, now=village.now)
    before = door.resolve(CODES["a1"])
    seen = door.changes(-1).seq
    new = NewPerson("测试民警丙", "社区民警", "029-00000009", VILLAGE)
    add_person(village, new, RULES, replaces=the(village, "测试民警甲"))
    after = door.resolve(CODES["a1"])  # the very next scan by the same process: nothing is kept
    assert isinstance(before, Current)
    assert isinstance(after, Current)
    assert [one.name for one in before.view.contacts] == ["测试民警甲", "测试网格员"]
    assert next((one.name, one.phones, one.stale) for one in after.view.contacts) == ("测试民警丙", ("029-00000009",), False)
    assert "测试民警甲" not in str(after.view)
    assert after.view.code == before.view.code
    changed = door.changes(seen)
    assert changed.everything or VILLAGE in changed.communities, "pages kept and pages published hear of it"


def test_a_deputy_stands_in_from_the_first_day_to_the_last_and_goes_when_told(village: Registry) -> None:
    officer = the(village, "测试民警甲")
    set_deputy(village, officer, the(village, "测试民警乙"))
    set_away(village, officer, DAY, DAY + timedelta(days=3))
    for day, name, absent in ((0, "测试民警乙", "测试民警甲"), (3, "测试民警乙", "测试民警甲"), (4, "测试民警甲", "")):
        first = scan(village, day=DAY + timedelta(days=day)).contacts[0]
        assert (first.name, first.standing_in_for) == (name, absent)
    assert names(village, day=DAY - timedelta(days=1))[0] == "测试民警甲"
    set_back(village, officer)
    assert names(village)[0] == "测试民警甲"


def test_a_day_begins_at_midnight_in_china(village: Registry) -> None:
    set_away(village, the(village, "测试民警甲"), DAY, DAY)
    for hour, here in ((15, False), (16, True)):  # UTC; China is eight hours ahead
        found = Scanning(village.store, now=lambda h=hour: datetime(2026, 11, 23, h, 1, tzinfo=UTC)).resolve(CODES["a1"])
        assert isinstance(found, Current)
        assert ("测试民警甲" in [one.name for one in found.view.contacts]) is here


def test_away_without_a_deputy_the_next_responsible_and_at_last_the_station(village: Registry) -> None:
    set_away(village, the(village, "测试民警甲"), DAY, None)
    assert names(village) == ["测试网格员"]
    end_duty(village, the(village, "测试网格员"), DAY - timedelta(days=1))
    view = scan(village)
    assert not view.contacts
    assert view.station is not None
    assert view.station.phones == ("029-00000000",)


def test_unconfirmed_for_ninety_days_the_page_says_so_until_confirmed(village: Registry) -> None:
    late = DAY + timedelta(days=91)
    assert not scan(village, day=late - timedelta(days=1)).contacts[0].stale
    assert [one.stale for one in scan(village, day=late).contacts] == [True, True]
    confirm_person(later(village, days=91), the(village, "测试民警甲"), "029-00000077")
    view = scan(village, day=late)
    assert [(one.stale, one.phones[0]) for one in view.contacts] == [(False, "029-00000077"), (True, "029-00000002")]


def test_no_unpublished_leader_on_any_page(village: Registry) -> None:
    leader = the(village, "测试联户长")
    for door in CODES:
        assert "测试联户长" not in str(scan(village, door))
        assert "15400000003" not in str(scan(village, door))
    set_published(village, leader, True)
    with_leader = [door for door in CODES if "测试联户长" in names(village, door)]
    assert 0 < len(with_leader) < len(CODES), "the own group's doors only"
    assert {scan(village, door).group for door in with_leader} == {scan(village, "a1").group}
    set_published(village, leader, False)
    assert not [door for door in CODES if "测试联户长" in str(scan(village, door))]


def test_every_door_is_in_the_group_the_notice_board_puts_it_in(village: Registry) -> None:
    """By the spatial index a door at a time, as by the whole grid at once; a door without a place too."""
    with village.store.reading() as reader:
        doors = reader.addresses(VILLAGE)
        expected = zone_codes(doors, reader.areas(VILLAGE, "group"))
        assert len(set(expected.values())) > 1
        for door in doors:
            group = group_of(reader, door)
            assert group is not None
            assert group.code == expected[door.id]


def test_a_chief_on_a_villages_list_answers_for_the_township_and_leaders_wait_for_consent(village: Registry) -> None:
    with village.store.reading() as reader:
        areas = reader.areas(VILLAGE)
    lines = [
        ContactLine("", "派出所所长", "测试所长", "029-00000003"),
        ContactLine("第2联户", "联户长", "测试联户长乙", "15400000008"),
    ]
    placed = place_contacts(lines, VILLAGE, areas, "通讯录")
    assert [one.area_code for one in placed] == ["610431001", f"{VILLAGE}-L002"]
    import_contacts(village, placed, DAY, "通讯录")
    with village.store.reading() as reader:
        assert find_person(reader, "测试所长").published
        assert not find_person(reader, "测试联户长乙").published
    assert "测试所长" not in names(village)


def test_a_list_brings_nobody_back_who_left(village: Registry) -> None:
    end_duty(village, the(village, "测试民警甲"), DAY - timedelta(days=1))
    import_contacts(village, [Contact("测试民警甲", "社区民警", "029-00000001", VILLAGE)], DAY, "旧通讯录")
    assert names(village) == ["测试网格员"]
    with pytest.raises(Refused, match=r"staff\.left"):
        confirm_person(village, the(village, "测试民警甲"))


def test_every_act_leaves_one_event_and_the_same_again_none(village: Registry) -> None:
    officer, deputy = the(village, "测试民警甲"), the(village, "测试民警乙")
    acts = [
        lambda: set_deputy(village, officer, deputy),
        lambda: set_away(village, officer, DAY, None),
        lambda: set_back(village, officer),
        lambda: set_published(village, officer, False),
        lambda: end_duty(village, officer, DAY),
    ]
    verbs = ["staff.deputy_set", "staff.away", "staff.back", "staff.unpublished", "staff.left"]
    for act, verb in zip(acts, verbs, strict=True):
        act()
        act()
        with village.store.reading() as reader:
            assert len(reader.events(officer, verb)) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "staff.name"),
        ({"name": "甲\u202e乙"}, "staff.name"),
        ({"name": "<b>甲</b>"}, "staff.name"),
        ({"role": "x" * 41}, "staff.role"),
        ({"phone": "见值班表"}, "staff.phone"),
        ({"area_code": "610432"}, "staff.area"),
        ({"area_code": f"{VILLAGE}-G09"}, "staff.area"),
        ({"area_code": ""}, "staff.area"),
        ({"area_code": "营上村"}, "staff.area"),
    ],
)
def test_what_cannot_stand_on_a_page_is_refused(village: Registry, change: dict[str, str], code: str) -> None:
    values = {"name": "测试新人", "role": "网格员", "phone": "029-00000005", "area_code": GRID, **change}
    with pytest.raises(InputError) as refused:
        add_person(village, NewPerson(**values), RULES)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "kept"), [("610431001000", "610431001"), ("610431000000", "610431"), (VILLAGE, VILLAGE), (GRID.lower(), GRID)]
)
def test_a_division_code_is_cut_where_it_begins_to_hold(village: Registry, written: str, kept: str) -> None:
    assert add_person(village, NewPerson("测试新人", "民警", "110", written), RULES).area_code == kept
    assert "测试新人" in names(village)


def test_names_that_could_be_two_people_are_asked_back(village: Registry) -> None:
    add_person(village, NewPerson("测试网格员", "辅警", "029-00000006", VILLAGE), RULES)
    with pytest.raises(Refused, match=r"staff\.ambiguous.*编号"):
        the(village, "测试网格员")
    with village.store.reading() as reader:
        worker = find_person(reader, "测试网格员", GRID)
        assert find_person(reader, worker.id[:8]) == worker
        for unknown in ("", "没有这个人", "%", worker.id[:3]):
            with pytest.raises(NotFound):
                find_person(reader, unknown)
    with pytest.raises(Refused, match=r"staff\.known"):
        add_person(village, NewPerson("测试网格员", "网格员", "029-00000006", GRID), RULES)
    with pytest.raises(Refused, match=r"staff\.own_deputy"):
        set_deputy(village, worker.id, worker.id)
    with pytest.raises(InputError, match=r"staff\.days"):
        set_away(village, worker.id, DAY, DAY - timedelta(days=1))


def picture(size: tuple[int, int] = (1200, 1600)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "秘密相机"
    Image.effect_noise(size, 90).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_portrait_is_small_square_nameless_and_gone_when_withdrawn(village: Registry, tmp_path: Path) -> None:
    files, officer = people_files(tmp_path), the(village, "测试民警甲")
    set_photo(village, officer, files, make_portrait("甲.jpg", picture()))
    view = scan(village, files=files).contacts[0]
    kept = Scanning(village.store, people=files).portrait(view.photo)
    assert kept is not None
    assert len(kept) <= MOST_BYTES
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.width == shown.height, dict(shown.getexif())) == ("JPEG", True, {})
    set_photo(village, officer, files, None)
    assert scan(village, files=files).contacts[0].photo == ""
    assert files.portrait(view.photo) is None
    for name in ("", "../secret", "A" * 64, f"{view.photo}\n", "..%2f"):
        assert files.portrait(name) is None
    with pytest.raises(InputError, match=r"media\."):
        make_portrait("甲.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")


def test_the_sample_has_a_chief_a_deputy_a_leader_who_agreed_and_notices(village: Registry) -> None:
    bring_sample(village, VILLAGE)
    with village.store.reading() as reader:
        events = reader.event_count()
        for name in ("测试所长", "测试联户长甲"):
            assert find_person(reader, name).published
    bring_sample(village, VILLAGE)
    with village.store.reading() as reader:
        assert reader.event_count() == events, "what a visitor changed stays changed"
    view = scan(village)
    assert [one.kind for one in view.notices] == ["warning", "news", "news"]
    assert all(one.in_language("en").title.startswith("(Sample)") and "示例" in one.title for one in view.notices)
    assert "测试联户长甲" in names(village)


def test_the_clerks_day_at_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = doorplate("init", "--village", Path("doorplate/sample/village.toml").absolute(), home=home, cwd=tmp_path)
    assert said.code == 0, said.err
    add = ("staff", "add", "--name", "测试民警甲", "--role", "社区民警", "--phone", "029-00000001", "--area", VILLAGE)
    for command, words in (
        (add, "已公开"),
        (("staff", "add", "--name", "测试联户长", "--role", "联户长", "--phone", "110", "--area", VILLAGE), "staff publish"),
        (("staff", "away", "测试民警甲", "--until", "2099-01-01", "--deputy", "测试联户长"), "离岗"),
        (("staff", "list"), "离岗"),
        (("staff", "back", "测试民警甲"), "在岗"),
        (("staff", "confirm", "测试民警甲", "--phone", "029-00000002"), "029-00000002"),
        (("staff", "publish", "测试联户长"), "已公开"),
        (("staff", "unpublish", "测试联户长"), "不再公开"),
        (("staff", "leave", "测试联户长"), "任职到"),
        (("services", "list", "--community", VILLAGE), "0 项"),
        (("services", "check"), "0 个链接"),
    ):
        said = doorplate(*command, home=home, cwd=tmp_path)
        assert (said.code, words in said.out) == (0, True), (command, said.out, said.err)
    for command, code in (
        (("staff", "confirm", "没有的人"), "staff.unknown"),
        (("staff", "photo", "测试民警甲", "no.jpg"), "photo.not_found"),
        (add, "staff.known"),
        (("staff", "deputy", "测试民警甲", "测试民警甲"), "staff.own_deputy"),
    ):
        said = doorplate(*command, home=home, cwd=tmp_path)
        assert (said.code, said.err.partition(":")[0], len(said.err.strip().splitlines())) == (2, code, 1), said.err
