"""The server killed -9 while phones send, uploads cut at any byte, the same sent at once: what was promised is on the disk, once.

benchmarks/sync.py does the same two hundred and five hundred times."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.field_phones import Office, build, kept, serving
from tests.support.field_trials import Reckoning, killed_while_sending, reckoning, same_ids_at_once, uploads_cut

pytestmark = pytest.mark.slow
KILLS, CUTS, IDS = 4, 24, 60


@pytest.fixture
def office(tmp_path: Path, store_url: str) -> Office:
    return build(tmp_path / "home", store_url, 60, migrated=True)


def test_every_receipt_is_kept_though_the_server_dies(office: Office) -> None:
    with serving(office) as server:
        phones = killed_while_sending(office, server, KILLS)
        server.stop()
    told = reckoning(office, phones)
    assert told == Reckoning(told.items, told.files, lost=0, doubled=0, unheard=0, still_waiting=0, refused=0,
                             orphans=told.orphans, after_sweep=0, trail_ok=True)
    assert told.items > KILLS


def test_uploads_cut_at_any_byte_are_neither_lost_nor_doubled(office: Office) -> None:
    with serving(office) as server:
        cuts = uploads_cut(server, CUTS)
        server.stop()
    found = kept(office)
    assert (sorted(found.files), found.orphans, found.missing) == (sorted(one.id for one in cuts.sent), 0, 0)
    assert cuts.again.keys() == {"accepted", "duplicate"}
    assert cuts.again["duplicate"] >= CUTS


def test_the_same_items_from_five_lines_at_once_are_there_once(office: Office) -> None:
    with serving(office) as server:
        told = same_ids_at_once(office, server, IDS)
        server.stop()
    found = kept(office)
    assert told == Counter(accepted=IDS, duplicate=IDS * 4)
    assert (len(found.items), found.visits, found.received) == (IDS, IDS, IDS)
