"""The lines people draw, and what a clerk types to divide, join and number areas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from flows.commands import doorplate
from flows.conftest import VILLAGE

from doorplate.cli.demo import HANDOVER
from doorplate.errors import InputError
from doorplate.exchange.areas_file import read_areas
from doorplate.exchange.line_file import read_line

GRIDS = HANDOVER / "grids_wgs84.geojson"


def geojson(path: Path, kind: str, coordinates: object) -> Path:
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}],
            }
        ),
        "utf-8",
    )
    return path


def test_a_line_comes_as_geojson_or_as_picked_text(tmp_path: Path) -> None:
    points = [[108.203, 34.26], [108.2031, 34.27], [108.203, 34.29]]
    assert shapely.get_coordinates(read_line(geojson(tmp_path / "l.geojson", "LineString", points))).tolist() == points
    joined = geojson(tmp_path / "m.geojson", "MultiLineString", [points[:2], points[1:]])
    assert shapely.get_coordinates(read_line(joined)).tolist() == points
    text = tmp_path / "分割线.txt"
    text.write_text("分割线 WGS84\n" + "\n".join(f"{x},{y}" for x, y in points), "utf-8")
    assert read_line(text).equals(shapely.LineString(points))
    text.write_text("高德拾取\n108.2076932,34.2685820\n108.2077,34.2700\n", "utf-8")
    assert read_line(text).distance(shapely.Point(108.2076932, 34.2685820)) * 92_000 > 100  # GCJ-02 lies hundreds of metres off


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("no.geojson", None, "line.not_found"),
        ("empty.txt", "", "line.not_a_line"),
        ("words.txt", "从桥头到学校 WGS84", "line.not_a_line"),
        ("one.txt", "WGS84\n108.203,34.260", "line.not_a_line"),
        ("picked.txt", "108.203,34.260;108.203,34.290", "line.crs_unknown"),
        ("swapped.txt", "WGS84 34.260,108.203;34.290,108.203", "line.outside"),
        ("broken.geojson", "{nonsense", "line.broken"),
        ("point.geojson", '{"type":"Point","coordinates":[108.2,34.2]}', "line.not_a_line"),
        (
            "two.geojson",
            '{"type":"MultiLineString","coordinates":[[[108.2,34.2],[108.3,34.2]],[[108.2,34.5],[108.3,34.5]]]}',
            "line.several",
        ),
    ],
)
def test_what_is_no_line_is_told_in_one_line(tmp_path: Path, name: str, text: str | None, code: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_line(tmp_path / name)
    assert caught.value.code == code
    assert name in caught.value.message


def test_a_clerk_sees_before_anything_is_done(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def run(*words: object) -> str:
        said = doorplate("areas", "--community", VILLAGE, *words, home=home, cwd=tmp_path)
        assert said.code == 0, said.err
        return said.out

    line = geojson(tmp_path / "l.geojson", "LineString", [[108.2076, 34.27585], [108.2074, 34.2751], [108.2077, 34.2740]])
    assert "5 个网格, 5 个新增或变更" in run(GRIDS)
    assert "预览" in run("--split", "G01", "--line", line)
    assert run().count("G0") == 5
    assert "已完成" in run("--split", "G01", "--line", line, "--apply")
    assert "G07" in run()
    assert "没有变化" in run("--renumber")
    assert "已完成" in run("--renumber", "--apply")
    assert "营上村第六网格" in run()
    assert "已完成" in run("--rename", "G06", "营上村东片", "--apply")
    assert "营上村东片" in run()
    assert "已完成" in run("--merge", "G01", "G02", "--apply")
    assert len(read_areas(GRIDS, VILLAGE)) == 5


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--split", "G01"], "areas.split_what"),
        (["--renumber", "--groups"], "areas.one_act"),
        (["grids.geojson", "--groups"], "areas.one_act"),
        (["--merge", "G01"], "arguments.invalid"),
        (["--zones", "viele"], "arguments.invalid"),
        (["--groups"], "store.not_initialised"),
    ],
)
def test_wrong_words_are_told_in_one_line(words: list[str], code: str, tmp_path: Path) -> None:
    said = doorplate("areas", "--community", VILLAGE, *words, home=tmp_path / "home", cwd=tmp_path)
    assert said.code == 2
    assert said.err.strip().startswith(f"{code}: "), said.err
    assert "Traceback" not in said.err
