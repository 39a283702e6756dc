"""certificate.pdf: one page that says what was proven of a batch, for the file and for the factory's acceptance.

Everything on it is read from what lies in the folder; its date is that of the freezing. Same batch, same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from doorplate.china import minute_of
from doorplate.model import BatchPlate
from print_jobs.artwork import SAMPLE_NOTE
from print_jobs.certificate_drawing import Drawing, Picture
from print_jobs.imposition import Place
from print_jobs.job import PrintJob
from print_jobs.lines import Style
from print_jobs.proof_limits import proof_rules
from print_jobs.proof_page import Glass, Window
from print_jobs.proof_symbol import Summary
from print_jobs.sheet import arrange

_WIDTH, _HEIGHT, _LEFT, _RIGHT = 210.0, 297.0, 24.0, 186.0
_MIDDLE = _WIDTH / 2
_BLUE, _INK, _GREY, _LINE, _RED = (95, 70, 0, 5), (0, 0, 0, 92), (0, 0, 0, 58), (0, 0, 0, 18), (0, 95, 90, 10)
_TITLE, _LEAD = Style(9.6, _BLUE, 1.6), Style(3.3, _GREY, 0.5)
_COUNT, _VERDICT = Style(15.0, _BLUE), Style(5.0, _INK)
_HEAD, _LABEL, _TEXT = Style(3.5, _BLUE), Style(3.1, _GREY), Style(3.5, _INK)
_FIGURE, _SMALL, _HASH = Style(6.4, _INK), Style(2.7, _GREY), Style(2.5, _INK, 0.05)
_SHOWN_VOLUMES = 3  # so that the page's foot stays free
_PICTURE_WIDTH, _PICTURE_HEIGHT, _DOTS = 62.0, 46.0, 12.0  # mm, mm, pixels a millimetre on the certificate


@dataclass(frozen=True)
class Certified:
    """What a certificate speaks of. volumes: SHA-256 by file name. sample: the first plate, where it stands in the first volume.
    wear: one line on what the design withstands, "" = not tested."""

    job: PrintJob
    volumes: Mapping[str, str]
    manifest_sha256: str
    summary: Summary
    readers: Mapping[str, str]
    sampled: int
    sample: tuple[Path, Place]
    wear: str = ""


def write_certificate(certified: Certified, file: BinaryIO) -> None:
    """The certificate as a PDF, in the batch's own fonts."""
    job = certified.job
    page = Drawing(job.fonts, _WIDTH, _HEIGHT)
    _frame(page)
    _head(page, job)
    _result(page, certified)
    y = _facts(page, certified, 110)
    y = _figures(page, certified, y + 5)
    _prints(page, certified, y + 4)
    _signatures(page, 252)
    document = hashlib.sha256(f"certificate {job.batch.id}".encode()).hexdigest()[:32]
    page.write(file, "门牌成品验读证书", document, job.batch.frozen_at)


def _frame(page: Drawing) -> None:
    for inset, line in ((11, 0.5), (12.4, 0.15)):
        width, height = _WIDTH - 2 * inset, _HEIGHT - 2 * inset
        for x, y, w, h in ((inset, inset, width, line), (inset, _HEIGHT - inset - line, width, line),
                           (inset, inset, line, height), (_WIDTH - inset - line, inset, line, height)):
            page.area(x, y, w, h, _BLUE)


def _head(page: Drawing, job: PrintJob) -> None:
    page.centred("门牌成品验读证书", _MIDDLE, 35, _TITLE)
    page.centred("每一块门牌都从成品 PDF 读回, 与登记逐一核对", _MIDDLE, 43, _LEAD)
    page.area(_MIDDLE - 9, 48, 18, 0.5, _BLUE)
    if job.batch.sample:
        page.right(SAMPLE_NOTE, _RIGHT, 21, Style(3.3, _RED, 0.3))


def _result(page: Drawing, certified: Certified) -> None:
    plates = certified.job.plate_count
    page.text("逐块验读", _LEFT, 64, _VERDICT)
    end = page.text(f"{plates:,}", _LEFT - 0.8, 82, _COUNT)
    page.text(f"/ {plates:,} 块", end + 2.5, 82, Style(6.4, _GREY))
    page.text("全部读对, 没有一处不符", _LEFT, 91, Style(4.2, _INK))
    page.text("二维码内容与每个模块 · 牌面文字 · 所在页与格", _LEFT, 98, _LABEL)
    picture = _picture(certified)
    rows, columns, _ = picture.shape
    width = min(_PICTURE_WIDTH, _PICTURE_HEIGHT * columns / rows)
    height = width * rows / columns
    top = 57 + (_PICTURE_HEIGHT - height) / 2
    page.picture(picture, _RIGHT - width, top, width, height)
    page.right("本批第一块, 取自成品", _RIGHT, top + height + 4.5, _SMALL)


def _facts(page: Drawing, certified: Certified, y: float) -> float:
    job, face = certified.job, certified.job.design.face
    where = _place(job.batch.plates)
    frozen = minute_of(job.batch.frozen_at)
    second = certified.readers.get("second", "")
    other = f"{second}, 抽读 {certified.sampled:,} 块" if second else "本机未装, 未抽读"
    lines = (
        ("批次", job.batch.id), ("社区", f"{job.batch.community}  {where}".strip()), ("冻结时间", f"{frozen} (北京时间)"),
        ("图样", f"{job.design.title}  {face.width_mm:g}×{face.height_mm:g} mm  {job.design.source}"),
        ("纸张与成品", f"{job.sheet.title}, {len(job.volumes):,} 册 {job.pages:,} 页"), ("网址", f"{job.batch.base_url}/d/"),
        ("读码", f"{certified.readers['decoder']}, 栅格 {certified.readers['raster'].partition('@')[0]}"), ("第二读码", other))
    y = _section(page, "这一批", y)
    for label, text in lines:
        page.text(label, _LEFT, y, _LABEL)
        first, *rest = page.wrapped(text, _RIGHT - _LEFT - 24, _TEXT)
        page.text(first + ("…" if rest else ""), _LEFT + 24, y, _TEXT)
        y += 5.8
    return y


def _figures(page: Drawing, certified: Certified, y: float) -> float:
    found, limits, design = certified.summary, proof_rules().limits, certified.job.design
    y = _section(page, "从成品量得的最差值", y)
    columns = (
        ("模块", f"{found.least_module_mm:.3f}", "mm", f"不小于 {design.qr.least_module_mm:g} mm"),
        ("静区", f"{found.quiet:.2f}", "模块", "标准 4 模块, 四边取最窄"),
        ("反差", f"{found.contrast * 100:.0f}", "%", f"不低于 {limits.least_contrast * 100:g} %, 只用黑墨"),
        ("定位图形", f"{found.finder:.3f}", "模块", f"离 1:1:3:1:1 不过 {limits.most_finder_deviation:g}"))
    step = (_RIGHT - _LEFT) / len(columns)
    for i, (label, figure, unit, note) in enumerate(columns):
        x = _LEFT + i * step
        page.text(label, x, y, _LABEL)
        end = page.text(figure, x, y + 8.5, _FIGURE)
        page.text(unit, end + 1.2, y + 8.5, _LABEL)
        page.text(note, x, y + 13.5, _SMALL)
    y += 20
    page.text("耐损", _LEFT, y, _LABEL)
    page.text(certified.wear or "这一图样和网址长度还没有做耐损试验 (doorplate wear)", _LEFT + 24, y,
              _TEXT if certified.wear else _LABEL)
    return y + 6


def _prints(page: Drawing, certified: Certified, y: float) -> None:
    """SHA-256 of the files; of many volumes the first ones, and one hash over all of theirs."""
    y = _section(page, "文件指纹 (SHA-256)", y)
    shown = list(certified.volumes.items())[:_SHOWN_VOLUMES]
    left = len(certified.volumes) - len(shown)
    lines = [*shown, ("manifest.csv", certified.manifest_sha256)]
    if left:
        whole = hashlib.sha256("".join(certified.volumes.values()).encode()).hexdigest()
        lines.insert(len(shown), (f"全部 {len(certified.volumes):,} 册合计", whole))
    for name, sha256 in lines:
        page.text(name, _LEFT, y, _SMALL)
        page.text("  ".join(sha256[i:i + 16] for i in range(0, len(sha256), 16)), _LEFT + 30, y, _HASH)
        y += 4.4
    if left:
        page.text(f"其余 {left:,} 册见 proof.json; 合计是各册指纹按册号相连之后的指纹。", _LEFT, y, _SMALL)


def _signatures(page: Drawing, y: float) -> None:
    step = (_RIGHT - _LEFT) / 3
    for i, label in enumerate(("印制单位 (盖章)", "经办人", "验收日期")):
        x = _LEFT + i * step
        page.text(label, x, y, _LABEL)
        page.area(x, y + 14, step - 8, 0.2, _GREY)
    page.centred("逐块结果见同一文件夹的 proof.json; 用 doorplate proof 可随时重新验读。", _MIDDLE, 278, _SMALL)


def _section(page: Drawing, title: str, y: float) -> float:
    page.text(title, _LEFT, y, _HEAD)
    page.area(_LEFT, y + 2, _RIGHT - _LEFT, 0.15, _LINE)
    return y + 8


def _picture(certified: Certified) -> Picture:
    """The sample plate as the finished file shows it, red, green, blue."""
    path, place = certified.sample
    face, layout = certified.job.design.face, arrange(certified.job.design.face, certified.job.paper)
    x, y = layout.slots[place.slot - 1]
    columns = round(min(_PICTURE_WIDTH, _PICTURE_HEIGHT * face.width_mm / face.height_mm) * _DOTS)
    window = Window(x, layout.height_mm - y - face.height_mm, face.width_mm, face.height_mm, columns,
                    round(columns * face.height_mm / face.width_mm))
    with pypdfium2.PdfDocument(path) as document:
        shown: Picture = Glass().draw(document[place.page - 1], window, pdfium.FPDFBitmap_BGR)[:, :, ::-1].copy()
    return shown


def _place(plates: Sequence[BatchPlate]) -> str:
    """What the addresses of the batch have in common, up to a whole name."""
    addresses = [plate.standard_address for plate in plates]
    first, last = min(addresses), max(addresses)  # what these share, all share
    common = first[:next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))]
    ends = [common.rfind(ending) + len(ending) for ending in ("省", "市", "县", "区", "镇", "乡", "街道", "社区", "村")
            if ending in common]
    return common[:max(ends, default=0)]
