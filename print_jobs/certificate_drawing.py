"""A page of a document as plain PDF operators, for the certificate: texts by their baseline, lines, a picture.

Lengths are millimetres, positions from the upper left corner of the page. No clock, no random names: same content, same bytes.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from print_jobs.data_files import Cmyk
from print_jobs.fonts import FontSet
from print_jobs.lines import Style, runs_at
from print_jobs.pdf_file import PT, PdfFile, box, resources
from print_jobs.pdfx import About, add_information, add_metadata
from print_jobs.runs import Run
from print_jobs.stamp import fill_color, text_operators
from print_jobs.text_font import UsedFonts

Picture = NDArray[np.uint8]


@dataclass
class Drawing:
    """What is drawn on one page so far."""

    fonts: FontSet
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    shapes: list[bytes] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    def text(self, text: str, x: float, y: float, style: Style) -> float:
        """Writes from x on and says where it ends. Characters none of the fonts has become boxes."""
        lacking = set(self.fonts.hanzi.missing(text))
        shown = "".join("□" if c in lacking else c for c in text)
        self.runs += runs_at(shown, x, y, style, self.fonts.hanzi)
        return x + self.width_of(shown, style)

    def right(self, text: str, x: float, y: float, style: Style) -> None:
        """Writes so that it ends at x."""
        self.text(text, x - self.width_of(text, style), y, style)

    def centred(self, text: str, x: float, y: float, style: Style) -> None:
        """Writes with its middle at x."""
        self.text(text, x - self.width_of(text, style) / 2, y, style)

    def width_of(self, text: str, style: Style) -> float:
        """Width of a text on one line, the tracking behind its last character left out."""
        return self.fonts.hanzi.advance(text) * style.em_mm + style.tracking_mm * max(len(text) - 1, 0)

    def wrapped(self, text: str, room: float, style: Style) -> list[str]:
        """The text in lines no wider than `room`, broken between any two characters, but not before a closing mark."""
        lines = [""]
        for character in text:
            if self.width_of(lines[-1] + character, style) > room and character not in "，。、；：,.;:)）":
                lines.append("")
            lines[-1] += character
        return lines

    def area(self, x: float, y: float, width: float, height: float, color: Cmyk) -> None:
        """Fills a rectangle given by its upper left corner."""
        corner = x * PT, (self.height - y - height) * PT, width * PT, height * PT
        self.shapes.append(b"%b %.3f %.3f %.3f %.3f re f\n" % (fill_color(color), *corner))

    def picture(self, picture: Picture, x: float, y: float, width: float, height: float) -> None:
        """Places an RGB picture, shape (rows, columns, 3)."""
        place = width * PT, height * PT, x * PT, (self.height - y - height) * PT
        self.shapes.append(b"q %.3f 0 0 %.3f %.3f %.3f cm /P%d Do Q\n" % (*place, len(self.pictures)))
        self.pictures.append(picture)

    def write(self, file: BinaryIO, title: str, document: str, made: datetime) -> None:
        """The page as a PDF. document: 32 hexadecimal digits that name it."""
        pdf, used = PdfFile(file), UsedFonts(self.fonts)
        used.add(self.runs)
        fonts = {key: pdf.reserve() for key in self.fonts.faces if key in used}
        used.embed(pdf, fonts)
        images = {f"P{i}": _add_picture(pdf, picture) for i, picture in enumerate(self.pictures)}
        content = pdf.add_stream(b"".join(self.shapes) + text_operators(self.runs, used, self.height))
        names = resources({"XObject": images, "Font": {used.name(key): number for key, number in fonts.items()}})
        pages = pdf.reserve()
        page = pdf.gather(b"<</Type/Page/Parent %d 0 R/MediaBox%b/Contents %d 0 R/Resources%b>>" % (
            pages, box(0, 0, self.width, self.height), content, names))
        pdf.gather(b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page, pages)
        about = About(title, "", document, made)
        catalog = b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>>>" % (
            pages, add_metadata(pdf, about))
        pdf.finish(pdf.add(catalog), add_information(pdf, about))


def _add_picture(pdf: PdfFile, picture: Picture) -> int:
    rows, columns, _ = picture.shape
    return pdf.add_flate(zlib.compress(picture.tobytes(), 6), (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (columns, rows)))
