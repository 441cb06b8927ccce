"""The database that a configuration means, opened and closed."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ragpg.cli.paths import Names
from ragpg.cli.signals import unwinding
from ragpg.errors import MissingDatabaseError, NothingIngestedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ragpg.config import Config
    from ragpg.filters import Expression
    from ragpg.protocols import Embedder
    from ragpg.server import Server
    from ragpg.store.connection import Connection, Target
    from ragpg.store.postgres import PostgresStore


@contextmanager
def reading(config: Config, *, embedder: Embedder | None = None) -> Iterator[PostgresStore]:
    """Open the store, and make nothing.

    With an embedder, refuse a table of another model. Raises NothingIngestedError where there is
    no table.
    """
    from ragpg.store.postgres import PostgresStore

    with unwinding(), existing(config) as target, opened(config, target) as connection:
        store = PostgresStore.open(connection, config.table_name)
        if embedder:
            store.check_model(embedder.model)
        yield store


@contextmanager
def reading_if_any(config: Config, *, embedder: Embedder) -> Iterator[PostgresStore | None]:
    """Open the store, or give none where nothing has been ingested yet."""
    with ExitStack() as stack:
        try:
            store = stack.enter_context(reading(config, embedder=embedder))
        except NothingIngestedError:
            store = None
        yield store


@contextmanager
def writing(config: Config, *, embedder: Embedder) -> Iterator[PostgresStore]:
    """Open the store, and make what is missing: cluster, database, extension, table."""
    from ragpg.store.connection import connect
    from ragpg.store.postgres import PostgresStore

    with unwinding(), ExitStack() as stack:
        if on_server(config):
            target = server_target(config)
        else:
            from ragpg.server import run_server
            from ragpg.store.connection import ensure_database

            server = stack.enter_context(run_server(data_dir(config)))
            ensure_database(embedded_target(server, "postgres"), database(config))
            target = embedded_target(server, database(config))
        connection = stack.enter_context(connect(target))
        yield PostgresStore.create(
            connection,
            config.table_name,
            model=embedder.model,
            language=config.retrieval.language,
        )


@contextmanager
def existing(config: Config) -> Iterator[Target]:
    """Find where the database is, and start the embedded server where that is needed."""
    from ragpg.server import is_initialised, run_server

    if on_server(config):
        yield server_target(config)
        return
    if not is_initialised(data_dir(config)):
        raise nothing(config)
    with run_server(data_dir(config)) as server:
        yield embedded_target(server, database(config))


def opened(config: Config, target: Target) -> Connection:
    """Connect; in the embedded PostgreSQL, a database that is not there is an empty one."""
    from ragpg.store.connection import connect

    try:
        return connect(target)
    except MissingDatabaseError:
        if on_server(config):
            raise
        raise nothing(config) from None


def on_server(config: Config) -> bool:
    """Whether the documents live in a PostgreSQL server that the user runs."""
    from ragpg.config import names_a_server

    return names_a_server(config, os.environ)


def server_target(config: Config) -> Target:
    """Make a target of what the user gave."""
    from ragpg.config import database_parameters
    from ragpg.store.connection import Target

    return Target(database_parameters(config, os.environ))


def embedded_target(server: Server, name: str) -> Target:
    """Make a target of a database in the embedded server."""
    from ragpg.store.connection import Target

    # What the user set for servers of theirs must not reach this one.
    own = {"user": server.user, "sslmode": "disable"}
    return Target({"host": server.host, "port": server.port, "dbname": name, **own})


def data_dir(config: Config) -> Path:
    """Where the embedded PostgreSQL lives."""
    from ragpg.server import default_data_dir

    return config.data_dir or default_data_dir()


def database(config: Config) -> str:
    """Name this project's database in the embedded PostgreSQL."""
    from ragpg.project import database_name

    return config.database.name or database_name(Names.here().root)


def place(config: Config) -> dict[str, str]:
    """Say where a configuration keeps its documents, for people; without passwords."""
    if on_server(config):
        return {"kind": "server", "at": str(server_target(config))}
    project = Names.here().root
    return {
        "kind": "embedded PostgreSQL",
        "at": str(data_dir(config)),
        "database": database(config),
        "project": str(project) if project else "none: the personal database",
    }


def nothing(config: Config) -> NothingIngestedError:
    """Say that there is nothing yet, as the store does."""
    return NothingIngestedError(
        f'nothing has been ingested into the table "{config.table_name}" yet',
        hint="run `ragpg ingest PATH`",
    )


def globs(typed: Sequence[str] | None) -> tuple[str, ...]:
    """Take globs as sources and as paths seen from the current directory; a directory is all in it.

    Raises UsageError.
    """
    if typed and "" in typed:
        raise UsageError("--source is empty")
    names = Names.here()
    found = dict.fromkeys(name for glob in typed or () for name in (glob, names.source(glob)))
    below = [f"{name.rstrip('/')}/**" for name in found if not set("*?") & set(name)]
    everything = ["**"] if any(names.holds_root(glob) for glob in typed or ()) else []
    return tuple(dict.fromkeys((*found, *below, *everything)))


def filtering(typed: str | None) -> Expression | None:
    """Read a filter; raises UsageError."""
    from ragpg import filters

    return None if typed is None else filters.parse(typed)
