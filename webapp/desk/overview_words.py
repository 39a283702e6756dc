"""What the overview calls things."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import lazy_gettext as _

DEFECTS = MappingProxyType({"duplicate": _("重"), "wrong": _("错"), "omitted": _("漏"), "incomplete": _("缺"), "damaged": _("损"),
                            "disordered": _("乱")})
COLUMNS = MappingProxyType({
    "doors": _("在用地址"), "verified": _("已核对"), "mounted": _("已上墙"), "homeless": _("没有门的户"),
    "wrong_wall": _("可能挂错的牌"), "findings": _("问题待办"), "late": _("超时诉求"), "waiting": _("外勤待审")})
