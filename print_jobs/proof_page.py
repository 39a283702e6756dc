"""One page of a finished PDF under the glass: parts of it as rasters, and the texts that stand in its boxes (pdfium).

Positions are millimetres from the lower left corner of a plate's face, the slot, and from its upper left corner for boxes.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from print_jobs.pdf_file import PT
from print_jobs.press import Press
from print_jobs.zones import Box

Raster = NDArray[np.uint8]

_WHITE = 255
_LONGEST_TEXT = 512  # UTF-16 units a box may hold
_BLACK_SQUARE = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
                 b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 4 4]/Contents 4 0 R>>",
                 b"<</Length 24>>stream\n0 0 0 1 k 0 0 4 4 re f  \nendstream")


class Window(NamedTuple):
    """A part of a page, mm from its upper left corner, and the pixels it is drawn with."""

    left: float
    top: float
    width: float
    height: float
    columns: int
    rows: int


class Glass:
    """Draws windows of pages; the bitmap is kept from one to the next of the same size."""

    def __init__(self) -> None:
        self._bitmaps: dict[tuple[int, int, int], tuple[Any, Raster]] = {}

    def draw(self, page: Any, window: Window, kind: int = pdfium.FPDFBitmap_Gray) -> Raster:
        """Shape (rows, columns), in colour (rows, columns, 3) as blue, green, red. Good until the next window is drawn."""
        key = (window.columns, window.rows, kind)
        if key not in self._bitmaps:
            bitmap = pypdfium2.PdfBitmap.new_native(window.columns, window.rows, kind)
            self._bitmaps[key] = bitmap, np.squeeze(bitmap.to_numpy())
        bitmap, raster = self._bitmaps[key]
        raster[:] = _WHITE
        across, down = window.columns / (window.width * PT), window.rows / (window.height * PT)
        matrix = pdfium.FS_MATRIX(across, 0, 0, down, -window.left * PT * across, -window.top * PT * down)
        pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, pdfium.FS_RECTF(0, 0, window.columns, window.rows), 0)
        return raster


class Page:
    """One page, opened for as long as the block lasts."""

    def __init__(self, document: pypdfium2.PdfDocument, number: int, press: Press, glass: Glass) -> None:
        self._document, self._number, self._press, self._glass = document, number, press, glass
        self._buffer = (ctypes.c_ushort * _LONGEST_TEXT)()

    def __enter__(self) -> Page:
        self._page = pdfium.FPDF_LoadPage(self._document.raw, self._number)
        self._text = pdfium.FPDFText_LoadPage(self._page)
        return self

    def __exit__(self, *_: object) -> None:
        pdfium.FPDFText_ClosePage(self._text)
        pdfium.FPDF_ClosePage(self._page)

    def field(self, slot: tuple[float, float], side: int, kind: int = pdfium.FPDFBitmap_Gray) -> Raster:
        """The QR field of the plate in this slot, drawn `side` pixels wide."""
        qr, (left, top) = self._press.design.qr, self._corner(slot)
        return self._glass.draw(self._page, Window(left + qr.x_mm, top + qr.y_mm, qr.field_mm, qr.field_mm, side, side), kind)

    def face(self, slot: tuple[float, float], inset_mm: float, pixels_per_mm: float) -> Raster:
        """What is printed within the trim of this slot."""
        face, (left, top) = self._press.design.face, self._corner(slot)
        width, height = face.width_mm - 2 * inset_mm, face.height_mm - 2 * inset_mm
        size = round(width * pixels_per_mm), round(height * pixels_per_mm)
        return self._glass.draw(self._page, Window(left + inset_mm, top + inset_mm, width, height, *size))

    def text_in(self, box: Box, slot: tuple[float, float]) -> str:
        """The text whose characters stand in this box of the face, as the file's own fonts name them."""
        top = slot[1] + self._press.design.face.height_mm
        count = pdfium.FPDFText_GetBoundedText(
            self._text, (slot[0] + box.x_mm) * PT, (top - box.y_mm) * PT, (slot[0] + box.right_mm) * PT,
            (top - box.bottom_mm) * PT, self._buffer, _LONGEST_TEXT)
        return bytes(memoryview(self._buffer)[:count]).decode("utf-16-le", "replace").rstrip("\0")

    def _corner(self, slot: tuple[float, float]) -> tuple[float, float]:
        """Upper left corner of the face, mm from the page's upper left corner."""
        return slot[0], self._press.layout.height_mm - slot[1] - self._press.design.face.height_mm


@lru_cache(maxsize=1)
def black_ink() -> tuple[int, tuple[int, int, int]]:
    """How the raster shows an area of black ink only: as grey, and as (blue, green, red). A hundredth of another ink, less black,
    and the black of a screen all look different."""
    parts = b"".join(b"%d 0 obj\n%b\nendobj\n" % (i, part) for i, part in enumerate(_BLACK_SQUARE, 1))
    with pypdfium2.PdfDocument(b"%PDF-1.4\n" + parts + b"trailer<</Root 1 0 R>>") as document:
        page, glass, window = document[0], Glass(), Window(0, 0, 4 / PT, 4 / PT, 4, 4)
        grey = int(glass.draw(page, window)[2, 2])
        blue, green, red = glass.draw(page, window, pdfium.FPDFBitmap_BGR)[2, 2].tolist()
    return grey, (blue, green, red)
