"""The few SVG shapes the papers' maps are drawn with; lengths in the unit of the drawing."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import escape

XY = tuple[float, float]
FONT = "Noto Sans CJK SC"


def tag(name: str, content: str = "", **attributes: object) -> str:
    """One element; text-anchor is written text_anchor, None is left out, numbers get two decimals."""
    told = (f' {key.replace("_", "-")}="{escape(_value(value))}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{''.join(told)}>{content}</{name}>"


def words(at: XY, text: str, size: float, *, bold: bool = False, fill: str = "#12202F", turn: float = 0.0,
          halo: float = 0.0) -> str:
    """A line of text centred on a place, turned by degrees clockwise; halo: width of a white edge around it."""
    x, y = at[0], at[1] + size * 0.36
    transform = f"rotate({turn:.1f} {at[0]:.2f} {at[1]:.2f})" if turn else None
    told: dict[str, object] = {"x": x, "y": y, "font_size": size, "font_weight": "700" if bold else None,
                               "text_anchor": "middle", "transform": transform}
    below = tag("text", str(escape(text)), **told, fill="#FFFFFF", stroke="#FFFFFF", stroke_width=2 * halo) if halo else ""
    return below + tag("text", str(escape(text)), **told, fill=fill)


def line(points: Iterable[XY], stroke: str, width: float, dash: str | None = None) -> str:
    """A line through points, round at its ends."""
    return tag("path", d=_path(points), fill="none", stroke=stroke, stroke_width=width, stroke_linecap="round",
               stroke_linejoin="round", stroke_dasharray=dash)


def area(rings: Iterable[Iterable[XY]], fill: str, stroke: str | None = None, width: float = 0.0) -> str:
    """Rings filled by the even-odd rule."""
    outline = "".join(_path(ring) + "Z" for ring in rings)
    return tag("path", d=outline, fill=fill, fill_rule="evenodd", stroke=stroke, stroke_width=width if stroke else None)


def squares(places: Iterable[XY], side: float, fill: str) -> str:
    """Many small squares as one shape, each around its place."""
    half = side / 2
    drawn = "".join(f"M{x - half:.2f} {y - half:.2f}h{side:.2f}v{side:.2f}h{-side:.2f}Z" for x, y in places)
    return tag("path", d=drawn, fill=fill) if drawn else ""


def _path(points: Iterable[XY]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _value(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
