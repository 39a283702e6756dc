"""The white list: everything a scan may see, and nothing else. Pure: no files, no clock, no household in reach.

Each value below is built field by field from what the registry knows, so a new private field anywhere can never
slip onto a page by itself (standards.md, Privacy: standard address, plate code, community and grid, official
contacts, services). The registry answers a scan with `Current`, `Retired` or `Unknown`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import quote

from doorplate.areas.coordinates import wgs84_to_gcj02
from doorplate.model import Address, Area, Community, Plate, Point, ServiceItem, Staff
from doorplate.plates.code import grouped

APP = "doorplate"  # how we name ourselves to the map services (their `src` and `referer`)

# Whom a resident should meet first (D); the first rank whose word occurs in the role counts.
_RANKS = (("民警", "警长", "所长"), ("辅警", "警务助理"), ("网格",), ("联户长", "十户长"))

_EXTENSION = re.compile(r"(?:转|分机|ext\.?)\s*\d+", re.IGNORECASE)
_BETWEEN = re.compile(r"[、,;/|或和\n]")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()-]+[0-9]")
_DASHES = str.maketrans(dict.fromkeys("—–―‐‑‒−", "-"))


@dataclass(frozen=True, slots=True)
class ContactView:
    """An official to call. Every phone shown is the phone dialled, character by character."""

    name: str
    role: str
    phones: tuple[str, ...]
    confirmed_on: date | None


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
    """What the page behind a plate in use may show. code is grouped in fours, as printed."""

    code: str
    standard_address: str
    painted_street: str
    painted_number: str
    county: str
    township: str
    community: str
    grid: str
    beat: str
    station: StationView | None
    contacts: tuple[ContactView, ...]
    maps: MapLinks | None
    services: tuple[ServiceItem, ...]
    sample: bool


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


@dataclass(frozen=True, slots=True)
class Unknown:
    """The code opens nothing: never issued, forged or revoked, alike to whoever asks. station: where to report it, when
    the installation serves one station only."""

    station: StationView | None = None
    sample: bool = False


Resolution = Current | Retired | Unknown


@dataclass(frozen=True, slots=True)
class PageChanges:
    """Which public pages may look different since an event. seq: the last event looked at. everything: all of them;
    communities: all plates of these; codes: these plates' pages. Matters, scans and households change no page."""

    seq: int
    everything: bool = False
    communities: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


class PublicRegistry(Protocol):
    """All the residents' door knows of the registry. Every method may raise Unavailable."""

    def resolve(self, code: str) -> Resolution:
        """What a code stands for now. Codes come as 13 characters, upper case, no separators, the check character not
        yet tested; what could not be a code at all comes as "" and is `Unknown` too."""

    def changes(self, since: int) -> PageChanges:
        """What changed after event `since`; since < 0 asks only where the trail stands now."""

    def samples(self) -> tuple[str, ...]:
        """Codes a demo shows on its start page; empty on a real installation."""

    def ready(self) -> None:
        """Returns when the registry can be read."""


@dataclass(frozen=True, slots=True)
class DoorFacts:
    """What the registry hands in for one plate. staff may be everyone of the community: `plate_view` picks those
    responsible at this door."""

    plate: Plate
    address: Address
    community: Community
    grid: Area | None
    staff: Sequence[Staff] = ()
    services: Sequence[ServiceItem] = ()


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
        beat=facts.community.beat,
        station=station_view(facts.community),
        contacts=contacts(facts.staff, facts.community, facts.grid),
        maps=map_links(facts.address.point, facts.address.standard_address),
        services=tuple(facts.services),
        sample=facts.community.sample,
    )


def station_view(community: Community) -> StationView | None:
    """The police station of a community, None when it is not known."""
    if not community.station_name and not community.station_phone:
        return None
    return StationView(community.station_name, community.station_address, phones(community.station_phone))


def contacts(staff: Iterable[Staff], community: Community, grid: Area | None) -> tuple[ContactView, ...]:
    """Those responsible for the whole community or for this grid, each once: officer → auxiliary → grid → village.
    Inside a rank the given order stays."""
    here = {community.code, grid.code} if grid else {community.code}
    views = [
        ContactView(person.name, person.role, phones(person.phone), person.confirmed_on)
        for person in staff
        if person.area_code in here
    ]
    return tuple(sorted(dict.fromkeys(views), key=lambda view: _rank(view.role)))


def _rank(role: str) -> int:
    return next((rank for rank, words in enumerate(_RANKS) if any(word in role for word in words)), len(_RANKS))


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
