"""Enketo's own engine in Chromium: bundled once, given a form and its lists, filled in as a person does."""

from __future__ import annotations

import csv
import io
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from node_tools import HERE, MODULES, need, node
from playwright.sync_api import Locator, Page

_BOUND = {"config": "config.js", "widgets": "src/js/widgets.js", "translator": "src/js/fake-translator.js",
          "dialog": "src/js/fake-dialog.js", "file-manager": "src/js/file-manager.js",
          "xpath-evaluator-binding": "src/js/xpath-evaluator-binding.js"}
_HIDDEN = ".disabled, [data-itext-id]:not(.active), [lang]:not(.active):is(span) { display: none }"
"""What Enketo's style sheet hides: what does not apply, and the other language."""


def bundled(folder: Path) -> Path:
    """The script of the page. Skips where the packages are not installed."""
    for package in ("enketo-core", "enketo-transformer", "esbuild"):
        need(package)
    made = folder / "enketo.js"
    aliases = [f"--alias:enketo/{name}={MODULES / 'enketo-core' / path}" for name, path in _BOUND.items()]
    node(MODULES / "esbuild/bin/esbuild", HERE / "enketo/page.mjs", "--bundle", "--format=iife", "--external:libxslt",
         "--log-level=error", f"--outfile={made}", *aliases, may_be_silent=True)
    return made


def items_of(body: str) -> str:
    """A CSV list as Enketo's server hands it to the engine."""
    rows = csv.DictReader(io.StringIO(body, newline=""))
    told = ("".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items()) for row in rows)
    return "<root>" + "".join(f"<item>{one}</item>" for one in told) + "</root>"


class Enketo:
    """A form on the screen."""

    def __init__(self, page: Page, script: Path) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.set_content(f"<!doctype html><style>{_HIDDEN}</style><body></body>")
        page.add_script_tag(path=script)

    def open(self, xform: str, lists: Mapping[str, str], language: str = "zh") -> list[str]:
        """What the engine complains about."""
        told = {name.removesuffix(".csv"): items_of(body) for name, body in lists.items()}
        found: list[str] = self.page.evaluate("([form, lists, lang]) => openForm(form, lists, lang)", [xform, told, language])
        return found

    def question(self, name: str) -> Locator:
        return self.page.locator(f'.question:has([name="/data/{name}"]), .question:has([data-name="/data/{name}"])').first

    def write(self, name: str, text: str) -> None:
        field = self.page.locator(f'[name="/data/{name}"]')
        field.fill(text)
        field.dispatch_event("change")

    def choose(self, name: str, *values: str) -> None:
        for value in values:
            one = f'[value="{value}"]'
            self.page.locator(f'[name="/data/{name}"]{one}, [data-name="/data/{name}"]{one}').check(force=True)

    def pick(self, name: str, label: str) -> None:
        """From a list one types into."""
        box = self.question(name).locator("input.autocomplete")
        box.fill(label)
        box.dispatch_event("change")

    def sendable(self) -> tuple[bool, bytes, dict[str, bytes]]:
        """Whether the form may be sent, the submission, and its files."""
        told: dict[str, Any] = self.page.evaluate("sendable()")
        files = {name: b64decode(text.partition(",")[2]) for name, text in told["files"].items()}
        return told["valid"], told["xml"].encode(), files
