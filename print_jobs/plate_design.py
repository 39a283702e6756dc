"""What a plate looks like: sizes, zones, colours, type rules and the QR field, as data (print_jobs/designs/*.toml).

Lengths are millimetres. Positions are measured from the upper left corner of the face, y downwards. Colours are CMYK in per cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from doorplate.errors import InputError
from doorplate.plates.painting import PaintRule, parts_of
from print_jobs.data_files import Cmyk, Data, Kind, Mm, checked, data_names, load_data, read_toml, source_of
from print_jobs.zones import (
    Box,
    Font,
    Hole,
    Label,
    Line,
    Mounting,
    NameZone,
    NumberZone,
    Panel,
    Patch,
    PinyinZone,
    PlateFace,
    PostcodeZone,
    QrField,
    ScriptLine,
    SmallText,
)

__all__ = ["Box", "Cmyk", "Data", "Font", "Hole", "Label", "Line", "Mm", "NameZone", "NumberZone", "PaintRule", "Panel", "Patch",
           "PinyinZone", "PlateDesign", "PlateFace", "PlateKind", "PostcodeZone", "QrField", "ScriptLine", "SmallText",
           "Typefaces", "data_names", "design_names", "design_source", "load_data", "load_design"]

PlateKind = Literal["large-gate", "medium-gate", "small-gate", "building", "compound", "entrance", "room", "custom"]

_DESIGN = Kind("designs", "design", "图样")
_TYPEFACES = Kind("typefaces", "typefaces", "字体组")
_HOLE_CLEARANCE_MM = 1.0


class Typefaces(Data):
    """The fonts of a design. Only main must be there: latin is for pinyin (else main), fallbacks paint what main lacks in this
    order, the others paint the local scripts."""

    SCRIPTS: ClassVar[tuple[str, ...]] = ("uyghur", "tibetan", "mongolian", "yi")

    main: Font
    latin: Font | None = None
    fallbacks: tuple[Font, ...] = ()
    uyghur: Font | None = None
    tibetan: Font | None = None
    mongolian: Font | None = None
    yi: Font | None = None

    def optional(self) -> Iterator[tuple[str, Font]]:
        """All but main: (key in the FontSet, font)."""
        if self.latin:
            yield "latin", self.latin
        for i, font in enumerate(self.fallbacks, 1):
            yield f"fallback{i}", font
        for script in self.SCRIPTS:
            font = getattr(self, script)
            if font:
                yield script, font


class PlateDesign(Data):
    """One kind of plate. kind: what BatchPlate.kind says for its plates. source: where the sizes come from. text: what of an
    address is painted as name and number. fonts: a set of ours by name (typefaces/), or written out."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    kind: PlateKind
    source: str
    mounting: Mounting
    text: PaintRule
    face: PlateFace
    line: Line = Line()
    patches: tuple[Patch, ...] = ()
    fonts: Typefaces
    name_zone: NameZone | None = None
    pinyin_zone: PinyinZone | None = None
    number_zone: NumberZone | None = None
    postcode_zone: PostcodeZone | None = None
    panel: Panel
    qr: QrField
    code: SmallText
    host: SmallText
    sample: SmallText
    labels: tuple[Label, ...] = ()

    def __hash__(self) -> int:
        return hash(self.name)  # equal designs have equal names; hashing every zone would cost more than setting a plate

    @field_validator("fonts", mode="before")
    @classmethod
    def _named_typefaces(cls, value: Any) -> Any:
        return load_data(Typefaces, *_TYPEFACES[:1], value, *_TYPEFACES[1:]) if isinstance(value, str) else value

    @field_validator("text", mode="after")
    @classmethod
    def _known_parts(cls, rule: PaintRule, _info: ValidationInfo) -> PaintRule:
        for pattern in (*rule.name, *rule.number):
            try:
                parts_of(pattern)
            except InputError as exc:
                raise ValueError(exc.message) from exc
        return rule

    @cached_property
    def zones(self) -> Mapping[str, Box]:
        """Every box that something is printed in, by its key in the file."""
        boxes: dict[str, Box | None] = {
            "name_zone": self.name_zone, "pinyin_zone": self.pinyin_zone, "number_zone": self.number_zone,
            "postcode_zone": self.postcode_zone, "panel": self.panel, "code": self.code, "host": self.host, "sample": self.sample,
            **{f"labels.{i}": label for i, label in enumerate(self.labels, 1)}}
        return {key: box for key, box in boxes.items() if box is not None}

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.name_zone is None and self.number_zone is None:
            raise ValueError("name_zone 和 number_zone 至少要有一个")
        for key, patterns, zone in (("name", self.text.name, self.name_zone), ("number", self.text.number, self.number_zone)):
            if bool(patterns) != (zone is not None):
                raise ValueError(f"text.{key} 和 {key}_zone 要么都有, 要么都没有 (没有就写 text.{key} = [])")
        for key, box in {**self.zones, "qr": self.qr.box}.items():
            if not self.face.safe.holds(box):
                raise ValueError(f"{key} 超出了安全边 {self.face.safe_mm:g} mm")
        if not self.panel.holds(self.qr.box):
            raise ValueError("qr 不在白底 panel 之内")
        return self

    @model_validator(mode="after")
    def _apart(self) -> Self:
        zones = {**self.zones, "qr": self.qr.box}
        for (one, a), (other, b) in combinations(zones.items(), 2):
            on_panel = one == "panel" and panel_holds(a, b)
            if a.overlaps(b) and not on_panel:
                raise ValueError(f"{one} 和 {other} 重叠")
        face = Box(x_mm=0, y_mm=0, width_mm=self.face.width_mm, height_mm=self.face.height_mm)
        for i, hole in enumerate(self.face.holes, 1):
            if not face.holds(hole.box):
                raise ValueError(f"face.holes.{i} 超出了牌面")
            clear = Hole(x_mm=hole.x_mm, y_mm=hole.y_mm, diameter_mm=hole.diameter_mm + 2 * _HOLE_CLEARANCE_MM).box
            touched = next((key for key, box in zones.items() if box.overlaps(clear)), None)
            if touched:
                raise ValueError(f"face.holes.{i} 离 {touched} 不到 {_HOLE_CLEARANCE_MM:g} mm")
        return self

    @model_validator(mode="after")
    def _heirs_adjoin(self) -> Self:
        for key, zone in (("pinyin_zone", self.pinyin_zone), ("postcode_zone", self.postcode_zone)):
            heir = self.zones.get(zone.heir) if zone and zone.heir else None
            if zone and zone.heir and (heir is None or heir is zone or (heir.x_mm, heir.width_mm) != (zone.x_mm, zone.width_mm)):
                raise ValueError(f"{key}.heir 只能是同一列、同样宽的另一处")
        return self

    @model_validator(mode="after")
    def _boxes_fit(self) -> Self:
        zone = self.postcode_zone
        if zone and zone.boxes:
            width = 6 * zone.boxes.side_mm + 5 * zone.boxes.gap_mm
            if width > zone.width_mm or zone.boxes.side_mm > zone.height_mm:
                raise ValueError(f"postcode_zone.boxes 六格共宽 {width:g} mm, 放不进 postcode_zone")
            if zone.label:
                raise ValueError("postcode_zone 有 boxes 就不再写 label")
        return self


def panel_holds(panel: Box, other: Box) -> bool:
    """Symbol, code, host and labels may stand on the panel, but not across its edge."""
    return not isinstance(other, NameZone | PinyinZone | NumberZone | PostcodeZone) and panel.holds(other)


def load_design(name: str) -> PlateDesign:
    """A design of ours by name, or a file of the user's by a path ending in .toml.

    Raises InputError(design.unknown, design.invalid, design.no_qr)."""
    values = read_toml(_DESIGN, name)
    if "qr" not in values:
        told = "没有二维码的位置, 没有二维码的牌不能印: 请写 [qr] 一节 (x_mm、y_mm、field_mm、least_module_mm)"
        raise InputError("design.no_qr", f"图样 {Path(name).name} {told}", name=name)
    return checked(PlateDesign, name, values, _DESIGN)


def design_source(name: str) -> str:
    """The text of a design's file, comments and all, to start one's own from. Raises InputError(design.unknown)."""
    return source_of(_DESIGN, name).read_text("utf-8")


def design_names() -> tuple[str, ...]:
    """The designs that come with the product."""
    return data_names("designs")
