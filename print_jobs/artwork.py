"""The fixed part of a plate, typeset once by WeasyPrint from templates/plates/ and kept as PDF objects to be stamped.

The result is kept on disk, under a key of everything it depends on: design, host, sample note, templates, font and library
versions. Loading it then spares even the import of WeasyPrint (half a second).
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from doorplate.errors import Unavailable
from print_jobs.fonts import Face, FontSet
from print_jobs.lines import postcode_boxes, set_small
from print_jobs.pdf_file import PT
from print_jobs.plate_design import PlateDesign, SmallText

SAMPLE_NOTE = "样品 · 虚构数据"
_WEIGHTS = {"regular": 400, "medium": 500, "bold": 700}
_NOTE_TRACKING_EM = 0.06
_LIBRARIES = ("weasyprint", "pydyf")


@dataclass(frozen=True, slots=True)
class Artwork:
    """PDF objects of the fixed part, referring to each other by numbers from 1. The first is a Form XObject: the face with its
    bleed, in points from the lower left corner of the face."""

    objects: tuple[bytes, ...]


def typeset(design: PlateDesign, host: str, fonts: FontSet, *, sample: bool, cache: Path | None) -> Artwork:
    """The fixed part for this host name; `cache` is a folder to keep it in, None keeps nothing.

    Raises Unavailable(artwork.weasyprint) when the libraries WeasyPrint needs are not on the machine.
    """
    face = fonts.main
    html = _document(design, fixed_texts(design, host, fonts, sample=sample))
    if cache is None:
        return _by_weasyprint(html, design, face)
    path = cache / f"artwork-{_key(html, face)}.json"
    kept = _load(path)
    if kept is None:
        kept = _by_weasyprint(html, design, face)
        _keep(path, kept)
    return kept


@dataclass(frozen=True, slots=True)
class FixedText:
    """A text of the fixed part: where it stands, and the size that fits."""

    text: str
    zone: SmallText
    size_mm: float
    tracking_em: float = 0.0


def fixed_texts(design: PlateDesign, host: str, fonts: FontSet, *, sample: bool) -> tuple[FixedText, ...]:
    """Host, labels and the note on invented data, as large as their zones allow."""
    texts = [(host, design.host, 0.0), *((label.text, label, 0.0) for label in design.labels)]
    if sample:
        texts.append((SAMPLE_NOTE, design.sample, _NOTE_TRACKING_EM))
    return tuple(FixedText(text, zone, _size(text, zone, fonts), tracking) for text, zone, tracking in texts)


def _size(text: str, zone: SmallText, fonts: FontSet) -> float:
    runs = set_small(text, zone, fonts.hanzi)
    return runs[0].em_mm if runs else zone.least_mm


def _document(design: PlateDesign, texts: tuple[FixedText, ...]) -> str:
    templates = _templates()
    boxes = postcode_boxes(design.postcode_zone) if design.postcode_zone else ()
    css = templates.get_template("face.css").render(
        design=design, face=design.face, bleed=design.face.bleed_mm, font=design.fonts.main,
        weight=_WEIGHTS[design.fonts.main.weight], texts=texts, postcode_boxes=boxes)
    return templates.get_template("face.html").render(design=design, css=Markup(css), texts=texts, postcode_boxes=boxes)  # noqa: S704


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=FunctionLoader(_template), autoescape=select_autoescape(), undefined=StrictUndefined)


def _template(name: str) -> str:
    """From the installed wheel, or from the checkout's templates/plates."""
    installed = files("print_jobs") / "templates" / name
    source = installed if installed.is_file() else Path(__file__).parent.parent / "templates" / "plates" / name
    return source.read_text("utf-8")


def _by_weasyprint(html: str, design: PlateDesign, face: Face) -> Artwork:
    try:
        from print_jobs.typesetter import form_objects
    except OSError as exc:
        raise Unavailable("artwork.weasyprint", "排版库缺少系统组件, 请安装 libpangoft2-1.0-0 和 libharfbuzz-subset0") from exc
    return Artwork(form_objects(html, face.postscript_name, design.face.bleed_mm * PT))


def _key(html: str, face: Face) -> str:
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    return hashlib.sha256("\n".join([html, face.digest, *libraries]).encode()).hexdigest()[:32]


def _load(path: Path) -> Artwork | None:
    """What was kept, unless it is absent or damaged."""
    try:
        kept = json.loads(path.read_text("ascii"))
        objects = tuple(b64decode(text) for text in kept["objects"])
        return Artwork(objects) if kept["sha256"] == _digest(objects) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path: Path, artwork: Artwork) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    objects = [b64encode(data).decode() for data in artwork.objects]
    draft.write_text(json.dumps({"sha256": _digest(artwork.objects), "objects": objects}), "ascii")
    draft.replace(path)


def _digest(objects: tuple[bytes, ...]) -> str:
    return hashlib.sha256(b"\n".join(objects)).hexdigest()
