"""Settings of matters: ours are whole, an office changes what it wants, and mistakes are told in Chinese with their place."""

from __future__ import annotations

import pytest

from doorplate.cases.settings import load_case_settings
from doorplate.errors import InputError


def own(tmp_path, text: str | bytes):
    path = tmp_path / "cases.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_case_settings(path)


def test_ours_are_whole_in_both_languages():
    settings = load_case_settings()
    for kind in ("ask", "report", "appointment", "direct"):
        assert settings.of_kind(kind)
        assert all(one.words != one.en for one in settings.of_kind(kind))
    for language in ("zh", "en", "ug"):
        text, why = settings.consent_words(language)
        assert "180" in text
        assert why
    assert settings.category("ask", "nothing") is None


def test_a_file_that_is_not_there_changes_nothing(tmp_path):
    assert load_case_settings(tmp_path / "none.toml") == load_case_settings()


def test_an_office_changes_one_thing_and_keeps_the_rest(tmp_path):
    settings = own(tmp_path, "\ufeff[clock]\nleader = 4\n[words.en.levels]\ngrid = 'block captain'\n[limits]\nphotos = 3\n")
    assert (settings.clock.leader, settings.clock.grid, settings.limits.photos) == (4, 24, 3)
    assert settings.names("en").levels["grid"] == "block captain"
    assert settings.names("en").levels["leader"] == load_case_settings().names("en").levels["leader"]


@pytest.mark.parametrize(("text", "told"), [
    ("[clock]\nleader = 0", "clock.leader: 不能小于 1"), ("[clock]\nleader = 'x'", "clock.leader: 要写整数"),
    ("[clock]\nleder = 1", "clock.leder: 不认识这个字段"), ("nonsense = 1", "nonsense: 不认识这个字段"),
    ("[pin]\ntries = 1", "pin.tries: 不能小于 3"), ("[pin]\nlocked_minutes = 1", "pin.locked_minutes: 不能小于 10"),
    ("[near]\nalike = 2", "near.alike: 不能大于 1"), ("clock = 5", "clock: 要写成一节"), ("= 1", "第 1 行附近不是正确的 TOML"),
    ("[consent]\ntext = ''", "consent.text: 不能空着"), ("[consent]\nversion = 'a b'", "consent.version: 写法不对"),
    ("categories = []", "没有写类别: appointment, ask, direct, report"),
    ("[[categories]]\nkind='ask'\nid='a'\nwords='甲'\nen='a'\nlevel='nobody'", "categories.1.level: 只能写"),
    ("[[categories]]\nkind='direct'\nid='a'\nwords='甲'\nen='a'\nlevel='grid'", "只能先交 station"),
    ("[[categories]]\nkind='ask'\nid='A B'\nwords='甲'\nen='a'\nlevel='grid'", "categories.1.id: 写法不对"),
    ("[limits]\nappointment_weekdays = []", "limits.appointment_weekdays: 不能空着"),
    ("[words.levels]\nboss = 'x'", "words.levels")])
def test_a_mistake_is_told_with_its_place(tmp_path, text, told):
    with pytest.raises(InputError) as refused:
        own(tmp_path, text)
    assert refused.value.code == "cases.invalid"
    assert refused.value.message.startswith("cases.toml: ")
    assert told in refused.value.message


def test_a_category_twice(tmp_path):
    one = "[[categories]]\nkind='ask'\nid='a'\nwords='甲'\nen='a'\nlevel='grid'\n"
    with pytest.raises(InputError, match="写了两次"):
        own(tmp_path, one * 2)


def test_bytes_that_are_no_text(tmp_path):
    with pytest.raises(InputError) as refused:
        own(tmp_path, "名称".encode("gb18030"))
    assert refused.value.code == "cases.unreadable"
