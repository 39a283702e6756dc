"""Pages of templates/plates/papers/ → one PDF. Templates fetch nothing, fonts are embedded, the same data give the same bytes.

WeasyPrint's time grows faster than the length of a document, so papers come as many short documents whose pages are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from doorplate.errors import Unavailable
from print_jobs.artwork import SAMPLE_NOTE
from print_jobs.fonts import locate
from print_jobs.plate_design import load_design

Paper = Literal["a4", "a3", "a2"]
Progress = Callable[[int, int], None]

SIZES_MM: Mapping[Paper, tuple[float, float]] = {"a4": (210.0, 297.0), "a3": (297.0, 420.0), "a2": (420.0, 594.0)}
"""Width and height upright (ISO 216)."""

_FOLDER = "papers"
_PART = 24  # (D) pages painted together: they share fonts, and memory holds no more of them
_VOICE = "small-gate"  # the papers speak with the voice of the plates: the same main font


def scale_of(paper: Paper, designed_for: Paper) -> float:
    """How much larger a paper is than the one a page was designed for."""
    return SIZES_MM[paper][0] / SIZES_MM[designed_for][0]


def page(name: str, paper: Paper, values: Mapping[str, Any], *, landscape: bool = False, scale: float = 1.0) -> str:
    """One document as HTML. In its styles 1rem is `scale` mm, so that an A2 is an A3 enlarged."""
    width, height = SIZES_MM[paper][::-1] if landscape else SIZES_MM[paper]
    css = _templates().get_template("paper.css").render(width=width, height=height, scale=scale)
    return _templates().get_template(f"{name}.html").render(
        **values, css=Markup(css), sample_note=SAMPLE_NOTE)  # noqa: S704 (our own style sheet and two numbers)


def to_pdf(documents: Iterable[str], total: int, progress: Progress | None = None) -> bytes:
    """The pages of all documents in one PDF; the first one's title is the file's. progress: documents done, of how many.

    Raises Unavailable(artwork.weasyprint, font.missing) when what WeasyPrint needs, or the font, is not on the machine."""
    try:
        from weasyprint import HTML

        from print_jobs.papers.joining import Joined
        from print_jobs.typesetter import NoFetching
    except OSError as exc:
        raise Unavailable("artwork.weasyprint", "排版库缺少系统组件, 请安装 libpangoft2-1.0-0 和 libharfbuzz-subset0") from exc
    locate(load_design(_VOICE).fonts.main)
    joined, waiting = Joined(), []
    for done, html in enumerate(documents, 1):
        waiting.append(HTML(string=html, url_fetcher=NoFetching()).render())
        if sum(len(document.pages) for document in waiting) >= _PART:
            joined.add(waiting)
            waiting = []
        if progress is not None:
            progress(done, total)
    if waiting:
        joined.add(waiting)
    return joined.finish()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=FunctionLoader(_template), autoescape=select_autoescape(), undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)


def _template(name: str) -> str:
    """From the installed wheel, or from the checkout's templates/plates."""
    installed = files("print_jobs") / "templates" / _FOLDER / name
    source = installed if installed.is_file() else Path(__file__).parents[2] / "templates" / "plates" / _FOLDER / name
    return source.read_text("utf-8")
