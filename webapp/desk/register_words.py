"""What the register calls things. Chinese is what the templates say; every word here has its English in the catalogue."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import lazy_gettext as _

STATUSES = MappingProxyType({
    "proposed": ("waiting", "…", _("待核对")), "verified": ("settled", "✓", _("已核对")), "retired": ("calm", "✗", _("已停用"))})
PLATES = MappingProxyType({
    "planned": _("已编号"), "printed": _("已印"), "proved": _("已验"), "packed": _("已装箱"), "issued": _("已领出"),
    "mounted": _("已上墙"), "checked": _("已复查"), "damaged": _("损坏"), "lost": _("丢失"), "retired": _("已停用"),
    "reissued": _("已补发")})
ELEMENTS = MappingProxyType({
    "hamlet": _("村组"), "street": _("街路巷"), "lane": _("巷弄"), "number": _("门牌号"), "suffix": _("附号"),
    "compound": _("小区"), "building": _("楼栋"), "unit": _("单元"), "floor": _("楼层"), "room": _("室")})
ALWAYS = ("street", "lane", "number", "suffix", "hamlet")
ONLY = MappingProxyType({"": _("全部"), "no_plate": _("还没有门牌"), "finding": _("有问题待办")})
KINDS = MappingProxyType({"household": _("住户"), "public": _("公共场所")})
ACTS = MappingProxyType({"verify": _("核对"), "correct": _("更正"), "retire": _("停用"), "assign": _("新编"), "merge": _("合并")})
MEANING = MappingProxyType({
    "verify": _("现场或资料核对无误，这个地址从此可以出门牌。"), "correct": _("改正写错的街路巷、门牌号或位置；旧名留作曾用名。"),
    "retire": _("房屋拆除或地址不再使用；号码停用后不再编给别家。"), "merge": _("和另一个地址是同一个门：名称并过去，这个停用。"),
    "assign": _("给新的门编一个号；停用过的号不会再用。")})
DONE = MappingProxyType({
    "verify": _("已核对。"), "correct": _("已更正，旧名留作曾用名。"), "retire": _("已停用，这个号不再编给别家。"),
    "merge": _("已合并，名称都留在另一个地址上。"), "assign": _("已新编。"), "undo": _("已撤销，登记簿恢复到之前的样子。")})
CHANGES = MappingProxyType({"added": _("新增"), "corrected": _("更正"), "moved": _("换网格"), "retired": _("停用")})
