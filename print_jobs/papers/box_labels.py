"""Box labels 箱签: A6, four on an A4 sheet. The box number is what one reads from the other end of the room.

No symbol: the packing table reads plates, and nothing yet reads boxes."""

from __future__ import annotations

from doorplate.papers import BoxLabels
from print_jobs.papers.card import QUARTERS_MM
from print_jobs.papers.typesetting import Progress, page, to_pdf
from print_jobs.plate_design import PlateDesign

_A_SHEET = len(QUARTERS_MM)


def labels_pdf(wanted: BoxLabels, design: PlateDesign, progress: Progress | None = None) -> bytes:
    """The labels of all boxes in order. Raises Unavailable(artwork.weasyprint, font.missing)."""
    fours = [wanted.labels[i:i + _A_SHEET] for i in range(0, len(wanted.labels), _A_SHEET)]
    sheets = (page("box_labels", "a4", {"imprint": wanted.imprint, "title": design.title,
                                        "placed": list(zip(QUARTERS_MM, four, strict=False))}) for four in fours)
    return to_pdf(sheets, len(fours), progress)
