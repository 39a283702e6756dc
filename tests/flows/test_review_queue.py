"""The queue with 20,000 items: pages come by the indexes, in order, each once; and every show counts what it lists."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flows.review_stories import NOW, ReviewStory, ident
from sqlalchemy.dialects import postgresql, sqlite

from doorplate.field.review_scope import ReviewScope
from doorplate.review_view import ReviewAsk
from doorplate.store import Store
from doorplate.store.case_reader import Slice
from doorplate.store.review_reader import Asked, queue_query
from tests.support.raw import raw

COUNT = 20_000


def fill(story: ReviewStory, count: int) -> None:
    """Items of every verdict and status, decided ones among them, about six doors and none."""
    chance = random.Random(6)
    model = story.item(story.correction("wang", 6, number="61"))
    changes = []
    for n in range(count):
        status = chance.choice(("waiting", "waiting", "waiting", "approved", "rejected", "recorded"))
        house = chance.choice((1, 2, 3, 4, 5, 6, None))
        one = replace(
            model, id=ident(f"item {n}"), status=status, verdict=chance.choice(("clean", "clean", "soft", "hard")), version=0,
            flags=chance.choice(((), (), ("gnss.far",))), account_id=ident(chance.choice(("wang", "li", "sun"))), subject_id="",
            received_at=NOW + timedelta(seconds=chance.randrange(5_000)), address_id=ident(f"house {house}") if house else None,
            reviewed_at=NOW + timedelta(seconds=n) if status in ("approved", "rejected") else None, payload_sealed=None)
        changes.append((None, one, story.registry.event("item.received", one.id)))
    with story.registry.store.writing() as unit:
        unit.save_many(changes)


def test_twenty_thousand(store: Store) -> None:
    story = ReviewStory(store)
    fill(story, COUNT)
    zhao, sun = story.actor("zhao"), story.actor("sun")
    story.desk.queue(zhao, ReviewAsk())  # warm
    begun = time.perf_counter()
    first = story.desk.queue(zhao, ReviewAsk())
    took_first = time.perf_counter() - begun
    begun = time.perf_counter()
    last = story.desk.queue(zhao, ReviewAsk(page=first.pages))
    took_last = time.perf_counter() - begun
    assert (took_first < 2, took_last < 2) == (True, True), (took_first, took_last)
    assert sum(first.counts[show] for show in ("clean", "soft", "hard", "flagged")) == first.counts["all"] == first.total
    assert last.rows[-1].received_at >= first.rows[0].received_at
    mine = story.desk.queue(sun, ReviewAsk("mine"))
    assert mine.counts["all"] < first.counts["all"]
    assert mine.total == mine.counts["mine"] > 0


def test_the_next_one_leads_through_all_of_them_once(store: Store) -> None:
    story = ReviewStory(store)
    fill(story, 60)
    for ask in (ReviewAsk("all"), ReviewAsk("clean", order="newest"), ReviewAsk("done", order="newest")):
        page = story.desk.queue(story.actor("zhao"), ask)
        listed = [row.id for row in page.rows]
        assert page.total == len(listed)
        met = [listed[0]]
        while following := story.desk.open(story.actor("zhao"), met[-1], ask).next_id:
            assert story.desk.open(story.actor("zhao"), following, ask).previous_id == met[-1]
            met.append(following)
        assert met == listed


def test_a_page_of_the_queue_is_read_by_the_index(store: Store, store_url: str) -> None:
    story = ReviewStory(store)
    fill(story, 3_000)
    everywhere = ReviewScope(ident("zhao"), ("",), ("",))
    lite = store_url.startswith("sqlite")
    dialect: Any = sqlite.dialect() if lite else postgresql.dialect()
    with raw(store_url) as connection:
        connection.execute("ANALYZE")
        done = Asked("done", newest_first=True)
        for asked, index in ((Asked("all"), "ix_field_item_waiting"), (done, "ix_field_item_reviewed")):
            query = queue_query(everywhere, asked, Slice(100, 50))
            sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
            plan = connection.execute(("EXPLAIN QUERY PLAN " if lite else "EXPLAIN ") + sql.replace("%%", "%")).fetchall()
            assert index in str(plan), plan
            assert "TEMP B-TREE" not in str(plan), plan
