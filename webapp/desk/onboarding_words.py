"""What the steps from list to wall are called, and how what has no room at the desk yet is done."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import lazy_gettext as _

STATES = MappingProxyType({"done": ("settled", "✓", _("好了")), "part": ("waiting", "…", _("还差一些")),
                           "missing": ("alarm", "!", _("还没有")), "later": ("calm", "—", _("等前面"))})
STEPS = MappingProxyType({
    "village": (_("开通村（社区）"), _("派出所、警务区的名称和电话会印在页面上。")),
    "areas": (_("网格"), _("有了网格的边界，地址才知道归谁。")),
    "list": (_("导入名单"), _("先检查，看懂了什么、哪里不对，再入库。")),
    "findings": (_("办结问题"), _("重错漏缺损乱，逐条或成批办。")),
    "verified": (_("核对地址"), _("核对过的地址才能出门牌。")),
    "contacts": (_("联系人"), _("每个网格都要有人接电话。")),
    "services": (_("服务事项"), _("扫码的人能在这里办什么。")),
    "batch": (_("出门牌"), _("印好、逐块验过，再装箱。")),
    "mounted": (_("上墙"), _("每个门都挂上，或者写明为什么没有挂。"))})
COMMANDS = MappingProxyType({
    "areas": "doorplate areas import", "list": "doorplate check … && doorplate import …", "contacts": "doorplate staff load",
    "services": "services.toml", "batch": "doorplate print", "village": "doorplate init"})
LACKS = MappingProxyType({"station": _("派出所电话"), "beat": _("警务区")})
