"""Faults of points: missing, zero, far, swapped, another system, too coarse, off."""

import pytest
import shapely

from doorplate.areas.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from doorplate.model import Area
from tests.core.quality_lists import EVERYBODY, FRAME, ODD, Lists, grids, place


def a_street(lists=None, odd_one=None, convert=None, **more):
    """幸福路; `odd_one` = (number, point) stands somewhere else; `convert` moves every point."""
    lists, rows = lists or Lists(), {}
    for number in EVERYBODY:
        point = odd_one[1] if odd_one and odd_one[0] == number else place(number)
        if convert and point:
            point = tuple(map(float, convert(*point)))
        rows[number] = lists.sheet(number, point=point, **more)
    return lists, rows


def test_a_missing_point_leaves_the_address_certain():
    lists, rows = a_street(odd_one=(15, None))
    checked = lists.check(grids())

    assert [f.code for f in checked.result.findings] == ["point.missing"]
    assert checked.row(rows[15]).certain
    assert checked.row(rows[15]).point is None


def test_zero_is_no_point():
    lists, rows = a_street(odd_one=(15, (0.0, 0.0)))
    checked = lists.check(grids())

    assert checked.codes(rows[15]) == ["point.zero"]
    assert checked.row(rows[15]).point is None
    assert checked.address(rows[15]) == "幸福路15号"


@pytest.mark.parametrize("wrong", [(10.209438, 34.272), (109.2075, 34.2722), (108.2075, 35.2722), (108.2075, 3.42722)])
def test_a_lost_or_wrong_digit_throws_a_point_far_off(wrong):
    lists, rows = a_street(odd_one=(15, wrong))
    checked = lists.check(grids())

    assert checked.codes(rows[15]) == ["point.far"]
    assert checked.row(rows[15]).point is None


def test_far_is_told_without_outlines_too():
    lists, rows = a_street(odd_one=(15, (109.2075, 34.2722)))

    assert lists.check().codes(rows[15]) == ["point.far"]


def test_swapped_axes_are_turned_round():
    lon, lat = place(15)
    lists, rows = a_street(odd_one=(15, (lat, lon)))
    checked = lists.check(grids())

    assert checked.codes(rows[15]) == ["point.swapped"]
    assert (checked.row(rows[15]).point.lon, checked.row(rows[15]).point.lat) == pytest.approx((lon, lat), abs=1e-6)


@pytest.mark.parametrize("lat_first", [True, False])
def test_in_one_cell_the_sheets_own_habit_counts(lat_first):
    lists, rows = Lists(), {}
    for number in ODD:
        lon, lat = place(number)
        pair = (lat, lon) if lat_first != (number == 15) else (lon, lat)
        rows[number] = lists.sheet(number, point=None, position=f"{pair[0]:.6f} {pair[1]:.6f}")
    checked = lists.check(grids())

    assert [n for n in ODD if checked.codes(rows[n])] == [15]
    assert checked.codes(rows[15]) == ["point.swapped"]
    assert all(checked.row(rows[n]).point.lon > 100 for n in ODD)


def test_degrees_minutes_seconds():
    def dms(value):
        minutes = value % 1 * 60
        return f"{int(value)}°{int(minutes)}′{minutes % 1 * 60:.2f}″"

    lists, rows = Lists(), {}
    for number in EVERYBODY:
        lon, lat = place(number)
        rows[number] = lists.sheet(number, point=None, lon=dms(lon), lat=dms(lat))
    checked = lists.check(grids())

    assert checked.all_codes() == set()
    assert checked.row(rows[7]).point.lon == pytest.approx(place(7)[0], abs=3e-6)


@pytest.mark.parametrize(("system", "convert"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
@pytest.mark.parametrize("said", [True, False])
def test_a_sheet_in_another_system_is_recognised_with_or_without_a_word(system, convert, said):
    lists, rows = a_street(convert=convert, crs=system if said else None)
    checked = lists.check(grids())

    assert all(checked.codes(row) == [f"point.{system}"] for row in rows.values())
    point = checked.row(rows[7]).point
    assert (point.lon, point.lat) == pytest.approx(place(7), abs=2e-6)
    assert checked.result.facts["crs"] == [{"file": "核对表.xlsx", "sheet": "第一网格", "crs": system}]


def test_a_sheet_of_another_system_is_recognised_though_half_its_points_stay_in_a_large_grid():
    east, _ = FRAME.metres(*wgs84_to_gcj02(*place(19)))
    ring = [FRAME.degrees(x, y) for x, y in ((-60, -900), (float(east), -900), (float(east), 900), (-60, 900))]
    wide = Area("G", "grid", "G", "第一网格", "610431001203", shapely.Polygon([(float(a), float(b)) for a, b in ring]).wkb)
    lists = Lists()
    for number in EVERYBODY:
        lists.sheet(number, point=tuple(map(float, wgs84_to_gcj02(*place(number)))))

    assert lists.check([wide]).result.facts["crs"][0]["crs"] == "gcj02"


def test_a_header_that_says_the_wrong_system_is_overruled_by_the_points():
    lists, rows = a_street(crs="gcj02")
    checked = lists.check(grids())

    assert checked.all_codes() == set()
    assert checked.row(rows[7]).point.lon == pytest.approx(place(7)[0], abs=1e-6)


def test_one_point_from_another_phone():
    lists, rows = a_street(odd_one=(15, tuple(map(float, wgs84_to_gcj02(*place(15))))))
    checked = lists.check(grids())

    assert checked.codes(rows[15]) == ["point.gcj02"]
    assert checked.row(rows[15]).point.lon == pytest.approx(place(15)[0], abs=2e-6)


def test_each_sheet_has_a_system_of_its_own():
    lists, _ = a_street()
    for number in EVERYBODY:
        point = tuple(map(float, wgs84_to_gcj02(*place(number, "和谐街"))))
        lists.sheet(number, "和谐街", sheet="第二网格", grid_hint="2", point=point)
    facts = lists.check(grids()).result.facts["crs"]

    assert [(f["sheet"], f["crs"]) for f in facts] == [("第一网格", "wgs84"), ("第二网格", "gcj02")]


def test_three_decimals_cannot_tell_two_doors_apart():
    lists, rows = a_street()
    coarse = lists.sheet(41, point=None, lon="108.209", lat="34.272")
    trailing = lists.sheet(43, point=None, lon="108.209000", lat="34.272000")
    fine = lists.sheet(45, lon="108.21", lat=f"{place(45)[1]:.6f}", point=None)
    checked = lists.check(grids())

    assert checked.codes(coarse) == checked.codes(trailing) == ["point.imprecise"]
    assert "point.imprecise" not in checked.codes(fine)
    assert checked.codes(rows[1]) == []


@pytest.mark.parametrize(("east", "north"), [(45, 0), (-60, 0), (0, 40), (0, -45), (35, 35)])
def test_a_point_too_far_from_its_door_is_off(east, north):
    lists, rows = a_street(odd_one=(15, place(15, east=east, north=north)))
    checked = lists.check(grids())

    assert checked.codes(rows[15]) == ["point.off"]
    assert checked.address(rows[15]) == "幸福路15号"
    assert [n for n in EVERYBODY if checked.codes(rows[n])] == [15]


def test_a_point_thirty_metres_off_is_found_and_one_fifteen_metres_off_forgiven():
    for metres, codes in ((30.0, ["point.off"]), (15.0, [])):
        lists, rows = a_street(odd_one=(15, place(15, north=-metres)))

        assert lists.check(grids()).codes(rows[15]) == codes


def a_group(skipped=(), moved=None):
    """A group of houses in two rows, numbered along the first and back along the second; some have no point."""
    lists, rows = Lists(), {}
    for number in range(1, 25):
        row, at = divmod(number - 1, 12)
        x, y = (at if row == 0 else 11 - at) * 13.0, row * 35.0
        east, north = (moved or {}).get(number, (0.0, 0.0))
        point = None if number in skipped else tuple(map(float, FRAME.degrees(x + east, y + north)))
        rows[number] = lists.sheet(number, street="", hamlet="三组", head=f"组内{number}户", phone="", point=point)
    return lists, rows


@pytest.mark.parametrize("skipped", [(), (2, 4, 5, 9, 11, 12, 13, 15, 18), (10, 11, 12, 14, 15, 16), (1, 3, 6, 8, 20, 23)])
def test_rows_of_houses_that_turn_back_are_no_fault(skipped):
    assert a_group(skipped)[0].check(grids()).all_codes() == set()


@pytest.mark.parametrize("astray", [(0.0, -40.0), (45.0, 20.0), (-30.0, -30.0)])
def test_among_rows_of_houses_the_point_astray_is_found(astray):
    lists, rows = a_group(skipped=(3, 9, 17), moved={6: astray})
    checked = lists.check(grids())

    assert [n for n in rows if "point.off" in checked.codes(rows[n])] == [6]


def test_a_point_astray_is_no_second_house_of_the_same_number():
    lists, rows = a_street()
    guest = lists.sheet(15, head="同院另一户", members="2", phone="13911112222", point=place(15, east=60.0))
    checked = lists.check(grids())

    assert checked.codes(guest) == ["point.off"]
    assert checked.codes(rows[15]) == []


@pytest.mark.parametrize(("east", "north"), [(8, 0), (-7, 3), (0, 9), (0, -12), (9, -6)])
def test_a_phones_noise_is_not_off(east, north):
    lists, rows = a_street(odd_one=(15, place(15, east=east, north=north)))

    assert lists.check(grids()).codes(rows[15]) == []


def test_two_neighbours_off_do_not_cover_for_each_other():
    lists, rows = Lists(), {}
    for number in EVERYBODY:
        moved = -35.0 if number in (36, 38) else 0.0
        rows[number] = lists.sheet(number, point=place(number, north=moved))
    checked = lists.check(grids())

    assert [n for n in EVERYBODY if "point.off" in checked.codes(rows[n])] == [36, 38]


def test_an_empty_plot_or_a_lane_in_the_row_is_no_fault():
    lists = Lists()
    for number in ODD:
        lists.sheet(number, point=place(number, east=0.0 if number < 21 else 45.0))

    assert lists.check(grids()).all_codes() == set()


def test_a_lane_of_few_doors_finds_the_one_that_strayed():
    lists = Lists()
    lists.street(EVERYBODY)
    rows = {}
    for number in range(1, 7):
        x, y = (50.0 + (2.5 if number % 2 else -2.5), 30.0 + (number + 1) // 2 * 11.0)
        point = place(1, east=x + (40.0 if number == 4 else 0.0), north=y)
        rows[number] = lists.sheet(number, street="幸福路二巷", head=f"巷内{number}户", phone="", point=point)
    checked = lists.check(grids())

    assert [n for n in rows if "point.off" in checked.codes(rows[n])] == [4]


@pytest.mark.parametrize("cells", [
    {"lon": "未采集", "lat": "未采集"}, {"lon": "/", "lat": "/"}, {"position": "没信号"}, {"lon": "108.2", "lat": ""}])
def test_words_instead_of_a_point_are_a_missing_point(cells):
    lists = Lists()
    lists.street(EVERYBODY)
    row = lists.sheet(41, point=None, **cells)
    findings = [f.code for f in lists.check(grids()).result.findings if f.ref == row.ref]

    assert findings == ["point.missing"]
