"""One item as it came from a phone, checked field by field; a bad one is refused by itself, in words that name the field and
never what was written in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from doorplate.errors import InputError
from doorplate.field.items import ITEM, Correction, HouseholdCount, Item, plain_id

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)  # (D) no clock is further off

# Text that any of pydantic's error types begins with → code, what is wrong with the field.
_TROUBLES: tuple[tuple[str, str, str], ...] = (
    ("extra_forbidden", "item.unknown_field", "这个字段服务器不认识, 请更新手机上的应用"),
    ("missing", "item.missing", "缺少这一项"),
    ("union_tag", "item.kind", "不是服务器认识的种类, 请更新手机上的应用"),
    ("string_too_long", "item.too_long", "太长"),
    ("too_long", "item.too_many", "太多"),
    ("too_short", "item.missing", "一个也没有"),
    ("greater_than", "item.range", "数值超出范围"),
    ("less_than", "item.range", "数值超出范围"),
    ("finite_number", "item.range", "不是一个能用的数"),
    ("timezone", "item.time", "时间没有写时区"),
    ("datetime", "item.time", "不是时间"),
    ("literal_error", "item.choice", "不在可选的范围内"),
    ("string_pattern", "item.wrong", "写法不对"),
)
FIELD_WORDS = {
    "id": "编号", "at": "时间", "community": "社区代码", "address": "地址编号", "base": "版本",
    "fixes": "定位", "files": "附件", "note": "备注", "operation": "操作", "changes": "更改",
    "reason": "原因", "point": "位置", "household": "户编号", "members": "人数",
    "tenure": "居住方式", "needs": "服务需要", "contact": "联系人", "phone": "电话", "name": "名称",
    "persons": "人员", "consents": "同意", "plate": "门牌编码", "outcome": "结果",
    "height_mm": "高度", "side": "位置(左右)", "presence": "到场方式", "purposes": "走访事由",
    "done": "已办服务", "matter": "带回的诉求", "seen": "扫到的内容", "why": "原因", "round": "抽查编号",
    "result": "结果", "item": "条目编号", "number": "门牌号", "suffix": "附号", "street": "街路巷",
    "lane": "巷", "hamlet": "组", "compound": "小区", "building": "楼栋", "unit": "单元",
    "floor": "楼层", "room": "室", "lon": "经度", "lat": "纬度", "accuracy_m": "精度",
    "grid": "网格", "kind": "种类", "status": "状态", "place_kind": "住户或公共场所",
}
"""What people call the fields of items."""


def parse_item(value: Any) -> Item:
    """The item. Raises InputError(item.<what>): item.not_an_object, unknown_field, missing, kind, too_long, too_many, range,
    time, choice, wrong, no_change, no_address."""
    if not isinstance(value, Mapping):
        raise InputError("item.not_an_object", "这一条不是一条完整的外勤记录")
    try:
        item: Item = ITEM.validate_python(dict(value))
    except ValidationError as exc:
        raise _refusal(exc) from None
    except (RecursionError, OverflowError, UnicodeError):
        raise InputError("item.wrong", "这一条的内容读不出来") from None
    _require_times(item)
    _require_storable(item)
    _require_sense(item)
    return item


def id_of(value: Any) -> str:
    """What the sender calls the item, as they wrote it (cut), so that a receipt finds its way back; "" when it has none."""
    told = value.get("id") if isinstance(value, Mapping) else None
    return told[:80] if isinstance(told, str) else ""


def plain_id_of(value: Any) -> str:
    """The id in its plain form, for looking it up."""
    return str(plain_id(id_of(value)))


def payload_of(item: Item) -> bytes:
    """The item as it is kept: only what was sent, in one way of writing, so that the same sending gives the same bytes."""
    return item.model_dump_json(exclude_unset=True).encode()


def _refusal(exc: ValidationError) -> InputError:
    first = exc.errors(include_url=False, include_context=False, include_input=False)[0]
    kind, path = first["type"], [str(part) for part in first["loc"][1:]]
    code, what = next(((code, what) for start, code, what in _TROUBLES if kind.startswith(start)), ("item.wrong", "写法不对"))
    if kind.startswith("union_tag"):
        path = ["kind"]
    shown = path[:-1] if kind == "extra_forbidden" else path  # an unknown field's name may hold anything
    names = [FIELD_WORDS[part] for part in shown if part in FIELD_WORDS]
    where = f"「{names[-1]}」" if names else "这一条"
    told = f"{where}里有一个字段: {what}" if kind == "extra_forbidden" else f"{where}{what}"
    return InputError(code, told, field=".".join(shown))


def _require_times(item: Item) -> None:
    for moment in (item.at, *(fix.at for fix in item.fixes)):
        # Compared as they are: moments at the edge of the calendar cannot even be moved to UTC.
        if not EARLIEST <= moment <= LATEST:
            raise InputError("item.time", "「时间」不可能: 请核对手机的日期", field="at")


def _require_storable(item: Item) -> None:
    text = payload_of(item).decode()
    if "\\u0000" in text:
        raise InputError("item.wrong", "这一条里有不能保存的字符")


def _require_sense(item: Item) -> None:
    """What one field alone does not tell."""
    if isinstance(item, Correction):
        changed = item.changes.model_fields_set
        if item.operation == "assign" and (item.address or item.base):
            raise InputError("item.wrong", "新编的门牌不能带着原来的地址", field="address")
        if item.operation != "assign" and not item.address:
            raise InputError("item.no_address", "没有写是哪个地址", field="address")
        if item.operation in ("correct", "assign") and not any(getattr(item.changes, name) is not None for name in changed):
            raise InputError("item.no_change", "没有写要改什么", field="changes")
        if item.operation in ("retire", "verify") and any(getattr(item.changes, name) is not None for name in changed):
            raise InputError("item.wrong", "停用和核对不能同时改别的, 请分成两条", field="changes")
    if isinstance(item, HouseholdCount) and not (item.address or item.household):
        raise InputError("item.no_address", "没有写是哪个地址", field="address")
    if len(set(item.files)) != len(item.files):
        raise InputError("item.wrong", "同一份附件写了两次", field="files")
