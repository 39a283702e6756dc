"""A real village to play: its 12-digit code, full name and real neighbours, from the published list of divisions."""

import csv
import gzip
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

# Rural spots, one a province: degrees are rough on purpose, the doors are invented.
SPOTS = {
    "11": (116.9, 40.3),
    "13": (115.4, 37.9),
    "14": (112.3, 36.9),
    "15": (118.6, 42.1),
    "21": (123.4, 41.3),
    "22": (125.7, 43.6),
    "23": (126.9, 46.2),
    "32": (119.8, 33.6),
    "33": (120.3, 29.4),
    "34": (116.9, 32.5),
    "35": (117.9, 26.1),
    "36": (115.3, 27.3),
    "37": (117.6, 36.1),
    "41": (113.9, 33.7),
    "42": (112.6, 30.8),
    "43": (111.7, 27.2),
    "44": (113.0, 23.8),
    "45": (108.9, 23.4),
    "46": (109.9, 19.3),
    "50": (107.9, 30.1),
    "51": (104.6, 30.5),
    "52": (106.9, 26.9),
    "53": (102.1, 25.1),
    "61": (109.1, 34.9),
    "62": (104.7, 35.3),
    "63": (101.9, 36.6),
    "64": (106.1, 37.4),
    "65": (87.9, 43.9),
}
VILLAGE = re.compile(r"^([\u4e00-\u9fa5]{1,4}?村)(?:村?委会|村?民委员会)?$")
ODD = re.compile(r"[街路巷组号弄镇乡一二三四五六七八九十新村]村|社区|村村")
SAMPLE = "610431001203"


@dataclass(frozen=True)
class Place:
    """Names of one village and of the villages of the same town; spot is (lon, lat) in degrees."""

    code: str
    village: str
    town: str
    county: str
    full_county: str
    siblings: list[str]
    spot: tuple[float, float]

    @property
    def prefix(self) -> str:
        """What stands before street or hamlet in a standard address."""
        return f"{self.full_county}{self.town}{self.village}"


def pick(rng: Random, folder: Path, province: str | None = None) -> Place:
    """Draw a village whose town has at least six plain villages. Raises KeyError for an unknown province."""
    names = {name: _names(folder / f"{name}.csv") for name in ("provinces", "cities", "areas", "streets")}
    towns = _towns(folder / "villages.csv.gz", province or rng.choice(sorted(SPOTS)))
    town = rng.choice([t for t in sorted(towns) if len(towns[t]) >= 6 and _usable(t, names)])
    code, village = rng.choice([v for v in towns[town] if v[0] != SAMPLE])
    siblings = [n for _, n in towns[town] if n not in village and village not in n]
    city = names["cities"][town[:4]]
    full = names["provinces"][town[:2]] + ("" if city in ("市辖区", "县") else city) + names["areas"][town[:6]]
    lon, lat = SPOTS[town[:2]]
    spot = (round(lon + rng.uniform(-0.4, 0.4), 4), round(lat + rng.uniform(-0.3, 0.3), 4))
    return Place(
        code, village, names["streets"][town], names["areas"][town[:6]], full, rng.sample(siblings, min(4, len(siblings))), spot
    )


def _names(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def _towns(path: Path, province: str) -> dict[str, list[tuple[str, str]]]:
    towns: dict[str, list[tuple[str, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for code, name, town, *_ in csv.reader(file):
            found = VILLAGE.match(name) if code.startswith(province) and "200" <= code[9:] <= "399" else None
            if found and not ODD.search(found[1]):
                towns.setdefault(town, []).append((code, found[1]))
    return towns


def _usable(town: str, names: dict[str, dict[str, str]]) -> bool:
    known = town in names["streets"] and town[:6] in names["areas"] and town[:4] in names["cities"]
    return (
        known
        and names["streets"][town].endswith(("镇", "乡", "街道"))
        and "直辖" not in names["cities"][town[:4]]
        and names["cities"][town[:4]] != names["areas"][town[:6]]
    )
