"""Symbols set in the font of modules: any pattern, in every size, and what the font's outlines are."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen

from print_jobs.module_font import module_program
from print_jobs.symbol_text import symbol_texts


def shown(lines: bytes) -> np.ndarray:  # type: ignore[type-arg]
    texts = [bytes.fromhex(line.decode()) for line in re.findall(rb"<(\w+)>'", lines)]
    bits = np.unpackbits(np.frombuffer(b"".join(texts), np.uint8)).reshape(len(texts), -1, 4, 2)
    return bits.transpose(0, 2, 1, 3).reshape(4 * len(texts), -1).astype(np.bool_)


@pytest.mark.parametrize("size", [21, 25, 29, 33, 57])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_both_settings_show_any_pattern_whole_and_nothing_beside_it(size: int, share: float) -> None:
    modules = np.random.default_rng(size).random((12, size, size)) < share
    for wanted, text in zip(modules, symbol_texts(modules, 2.5), strict=True):
        assert text.startswith(b"/Q 10 Tf 10 TL<")
        first, second = (shown(lines) for lines in re.split(rb" -2.5 \S+ Td", text))
        assert np.array_equal(first[:size, :size], wanted)
        assert np.array_equal(second[2:size + 2, 1:size + 1], wanted)
        assert first.sum() == second.sum() == wanted.sum()


def test_where_characters_of_one_setting_meet_those_of_the_other_go_through() -> None:
    text = symbol_texts(np.ones((1, 33, 33), np.bool_), 1.0)[0]
    assert b" -1 38 Td" in text  # one module to the left, two modules up, after nine lines of four


def test_no_symbols_at_all() -> None:
    assert symbol_texts(np.zeros((0, 33, 33), np.bool_), 1.0) == []


def test_the_font_s_characters_are_all_patterns_of_two_by_four_modules() -> None:
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(module_program()), None)
    assert fonts.fontNames == ["DoorplateModules"]
    assert len(fonts[0].CharStrings) == 257
    for number in range(256):
        pen = RecordingPen()
        fonts[0].CharStrings[f"m{number:02X}"].draw(pen)
        assert fonts[0].CharStrings[f"m{number:02X}"].width == 500
        painted = np.zeros((4, 2), int)
        corners = [arguments[0] for operator, arguments in pen.value if operator in ("moveTo", "lineTo")]
        for i in range(0, len(corners), 4):
            (left, bottom), (right, top) = corners[i], corners[i + 2]
            assert (bottom + 2) % 250 == top % 250 == left % 250 == (right - 2) % 250 == 0
            painted[4 - top // 250:4 - (bottom + 2) // 250, left // 250:(right - 2) // 250] += 1
        assert "".join(map(str, painted.ravel())) == f"{number:08b}"
