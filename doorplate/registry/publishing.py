"""What a static edition asks of the registry: which plates there are, and whose pages changed since the last one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from doorplate.china import day_of
from doorplate.people.rules import PeopleRules
from doorplate.public_view import PageChanges
from doorplate.registry.page_changes import day_changes, page_changes
from doorplate.store import Store


@dataclass(frozen=True)
class Publishing:
    """rules: of the officials, for when a contact counts as confirmed too long ago; now: the clock."""

    store: Store
    rules: PeopleRules
    now: Callable[[], datetime]

    def stands(self) -> tuple[int, date]:
        """The last event, and the day in China."""
        with self.store.reading() as reader:
            return reader.event_count(), day_of(self.now())

    def changes(self, seq: int, day: date) -> PageChanges:
        """What may look different from how it did after event `seq` on `day`."""
        with self.store.reading() as reader:
            by_event, by_day = page_changes(reader, seq), day_changes(reader, day, day_of(self.now()), self.rules)
        return PageChanges(by_event.seq, by_event.everything or by_day.everything, by_event.communities | by_day.communities,
                           by_event.codes, by_event.maps)

    def codes(self, communities: Collection[str] | None) -> Iterator[str]:
        """Every code ever given; of these communities, where they are named."""
        with self.store.reading() as reader:
            yield from reader.pages().each_code(communities)
