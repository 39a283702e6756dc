"""Chat lines that set another list right: 张家是幸福路17号不是179号."""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorplate.addresses.numerals import NUMERAL, to_number
from doorplate.addresses.parse import parse
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.text import clean
from doorplate.addresses.vocabulary import Vocabulary

_NOT = re.compile(r"(?:不是|而非|并非|不应是|原写成?|错写成|误写成|误登记成|误登成|登记成|写成了?)(.+?)(?:[,，。;；)]|$)")


def read_corrections(lines: Sequence[Line], vocabulary: Vocabulary, context: CheckContext) -> None:
    """Write down in each chat line that corrects another list which number it calls wrong ("?" where it names none)."""
    for line in lines:
        match = _NOT.search(line.note) if line.list_name == "late" else None
        if match:
            number = parse(match[1], context.division, vocabulary).elements.number
            plain = re.search(f"[{NUMERAL}]+", clean(match[1]))
            line.correction = number or (str(to_number(plain[0]) or "?") if plain else "?")
