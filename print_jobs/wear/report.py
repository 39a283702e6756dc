"""The wear test as a page people read: a table of damages, levels and decoders, and the pictures that were not read."""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from print_jobs.plate_design import PlateDesign
from print_jobs.wear.kept import WearResult

GOOD, WEAK = 0.95, 0.5
"""Shares from which a cell counts as good, and below which as failed (D)."""


def write_report(result: WearResult, design: PlateDesign, out: Path) -> None:
    """report.html in `out`, with its pictures inside it."""
    pages = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined)
    template = pages.from_string((files("print_jobs") / "wear" / "report.html").read_text("utf-8"))
    pictures = {weak.file: b64encode((out / weak.file).read_bytes()).decode() for weak in result.weakest}
    html = template.render(result=result, design=design, pictures=pictures, verdict=_verdict)
    (out / "report.html").write_text(html, "utf-8")


def _verdict(share: float) -> str:
    return "good" if share >= GOOD else "weak" if share >= WEAK else "bad"
