"""doorplate reprint: which plates need new metal, which only lead elsewhere, and the order for the new ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import figures, out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.names import NamesFile, spellings_of
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.exchange.whole_file import whole_file
from doorplate.plates.code import grouped
from doorplate.plates.lifecycle import REPLACED
from doorplate.plates.painting import GATE, PaintRule
from doorplate.plates.reprint import NEEDS
from doorplate.registry import Registry
from doorplate.registry.reprinting import Asked, Reprints, find_reprints
from doorplate.registry.reprinting import reissue as reissue_plates
from doorplate.settings import load_settings
from print_jobs.plate_design import design_names, load_design

SHOWN = 30


def reprint(
    community: CommunityCode,
    out_file: Annotated[Path | None, typer.Option("--out", help="把要重印的编码写进这个文件, 给 doorplate print --codes")] = None,
    reissue: Annotated[bool, typer.Option("--reissue", help="要换的牌全部补制: 旧牌记为已补制, 新牌用新编码, 等着印")] = False,
    reason: Annotated[str, typer.Option(help="补制的理由, 会永久留痕; 和 --reissue 一起写")] = "",
    all_: Annotated[bool, typer.Option("--all", help="全部列出, 不只前 30 块")] = False,
    names: NamesFile = None,
) -> None:
    """要不要重印: 逐块比较牌上印的和现在登记的, 列出要换新牌的、只需转向的和该摘下的, 各写理由。

    不加 --reissue 只看不改。字改了的牌可以用原编码重印; 损坏或遗失的要加 --reissue 换新编码。
    """
    settings = load_settings()
    registry = open_registry(settings)
    found = find_reprints(registry, community, _rule_of, spellings_of(settings, names))
    _show(found, all_)
    lines = _reissued(registry, found, reason) if reissue else _reprinted(found)
    if out_file is not None:
        _write(out_file, lines)


def _rule_of(kind: str) -> PaintRule:
    return load_design(kind).text if kind in design_names() else GATE


def _show(found: Reprints, everything: bool) -> None:
    figures("重印", {**{title: f"{len(found.of(need))} 块" for need, title in NEEDS.items()}, "不用动": f"{found.unchanged} 块"})
    for need, title in NEEDS.items():
        asked = found.of(need)
        for one in asked if everything else asked[:SHOWN]:
            why = f"{one.verdict.reason} ({one.because})" if one.because else one.verdict.reason
            out.print(f"  {title}  {grouped(one.plate.code)}  {one.address.standard_address}: {why}", markup=False)
        if len(asked) > SHOWN and not everything:
            out.print(f"  … {title}还有 {len(asked) - SHOWN} 块, 加 --all 看全部")
    for title, count in found.news.items():
        out.print(f"  {title} {count} 处: 扫码页已是新的, 不用换牌")


def _reprinted(found: Reprints) -> dict[str, list[str]]:
    """Kind → lines: the codes that can be printed again as they are, and remarks on those that cannot."""
    lines: dict[str, list[str]] = {}
    for one in found.of("metal"):
        gone = one.plate.status in REPLACED
        lines.setdefault(one.plate.kind, []).append(_line("# " if gone else "", one.plate.code, one))
    waiting = sum(one.plate.status in REPLACED for one in found.of("metal"))
    if waiting:
        out.print(f"其中 {waiting} 块损坏、遗失或停用, 旧编码不再印: 加 --reissue --reason 理由, 换新编码补制")
    return lines


def _reissued(registry: Registry, found: Reprints, reason: str) -> dict[str, list[str]]:
    """Kind → lines, after the successors were planned."""
    asked = {one.plate.code: one for one in found.of("metal")}
    if not asked:
        return {}
    done = reissue_plates(registry, list(asked), reason)
    out.print(f"已补制 {len(done)} 块: 旧编码扫出来会说明已停用、现在叫什么; 用 doorplate print --community 印新牌")
    lines: dict[str, list[str]] = {}
    for one in done:
        lines.setdefault(one.new.kind, []).append(_line("", one.new.code, asked[one.old.code]))
    return lines


def _line(mark: str, code: str, asked: Asked) -> str:
    return f"{mark}{code}  # {asked.address.standard_address}: {asked.verdict.reason}"


def _write(path: Path, lines: dict[str, list[str]]) -> None:
    """One file; one for each kind where there are several, because a print has one design. Raises InputError(reprint.nothing)."""
    printable = {kind: there for kind, there in lines.items() if any(not line.startswith("#") for line in there)}
    if not printable:
        raise InputError("reprint.nothing", "没有可以直接重印的编码, 没有写文件", file=path.name)
    for kind, there in printable.items():
        file = path if len(printable) == 1 else path.with_name(f"{path.stem}.{kind}{path.suffix}")
        _write_codes(file, there)
        out.print(f"编码写在 {file}: doorplate print --codes {file.name} --design {kind}", markup=False)


def _write_codes(path: Path, lines: Iterable[str]) -> None:
    with whole_file(path) as draft:
        draft.write_text("".join(f"{line}\n" for line in lines), "utf-8")
