"""Every question asked about offline packs: part of `Reader`."""

from __future__ import annotations

from sqlalchemy import Connection


class PackQueries:
    """Made as a part of `Reader`."""

    _connection: Connection
