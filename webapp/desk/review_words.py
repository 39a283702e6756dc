"""What the review calls things. Chinese is what the templates say; every word here has its English in the catalogue."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from doorplate.field.settings import field_settings
from doorplate.review_view import FieldCompared, ReviewRow
from webapp.languages import CHINESE, chosen

SHOWS = MappingProxyType({"all": _("全部待审"), "clean": _("可直接通过"), "soft": _("他处已改"), "hard": _("有冲突"),
                          "flagged": _("要留意"), "mine": _("我提交的"), "done": _("已审")})
ACTS = MappingProxyType({"correct": _("更正"), "retire": _("停用"), "assign": _("新编"), "verify": _("核对"),
                         "household": _("户情"), "mount": _("安装"), "correction": _("更正")})
VERDICTS: dict[str, tuple[str, LazyString]] = {
    "clean": ("✓", _("可直接通过")), "soft": ("↻", _("他处已改")), "hard": ("⚠", _("有冲突")), "flagged": ("!", _("要留意"))}
"""Sign and word: never colour alone."""
STATUSES: dict[str, tuple[str, LazyString]] = {
    "waiting": ("…", _("待审")), "approved": ("✓", _("已通过")), "amended": ("✎", _("改后通过")), "rejected": ("✗", _("已退回"))}
STATES: dict[str, tuple[str, LazyString]] = {
    "same": ("—", _("没有改动")), "clean": ("✎", _("上报改了")), "soft": ("↻", _("登记簿另有改动")),
    "hard": ("⚠", _("两边都改了")), "moot": ("=", _("两边改得一样"))}
FIELDS = MappingProxyType({
    "status": _("状态"), "hamlet": _("村组"), "street": _("街路巷"), "lane": _("巷弄"), "number": _("门牌号"),
    "suffix": _("附号"), "compound": _("小区"), "building": _("楼栋"), "unit": _("单元"), "floor": _("楼层"), "room": _("室"),
    "point": _("位置"),
    "place_kind": _("用途"), "name": _("名称"), "grid": _("网格"), "members": _("人数"), "tenure": _("居住情况"),
    "needs": _("服务需要"), "contact": _("联系方式"), "persons": _("同住人"), "consents": _("同意"), "outcome": _("安装结果"),
    "height_mm": _("安装高度"), "side": _("安装位置"), "plate": _("门牌"), "standard_address": _("标准地址"),
    "grid_id": _("网格"), "aliases": _("曾用名"), "address_id": _("住址"), "counted_on": _("登记日期")})
VALUES = MappingProxyType({
    ("status", "proposed"): _("待核对"), ("status", "verified"): _("已核对"), ("status", "retired"): _("已停用"),
    ("status", "merged"): _("已并入别户"), ("status", "living"): _("在用"),
    ("place_kind", "household"): _("住户"), ("place_kind", "public"): _("公共场所"),
    ("outcome", "mounted"): _("已装好"), ("outcome", "absent"): _("无人在家"), ("outcome", "refused"): _("住户不同意"),
    ("outcome", "damaged"): _("门牌损坏"), ("outcome", "lost"): _("门牌丢失"), ("outcome", "no_place"): _("没有合适的位置")})
FLAGS = MappingProxyType({
    "gnss.none": _("没有定位：不知道上报时人在哪里。请看照片，或电话核实。"),
    "gnss.unreal": _("定位精度不真实，可能是模拟的位置。请核实后再定。"),
    "gnss.jump": _("两次定位之间快得不可能（超过 150 公里/时）。请核实是不是在现场。"),
    "gnss.far": _("上报时离门口太远（超过 200 米）。请看地图和照片。"),
    "clock.off": _("手机时钟不准，时间已按服务器校正。"),
    "clock.order": _("手机上的时间前后矛盾。请核实。"),
    "clock.old": _("很久以前做的，现在才送到；情况可能已经变了。"),
    "files.missing": _("还有附件没有传到。可以先看已到的，或等传完再定。"),
    "mount.no_photo": _("没有安装照片。"), "mount.height": _("安装高度不合规定。"),
    "mount.typed": _("编码是手工输入的，没有扫码。"), "mount.second": _("同样的门牌这个门上已经装了一块。")})
WHY_NOT = MappingProxyType({
    "own": _("这是您自己提交的，要由别人来审。"), "decided": _("这一条已经审过了。"),
    "area": _("这不在您的审核范围里（替提交人代班时也不能审他提交的）。"),
    "forgotten": _("内容已过保存期，不能再审。")})
DONE = MappingProxyType({
    "approve": _("已通过，登记簿已更新，结果会回到提交人的手机上。"),
    "amend": _("已按改后的内容通过，您写的话会回到提交人的手机上。"),
    "reject": _("已退回，理由会回到提交人的手机上。"), "undo": _("已撤回，这一条回到待审。"), "nothing": _("没有勾选任何一条。")})
EMPTY: dict[str, tuple[LazyString, LazyString]] = {
    "all": (_("没有等待审核的。"), _("现场上报的更正和户情会自动出现在这里。")),
    "clean": (_("没有可以直接通过的。"), _("有冲突或要留意的，请到对应的分组里逐条看。")),
    "soft": (_("没有他处已改的。"), _("上报以后登记簿另有改动的，会列在这里。")),
    "hard": (_("没有冲突。"), _("两个人改了同一处的，会列在这里，由您选定。")),
    "flagged": (_("没有要留意的。"), _("定位、时钟可疑的上报会列在这里。")),
    "mine": (_("您还没有提交过。"), _("用外勤应用在门口提交的，会列在这里，由别人来审。")),
    "done": (_("还没有审过的。"), _("通过、改后通过和退回的，都留在这里可查。"))}
VERBS = MappingProxyType({
    "address.proposed": _("登记"), "address.listed": _("登记"), "address.verified": _("核对"), "address.cleaned": _("清理"),
    "address.corrected": _("更正"), "address.retired": _("停用"), "address.assigned": _("新编"),
    "address.merged": _("并入别的地址"), "address.absorbed": _("并入了另一个地址"), "address.restored": _("撤销后恢复"),
    "address.withdrawn": _("撤销新编"),
    "address.moved": _("划到别的网格"), "address.revived": _("恢复使用"), "plate.planned": _("编好门牌"),
    "plate.printed": _("门牌印好"), "plate.proved": _("门牌验过"), "plate.packed": _("门牌装箱"), "plate.issued": _("门牌领出"),
    "plate.mounted": _("门牌装上墙"),
    "plate.checked": _("门牌复查"), "plate.damaged": _("门牌损坏"), "plate.lost": _("门牌丢失"), "plate.retired": _("门牌停用"),
    "plate.reissued": _("补发门牌")})
_AMONG = _("、")


def act(row: ReviewRow) -> LazyString | str:
    """What the item does: 更正 停用 新编 核对 户情 安装."""
    return ACTS.get(row.operation or row.kind, ACTS.get(row.kind, row.kind))


def verdict(row: ReviewRow) -> str:
    """Key of `VERDICTS`: what must be looked at stands before how it compares."""
    return "flagged" if row.flags else row.verdict


def fields(names: tuple[str, ...] | list[str]) -> str:
    """The fields, in words."""
    return str(_AMONG).join(str(FIELDS.get(name, name)) for name in names)


def value(name: str, text: str) -> str:
    """A field's value as the page says it: ids of statuses in words, choices of the field's settings in the reader's language."""
    known = VALUES.get((name, text))
    if known is not None:
        return str(known)
    return text if chosen().code == CHINESE.code else _translated(name, text)


def column(one: FieldCompared, which: str) -> str:
    """base, current or proposed in words; "" where there is nothing."""
    return value(one.name, str(getattr(one, which)))


def _translated(name: str, text: str) -> str:
    settings = field_settings()
    options = {"tenure": settings.household.tenure, "needs": settings.household.needs, "side": settings.mount.sides}.get(name, ())
    english = {one.zh: one.en for one in options}
    return ", ".join(english.get(part, part) for part in text.split("、")) if english else text
