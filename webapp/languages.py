"""Which language a page speaks: Chinese (the language of the templates and of the plate), unless its address asks for another
(`/d/CODE/en`, elsewhere `?lang=en`; see `reading`).

The browser's own wish is not followed: many a villager's phone is set to English by its maker, and one address must be one
page, so that it can be kept and served as a file (docs/decisions.md).

A language exists when its catalogue is compiled (`hatch_build.py`); without any, the doors speak Chinese.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from flask import Flask, current_app, g, request
from flask_babel import Babel

FOLDER = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class Language:
    """code: as in addresses; tag: for HTML (BCP 47); locale: for Babel; name: what its own speakers call it."""

    code: str
    tag: str
    locale: str
    name: str


CHINESE = Language("zh", "zh-CN", "zh_Hans_CN", "中文")


def install(app: Flask) -> None:
    app.extensions["doorplate.languages"] = {one.code: one for one in (CHINESE, *_catalogues())}
    Babel(
        app, default_locale=CHINESE.locale, default_translation_directories=str(FOLDER), locale_selector=lambda: chosen().locale
    )


def available() -> dict[str, Language]:
    found: dict[str, Language] = current_app.extensions["doorplate.languages"]
    return found


def chosen() -> Language:
    """The language of this request."""
    languages = available()
    in_path = g.get("reading")
    asked = in_path.language if in_path else request.args.get("lang", "")
    return languages[asked if asked in languages else CHINESE.code]


def _catalogues() -> list[Language]:
    found = []
    for compiled in sorted(FOLDER.glob("*/LC_MESSAGES/messages.mo")):
        locale = Locale.parse(compiled.parent.parent.name)
        found.append(Language(locale.language, str(locale).replace("_", "-"), str(locale), (locale.display_name or "").title()))
    return found
