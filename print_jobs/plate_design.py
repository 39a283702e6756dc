"""What a plate looks like: sizes, zones, colours, type rules and the QR field, as data (print_jobs/designs/*.toml).

Lengths are millimetres. Positions are measured from the upper left corner of the face, y downwards. Colours are CMYK in per cent.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from doorplate.errors import InputError

Mm = Annotated[float, Field(ge=0, le=2000)]
Ink = Annotated[int, Field(ge=0, le=100)]
Cmyk = tuple[Ink, Ink, Ink, Ink]
Model = TypeVar("Model", bound=BaseModel)


class Data(BaseModel):
    """Base of everything read from a design or sheet file: unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(Data):
    """A rectangle on the face."""

    x_mm: Mm
    y_mm: Mm
    width_mm: Mm
    height_mm: Mm

    @property
    def right_mm(self) -> float:
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        return self.y_mm + self.height_mm


class PlateFace(Data):
    """The printed face. rim_mm: metal border outside the face, made by the factory and not printed."""

    width_mm: Mm
    height_mm: Mm
    rim_mm: Mm = 0
    corner_radius_mm: Mm = 0
    bleed_mm: Mm = 3
    safe_mm: Mm = 5
    color: Cmyk


class Line(Data):
    """The line drawn inside the face; inset_mm to its outer edge."""

    inset_mm: Mm
    width_mm: Mm
    radius_mm: Mm = 0
    color: Cmyk = (0, 0, 0, 0)


class Font(Data):
    """One family and weight for everything on the plate, found through fontconfig; postscript_name makes sure of the cut."""

    family: str
    weight: Literal["regular", "medium", "bold"]
    postscript_name: str


class NameZone(Box):
    """Where the thoroughfare stands, and how its name gives way: the type shrinks on one line down to one_line_mm, then the
    name takes two lines of that size, then the type shrinks to least_mm; what still does not fit stops the batch.
    A short name is spread until it fills `fill` of the width, by no more than spread_em between characters."""

    size_mm: Mm
    one_line_mm: Mm
    least_mm: Mm
    leading: float = Field(default=1.15, ge=1, le=2)
    fill: float = Field(default=0, ge=0, le=1)
    spread_em: float = Field(default=0, ge=0, le=1)
    color: Cmyk = (0, 0, 0, 0)


class NumberZone(Box):
    """Where the number stands: its first run of digits at size_mm (body size); what surrounds it (号, 附1号) is smaller by
    small_scale, stands on the digits' foot, and keeps gap_em of the digits' size away."""

    size_mm: Mm
    least_mm: Mm
    small_scale: float = Field(gt=0, le=1)
    gap_em: float = Field(default=0.08, ge=0, le=1)
    color: Cmyk = (0, 0, 0, 0)


class QrField(Data):
    """The square that holds symbol and quiet zone. least_module_mm: smaller modules are refused."""

    x_mm: Mm
    y_mm: Mm
    field_mm: Mm
    level: Literal["L", "M", "Q", "H"] = "Q"
    least_module_mm: Mm


class SmallText(Box):
    """One centred line of small type: the code, the host, the sample note."""

    size_mm: Mm
    least_mm: Mm
    color: Cmyk


class PlateDesign(Data):
    """One kind of plate. kind: what BatchPlate.kind says for its plates. source: where the sizes come from."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    kind: str
    source: str
    mounting_height_m: float = Field(gt=0, lt=10)
    face: PlateFace
    line: Line
    font: Font
    name_zone: NameZone
    number_zone: NumberZone
    panel: Box
    panel_radius_mm: Mm = 0
    qr: QrField
    code: SmallText
    host: SmallText
    sample: SmallText

    @model_validator(mode="after")
    def _inside(self) -> Self:
        face, safe = self.face, self.face.safe_mm
        boxes: dict[str, Box] = {"name_zone": self.name_zone, "number_zone": self.number_zone, "panel": self.panel,
                                 "code": self.code, "host": self.host, "sample": self.sample}
        for name, box in boxes.items():
            if min(box.x_mm, box.y_mm) < safe or box.right_mm > face.width_mm - safe or box.bottom_mm > face.height_mm - safe:
                raise ValueError(f"{name} 超出了安全边 {safe} mm")
        qr, panel = self.qr, self.panel
        if (qr.x_mm < panel.x_mm or qr.y_mm < panel.y_mm or qr.x_mm + qr.field_mm > panel.right_mm
                or qr.y_mm + qr.field_mm > panel.bottom_mm):
            raise ValueError("qr 不在白底 panel 之内")
        return self


def load_design(name: str) -> PlateDesign:
    """A design of ours by name, or a file of the user's by a path ending in .toml.

    Raises InputError(design.unknown, design.invalid)."""
    return load_data(PlateDesign, "designs", name, "design", "图样")


def design_names() -> tuple[str, ...]:
    """The designs that come with the product."""
    return data_names("designs")


def data_names(folder: str) -> tuple[str, ...]:
    """Names of the TOML files in a folder of package data."""
    return tuple(sorted(p.name.removesuffix(".toml") for p in _folder(folder).iterdir() if p.name.endswith(".toml")))


def load_data(model: type[Model], folder: str, name: str, subject: str, title: str) -> Model:
    """One TOML file as a checked value. subject and title name it in errors: InputError(<subject>.unknown, <subject>.invalid)."""
    ours = data_names(folder)
    source = _folder(folder) / f"{name}.toml" if name in ours else Path(name)
    if name not in ours and not (name.endswith(".toml") and source.is_file()):
        raise InputError(f"{subject}.unknown", f"没有名为 {name} 的{title}, 现有: {'、'.join(ours)}", name=name)
    try:
        values: dict[str, Any] = tomllib.loads(source.read_text("utf-8"))
        return model.model_validate(values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InputError(f"{subject}.invalid", f"{title}文件 {source.name} 读不懂: {exc}", name=name) from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "整体"
        raise InputError(f"{subject}.invalid", f"{title}文件 {source.name} 的 {where} 不能用: {first['msg']}", name=name) from exc


def _folder(folder: str) -> Traversable:
    return files("print_jobs") / folder
