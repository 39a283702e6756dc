"""Two doors judged together: neighbours whose plates hang the wrong way round, and two houses with one number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import dist, hypot

from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.doors import Doors, Street
from doorplate.addresses.quality.duplicates import place_of
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.order import Order

_ONE_HAND = 0.6  # (D) at a street's end only one hand has neighbours, and they count for less
_PLOTS, _SURE_PLOTS = 0.35, 0.6  # (D) exchanged doors give +1, doors in order −1, noise ±0.4; more where list order objects
_NOISE_M2 = 3.0 ** 2  # square of a phone's error on one axis (data README: about 3 m)
_PLACE_M2 = 5.0 ** 2  # (D) square of the same with the error of a place told by its neighbours


def find_swapped(lines: Sequence[Line], doors: Doors, order: Order, context: CheckContext) -> None:
    """`disordered` on both of two neighbours whose points, or places in the list, are exchanged."""
    for a, b in (*_swapped_by_points(lines, doors, order), *order.swapped):
        if {"wrong.number", "point.off"} & (a.codes() | b.codes()):
            continue
        if (order_says := (a, b) in order.swapped) and _points_deny(a, b, doors.of(a)) and not _noted(a, b, context):
            continue
        for one, other in ((a, b), (b, a)):
            why = "名单顺序" if order_says else "坐标"
            one.find("disordered", f"按{why}, {one.number} 号和{place_of(other, one)}的 {other.number} 号正好对调, 像是两家门牌装反了。请到现场核对。",
                     field="number", value=one.elements.painted_number, proposal=f"{other.number}号", confidence="likely", with_=(other.ref,))
            one.settled = False


def find_same_numbers(lines: Sequence[Line], doors: Doors, context: CheckContext) -> None:
    """`duplicate.number` on both of two households that have one number but do not live in one house."""
    for same in _same_number(lines):
        street = doors.of(same[0])
        told = [(lead, -i, line, rivals[0], free) for i, line in enumerate(same)
                if (rivals := [x for x in same if x.household != line.household]) and not {"wrong.number", "disordered"} & line.codes()
                and (best := _two_houses(line, rivals, street, context)) for lead, free in [best]]
        if told:
            _, _, line, rival, free = max(told, key=lambda t: t[:2])
            _report_same_number(line, rival, free)


def _two_houses(line: Line, rivals: Sequence[Line], street: Street | None, context: CheckContext) -> tuple[float, int] | None:
    """(log odds that this line has another door's number, the free number that would fit it or 0)."""
    lead, free = _free_number_fits(line, street, rivals) if street else (0.0, 0)
    if context.rules.notes.same_number.said_in(line.note):
        return max(lead, 0.0) + 10.0, free if lead > 0 else 0
    return (lead, free) if free and lead > context.rules.numbers.twin_lead else None


def _report_same_number(line: Line, rival: Line, free: int) -> None:
    line.find("duplicate.number", f"与{place_of(rival, line)}是两处房子, 门牌却都是 {line.number} 号" + (f", 按位置这一家应是 {free} 号" if free else "")
              + "。请到现场核对, 给其中一家编新号。", field="number", value=line.elements.painted_number, proposal=f"{free}号" if free else "",
              confidence="likely" if free else "ask", with_=(rival.ref,))
    line.settled = False
    rival.find("duplicate.number", f"与{place_of(line, rival)}是两处房子, 门牌却都是 {rival.number} 号, 这一家多半没错。请到现场一并核对。",
               field="number", value=rival.elements.painted_number, proposal="", confidence="ask", with_=(line.ref,))


def _swapped_by_points(lines: Sequence[Line], doors: Doors, order: Order) -> Iterable[tuple[Line, Line]]:
    by_way: dict[str, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line.list_name == "sheets" and line.number is not None and line.fix and line.fix.fine and not line.elements.suffix:
            by_way[line.way][line.number].append(line)
    for numbers in by_way.values():
        street = doors.of(next(iter(numbers.values()))[0])
        for low in sorted(numbers) if street else ():
            high = next((n for n in (low + street.step, low + 2 * street.step) if n in numbers), None) if street else None
            if high is None or street is None or len(numbers[low]) != 1 or len(numbers[high]) != 1:
                continue
            a, b = numbers[low][0], numbers[high][0]
            turned = _turned(a, b, street)
            if turned is not None and turned > (_SURE_PLOTS if _in_order(a, order) and _in_order(b, order) else _PLOTS):
                yield a, b


def _noted(a: Line, b: Line, context: CheckContext) -> bool:
    return any(context.rules.notes.out_of_order.said_in(line.note) for line in (a, b))


def _turned(a: Line, b: Line, street: Street) -> float | None:
    """How clearly two doors stand the wrong way round among their neighbours: about +1 exchanged, −1 as it should be.

    In plots: how much nearer the higher number is to the doors below, and the lower one to those above.
    """
    if not (a.fix and b.fix and a.number is not None and b.number is not None):
        return None
    pa, pb = (a.fix.east, a.fix.north), (b.fix.east, b.fix.north)
    below, above = street.around(a.number, b.number, (a.index, b.index))
    if dist(pa, pb) > 3 * street.plot_m or any(min(dist(pa, q), dist(pb, q)) > 4 * street.plot_m for q in (*below[:1], *above[:1])):
        return None
    gains = [dist(q, pa) - dist(q, pb) for q in below] + [dist(q, pb) - dist(q, pa) for q in above]
    if not gains:
        return None
    return sum(gains) / len(gains) / street.plot_m * (1.0 if below and above else _ONE_HAND)


def _in_order(line: Line, order: Order) -> bool:
    place = order.of(line)
    return place is not None and line.number is not None and place.low < line.number < place.high


def _points_deny(a: Line, b: Line, street: Street | None) -> bool:
    """Both doors' points stand in the order of their numbers."""
    turned = _turned(a, b, street) if street and a.fix and b.fix and a.fix.fine and b.fix.fine else None
    return turned is not None and turned < -0.4


def _same_number(lines: Sequence[Line]) -> list[list[Line]]:
    doors: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.list_name == "sheets" and line.kind != "retired" and line.elements.number and line.elements.thoroughfare and not line.elements.room:
            doors[line.list_name, line.door].append(line)
    return [same for same in doors.values() if len({x.household for x in same}) > 1]


def _free_number_fits(line: Line, street: Street, rivals: Sequence[Line]) -> tuple[float, int]:
    """(log odds, number): the free number next door with which two doors explain both points better than one does."""
    if line.number is None or not line.fix or not line.fix.fine:
        return 0.0, 0
    rival = next((x for x in rivals if x.fix and x.fix.fine), None)
    skip = tuple(x.index for x in rivals)
    if rival and rival.fix:
        apart = hypot(line.fix.east - rival.fix.east, line.fix.north - rival.fix.north)
        one_house, stays = apart ** 2 / (4 * _NOISE_M2), street.distance(rival, line.number, (line.index,))
    else:
        own = street.distance(line, line.number, skip)
        one_house, stays = (own or 0.0) ** 2 / (2 * _PLACE_M2), 0.0
    best = (0.0, 0)
    for number in (line.number - street.step, line.number + street.step):
        moves = street.distance(line, number, skip) if number > 0 and number not in street.taken else None
        if stays is not None and moves is not None:
            best = max(best, (one_house - (stays ** 2 + moves ** 2) / (2 * _PLACE_M2), number))
    return best
