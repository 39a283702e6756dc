"""Spelling of place names for signs by the rules of 1984: which syllables are one word, which numerals are digits."""

from doorplate.plates.pinyin.spelling import spell, styled

__all__ = ["spell", "styled"]
