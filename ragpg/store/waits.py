"""Waiting for the locks of other sessions: who is waited for is said, and a limit is explained."""

from __future__ import annotations

import logging
import time
from contextlib import closing, contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import errors, pq

from ragpg.errors import DatabaseError
from ragpg.patience import FIRST_REMARK
from ragpg.store.connection import duplicate
from ragpg.store.statements import select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.statements import Connection

SHORTEST_INTERVAL = 0.05
"""Seconds between two looks at what a connection does."""
NAMED = 3
"""How many of those that are waited for are named."""

# Who waits in the same queue comes last. The server hides from a role what others do, and from
# where; it shows their process and their program.
FIND_BLOCKERS = """
SELECT pid, coalesce(nullif(application_name, ''), 'unknown program') AS program,
    CASE WHEN client_port = -1 THEN 'this machine'
        ELSE coalesce(client_hostname, host(client_addr)) END AS host,
    extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
FROM unnest(pg_blocking_pids(%(pid)s)) AS blocker (pid) LEFT JOIN pg_stat_activity USING (pid)
WHERE EXISTS (
    SELECT FROM pg_locks WHERE pg_locks.pid = %(pid)s AND NOT granted
        AND waitstart <= clock_timestamp() - make_interval(secs => %(seconds)s)
)
ORDER BY wait_event_type = 'Lock' NULLS FIRST, xact_start
"""

logger = logging.getLogger("ragpg")


class Blocker(NamedTuple):
    """A session that holds what another one waits for, as far as the role may know."""

    pid: int
    program: str
    host: str | None
    seconds: float | None

    def __str__(self) -> str:
        place = f" on {self.host}" if self.host else ""
        began = time.localtime(time.time() - (self.seconds or 0))
        since = f", at work since {time.strftime('%H:%M:%S', began)}" if self.seconds else ""
        return f"PostgreSQL's process {self.pid} ({self.program}{place}{since})"


class Watcher:
    """Looks, from a thread of its own, whom the statements of a connection wait for.

    `patience` is the seconds of waiting that are not worth a word.
    """

    def __init__(self, connection: Connection, *, patience: float) -> None:
        self.connection = connection
        self.patience = patience
        self.blockers: list[Blocker] = []
        self.ended = Event()

    def watch(self) -> None:
        """Say who is waited for until `ended` is set, each session once."""
        named: set[int] = set()
        was_busy = False
        while not self.ended.wait(max(self.patience / 2, SHORTEST_INTERVAL)):
            is_busy = self._is_busy()
            if is_busy and was_busy:
                self._look()
                if self.blockers and self.blockers[0].pid not in named:
                    named.add(self.blockers[0].pid)
                    logger.warning("waiting for %s", self.describe())
            was_busy = is_busy

    def describe(self) -> str:
        """Name those that are, or were, waited for."""
        names = ", ".join(map(str, self.blockers[:NAMED]))
        others = len(self.blockers) - NAMED
        return f"{names} and {others} more" if others > 0 else names or "another session"

    def _is_busy(self) -> bool:
        try:
            return self.connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE
        except psycopg.Error:  # it was closed
            return False

    def _look(self) -> None:
        try:
            with closing(duplicate(self.connection)) as observer:
                wait = {"pid": self.connection.info.backend_pid, "seconds": self.patience}
                found = select(observer, Blocker, FIND_BLOCKERS, wait)
        except psycopg.Error:  # the server stops, or takes no more connections
            return
        self.blockers = found or self.blockers


@contextmanager
def announce_waits(connection: Connection, *, limit: float | None = None) -> Iterator[None]:
    """Say, while the body runs, whom a statement of this connection waits for.

    `limit` is the table's `lock_timeout`, whose end raises a DatabaseError with their names. Behind
    pgbouncer, which hides the server's process, nobody is named.
    """
    patience = FIRST_REMARK if limit is None else min(FIRST_REMARK, limit / 3)
    watcher = Watcher(connection, patience=patience)
    Thread(target=watcher.watch, daemon=True).start()
    try:
        yield
    except DatabaseError as error:
        if limit is None or not isinstance(error.__cause__, errors.LockNotAvailable):
            raise
        raise DatabaseError(
            f"gave up after {limit:g} s of waiting for {watcher.describe()}",
            hint="run the command again later, or with a longer --lock-timeout",
        ) from error
    finally:
        watcher.ended.set()
