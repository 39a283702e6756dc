"""What is personal goes: at once when a resident withdraws, by itself when its time is over. The steps stay, without words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice

from doorplate.cases.case import Case
from doorplate.registry.cases.casework import CLOCK, Casework
from doorplate.registry.cases.filing import FOLDER
from doorplate.registry.days import today
from doorplate.store import Unit

_BLOCK = 200  # ids read at a time


def forget_old(work: Casework) -> int:
    """Deletes texts, words, contacts and files of matters answered longer ago than `limits.retention_days`, and whatever of
    withdrawn ones a crash left behind; gives how many matters. Run again, it goes on where it stopped."""
    forgotten = 0
    before = work.now - timedelta(days=work.settings.limits.retention_days)
    while True:
        with work.registry.store.reading() as reader:
            over = reader.cases_to_forget(before, _BLOCK)
        if not over:
            return forgotten
        for case_id in over:
            forget(work, case_id)
        forgotten += len(over)


def forget(work: Casework, case_id: str) -> None:
    """One matter: its words and contact in one transaction, then its files, then their keys. A crash in between leaves keys by
    which `forget_old` finds what is left."""
    with work.registry.store.writing() as unit:
        case = unit.case(case_id)
        if case is None:
            return
        if case.text_sealed or case.contact_sealed:
            unit.save(case, wordless(case), work.event("case.forgotten", case.id, CLOCK))
        erase_words(work, unit, case_id, CLOCK)
    erase_files(work, case_id, CLOCK)


def wordless(case: Case) -> Case:
    """The matter without what the resident wrote and left."""
    return replace(case, text_sealed=None, contact_sealed=None, consent="")


def erase_words(work: Casework, unit: Unit, case_id: str, by: str) -> None:
    """Everybody's words: an answer or a colleague's remark may quote the resident."""
    unit.save_many((entry, replace(entry, words_sealed=None), work.event("case_entry.forgotten", entry.id, by))
                   for entry in unit.case_entries(case_id) if entry.words_sealed is not None)


def erase_files(work: Casework, case_id: str, by: str) -> None:
    """Files first, then the keys that lead to them: never a file that nobody can find any more."""
    with work.registry.store.reading() as reader:
        files = [one for one in reader.case_files(case_id) if one.key]
    if not files:
        return
    work.vault.delete([one.key for one in files])
    gone = {one.id for one in files}
    with work.registry.store.writing() as unit:
        unit.save_many((one, replace(one, key="", size=0, sha256=""), work.event("case_file.forgotten", one.id, by))
                       for one in unit.case_files(case_id) if one.id in gone and one.key)


def sweep_orphans(work: Casework) -> int:
    """Deletes files that belong to no matter: what a crash between vault and database left behind. Only those laid there before
    yesterday, for a matter may be on its way in just now. Gives how many."""
    yesterday = f"{today(work.registry) - timedelta(days=1):%Y%m%d}"
    old = (key for key in work.vault.keys(f"{FOLDER}/") if key.split("/")[1] < yesterday)
    swept = 0
    while keys := list(islice(old, _BLOCK)):
        with work.registry.store.reading() as reader:
            known = reader.case_keys_known(keys)
        orphans = [key for key in keys if key not in known]
        work.vault.delete(orphans)
        swept += len(orphans)
    return swept
