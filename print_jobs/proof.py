"""Reads every plate back from the finished PDF file: the symbol by a decoder, every module, and the painted texts in their place.

Decoding alone proves little, because error correction repairs a dozen wrong modules; so the raster is compared module by module,
quiet zone included. Texts are compared by glyph: what looks the same is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp
from numpy.typing import NDArray

from doorplate.model import BatchPlate
from doorplate.plates.code import grouped
from doorplate.plates.symbol import QUIET_MODULES, Modules, matrix, symbol_batch
from print_jobs.imposition import Place
from print_jobs.job import Volume
from print_jobs.pdf_file import PT
from print_jobs.plate_design import Box
from print_jobs.press import Press

READERS: Mapping[str, str] = {
    "decoder": f"zxing-cpp {version('zxing-cpp')}",
    "raster": f"pdfium {pypdfium2.version.PDFIUM_INFO.version}",
    "reference": f"segno {version('segno')}",
}

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_PIXELS = 4  # a module is a whole number of pixels, or decoders fail on good symbols
_DARK = 128
_CHUNK = 250  # plates whose symbols are encoded together
_BLANK_MODULES = 41  # how finely an empty slot is looked at
_SAMPLED = 100  # one plate in so many is also compared with segno's own symbol


@dataclass(frozen=True, slots=True)
class PlateProof:
    """What was read of one plate. problems is empty when all of it is as it must be."""

    code: str
    place: Place
    decoded: str
    problems: tuple[str, ...]


def prove_volume(path: Path, press: Press, volume: Volume, pixels: int = _PIXELS) -> Iterator[PlateProof]:
    """Reads back every plate of a volume, in order; `pixels` to a module. A file that cannot be opened, or that has more or fewer
    pages than it must, fails as a whole."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        yield from _unread(volume, "这一册打不开")
        return
    try:
        if len(document) == volume.pages:
            yield from _proofs(document, press, volume, pixels)
        else:
            yield from _unread(volume, f"这一册应有 {volume.pages} 页, 实有 {len(document)} 页")
    finally:
        document.close()


def _unread(volume: Volume, problem: str) -> Iterator[PlateProof]:
    places = (volume.imposition.place(i, len(volume.items)) for i, item in enumerate(volume.items) if isinstance(item, BatchPlate))
    return (PlateProof(plate.code, place, "", (problem,)) for plate, place in zip(volume.plates, places, strict=True))


def _proofs(document: pypdfium2.PdfDocument, press: Press, volume: Volume, pixels: int) -> Iterator[PlateProof]:
    """In the order of the volume's plates, whatever their order on the pages."""
    read: dict[int, PlateProof] = {}
    due = iter([i for i, item in enumerate(volume.items) if isinstance(item, BatchPlate)])
    wanted = next(due, None)
    for found in _by_page(document, press, volume, pixels):
        read |= found
        while wanted in read:
            yield read.pop(wanted)
            wanted = next(due, None)


def _by_page(document: pypdfium2.PdfDocument, press: Press, volume: Volume, pixels: int) -> Iterator[dict[int, PlateProof]]:
    """Page after page: the proofs by index of the item."""
    symbols = dict(zip((i for i, item in enumerate(volume.items) if isinstance(item, BatchPlate)), _expected(press, volume.plates),
                       strict=True))
    for page, indices in enumerate(volume.imposition.pages(len(volume.items))):
        with _Page(document, page, press, pixels) as reader:
            surplus = tuple(f"同页第 {slot + 1} 格应当空着, 却印有内容" for slot, i in enumerate(indices)
                            if i is None and not reader.is_blank(press.layout.slots[slot]))
            found: dict[int, PlateProof] = {}
            for slot, i in enumerate(indices):
                plate = volume.items[i] if i is not None else None
                if i is None or not isinstance(plate, BatchPlate):
                    continue
                expected = [symbols[i]] if i % _SAMPLED else [symbols[i], _quiet(matrix(plate.url, press.design.qr.level))]
                proof = reader.prove(plate, press.layout.slots[slot], expected, Place(page + 1, slot + 1))
                found[i] = replace(proof, problems=(*proof.problems, *surplus))
            yield found


class _Page:
    """One page under the glass: renders a plate's QR field so that every module is a whole number of pixels."""

    def __init__(self, document: pypdfium2.PdfDocument, number: int, press: Press, pixels: int) -> None:
        self._page = document[number]
        self._text = self._page.get_textpage()
        self._press, self._pixels = press, pixels

    def __enter__(self) -> _Page:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()
        self._page.close()

    def prove(self, plate: BatchPlate, slot: tuple[float, float], expected: Sequence[Modules], where: Place) -> PlateProof:
        raster = self._raster(slot, len(expected[0]))
        decoded = [found.text for found in zxingcpp.read_barcodes(
            raster, formats=_QR, try_rotate=False, try_downscale=False, try_invert=False)]
        problems = [*_symbol_problems(plate, decoded, raster, expected, self._pixels), *self._text_problems(plate, slot)]
        return PlateProof(plate.code, where, decoded[0] if decoded else "", tuple(problems))

    def is_blank(self, slot: tuple[float, float]) -> bool:
        """Whether nothing is printed where this slot's symbol and texts would be."""
        design = self._press.design
        paper = bool((self._raster(slot, _BLANK_MODULES) >= _DARK).all())
        return paper and not any(self._text_in(box, slot).strip() for box in (design.name_zone, design.number_zone, design.code))

    def _raster(self, slot: tuple[float, float], modules: int) -> NDArray[np.uint8]:
        """The QR field in grey, shape (modules * pixels, same)."""
        side, field = modules * self._pixels, self._press.design.qr
        scale = side / (field.field_mm * PT)
        left = slot[0] + field.x_mm
        top = self._press.layout.height_mm - slot[1] - self._press.design.face.height_mm + field.y_mm
        bitmap = pypdfium2.PdfBitmap.new_native(side, side, pdfium.FPDFBitmap_Gray)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, side, side)
        window = pdfium.FS_MATRIX(scale, 0, 0, scale, -left * PT * scale, -top * PT * scale)
        pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, self._page, window, pdfium.FS_RECTF(0, 0, side, side), 0)
        raster: NDArray[np.uint8] = bitmap.to_numpy().reshape(side, side)
        return raster

    def _text_problems(self, plate: BatchPlate, slot: tuple[float, float]) -> Iterator[str]:
        design, face = self._press.design, self._press.fonts.main
        wanted: tuple[tuple[str, str, Box], ...] = (
            ("路名", plate.street, design.name_zone), ("号码", plate.number, design.number_zone),
            ("编码", grouped(plate.code), design.code))
        for name, text, box in wanted:
            found = "".join(self._text_in(box, slot).split())
            if [face.glyph(c) for c in found] != [face.glyph(c) for c in "".join(text.split())]:
                yield f"{name}应为 {text}, 印出的是 {found or '空白'}"

    def _text_in(self, box: Box, slot: tuple[float, float]) -> str:
        top = slot[1] + self._press.design.face.height_mm
        text: str = self._text.get_text_bounded(left=(slot[0] + box.x_mm) * PT, right=(slot[0] + box.right_mm) * PT,
                                                bottom=(top - box.bottom_mm) * PT, top=(top - box.y_mm) * PT)
        return text


def _expected(press: Press, plates: Sequence[BatchPlate]) -> Iterator[Modules]:
    """The symbols as they must be, quiet zone included."""
    for start in range(0, len(plates), _CHUNK):
        chunk = plates[start:start + _CHUNK]
        encoder = symbol_batch(f"{press.batch.base_url}/d/", len(chunk[0].url), press.design.qr.level)
        for symbol in encoder.encode([p.code for p in chunk]):
            yield _quiet(symbol)


def _quiet(symbol: Modules) -> Modules:
    return np.pad(symbol, QUIET_MODULES)


def _symbol_problems(plate: BatchPlate, decoded: Sequence[str], raster: NDArray[np.uint8], expected: Sequence[Modules],
                     pixels: int) -> Iterator[str]:
    if not decoded:
        yield "二维码读不出"
    elif list(decoded) != [plate.url]:
        yield f"二维码读出的是 {'、'.join(decoded)}, 应为 {plate.url}"
    dark = raster < _DARK
    for symbol in expected:
        differing = dark != symbol.repeat(pixels, axis=0).repeat(pixels, axis=1)
        if differing.any():
            wrong = differing.reshape(len(symbol), pixels, len(symbol), pixels).any(axis=(1, 3)).sum()
            yield f"二维码有 {wrong} 个模块与应印的不同"
            return
