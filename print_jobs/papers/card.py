"""The resident's card 扫码说明卡: how to scan, what one sees, what nobody may ask for. A6, four on an A4 sheet."""

from __future__ import annotations

from doorplate.papers import HowTo
from print_jobs.papers.typesetting import page, to_pdf

QUARTERS_MM = ((0.0, 0.0), (105.0, 0.0), (0.0, 148.5), (105.0, 148.5))
"""Upper left corners of the four A6 on an A4 sheet."""


def card_pdf(card: HowTo) -> bytes:
    """One sheet of four cards. Raises Unavailable(artwork.weasyprint, font.missing)."""
    return to_pdf([page("card", "a4", {"card": card, "places": QUARTERS_MM})], 1)
