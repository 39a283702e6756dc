"""From files to findings: the first half of flow A, the same for `check`, `import` and the demo. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from doorplate.addresses.quality import CheckContext, check
from doorplate.areas.divisions import lookup, siblings
from doorplate.errors import InputError
from doorplate.exchange.mapping import ListMapping
from doorplate.exchange.read import AS_RECOGNISED, ReadResult, read_lists
from doorplate.model import Area, CheckResult, Division, Finding

WHOLE_FILE_POINTS, WHOLE_FILE_SHARE = 10, 0.8  # so many points far off, and such a part of all: the file's fault (D)

Progress = Callable[[str, int, int], None]  # step in words, done, of how many


@dataclass(frozen=True)
class Checked:
    """One check: what was read, what was understood, and what it was held against."""

    division: Division
    areas: tuple[Area, ...]
    read: ReadResult
    result: CheckResult


def no_progress(step: str, done: int, total: int) -> None:
    """For callers that show none."""


def check_lists(
    paths: Sequence[Path],
    community: str,
    areas: Sequence[Area],
    progress: Progress = no_progress,
    *,
    mapping: ListMapping = AS_RECOGNISED,
) -> Checked:
    """Reads and checks the lists of one community. areas may be empty; mapping overrules how tables are read.

    Raises InputError for unusable files, an unknown community code, or lists of another village (list.other_village).
    """
    division = lookup(community)
    progress("读取名单", 0, len(paths))
    read = read_lists(paths, mapping=mapping)
    progress("读取名单", len(paths), len(paths))
    progress("解析并核查地址", 0, len(read.rows))
    context = CheckContext(division=division, siblings=siblings(community), areas=tuple(areas))
    result = check(read.rows, context)
    progress("解析并核查地址", len(read.rows), len(read.rows))
    result = _with_reading_faults(result, read)
    _require_this_village(result, division)
    _require_points_here(result, division)
    return Checked(division, tuple(areas), read, result)


def _with_reading_faults(result: CheckResult, read: ReadResult) -> CheckResult:
    """Lines that could not even be read are findings too, in their place."""
    if not read.findings:
        return result
    order = {ref: n for n, ref in enumerate(dict.fromkeys(row.ref for row in read.rows))}
    findings = sorted((*result.findings, *read.findings), key=lambda f: (order.get(f.ref, len(order)), f.ref.row, f.code))
    return CheckResult(tuple(findings), result.rows, result.households, result.facts)


def _require_this_village(result: CheckResult, division: Division) -> None:
    """A few strayed lines are findings; a file most of whose lines name another village is the wrong file."""
    lines = Counter(row.ref.file for row in result.rows)
    strayed: dict[str, Counter[str]] = {}
    for finding in result.findings:
        if finding.code == "wrong.village":
            strayed.setdefault(finding.ref.file, Counter())[finding.value] += 1
    for file, values in strayed.items():
        if values.total() * 2 > lines[file]:
            example = values.most_common(1)[0][0]
            raise InputError(
                "list.other_village",
                f"{file} 里 {values.total()} 行写的不是{division.name} (例如“{example}”), 请核对社区代码或换成"
                f"{division.name}的名单; 什么都没有导入",
                file=file,
                community=division.code,
            )


def _require_points_here(result: CheckResult, division: Division) -> None:
    """A few points far off are findings; where nearly all of a file's are, the whole file is shifted or another village's."""
    located = Counter(row.ref.file for row in result.rows if row.point is not None)
    far: dict[str, list[Finding]] = {}
    for finding in result.findings:
        if finding.code == "point.far":
            far.setdefault(finding.ref.file, []).append(finding)
    for file, findings in far.items():
        if len(findings) >= WHOLE_FILE_POINTS and len(findings) > WHOLE_FILE_SHARE * (len(findings) + located[file]):
            raise InputError(
                "list.points_elsewhere",
                f"{file} 里 {len(findings)} 个坐标几乎都在{division.name}以外 (例如“{findings[0].value}”): 多半是整列差了几度、"
                f"坐标系标错, 或是别的村的名单。请查明后再导入; 不要坐标也可以先把坐标列删掉",
                file=file,
                community=division.code,
            )
