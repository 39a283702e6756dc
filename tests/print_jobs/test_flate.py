"""Streams made by table look-up must be what every inflater reads, whatever is on the page."""

from __future__ import annotations

import random
import zlib

import numpy as np
import pytest

from print_jobs import flate
from print_jobs.flate import Piece, chain, character, literal, literals, repeat, streams
from print_jobs.symbol_path import symbol_paths

PRINTABLE = bytes(range(32, 127)) + b"\n"


def test_the_code_is_complete_so_that_strict_inflaters_take_it() -> None:
    """Kraft's sum is 1: no bits are unused, none are used twice (RFC 1951, 3.2.2)."""
    assert sum(2.0 ** -length for length in flate._lengths() if length) == 1


@pytest.mark.parametrize("text", [b"", b"q", b"BT /F 1 Tf ET\n", PRINTABLE, PRINTABLE * 50])
def test_any_page_of_ascii_inflates_to_itself(text: bytes) -> None:
    pieces = [literal(text)] if text else []
    (stream,) = streams([pieces])
    assert zlib.decompress(stream).lstrip(b" ") == text.lstrip(b" ")


def test_pages_made_together_are_those_made_alone() -> None:
    rng = random.Random(3)
    texts = [bytes(rng.choices(PRINTABLE, k=rng.randrange(1, 400))) for _ in range(300)]
    pages = [literals(texts[i:i + rng.randrange(1, 5)]) for i in range(0, 300, 5)]
    together = streams(pages)
    assert together == [stream for page in pages for stream in streams([page])]
    for page, stream in zip(pages, together, strict=True):
        assert zlib.decompress(stream) == b"".join(piece.text for piece in page)


@pytest.mark.parametrize("bad", ["号".encode(), b"\x00", b"\r", b"\xff"])
def test_what_is_not_ascii_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        literal(b"BT " + bad)


@pytest.mark.parametrize("length", [4, 6, 7, 11, 12])
@pytest.mark.parametrize("distance", [13, 14, 15, 16])
def test_a_repeat_copies_what_stands_so_far_back(length: int, distance: int) -> None:
    before = literal(bytes(range(65, 65 + 16)))
    word, bits = chain(character("z"), repeat(length, distance))
    (stream,) = streams([[before, Piece(b"", np.array([word], np.uint64), np.array([bits]))]])
    inflated = zlib.decompressobj(-15).decompress(stream[2:])
    whole = before.text + b"z"
    for _ in range(length):
        whole += whole[-distance:][:1]
    assert inflated == whole


@pytest.mark.parametrize("size", [21, 29, 33, 57])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.95, 1.0])
def test_any_pattern_of_modules_is_drawn_as_it_is(size: int, share: float) -> None:
    """Runs longer than nine modules, empty and full symbols included; no module is inked twice."""
    modules = np.random.default_rng(size).random((12, size, size)) < share
    modules[3] = False
    paths = symbol_paths(modules)
    for wanted, path, stream in zip(modules, paths, streams(paths), strict=True):
        text = b"".join(piece.text for piece in path)
        assert zlib.decompress(stream) == text
        drawn = np.zeros((size, size), np.int8)
        for line in text.splitlines():
            x, y, width, height, operator = line.split()
            assert (height, operator) == (b"1", b"re")
            drawn[size - 1 - int(y), int(x):int(x) + int(width)] += 1
        assert np.array_equal(drawn, wanted.astype(np.int8))
