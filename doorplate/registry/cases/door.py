"""What the residents' door may do with matters (`cases_view.PublicCases`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from doorplate.cases.case import Case, CaseKind
from doorplate.cases.lifecycle import may_rate, may_reopen, require_may
from doorplate.cases.routing import charge_again
from doorplate.cases.texts import words_of
from doorplate.cases_view import AskForm, AskRequest, FollowView, Receipt, Upload
from doorplate.errors import InputError, NotFound, Refused
from doorplate.registry.cases.casework import CLOCK, RESIDENT, Casework, Said
from doorplate.registry.cases.doors import door_of, form_at
from doorplate.registry.cases.filing import Clean, cleaned, laid_in_vault, record_files
from doorplate.registry.cases.following import follow_view
from doorplate.registry.cases.intake import take_in
from doorplate.registry.cases.pins import admitted
from doorplate.registry.cases.retention import erase_files, erase_words, wordless
from doorplate.registry.cases.routes import address_of, handed_to, staff_at, subject_of
from doorplate.registry.cases.working import bytes_of
from doorplate.store import Unit

_STARS = range(1, 6)


class DoorCases:
    """Everything by receipt and PIN; nobody is known by anything else."""

    def __init__(self, work: Casework) -> None:
        self._work = work

    def form(self, plate_code: str, kind: CaseKind, language: str = "zh") -> AskForm:
        with self._work.registry.store.reading() as reader:
            return form_at(self._work, door_of(self._work, reader, plate_code), kind, language)

    def ask(self, request: AskRequest) -> Receipt:
        return take_in(self._work, request)

    def follow(self, receipt: str, pin: str) -> FollowView:
        """Reading the answer is having it: a matter that waits for its resident to be called is answered from then on (D)."""
        case = admitted(self._work, receipt, pin)
        return self._write(case, self._read) if case.status == "settled" else self._view(case.id)

    def file(self, receipt: str, pin: str, file_id: str) -> tuple[str, bytes]:
        case = admitted(self._work, receipt, pin)
        with self._work.registry.store.reading() as reader:
            return bytes_of(self._work, reader, case, file_id)

    def add(self, receipt: str, pin: str, words: str, photos: Sequence[Upload] = ()) -> FollowView:
        """What was just sent, sent once more (a double tap, a retry), is there once."""
        case = admitted(self._work, receipt, pin)
        require_may("add", case)
        said = words_of(words, self._work.settings.limits.text, "words")
        files = cleaned(self._work, photos)
        if not (said or files):
            raise InputError("case.no_words", "请写下要补充的内容, 或者加照片", field="words")
        with laid_in_vault(self._work, files) as claimed:
            return self._write(case, lambda unit, now: self._add(unit, now, said, files, claimed))

    def rate(self, receipt: str, pin: str, stars: int) -> FollowView:
        if stars not in _STARS:
            raise InputError("case.rating", "请选 1 到 5 颗星", field="stars")
        return self._write(admitted(self._work, receipt, pin), lambda unit, now: self._rate(unit, now, stars))

    def reopen(self, receipt: str, pin: str, words: str) -> FollowView:
        case = admitted(self._work, receipt, pin)
        said = words_of(words, self._work.settings.limits.text, "words")
        if not said:
            raise InputError("case.no_words", "请写下还有什么没有解决", field="words")
        return self._write(case, lambda unit, now: self._reopen(unit, now, said))

    def withdraw(self, receipt: str, pin: str) -> FollowView:
        """Words and contact in one transaction, then the files; a second time it goes on where it was interrupted."""
        case = admitted(self._work, receipt, pin)
        self._write(case, self._withdraw)
        erase_files(self._work, case.id, RESIDENT)
        return self._view(case.id)

    def _write(self, case: Case, act: Callable[[Unit, Case], object]) -> FollowView:
        """The act on the matter as it is now: between PIN and act somebody of the staff may have been at it."""
        with self._work.registry.store.writing() as unit:
            now = unit.case(case.id)
            if now is not None:
                act(unit, now)
        return self._view(case.id)

    def _view(self, case_id: str) -> FollowView:
        with self._work.registry.store.reading() as reader:
            case = reader.case(case_id)
            if case is None:
                raise NotFound("case.unknown", "没有这件事")
            return follow_view(self._work, reader, case)

    def _read(self, unit: Unit, case: Case) -> None:
        if case.status == "settled":
            after = replace(case, status="answered", due_at=None)
            self._work.step(unit, case, after, Said("answered", RESIDENT, source="网页"))

    def _add(self, unit: Unit, case: Case, said: str, files: Sequence[Clean], claimed: set[str]) -> None:
        require_may("add", case)
        there = unit.case_files(case.id)
        if self._is_repeated(unit, case, said, {one.sha256 for one in there}, files):
            return
        most = self._work.settings.limits.photos_in_all
        if len(there) + len(files) > most:
            message = f"一件事最多 {most} 张照片, 已有 {len(there)} 张"
            raise InputError("case.too_many_photos", message, field="photos", limit=most)
        self._work.step(unit, case, case, Said("added", RESIDENT, said))
        record_files(self._work, unit, case.id, files, RESIDENT)
        claimed.update(one.file.key for one in files)

    def _is_repeated(self, unit: Unit, case: Case, said: str, known: set[str], files: Sequence[Clean]) -> bool:
        """The last thing added says the same, and no picture is new."""
        last = next(islice((one for one in reversed(unit.case_entries(case.id)) if one.by == RESIDENT), 1), None)
        same = last is not None and last.step == "added" and self._work.opened(last.words_sealed, case.id) == said
        return same and known.issuperset(one.file.sha256 for one in files)

    def _rate(self, unit: Unit, case: Case, stars: int) -> None:
        require_may("rate", case)
        if case.rating == stars:
            return
        if not may_rate(case):
            raise Refused("case.rated", "已经评价过了, 谢谢")
        self._work.step(unit, case, replace(case, rating=stars), Said("rated", RESIDENT))

    def _reopen(self, unit: Unit, case: Case, said: str) -> None:
        """Back to where it was answered, with a new clock; it may be rated anew."""
        work = self._work
        require_may("reopen", case)
        if not may_reopen(case, work.settings.limits.reopened):
            times = work.settings.limits.reopened
            raise Refused("case.reopened_enough", f"一件事最多退回 {times} 次; 还没解决可以走所长直通车, 或打 12345")
        staff = staff_at(work, unit, case.community, address_of(unit, case))
        charge = charge_again(case, subject_of(work, unit, case.kind, case.about), staff)
        again = replace(case, status="routed", level=charge.level, owner_id=charge.owner_id, due_at=work.due(case, charge.level),
                        rating=None, reopened=case.reopened + 1)
        case = work.step(unit, case, again, Said("reopened", RESIDENT, said))
        work.step(unit, case, case, Said("routed", CLOCK, handed_to(work, unit, case, charge)))

    def _withdraw(self, unit: Unit, case: Case) -> None:
        if case.status != "withdrawn":
            require_may("withdraw", case)
            ended = replace(wordless(case), status="withdrawn", due_at=None)
            self._work.step(unit, case, ended, Said("withdrawn", RESIDENT))
        erase_words(self._work, unit, case.id, RESIDENT)
