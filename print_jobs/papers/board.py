"""The notice 联户长公示: who looks after which doors, for the wall of a grid; A3, or the same enlarged to A2."""

from __future__ import annotations

from collections.abc import Sequence

from doorplate.papers import GridBoard
from doorplate.public_view import ContactView
from print_jobs.papers.typesetting import Paper, Progress, page, scale_of, to_pdf

_MOST = 6  # (D) officers and workers a column can name: more would push the groups off the first page


def board_pdf(boards: Sequence[GridBoard], community: str, paper: Paper = "a3", progress: Progress | None = None) -> bytes:
    """A notice a grid, each with page numbers of its own. community: its code, for the command an empty notice names.

    Raises Unavailable(artwork.weasyprint, font.missing)."""
    return to_pdf((_notice(board, community, paper) for board in boards), len(boards), progress)


def _notice(board: GridBoard, community: str, paper: Paper) -> str:
    values = {"board": board, "community_code": community, "pending": any(not group.leaders for group in board.groups),
              "duties": _duties(board)}
    return page("board", paper, values, scale=scale_of(paper, "a3"))


def _duties(board: GridBoard) -> list[tuple[str, tuple[ContactView, ...]]]:
    """Columns of people beside the police station: those of the grid, then those of the whole community."""
    central = ("民警和村干部", board.officers[:_MOST])
    return [("网格员", board.workers[:_MOST]), central] if board.code else [central]
