"""Every question asked about items and files from the field: part of `Reader`."""

from __future__ import annotations

from sqlalchemy import Connection


class FieldQueries:
    """Made as a part of `Reader`."""

    _connection: Connection
