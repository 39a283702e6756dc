"""What would stop a batch, said before it is frozen: the same checks as the preflight of `run`, and nothing is written."""

from __future__ import annotations

from pathlib import Path

from doorplate.errors import Refused
from doorplate.model import PrintBatch
from print_jobs.folder import BatchFolder
from print_jobs.fonts import fonts_of
from print_jobs.job import AS_THEY_COME, Arrangement, require_arrangement
from print_jobs.plate_design import load_design
from print_jobs.preflight import printing_problems, require_printable
from print_jobs.sheet import load_sheet


def rehearse(batch: PrintBatch, *, sheet: str, out: Path, design: str = "",
             arrangement: Arrangement = AS_THEY_COME) -> None:
    """Returns when `batch` could be printed into the folder `out`; design: where it is not one of ours, its file.

    Raises PreflightFailed(batch.…) with every problem, Refused(batch.folder_taken) when another batch lies in the folder,
    InputError(design.…, sheet.…), Unavailable(font.…).
    """
    plate_design = load_design(design or batch.design)
    require_arrangement(arrangement, plate_design, load_sheet(sheet))
    folder = BatchFolder(out)
    if folder.batch.exists() and batch.id.encode() not in folder.batch.read_bytes():
        raise Refused("batch.folder_taken", f"{out.name} 里已有另一批, 请换一个文件夹", out=out.name)
    require_printable([*folder.foreign(), *printing_problems(batch, plate_design, fonts_of(plate_design.fonts))])
