"""Everything about matters that an office may change: TOML data with a schema, our own below and the office's on top.

The office's file names only what differs: tables are merged field by field, lists (categories, roles, emergency words) are taken
over whole.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from doorplate.cases.case import CaseKind, Level
from doorplate.errors import InputError

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600, pattern=r"^[^\x00-\x1f\x7f]*$")]
Token = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Hours = Annotated[int, Field(ge=1, le=24 * 90)]
Count = Annotated[int, Field(ge=1, le=10_000)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Data):
    """text, answer, name: code points. photos: pictures a post; photos_in_all: a matter. reopened: times.
    retention_days: after the answer."""

    text: Count
    answer: Count
    name: Count
    photos: Annotated[int, Field(ge=0, le=20)]
    photos_in_all: Annotated[int, Field(ge=0, le=200)]
    reopened: Annotated[int, Field(ge=0, le=20)]
    appointment_days: Annotated[int, Field(ge=1, le=180)]
    appointment_weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)]
    retention_days: Count


class Pin(_Data):
    """standards.md, privacy: locked 10–30 minutes after 5 failures."""

    tries: Annotated[int, Field(ge=3, le=10)]
    locked_minutes: Annotated[int, Field(ge=10, le=24 * 60)]


class Clock(_Data):
    """Hours each level has."""

    leader: Hours
    grid: Hours
    officer: Hours
    station: Hours
    superior: Hours
    urgent: Hours

    def at(self, level: Level) -> int:
        return int(getattr(self, level))


class Near(_Data):
    """When two matters may be the same: metres between doors, days between them, how alike their texts (0–1)."""

    metres: Annotated[float, Field(ge=0, le=5000)]
    days: Annotated[int, Field(ge=0, le=365)]
    alike: Annotated[float, Field(ge=0, le=1)]


class Roles(_Data):
    """A role with one of the words, and none of `without`, is of this level."""

    level: Level
    words: tuple[Words, ...]
    without: tuple[Words, ...] = ()

    def fit(self, role: str) -> bool:
        return any(word in role for word in self.words) and not any(word in role for word in self.without)


class EmergencyWords(_Data):
    """Words in Chinese (anywhere in the text) and in English (as whole words) that call for this number."""

    number: Annotated[str, StringConstraints(pattern=r"^\d{3,12}$")]
    words: tuple[Words, ...]
    en: tuple[Words, ...] = ()


class Emergency(_Data):
    numbers: tuple[Words, ...]
    words: tuple[EmergencyWords, ...]


class _ConsentWords(_Data):
    text: Words
    why: Words


class Consent(_ConsentWords):
    """version: what a resident's consent is kept under; change it with the text. {days} stands for the retention."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    en: _ConsentWords


class _DirectWords(_Data):
    hint_chief: Words
    hint_no_superior: Words


class Direct(_DirectWords):
    en: _DirectWords


class LevelNames(_Data):
    """In one language. handed: who it went to stands for {who}."""

    resident: Words
    clock: Words
    staff: Words
    handed: Words
    levels: Mapping[Level, Words]

    @model_validator(mode="after")
    def _every_level(self) -> LevelNames:
        if set(self.levels) != {"leader", "grid", "officer", "station", "superior"}:
            raise ValueError("五级 (leader grid officer station superior) 都要有称呼")
        return self


class Names(LevelNames):
    """What a resident reads for who did something."""

    en: LevelNames


class Category(_Data):
    """One kind of matter. level: who has it first. hours: the first level's clock, where it is not the usual one."""

    kind: CaseKind
    id: Token
    words: Words
    en: Words
    level: Level
    hours: Hours | None = None

    def named(self, language: str) -> str:
        return self.en if language == "en" else self.words


class CaseSettings(_Data):
    """All of it, checked."""

    limits: Limits
    pin: Pin
    clock: Clock
    near: Near
    roles: tuple[Roles, ...]
    emergency: Emergency
    consent: Consent
    direct: Direct
    words: Names
    categories: tuple[Category, ...]

    @model_validator(mode="after")
    def _whole(self) -> CaseSettings:
        seen: set[tuple[str, str]] = set()
        for one in self.categories:
            if (one.kind, one.id) in seen:
                raise ValueError(f"类别 {one.kind} {one.id} 写了两次")
            seen.add((one.kind, one.id))
            if one.kind == "direct" and one.level != "station":
                raise ValueError(f"所长直通车的类别 {one.id} 只能先交 station")
        missing = {"ask", "report", "appointment", "direct"} - {kind for kind, _ in seen}
        if missing:
            raise ValueError(f"没有写类别: {', '.join(sorted(missing))}")
        return self

    def of_kind(self, kind: CaseKind) -> tuple[Category, ...]:
        return tuple(one for one in self.categories if one.kind == kind)

    def category(self, kind: CaseKind, category_id: str) -> Category | None:
        """None for one that does not exist, or no longer."""
        return next((one for one in self.categories if (one.kind, one.id) == (kind, category_id)), None)

    def names(self, language: str) -> LevelNames:
        return self.words.en if language == "en" else self.words

    def consent_words(self, language: str) -> tuple[str, str]:
        """What is consented to, and why name and phone are asked."""
        said = self.consent.en if language == "en" else self.consent
        return said.text.replace("{days}", str(self.limits.retention_days)), said.why


def load_case_settings(path: Path | None = None) -> CaseSettings:
    """Our settings with those of an office's file on top; a file that is not there changes nothing.
    Raises InputError(cases.unreadable | cases.invalid) naming the file, the entry and what is wrong with it."""
    own = tomllib.loads(resources.files("doorplate.cases").joinpath("data/cases.toml").read_text("utf-8"))
    name = path.name if path else "cases.toml"
    try:
        return CaseSettings.model_validate(_merged(own, _read(path)))
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"]) or "整份"
        raise InputError("cases.invalid", f"{name}: {field}: {_reason(first)}", file=name, field=field) from exc


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as exc:
        line = re.search(r"line (\d+)", str(exc))
        where = f"第 {line[1]} 行附近" if line else "文件结尾处"
        raise InputError("cases.invalid", f"{path.name}: {where}不是正确的 TOML 写法, 请按样例修改", file=path.name) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError("cases.unreadable", f"{path.name}: 打不开, 或不是 UTF-8 文本, 请检查文件", file=path.name) from exc


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _merged(below[key], above[key]) for key in above
            if isinstance(below.get(key), dict) and isinstance(above[key], dict)}
    return {**below, **above, **both}


def _reason(error: Any) -> str:
    """Pydantic's reason in Chinese; our own validators already speak it."""
    kind, message, limits = error["type"], str(error["msg"]), error.get("ctx", {})
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    bounds: dict[str, Literal["不能小于", "不能大于"]] = {"ge": "不能小于", "le": "不能大于"}
    for bound, said in bounds.items():
        if bound in limits:
            return f"{said} {limits[bound]}"
    return _REASONS.get(kind, "写法不对, 请对照样例")


_REASONS = {
    "missing": "没有写", "extra_forbidden": "不认识这个字段, 请检查拼写", "string_type": "要写成文字, 用引号括起来",
    "int_type": "要写整数", "int_parsing": "要写整数", "int_from_float": "要写整数", "float_type": "要写数字",
    "float_parsing": "要写数字", "tuple_type": "要写成列表, 用方括号", "literal_error": "只能写样例里列出的几种",
    "string_too_long": "太长了", "too_short": "不能空着", "string_too_short": "不能空着", "model_type": "要写成一节",
    "mapping_type": "要写成一节",
    "string_pattern_mismatch": "写法不对: id 用小写字母数字和连字符, 文字里不能有换行和控制字符",
}
