"""Presses volumes: the fixed part once as a Form XObject, and on each page what changes, stamped as plain PDF operators.

Pages are made some hundred plates at a time, written, and not kept. The same batch gives the same bytes: no clock, no random
names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import BinaryIO

from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.symbol import symbol_batch
from print_jobs import fixtures
from print_jobs.artwork import SAMPLE_NOTE, Artwork
from print_jobs.code_line import CodeLine
from print_jobs.fonts import FontSet
from print_jobs.inks import FOUR_COLOURS, Inks, PressOptions, add_output_intent, load_inks
from print_jobs.items import Item
from print_jobs.job import Volume
from print_jobs.layout import set_plate
from print_jobs.module_font import add_module_font
from print_jobs.pdf_file import PT, PdfFile, number, resources
from print_jobs.pdfx import About, add_information, add_metadata
from print_jobs.plate_design import PlateDesign
from print_jobs.sheet import Sheet, SheetLayout, arrange
from print_jobs.stamp import symbol_operators, text_operators
from print_jobs.text_font import UsedFonts
from print_jobs.zone_card import card_characters, card_operators

_CHUNK = 250  # plates made together: their numbers stay in the processor's cache
_KEPT = 20_000  # texts kept, so that memory does not grow with the batch


@dataclass(frozen=True)
class Press:
    """Everything the volumes of one batch share."""

    batch: PrintBatch
    design: PlateDesign
    sheet: Sheet
    fonts: FontSet
    artwork: Artwork
    options: PressOptions = FOUR_COLOURS

    @cached_property
    def layout(self) -> SheetLayout:
        return arrange(self.design.face, self.sheet)

    @property
    def inks(self) -> Inks:
        return self.options.inks or load_inks()


def write_volume(press: Press, volume: Volume, file: BinaryIO) -> list[str]:
    """Writes one volume as PDF/X-4 and gives the SHA-256 of each plate's own artwork, in the order of its plates.

    That hash covers what is stamped for the plate (symbol and texts), wherever it stands: the same plate on another sheet or in
    another volume has the same hash.
    """
    pdf = PdfFile(file)
    for data in press.artwork.objects:  # first of all, because they refer to each other by numbers from 1
        pdf.add(data)
    return _Volume(press, volume, pdf).write()


class _Stamper:
    """Stamps plates: what changes on each, in the face's own coordinates."""

    def __init__(self, press: Press, used: UsedFonts) -> None:
        self._press, self._used = press, used
        self._blocks: dict[tuple[object, ...], bytes] = {}
        self._code_line: CodeLine | None = None

    def stamps(self, plates: Sequence[BatchPlate]) -> list[bytes]:
        """The plates' texts, and last the symbol."""
        if not plates:
            return []
        design, first = self._press.design, plates[0]
        encoder = symbol_batch(first.url.removesuffix(first.code), len(first.url), design.qr.level)
        codes = [plate.code for plate in plates]
        symbols = symbol_operators(encoder.encode(codes), design.qr, design.face.height_mm)
        lines = self._code_lines(plates, codes)
        return [self._name(plate) + line + symbol for plate, line, symbol in zip(plates, lines, symbols, strict=True)]

    def _name(self, plate: BatchPlate) -> bytes:
        """All texts but the code, each kept for the plates that share it: a street's, a number's."""
        kept, coded = self._blocks.get, bool(plate.postcode)
        name = kept((plate.street, plate.pinyin, plate.minority, coded))
        number, postcode = kept((plate.number, coded)), kept((plate.postcode,))
        if name is None or number is None or postcode is None:
            return self._set(plate)
        return name + number + postcode

    def _set(self, plate: BatchPlate) -> bytes:
        """The same, kept from now on."""
        text, coded = set_plate(plate, self._press.design, self._press.fonts), bool(plate.postcode)
        if len(self._blocks) >= _KEPT:
            self._blocks.clear()
        blocks = {(plate.street, plate.pinyin, plate.minority, coded): text.minority + text.name + text.pinyin,
                  (plate.number, coded): text.number, (plate.postcode,): text.postcode}
        for key, runs in blocks.items():
            if key in self._blocks:
                continue
            self._used.add(runs)
            self._blocks[key] = text_operators(runs, self._used, self._press.design.face.height_mm) if runs else b""
        return b"".join([self._blocks[key] for key in blocks])

    def _code_lines(self, plates: Sequence[BatchPlate], codes: Sequence[str]) -> list[bytes]:
        design, fonts, height = self._press.design, self._press.fonts, self._press.design.face.height_mm
        if self._code_line is None:
            runs = set_plate(plates[0], design, fonts).code
            self._code_line = CodeLine.like(plates[0].code, runs, design.code, fonts.main, height)
        if self._code_line is not None:
            self._used.add_text("".join(codes))
            return self._code_line.operators(codes)
        found = [set_plate(plate, design, fonts).code for plate in plates]
        for runs in found:
            self._used.add(runs)
        return [text_operators(runs, self._used, height) for runs in found]


@dataclass
class _Volume:
    """One volume on its way into the file."""

    press: Press
    volume: Volume
    pdf: PdfFile
    hashes: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        press, layout = self.press, self.press.layout
        self.used = UsedFonts(press.fonts)
        self.stamper = _Stamper(press, self.used)
        self.slug = fixtures.slug(_slug(press, self.volume), press.design.face, layout, self.used)
        self.used.add_text("0123456789")
        self.foot = b"/M Do " + text_operators([self.slug.number], self.used, layout.height_mm).replace(b"<>", b"<%b>")
        below = b"/W Do /P gs /A Do" if press.options.white else b"/A Do"
        above = b"%b/C Do Q\n" if press.options.cut_contour else b""
        starts = [b"q 1 0 0 1 %b %b cm " % (number(x * PT), number(y * PT)) for x, y in layout.slots]
        self.before = [b"%b%b\n" % (start, below) for start in starts]
        self.after = [b"Q\n" + (above % start if above else b"") for start in starts]

    def write(self) -> list[str]:
        """Pages first, then what they share: only then is it known which characters were painted."""
        pdf, items = self.pdf, self.volume.items
        pages, fonts = pdf.reserve(), {key: pdf.reserve() for key in self.press.fonts.faces}
        boxes = fixtures.page_boxes(self.press.layout, self.press.design.face)
        page = b"<</Type/Page/Parent %d 0 R%b/Contents %%d 0 R>>" % (pages, boxes)
        contents = (content for chunk in self._chunks() for content in self._contents(chunk, items))
        kids = [pdf.gather(page % pdf.add_stream(content)) for content in contents]
        shared = self._resources(fonts)
        tree = b"<</Type/Pages/Resources %d 0 R/Count %d/Kids[%b]>>"
        pdf.gather(tree % (shared, len(kids), b" ".join(b"%d 0 R" % kid for kid in kids)), pages)
        self._finish(pages)
        return [self.hashes[i] for i in sorted(self.hashes)]

    def _chunks(self) -> Iterator[list[tuple[int, tuple[int | None, ...]]]]:
        """Pages (from 1) with what stands in their slots, as many at a time as hold some hundred plates."""
        pages = enumerate(self.volume.imposition.pages(len(self.volume.items)), 1)
        many = max(_CHUNK // len(self.press.layout.slots), 1)
        while chunk := list(islice(pages, many)):
            yield chunk

    def _contents(self, chunk: Sequence[tuple[int, tuple[int | None, ...]]], items: Sequence[Item]) -> list[bytes]:
        """The contents of some pages."""
        there = sorted(i for _, slots in chunk for i in slots if i is not None)
        standing = {i: item for i in there if isinstance(item := items[i], BatchPlate)}
        stamps = dict(zip(standing, self.stamper.stamps(list(standing.values())), strict=True))
        self.hashes.update((i, sha256(stamp).hexdigest()) for i, stamp in stamps.items())
        codes = self.press.fonts.main.codes
        contents = []
        for page, slots in chunk:
            pieces: list[bytes] = []
            for slot, index in enumerate(slots):
                if index in stamps:
                    pieces += (self.before[slot], stamps[index], self.after[slot])
                elif index is not None:
                    pieces.append(self._card(items[index], slot))
            contents.append(b"".join([*pieces, self.foot % codes(str(page))]))
        return contents

    def _card(self, card: Item, slot: int) -> bytes:
        if isinstance(card, BatchPlate):
            raise TypeError("a plate is no card")
        press, (x, y) = self.press, self.press.layout.slots[slot]
        self.used.add_text(card_characters(card))
        drawn = card_operators(card, press.design, press.fonts)
        return b"q 1 0 0 1 %b %b cm\n%b\nQ\n" % (number(x * PT), number(y * PT), drawn)

    def _resources(self, fonts: dict[str, int]) -> int:
        """Written when all pages are: the fonts hold what was painted."""
        press, pdf, face, options = self.press, self.pdf, self.press.design.face, self.press.options
        self.used.add([self.slug.shared])
        named = {key: n for key, n in fonts.items() if key in self.used}
        self.used.embed(pdf, named)
        text = text_operators([self.slug.shared], self.used, press.layout.height_mm)
        forms = {"A": 1, "M": fixtures.add_surround(pdf, press.layout, face, press.sheet.marks, press.inks, text, fonts["main"])}
        states = {}
        if options.white:
            forms["W"], states["P"] = fixtures.add_white(pdf, face, press.inks.white), fixtures.add_spot_keeper(pdf)
        if options.cut_contour:
            forms["C"] = fixtures.add_cut_contour(pdf, face, press.inks.cut)
        text_fonts = {**{self.used.name(key): n for key, n in named.items()}, "Q": add_module_font(pdf)}
        return pdf.gather(resources({"XObject": forms, "ExtGState": states, "Font": text_fonts}))

    def _finish(self, pages: int) -> None:
        press, pdf = self.press, self.pdf
        intent = add_output_intent(pdf, press.inks.condition)
        identity = f"{press.batch.id} {press.design.name} {press.sheet.name} {self.volume.number}"
        about = About("门牌", SAMPLE_NOTE if press.batch.sample else "", sha256(identity.encode()).hexdigest()[:32],
                      press.batch.frozen_at)
        catalog = b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>%b>>" % (
            pages, add_metadata(pdf, about), intent)
        pdf.finish(pdf.add(catalog), add_information(pdf, about))


def _slug(press: Press, volume: Volume) -> str:
    """What printers are told on every page, before its number."""
    face = press.design.face
    parts = [SAMPLE_NOTE if press.batch.sample else "", f"{press.design.title} {face.width_mm:g}×{face.height_mm:g} mm",
             f"批次 {press.batch.id[:8]}", f"第 {volume.number} 册", "页码 "]
    return " · ".join(part for part in parts if part)
