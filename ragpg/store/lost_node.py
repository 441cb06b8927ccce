"""A node of a Citus cluster that the coordinator does not reach, in the errors that follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from psycopg import errors

if TYPE_CHECKING:
    import psycopg

CONNECTION_LOST = (
    errors.ConnectionException,
    errors.ConnectionFailure,
    errors.SqlclientUnableToEstablishSqlconnection,
)
NODE = re.compile(
    r"(?:remote node (?:\S+@)?|marked as essential: |while executing command on )(?P<node>\S+)"
)
"""How the coordinator names a node, in a message or its context."""


def find_lost_node(error: psycopg.Error) -> str | None:
    """Return the address of a node that does not answer; None where that is not the error."""
    text = f"{error.diag.message_primary}\n{error.diag.context}"
    is_lost = isinstance(error, CONNECTION_LOST) or "marked as essential" in text
    match = NODE.search(text) if is_lost else None
    return match["node"] if match else None
