"""Which public pages an event can change: read from the trail, for pages kept in memory and for pages published as files."""

from __future__ import annotations

from doorplate.public_view import PageChanges
from doorplate.store import Reader


def page_changes(reader: Reader, since: int) -> PageChanges:
    """What changed after event `since`; since < 0 asks only where the trail stands now."""
    seq = reader.event_count()
    return PageChanges(seq, everything=0 <= since < seq)
