"""A drawing as SVG: one user unit is one millimetre, areas in plain black, the cut as a red hairline, no fonts, no styles."""

from __future__ import annotations

from xml.sax.saxutils import escape

from shapely import Polygon

from print_jobs.laser.drawing import Drawing, rings

_HAIRLINE_MM = 0.05


def svg_bytes(drawing: Drawing) -> bytes:
    """The file. Layers are groups named engrave and cut; areas are filled even-odd, a path for each polygon with its holes."""
    width, height = _number(drawing.width_mm), _number(drawing.height_mm)
    engrave = "\n".join(f'<path d="{_path(polygon)}"/>' for polygon in drawing.engrave)
    cut = "\n".join(f'<path d="{_path(polygon)}"/>' for polygon in drawing.cut)
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" '
            f'overflow="visible">\n<title>{escape(drawing.title)}</title>\n'
            f'<g id="engrave" fill="#000" fill-rule="evenodd" stroke="none">\n{engrave}\n</g>\n'
            f'<g id="cut" fill="none" stroke="#f00" stroke-width="{_HAIRLINE_MM}">\n{cut}\n</g>\n</svg>\n').encode()


def _path(polygon: Polygon) -> str:
    return "".join("M" + " ".join(f"{_number(x)},{_number(y)}" for x, y in ring) + "Z" for ring in rings((polygon,)))


def _number(value: float) -> str:
    return f"{value:.7g}"
