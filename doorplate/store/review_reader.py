"""Every question asked about the review queue: part of `Reader`."""

from __future__ import annotations

from sqlalchemy import Connection


class ReviewQueries:
    """Made as a part of `Reader`."""

    _connection: Connection
