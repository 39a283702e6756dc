"""The code lines of many plates at once: every plate has its own code, so nothing of its line can be kept from the plate before.

`layout.set_plate` decides how a line is set. Here the same is computed in columns of numbers and written into a form of fixed
length, after a comparison with a line it has set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from doorplate.plates.code import ALPHABET, grouped
from print_jobs.fonts import Face
from print_jobs.lines import GROUP_GAP_EM
from print_jobs.pdf_file import PT
from print_jobs.plate_design import SmallText
from print_jobs.runs import Run
from print_jobs.stamp import fill_color

Numbers = NDArray[np.float64]
Columns = NDArray[np.uint8]

_CLOSE_MM = 1e-6


@dataclass(frozen=True)
class CodeLine:
    """Sets codes of one length in one zone. lengths: of the groups."""

    zone: SmallText
    face: Face
    face_height_mm: float
    lengths: tuple[int, ...]

    @classmethod
    def like(cls, code: str, runs: Sequence[Run], zone: SmallText, face: Face, face_height_mm: float) -> CodeLine | None:
        """The line that sets codes as `runs` set this one; None when the design sets them by a rule of its own."""
        words = grouped(code).split()
        if [run.text for run in runs] != words or not set(code) <= set(ALPHABET):
            return None
        line = cls(zone, face, face_height_mm, tuple(map(len, words)))
        em, baseline, starts = line._places([code])
        found = [Run(word, float(x[0]), float(baseline[0]), float(em[0]), zone.color)
                 for word, x in zip(words, starts, strict=True)]
        return line if all(_same(*pair) for pair in zip(found, runs, strict=True)) else None

    def operators(self, codes: Sequence[str]) -> list[bytes]:
        """Each code's line as a text object in the main font, /F: its groups as one line, with the gaps between them."""
        count, read = len(codes), _read(codes)
        em, baseline, starts = self._places(codes)
        zone, feet = self.zone, np.round((self.face_height_mm - baseline) * PT * 100)
        parts = [_constant(b"BT " + fill_color(zone.color) + b" /F ", count), _digits(np.round(em * PT * 100), zone.size_mm),
                 _constant(b" Tf ", count), _digits(np.round(starts[0] * PT * 100), zone.x_mm + zone.width_mm),
                 _constant(b" ", count), _digits(feet, self.face_height_mm), _constant(b" Td[", count)]
        glyphs, gaps = _glyphs(self.face), _gaps(self.face)
        for end, length in zip(accumulate(self.lengths), self.lengths, strict=True):
            if end > length:
                parts.append(gaps[read[:, end - length - 1], read[:, end - length]])
            word = glyphs[read[:, end - length:end]].reshape(count, -1)
            parts += [_constant(b"<", count), word, _constant(b">", count)]
        lines = np.concatenate([*parts, _constant(b"]TJ ET\n", count)], axis=1)
        text, length = lines.tobytes(), lines.shape[1]
        return [text[at:at + length] for at in range(0, len(text), length)]

    def _places(self, codes: Sequence[str]) -> tuple[Numbers, Numbers, list[Numbers]]:
        """Body size, baseline, and the start of each group, mm on the face, shape (n,)."""
        read = _read(codes)
        left, advance, right = (metric[read] for metric in _metrics(self.face))
        inks = [(left[:, end - length], advance[:, end - length:end - 1].sum(axis=1) + right[:, end - 1])
                for end, length in zip(accumulate(self.lengths), self.lengths, strict=True)]
        width = sum(last - first for first, last in inks) + GROUP_GAP_EM * (len(inks) - 1)
        em = np.minimum(self.zone.size_mm, self.zone.width_mm / width)
        x = self.zone.x_mm + (self.zone.width_mm - width * em) / 2
        starts = []
        for first, last in inks:
            starts.append(x - first * em)
            x = x + (last - first + GROUP_GAP_EM) * em
        return em, self.zone.y_mm + (self.zone.height_mm + self.face.ink("0").top * em) / 2, starts


@lru_cache(maxsize=8)
def _metrics(face: Face) -> tuple[Numbers, Numbers, Numbers]:
    """Left edge of the ink, advance, right edge of the ink of the code characters, em, by their byte."""
    found = np.zeros((3, 128))
    for character in ALPHABET:
        ink = face.ink(character)
        found[:, ord(character)] = ink.left, face.advance(character), ink.right
    return found[0], found[1], found[2]


@lru_cache(maxsize=8)
def _glyphs(face: Face) -> Columns:
    """The hexadecimal glyph number of the code characters, by their byte, shape (128, 4)."""
    found = np.full((128, 4), ord("0"), np.uint8)
    for character in ALPHABET:
        found[ord(character)] = np.frombuffer(face.codes(character), np.uint8)
    return found


@lru_cache(maxsize=8)
def _gaps(face: Face) -> Columns:
    """What stands between two groups in thousandths of an em, by the bytes of the characters before and after, shape
    (128, 128, 4): from ink to ink it is the same for all."""
    left, advance, right = _metrics(face)
    steps = np.round((advance - right)[:, None] * 1000 + left[None, :] * 1000 - GROUP_GAP_EM * 1000).astype(np.int64)
    texts = b"".join([b"%04d" % step for step in steps.ravel().tolist()])
    return np.frombuffer(texts, np.uint8).reshape(*steps.shape, 4)


def _read(codes: Sequence[str]) -> Columns:
    return np.frombuffer("".join(codes).encode("ascii"), np.uint8).reshape(len(codes), -1)


def _digits(hundredths: Numbers, most_mm: float) -> Columns:
    """Points with two decimals, all of one length that holds `most_mm`, shape (n, characters)."""
    whole = len(str(int(most_mm * PT)))
    value, columns = hundredths.astype(np.int64), np.full((len(hundredths), whole + 3), ord("."), np.uint8)
    places = [place for place in range(whole + 3) if place != whole]
    for power, place in enumerate(reversed(places)):
        columns[:, place] = value // 10**power % 10 + ord("0")
    return columns


def _constant(text: bytes, count: int) -> Columns:
    return np.broadcast_to(np.frombuffer(text, np.uint8), (count, len(text)))


def _same(one: Run, other: Run) -> bool:
    places = zip((one.x_mm, one.baseline_mm, one.em_mm), (other.x_mm, other.baseline_mm, other.em_mm), strict=True)
    plain = not other.tracking_mm and not other.glyphs and other.face == one.face
    return plain and one.color == other.color and all(abs(a - b) < _CLOSE_MM for a, b in places)
