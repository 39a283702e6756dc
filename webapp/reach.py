"""What a view may reach."""

from __future__ import annotations

from typing import cast

from flask import current_app

from doorplate.cases_view import PublicCases
from doorplate.errors import Unavailable
from doorplate.field_view import FieldDoor, SignIn
from doorplate.odk.view import FormsDoor
from doorplate.public_view import PublicRegistry
from doorplate.review_view import ReviewDesk
from doorplate.settings import Settings


def public_registry() -> PublicRegistry:
    return cast(PublicRegistry, current_app.extensions["doorplate.registry"])


def takes_cases() -> bool:
    """Whether residents can send something in here; pages offer no way that leads nowhere."""
    return current_app.extensions["doorplate.cases"] is not None


def public_cases() -> PublicCases:
    """Raises Unavailable(cases.closed) where matters are not taken in."""
    cases = current_app.extensions["doorplate.cases"]
    if cases is None:
        raise Unavailable("cases.closed", "这里还没有开通网上提交")
    return cast(PublicCases, cases)


def settings() -> Settings:
    return cast(Settings, current_app.extensions["doorplate.settings"])


def field_door() -> FieldDoor:
    """Raises Unavailable(field.closed) where the officers' door was not opened."""
    return cast(FieldDoor, opened("doorplate.field"))


def forms_door() -> FormsDoor:
    """Raises Unavailable(field.closed) where no ODK client is served."""
    return cast(FormsDoor, opened("doorplate.forms"))


def review_desk() -> ReviewDesk:
    """Raises Unavailable(field.closed) where nothing is reviewed."""
    return cast(ReviewDesk, opened("doorplate.review"))


def sign_in() -> SignIn:
    """Raises Unavailable(field.closed) where nobody can sign in."""
    return cast(SignIn, opened("doorplate.sign_in"))


def opened(name: str) -> object:
    """What a room of the staff's doors works on. Raises Unavailable(field.closed) where this process does not have it."""
    door = current_app.extensions.get(name)
    if door is None:
        raise Unavailable("field.closed", "这里没有开通工作入口")
    return door
