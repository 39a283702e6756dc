"""Whatever the field server refuses has a code, and the phone has words for it in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorplate.field.parsing import _TROUBLES
from doorplate.media import photos, voice
from doorplate.store.troubles import _UNAVAILABLE
from webapp.assets import FOLDER

ROOT = Path(FOLDER).parents[1]
ERRORS = {"InputError", "NotFound", "NotPermitted", "Refused", "Unavailable"}
ANSWERING = (  # what runs when a phone asks
    "webapp/field/*.py", "webapp/reach.py", "webapp/signing_in.py", "doorplate/field/*.py",
    "doorplate/registry/field/__init__.py",
    *(f"doorplate/registry/field/{name}.py" for name in (
        "inbox", "files", "households", "persons", "mountings", "rechecks", "tampering", "visits", "unmasking", "zones", "pack",
        "door", "redacting")),
    "doorplate/registry/attempts.py", "doorplate/registry/second_factor.py", "doorplate/registry/signing_in.py",
    "doorplate/registry/devices.py",
    "doorplate/registry/cases/intake.py", "doorplate/registry/cases/casework.py", "doorplate/registry/cases/doors.py",
    "doorplate/cases/texts.py", "doorplate/people/passwords.py", "doorplate/people/permission.py",
    "doorplate/plates/lifecycle.py",
    "doorplate/households/seal.py", "doorplate/media/vault.py", "doorplate/media/folder.py", "doorplate/media/decoder.py",
    "doorplate/store/unit.py", "doorplate/store/troubles.py")
ELSEWHERE = {  # raised in these files, but never while a phone is answered: starting, the desk, the command line
    "field.invalid", "permissions.invalid", "settings.media_url", "settings.secret_key", "account.login", "session.over",
    "device.active", "device.ambiguous", "population.assessment", "population.no_reason", "population.not_asked", "population.on",
    "population.other_assessment", "population.own", "review.undecided", "signin.code_cannot",
    "signin.code_required", "signin.ticket", "sso.unknown"}
OF_HTTP = {f"http.{status}" for status in (400, 404, 405, 413, 429, 500, 503)}
OF_THE_PHONE = {"file.gone"}


def raised(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            place = {"ItemReceipt": 2}.get(name, 0 if name in ERRORS else None)
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield str(node.args[place].value)  # type: ignore[attr-defined]


def told() -> set[str]:
    found = {code for pattern in ANSWERING for path in ROOT.glob(pattern) for code in raised(path)}
    found |= {code for _, code, _ in _TROUBLES} | {code for _, code, _ in _UNAVAILABLE}
    found |= {f"media.photo_{code}" for code in photos._WORDS} | {f"media.voice_{code}" for code in voice._WORDS}
    return (found - ELSEWHERE) | OF_HTTP | OF_THE_PHONE


def words() -> dict[str, dict[str, str]]:
    text = (FOLDER / "field/words/codes.js").read_text("utf-8")
    parts = re.split(r"export const (zh|en) = ", text)[1:]
    return {name: dict(re.findall(r'^  "code\.([\w.]+)": "(.+)",$', part, re.MULTILINE))
            for name, part in zip(parts[::2], parts[1::2], strict=True)}


def test_every_refusal_has_words_in_both_languages() -> None:
    assert told() - words()["zh"].keys() == set()
    assert words()["zh"].keys() - told() == set()
    assert words()["zh"].keys() == words()["en"].keys()


def test_the_english_is_english_and_the_chinese_chinese() -> None:
    assert [code for code, said in words()["en"].items() if re.search(r"[\u3000-\u9fff]", said)] == []
    assert [code for code, said in words()["zh"].items() if not re.search(r"[\u4e00-\u9fff]", said)] == []


@pytest.mark.parametrize("pattern", ANSWERING)
def test_every_place_that_answers_is_still_there(pattern: str) -> None:
    assert list(ROOT.glob(pattern))
