"""GET /d/<CODE>/map.svg: only for a plate in use, with a policy that lets its own style and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from flask.testing import FlaskClient
from memory_registry import BARE, IN_USE, NEVER_ISSUED, RETIRED
from wire import unpacked


def test_the_page_shows_it_late_in_a_place_of_fixed_size(resident: FlaskClient) -> None:
    page = resident.get(f"/d/{IN_USE}").text
    tag = re.search(rf'<img class="map" src="/d/{IN_USE}/map.svg"[^>]*>', page)
    assert tag is not None
    for expected in ('width="360"', 'height="260"', 'loading="lazy"', 'alt="这个门牌附近的示意图"'):
        assert expected in tag[0]
    assert "虚线是网格的边" in page, "the legend stands in words"


def test_it_is_a_small_drawing_that_carries_its_own_policy(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE}/map.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    text = unpacked(answer.data).decode()
    assert "53号" in text
    assert len(text) < 8_000
    style = re.search("<style>(.*?)</style>", text)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "style=" not in text, "attributes with style would need more than the hash"


def test_its_words_follow_the_language(resident: FlaskClient) -> None:
    assert "北" not in unpacked(resident.get(f"/d/{IN_USE}/map.svg?lang=en").data).decode()


@pytest.mark.parametrize("code", [BARE, RETIRED, NEVER_ISSUED, "hello", IN_USE.lower(), "%3Cscript%3E", "..", "A" * 500])
@pytest.mark.parametrize("name", ["map.svg"])
def test_no_other_code_has_one(resident: FlaskClient, code: str, name: str) -> None:
    assert resident.get(f"/d/{code}/{name}").status_code == 404


def test_a_page_without_a_point_promises_no_map(resident: FlaskClient) -> None:
    assert "map.svg" not in resident.get(f"/d/{BARE}").text
