"""What the room of people and areas says."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import lazy_gettext as _

DONE = MappingProxyType({
    "disable": _("已停用，登录和手机都已收回。"), "enable": _("已恢复，手机要重新登记。"),
    "reset_code": _("两步验证已去掉，本人登录后重新设置。"),
    "revoke": _("手机已收回，下次联网时自己清空。"), "assign": _("已分配，今天起有效。"), "unassign": _("已收回，马上生效。")})
