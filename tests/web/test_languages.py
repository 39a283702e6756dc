"""Chinese is the source; English is complete; without catalogues everything still speaks Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from memory_registry import IN_USE, NEVER_ISSUED, RETIRED, MemoryRegistry
from wire import BASE_URL, ROOT

from doorplate.settings import Settings
from webapp import create_app, languages

METHODS = [("webapp/**.py", "python"), ("templates/pages/**.html", "jinja2")]


def test_every_text_has_an_english_one_and_none_is_left_over() -> None:
    texts = {
        entry[2]
        for folder in ("webapp", "templates/pages")
        for entry in extract_from_dir(
            ROOT / folder, [("**.py", "python"), ("**.html", "jinja2")], {"**.html": {"trimmed": "true"}}
        )
    }
    with (ROOT / "webapp/translations/en/LC_MESSAGES/messages.po").open("rb") as lines:
        catalog = read_po(lines)
    english = {message.id: message for message in catalog if message.id}
    assert set(english) == texts
    for text, message in english.items():
        assert message.string, text
        assert not message.fuzzy, text
        assert re.findall(r"%\(\w+\)s", text).sort() == re.findall(r"%\(\w+\)s", message.string).sort()
        assert not re.search(r"[\u4e00-\u9fff]", message.string), text


@pytest.mark.parametrize(
    ("query", "header", "tag"),
    [
        ("", "", "zh-CN"),
        ("", "en-US,en;q=0.9", "zh-CN"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "fr-FR", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=xx", "en", "zh-CN"),
        ("?lang=../../etc", "", "zh-CN"),
        ("?lang=%F0%9F%98%80", "", "zh-CN"),
    ],
)
def test_pages_are_chinese_unless_another_language_is_asked_for(resident: FlaskClient, query: str, header: str, tag: str) -> None:
    page = resident.get(f"/d/{IN_USE}{query}", headers={"Accept-Language": header})
    assert f'<html lang="{tag}"' in page.text


def test_the_english_pages_speak_english_and_mark_what_stays_chinese(resident: FlaskClient) -> None:
    for path in ("/", f"/d/{IN_USE}", f"/d/{RETIRED}", f"/d/{NEVER_ISSUED}", "/nothing", "/?code=zz"):
        text = resident.get(f"{path}{'&' if '?' in path else '?'}lang=en").text
        unmarked = re.sub(r'<(\w+)[^>]*lang="zh-CN".*?</\1>', "", text, flags=re.DOTALL)
        title, body = unmarked.split("</head>")
        assert set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<a [^>]*lang=.*?</a>", "", body))) <= {"中文"}, path
        assert "Smart Door Plate" in title


def test_english_services_and_roles(resident: FlaskClient) -> None:
    text = resident.get(f"/d/{IN_USE}?lang=en").text
    for expected in (
        "Get an identity card",
        "Bring: household register, old card (for a renewal).",
        "Community police officer",
        "Call",
    ):
        assert expected in text


def test_without_compiled_catalogues_the_pages_are_chinese(
    registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    resident = create_app(Settings(base_url=BASE_URL), registry).test_client()
    page = resident.get("/?lang=en", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-CN"' in page
    assert "智慧门牌" in page
    assert "English" not in page
