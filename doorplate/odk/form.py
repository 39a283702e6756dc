"""A form as an XLSForm knows it (https://xlsform.org): questions, choices, settings; Chinese first, English second. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

LANGUAGES = ("中文(zh)", "English(en)")
"""As their columns are headed: label::中文(zh). The first is the default."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    zh: str = ""
    en: str = ""


NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the sheet "survey". type: as XLSForm writes it. relevant, constraint, calculation, choice_filter, required:
    XPath of XLSForm with ${name}; wrong: what is said when the constraint does not hold."""

    type: str
    name: str
    label: Words = NOTHING
    hint: Words = NOTHING
    relevant: str = ""
    required: str = ""
    constraint: str = ""
    wrong: Words = NOTHING
    calculation: str = ""
    choice_filter: str = ""
    appearance: str = ""
    parameters: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of the sheet "choices". more: further columns, for choice filters and look-ups."""

    list: str
    name: str
    label: Words
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """id: for ever the same. lists: the CSV files its choices come from. instance_name: XPath of what a filled one is called."""

    id: str
    title: Words
    questions: tuple[Question, ...]
    choices: tuple[Choice, ...]
    lists: tuple[str, ...]
    instance_name: str = ""

    @property
    def version(self) -> str:
        """Changes if and only if the content does: what it was made from counts, not when."""
        told = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def survey_rows(self) -> list[dict[str, str]]:
        return [_survey_row(one) for one in self.questions]

    def choice_rows(self) -> list[dict[str, str]]:
        return [{"list_name": one.list, "name": one.name, **_both("label", one.label), **dict(one.more)} for one in self.choices]

    def settings_row(self) -> dict[str, str]:
        return {"form_title": " / ".join(filter(None, (self.title.zh, self.title.en))), "form_id": self.id,
                "version": self.version, "default_language": LANGUAGES[0], "instance_name": self.instance_name}


@dataclass(frozen=True, slots=True)
class BuiltForm:
    """A form made (`odk.build`). xlsx: the XLSForm; xml: the XForm (UTF-8)."""

    form: Form
    xlsx: bytes
    xml: bytes


def plain(zh: str, en: str) -> Words:
    """Words of an office's own rules: what would mean a question in a form is text here."""
    return Words(zh.replace("${", "＄{"), en.replace("${", "＄{"))


def quoted(text: str) -> str:
    """Text as an XPath literal; what has both kinds of quotation marks loses the one."""
    return f'"{text}"' if "'" in text and '"' not in text else "'" + text.replace("'", "’") + "'"


def _survey_row(one: Question) -> dict[str, str]:
    return {"type": one.type, "name": one.name, **_both("label", one.label), **_both("hint", one.hint),
            "required": one.required, "relevant": one.relevant, "constraint": one.constraint,
            **_both("constraint_message", one.wrong), "calculation": one.calculation, "choice_filter": one.choice_filter,
            "appearance": one.appearance, "parameters": one.parameters}


def _both(column: str, words: Words) -> dict[str, str]:
    return {f"{column}::{language}": text for language, text in zip(LANGUAGES, (words.zh, words.en), strict=True)}
