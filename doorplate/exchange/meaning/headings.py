"""A line of its own above several households: 【幸福路】, 五巷：, 第三组, 徐家畈, 其他（非本街）."""

from __future__ import annotations

import re
from dataclasses import dataclass

from doorplate.exchange.meaning.hints import folded, grid_in, streets_in
from doorplate.exchange.meaning.values import NUMERAL

_FRAME = " 　()（）[]【】〔〕《》<>:：、,，。.—-=*#·"
_HAMLET = re.compile(r"(?:第)?[0-9一二三四五六七八九十]{1,3}(?:村民小)?(?:组|队|社)|[一-龥]{1,4}(?:村民小组|小组|组|队|社)")
_WAY = re.compile(
    rf"(?:[一-鿿㐀-䶿]{{1,8}}|[{NUMERAL}]{{1,4}}[一-鿿]{{0,4}})(?:大道|马路|胡同|公路|路|街|巷|弄|里|道)(?:[东南西北中]段)?"
)
_LANE = re.compile(rf"第?[{NUMERAL}]{{1,4}}(?:巷|弄|胡同|号巷)")
_LANE_BEHIND = re.compile(r"(?P<street>.{2,8}(?:大道|马路|公路|路|街|道))(?P<lane>.{1,6}(?:巷|弄|胡同|里))")
_OTHERS = re.compile(r"其[他它余](?:[(（].*[)）])?|非本[街路组村].*|外来户?|零散户?|散户")
_PLACE = re.compile(r"[一-鿿㐀-䶿]{2,6}")
_NO_PLACE = re.compile(
    r"空|以下|以上|备注|说明|续表|合计|小计|总计|填|表|注|页|户主|姓名|人|日期|审核|门牌|登记|安装|已|未|无|不|住户|拆|迁|待|新建"
)
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says for the lines below it. street None = nothing said, "" = explicitly another or none."""

    grid: str = ""
    street: str | None = None
    lane: str = ""
    hamlet: str = ""


def read_heading(text: str, *, places: bool = False) -> Heading | None:
    """The heading in a lone text, None when it is none. places: the table has no column for streets or groups, so that
    any short name says where the lines below it are."""
    flat = folded(text)
    core = flat.strip(_FRAME)
    if not core or len(flat) > _LONGEST:
        return None
    if _OTHERS.fullmatch(core.strip(_FRAME)) or _OTHERS.fullmatch(flat):
        return Heading(street="")
    if hamlet := _HAMLET.fullmatch(core):
        return Heading(hamlet=hamlet[0], street="")
    if _LANE.fullmatch(core):
        return Heading(lane=core)
    if both := _LANE_BEHIND.fullmatch(core):
        return Heading(street=both["street"], lane=both["lane"])
    if _WAY.fullmatch(core) and not grid_in(core):
        return Heading(street=core)
    grid, streets = grid_in(flat), streets_in(flat)
    if grid or streets:
        return Heading(grid, "、".join(streets))
    if places and _PLACE.fullmatch(core) and not _NO_PLACE.search(core):
        return Heading(hamlet=core, street="")
    return None
