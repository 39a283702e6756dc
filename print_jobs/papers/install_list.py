"""The installer's list 安装清单: a lot (box or zone) a document, with a map whose numbers are the slots, in walking order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from doorplate.papers import InstallList, InstallLot, InstallPlate
from print_jobs.papers.chart import (
    INK,
    draw_labels,
    draw_names,
    draw_roads,
    furniture,
    label_size,
    roads_of,
    room_of,
    view_of,
    width_of,
)
from print_jobs.papers.svg import line, squares, tag
from print_jobs.papers.typesetting import Progress, page, to_pdf
from print_jobs.plate_design import PlateDesign

_WIDTH, _HEIGHT = 184.0, 94.0
_ROWS_BESIDE_MAP, _ROWS_ALONE, _ROWS_WITHOUT_MAP = 14, 32, 26
_DOOR_MM, _DOOR_SIZE = 58.0, 4.2  # the column of names, and the size its words have
_PATH = "#B3131B"
_ROW_MM = 7.6
_BOX_MM, _BOXES = 4.2, (116, 128, 140)


@dataclass(frozen=True, slots=True)
class _Row:
    slot: int
    door: str
    long: bool
    code: str
    note: str


def install_pdf(wanted: InstallList, design: PlateDesign, progress: Progress | None = None) -> bytes:
    """A4 sheets, page numbers from 1 in every lot. design: of the batch, for its mounting rule.

    Raises Unavailable(artwork.weasyprint, font.missing)."""
    return to_pdf((_lot(wanted, lot, design) for lot in wanted.lots), len(wanted.lots), progress)


def _lot(wanted: InstallList, lot: InstallLot, design: PlateDesign) -> str:
    svg, said = _map(lot)
    rows = [_row(plate) for plate in lot.plates]
    areas = dict.fromkeys(name for name in (lot.zone, lot.grid) if name and name != lot.title)
    facts = [wanted.imprint.above + wanted.imprint.community, *areas, f"{design.title} {len(rows)} 块", f"批次 {wanted.batch}"]
    blocks = _blocks(rows, _ROWS_BESIDE_MAP if svg else _ROWS_WITHOUT_MAP)
    values = {"imprint": wanted.imprint, "batch": wanted.batch, "lot": lot, "facts": " · ".join(facts), "said": said,
              "mounting": design.mounting.rule, "svg": Markup(svg),  # noqa: S704 (svg.py escapes)
              "blocks": [(block, Markup(_ruled(len(block)))) for block in blocks]}  # noqa: S704 (numbers only)
    return page("install_list", "a4", values)


def _row(plate: InstallPlate) -> _Row:
    door = plate.street + plate.number
    return _Row(plate.slot, door, width_of(door, _DOOR_SIZE) > _DOOR_MM, plate.code, plate.note)


def _blocks(rows: Sequence[_Row], first: int) -> Iterator[Sequence[_Row]]:
    """The rows of each page."""
    yield rows[:first]
    for start in range(first, len(rows), _ROWS_ALONE):
        yield rows[start:start + _ROWS_ALONE]


def _ruled(rows: int) -> str:
    """The lines below the rows and the boxes to tick, as one shape."""
    lines = "".join(f"M0 {(i + 1) * _ROW_MM:.2f}h{_WIDTH}" for i in range(rows))
    tops = [(i + 0.5) * _ROW_MM - _BOX_MM / 2 for i in range(rows)]
    boxes = "".join(f"M{x} {top:.2f}h{_BOX_MM}v{_BOX_MM}h-{_BOX_MM}Z" for top in tops for x in _BOXES)
    ticks = tag("path", d=boxes, fill="none", stroke=INK, stroke_width=0.3)
    return tag("path", d=lines, stroke="#D5DDE6", stroke_width=0.25) + ticks


def _map(lot: InstallLot) -> tuple[str, str]:
    """The map, "" where no door has a place, and what must be said about it."""
    placed = [(plate.slot, plate.at) for plate in lot.plates if plate.at]
    lost = len(lot.plates) - len(placed)
    if not placed:
        return "", "这些门都没有坐标, 没有图; 请按门牌顺序找"
    view = view_of([at for _, at in placed], _WIDTH, _HEIGHT, 14.0)
    room = room_of(view)
    spots, roads = view.spots([at for _, at in placed]), roads_of(lot.streets, view)
    names = draw_names(roads, room, 3.0, spots)
    for spot in spots:
        room.take(spot, 1.2, 1.2, anyway=True)
    labels, left_out = draw_labels(
        [(spot, str(slot)) for spot, (slot, _) in zip(spots, placed, strict=True)], roads, room, label_size(spots, 2.0, 3.4))
    walk = line(spots, _PATH, 0.3, "1 0.9") if len(spots) > 1 else ""
    said = "图上的数字是格号, 红虚线是走的顺序"
    said += f"; {lost} 个门没有坐标, 图上没有" if lost else ""
    said += f"; {left_out} 个格号太密, 没有标出" if left_out else ""
    return "".join([*draw_roads(roads, view), walk, squares(spots, 1.2, INK), *names, *labels, *furniture(view)]), said
