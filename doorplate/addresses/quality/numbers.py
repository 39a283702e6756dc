"""Wrong and disordered numbers, and points that are off: one line's number against list order, points and other lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doorplate.addresses.quality import off_points
from doorplate.addresses.quality.evidence import Evidence, gather, numbers_elsewhere
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.village import Village
from doorplate.model import Confidence

_JUDGED = {"wrong.number", "disordered", "point.off"}


def judge_numbers(village: Village) -> None:
    """wrong.number, disordered and point.off for every listed line that has a number.

    A point found to be off tells nothing about its neighbours: where there was one, the street is judged once more.
    """
    asked = [line for line in village.listed()
             if line.number is not None and line.kind != "retired" and line.elements.thoroughfare]
    strayed: set[str] = set()
    for _ in range(2):
        for line in asked:
            _judge(line, village)
            street = village.doors.of(line)
            if street and line.index not in street.doubtful and "point.off" in line.codes():
                street.doubtful.add(line.index)
                strayed.add(line.way)
        asked = [line for line in asked if line.way in strayed and not _JUDGED & line.codes()]


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
    if evidence.point_against and not evidence.order_against and not noted and not _stands_elsewhere(evidence):
        if not off_points.other_system(line, evidence, village):
            off_points.report(line, evidence.misfit or 0.0)
        return
    moved = evidence.point_for or (evidence.misfit is None and village.order.has_place_for(line))
    if evidence.order_against and moved and not noted:
        return  # the line merely stands at another place of the sheet
    if noted or evidence.point_against or evidence.order_against:
        free = evidence.free_numbers()
        clear = (evidence.point_against and evidence.on_the_line) or len(free) == 1
        _out_of_order(line, free[0] if free and clear else None, noted=noted, agreed=agreed)


def _stands_elsewhere(evidence: Evidence) -> bool:
    """The point stands in a gap between doors of this street: a house whose number is wrong, not a point gone astray."""
    spot, street, number = evidence.spot, evidence.street, evidence.line.number
    if evidence.order_for or not evidence.on_the_line or spot is None:
        return False
    if street and number is not None and street.beyond_end(number, (evidence.line.index,)):
        return True
    return spot.between and bool(spot.free) and not _on_a_door(evidence)


def _on_a_door(evidence: Evidence) -> bool:
    street, line = evidence.street, evidence.line
    if not street or not line.fix or not evidence.spot:
        return False
    apart = [m for n in (evidence.spot.low, evidence.spot.high) if (m := street.distance(line, n)) is not None]
    return bool(apart) and min(apart) < 0.4 * street.plot_m


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
