"""The inks of the press as data (profiles/*.toml): the printing condition a PDF/X file names, and its spot inks.

Spot inks are Separation colour spaces (ISO 32000-1, 8.6.6.4). They overprint, so that nothing below them is left out.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from print_jobs.data_files import Cmyk, Data, Mm, load_data
from print_jobs.pdf_file import PdfFile, text_string


class Condition(Data):
    """A characterised printing condition: its name in a registry, and the ICC profile beside the TOML file."""

    identifier: str = Field(pattern=r"^[\x20-\x7e]+$")
    info: str
    registry: str
    profile: str = Field(pattern=r"^[\w.-]+\.icc$")


class SpotInk(Data):
    """An ink of its own. screen: how it looks where it is missing. line_mm: of what is stroked with it."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    screen: Cmyk
    line_mm: Mm = 0


class Inks(Data):
    """The printing condition, and the inks for cutting, for white below the colours, and for register marks."""

    name: str
    title: str
    condition: Condition
    cut: SpotInk
    white: SpotInk
    registration: SpotInk


@dataclass(frozen=True, slots=True)
class PressOptions:
    """Spot inks beside the four colours. cut_contour: the trim with its corners and holes, to be cut; white: an underprint for
    foils that are not white. inks: the printing condition and what the spot inks are called, None = ours."""

    cut_contour: bool = False
    white: bool = False
    inks: Inks | None = None


FOUR_COLOURS = PressOptions()


@lru_cache(maxsize=8)
def load_inks(name: str = "offset-coated") -> Inks:
    """Inks of ours by name, or a user's file ending in .toml. Raises InputError(inks.unknown, inks.invalid)."""
    return load_data(Inks, "profiles", name, "inks", "油墨设置")


def add_output_intent(pdf: PdfFile, condition: Condition) -> bytes:
    """The catalog's entry that names the condition and carries its profile (ISO 15930-7, 6.2.3)."""
    profile = pdf.add_flate(_profile(condition.profile), b"/N 4")
    return b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier%b/RegistryName%b/Info%b/OutputCondition%b" \
        b"/DestOutputProfile %d 0 R>>]" % (_ascii(condition.identifier), _ascii(condition.registry), text_string(condition.info),
                                           text_string(condition.info), profile)


def add_spot(pdf: PdfFile, ink: SpotInk) -> int:
    """The colour space of a spot ink; its tint runs from paper to the colour on the screen."""
    full = b" ".join(b"%g" % (value / 100) for value in ink.screen)
    tint = b"<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[%b]/N 1>>" % full
    return pdf.add(b"[/Separation/%b/DeviceCMYK%b]" % (ink.name.encode(), tint))


@lru_cache(maxsize=4)
def _profile(name: str) -> bytes:
    return zlib.compress((files("print_jobs") / "profiles" / name).read_bytes(), 9)


def _ascii(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"(" + escaped.encode("ascii") + b")"
