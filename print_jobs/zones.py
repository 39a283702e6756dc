"""The pieces a plate design is made of. Lengths in mm; positions from the upper left corner of the face, y downwards; CMYK in per
cent."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from print_jobs.data_files import Cmyk, Data, Mm

WHITE: Cmyk = (0, 0, 0, 0)
Align = Literal["centre", "left"]
Heir = Literal["name_zone", "pinyin_zone", "number_zone"]


class Box(Data):
    """A rectangle on the face."""

    x_mm: Mm
    y_mm: Mm
    width_mm: Mm = Field(gt=0)
    height_mm: Mm = Field(gt=0)

    @property
    def right_mm(self) -> float:
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        return self.y_mm + self.height_mm

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        return (min(self.right_mm, other.right_mm) - max(self.x_mm, other.x_mm) > _TOUCHING
                and min(self.bottom_mm, other.bottom_mm) - max(self.y_mm, other.y_mm) > _TOUCHING)

    def holds(self, other: Box) -> bool:
        """Whether `other` lies inside."""
        return (other.x_mm >= self.x_mm - _TOUCHING and other.y_mm >= self.y_mm - _TOUCHING
                and other.right_mm <= self.right_mm + _TOUCHING and other.bottom_mm <= self.bottom_mm + _TOUCHING)


_TOUCHING = 0.001


class Hole(Data):
    """A round hole for a screw, punched at the factory: where its middle is."""

    x_mm: Mm
    y_mm: Mm
    diameter_mm: Mm = Field(gt=0)

    @property
    def box(self) -> Box:
        left, top = (max(middle - self.diameter_mm / 2, 0) for middle in (self.x_mm, self.y_mm))
        return Box(x_mm=left, y_mm=top, width_mm=self.diameter_mm, height_mm=self.diameter_mm)


class PlateFace(Data):
    """The printed face. rim_mm: metal border outside the face, made by the factory and not printed. thickness_mm: of the metal,
    0 = not prescribed."""

    width_mm: Mm = Field(gt=0)
    height_mm: Mm = Field(gt=0)
    rim_mm: Mm = 0
    thickness_mm: Mm = 0
    corner_radius_mm: Mm = 0
    bleed_mm: Mm = 3
    safe_mm: Mm = 5
    color: Cmyk
    holes: tuple[Hole, ...] = ()

    @property
    def safe(self) -> Box:
        """Where everything that matters must stand."""
        return Box(x_mm=self.safe_mm, y_mm=self.safe_mm, width_mm=self.width_mm - 2 * self.safe_mm,
                   height_mm=self.height_mm - 2 * self.safe_mm)


class Line(Data):
    """The line drawn inside the face; inset_mm to its outer edge; width_mm 0 = no line."""

    inset_mm: Mm = 0
    width_mm: Mm = 0
    radius_mm: Mm = 0
    color: Cmyk = WHITE


class Patch(Box):
    """An area in another colour, such as the white field behind a building's red number."""

    color: Cmyk
    radius_mm: Mm = 0


class Panel(Box):
    """The white ground of the symbol."""

    radius_mm: Mm = 0


class ScriptLine(Data):
    """The line in the local script above the name: the upper `share` of the name zone, on plates that carry one.
    instead_of_pinyin: such plates have no pinyin, where there is not room for three lines."""

    share: float = Field(default=1 / 3, gt=0, lt=0.8)
    size_mm: Mm
    least_mm: Mm = Field(gt=0)
    instead_of_pinyin: bool = False
    color: Cmyk = WHITE


class NameZone(Box):
    """Where the thoroughfare stands, and how its name gives way: the type shrinks on one line down to one_line_mm, then the
    name takes two lines of that size, then the type shrinks to least_mm; what still does not fit stops the batch.
    A short name is spread until it fills `fill` of the width, by no more than spread_em between characters."""

    size_mm: Mm
    one_line_mm: Mm
    least_mm: Mm = Field(gt=0)
    leading: float = Field(default=1.15, ge=1, le=2)
    fill: float = Field(default=0, ge=0, le=1)
    spread_em: float = Field(default=0, ge=0, le=1)
    align: Align = "centre"
    color: Cmyk = WHITE
    minority: ScriptLine | None = None


class PinyinZone(Box):
    """One line of pinyin. capitals: in capital letters. tracking_em: space added between letters. heir: see PostcodeZone."""

    size_mm: Mm
    least_mm: Mm = Field(gt=0)
    tracking_em: float = Field(default=0, ge=0, le=1)
    capitals: bool = False
    align: Align = "centre"
    color: Cmyk = WHITE
    heir: Heir | None = None


class NumberZone(Box):
    """Where the number stands: its first run of digits at size_mm (body size); what surrounds it (号, 附1号) is smaller by
    small_scale, stands on the digits' foot, and keeps gap_em of the digits' size away. stacked: it stands in a line below
    instead. least_stretch: digits may be narrowed so far before the type shrinks."""

    size_mm: Mm
    least_mm: Mm = Field(gt=0)
    small_scale: float = Field(gt=0, le=1)
    gap_em: float = Field(default=0.08, ge=0, le=1)
    stacked: bool = False
    least_stretch: float = Field(default=1, ge=0.5, le=1)
    color: Cmyk = WHITE


class PostcodeBoxes(Data):
    """Six outlined squares for the digits, part of the fixed artwork: every plate of such a design must carry a postcode."""

    side_mm: Mm = Field(gt=0)
    gap_mm: Mm
    line_mm: Mm = Field(gt=0)
    radius_mm: Mm = 0


class PostcodeZone(Box):
    """The line of the postcode: a label and six digits, or the digits in boxes. heir: the zone that grows over this one on a
    plate that does not carry this line."""

    size_mm: Mm
    least_mm: Mm = Field(gt=0)
    label: str = ""
    label_scale: float = Field(default=0.7, gt=0, le=1)
    tracking_em: float = Field(default=0.12, ge=0, le=1)
    align: Align = "centre"
    color: Cmyk = WHITE
    heir: Heir | None = None
    boxes: PostcodeBoxes | None = None


class QrField(Data):
    """The square that holds symbol and quiet zone. least_module_mm: smaller modules are refused; at least 0.8 mm where the field
    is 40 mm or more, 0.5 mm on smaller ones (D)."""

    x_mm: Mm
    y_mm: Mm
    field_mm: Mm = Field(gt=0)
    level: Literal["L", "M", "Q", "H"] = "Q"
    least_module_mm: Mm

    @property
    def box(self) -> Box:
        return Box(x_mm=self.x_mm, y_mm=self.y_mm, width_mm=self.field_mm, height_mm=self.field_mm)

    @model_validator(mode="after")
    def _not_too_fine(self) -> Self:
        least = 0.8 if self.field_mm >= 40 else 0.5
        if self.least_module_mm < least:
            raise ValueError(f"least_module_mm 不能小于 {least:g} mm")
        return self


class SmallText(Box):
    """One line of small type: the code, the host, the sample note."""

    size_mm: Mm
    least_mm: Mm = Field(gt=0)
    color: Cmyk


class Label(SmallText):
    """A text that every plate of the design carries."""

    text: str = Field(min_length=1)


class Mounting(Data):
    """Where the plate is hung: height of its lower edge above the ground, m, and the rule in a sentence for the installer."""

    height_m: float = Field(gt=0, lt=10)
    rule: str = Field(min_length=1)


class Font(Data):
    """One cut of a family, found through fontconfig; postscript_name makes sure of the cut. package: the Debian package that
    brings it. stroke_em: an outline that lends it the weight of the main font."""

    family: str = Field(min_length=1)
    weight: Literal["regular", "medium", "bold"]
    postscript_name: str = Field(min_length=1)
    package: str = ""
    stroke_em: float = Field(default=0, ge=0, le=0.2)
