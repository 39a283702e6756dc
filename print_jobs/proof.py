"""Reads every plate back from the finished PDF file: the symbol by a decoder, every module, and the painted texts in their place.

Decoding alone proves little, because error correction repairs a dozen wrong modules; so the raster is compared module by module,
quiet zone included, and measured. Texts are compared by glyph: what looks the same is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp

from doorplate.model import BatchPlate
from doorplate.plates.symbol import QUIET_MODULES, SymbolBatch, matrix, symbol_batch
from print_jobs.imposition import Place
from print_jobs.job import Volume
from print_jobs.layout import LOCAL_SCRIPT, zone_texts
from print_jobs.press import Press
from print_jobs.proof_limits import proof_rules
from print_jobs.proof_page import Glass, Page, Raster, black_ink
from print_jobs.proof_second import zbar
from print_jobs.proof_symbol import Measured, differing, measure, measured_problems, only_black

READERS: Mapping[str, str] = {
    "decoder": f"zxing-cpp {version('zxing-cpp')}",
    "raster": f"pdfium {pypdfium2.version.PDFIUM_INFO.version}",
    "reference": f"segno {version('segno')}",
    "second": second.name if (second := zbar()) else "",
}
"""Programs and versions; second is "" on a machine without it."""

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_CHUNK = 250  # plates whose symbols are encoded, compared and measured together
_WHITE = 255
_NOT_BLACK = "二维码不是只用黑墨印在白底上"
_INSET_MM, _FINE = 0.5, 4.0  # how an empty slot is looked at: from this far inside its trim, pixels a millimetre (D)


@dataclass(frozen=True, slots=True)
class PlateProof:
    """What was read of one plate. problems is empty when all of it is as it must be; measured is None for what was not read;
    sampled: read by the second decoder too."""

    code: str
    place: Place
    decoded: str
    problems: tuple[str, ...]
    measured: Measured | None = None
    sampled: bool = False


@dataclass(slots=True)
class _Reading:
    """A plate on its way through the proof: where its item stands in the volume, and what was found so far."""

    index: int
    plate: BatchPlate
    place: Place
    problems: list[str]
    sampled: bool = False


def prove_volume(path: Path, press: Press, volume: Volume, pixels: int | None = None) -> Iterator[PlateProof]:
    """Reads back every plate of a volume, in order; `pixels` to a module, 2 at least (None: as proof.toml says). A file that
    cannot be opened, or that has more or fewer pages than it must, fails as a whole."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        yield from _unread(volume, "这一册打不开")
        return
    try:
        if len(document) == volume.pages:
            yield from _in_order(volume, _Proof(document, press, volume, pixels or proof_rules().reading.pixels))
        else:
            yield from _unread(volume, f"这一册应有 {volume.pages} 页, 实有 {len(document)} 页")
    finally:
        document.close()


def _unread(volume: Volume, problem: str) -> Iterator[PlateProof]:
    count = len(volume.items)
    places = (volume.imposition.place(i, count) for i, item in enumerate(volume.items) if isinstance(item, BatchPlate))
    return (PlateProof(plate.code, place, "", (problem,)) for plate, place in zip(volume.plates, places, strict=True))


def _in_order(volume: Volume, proof: _Proof) -> Iterator[PlateProof]:
    """In the order of the volume's plates, whatever their order on the pages."""
    read: dict[int, PlateProof] = {}
    due = iter([i for i, item in enumerate(volume.items) if isinstance(item, BatchPlate)])
    wanted = next(due, None)
    for index, found in proof.read():
        read[index] = found
        while wanted in read:
            yield read.pop(wanted)
            wanted = next(due, None)


class _Proof:
    """One volume under proof, pixels to a module."""

    def __init__(self, document: pypdfium2.PdfDocument, press: Press, volume: Volume, pixels: int) -> None:
        self._document, self._press, self._volume, self._pixels = document, press, volume, pixels
        self._glass = Glass()
        self._rules = proof_rules()

    def read(self) -> Iterator[tuple[int, PlateProof]]:
        """By index of the item, in the order of the pages."""
        pages = list(self._volume.imposition.pages(len(self._volume.items)))
        orphans = [problem for number, slots in enumerate(pages) if not self._plates_on(slots)
                   for problem in self._page(number, slots, [], [])]
        waiting: list[_Reading] = []
        rasters: list[Raster] = []
        for number, slots in enumerate(pages):
            if self._plates_on(slots):
                self._page(number, slots, waiting, rasters)
            if len(waiting) >= _CHUNK:
                yield from self._proofs(waiting, rasters, orphans)
                waiting, rasters, orphans = [], [], []
        if waiting:
            yield from self._proofs(waiting, rasters, orphans)

    def _plates_on(self, slots: Sequence[int | None]) -> bool:
        return any(i is not None and isinstance(self._volume.items[i], BatchPlate) for i in slots)

    def _page(self, number: int, slots: Sequence[int | None], waiting: list[_Reading], rasters: list[Raster]) -> list[str]:
        """Reads the plates of a page into `waiting` and `rasters`; what is wrong with its other slots is said of all of them."""
        found: list[_Reading] = []
        wrong: list[str] = []
        press = self._press
        with Page(self._document, number, press, self._glass) as page:
            for slot, index in enumerate(slots):
                item, where = self._volume.items[index] if index is not None else None, press.layout.slots[slot]
                if index is not None and isinstance(item, BatchPlate):
                    rasters.append(page.field(where, self._side(item)).copy())
                    reading = _Reading(index, item, Place(number + 1, slot + 1), [])
                    reading.problems += _text_problems(page, item, where, press)
                    if index % self._rules.sample.decoded == 0:
                        reading.sampled = True
                        reading.problems += self._sampled(page, item, where)
                    if index % self._rules.sample.encoded == 0:
                        reading.problems += self._by_second_encoder(item, rasters[-1])
                    found.append(reading)
                elif index is None and bool((page.face(where, _INSET_MM, _FINE) < _WHITE).any()):
                    wrong.append(f"第 {number + 1} 页第 {slot + 1} 格应当空着, 却印有内容")
                elif index is not None and _decoded(page.face(where, _INSET_MM, _FINE), pure=False):
                    wrong.append(f"第 {number + 1} 页第 {slot + 1} 格是分区卡, 却读出了二维码")
        for reading in found:
            reading.problems += wrong
        waiting += found
        return wrong

    def _side(self, plate: BatchPlate) -> int:
        return self._modules(len(plate.url)) * self._pixels

    def _modules(self, length: int) -> int:
        return self._encoder(length).size + 2 * QUIET_MODULES

    def _encoder(self, length: int) -> SymbolBatch:
        return symbol_batch(f"{self._press.batch.base_url}/d/", length, self._press.design.qr.level)

    def _sampled(self, page: Page, plate: BatchPlate, slot: tuple[float, float]) -> Iterator[str]:
        """What a second decoder reads, and whether all of the field is black ink on white, edges aside."""
        modules, decoder, texts = self._modules(len(plate.url)), zbar(), list[str]()
        for pixels in self._rules.sample.pixels if decoder else ():
            texts = decoder.read(page.field(slot, modules * pixels)) if decoder else []
            if texts:
                break
        if decoder and texts != [plate.url]:
            yield f"第二解码器读出的是 {'、'.join(texts) or '空白'}, 应为 {plate.url}"
        pixels = self._rules.sample.pixels[0]
        colours = page.field(slot, modules * pixels, pdfium.FPDFBitmap_BGR)[pixels // 2::pixels, pixels // 2::pixels]
        if not ((colours == black_ink()[1]).all(axis=2) | (colours == _WHITE).all(axis=2)).all():
            yield _NOT_BLACK

    def _by_second_encoder(self, plate: BatchPlate, raster: Raster) -> Iterator[str]:
        second = np.pad(matrix(plate.url, self._press.design.qr.level), QUIET_MODULES)
        if count := differing(raster[None], second[None])[0]:
            yield _differ(count)

    def _proofs(self, waiting: Sequence[_Reading], rasters: Sequence[Raster], orphans: Sequence[str],
                ) -> Iterator[tuple[int, PlateProof]]:
        """Compares and measures what was read; orphans are problems of pages without plates, said of the first."""
        design, plates = self._press.design, [reading.plate for reading in waiting]
        field, limits = np.stack(rasters), self._rules.limits
        expected = np.zeros((len(plates), *[self._modules(len(plates[0].url))] * 2), np.bool_)
        inner = np.s_[:, QUIET_MODULES:-QUIET_MODULES, QUIET_MODULES:-QUIET_MODULES]
        expected[inner] = self._encoder(len(plates[0].url)).encode([plate.code for plate in plates])
        wrong, measured = differing(field, expected), measure(field, expected, design.qr.field_mm)
        black = only_black(field, expected, black_ink()[0])
        module = design.qr.field_mm / expected.shape[1]
        for reading, raster, count, found, plain in zip(waiting, field, wrong.tolist(), measured, black.tolist(), strict=True):
            texts = (not count and _decoded(raster, pure=True)) or _decoded(raster, pure=False)
            symbol = _symbol_problems(reading.plate.url, texts, count)
            beyond = [] if count else [*measured_problems(found, module, limits), *([] if plain else [_NOT_BLACK])]
            problems = tuple(dict.fromkeys((*symbol, *beyond, *reading.problems, *orphans)))
            proof = PlateProof(reading.plate.code, reading.place, texts[0] if texts else "", problems, found, reading.sampled)
            yield reading.index, proof
            orphans = ()


def _decoded(raster: Raster, *, pure: bool) -> list[str]:
    """pure: nothing but an upright symbol is on the raster, which spares the search for it."""
    found = zxingcpp.read_barcodes(raster, formats=_QR, try_rotate=False, try_downscale=False, try_invert=False, is_pure=pure)
    return [one.text for one in found]


def _symbol_problems(url: str, decoded: Sequence[str], differing_modules: int) -> Iterator[str]:
    if not decoded:
        yield "二维码读不出"
    elif list(decoded) != [url]:
        yield f"二维码读出的是 {'、'.join(decoded)}, 应为 {url}"
    if differing_modules:
        yield _differ(differing_modules)


def _differ(modules: int) -> str:
    return f"二维码有 {modules} 个模块与应印的不同"


def _text_problems(page: Page, plate: BatchPlate, slot: tuple[float, float], press: Press) -> Iterator[str]:
    letters = press.fonts.hanzi
    for wanted in zone_texts(plate, press.design):
        found = page.text_in(wanted.box, slot).split()
        due = wanted.text.split()
        if wanted.title == LOCAL_SCRIPT:  # a text page gives leftward words in the order of the eye
            right = sorted(found) == sorted(due)
        else:
            one, other = "".join(found), "".join(due)
            right = one == other or letters.look(one) == letters.look(other)
        if not right:
            yield f"{wanted.title}应为 {wanted.text}, 印出的是 {''.join(found) or '空白'}"
