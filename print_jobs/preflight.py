"""Stops a batch before ink. Everything that is wrong is collected, not only the first thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from doorplate.errors import InputError, PreflightFailed
from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.symbol import module_mm
from print_jobs.artwork import SAMPLE_NOTE
from print_jobs.batch import Problem, batch_problems, plate_name
from print_jobs.fonts import FontSet, Letters
from print_jobs.layout import boxes_of, pinyin_of, set_plate, set_small
from print_jobs.local_script import chooses_form, missing_in
from print_jobs.plate_design import PlateDesign

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_POSTCODE = re.compile(r"\d{6}", re.ASCII)


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
    """What in this batch the design and its fonts cannot print."""
    host, cure = host_of(batch), _cure(design, fonts)
    yield from _glyph_problems("网址", host, fonts.hanzi, cure)
    yield from _glyph_problems("图样名称和样品字样", design.title + SAMPLE_NOTE, fonts.hanzi, cure)
    for i, label in enumerate(design.labels, 1):
        yield from _glyph_problems(f"图样的第 {i} 处固定文字", label.text, fonts.hanzi, cure)
        if not set_small(label.text, label, fonts.hanzi):
            yield Problem("batch.label_too_long", f"图样的固定文字「{label.text}」缩到 {label.least_mm:g} mm 仍放不下")
    if host and not set_small(host, design.host, fonts.hanzi):
        yield Problem("batch.host_too_long", f"网址 {host} 放不下: 缩到 {design.host.least_mm:g} mm 仍超出, 请换短一些的域名")
    for length in sorted({len(plate.url) for plate in batch.plates}):
        yield from _module_problems(length, design)
    for i, plate in enumerate(batch.plates):
        yield from plate_problems(plate_name(i, plate), plate, design, fonts)


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


def plate_problems(who: str, plate: BatchPlate, design: PlateDesign, fonts: FontSet) -> Iterator[Problem]:
    """What is wrong with one plate in this design; `who` names it in the messages."""
    if plate.kind != design.kind:
        yield Problem("batch.kind", f"{who}: 门牌种类是 {plate.kind}, 这个图样只印 {design.kind}")
    found = [*_absent(who, plate, design), *_unpaintable(who, plate, design, fonts)]
    yield from found or _unfitting(who, plate, design, fonts)


def _absent(who: str, plate: BatchPlate, design: PlateDesign) -> Iterator[Problem]:
    """Texts without a place, places without a text."""
    zone, number = design.name_zone, design.number_zone
    for name, title, text, place in (("street", "路名", plate.street, zone), ("number", "号码", plate.number, number)):
        if place and not text.strip():
            yield Problem(f"batch.{name}_missing", f"{who}: 没有{title}, 请先补齐地址")
        elif text.strip() and not place:
            yield Problem(f"batch.{name}_unplaced", f"{who}: 图样没有印{title}的位置, {title} {text!a} 会丢")
    if plate.minority and not (zone and zone.minority):
        yield Problem("batch.minority_unplaced", f"{who}: 图样没有印民族文字的位置 (name_zone.minority)")
    post = design.postcode_zone
    if post and post.boxes and not plate.postcode:
        yield Problem("batch.postcode_missing", f"{who}: 图样印有邮编格, 这块牌没有邮政编码")
    if post and plate.postcode and not _POSTCODE.fullmatch(plate.postcode):
        yield Problem("batch.postcode_form", f"{who}: 邮政编码要六位数字, 不是 {plate.postcode!a}")


def _unpaintable(who: str, plate: BatchPlate, design: PlateDesign, fonts: FontSet) -> Iterator[Problem]:
    """Characters no font of the design has, and invisible ones."""
    for title, text, letters in (("路名", plate.street, fonts.hanzi), ("号码", plate.number, fonts.hanzi),
                                 ("拼音", pinyin_of(plate, design), fonts.latin)):
        yield from _glyph_problems(f"{who}: {title}", text, letters, _cure(design, fonts))
    if not plate.minority:
        return
    cure = _cure(design, fonts)
    missing = missing_in(plate.minority, fonts.scripts)
    for character in dict.fromkeys(plate.minority):
        if unicodedata.category(character) in _INVISIBLE and not chooses_form(character):
            yield Problem("batch.character", f"{who}: 民族文字里{_invisible(character)}")
        elif character in missing:
            yield Problem("batch.glyph_missing", f"{who}: 民族文字里的{_no_glyph(character, cure)}")


def _unfitting(who: str, plate: BatchPlate, design: PlateDesign, fonts: FontSet) -> Iterator[Problem]:
    """Texts that shrink below the least size."""
    texts, zone = set_plate(plate, design, fonts), design.name_zone
    if zone and not texts.name:
        yield Problem("batch.street_too_long", f"{who}: 路名缩到 {zone.least_mm:g} mm 排两行仍放不下")
    if design.number_zone and not texts.number:
        yield Problem("batch.number_too_long", f"{who}: 号码缩到 {design.number_zone.least_mm:g} mm 仍放不下")
    spelled = boxes_of(design, bool(plate.minority), bool(plate.pinyin), bool(plate.postcode)).pinyin
    if spelled and not texts.pinyin:
        yield Problem("batch.pinyin_too_long", f"{who}: 拼音缩到 {spelled.least_mm:g} mm 仍放不下")
    if zone and zone.minority and plate.minority and not texts.minority:
        yield Problem("batch.minority_too_long", f"{who}: 民族文字缩到 {zone.minority.least_mm:g} mm 仍放不下")
    if design.postcode_zone and plate.postcode and not texts.postcode:
        yield Problem("batch.postcode_too_long", f"{who}: 邮政编码缩到 {design.postcode_zone.least_mm:g} mm 仍放不下")
    if not texts.code:
        yield Problem("batch.code_too_long", f"{who}: 编码缩到 {design.code.least_mm:g} mm 仍放不下")


def _glyph_problems(where: str, text: str, letters: Letters, cure: str) -> Iterator[Problem]:
    for character, seen in _faults(text, letters):
        if seen:
            yield Problem("batch.character", f"{where}里{_invisible(character)}")
        else:
            yield Problem("batch.glyph_missing", f"{where}里的{_no_glyph(character, cure)}")


@lru_cache(maxsize=8192)
def _faults(text: str, letters: Letters) -> tuple[tuple[str, bool], ...]:
    """Characters that cannot be painted, each once, and whether it is because they have no ink. Kept, because a street's name
    comes back on every one of its plates."""
    missing, faults = letters.missing(text), []
    for character in dict.fromkeys(text):
        unseen = unicodedata.category(character) in _INVISIBLE or (character not in missing and _blank(character, letters))
        if unseen or character in missing:
            faults.append((character, unseen))
    return tuple(faults)


def _blank(character: str, letters: Letters) -> bool:
    ink = letters.ink(character)
    return ink.right <= ink.left and not character.isspace()


def _invisible(character: str) -> str:
    return f"有看不见的字符 U+{ord(character):04X}, 请从地址里删去"


def _no_glyph(character: str, cure: str) -> str:
    return f"「{character}」U+{ord(character):04X} 这个图样的字体都没有, 印不出来, {cure}"


@lru_cache(maxsize=8)
def _cure(design: PlateDesign, fonts: FontSet) -> str:
    """What to do about a missing glyph."""
    absent = sorted({font.package for key, font in design.fonts.optional() if key not in fonts.faces and font.package})
    return f"可先安装 {'、'.join(absent)}" if absent else "请在图样里换一种有这个字的后备字体"
