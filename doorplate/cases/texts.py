"""What residents and staff type, made fit to keep. Pure.

Nothing that can be seen is dropped. Taken out is only what has no shape and could deceive: control characters, and the marks that
turn writing around (Unicode bidi overrides, embeddings and isolates; UAX 9) by which one text is made to look like another.
Joiners and variation selectors stay: emoji, Uyghur and rare Chinese characters need them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from doorplate.cases.settings import Emergency
from doorplate.errors import InputError

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SHAPELESS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
                        "\ufdd0-\ufdef\ufffe\uffff]")
_HALVES = re.compile("[\ud800-\udfff]")
_FILLERS = frozenset("\u3164\u115f\u1160\uffa0\u2800")
_EDGES = re.compile("^[\\s\u200b]+|[\\s\u200b]+$")
_LINES = re.compile(r"\n{4,}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}[1-9]\d{6,7}")
_LOCAL = re.compile(r"[2-9]\d{6,7}|400\d{7}|800\d{7}")
_ABROAD = re.compile(r"\+\d{7,15}")
_GAPS = re.compile(r"[\s()\-.·\u2010-\u2015]+")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x)(\d{1,6})$", re.IGNORECASE)


def words_of(text: str, limit: int, field: str) -> str:
    """The text as it is kept: NFC, lines ended by a line feed, without shapeless characters, edges trimmed; half characters are
    shown as �. Raises InputError(case.too_long) with the field, how long it may be and how long it is (in characters)."""
    plain = _SHAPELESS.sub("", _BREAKS.sub("\n", text))
    plain = unicodedata.normalize("NFC", _HALVES.sub("\ufffd", plain))
    plain = _EDGES.sub("", _LINES.sub("\n\n\n", plain))
    if not any(_seen(character) for character in plain):
        return ""
    if len(plain) > limit:
        raise InputError("case.too_long", f"最多写 {limit} 个字, 现在是 {len(plain)} 个, 请删去 {len(plain) - limit} 个再提交",
                         field=field, limit=limit, length=len(plain))
    return plain


def line_of(text: str, limit: int, field: str) -> str:
    """The same on one line."""
    return " ".join(words_of(text, limit, field).split())


def phone_of(text: str) -> str:
    """A phone number that can be called, as it is kept (digits, + and an extension behind 转); "" for none.
    Raises InputError(case.phone)."""
    plain = _GAPS.sub("", unicodedata.normalize("NFKC", _SHAPELESS.sub("", text)))
    if not plain:
        return ""
    extension = _EXTENSION.search(plain)
    number = plain[:extension.start()] if extension else plain
    number = re.sub(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))", "", number)
    if not any(kind.fullmatch(number) for kind in (_MOBILE, _LANDLINE, _LOCAL, _ABROAD)):
        raise InputError("case.phone", "这个电话号码拨不通: 手机写 11 位, 固定电话请带区号; 不想留可以空着", field="phone")
    return f"{number}转{extension[1]}" if extension else number


def emergency_numbers(text: str, emergency: Emergency) -> tuple[str, ...]:
    """The numbers to call for what the text speaks of, none when it speaks of no emergency. Spaces, punctuation, width and case
    do not hide a word."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    joined = "".join(c for c in folded if c.isalnum())
    spoken = " ".join(re.findall(r"[a-z0-9]+", folded))
    return tuple(dict.fromkeys(one.number for one in emergency.words
                               if _any_in(one.words, joined) or any(_phrase_in(p, spoken) for p in one.en)))


def _any_in(words: Iterable[str], joined: str) -> bool:
    return any(word.casefold() in joined for word in words)


def _phrase_in(phrase: str, spoken: str) -> bool:
    wanted = " ".join(re.findall(r"[a-z0-9]+", phrase.casefold()))
    return bool(wanted) and f" {wanted} " in f" {spoken} "


def _seen(character: str) -> bool:
    """Whether it leaves ink: not a space, not a mark that only works on its neighbour, not a filler."""
    return not character.isspace() and unicodedata.category(character) not in ("Cf", "Mn", "Cc") and character not in _FILLERS
