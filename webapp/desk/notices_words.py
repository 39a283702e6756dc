"""What the notices' room calls things."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import lazy_gettext as _

SHOWS = MappingProxyType({"showing": _("正在显示"), "coming": _("还没开始"), "over": _("已经结束")})
KINDS = MappingProxyType({"warning": _("警讯"), "news": _("资讯")})
DONE = MappingProxyType({"saved": _("已保存，到了日子门牌页上就能看到。"), "ended": _("已撤下，扫码马上看不到了；记录留着。")})
VERBS = MappingProxyType({"notice.posted": _("发布"), "notice.changed": _("修改"), "notice.ended": _("撤下")})
