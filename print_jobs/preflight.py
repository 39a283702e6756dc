"""Stops a batch before ink. Everything that is wrong is collected, not only the first thing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from doorplate.errors import InputError, PreflightFailed
from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.symbol import module_mm
from print_jobs.artwork import SAMPLE_NOTE
from print_jobs.batch import Problem, batch_problems, plate_name
from print_jobs.fonts import Face, FontSet
from print_jobs.layout import set_plate, set_small
from print_jobs.plate_design import PlateDesign

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def require_printable(problems: Iterable[Problem]) -> None:
    """Raises PreflightFailed with every problem: its code is theirs if they all share one, else batch.preflight."""
    found = list(problems)
    if found:
        codes = {problem.code for problem in found}
        code = codes.pop() if len(codes) == 1 else "batch.preflight"
        raise PreflightFailed(code, f"印前检查有 {len(found)} 处问题, 没有开印", [problem.message for problem in found])


def printing_problems(batch: PrintBatch, design: PlateDesign, fonts: FontSet) -> Iterator[Problem]:
    """All that stops this batch in this design, wherever it is to be written."""
    yield from batch_problems(batch)
    yield from design_problems(batch, design, fonts)


def design_problems(batch: PrintBatch, design: PlateDesign, fonts: FontSet) -> Iterator[Problem]:
    """What in this batch the design and its font cannot print."""
    host, face = host_of(batch), fonts.main
    yield from _glyph_problems("网址", host, face)
    yield from _glyph_problems("图样名称和样品字样", design.title + SAMPLE_NOTE, face)
    if host and not set_small(host, design.host, face):
        yield Problem("batch.host_too_long", f"网址 {host} 放不下: 缩到 {design.host.least_mm:g} mm 仍超出, 请换短一些的域名")
    for length in sorted({len(plate.url) for plate in batch.plates}):
        yield from _module_problems(length, design)
    for i, plate in enumerate(batch.plates):
        yield from _plate_problems(plate_name(i, plate), plate, design, fonts)


def host_of(batch: PrintBatch) -> str:
    """The host as printed in plain text beside the symbol."""
    return urlsplit(batch.base_url).netloc


def _module_problems(length: int, design: PlateDesign) -> Iterator[Problem]:
    qr = design.qr
    try:
        module = module_mm(qr.field_mm, length, qr.level)
    except InputError as exc:
        yield Problem(exc.code, exc.message)
        return
    if module < qr.least_module_mm:
        yield Problem("batch.module_too_small", f"网址有 {length} 个字符, 二维码每格只有 {module:.2f} mm, "
                                                f"少于 {qr.least_module_mm:g} mm: 请换短一些的域名")


def _plate_problems(who: str, plate: BatchPlate, design: PlateDesign, fonts: FontSet) -> Iterator[Problem]:
    if plate.kind != design.kind:
        yield Problem("batch.kind", f"{who}: 门牌种类是 {plate.kind}, 这个图样只印 {design.kind}")
    parts = (("street", "路名", plate.street), ("number", "号码", plate.number))
    empty = [part for part in parts if not part[2].strip()]
    for name, title, _ in empty:
        yield Problem(f"batch.{name}_missing", f"{who}: 没有{title}, 请先补齐地址")
    glyphs = [problem for _, title, text in parts for problem in _glyph_problems(f"{who}: {title}", text, fonts.main)]
    yield from glyphs
    if empty or glyphs:
        return
    texts = set_plate(plate, design, fonts)
    if not texts.name:
        yield Problem("batch.street_too_long", f"{who}: 路名缩到 {design.name_zone.least_mm:g} mm 排两行仍放不下")
    if not texts.number:
        yield Problem("batch.number_too_long", f"{who}: 号码缩到 {design.number_zone.least_mm:g} mm 仍放不下")
    if not texts.code:
        yield Problem("batch.code_too_long", f"{who}: 编码缩到 {design.code.least_mm:g} mm 仍放不下")


def _glyph_problems(where: str, text: str, face: Face) -> Iterator[Problem]:
    missing = face.missing(text)
    for character in dict.fromkeys(text):
        point = f"U+{ord(character):04X}"
        if unicodedata.category(character) in _INVISIBLE or (character not in missing and _blank(character, face)):
            yield Problem("batch.character", f"{where}里有看不见的字符 {point}, 请从地址里删去")
        elif character in missing:
            yield Problem("batch.glyph_missing", f"{where}里的「{character}」{point} 字体 {face.postscript_name} 没有, 印不出来")


def _blank(character: str, face: Face) -> bool:
    ink = face.ink(character)
    return ink.right <= ink.left and not character.isspace()
