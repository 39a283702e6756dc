"""Every form of the officers' app on small phones, in the dark and in English."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from forms_page import CODES, Forms, ident, look
from test_scan_page import CONTRASTS, TARGETS

pytestmark = pytest.mark.browser

DOOR = f"door/{ident(1)}"
SCREENS = [(390, 844, "light", "zh-CN"), (320, 568, "light", "zh-CN"), (390, 844, "dark", "zh-CN"), (320, 568, "dark", "en"),
           (390, 844, "light", "en")]


VIEWS = {"mount": f"{DOOR}/mount", "without": f"{DOOR}/mount/without", "hand": f"mount/{CODES[0]}", "visit": f"{DOOR}/visit",
         "households": f"{DOOR}/household", "household": f"{DOOR}/household/{ident(900)}", "zones": "zones",
         "zone": f"zones/{ident(70)}", "suspect": f"{DOOR}/tamper", "revisit": "revisit", "diary": "diary"}


@pytest.mark.parametrize(("width", "height", "scheme", "lang"), SCREENS)
def test_every_form_fits_is_read_in_sun_and_hit_with_gloves(
    forms: Callable[..., Forms], width: int, height: int, scheme: str, lang: str
) -> None:
    phone = forms(viewport={"width": width, "height": height}, color_scheme=scheme, lang=lang)
    page = phone.page
    for name, view in VIEWS.items():
        phone.open(view)
        if name == "household":
            page.locator("fieldset .act.primary").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        small = [one for one in page.evaluate(TARGETS) if 0 < one[0] < 48 and one[1] > 40]
        assert small == [], (name, small)
        assert page.evaluate(CONTRASTS)[0][0] >= 4.5, (name, page.evaluate(CONTRASTS)[:3])
        if lang == "en":
            words = page.locator("legend, label span, button, h1, .hint:not([lang])").all_inner_texts()
            assert not [one for one in words if any("一" <= c <= "鿿" for c in one) and "幸福路" not in one and "办" not in one
                        and "路灯" not in one and "其他" not in one and "张" not in one], (name, words)
        look(page, f"{name}-{width}-{scheme}-{lang}")


def test_both_languages_say_everything(forms: Callable[..., Forms]) -> None:
    """The same keys, the same values to fill in, nothing left empty but the space between Chinese sentences."""
    zh, en = forms().page.evaluate("async () => { const { zh, en } = await import('./words/forms.js'); return [zh, en]; }")
    assert zh.keys() == en.keys()
    assert [key for key in zh if not zh[key] or not en[key]] == ["form.space"]
    assert [key for key in zh if set(re.findall(r"{(\w+)}", zh[key])) != set(re.findall(r"{(\w+)}", en[key]))] == []
