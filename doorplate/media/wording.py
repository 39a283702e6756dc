"""How a refused file is told: its name made safe to show, one sentence, what to do."""

from __future__ import annotations

import unicodedata

from doorplate.errors import InputError

_LONGEST = 40  # characters of a file name that are shown (D)


def refusal(field: str, code: str, name: str, sentence: str) -> InputError:
    """An InputError that names the form's field; `sentence` has a place {name} for the file's name."""
    return InputError(f"media.{code}", sentence.format(name=_shown(name)), field=field)


def _shown(name: str) -> str:
    """「name」 without path, control and direction characters (general category C), cut in the middle; "" stays without marks."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join("".join(sign for sign in last if unicodedata.category(sign)[0] != "C").split())
    if len(plain) > _LONGEST:
        plain = plain[: _LONGEST - 13] + "…" + plain[-12:]
    return f"「{plain}」" if plain else ""
