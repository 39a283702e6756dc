"""Draws the icons of the officers' app from webapp/static/img/field.svg, beside it: rounded ones, and full-bleed ones that phones
cut to their own shape (the drawing lies within the circle of 80 % that every shape shows: W3C Web App Manifest, maskable)."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from weasyprint import HTML

FOLDER = Path(__file__).resolve().parents[1] / "webapp" / "static" / "img"
ICONS = {"field-180": (180, True), "field-192": (192, False), "field-512": (512, False), "field-mask-192": (192, True),
         "field-mask-512": (512, True)}
_ROUNDED = ' rx="104"'


def main() -> None:
    drawing = (FOLDER / "field.svg").read_text("utf-8")
    for name, (pixels, bleeds) in ICONS.items():
        (FOLDER / f"{name}.png").write_bytes(_drawn(drawing.replace(_ROUNDED, "", 1) if bleeds else drawing, pixels))


def _drawn(svg: str, pixels: int) -> bytes:
    style = "@page {size: 512px 512px; margin: 0} body {margin: 0} svg {display: block; width: 512px; height: 512px}"
    pdf = pypdfium2.PdfDocument(HTML(string=f"<style>{style}</style>{svg}").write_pdf())
    picture = pdf[0].render(scale=pixels / pdf[0].get_width(), fill_color=(0, 0, 0, 0), maybe_alpha=True).to_pil()
    out = io.BytesIO()
    picture.resize((pixels, pixels)).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
