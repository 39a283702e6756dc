"""The white list: everything a scan may see, and nothing else. Pure: no files, no clock, no household in reach.

Each value below is built field by field from what the registry knows, so a new private field anywhere can never
slip onto a page by itself (standards.md, Privacy: standard address, plate code, community and grid, official
contacts, services). The registry answers a scan with `Current`, `Retired` or `Unknown`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, Protocol
from urllib.parse import quote

from doorplate.areas.coordinates import wgs84_to_gcj02
from doorplate.model import Address, Area, Community, Notice, Plate, Point, ServiceItem, Staff
from doorplate.people.duty import DoorPlace, OnDuty, has_left, is_stale, on_duty
from doorplate.people.rules import PeopleRules, people_rules
from doorplate.plates.code import grouped
from doorplate.public_map import MapFacts

APP = "doorplate"  # how we name ourselves to the map services (their `src` and `referer`)

_EXTENSION = re.compile(r"(?:转|分机|ext\.?)\s*\d+", re.IGNORECASE)
_BETWEEN = re.compile(r"[、,;/|或和\n]")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()-]+[0-9]")
_DASHES = str.maketrans(dict.fromkeys("—–―‐‑‒−", "-"))


@dataclass(frozen=True, slots=True)
class ContactView:
    """An official to call. Every phone shown is the phone dialled, character by character.

    id: of the staff record. photo: SHA-256 of a public picture (`PublicRegistry.portrait`), "" = none. standing_in_for: the
    name of the absent one whose place this deputy takes (several: joined by 、), else "". stale: not confirmed for longer than
    people.toml allows, or never: the page says so and offers the station's phone first."""

    name: str
    role: str
    phones: tuple[str, ...]
    confirmed_on: date | None
    id: str = ""
    photo: str = ""
    standing_in_for: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class NoticeView:
    """警讯 (warning) or 资讯 (news) in force at a door; plain text, link https or "". Both days are included."""

    kind: Literal["warning", "news"]
    title: str
    body: str
    link: str
    valid_from: date
    valid_until: date
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def in_language(self, language: str) -> NoticeView:
        """The same with what is translated; the rest stays Chinese."""
        return replace(self, **self.translations.get(language, {}))


@dataclass(frozen=True, slots=True)
class StationView:
    """The police station in charge; phones are its duty phones."""

    name: str
    address: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapLinks:
    """Where the door is, for four kinds of map (standards.md, Coordinates and map links)."""

    amap: str
    tencent: str
    baidu: str
    geo: str


@dataclass(frozen=True, slots=True)
class PlateView:
    """What the page behind a plate in use may show. code is grouped in fours, as printed. group: the name of the door's
    household group, "" = none. contacts: who answers today, in the order to be shown. notices: warnings first. community_code:
    never shown; pages are kept and thrown away by it."""

    code: str
    standard_address: str
    painted_street: str
    painted_number: str
    county: str
    township: str
    community: str
    grid: str
    group: str
    beat: str
    station: StationView | None
    contacts: tuple[ContactView, ...]
    maps: MapLinks | None
    services: tuple[ServiceItem, ...]
    notices: tuple[NoticeView, ...]
    sample: bool
    community_code: str = ""


@dataclass(frozen=True, slots=True)
class Current:
    """The code belongs to a plate in use."""

    view: PlateView


@dataclass(frozen=True, slots=True)
class Retired:
    """The code was withdrawn. now_called: the standard address that stands there today, None when there is none."""

    now_called: str | None = None
    community: str = ""
    station: StationView | None = None
    sample: bool = False
    community_code: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The code opens nothing: never issued, forged or revoked, alike to whoever asks. station: where to report it, when
    the installation serves one station only. revoked: was given once (the plate is lost): for the log, never for the page."""

    station: StationView | None = None
    sample: bool = False
    revoked: bool = False


Resolution = Current | Retired | Unknown
Sighting = Literal["here", "elsewhere", "unsure"]
"""unsure: the door has no point, the position was too vague to tell, or there is no such plate."""


@dataclass(frozen=True, slots=True)
class PageChanges:
    """Which public pages may look different since an event. seq: the last event looked at. everything: all of them;
    communities: all plates of these; codes: these plates' pages. Matters, scans and households change no page."""

    seq: int
    everything: bool = False
    communities: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    maps: frozenset[str] = frozenset()


class PublicRegistry(Protocol):
    """All the residents' door knows of the registry. Every method may raise Unavailable."""

    def resolve(self, code: str) -> Resolution:
        """What a code stands for now. Codes come as 13 characters, upper case, no separators, the check character not
        yet tested; what could not be a code at all comes as "" and is `Unknown` too."""

    def changes(self, since: int) -> PageChanges:
        """What changed after event `since`; since < 0 asks only where the trail stands now."""

    def map_facts(self, code: str) -> MapFacts | None:
        """What the small map of a plate in use is drawn from; None for any other code and for a door without a point."""

    def portrait(self, name: str) -> bytes | None:
        """The JPEG a contact's `photo` names (64 hex digits); None for anything else."""

    def count_scans(self, counts: Mapping[str, int], day: date) -> None:
        """Adds to how often plates were scanned on a day, in China: code → times. Nothing about who scanned."""

    def compare_place(self, code: str, seen: Point) -> Sighting:
        """Whether a code was seen where its door is. What was seen elsewhere is recorded (`plate.elsewhere`), rounded, without
        who saw it. seen.accuracy_m: the visitor's, in metres."""

    def samples(self) -> tuple[str, ...]:
        """Codes a demo shows on its start page; empty on a real installation."""

    def ready(self) -> None:
        """Returns when the registry can be read."""


@dataclass(frozen=True, slots=True)
class DoorFacts:
    """What the registry hands in for one plate. staff may be everyone of the community and their deputies: `plate_view` picks
    those who answer at this door on the day. notices: those of any area and day; today: the day in China."""

    plate: Plate
    address: Address
    community: Community
    grid: Area | None
    staff: Sequence[Staff] = ()
    services: Sequence[ServiceItem] = ()
    group: Area | None = None
    notices: Sequence[Notice] = ()
    today: date = field(kw_only=True)
    rules: PeopleRules = field(kw_only=True, default_factory=people_rules)

    @property
    def place(self) -> DoorPlace:
        return DoorPlace(self.community.code, self.grid.code if self.grid else "", self.group.code if self.group else "")


def plate_view(facts: DoorFacts) -> PlateView:
    """The page of a plate in use, field by field."""
    names = ("", "", "", *facts.community.names)
    elements = facts.address.elements
    return PlateView(
        code=grouped(facts.plate.code),
        standard_address=facts.address.standard_address,
        painted_street=elements.thoroughfare,
        painted_number=elements.painted_number,
        county=names[-3],
        township=names[-2],
        community=names[-1],
        grid=facts.grid.name if facts.grid else "",
        group=facts.group.name if facts.group else "",
        beat=facts.community.beat,
        station=station_view(facts.community),
        contacts=contacts(facts.staff, facts.place, facts.today, facts.rules),
        maps=map_links(facts.address.point, facts.address.standard_address),
        services=tuple(facts.services),
        notices=notices(facts.notices, facts.place, facts.today),
        sample=facts.community.sample,
        community_code=facts.community.code,
    )


def station_view(community: Community) -> StationView | None:
    """The police station of a community, None when it is not known."""
    if not community.station_name and not community.station_phone:
        return None
    return StationView(community.station_name, community.station_address, phones(community.station_phone))


def contacts(staff: Sequence[Staff], place: DoorPlace, today: date, rules: PeopleRules) -> tuple[ContactView, ...]:
    """Who answers at a door today, in the order of the rules (`people.duty.on_duty`); inside a rank the given order."""
    return _each_once(_contact(one, today, rules) for one in on_duty(staff, place, today, rules))


def posted(staff: Iterable[Staff], day: date, rules: PeopleRules) -> tuple[ContactView, ...]:
    """Those of `staff` a paper may name that hangs for months: published and still on duty, whether away this week or not."""
    kept = [one for one in staff if one.published and not has_left(one, day) and rules.rule(one.role).shown != "never"]
    return _each_once(_contact(OnDuty(one), day, rules) for one in sorted(kept, key=lambda one: rules.rank(one.role)))


def _each_once(views: Iterable[ContactView]) -> tuple[ContactView, ...]:
    """Somebody listed for a grid and for the village too is one person to call."""
    kept: dict[tuple[str, str, tuple[str, ...]], ContactView] = {}
    for view in views:
        kept.setdefault((view.name, view.role, view.phones), view)
    return tuple(kept.values())


def _contact(one: OnDuty, day: date, rules: PeopleRules) -> ContactView:
    person = one.person
    return ContactView(
        name=person.name,
        role=person.role,
        phones=phones(person.phone),
        confirmed_on=person.confirmed_on,
        id=person.id,
        photo=person.photo,
        standing_in_for="、".join(absent.name for absent in one.standing_in_for),
        stale=is_stale(person, day, rules),
    )


def notices(all_notices: Iterable[Notice], place: DoorPlace, today: date) -> tuple[NoticeView, ...]:
    """The notices in force at a door today: warnings before news, the newest first."""
    here = [one for one in all_notices if one.valid_from <= today <= one.valid_until and holds_at(one.area, place)]
    here.sort(key=lambda one: one.valid_from, reverse=True)
    return tuple(sorted(map(_notice, here), key=lambda view: view.kind != "warning"))


def _notice(one: Notice) -> NoticeView:
    return NoticeView(one.kind, one.title, one.body, one.link, one.valid_from, one.valid_until, one.translations)


def holds_at(area: str, place: DoorPlace) -> bool:
    """Whether a notice's area (a division code cut anywhere, or a grid's code) takes in a door."""
    return place.community.startswith(area) or area in (place.grid, place.group)


def phones(text: str) -> tuple[str, ...]:
    """The telephone numbers in what was written down, as they can be shown and dialled alike. What is no number is
    left out, an extension too (a `tel:` link cannot wait for the switchboard)."""
    plain = _EXTENSION.sub("", unicodedata.normalize("NFKC", text).translate(_DASHES))
    found: dict[str, None] = {}
    for part in _BETWEEN.split(plain):
        whole = part.strip()
        for number in [whole] if _is_phone(whole) else whole.split():
            if _is_phone(number):
                found[number] = None
    return tuple(found)


def _is_phone(text: str) -> bool:
    """3 digits (110) to 13 (+86 and a mobile number), as E.164 allows and people write them."""
    return bool(_PHONE.fullmatch(text)) and 3 <= sum(map(str.isdigit, text)) <= 13


def map_links(point: Point | None, name: str) -> MapLinks | None:
    """Links for a WGS84 point: three vendors in GCJ-02, `geo:` in WGS84; text percent-encoded once.
    高德 takes lon,lat, the others lat,lng. None without a point."""
    if point is None:
        return None
    lon, lat = (f"{float(value):.6f}" for value in wgs84_to_gcj02(point.lon, point.lat))
    title = quote(name, safe="")
    return MapLinks(
        amap=f"https://uri.amap.com/marker?position={lon},{lat}&name={title}&src={APP}&coordinate=gaode&callnative=1",
        tencent=f"https://apis.map.qq.com/uri/v1/marker?marker=coord:{lat},{lon};title:{title};addr:{title}&coord_type=2&referer={APP}",
        baidu=f"https://api.map.baidu.com/marker?location={lat},{lon}&title={title}&content={title}"
        f"&output=html&coord_type=gcj02&src=webapp.{APP}.{APP}",
        geo=f"geo:{point.lat:.6f},{point.lon:.6f}",
    )
