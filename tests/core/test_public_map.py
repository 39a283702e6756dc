"""The small map on a plate's page: this door, dots around it, names that never collide with the label; nothing personal."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from doorplate.papers import MapStreet
from doorplate.public_map import HEIGHT, WIDTH, MapFacts, MapWords, draw_map

WORDS = MapWords("附近的示意图", "北", "米")
DOOR = (108.2112, 34.2748)
LANE = MapStreet("幸福路二巷", ((108.2095, 34.2748), (108.2130, 34.2748)))
GRID = ((108.2090, 34.2735), (108.2150, 34.2735), (108.2150, 34.2760), (108.2090, 34.2760), (108.2090, 34.2735))
SVG = "{http://www.w3.org/2000/svg}"


def neighbours(count: int) -> tuple[tuple[float, float], ...]:
    return tuple((108.2100 + 0.00004 * n, 34.2747 + 0.0002 * (n % 2)) for n in range(count))


def drawn(**changes: object) -> ElementTree.Element:
    facts = {"door": DOOR, "painted": "53号", "doors": neighbours(40), "streets": (LANE,), "outline": (GRID,), **changes}
    return ElementTree.fromstring(draw_map(MapFacts(**facts), WORDS))  # type: ignore[arg-type]


def test_it_shows_the_door_its_street_the_way_north_and_how_far() -> None:
    words = [text.text for text in drawn().iter(f"{SVG}text")]
    assert words.count("53号") == 1
    assert "幸福路二巷" in words
    assert "北" in words
    assert re.fullmatch(r"(10|20|50|100) 米", next(word for word in words if word and word.endswith("米")))


def test_the_door_itself_is_in_the_middle_and_every_neighbour_is_a_dot_without_words() -> None:
    svg = drawn()
    pin = svg.find(f"{SVG}circle")
    assert pin is not None
    assert abs(float(pin.get("cx", 0)) - WIDTH / 2) < 1
    dots = next(path.get("d", "") for path in svg.iter(f"{SVG}path") if path.get("class") == "d")
    assert 20 <= dots.count("M") <= 40
    assert len(list(svg.iter(f"{SVG}text"))) == 4, "number, street, metres, north"


def test_north_is_up_and_east_is_right() -> None:
    svg = drawn(doors=((108.2114, 34.2752),), streets=(), outline=())
    x, y = re.findall(r"M(\d+) (\d+)", next(p.get("d", "") for p in svg.iter(f"{SVG}path") if p.get("class") == "d"))[0]
    assert int(x) > WIDTH / 2
    assert int(y) < HEIGHT / 2


@pytest.mark.parametrize("facts", [
    {"doors": (), "streets": (), "outline": ()},
    {"painted": ""},
    {"painted": "1253号附12号"},
    {"doors": (DOOR,) * 30},
    {"streets": (MapStreet("街", (DOOR, DOOR)),)},
    {"streets": (MapStreet("斜街", ((108.20, 34.26), (108.22, 34.29))),)},
    {"streets": (MapStreet("远处的街", ((100.0, 30.0), (100.1, 30.1))),)},
    {"outline": (((108.0, 34.0), (109.0, 34.0), (109.0, 35.0), (108.0, 34.0)),)},
    {"outline": (((0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.0)),)},
])  # fmt: skip
def test_whatever_is_known_gives_a_drawing(facts: dict[str, object]) -> None:
    assert drawn(**facts).tag == f"{SVG}svg"


def test_names_are_data_and_stay_text() -> None:
    hostile = MapStreet('<script>alert(1)</script>"&\x00\u202e', LANE.line)
    text = draw_map(MapFacts(DOOR, "<b>", neighbours(9), (hostile,), ()), WORDS)
    assert "<script" not in text
    assert "<b>" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    ElementTree.fromstring(text)


def test_a_dense_place_still_weighs_a_few_kilobytes() -> None:
    many = tuple((108.2100 + 0.0001 * (n % 25), 34.2738 + 0.0001 * (n // 25)) for n in range(400))
    streets = tuple(MapStreet(f"街{n}", ((108.2095, 34.274 + n / 9000), (108.2130, 34.274 + n / 9000))) for n in range(12))
    assert len(draw_map(MapFacts(DOOR, "53号", many, streets, (GRID,)), WORDS)) < 9_000
