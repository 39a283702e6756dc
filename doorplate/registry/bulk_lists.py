"""Loading a register of already-formed addresses: 10⁵ to 10⁶ lines, whole or not at all, once, every line accounted for.

For a city's or county's own register; a village's messy list goes through `lists`. A line becomes a proposed address, or is
known already, or is refused by a finding. The load leaves one event (docs/decisions.md), and one for each community it opens.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from doorplate.areas.divisions import lookup
from doorplate.areas.grids import AreaIndex
from doorplate.errors import InputError
from doorplate.exchange.register_file import COMMUNITY, RegisterFile, RowBlock, read_blocks, recognise_register
from doorplate.model import Area, Finding, ListImport
from doorplate.registry import Registry
from doorplate.registry.bulk_points import Grids
from doorplate.registry.bulk_rows import RowReader
from doorplate.registry.communities import community_of, put_areas, put_community
from doorplate.store import Unit
from doorplate.store.bulk import AddressLoader, loading, standing_keys

_EXAMPLES = 100  # findings told in the report itself; all of them are in the registry
Progress = Callable[[str, int, int], None]  # step in words, done, of about how many


@dataclass(frozen=True)
class LoadReport:
    """What a load came to: rows = loaded + known + refused. known: addresses the register had already. findings: code →
    number, of loaded rows too (a doubted point); examples: the first of them. seconds: step → how long it took.
    again: this very file had been loaded before, and nothing was done."""

    import_id: str
    rows: int
    loaded: int
    known: int
    refused: int
    communities: int
    findings: Mapping[str, int]
    examples: tuple[Finding, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    again: bool = False


def load_register(
    registry: Registry, path: Path, community: str | None, areas: Sequence[Area] = (), progress: Progress | None = None
) -> LoadReport:
    """Brings a register file in. community: the 12-digit code of all its rows, None = a column of the file says it.
    areas: grids the points are held against and assigned to; kept in the registry as `import_areas` does.

    Raises InputError: list.… for a file that cannot be read as a register, division.… (also
    division.not_community: a code above that level), list.no_community (no code given and
    no such column), list.points_elsewhere (most points outside the areas), list.nothing_to_load; Unavailable(store.…).
    """
    clock = _Clock()
    if community is not None and lookup(community).code.endswith("000"):
        raise InputError("division.not_community", f"{community} 不是村或社区的代码, 请写到社区", division=community)
    with clock.step("recognise"):
        file = recognise_register(path)
    if community is None and COMMUNITY not in file.columns:
        raise InputError("list.no_community", f"文件 {path.name} 没有社区代码列, 请用 --community 指定社区", file=path.name)
    mark = _fingerprint(file, community, areas)
    with registry.store.writing() as unit:
        earlier = unit.list_import(mark)
        if earlier is not None:
            return _report(earlier, again=True)
        work = _Loading(registry, unit, file, community, areas)
        report = work.run(mark, clock, progress or _silent)
        commit = perf_counter()
    return replace(report, seconds={**clock.seconds, "commit": perf_counter() - commit})


class _Loading:
    """One load under way."""

    def __init__(
        self, registry: Registry, unit: Unit, file: RegisterFile, community: str | None, areas: Sequence[Area]
    ) -> None:
        self.registry, self.unit, self.file = registry, unit, file
        self.import_id = registry.new_id()
        self.counts: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self.examples: list[Finding] = []
        self.met: set[str] = set()
        self._open({area.community for area in areas})
        put_areas(registry, unit, areas, file.path.name)
        known = {area.code: area.id for code in sorted({a.community for a in areas}) for area in unit.areas(code)}
        index = AreaIndex([area for area in areas if area.kind == "grid"])
        grids = Grids(index, [known[area.code] for area in index.areas])
        self.rows = RowReader(file, community, grids, self.import_id, registry.new_id)

    def run(self, mark: str, clock: _Clock, progress: Progress) -> LoadReport:
        with clock.step("index"), loading(self.unit, self.import_id, self.file.lines) as loader, clock.step("rows", "index"):
            if loader.rebuilds:
                self.rows.repeats.standing.update(standing_keys(self.unit))
            for block in read_blocks(self.file):
                self._bring(loader, block, clock)
                progress("装入地址", self.counts["lines"], self.file.lines)
            loader.settle()
            if not self.counts["addresses"] + self.counts["known"]:
                raise self._nothing()
            progress("建索引", 0, 1)
        codes = {f"finding.{code}": number for code, number in sorted(self.findings.items())}
        counts = {**self.counts, "communities": len(self.rows.divisions), "findings": self.findings.total(), **codes}
        name = self.file.path.name
        brought = ListImport(self.import_id, self.rows.main, mark, (name,), counts, loader.digest)
        saved = self.unit.save(None, brought, self.registry.event("list.imported", self.import_id, source=name))
        return replace(_report(saved), examples=tuple(self.examples))

    def _bring(self, loader: AddressLoader, block: RowBlock, clock: _Clock) -> None:
        with clock.step("check", "rows"):
            self._meet(loader, block)
            read = self.rows.read(block)
        loader.add(read.block, read.findings)
        self.counts.update(lines=read.rows, addresses=len(read.block.rows), known=read.known)
        self.findings.update(recorded.finding.code for recorded in read.findings)
        self.examples += [recorded.finding for recorded in read.findings[:_EXAMPLES - len(self.examples)]]

    def _meet(self, loader: AddressLoader, block: RowBlock) -> None:
        """Opens the communities met for the first time, and learns which of their addresses are there already."""
        new = self.rows.communities_in(block) - self.met
        if not new:
            return
        loader.settle()
        self._open(new)
        for code in sorted(new) if not loader.rebuilds else ():
            self.rows.repeats.standing.update(standing_keys(self.unit, code))
        self.met |= new

    def _open(self, communities: Iterable[str]) -> None:
        for code in sorted(communities):
            if self.unit.community(code) is None:
                put_community(self.registry, self.unit, community_of(lookup(code)))

    def _nothing(self) -> InputError:
        return InputError("list.nothing_to_load", f"文件 {self.file.path.name} 没有一行能装入, 请核对社区代码、地址列和分隔符",
                          file=self.file.path.name, findings=dict(self.findings))


class _Clock:
    """Seconds by step; a step within another one is not counted twice."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, within: str = "") -> Iterator[None]:
        start = perf_counter()
        yield
        spent = perf_counter() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + spent
        if within:
            self.seconds[within] = self.seconds.get(within, 0.0) - spent


def _fingerprint(file: RegisterFile, community: str | None, areas: Sequence[Area]) -> str:
    digest = hashlib.sha256(f"register\0{community}\0{file.path.name}\0{file.fingerprint}".encode())
    for area in areas:
        digest.update(repr((area.kind, area.code, area.name, area.geometry_wkb, area.streets)).encode())
    return digest.hexdigest()


def _report(brought: ListImport, *, again: bool = False) -> LoadReport:
    counts = brought.counts
    loaded, known = counts.get("addresses", 0), counts.get("known", 0)
    findings = {name.removeprefix("finding."): n for name, n in counts.items() if name.startswith("finding.")}
    return LoadReport(brought.id, counts["lines"], loaded, known, counts["lines"] - loaded - known,
                      counts.get("communities", 0), findings, again=again)


def _silent(step: str, done: int, total: int) -> None:
    """For callers that show no progress."""
