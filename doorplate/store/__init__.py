"""The store: the only SQL in the project. SpatiaLite and PostGIS keep the same promises.

engine (connections) · tables (what lies where) · migrations (how it came to be) · records (nouns ↔ rows) ·
chain (the trail of events) · reader and unit (one transaction each) · session (the door: `open_store`).
"""

from doorplate.store.pack_reader import NO_DOOR
from doorplate.store.reader import Reader
from doorplate.store.session import Store, open_store
from doorplate.store.unit import Change, Unit

__all__ = ["NO_DOOR", "Change", "Reader", "Store", "Unit", "open_store"]
