"""Notices 警讯 资讯 as an office writes them, one by one or in a file: plain words, https links, days. Nothing is HTML.

A TOML file holds `[[notice]]` entries with area, kind (warning | news), title, body, link, from, until and `[notice.en]` with the
English title and body. A CSV file holds the same as columns; Chinese heads do too (区域 类别 标题 内容 链接 开始 结束).
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from doorplate.errors import InputError

_TAG = re.compile(r"<\s*[a-zA-Z/!?]")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_AREA = re.compile(r"\d{0,12}|\d{12}-[A-Z][0-9A-Z-]{1,20}")
_HEADS = {"区域": "area", "类别": "kind", "标题": "title", "内容": "body", "链接": "link", "开始": "from", "结束": "until",
          "英文标题": "title_en", "英文内容": "body_en"}
_KINDS = {"警讯": "warning", "资讯": "news", "预警": "warning", "通知": "news"}


def safe_link(value: str) -> str:
    """An address that opens for residents and harms nobody: https, with a host name, no user, no spaces. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or re.search(r"[\s<>\"'\\]", value):
        raise ValueError("链接要以 https:// 开头, 里面不能有空格和引号")
    return value


def _words(value: str) -> str:
    text = value.replace("\r\n", "\n").strip()
    if _TAG.search(text):
        raise ValueError("只能写文字, 不能写网页代码 (尖括号)")
    if _UNSEEN.search(text):
        raise ValueError("文字里有看不见的控制字符, 请重新输入")
    return text


def _line(value: str) -> str:
    if "\n" in _words(value):
        raise ValueError("标题只能写一行")
    return _words(value)


def _area(value: str) -> str:
    code = value.strip().upper()
    if not _AREA.fullmatch(code):
        raise ValueError("区域要写区划代码的前几位 (如 610431), 或网格代码 (如 610431001203-G01)")
    return code


Title = Annotated[str, AfterValidator(_line), Field(min_length=1, max_length=60)]
Body = Annotated[str, AfterValidator(_words), Field(min_length=1, max_length=1000)]


class NoticeWords(BaseModel):
    """The words in another language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title | None = None
    body: Body | None = None


class NoticeDraft(BaseModel):
    """A notice as written; both days are included. area: "" everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    area: Annotated[str, AfterValidator(_area)]
    kind: Literal["warning", "news"]
    title: Title
    body: Body
    link: Annotated[str, AfterValidator(lambda value: safe_link(value) if value else ""), Field(max_length=300)] = ""
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="until")]
    en: NoticeWords | None = None

    @model_validator(mode="after")
    def _in_order(self) -> NoticeDraft:
        if self.last < self.first:
            raise ValueError("结束日在开始日之前")
        return self

    @property
    def translations(self) -> dict[str, dict[str, str]]:
        words = self.en.model_dump(exclude_none=True) if self.en else {}
        return {"en": words} if words else {}


def draft(raw: Mapping[str, Any], where: str) -> NoticeDraft:
    """One notice; where: what a message calls it ("通知.toml 第 2 条"). Raises InputError(notice.invalid)."""
    known = {key: _KINDS.get(value, value) if key == "kind" else value for key, value in raw.items()}
    try:
        return NoticeDraft.model_validate(known)
    except ValidationError as exc:
        first = exc.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError("notice.invalid", f"{where}: {name} {_reason(first['type'], first['msg'])}".replace(":  ", ": "),
                         field=name) from exc


def load_notices(path: Path) -> tuple[NoticeDraft, ...]:
    """The notices of a TOML or CSV file, in file order. Raises InputError(notice.unreadable, notice.invalid)."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError("notice.unreadable", f"{path.name}: 打不开, 或不是 UTF-8 文本, 请检查文件", file=path.name) from exc
    rows = _csv_rows(text) if path.suffix.lower() == ".csv" else parse_toml(text, path.name)
    return tuple(draft(row, f"{path.name} 第 {number} 条") for number, row in enumerate(rows, 1))


def parse_toml(text: str, name: str) -> list[Mapping[str, Any]]:
    """The `[[notice]]` entries of TOML text. Raises InputError(notice.invalid)."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise InputError("notice.invalid", f"{name}: 不是正确的 TOML 写法, 请照样例修改", file=name) from exc
    rows = data.pop("notice", [])
    if data or not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise InputError("notice.invalid", f"{name}: 文件里只能有 [[notice]] 条目, 请照样例修改", file=name)
    return rows


def _csv_rows(text: str) -> list[Mapping[str, Any]]:
    """Rows by English or Chinese heads; empty cells are not said, and blank lines no notices."""
    rows: list[Mapping[str, Any]] = []
    for line in csv.DictReader(io.StringIO(text)):
        named = {_HEADS.get((key or "").strip(), (key or "").strip()): value for key, value in line.items() if value}
        if named:
            english = {key.removesuffix("_en"): named.pop(key) for key in ("title_en", "body_en") if key in named}
            rows.append({"area": "", **named, **({"en": english} if english else {})})
    return rows


def _reason(kind: str, message: str) -> str:
    return _REASONS.get(kind) or (message.removeprefix("Value error, ") if kind == "value_error" else "写法不对, 请照样例修改")


_REASONS = {
    "missing": "没有写",
    "extra_forbidden": "不认识这个字段, 请检查拼写",
    "string_type": "要写成文字, 用引号括起来",
    "too_short": "没有写",
    "too_long": "太长了 (标题最多 60 字, 内容最多 1000 字, 链接最多 300 字)",
    "literal_error": "要写 warning (警讯) 或 news (资讯)",
    "date_from_datetime_parsing": "要写成日期, 例如 2026-11-23",
    "date_parsing": "要写成日期, 例如 2026-11-23",
    "date_type": "要写成日期, 例如 2026-11-23",
}
