"""Builds doorplate/areas/data/divisions.zip from ../shared/data/divisions. usage: build_divisions.py SOURCE_DIR OUT.zip

One xz member a province: a line per county `=610431武功县`, per township `-001普集街道|…`, the communities in that line
separated by `|`, each with its last three digits only where they do not follow on. `changes.xz`: a line per recode or
rename: year, old code, old name, new code, new name. `places.xz`: provinces and cities. The result is reproducible.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

Record = dict[str, str]
_SAME_PLACE = {"更名", "同名改码", "撤县设市", "撤县设区", "撤地设市", "撤市设区", "撤旗设区", "撤区设区", "区划调整"}
_VILLAGE = re.compile(r"(?:村(?:民)*委(?:员会|会|员)?(?:会)*|村民民委员会|村民委|村(?:民)*民委会|村村?委员会)$")
_RESIDENTS = re.compile(r"(?:居民)?(?:居民委员会|居委会|居民委会|居委|(?<=社区)委员会)$")
_REMARK = re.compile(r"[（(][^（）()]*(?:分场|省级|特殊社区|开发区|工业小区|村委会|村委|居委会)[^（）()]*[）)]")
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


def address_name(name: str) -> str:
    """A community as it is written in addresses: 营上村委会 and 营上村村民委员会 → 营上村, 多福巷社区居委会 → 多福巷社区."""
    name = _REMARK.sub("", name).strip() or name
    if match := _VILLAGE.search(name):
        base = name[: match.start()]
        return base if base.endswith(("村", "嘎查", "社区")) else f"{base}村" if base else name
    if match := _RESIDENTS.search(name):
        base = name[: match.start()]
        return base if base.endswith(("村", "社区", "嘎查")) else f"{base}居委会" if base else name
    if name.endswith(("嘎查委员会", "嘎查委会", "嘎查村")):
        return name[: name.rindex("嘎查") + 2]
    return name


def main(source: Path, target: Path) -> None:
    members = dict(_provinces(source))
    members["places.xz"] = _places(source)
    members["changes.xz"] = _changes(source)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            packed = lzma.compress(members[name].encode(), format=lzma.FORMAT_XZ, filters=_FILTERS)
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), packed)


def _records(path: Path) -> list[Record]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def _by(records: Iterable[Record], key: str) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda r: r["code"]):
        groups[record[key]].append(record)
    return groups


def _provinces(source: Path) -> Iterator[tuple[str, str]]:
    counties = _by(_records(source / "areas.csv"), "provinceCode")
    townships = _by(_records(source / "streets.csv"), "areaCode")
    villages = _by(_records(source / "villages.csv.gz"), "streetCode")
    for province, own in counties.items():
        lines = []
        for county in own:
            lines.append(f"={county['code']}{county['name']}")
            lines += [_township_line(t, villages[t["code"]]) for t in townships[county["code"]]]
        yield f"{province}.xz", "\n".join(lines) + "\n"


def _township_line(township: Record, villages: list[Record]) -> str:
    pieces, expected = [f"-{township['code'][6:]}{township['name']}"], -1
    for village in villages:
        tail = int(village["code"][9:])
        name = address_name(village["name"])
        pieces.append(name if tail == expected and not name[0].isdigit() else f"{tail:03d}{name}")
        expected = tail + 1
    return "|".join(pieces)


def _places(source: Path) -> str:
    places = _records(source / "provinces.csv") + _records(source / "cities.csv")
    return "".join(f"{p['code']}{p['name']}\n" for p in sorted(places, key=lambda p: p["code"]))


def _changes(source: Path) -> str:
    events = json.loads((source / "quhua_historical_changes_v1.json").read_text("utf-8"))["events"]
    lines = set()
    for event in events:
        old, new = event["old"], event["new"]
        if (
            event["type"] in _SAME_PLACE
            and old["code"]
            and new["code"]
            and (old["code"], old["name"]) != (new["code"], new["name"])
        ):
            lines.add(f"{event['year']}\t{old['code'][:6]}\t{old['name']}\t{new['code'][:6]}\t{new['name']}")
    return "\n".join(sorted(lines)) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
