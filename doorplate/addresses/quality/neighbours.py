"""Two doors judged together: neighbours whose plates hang the wrong way round, and two houses with one number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import dist, hypot

from doorplate.addresses.quality.duplicates import place_of
from doorplate.addresses.quality.homes import rising_across, strangeness
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.street import Street
from doorplate.addresses.quality.village import Village
from doorplate.model import Confidence

_ONE_HAND, _ONE_HAND_OF_ROWS = 0.8, 0.6  # (D) at a street's end only one hand has neighbours, and they count for less; in a group
# of several rows the row may turn there
_PLOTS, _SURE_PLOTS = 0.35, 0.6  # (D) exchanged doors give +1, doors in order −1, noise ±0.4; more where list order objects
_HOME = 4.0  # (D) nats (see homes.py) below which a door may have a number
_HERE_PLOTS = 0.4  # (D) nearer than the middle between two doors, with room for noise
_IN_ORDER = -0.4  # (D) below this the points say plainly that nothing was exchanged
_NOISE_M2 = 3.0 ** 2  # square of a phone's error on one axis (data README: about 3 m)
_PLACE_M2 = 5.0 ** 2  # (D) square of the same with the error of a place told by its neighbours
_STRAYED = 9.0  # (D) nats: a point that strayed stands anywhere (see homes.py), and proves no second house by that
_NOTED = 10.0  # (D) log odds of a note that says it


def find_swapped(village: Village) -> None:
    """`disordered` on both of two neighbours whose points, or places in the list, are exchanged."""
    for a, b in (*_swapped_by_points(village), *village.order.swapped):
        if "disordered" in a.codes() | b.codes():
            continue
        by_order = (a, b) in village.order.swapped
        if by_order and _points_deny(a, b, village.doors.of(a)) and not _noted(a, b, village):
            continue
        for one, other in ((a, b), (b, a)):
            where = place_of(other, one)
            message = (f"按{'名单顺序' if by_order else '坐标'}, {one.number} 号和{where}的 {other.number} 号正好对调, "
                       "像是两家门牌装反了。请到现场核对。")
            claim = Claim(message, one.elements.painted_number, f"{other.number}号", "likely", (other.ref,))
            one.find("disordered", claim)
            one.settled = False


def find_exchanged(village: Village) -> None:
    """`disordered` on the neighbour of a door whose note says that two plates hang the wrong way round."""
    by_door: dict[tuple[str, int | None], list[Line]] = defaultdict(list)
    for line in village.listed():
        by_door[line.way, line.number].append(line)
    for line in village.listed():
        noted = village.rules.notes.exchanged.said_in(line.note) and "disordered" in line.codes()
        if not noted or any(f.with_ for f in line.findings if f.code == "disordered") or line.number is None:
            continue
        street = village.doors.streets.get(line.way)
        others = [other for other in _next_doors(line, line.number, by_door, street.step if street else 1)
                  if _may_be_exchanged(line, other, street)]
        for other in others if len(others) == 1 else ():
            message = f"{place_of(line, other)}的备注说两家门牌装反了, 像是和这一家的 {other.number} 号对调。请到现场核对。"
            other.find("disordered", Claim(message, other.elements.painted_number, f"{line.number}号", "ask", (line.ref,)))
            other.settled = False


def _next_doors(line: Line, number: int, by_door: Mapping[tuple[str, int | None], Sequence[Line]], step: int) -> Iterable[Line]:
    """The one household on either hand, at the next number or the next but one."""
    for sign in (-1, 1):
        there = next((same for n in (1, 2) if (same := by_door.get((line.way, number + sign * n * step)))), ())
        if len(there) == 1 and there[0].kind != "retired" and not {"disordered", "wrong.number"} & there[0].codes():
            yield there[0]


def _may_be_exchanged(line: Line, other: Line, street: Street | None) -> bool:
    """Whether no point speaks against it that each door has the other's number."""
    if street is None or line.number is None or other.number is None:
        return True
    low, high = sorted((line, other), key=lambda x: x.number or 0)
    turned = _turned(low, high, street)
    prices = [strangeness(street, one, n, (two.index,)) for one, n, two in
              ((line, other.number, other), (other, line.number, line))]
    return (turned is None or turned.plots > 0.0) and all(price is None or price <= _HOME for price in prices)


def find_same_numbers(village: Village) -> None:
    """`duplicate.number` on both of two households that have one number but do not live in one house."""
    for same in _same_number(village):
        street = village.doors.of(same[0])
        told: list[tuple[float, int, int, Line]] = []
        for i, line in enumerate(same):
            rivals = [x for x in same if x.household != line.household]
            explained = {"wrong.number", "disordered"} & line.codes()
            if rivals and not explained and (best := _two_houses(line, rivals, street, village)):
                told.append((best[0], -i, best[1], rivals[0]))
        if told:
            _, at, free, rival = max(told, key=lambda t: t[:2])
            _report_same_number(same[-at], rival, free)


def _two_houses(line: Line, rivals: Sequence[Line], street: Street | None, village: Village) -> tuple[float, int] | None:
    """(log odds that this line has another door's number, the free number that would fit it or 0)."""
    lead, free = _free_number_fits(line, street, rivals) if street else (0.0, 0)
    if village.rules.notes.same_number.said_in(line.note):
        return max(lead, 0.0) + _NOTED, free if lead > 0 else 0
    return (lead, free) if free and lead > village.rules.numbers.twin_lead else None


def _report_same_number(line: Line, rival: Line, free: int) -> None:
    placed = f", 按位置这一家应是 {free} 号" if free else ""
    message = f"与{place_of(rival, line)}是两处房子, 门牌却都是 {line.number} 号{placed}。请到现场核对, 给其中一家编新号。"
    confidence: Confidence = "likely" if free else "ask"
    number = line.elements.painted_number
    line.find("duplicate.number", Claim(message, number, f"{free}号" if free else "", confidence, (rival.ref,)))
    line.settled = False
    message = f"与{place_of(line, rival)}是两处房子, 门牌却都是 {rival.number} 号, 这一家多半没错。请到现场一并核对。"
    rival.find("duplicate.number", Claim(message, number, "", "ask", (line.ref,)))


def _same_number(village: Village) -> list[list[Line]]:
    doors: dict[str, list[Line]] = defaultdict(list)
    for line in village.listed():
        if line.kind != "retired" and line.elements.number and line.elements.thoroughfare and not line.elements.room:
            doors[line.door].append(line)
    return [same for same in doors.values() if len({x.household for x in same}) > 1]


def _free_number_fits(line: Line, street: Street, rivals: Sequence[Line]) -> tuple[float, int]:
    """(log odds, number): the free number next door with which two doors explain both points better than one does."""
    if line.number is None or not line.fix or not line.fix.fine:
        return 0.0, 0
    rival = next((x for x in rivals if x.fix and x.fix.fine), None)
    skip = tuple(x.index for x in rivals)
    stays: float | None = 0.0
    if rival and rival.fix:
        apart = hypot(line.fix.east - rival.fix.east, line.fix.north - rival.fix.north)
        one_house, stays = apart ** 2 / (4 * _NOISE_M2), street.distance(rival, line.number, (line.index,))
    else:
        one_house = (street.distance(line, line.number, skip) or 0.0) ** 2 / (2 * _PLACE_M2)
    one_house, best = min(one_house, _STRAYED), (0.0, 0)
    for number in (line.number - street.step, line.number + street.step):
        moves = street.distance(line, number, skip) if number > 0 and number not in street.taken else None
        if stays is not None and moves is not None:
            best = max(best, (one_house - (stays ** 2 + moves ** 2) / (2 * _PLACE_M2), number))
    return best


def _swapped_by_points(village: Village) -> Iterable[tuple[Line, Line]]:
    by_way: dict[str, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in village.listed():
        if line.number is not None and line.fix and line.fix.fine and not line.elements.suffix and not village.is_disputed(line):
            by_way[line.way][line.number].append(line)
    for numbers in by_way.values():
        street = village.doors.of(next(iter(numbers.values()))[0])
        for low in sorted(numbers) if street else ():
            high = next((n for n in (low + street.step, low + 2 * street.step) if n in numbers), None) if street else None
            if high is None or street is None or len(numbers[low]) != 1 or len(numbers[high]) != 1:
                continue
            a, b = numbers[low][0], numbers[high][0]
            turned = _turned(a, b, street)
            listed = [_in_order(line, village) for line in (a, b)]
            apart = (high - low) // street.step
            if turned and _exchanged(turned, apart, listed) and _at_home_exchanged(a, b, street):
                yield a, b


def _exchanged(turned: _Turn, steps: int, listed: Sequence[bool]) -> bool:
    """Whether the points show that two doors so many numbers apart are exchanged. listed: list order calls them right."""
    if turned.by_across:
        return not any(listed) and abs(turned.plots - steps) <= _PLOTS
    return turned.plots > (_SURE_PLOTS if all(listed) else _PLOTS)


def _at_home_exchanged(a: Line, b: Line, street: Street) -> bool:
    """Whether each door stands where the other's number belongs, as far as that can be told."""
    skip = (a.index, b.index)
    prices = [strangeness(street, one, other.number, skip) for one, other in ((a, b), (b, a)) if other.number is not None]
    return all(price is None or price <= _HOME for price in prices)


@dataclass(frozen=True, slots=True)
class _Turn:
    """How clearly two doors stand the wrong way round, in plots: about +1 exchanged, −1 as it should be. by_across: told
    by the doors across alone."""

    plots: float
    by_across: bool = False


def _turned(a: Line, b: Line, street: Street) -> _Turn | None:
    """How much nearer the higher number is to the doors below, and the lower one to those above; with no other door on
    their side, how far they stand against the direction in which the numbers across rise."""
    if not (a.fix and b.fix and a.number is not None and b.number is not None):
        return None
    pa, pb = (a.fix.east, a.fix.north), (b.fix.east, b.fix.north)
    below, above = street.around(a.number, b.number, (a.index, b.index))
    strayed = any(min(dist(pa, q), dist(pb, q)) > 4 * street.plot_m for q in (*below[:1], *above[:1]))
    if strayed or dist(pa, pb) > 3 * street.plot_m:
        return None
    gains = [dist(q, pa) - dist(q, pb) for q in below] + [dist(q, pb) - dist(q, pa) for q in above]
    if gains:
        weight = 1.0 if below and above else _ONE_HAND_OF_ROWS if street.kind == "hamlet" else _ONE_HAND
        return _Turn(sum(gains) / len(gains) / street.plot_m * weight)
    rising = rising_across(street, a.number, (a.index, b.index))
    return _Turn(((pa[0] - pb[0]) * rising[0] + (pa[1] - pb[1]) * rising[1]) / street.plot_m, True) if rising else None


def _in_order(line: Line, village: Village) -> bool:
    place = village.order.of(line)
    return place is not None and line.number is not None and place.low < line.number < place.high


def _points_deny(a: Line, b: Line, street: Street | None) -> bool:
    """Both doors' points stand in the order of their numbers; where one alone has a point, it stands at its own."""
    low, high = sorted((a, b), key=lambda line: line.number or 0)
    fine = [line for line in (a, b) if line.fix and line.fix.fine]
    if not street or not fine:
        return False
    if len(fine) == 2:
        turned = _turned(low, high, street)
        return turned is not None and turned.plots < _IN_ORDER
    there, other = fine[0], b if fine[0] is a else a
    own, theirs = (street.distance(there, n, (other.index,)) for n in (there.number or 0, other.number or 0))
    here = _HERE_PLOTS * street.plot_m
    return own is not None and own <= here and (theirs is None or theirs > own + here)


def _noted(a: Line, b: Line, village: Village) -> bool:
    return any(village.rules.notes.out_of_order.said_in(line.note) for line in (a, b))
