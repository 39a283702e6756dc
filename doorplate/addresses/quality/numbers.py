"""Wrong and disordered numbers, and points that are off: one line's number against list order, points and other lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import dist

from doorplate.addresses.quality import off_points
from doorplate.addresses.quality.evidence import Evidence, gather, numbers_elsewhere
from doorplate.addresses.quality.homes import strangeness
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.village import Village
from doorplate.model import Confidence

_ON_A_DOOR = 0.4  # (D) plots: less than half-way to the next
_TRIED = 4  # (D) free numbers that come into question at one place
_HOME = 3.0  # (D) nats below which a point is at home at a number (see homes.py)


def judge_numbers(village: Village) -> None:
    """wrong.number, disordered and point.off for every listed line that has a number."""
    for line in village.listed():
        if line.number is not None and line.kind != "retired" and line.elements.thoroughfare:
            _judge(line, village)


def _judge(line: Line, village: Village) -> None:
    evidence = gather(line, village)
    elsewhere = numbers_elsewhere(line, village.households[line.household])
    if line.number is not None and elsewhere and line.number not in elsewhere:
        number = next(iter(elsewhere))
        _lists_disagree(evidence, line.number, number, elsewhere[number])
    elif "disordered" not in line.codes():
        noted = village.rules.notes.out_of_order.said_in(line.note)
        _number_against_place(evidence, village, noted=noted, agreed=line.number in elsewhere)


def _lists_disagree(evidence: Evidence, own: int, number: int, said: Sequence[Line]) -> None:
    """This line and another list name different numbers: which of the two fits the place?"""
    line, corrected = evidence.line, any(other.correction for other in said)
    lead = (2 if corrected else 0) + _lead_by_point(evidence, number) + _lead_by_order(evidence, number)
    if lead < 0:
        for other in said:
            message = f"这里写的是 {number} 号, 核对表和现场位置都说是 {own} 号。请核对。"
            other.find("wrong.number", Claim(message, other.row.cell("address"), f"{own}号", "likely", (line.ref,)))
        return
    confidence: Confidence = "sure" if lead > 0 else "likely" if is_typo(str(own), str(number)) else "ask"
    told = "群里更正说" if corrected else "另一份名单写的是"
    placed = ", 位置也在那里" if lead > 0 and not corrected else ""
    message = f"登记为 {own} 号, {told} {number} 号{placed}。请按实际门牌更正。"
    refs = tuple(other.ref for other in said)
    line.find("wrong.number", Claim(message, line.elements.painted_number, f"{number}号", confidence, refs))
    _adopt(line, number, confidence)


def _lead_by_point(evidence: Evidence, other: int) -> int:
    """+1 where the point prefers the other number, −1 where it prefers the line's own, 0 where it does not tell."""
    mine, theirs, near = evidence.misfit, evidence.misfit_of(other), evidence.near_m
    if theirs is not None and theirs <= near and (mine is None or mine > theirs + near):
        return 1
    if mine is not None and mine <= near and (theirs is None or theirs > mine + near):
        return -1
    return 0


def _lead_by_order(evidence: Evidence, other: int) -> int:
    if evidence.order_against and evidence.order_takes(other):
        return 1
    return -1 if evidence.order_for and not evidence.order_takes(other) else 0


def _number_against_place(evidence: Evidence, village: Village, *, noted: bool, agreed: bool) -> None:
    """No other list contradicts: does the number fit the place the list and the point give it?

    noted: a note calls the number wrong · agreed: another list has the same number.
    """
    line = evidence.line
    number = _number_of_place(evidence)
    jumped = evidence.point_against and _beyond_end(evidence)
    if evidence.point_against and number is None and not noted and not jumped:
        if not off_points.other_system(line, evidence, village):
            off_points.report(line, evidence.misfit or village.rules.points.off_m, village)
        return
    if evidence.order_against and not noted and (
            evidence.point_for or (evidence.misfit is None and village.order.has_place_for(line))):
        return  # the line merely stands at another place of the sheet
    if noted or evidence.point_against or evidence.order_against:
        free = evidence.free_numbers()
        _out_of_order(line, number or (free[0] if len(free) == 1 else None), noted=noted, agreed=agreed)


def _number_of_place(evidence: Evidence) -> int | None:
    """The free number where the point is at home: a house whose number is wrong, not a point gone astray."""
    street, line = evidence.street, evidence.line
    spot = evidence.spot if evidence.point_against and not evidence.order_for else None
    if not street or not spot or line.number is None:
        return None
    blind = street.doubtful | {line.index}
    if not (spot.between or street.beyond_end(line.number, blind)) or street.door(line.number, blind) or _on_a_door(evidence):
        return None
    prices = [(price, n) for n in evidence.free_numbers()[:_TRIED] if (price := strangeness(street, line, n)) is not None]
    return min(prices)[1] if prices and min(prices)[0] <= _HOME else None


def _beyond_end(evidence: Evidence) -> bool:
    """The number is far outside the street's, and the point among the street's doors: the number is wrong, not the point."""
    street, line = evidence.street, evidence.line
    return bool(street and line.number is not None and evidence.on_the_line and street.beyond_end(line.number, (line.index,)))


def _on_a_door(evidence: Evidence) -> bool:
    """Whether the point stands on another door, where no second house can be."""
    street, line = evidence.street, evidence.line
    if not street or not line.fix or not evidence.spot:
        return False
    here, near = (line.fix.east, line.fix.north), (evidence.spot.low, evidence.spot.high)
    doors = [door for n in near if (door := street.door(n, street.doubtful | {line.index}))]
    return any(dist(here, p) < _ON_A_DOOR * street.plot_m for _, p in doors)


def _out_of_order(line: Line, number: int | None, *, noted: bool, agreed: bool) -> None:
    own, proposal = str(line.number), f"{number}号" if number is not None else ""
    confidence: Confidence = "likely" if number is not None else "ask"
    if number is not None and not agreed and is_typo(own, str(number)):
        message = f"登记为 {own} 号, 位置却在 {number} 号处, 像是写错。请核对门牌。"
        line.find("wrong.number", Claim(message, line.elements.painted_number, proposal, confidence))
    else:
        why = "备注说号码不对或装反" if noted else "它的位置和左右邻居的号码对不上"
        what = f"按位置应是 {number} 号" if number is not None else "应是几号要到现场看"
        message = f"门牌是 {own} 号, 但{why}, {what}。请核对后调整。"
        line.find("disordered", Claim(message, line.elements.painted_number, proposal, confidence))
    _adopt(line, number, confidence)


def _adopt(line: Line, number: int | None, confidence: Confidence) -> None:
    """The line's address from now on; only a sure number is taken without a person."""
    if confidence == "sure" and number is not None:
        line.elements = replace(line.elements, number=str(number))
    else:
        line.settled = False


def is_typo(a: str, b: str) -> bool:
    """One digit added, lost or changed, or two neighbours exchanged: what a hand does, not what a wall does."""
    if len(a) == len(b):
        differ = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(differ) == 2:
            i, j = differ
            return j == i + 1 and a[i] == b[j] and a[j] == b[i]
        return len(differ) == 1
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return len(longer) == len(shorter) + 1 and any(longer[:i] + longer[i + 1:] == shorter for i in range(len(longer)))
