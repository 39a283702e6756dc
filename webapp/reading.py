"""How a visitor reads: language and type size, kept in the address of the page, because nothing is kept in the browser."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, request

from webapp import languages


def install(app: Flask) -> None:
    @app.context_processor
    def words_for_pages() -> dict[str, object]:
        return {
            "language": languages.chosen(),
            "languages": list(languages.available().values()),
            "large": is_large(),
            "link": link,
            "here": here,
        }


def is_large() -> bool:
    return request.args.get("size") == "large"


def link(path: str, **changes: str) -> str:
    """A path of ours, with the visitor's explicit choices carried along and these changes ("" takes one off)."""
    query = _query(changes)
    return f"{path}?{query}" if query else path


def here(**changes: str) -> str:
    """This page with other choices. Relative, so that no page ever repeats the address it was called by."""
    return f"?{_query(changes)}"


def _query(changes: dict[str, str]) -> str:
    wishes = {"lang": request.args.get("lang", ""), "size": "large" if is_large() else "", **changes}
    if wishes["lang"] not in languages.available():
        wishes["lang"] = ""
    return urlencode({name: value for name, value in wishes.items() if value})
