"""What roles are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

ROLES = {"sysadmin": _("系统管理员"), "auditor": _("审计员"), "registrar": _("门牌登记员"), "reviewer": _("审核员"),
         "printer": _("制牌员"), "chief": _("所长"), "officer": _("社区民警"), "auxiliary": _("辅警"), "grid_leader": _("网格长"),
         "grid_worker": _("网格员"), "group_leader": _("联户长")}
