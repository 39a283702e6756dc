"""The few SVG shapes our maps are drawn with: plain text out, everything escaped, no fonts or scripts of others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

FONTS = "PingFang SC,HarmonyOS Sans SC,MiSans,Noto Sans CJK SC,Microsoft YaHei,sans-serif"
_WIDE = 0x2E80  # from here on characters are as wide as high
_PIECES = re.compile(r"(?:[!-~]{1,20}|.)[，。、；：）,.;:)]*\s*")
_NARROW_EM = 0.6  # a digit of the usual sans-serif faces


def element(name: str, content: str = "", **attributes: object) -> str:
    """One element; text-anchor is written text_anchor, None is left out, numbers get two decimals at most."""
    told = {key.replace("_", "-"): value for key, value in attributes.items() if value is not None}
    words = "".join(f" {key}={quoteattr(_value(value))}" for key, value in told.items())
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def text(x: float, y: float, words: str, css: str, **attributes: object) -> str:
    """One line of text of a class; y is its base line."""
    return element("text", escape(_printable(words)), x=x, y=y, **{"class": css}, **attributes)


def polyline(points: Iterable[tuple[float, float]], css: str) -> str:
    """A line through points."""
    return element("polyline", points=" ".join(f"{_value(x)},{_value(y)}" for x, y in points), **{"class": css})


def document(width: float, height: float, title: str, style: str, body: Sequence[str]) -> str:
    """A whole SVG file that scales to its page; the title is read out by screen readers."""
    box = f"0 0 {_value(width)} {_value(height)}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" lang="zh-CN" role="img" width="100%">'
    name = element("title", escape(_printable(title)))
    paper = element("rect", width=width, height=height, fill="#FFFFFF")
    return "\n".join([head, name, element("style", style), paper, *body, "</svg>", ""])


def width_of(words: str, size: float) -> float:
    """How wide a text will be, about: user units."""
    return sum(size if ord(c) >= _WIDE else size * _NARROW_EM for c in words)


def wrapped(words: str, size: float, width: float) -> list[str]:
    """The text in lines of at most that width; numbers and Latin words stay whole, no line begins with a stop."""
    lines = [""]
    for piece in _PIECES.findall(_printable(words)):
        if lines[-1] and width_of(lines[-1] + piece, size) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _printable(words: str) -> str:
    """Without control characters, which XML does not allow."""
    return "".join(c for c in words if c.isprintable() or c == " ")


def _value(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
