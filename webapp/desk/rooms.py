"""The rooms of the desk, in the order work goes through them, and which of them somebody finds open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from doorplate.people.account import Actor
from doorplate.people.permission import Permission, PermissionRules


@dataclass(frozen=True, slots=True)
class Room:
    """endpoint: its first page. handed: the extension it works on, "" for none. opened_by: any of these permissions, anywhere;
    () opens it to whoever is signed in."""

    endpoint: str
    title: LazyString
    words: LazyString
    opened_by: Sequence[Permission]
    handed: str = ""


ROOMS = (
    Room("desk.overview", _("总览"), _("每个村核了多少、装了多少、还缺什么，点开就是清单。"),
         ("report.see",), "doorplate.overview"),
    Room("desk.onboarding", _("新村上线"), _("从名单到出牌，一页看清还差哪一步。"),
         ("list.import",), "doorplate.onboarding"),
    Room("desk.lists", _("名单导入"), _("拖进文件，看懂了什么、哪里不对，改好再入库。"),
         ("list.import",), "doorplate.lists"),
    Room("desk.register", _("登记簿"), _("按地址、旧名、拼音、编码查；更正、停用、新编、核对。"),
         ("register.see",), "doorplate.register"),
    Room("desk.plates", _("门牌"), _("挑选、预览、出牌、验牌，到装箱、安装、对账。"),
         ("plate.order", "plate.mount"), "doorplate.plates"),
    Room("desk.review", _("外勤审核"), _("手机报上来的更正、户情和安装，逐条看过再生效。"),
         (), "doorplate.review"),
    Room("desk.cases", _("诉求"), _("居民问的、报的、约的，按时限办，超时自动上报。"),
         ("case.work",), "doorplate.matters"),
    Room("desk.notices", _("通知"), _("贴到门牌页上的话：写好、到期自动撤下。"),
         ("notice.edit",), "doorplate.notices"),
    Room("desk.people", _("人员与任务区"), _("谁负责哪里，谁代班，哪里没有人。"),
         ("account.manage",), "doorplate.staff_desk"),
    Room("desk.office_settings", _("规则与设计"), _("服务事项、编号、门牌设计和期限，改前校验，改过可查。"),
         ("settings.edit",), "doorplate.office"),
    Room("desk.data_protection", _("个人信息保护"), _("目的、保存期、权利请求、影响评估和事件记录。"),
         ("rights.handle",), "doorplate.rights"),
    Room("desk.audit", _("审计"), _("谁在什么时候看了、改了什么；链条有没有被动过。"),
         ("audit.read",), "doorplate.audit"),
    Room("field.shell", _("外勤工作"), _("在手机上打开，装到桌面，没有网络也能用。"),
         ("field.work",)),
)


def rooms_of(actor: Actor) -> list[Room]:
    """What this process opens and this person may enter."""
    return [room for room in ROOMS if _built(room) and (not room.opened_by or may_enter(actor, *room.opened_by))]


def may_enter(actor: Actor, *permissions: Permission) -> bool:
    """Whether any of the permissions is held anywhere; what may be done where is decided behind the view."""
    rules = permissions_here()
    held = {permission for grant in actor.grants for permission in rules.of(grant.role)}
    return not held.isdisjoint(permissions)


def permissions_here() -> PermissionRules:
    """The office's rules."""
    return cast(PermissionRules, current_app.extensions["doorplate.permissions"])


def _built(room: Room) -> bool:
    if room.endpoint not in current_app.view_functions:
        return False
    return not room.handed or current_app.extensions.get(room.handed) is not None
