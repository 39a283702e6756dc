"""What the auditor's room calls things."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from webapp.desk import review_words

KINDS = MappingProxyType({
    "": _("全部"), "address.": _("地址"), "plate.": _("门牌"), "household.": _("住户"), "household.looked": _("查看住户"),
    "household.unmasked": _("揭开遮盖"), "case.": _("诉求"), "item.": _("外勤上报"), "account.": _("账号"),
    "assignment.": _("任务区"),
    "device.": _("设备"), "staff.": _("通讯录"), "batch.": _("门牌批次"), "finding.": _("问题"), "list.": _("名单")})
VERBS = MappingProxyType({
    "household.looked": _("查看（遮盖）"), "household.unmasked": _("揭开遮盖"), "household.listed": _("名单登记"),
    "household.counted": _("登记户情"), "household.corrected": _("更正"), "household.withdrawn": _("按本人要求撤回"),
    "household.merged": _("并入别户"), "household.restored": _("撤销后恢复"), "household.moved": _("换了门"),
    "account.added": _("开通账号"), "account.signed_in": _("登录"), "account.signin_failed": _("密码不对"),
    "account.locked": _("连续输错，锁住"), "account.password_changed": _("改了密码"), "account.password_given": _("给了新密码"),
    "account.disabled": _("停用账号"), "account.enabled": _("恢复账号"), "assignment.begun": _("分配任务区"),
    "assignment.ended": _("收回任务区"), "device.registered": _("登记手机"), "device.revoked": _("收回手机"),
    "case.looked": _("打开诉求"), "item.received": _("收到上报"), "item.approved": _("通过上报"), "item.rejected": _("退回上报"),
    "list.imported": _("导入名单"), "community.opened": _("开通村（社区）"), "staff.added": _("登记联系人"),
    "finding.found": _("发现问题"), "finding.settled": _("办结问题"), "finding.dismissed": _("不是问题"),
    "batch.ordered": _("下了批次"), "notice.published": _("发布通知")})
AGAINST: dict[str, tuple[str, str, LazyString]] = {
    "none": ("calm", "—", _("没有带检查点")), "fits": ("settled", "✓", _("和检查点相符")),
    "truncated": ("alarm", "⚠", _("末尾被截掉了")), "rewritten": ("alarm", "⚠", _("以前的留痕被改写过，或不是同一个登记簿"))}


def verb(name: str) -> LazyString | str:
    """An event's verb in words; its own name where there are none."""
    return VERBS.get(name) or review_words.VERBS.get(name) or name
