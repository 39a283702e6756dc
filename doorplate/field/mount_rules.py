"""What a reviewer must look at before a plate counts as hung. Pure; where the phone was is `gnss`."""

from __future__ import annotations

from doorplate.field.items import Mount
from doorplate.field.settings import MountRules

STAYS = frozenset({"absent", "refused", "no_place"})
"""Outcomes after which the plate goes home with its installer."""

NEEDS_WORDS = frozenset({"refused", "no_place", "damaged", "lost"})
"""Outcomes that say nothing without a reason."""


def mount_flags(sent: Mount, kind: str, rules: MountRules, *, photo: bool) -> tuple[str, ...]:
    """Codes for a plate of this kind that was hung: mount.no_photo, mount.height (too high or too low by the rule of its kind, or
    not measured), mount.typed (the code was not read from the metal). photo: whether a picture came with it."""
    if sent.outcome != "mounted":
        return ()
    wanted = rules.height_mm.get(kind, rules.height_mm.get("other"))
    off = wanted is not None and (sent.height_mm is None or abs(sent.height_mm - wanted) > rules.height_tolerance_mm)
    found = {"mount.no_photo": not photo, "mount.height": off, "mount.typed": not sent.scanned}
    return tuple(code for code, holds in found.items() if holds)
