"""Designs, typefaces and sheets are TOML files: ours are package data, a user's are files. Read here into checked values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doorplate.errors import InputError

Mm = Annotated[float, Field(ge=0, le=2000)]
Ink = Annotated[int, Field(ge=0, le=100)]
Cmyk = tuple[Ink, Ink, Ink, Ink]
Model = TypeVar("Model", bound=BaseModel)

_TOLD = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个键, 请检查拼写",
    "unexpected_keyword_argument": "没有这个键, 请检查拼写",
    "greater_than_equal": "太小, 至少 {ge}",
    "greater_than": "要大于 {gt}",
    "less_than_equal": "太大, 至多 {le}",
    "less_than": "要小于 {lt}",
    "finite_number": "不是一个数",
    "float_type": "要写成数字",
    "float_parsing": "要写成数字",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "int_from_float": "要写成整数",
    "string_type": "要写成加引号的文字",
    "bool_type": "要写成 true 或 false",
    "tuple_type": "要写成方括号里的一列",
    "list_type": "要写成方括号里的一列",
    "model_type": "要写成一节 (方括号标题)",
    "literal_error": "只能是 {expected}",
    "string_pattern_mismatch": "只能用小写英文字母、数字和连字符",
    "string_too_short": "不能是空的",
    "too_long": "太多, 至多 {max_length} 个",
    "too_short": "太少, 至少 {min_length} 个",
    "value_error": "{error}",
}


class Data(BaseModel):
    """Base of everything read from a design or sheet file: unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Kind(NamedTuple):
    """A kind of data file: the folder of ours, what its errors are called (<subject>.unknown, .invalid), its Chinese name."""

    folder: str
    subject: str
    title: str


def data_names(folder: str) -> tuple[str, ...]:
    """Names of the TOML files in a folder of package data."""
    return tuple(sorted(p.name.removesuffix(".toml") for p in _folder(folder).iterdir() if p.name.endswith(".toml")))


def load_data(model: type[Model], folder: str, name: str, subject: str, title: str) -> Model:
    """One TOML file as a checked value. subject and title name it in errors: InputError(<subject>.unknown, <subject>.invalid)."""
    return checked(model, name, read_toml(Kind(folder, subject, title), name), Kind(folder, subject, title))


def read_toml(kind: Kind, name: str) -> dict[str, Any]:
    """The bare values of one of our files by name, or of a user's by a path ending in .toml.

    Raises InputError(<subject>.unknown, <subject>.invalid)."""
    source = source_of(kind, name)
    try:
        return tomllib.loads(source.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as exc:
        raise InputError(f"{kind.subject}.invalid", f"{kind.title}文件 {source.name} 不是正确的 TOML: {exc}", name=name) from exc
    except UnicodeDecodeError as exc:
        raise InputError(f"{kind.subject}.invalid", f"{kind.title}文件 {source.name} 不是 UTF-8 文本, 请另存为 UTF-8",
                         name=name) from exc
    except OSError as exc:
        raise InputError(f"{kind.subject}.invalid", f"{kind.title}文件 {source.name} 打不开", name=name) from exc


def checked(model: type[Model], name: str, values: Mapping[str, Any], kind: Kind) -> Model:
    """The values as a `model`. Raises InputError(<subject>.invalid) naming the key and what is wrong with it."""
    try:
        return model.model_validate(values)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        told = _TOLD.get(first["type"], f"值不对 ({first['msg']})").format_map(first.get("ctx", {})).replace(" or ", " 或 ")
        key = f" 的 {where}" if where else ""
        raise InputError(f"{kind.subject}.invalid", f"{kind.title}文件 {source_of(kind, name).name}{key} 不能用: {told}",
                         name=name) from exc


def source_of(kind: Kind, name: str) -> Traversable:
    """The file of this name. Raises InputError(<subject>.unknown) with the names of ours."""
    ours = data_names(kind.folder)
    if name in ours:
        return _folder(kind.folder) / f"{name}.toml"
    source = Path(name)
    if not (name.endswith(".toml") and source.is_file()):
        raise InputError(f"{kind.subject}.unknown", f"没有名为 {name} 的{kind.title}, 现有: {'、'.join(ours)}", name=name)
    return source


def _folder(folder: str) -> Traversable:
    return files("print_jobs") / folder
