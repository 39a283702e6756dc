"""The shared strings of a workbook, mostly by cutting the text where one item ends and the next begins."""

from __future__ import annotations

import re

import numpy as np

from doorplate.exchange.formats.xlsx_cells import PAD, Flags, Ints, NotPlain, like, words_of
from doorplate.exchange.formats.xlsx_parts import PROLOGUE, STRINGS, Parts
from doorplate.exchange.formats.xlsx_shell import Shell
from doorplate.exchange.meaning.values import to_text

_MOST = 24 << 20  # bytes; as texts they take up to nine times as much while they are cut
_ROOT, _END = re.compile(PROLOGUE + rb"<sst(?:\s[^<>]*[^<>/])?>"), b"</sst>"
_OPEN, _CLOSE, _KEEPING = b"<si><t>", b"</t></si>", b'<t xml:space="preserve">'
BETWEEN = _CLOSE + _OPEN
_TRANSLATED = (b"&", b"\r", b"_x", b"'")  # entities, line ends, escapes, marks of text: not shown as they are written
_SPACES = np.isin(np.arange(256), [*range(33), 0xC2, 0xE1, 0xE2, 0xE3])  # the first bytes of spaces in UTF-8


class Strings:
    """Shared strings, to be handed on in one piece.

    told: all of them with `separator` between, None when there are none; as shown in cells, but for spaces around them when the
    separator is BETWEEN · blank: which say nothing · long: number → whole text of those that are told cut.
    """

    def __init__(self, parts: Parts, shell: Shell, most: int) -> None:
        """most: characters of a text that are told. Raises NotPlain, CalamineError."""
        body = _body(parts) if STRINGS in parts.names else b""
        alike = body.replace(_KEEPING, b"<t>")
        bounds = _bounds(alike)
        self.long: dict[int, str] = {}
        if bounds is None or any(mark in body for mark in _TRANSLATED) or (bounds[1] - bounds[0]).max(initial=0) > most:
            self._keep(_items(body.decode(), shell), most)
        else:
            self.told: bytes | None = alike[len(_OPEN) : -len(_CLOSE)] if body else None
            self.separator = BETWEEN
            self.blank = _blank(alike, *bounds)

    def _keep(self, items: list[str], most: int) -> None:
        texts = [shown(item) for item in items]
        self.blank = np.fromiter((not text for text in texts), np.bool_, len(texts))
        self.long = {number: text for number, text in enumerate(texts) if len(text) > most}
        told = "\0".join(text[:most] for text in texts)
        if told.count("\0") != len(texts) - 1:
            raise NotPlain("strings")
        self.told, self.separator = told.encode(), b"\0"


def shown(value: object) -> str:
    """A value of calamine's as a person reads it."""
    return value.strip() if isinstance(value, str) and value[:1] != "'" else to_text(value)


def _body(parts: Parts) -> bytes:
    """The items. Raises NotPlain for what is not XML in UTF-8 without comments and the like."""
    if parts.names[STRINGS].file_size > _MOST:
        raise NotPlain("strings")
    raw = b"".join(parts.stream(STRINGS)).rstrip()
    root = _ROOT.match(raw)
    if not root or not raw.endswith(_END) or b"\0" in raw or raw.find(b"<!", root.end()) >= 0 or raw.find(b"<?", root.end()) >= 0:
        raise NotPlain("strings")
    try:
        raw.decode()
    except UnicodeDecodeError as exc:
        raise NotPlain("encoding") from exc
    return raw[root.end() : -len(_END)].strip()


def _bounds(body: bytes) -> tuple[Ints, Ints] | None:
    """Where each text begins and ends when all items are <si><t>text</t></si> without a gap, otherwise None."""
    if not body:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    tags = np.flatnonzero(np.frombuffer(body, np.uint8) == _OPEN[0])
    if len(tags) % 4 or not body.startswith(_OPEN) or not body.endswith(_CLOSE):
        return None
    end = tags[2::4]
    words = words_of(body + PAD, len(body))
    gaps = end[:-1]
    alike = like(words[gaps], BETWEEN[:8]).all() and like(words[gaps + 8], BETWEEN[8:]).all()
    if not alike or end[-1] != len(body) - len(_CLOSE):
        return None
    return np.append(tags[:1], gaps + 9) + len(_OPEN), end


def _blank(body: bytes, begin: Ints, end: Ints) -> Flags:
    blank: Flags = begin == end
    for number in np.flatnonzero(_SPACES[np.frombuffer(body, np.uint8)[begin]] & ~blank).tolist() if len(begin) else ():
        blank[number] = not body[begin[number] : end[number]].decode().strip()
    return blank


def _items(text: str, shell: Shell) -> list[str]:
    """Every item by itself; those that are rich text, empty or have something to translate are asked for."""
    plain = re.compile(r'\s*<si><t(?: xml:space="preserve")?>([^<&\r]*)</t>')
    items: list[str] = []
    odd: dict[int, bytes] = {}
    *pieces, rest = text.split("</si>")
    if rest:
        raise NotPlain("strings")
    for number, piece in enumerate(pieces):
        match = plain.fullmatch(piece)
        if match and "_x" not in match[1]:
            items.append(match[1])
        elif piece.count("<si") == 1 and piece.lstrip().startswith("<si>"):
            items.append("")
            odd[number] = piece.encode() + b"</si>"
        else:
            raise NotPlain("strings")
    for number, value in zip(odd, shell.strings(list(odd.values())) if odd else (), strict=True):
        items[number] = value
    return items
