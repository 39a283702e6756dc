"""The static edition: every plate's pages as files that any web server or CDN can serve, so that scanning goes on while the
registry is away. Rendered by the residents' door itself: a file and the door's answer are the same bytes at the same address.

Layout of a folder (a reading is `large`, `en`, `en-large` …; see `reading`)

    d/CODE/index.html          the page behind a plate, and d/CODE/<reading>/index.html
    d/CODE/map.svg             its small map, and d/CODE/<language>/map.svg; not where the door's place is unknown
    d/CODE/contacts.vcf        its contacts for a phone; not where nobody can be called
    index.html  <reading>/index.html  howto/index.html  howto/<reading>/index.html
    404.html                   the page about unknown plates
    static/*  portraits/*  sw.js  *.txt  d/*.txt     what pages load, and WeChat's files
    published.json             how far the edition has come; not for visitors

Beside each text lie `.gz` and `.br`. A retired plate keeps its place and says so; a server of files answers it with 200, the door
with 410. A code that became unknown loses its place. Forms (`ask report book chief follow here form-token`) are never files: a
web server passes to the door what it does not find here. A bucket has the same, with a page at its own address as key (`d/CODE`,
`d/CODE/en`), gzipped once, with its type and encoding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Protocol

from flask import Flask

from doorplate.public_view import PageChanges
from webapp.static_edition_files import EditionFile
from webapp.static_edition_pages import Pages

LAYOUT = 1  # one more whenever the same content would lie elsewhere
PARTS = 50  # plates handed to a process at a time
WORTH_SPREADING = 400  # (D) plates; below, starting processes takes longer than it saves

Progress = Callable[[str, int, int], None]  # step in words, done, of how many
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class State:
    """How far an edition has come. seq: the last event; day: the day in China its pages were made for; made: digest of
    everything but the registry that forms its pages."""

    seq: int
    day: date
    made: str
    layout: int = LAYOUT

    def as_json(self) -> str:
        return json.dumps({**asdict(self), "day": self.day.isoformat()})


def read_state(text: str | bytes | None) -> State | None:
    """None for what is no state of this layout: then everything is made again."""
    try:
        said = json.loads(text or "")
        state = State(int(said["seq"]), date.fromisoformat(said["day"]), str(said["made"]), int(said["layout"]))
    except (ValueError, KeyError, TypeError):
        return None
    return state if state.layout == LAYOUT else None


class Target(Protocol):
    """Where an edition lies. Every method may raise Unavailable(publish.target)."""

    def state(self) -> str | None: ...

    def keep_state(self, text: str) -> None:
        """Called last, when every file of the run is safe."""

    def put(self, file: EditionFile) -> bool:
        """Whole or not at all. False where the same lay there already, as far as that is known cheaply."""

    def drop(self, path: str) -> bool:
        """Takes away one file, or all of a plate (`/d/CODE`). False where nothing was."""

    def codes(self) -> Iterable[str]:
        """The codes that have a place here."""


class Source(Protocol):
    """What the registry tells of its plates. Every method may raise Unavailable."""

    def stands(self) -> tuple[int, date]:
        """The last event, and the day in China."""

    def changes(self, seq: int, day: date) -> PageChanges:
        """What may look different from how it did after event `seq` on `day`, by events and by days that came."""

    def codes(self, communities: Collection[str] | None) -> Iterator[str]:
        """Every code ever given; of these communities, where they are named."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a run came to. plates: looked at; written, removed: files; everything: nothing was taken for granted."""

    plates: int = 0
    written: int = 0
    removed: int = 0
    everything: bool = False
    seconds: float = 0.0

    def __add__(self, other: Published) -> Published:
        return replace(self, plates=self.plates + other.plates, written=self.written + other.written,
                       removed=self.removed + other.removed)


@dataclass(frozen=True, slots=True)
class Work:
    """What a run has to look at: plates whole, and plates of which the map alone may differ."""

    codes: tuple[str, ...]
    maps: tuple[str, ...]
    everything: bool


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: where it lies, what it is made from and by. door: the application that answers residents; made: digest of
    the settings its pages show. spread: runs the work in several processes, None = here."""

    target: Target
    source: Source
    door: Callable[[], Flask]
    made: str
    spread: Callable[[Work, Progress], Published] | None = None


def publish(edition: Edition, progress: Progress, *, full: bool = False) -> Published:
    """Makes what may have changed since the last run, and nothing else; full takes nothing for granted.

    Killed in the middle, the next run does what is left: the state moves on only at the end. Raises Unavailable."""
    begun = perf_counter()
    before = None if full else read_state(edition.target.state())
    state = State(*edition.source.stands(), edition.made)
    if before is not None and before.made != edition.made:
        before = None
    if before == state:
        return Published(seconds=perf_counter() - begun)
    work = plan(edition.source, before)
    pages = Pages(edition.door())
    if edition.spread is not None and len(work.codes) >= WORTH_SPREADING:
        done = edition.spread(work, progress)
    else:
        done = make(pages, edition.target, work, progress)
    done += _fronts(pages, edition.target)
    if work.everything:
        done += _forget(edition.target, work.codes)
    edition.target.keep_state(state.as_json())
    return replace(done, everything=work.everything, seconds=perf_counter() - begun)


def plan(source: Source, before: State | None) -> Work:
    """Which plates to look at."""
    changes = source.changes(before.seq, before.day) if before else PageChanges(0, everything=True)
    if changes.everything:
        return Work(tuple(source.codes(None)), (), True)
    codes = set(changes.codes)
    if changes.communities:
        codes.update(source.codes(changes.communities))
    return Work(tuple(sorted(codes)), tuple(sorted(changes.maps - codes)), False)


def make(pages: Pages, target: Target, work: Work, progress: Progress) -> Published:
    """Renders and puts the plates of some work, one after the other."""
    done, total = Published(), len(work.codes) + len(work.maps)
    for number, code in enumerate(work.codes, 1):
        done += _put(target, code, pages.plate(code)) + Published(plates=1)
        if number % PARTS == 0 or number == total:
            progress("发布门牌页", number, total)
    for number, code in enumerate(work.maps, len(work.codes) + 1):
        done += _put(target, code, pages.maps(code)) + Published(plates=1)
        if number % PARTS == 0 or number == total:
            progress("发布门牌页", number, total)
    return done


def cut(work: Work, size: int = PARTS) -> list[Work]:
    """The same work in parts for several processes."""
    parts = [replace(work, codes=work.codes[at:at + size], maps=()) for at in range(0, len(work.codes), size)]
    return parts + [replace(work, codes=(), maps=work.maps[at:at + size]) for at in range(0, len(work.maps), size)]


def _put(target: Target, code: str, files: Iterable[EditionFile]) -> Published:
    """Files without a body are no longer there."""
    written = removed = 0
    for file in files:
        if file.body is None:
            removed += target.drop(file.path)
        else:
            written += target.put(file)
    return Published(written=written, removed=removed)


def _fronts(pages: Pages, target: Target) -> Published:
    return Published(written=sum(target.put(file) for file in pages.fronts()))


def _forget(target: Target, codes: Iterable[str]) -> Published:
    """Takes away plates the registry no longer knows (it was restored from an older copy)."""
    return Published(removed=sum(target.drop(f"/d/{code}") for code in set(target.codes()) - set(codes)))


def software_digest(template_folder: Path) -> str:
    """Of all that forms a page but data: templates, styles, words and the code beside this file."""
    digest = hashlib.sha256()
    for folder, patterns in ((template_folder, ("*.html",)), (_HERE, ("*.py", "static/**/*.*", "*.mo"))):
        for path in sorted(path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
