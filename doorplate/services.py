"""What residents can get done, read from a TOML file that the office edits itself.

One `[[service]]` per entry. `area` is a division code cut where the entry begins to hold: "" everywhere, "610431" a
county, "610431001" a township, "610431001203" one community. An entry with the same `id` and a longer `area` takes
everything over from the wider one and changes only the fields it names; `offered = false` takes it off there.
`[service.en]` holds the English words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, field_validator

from doorplate.errors import InputError
from doorplate.model import ServiceItem
from doorplate.notices import safe_link
from doorplate.public_view import phones

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^\d{0,12}$")]


class _Words(BaseModel):
    """The fields that are words, and so can be translated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text | None = None
    who: Text | None = None
    where: Text | None = None
    hours: Text | None = None
    bring: tuple[Text, ...] | None = None


class ServiceEntry(_Words):
    """One `[[service]]` as written; None = not said here."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    area: AreaCode = ""
    offered: bool = True
    phone: Text | None = None
    link: Text | None = None
    appointment: bool | None = None
    en: _Words | None = None

    @field_validator("phone")
    @classmethod
    def _one_phone(cls, value: str | None) -> str | None:
        if value and phones(value) != (value,):
            raise ValueError("要写一个能直接拨打的电话号码, 例如 029-00000000")
        return value

    @field_validator("link")
    @classmethod
    def _safe_link(cls, value: str | None) -> str | None:
        return safe_link(value) if value else value

    def said(self) -> dict[str, Any]:
        return self.model_dump(exclude={"id", "area", "offered", "en"}, exclude_none=True)


def services_for(entries: Sequence[ServiceEntry], community_code: str) -> tuple[ServiceItem, ...]:
    """The services of a community (12 digits), each once, in the order their ids first stand in the file."""
    ids = dict.fromkeys(entry.id for entry in entries)
    items = (_merged(_chain(entries, one, community_code)) for one in ids)
    return tuple(item for item in items if item)


def load_services(source: str | Path) -> tuple[ServiceEntry, ...]:
    """The entries of a file (Path) or of TOML text (str), in file order; a file that is not there means no services.
    Raises InputError(services.unreadable | services.invalid) naming the file, the entry and what is wrong with it."""
    name, text = _read(source)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        line = re.search(r"line (\d+)", str(exc))
        where = f"第 {line[1]} 行附近" if line else "文件结尾处"
        raise InputError("services.invalid", f"{name}: {where}不是正确的 TOML 写法, 请按样例修改", file=name) from exc
    raw = data.pop("service", [])
    if data or not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise InputError("services.invalid", f"{name}: 文件里只能有 [[service]] 条目, 请按样例修改", file=name)
    entries = tuple(_entry(one, number, name) for number, one in enumerate(raw, 1))
    _require_whole(entries, name)
    return entries


def sample_services() -> tuple[ServiceEntry, ...]:
    """The invented services of the sample village."""
    return load_services(resources.files("doorplate").joinpath("sample/services.toml").read_text("utf-8"))


def _read(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str):
        return "services.toml", source
    try:
        return source.name, source.read_text("utf-8-sig")
    except FileNotFoundError:
        return source.name, ""
    except (OSError, UnicodeDecodeError) as exc:
        message = f"{source.name}: 打不开, 或不是 UTF-8 文本, 请检查文件"
        raise InputError("services.unreadable", message, file=source.name) from exc


def _entry(raw: Mapping[str, Any], number: int, name: str) -> ServiceEntry:
    try:
        return ServiceEntry.model_validate(raw)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _invalid(name, number, raw.get("id"), f"{field} {_reason(first['type'], first['msg'])}") from exc


def _reason(kind: str, message: str) -> str:
    """Pydantic's reason in Chinese; our own validators already speak it."""
    return _REASONS.get(kind) or (message.removeprefix("Value error, ") if kind == "value_error" else "写法不对, 请对照样例")


def _require_whole(entries: Sequence[ServiceEntry], name: str) -> None:
    """No id twice for one area, and every entry, with what it inherits, has a title and a way to go, call or click."""
    seen: set[tuple[str, str]] = set()
    for number, entry in enumerate(entries, 1):
        if (entry.id, entry.area) in seen:
            raise _invalid(name, number, entry.id, f'在 area = "{entry.area}" 写了两次, 请合成一条')
        seen.add((entry.id, entry.area))
        item = _merged(_chain(entries, entry.id, entry.area))
        if item and not item.title:
            raise _invalid(name, number, entry.id, "缺少 title, 上级区划也没有写")
        if item and not (item.where or item.phone or item.link):
            raise _invalid(name, number, entry.id, "没有写去哪里办: where, phone, link 至少要有一项")


def _chain(entries: Sequence[ServiceEntry], service_id: str, area: str) -> list[ServiceEntry]:
    """The entries of one service that hold in an area, the widest first."""
    holding = [entry for entry in entries if entry.id == service_id and area.startswith(entry.area)]
    return sorted(holding, key=lambda entry: len(entry.area))


def _merged(chain: list[ServiceEntry]) -> ServiceItem | None:
    """Wider entries first, narrower ones on top; None where nothing holds or the narrowest takes it off."""
    if not chain or not chain[-1].offered:
        return None
    fields: dict[str, Any] = {"title": ""}
    english: dict[str, Any] = {}
    for entry in chain:
        said = entry.said()
        fields |= said
        # A narrower place replaces the words of a wider one: their old translation would say something else.
        english = {key: value for key, value in english.items() if key not in said}
        english |= entry.en.model_dump(exclude_none=True) if entry.en else {}
    return ServiceItem(chain[0].id, **fields, translations={"en": english} if english else {})


def _invalid(name: str, number: int, service_id: object, problem: str) -> InputError:
    message = f"{name}: 第 {number} 项 ({service_id or '没有 id'}): {problem}"
    return InputError("services.invalid", message, file=name, item=number)


_REASONS = {
    "missing": "没有写",
    "extra_forbidden": "不认识这个字段, 请检查拼写",
    "string_type": "要写成文字, 用引号括起来",
    "bool_type": "要写 true 或 false",
    "bool_parsing": "要写 true 或 false",
    "tuple_type": '要写成列表, 例如 ["身份证"]',
    "string_too_long": "太长了, 最多 200 字",
    "string_pattern_mismatch": "写法不对: id 用小写字母数字和连字符, area 用 0–12 位数字, 文字里不能有换行和控制字符",
}
