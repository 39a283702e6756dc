"""Every question asked about accounts, assignments and devices: part of `Reader`."""

from __future__ import annotations

from sqlalchemy import Connection


class AccountQueries:
    """Made as a part of `Reader`."""

    _connection: Connection
