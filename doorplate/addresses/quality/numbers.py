"""Wrong and disordered numbers, and points that are off: one line's number against list order, points and other lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from doorplate.addresses.quality import off_points
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.evidence import Evidence, gather, numbers_elsewhere
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.order import Order
from doorplate.model import Confidence


def judge_numbers(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], doors: Doors, order: Order, context: CheckContext) -> None:
    """wrong.number, disordered and point.off for every listed line that has a number."""
    swapped = {line.index for pair in order.swapped for line in pair}
    for line in lines:
        if line.list_name != "sheets" or line.number is None or line.kind == "retired" or not line.elements.thoroughfare:
            continue
        evidence = gather(line, doors, order, context)
        elsewhere = numbers_elsewhere(line, households[line.household])
        others = {n: said for n, said in elsewhere.items() if n != line.number}
        if others and line.number not in elsewhere:
            _lists_disagree(evidence, *next(iter(others.items())))
        elif line.index not in swapped:
            _number_against_place(evidence, agreed=line.number in elsewhere, context=context)


def _lists_disagree(evidence: Evidence, number: int, said: Sequence[Line]) -> None:
    """This line and another list name different numbers: which of the two fits the place?"""
    line, own = evidence.line, evidence.line.number
    if own is None:
        return
    corrected = any(other.correction for other in said)
    lead = (2 if corrected else 0) + _lead_by_point(evidence, own, number) + _lead_by_order(evidence, own, number)
    if lead < 0:
        for other in said:
            other.find("wrong.number", f"这里写的是 {number} 号, 核对表和现场位置都说是 {own} 号。请核对。", field="number",
                       value=other.row.cell("address"), proposal=f"{own}号", confidence="likely", with_=(line.ref,))
        return
    confidence: Confidence = "sure" if lead > 0 else "likely" if is_typo(str(own), str(number)) else "ask"
    told = "群里更正说" if corrected else "另一份名单写的是"
    message = f"登记为 {own} 号, {told} {number} 号" + (", 位置也在那里" if lead > 0 and not corrected else "") + "。请按实际门牌更正。"
    line.find("wrong.number", message, field="number", value=line.elements.painted_number, proposal=f"{number}号",
              confidence=confidence, with_=tuple(o.ref for o in said))
    _adopt(line, number, confidence)


def _lead_by_point(evidence: Evidence, own: int, other: int) -> int:
    """+1 where the point prefers the other number, −1 where it prefers the line's own, 0 where it does not tell."""
    mine, theirs = evidence.misfit, evidence.misfit_of(other)
    if mine is None and theirs is None:
        return 0
    if theirs is not None and theirs <= evidence.near_m and (mine is None or mine > theirs + evidence.near_m):
        return 1
    if mine is not None and mine <= evidence.near_m and (theirs is None or theirs > mine + evidence.near_m):
        return -1
    return 0


def _lead_by_order(evidence: Evidence, own: int, other: int) -> int:
    if evidence.order_against and evidence.order_takes(other):
        return 1
    return -1 if evidence.order_for and not evidence.order_takes(other) else 0


def _number_against_place(evidence: Evidence, *, agreed: bool, context: CheckContext) -> None:
    """No other list contradicts: does the number fit the place the list and the point give it?"""
    line = evidence.line
    noted = context.rules.notes.out_of_order.said_in(line.note)
    if evidence.point_against and not evidence.order_against and not noted and not _stands_elsewhere(evidence):
        off_points.report(line, evidence.misfit or 0.0)
        return
    if evidence.order_against and evidence.point_for and not noted:
        return  # the line merely stands at another place of the sheet
    if not (noted or evidence.point_against or evidence.order_against):
        return
    free = evidence.free_numbers()
    likely = free[:1] if evidence.point_against and evidence.on_the_line or len(free) == 1 else []
    _out_of_order(line, likely[0] if likely else None, noted, agreed)


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


def _out_of_order(line: Line, number: int | None, noted: bool, agreed: bool) -> None:
    own = str(line.number)
    proposal = f"{number}号" if number is not None else ""
    if not agreed and number is not None and is_typo(own, str(number)):
        line.find("wrong.number", f"登记为 {own} 号, 位置却在 {number} 号处, 像是写错。请核对门牌。", field="number",
                  value=line.elements.painted_number, proposal=proposal, confidence="likely")
    else:
        why = "备注说号码不对或装反" if noted else "它的位置和左右邻居的号码对不上"
        what = f", 按位置应是 {number} 号" if number is not None else ", 应是几号要到现场看"
        line.find("disordered", f"门牌是 {own} 号, 但{why}{what}。请核对后调整。", field="number", value=line.elements.painted_number,
                  proposal=proposal, confidence="likely" if number is not None else "ask")
    _adopt(line, number, "likely" if number is not None else "ask")


def _adopt(line: Line, number: int | None, confidence: Confidence) -> None:
    """The line's address from now on; only a sure number is taken without a person."""
    if confidence == "sure" and number is not None:
        line.elements = replace(line.elements, number=str(number), suffix=line.elements.suffix)
    else:
        line.settled = False


def is_typo(a: str, b: str) -> bool:
    """One digit added, lost or changed, or two neighbours exchanged: what a hand does, not what a wall does."""
    if len(a) == len(b):
        differ = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        return len(differ) == 1 or (len(differ) == 2 and differ[1] == differ[0] + 1 and a[differ[0]] == b[differ[1]] and a[differ[1]] == b[differ[0]])
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return len(longer) == len(shorter) + 1 and any(longer[:i] + longer[i + 1:] == shorter for i in range(len(longer)))
