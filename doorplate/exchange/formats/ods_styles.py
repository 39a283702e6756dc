"""Which styles of an ODS workbook strike text through."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, STYLE, TABLE, TEXT = (f"{_NAMES}{name}:1.0" for name in ("office", "style", "table", "text"))
_MOST_PARENTS = 20  # a style that builds on itself ends here too
_STYLE, _PROPERTIES, _LINE = f"{STYLE} style", f"{STYLE} text-properties", f"{STYLE} text-line-through-style"


class Styles:
    """Styles by family ("table-cell", "paragraph", "text") and name, taken from the parser's events."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], bool] = {}
        self._parents: dict[tuple[str, str], str] = {}
        self._present = ("", "")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """OpenDocument 1.3 part 3: <style:style> and style:text-line-through-style."""
        if tag == _STYLE:
            self._present = (attributes.get(f"{STYLE} family", ""), attributes.get(f"{STYLE} name", ""))
            if parent := attributes.get(f"{STYLE} parent-style-name"):
                self._parents[self._present] = parent
        elif tag == _PROPERTIES and _LINE in attributes:
            self._lines[self._present] = attributes[_LINE] != "none"

    def end(self, tag: str) -> None:
        """A style that ended says nothing more."""
        if tag == _STYLE:
            self._present = ("", "")

    def is_struck(self, family: str, name: str) -> bool | None:
        """None: the style leaves it to what stands around the text."""
        for _ in range(_MOST_PARENTS if name else 0):
            if (family, name) in self._lines:
                return self._lines[family, name]
            name = self._parents.get((family, name), "")
        return None
