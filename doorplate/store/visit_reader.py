"""Every question asked about visits, mountings, zone rounds, consents and persons: part of `Reader`."""

from __future__ import annotations

from sqlalchemy import Connection


class VisitQueries:
    """Made as a part of `Reader`."""

    _connection: Connection
