"""First aid for written text: what nobody sees is taken out, one shape for each character."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from doorplate.addresses.grammar import simplified_table

_INVISIBLE = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
                        r"\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－﹣−─ー", "-") | {"〇": "〇", "＃": "#", "﹟": "#"})
_GAPS = re.compile(r"[\s,，、;；:：。.·•|｜_~～]+")
_POINT_IN_NUMBER = re.compile(r"(?<=\d)\.(?=\d)")
_GAP_IN_NUMBERS = re.compile(r"(?<=\d)[\s,，、;；:：。·•|_~]+(?=\d)")


def strip_invisibles(text: str) -> str:
    """Without control, zero-width and direction characters and variation selectors."""
    return _INVISIBLE.sub("", text) if not text.isascii() or not text.isprintable() else text


def half_width(text: str) -> str:
    """１ → 1, ＃ → #, № → No, （ → (: compatibility forms folded, every dash one dash."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def simplified(text: str) -> str:
    """Traditional characters of the table → simplified; others stay."""
    return text.translate(simplified_table())


def close_gaps(text: str) -> str:
    """Without spaces and the punctuation people put between the parts of an address.

    Between two digits a comma stays, so that 7、9号 does not become 79号; 5.0 keeps its point.
    """
    text = _GAP_IN_NUMBERS.sub("\0", text)
    text = _POINT_IN_NUMBER.sub("\1", text)
    return _GAPS.sub("", text).replace("\0", ",").replace("\1", ".")


@lru_cache(maxsize=1 << 15)
def clean(text: str) -> str:
    """strip_invisibles, half_width, no blanks: how names and words of notes are compared."""
    return "".join(half_width(strip_invisibles(text)).split())
