"""Coordinate systems and the ways people write a coordinate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from doorplate.areas.angles import parse_angles, parse_coordinate
from doorplate.areas.coordinates import (
    LocalFrame,
    bd09_to_gcj02,
    bd09_to_wgs84,
    distance_m,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_china,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

LON, LAT = st.floats(73.5, 134.5), st.floats(3.5, 53.5)


def test_a_known_point_goes_where_amap_shows_it():
    lon, lat = wgs84_to_gcj02(108.2112418, 34.2748254)  # village/truth/addresses.csv, first line

    assert (float(lon), float(lat)) == pytest.approx((108.2159350, 34.2734072), abs=2e-7)


def test_a_known_point_goes_where_baidu_shows_it():
    lon, lat = gcj02_to_bd09(116.404, 39.915)  # the pair in Baidu's own conversion examples

    assert (float(lon), float(lat)) == pytest.approx((116.41036949, 39.92133699), abs=1e-7)


@given(LON, LAT)
def test_every_conversion_has_an_exact_inverse(lon, lat):
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (gcj02_to_bd09, bd09_to_gcj02), (wgs84_to_bd09, bd09_to_wgs84)):
        again = back(*there(lon, lat))
        assert np.hypot(float(again[0]) - lon, float(again[1]) - lat) < 1e-9


@given(LON, LAT)
def test_the_shift_is_some_hundred_metres(lon, lat):
    shifted = wgs84_to_gcj02(lon, lat)

    assert distance_m((lon, lat), (float(shifted[0]), float(shifted[1]))) < 1000


@pytest.mark.parametrize("place", [(-0.12, 51.5), (139.7, 35.7), (108.2, -6.0), (2.3, 48.9)])
def test_nothing_is_shifted_outside_the_box(place):
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_wgs84):
        lon, lat = convert(*place)
        assert (float(lon), float(lat)) == place
    assert not in_china(*place)


def test_arrays_convert_like_single_points():
    lon, lat = np.array([108.2, 116.4, -0.1]), np.array([34.2, 39.9, 51.5])
    both = to_wgs84("bd09", lon, lat)

    assert both[0].shape == (3,)
    for i in range(3):
        assert float(both[0][i]) == pytest.approx(float(to_wgs84("bd09", lon[i], lat[i])[0]))


@given(LON, LAT, st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_metres_agree_with_the_geodesic(lon, lat, dx, dy):
    there = (lon + dx, lat + dy)
    geodesic = Geod(ellps="WGS84").inv(lon, lat, *there)[2]

    assert distance_m((lon, lat), there) == pytest.approx(geodesic, rel=2e-3, abs=0.01)


def test_a_local_frame_there_and_back():
    frame = LocalFrame(108.2, 34.27)
    east, north = frame.metres([108.201, 108.199], [34.271, 34.268])

    assert np.allclose(np.column_stack(frame.degrees(east, north)), [[108.201, 34.271], [108.199, 34.268]])


@pytest.mark.parametrize("text", [
    "108.2112111", "108°12′40.36″", "108°12'40.36\"", "108度12分40.36秒", "１０８．２１１２１１１", "E108°12′40.36″",
    "108°12′40.36″E", "东经108°12′40.36″", "经度:108.2112111", " 108.2112111 ", "108°12.6726666′", "108 . 2112111"])
def test_one_coordinate_in_many_writings(text):
    angle = parse_coordinate(text)

    assert angle is not None
    assert angle.value == pytest.approx(108.2112111, abs=2e-7)


@pytest.mark.parametrize("text", ["", "-", "无", "未采集", "测试", "108.2 34.3", "12:30", "108°75′", "361", "1e5x"])
def test_what_is_not_one_coordinate_is_none(text):
    assert parse_coordinate(text) is None


@pytest.mark.parametrize("text", [
    "108.215778,34.272016", "108.215778，34.272016", "108.215778 34.272016", "108.215778;34.272016", "(108.215778, 34.272016)",
    "POINT(108.215778 34.272016)", "lng:108.215778,lat:34.272016", "108.215778、34.272016", "108.215778/34.272016"])
def test_both_axes_in_one_cell(text):
    assert [a.value for a in parse_angles(text)] == pytest.approx([108.215778, 34.272016])


def test_the_axis_is_told_where_the_text_tells_it():
    north, east = parse_angles("北纬34°16′14.02″ 东经108°12′40.36″")

    assert (north.axis, east.axis) == ("lat", "lon")
    assert (north.value, east.value) == pytest.approx((34.2705611, 108.2112111), abs=1e-6)


def test_west_and_south_are_negative():
    assert [a.value for a in parse_angles("12.5W 3.5S")] == [-12.5, -3.5]


@pytest.mark.parametrize(("text", "step"), [
    ("108.209", 0.001), ("108.209000", 0.001), ("108.2090", 0.001), ("108.209031", 1e-6), ("108", 1.0),
    ("108°12′40″", 1 / 3600), ("108°12′40.36″", 0.01 / 3600), ("108°12′", 1 / 60)])
def test_how_fine_a_coordinate_is_written(text, step):
    assert parse_coordinate(text).step == pytest.approx(step)


@given(st.text())
def test_no_text_makes_it_fail(text):
    parse_angles(text)
