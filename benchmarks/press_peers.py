"""The same plates made by other software, the way its manual shows. Each function prints plates and gives the bytes it wrote."""

from __future__ import annotations

import ctypes
import ctypes.util
import io
from collections.abc import Sequence
from html import escape
from tempfile import NamedTemporaryFile

from doorplate.model import BatchPlate
from doorplate.plates.code import grouped

_CHUNK = 50  # plates a document, when WeasyPrint gets them in chunks
_FONT = "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"  # reportlab and fpdf2 do not read the CFF outlines of Noto Sans CJK
_MM = 72 / 25.4

CSS = """
@page { size: 156mm 96mm; margin: 0 }
body { margin: 0; font-family: "Noto Sans CJK SC"; font-weight: 700; color: device-cmyk(0 0 0 0) }
.plate { position: relative; width: 156mm; height: 96mm; break-after: page; background: device-cmyk(1 0.8 0 0) }
.plate div { position: absolute; white-space: nowrap }
.line { left: 6mm; top: 6mm; width: 142.6mm; height: 82.6mm; border: .7mm solid device-cmyk(0 0 0 0); border-radius: 2.6mm }
.street { left: 12mm; width: 85mm; top: 12mm; font-size: 14mm; text-align: center }
.number { left: 12mm; width: 85mm; top: 30mm; font-size: 30mm; text-align: center }
.panel { left: 102mm; top: 19.5mm; width: 42mm; height: 54mm; background: device-cmyk(0 0 0 0); border-radius: 1.2mm }
.symbol { left: 1mm; top: .5mm; width: 40mm; height: 40mm }
.symbol svg, .symbol img { width: 40mm; height: 40mm }
.code { left: 0; width: 42mm; top: 41mm; font-size: 3.6mm; text-align: center; color: device-cmyk(0 0 0 1) }
.host { left: 0; width: 42mm; top: 47mm; font-size: 3.2mm; text-align: center; color: device-cmyk(0 0 0 1) }
"""
_PLATE = ("<div class=line></div><div class=street>{street}</div><div class=number>{number}</div><div class=panel>"
          "<div class=symbol>{symbol}</div><div class=code>{code}</div><div class=host>menpai.example</div></div>")


def weasyprint_naive(plates: Sequence[BatchPlate]) -> int:
    """One HTML document with an inline SVG symbol for each plate."""
    import segno
    from weasyprint import HTML
    pages = []
    for p in plates:
        svg = segno.make_qr(p.url, error="q", boost_error=False).svg_inline(border=4, omitsize=True)
        drawn = _PLATE.format(street=escape(p.street), number=escape(p.number), symbol=svg, code=grouped(p.code))
        pages.append(f"<div class=plate>{drawn}</div>")
    html = f"<html lang=zh-CN><meta charset=utf-8><style>{CSS}</style>{''.join(pages)}"
    return len(HTML(string=html).write_pdf())


def weasyprint_chunks(plates: Sequence[BatchPlate]) -> int:
    """A document for every fifty plates, because it slows down with their number."""
    return sum(weasyprint_naive(plates[start:start + _CHUNK]) for start in range(0, len(plates), _CHUNK))


def blabel(plates: Sequence[BatchPlate]) -> int:
    """Labels with blabel's own QR codes (WeasyPrint and Jinja inside)."""
    from blabel import LabelWriter
    template = "<div class=plate>" + _PLATE.format(street="{{ street }}", number="{{ number }}", code="{{ code }}",
                                                   symbol="<img src='{{ label_tools.qr_code(url) }}'>") + "</div>"
    with NamedTemporaryFile("w", suffix=".css") as css, NamedTemporaryFile(suffix=".pdf") as out:
        css.write(CSS)
        css.flush()
        writer = LabelWriter(item_template=template, default_stylesheets=(css.name,))
        writer.write_labels([{"street": p.street, "number": p.number, "code": grouped(p.code), "url": p.url} for p in plates],
                            target=out.name)
        return len(out.read())


def reportlab(plates: Sequence[BatchPlate]) -> int:
    """A canvas: the fixed part as a form, the symbol as rectangles."""
    from reportlab.lib.colors import CMYKColor
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas
    pdfmetrics.registerFont(TTFont("W", _FONT))
    out, white, black = io.BytesIO(), CMYKColor(0, 0, 0, 0), CMYKColor(0, 0, 0, 1)
    canvas = Canvas(out, pagesize=(156 * _MM, 96 * _MM), pageCompression=1)
    canvas.beginForm("face")
    canvas.setFillColor(CMYKColor(1, .8, 0, 0))
    canvas.rect(0, 0, 156 * _MM, 96 * _MM, stroke=0, fill=1)
    canvas.setStrokeColor(white)
    canvas.roundRect(6 * _MM, 6 * _MM, 144 * _MM, 84 * _MM, 7)
    canvas.setFillColor(white)
    canvas.roundRect(102 * _MM, 22.5 * _MM, 42 * _MM, 54 * _MM, 3, stroke=0, fill=1)
    canvas.endForm()
    for p in plates:
        canvas.doForm("face")
        for text, size, x, y, color in ((p.street, 14, 54, 72, white), (p.number, 30, 54, 40, white),
                                        (grouped(p.code), 3.6, 123, 32, black), ("menpai.example", 3.2, 123, 26, black)):
            canvas.setFillColor(color)
            canvas.setFont("W", size * _MM)
            canvas.drawCentredString(x * _MM, y * _MM, text)
        for x, y, width, side in _runs(p.url):
            canvas.rect((107 + x * side) * _MM, (75 - y * side) * _MM, width * side * _MM, side * _MM, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return len(out.getvalue())


def fpdf2(plates: Sequence[BatchPlate]) -> int:
    """Pages drawn one after the other, the symbol as rectangles."""
    from fpdf import FPDF
    from fpdf.drawing import DeviceCMYK
    pdf = FPDF(unit="mm", format=(96, 156), orientation="landscape")
    pdf.set_auto_page_break(False)
    pdf.add_font("W", "", _FONT)
    blue, white, black = DeviceCMYK(1, .8, 0, 0), DeviceCMYK(0, 0, 0, 0), DeviceCMYK(0, 0, 0, 1)
    for p in plates:
        pdf.add_page()
        pdf.set_fill_color(blue)
        pdf.rect(0, 0, 156, 96, style="F")
        pdf.set_draw_color(white)
        pdf.rect(6, 6, 144, 84, style="D", round_corners=True, corner_radius=2.6)
        pdf.set_fill_color(white)
        pdf.rect(102, 19.5, 42, 54, style="F", round_corners=True, corner_radius=1.2)
        for text, size, x, y, color in ((p.street, 14, 20, 24, white), (p.number, 30, 20, 56, white),
                                        (grouped(p.code), 3.6, 108, 64, black), ("menpai.example", 3.2, 108, 70, black)):
            pdf.set_text_color(color)
            pdf.set_font("W", size=size * _MM)
            pdf.text(x, y, text)
        pdf.set_fill_color(black)
        for x, y, width, side in _runs(p.url):
            pdf.rect(107 + x * side, 24 + y * side, width * side, side, style="F")
    return len(pdf.output())


def _runs(url: str) -> list[tuple[int, int, int, float]]:
    """Dark runs of the symbol: column, row, width in modules, size of a module in mm."""
    import segno
    matrix = segno.make_qr(url, error="q", boost_error=False).matrix
    found = []
    for y, row in enumerate(matrix):
        edges = [x for x in range(len(row) + 1) if (row[x] if x < len(row) else 0) != (row[x - 1] if x else 0)]
        found += [(start, y, end - start, 40 / (len(matrix) + 8)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return found


class Qrencode:
    """libqrencode (Debian: libqrencode4), called directly."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL(ctypes.util.find_library("qrencode") or "libqrencode.so.4")
        self._lib.QRcode_encodeString8bit.restype = ctypes.c_void_p
        self._lib.QRcode_free.argtypes = [ctypes.c_void_p]

    def encode(self, url: str) -> None:
        """One symbol at level Q."""
        symbol = self._lib.QRcode_encodeString8bit(url.encode(), 0, 2)
        if not symbol:
            raise RuntimeError("libqrencode made no symbol")
        self._lib.QRcode_free(symbol)


PEERS = {"naive WeasyPrint": weasyprint_naive, "WeasyPrint in chunks of 50": weasyprint_chunks, "blabel": blabel,
         "reportlab": reportlab, "fpdf2": fpdf2}
