"""Opens and closes the database of a configuration."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Self

from ragpg.api.location import (
    embedded_target,
    find_database_name,
    locate_database,
    run_embedded,
    server_target,
    uses_server,
)
from ragpg.errors import MissingDatabaseError, NothingIngestedError
from ragpg.interrupts import raise_on_signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from ragpg.config import Config
    from ragpg.filters import Expression
    from ragpg.pipeline.search import Searcher
    from ragpg.protocols import Embedder
    from ragpg.store.connection import Target
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection
    from ragpg.types import IndexedDocument, TableContents


class Database:
    """The database of a configuration, connected to when it is first needed; a context manager.

    The embedded PostgreSQL, if it is used, runs from then until `close`. `lock_timeout` is the
    value of --lock-timeout.
    """

    def __init__(self, config: Config, *, lock_timeout: float | None = None) -> None:
        self.config = config
        self.lock_timeout = lock_timeout
        self._connection: Connection | None = None
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # What was entered for the connection handles an error too, and explains it.
        self._connection = None
        self._resources.__exit__(kind, error, traceback)

    @property
    def is_lost(self) -> bool:
        """Whether there was a connection that the server has ended."""
        return self._connection is not None and self._connection.closed

    def open_store(self, *, embedder: Embedder | None = None) -> PostgresStore:
        """Open the store, and create nothing.

        Raises NothingIngestedError where there is no table, and ModelMismatchError where the table
        was made with another model than the embedder's.
        """
        from ragpg.store.postgres import PostgresStore

        store = PostgresStore.open(
            self._connection or self._connect(self._open_existing),
            self.config.table_name,
            lock_timeout=self.lock_timeout,
            distributed=self.config.database.distributed,
        )
        if embedder:
            store.check_model(embedder.model)
        return store

    def open_or_create_store(self, *, embedder: Embedder) -> PostgresStore:
        """Open the store; create the cluster, database, extension and table that are missing."""
        from ragpg.store.postgres import PostgresStore

        return PostgresStore.create(
            self._connection or self._connect(self._open_or_create),
            self.config.table_name,
            model=embedder.model,
            language=self.config.retrieval.language,
            lock_timeout=self.lock_timeout,
            distributed=self.config.database.distributed,
        )

    def open_for_ingest(self, *, embedder: Embedder, has_files: bool) -> PostgresStore:
        """Open the store to bring it up to date; it is created only if there are files to write.

        Raises NothingIngestedError where there is neither a file nor a table.
        """
        return self.open_or_create_store(embedder=embedder) if has_files else self.open_store()

    def load(
        self,
        contents: TableContents,
        groups: Iterable[Sequence[IndexedDocument]],
        *,
        replaces: bool,
    ) -> Iterator[int]:
        """Fill the table from an export, in one transaction; see `store.load.load`."""
        from ragpg.store.load import load
        from ragpg.types import TableName

        return load(
            self._connection or self._connect(self._open_or_create),
            TableName.parse(self.config.table_name),
            contents,
            groups,
            replaces=replaces,
            lock_timeout=self.lock_timeout,
            distributed=self.config.database.distributed,
        )

    def close(self) -> None:
        """Close the connection, and let the embedded PostgreSQL go; it may be used again."""
        self._connection = None
        self._resources.close()

    def _connect(self, connect: Callable[[ExitStack], Connection]) -> Connection:
        """Connect, and enter all that the connection needs, or nothing."""
        from ragpg.store.waits import announce_waits

        with ExitStack() as resources:
            resources.enter_context(raise_on_signal())
            connection = resources.enter_context(connect(resources))
            resources.enter_context(announce_waits(connection, limit=self.lock_timeout))
            self._resources, self._connection = resources.pop_all(), connection
        return connection

    def _open_existing(self, resources: ExitStack) -> Connection:
        target = resources.enter_context(locate_database(self.config))
        return connect_existing(self.config, target)

    def _open_or_create(self, resources: ExitStack) -> Connection:
        from ragpg.store.connection import connect, ensure_database

        if uses_server(self.config):
            return connect(server_target(self.config))
        server = resources.enter_context(run_embedded(self.config))
        name = find_database_name(self.config)
        ensure_database(embedded_target(server, "postgres"), name)
        return connect(embedded_target(server, name))


@contextmanager
def open_searcher(
    config: Config, *, sources: Sequence[str] | None, where: Expression | None
) -> Iterator[Searcher]:
    """Open the store for searching with the configured embedder and options.

    `sources` are the values of --source. Raises NothingIngestedError where there is no table.
    """
    from ragpg.api import factories

    embedder = factories.make_embedder(config)
    with open_store(config, embedder=embedder) as store:
        yield factories.make_searcher(config, store, embedder, sources=sources, where=where)


@contextmanager
def open_store(
    config: Config, *, embedder: Embedder | None = None, lock_timeout: float | None = None
) -> Iterator[PostgresStore]:
    """Open the store, and create nothing; see `Database.open_store`."""
    with Database(config, lock_timeout=lock_timeout) as database:
        yield database.open_store(embedder=embedder)


@contextmanager
def open_foreign(config: Config, *, url: str | None) -> Iterator[Connection]:
    """Connect to the database that a table of another program is in.

    That is the configured one, or another one at `url`.
    """
    from ragpg.store.connection import Target, connect

    with ExitStack() as resources:
        resources.enter_context(raise_on_signal())
        if url is not None:
            yield resources.enter_context(connect(Target({"conninfo": url})))
            return
        target = resources.enter_context(locate_database(config))
        yield resources.enter_context(connect(target))


@contextmanager
def open_store_if_any(config: Config, *, embedder: Embedder) -> Iterator[PostgresStore | None]:
    """Open the store; None where nothing has been ingested yet."""
    with Database(config) as database:
        store = None
        with suppress(NothingIngestedError):
            store = database.open_store(embedder=embedder)
        yield store


@contextmanager
def open_or_create_store(
    config: Config, *, embedder: Embedder, lock_timeout: float | None = None
) -> Iterator[PostgresStore]:
    """Open the store, and create what is missing; see `Database.open_or_create_store`."""
    with Database(config, lock_timeout=lock_timeout) as database:
        yield database.open_or_create_store(embedder=embedder)


def connect_existing(config: Config, target: Target) -> Connection:
    """Connect to a database; one that the embedded PostgreSQL lacks counts as an empty one."""
    from ragpg.store.connection import connect

    try:
        return connect(target)
    except MissingDatabaseError:
        if uses_server(config):
            raise
        raise NothingIngestedError(config.table_name) from None
