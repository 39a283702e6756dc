"""names.toml: what people have laid down about names — readings that the rules would miss, the local script, postcodes.

    [postcodes]                 # by division code or what it begins with
    610431 = "712200"
    [names."十里堡路"]
    pinyin = "Shílǐpù Lù"
    minority = "..."
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from doorplate.errors import InputError
from doorplate.plates.painting import NameSpelling, Spellings

_LARGEST_BYTES = 4_000_000

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^\d{2,12}$")]
Postcode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Name(_Strict):
    pinyin: Text = ""
    minority: Text = ""


class _File(_Strict):
    postcodes: dict[DivisionCode, Postcode] = Field(default_factory=dict)
    names: dict[Text, _Name] = Field(default_factory=dict)


def read_spellings(path: Path) -> Spellings:
    """The spellings of a file. Raises InputError(names.not_found, names.invalid)."""
    if not path.is_file():
        raise InputError("names.not_found", f"找不到地名写法文件 {path.name}", file=path.name)
    if path.stat().st_size > _LARGEST_BYTES:
        raise InputError("names.invalid", f"{path.name} 超过 4 MB, 不像地名写法文件", file=path.name)
    try:
        told = _File.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InputError("names.invalid", f"{path.name} 读不懂: 不是 UTF-8 的 TOML 文件", file=path.name) from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = " → ".join(str(part) for part in first["loc"]) or "整体"
        raise InputError(
            "names.invalid", f"{path.name} 的 {where} 不能用 (邮编是 6 位数字, 区划代码是 2 到 12 位数字)", file=path.name
        ) from exc
    return Spellings({name: NameSpelling(n.pinyin, n.minority) for name, n in told.names.items()}, dict(told.postcodes))
