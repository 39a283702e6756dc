"""What differs between two texts, character by character, to be marked inside the text."""

from __future__ import annotations

from difflib import SequenceMatcher

MOST = 200  # characters: longer texts are marked whole


def marked(before: str, after: str) -> list[tuple[str, bool]]:
    """after in pieces, each with whether it is new against before: ("幸福路", False), ("55", True), ("号", False). Digits that
    belong together are one piece, so that 53 → 55 reads as a number and not as a stroke."""
    if before == after or not after:
        return [(after, False)] if after else []
    if not before or max(len(before), len(after)) > MOST:
        return [(after, True)]
    old, new = _pieces(before), _pieces(after)
    found: list[tuple[str, bool]] = []
    for tag, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        text = "".join(new[start:end])
        if text:
            found.append((text, tag != "equal"))
    return found


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for one in text:
        if pieces and _is_digit(one) and _is_digit(pieces[-1][-1]):
            pieces[-1] += one
        else:
            pieces.append(one)
    return pieces


def _is_digit(one: str) -> bool:
    return one.isascii() and (one.isdigit() or one == ".")
