"""How strange a point is for its number: what would have to be true for it to stand at its door. Metres in the check's frame.

The doors with the nearest numbers on its own side tell: the point stands between them, a row of houses ends or begins
there, the street turns, or only the other side is known. Each explanation has its price, in nats: how seldom it is so,
and how far the point lies from where it would then be. The cheapest counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from math import dist, hypot, inf, log, sqrt

from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.rows_of_doors import XY, Door, foot
from doorplate.addresses.quality.street import NOISE_M, Street
from doorplate.addresses.rules import NumberRules

_PHONE_M = 4.5  # (D) a phone's 3 m, and as much again for the door that is compared
_UNEVEN = 0.5  # (D) plots are uneven, numbers were left out: so many plots of doubt after one step, √k times that after k
_ACROSS_M = 16.0  # (D) from door to door across a village street
_BEND_M = 800.0  # (D) eight times the radius of a street's bend: a chord of 40 m lies 2 m beside the street
_FOLDED = 0.5  # (D) nearer than half the way between their numbers, two doors stand in different rows
_CLEAR = 1.5  # cheaper than this nothing else need be tried
# (D) prices in nats: −ln of how often it is so
_GAP = 1.5  # a lane's mouth or an empty plot between two doors
_STRAY = 3.0  # a next door whose own point is bad, when nothing else is known of it
_STRAYED = 9.0  # any point at all, if it has strayed: one in sixty does (4), and may then be anywhere within 60 to 90 m (5)
_END = 0.7  # a row that ends here, the next door standing elsewhere
_TURN = 2.0  # a street that turns here
_BACK = 5.0  # a door outside the unbroken row of its neighbours, or away from its own house number's other door
_MOST_STEPS = 12  # (D) further along the numbers no door tells anything
_NEAR_STEPS = 4  # (D) so far a bad point changes what its neighbours look like


def strangeness(street: Street, line: Line, number: int, without: tuple[int, ...] = ()) -> float | None:
    """The price of a number for a line's point: below 3 it is at home, above 9 it is not; None where nothing tells."""
    if not line.fix or not line.fix.fine:
        return None
    blind = street.doubtful | {line.index, *without}
    return _cheapest(_Place(street, number, (line.fix.east, line.fix.north), blind, annex=bool(line.elements.suffix)))


def most_strange(street: Street, rules: NumberRules) -> float:
    """The price above which a point is not at home: higher where houses stand in rows that end and begin anywhere."""
    return rules.strange if street.kind in ("street", "lane") else rules.strange_in_rows


def find_strays(street: Street, limit: float) -> set[int]:
    """Indices of the lines whose points are no evidence for anybody else's place: the strangest first, for it may make
    its neighbours look strange too; then those once more without it."""
    strays: set[int] = set()
    told = {n: _strangest(street, n, strays) for n in street.numbers}
    while told:
        number = max(told, key=lambda n: told[n][0])
        price, index = told[number]
        if price <= limit:
            break
        strays.add(index)
        for n in street.numbers:
            if abs(n - number) <= _NEAR_STEPS * street.step:
                told[n] = _strangest(street, n, strays)
    return strays


def _strangest(street: Street, number: int, strays: set[int]) -> tuple[float, int]:
    """(price, line) of the strangest point that a number has."""
    told = [(_cheapest(_Place(street, number, here, strays | {index})) or 0.0, index)
            for index, here in street.doors[number] if index not in strays]
    return max(told, default=(0.0, -1))


def _cheapest(place: _Place) -> float | None:
    for price in _prices(place):
        if price < place.best:
            place.best = price
            if price < _CLEAR:
                break
    return place.best if place.best < inf else None


def rising_across(street: Street, number: int, without: tuple[int, ...] = ()) -> XY | None:
    """The direction in which the numbers on the other side rise, as one metre; None where they do not tell."""
    return _Place(street, number, (0.0, 0.0), street.doubtful | {*without}).axis()


class _Place:
    """A number's surroundings: the next doors below and above it, nearest first, on its own side and across."""

    def __init__(self, street: Street, number: int, here: XY, blind: set[int], *, annex: bool = False,
                 plain: bool = False) -> None:
        """blind: lines that tell nothing · annex: the door is 附1 … of its number · plain: its neighbours are believed."""
        self.street, self.number, self.here, self._blind, self._plain = street, number, here, blind, plain
        self.plot, self.best = street.plot_m, inf
        self.slack = self.plot if annex else 0.0  # a door 附1 stands up to a plot from its house's first
        self.same = street.door(number, blind)
        self.annexes = [p for index, p in street.annexes.get(number, ()) if index not in blind]
        self.below, self.above = self.hand(-1, 0), self.hand(1, 0)

    def hand(self, way: int, side: int) -> list[Door]:
        """The three next doors one way; side: 0 = the number's own, 1 = across."""
        street, found = self.street, list[Door]()
        at = bisect_left(street.numbers, self.number)
        numbers = reversed(street.numbers[max(0, at - 30):at]) if way < 0 else iter(street.numbers[at:at + 30])
        for n in numbers:
            if abs(n - self.number) > _MOST_STEPS * street.step or len(found) == 3:
                break
            if n != self.number and (n - self.number) % street.sides == side and (door := street.door(n, self._blind)):
                found.append(door)
        return found

    def axis(self) -> XY | None:
        """The direction in which the numbers across rise, as one metre; None where they do not tell."""
        doors = sorted(self.hand(-1, 1)[:2] + self.hand(1, 1)[:2]) if self.street.sides == 2 else []
        if len(doors) < 2 or not self.unbroken(doors[0], doors[-1], 1.5, self.plot):
            return None
        (_, p), (_, q) = doors[0], doors[-1]
        length = dist(p, q)
        return ((q[0] - p[0]) / length, (q[1] - p[1]) / length) if length > self.plot / 2 else None

    def passing(self, price: float, doors: list[Door]) -> float:
        """A price that takes these doors' points for bad: dear where a door's other neighbours call it right."""
        for door in doors:
            if price >= self.best:
                break
            price += self._stray(door)
        return price

    def _stray(self, door: Door) -> float:
        if self._plain:
            return _STRAY
        own = {index for index, _ in self.street.doors[door[0]]}
        price = _cheapest(_Place(self.street, *door, self._blind | own, plain=True))
        return _STRAY if price is None else max(1.0, _STRAYED - price)

    def crosses(self) -> bool:
        """Whether the point lies on the other side of the doors across than most doors of its own side."""
        own = self.below + self.above
        low, high = (self.hand(way, 1)[:1] for way in (-1, 1)) if self.street.sides == 2 and len(own) > 1 else ([], [])
        if not low or not high or not self.unbroken(low[0], high[0], 1.3, NOISE_M):
            return False
        (px, py), (qx, qy) = low[0][1], high[0][1]
        here, *doors = ((x - px) * (qy - py) - (y - py) * (qx - px) for x, y in (self.here, *(p for _, p in own)))
        wide = _PHONE_M * dist(low[0][1], high[0][1])
        return abs(here) > 2 * wide and 4 * sum(abs(d) > wide and d * here < 0 for d in doors) >= 3 * len(doors)

    def steps(self, a: float, b: float) -> float:
        return abs(a - b) / self.street.step

    def doubt(self, steps: float) -> float:
        """How far along the row a door may stand from where even plots would have it."""
        return hypot(_PHONE_M, _UNEVEN * self.plot * sqrt(steps)) + self.slack

    def unbroken(self, low: Door, high: Door, factor: float, more: float) -> bool:
        """Whether two doors may stand in one row: as far apart as their numbers say, give or take; a row that folds back
        brings them nearer."""
        usual, length = self.steps(low[0], high[0]) * self.plot, dist(low[1], high[1])
        return _FOLDED * usual - NOISE_M <= length <= factor * usual + more

    def row_behind(self, hand: list[Door]) -> Door | None:
        """The furthest of the next doors that stands in one straight row with the first of them."""
        if len(hand) > 2 and self.unbroken(hand[2], hand[0], 1.3, NOISE_M):
            along, away = foot(hand[1][1], hand[0][1], hand[2][1])
            if away <= NOISE_M and 0.0 <= along <= 1.0:
                return hand[2]
        return hand[1] if len(hand) > 1 and self.unbroken(hand[1], hand[0], 1.3, NOISE_M) else None


def _prices(place: _Place) -> Iterator[float]:
    apart = 0.0
    if place.same:
        yield _ring(dist(place.here, place.same[1]) - place.slack, 0.0, _PHONE_M)
        apart = _BACK
    elif place.annexes:
        yield min(_ring(dist(place.here, p), place.plot, _PHONE_M) for p in place.annexes)
        apart = _STRAY
    below, above = place.below, place.above
    if below and above and place.unbroken(below[0], above[0], 1.3, NOISE_M):
        yield apart + (_between(place, below[0], above[0]) or 0.0)
    apart += _BACK if place.crosses() else 0.0
    whole = bool(below and above) and place.unbroken(below[0], above[0], 1.5, 3 * place.plot)
    for low, high in ((b, a) for b in below[:2] for a in above[:2]):
        if (price := _between(place, low, high)) is not None:
            passed = [hand[0] for hand, door in ((below, low), (above, high)) if door is not hand[0]]
            yield place.passing(apart + price, passed)
    for hand, other in ((below, above), (above, below)):
        leaving = apart + (0.0 if not other else _BACK if whole else _END)
        for skipped in range(len(hand)):
            yield place.passing(leaving + _beyond(place, hand[skipped:]), hand[:skipped])
    if below and above and not whole:
        yield apart + _TURN + sum(_around(place, door) for door in (below[0], above[0])) / 2
    if place.street.sides == 2:
        strays = [hand[0] for hand in (below, above) if hand]
        yield from (place.passing(apart + price, strays) for price in _across(place))


def _between(place: _Place, low: Door, high: Door) -> float | None:
    """The point stands in the row between two doors, however uneven the plots; None where the row breaks between them."""
    if not place.unbroken(low, high, 1.5, 3 * place.plot):
        return None
    gap = 0.0 if place.unbroken(low, high, 1.3, NOISE_M) else _GAP
    along, away = foot(place.here, low[1], high[1])
    length, steps = dist(low[1], high[1]), place.steps(low[0], high[0])
    at = place.steps(low[0], place.number)
    doubt = place.doubt(min(at, steps - at)) + (0.5 * max(0.0, length - steps * place.plot) if gap else 0.0)
    beyond = max(0.0, -along, along - 1.0) * length
    price = _spot(abs(along - at / steps) * length, away, doubt, hypot(_PHONE_M, length ** 2 / _BEND_M) + place.slack)
    return gap + price + 0.5 * (beyond / (_PHONE_M + place.slack)) ** 2


def _beyond(place: _Place, hand: list[Door]) -> float:
    """The row goes on from its last doors as it went before, or as the doors across do; from one door alone any way."""
    (n, p), steps = hand[0], place.steps(hand[0][0], place.number)
    doubt = place.doubt(steps)
    back = place.row_behind(hand)
    axis, length = (None, 1.0) if back else (place.axis(), 2 * place.plot)
    if back:
        length = max(dist(p, back[1]), 1.0)
        axis = ((p[0] - back[1][0]) / length, (p[1] - back[1][1]) / length)
    elif axis and n > place.number:
        axis = -axis[0], -axis[1]
    if axis is None:
        return _ring(dist(place.here, p), steps * place.plot, doubt)
    along, away = foot(place.here, p, (p[0] + axis[0], p[1] + axis[1]))
    turn = _PHONE_M * steps * place.plot / length
    return _spot(along - steps * place.plot, away, doubt, hypot(_PHONE_M, turn) + place.slack)


def _around(place: _Place, door: Door) -> float:
    reach = 1.2 * place.steps(door[0], place.number) * place.plot
    return _ring(dist(place.here, door[1]), reach, NOISE_M)


def _across(place: _Place) -> Iterator[float]:
    """Opposite the doors with the nearest numbers; the two sides drift apart along a street."""
    drift = 0.15 * place.number * place.street.per_number
    for way in (-1, 1):
        for n, p in place.hand(way, 1)[:1]:
            steps = place.steps(n, place.number)
            yield _ring(dist(place.here, p), hypot(steps * place.plot, _ACROSS_M), place.doubt(steps) + drift)


def _spot(along: float, away: float, long: float, wide: float) -> float:
    """Nats of a point so far along a row and beside it from its place, where `long` and `wide` are usual."""
    return 0.5 * ((along / long) ** 2 + (away / wide) ** 2) + log(long * wide / _PHONE_M ** 2)


def _ring(away: float, reach: float, doubt: float) -> float:
    """Nats of a point so far from a door that may stand anywhere within reach."""
    return 0.5 * (max(0.0, away - reach) / doubt) ** 2 + log(max(1.0, (reach + doubt) ** 2 / (2 * _PHONE_M ** 2)))
