"""Opens and closes the database of a configuration."""

from __future__ import annotations

import logging
import os
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.cli.signals import raise_on_signal
from ragpg.errors import MissingDatabaseError, NothingIngestedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.config import Config
    from ragpg.filters import Expression
    from ragpg.pipeline.search import Searcher
    from ragpg.protocols import Embedder
    from ragpg.server import Server
    from ragpg.store.connection import Target
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection


logger = logging.getLogger("ragpg")


@contextmanager
def open_searcher(
    config: Config, *, sources: Sequence[str] | None, where: Expression | None
) -> Iterator[Searcher]:
    """Open the store for searching with the configured embedder and options.

    `sources` are the values of --source. Raises NothingIngestedError where there is no table.
    """
    from ragpg.cli import factories
    from ragpg.cli.paths import SourcePaths
    from ragpg.pipeline.search import Searcher

    embedder = factories.make_embedder(config)
    with open_store(config, embedder=embedder) as store:
        globs = SourcePaths.from_cwd().to_globs(sources)
        options = factories.make_search_options(config, sources=globs, where=where)
        yield Searcher(store, embedder, options)


@contextmanager
def open_store(
    config: Config, *, embedder: Embedder | None = None, lock_timeout: float | None = None
) -> Iterator[PostgresStore]:
    """Open the store, and create nothing; `lock_timeout` is the value of --lock-timeout.

    Raises NothingIngestedError where there is no table, and ModelMismatchError where the table
    was made with another model than the embedder's.
    """
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.waits import announce_waits

    with (
        raise_on_signal(),
        locate_database(config) as target,
        connect_existing(config, target) as connection,
        announce_waits(connection, limit=lock_timeout),
    ):
        store = PostgresStore.open(
            connection,
            config.table_name,
            lock_timeout=lock_timeout,
            distributed=config.database.distributed,
        )
        if embedder:
            store.check_model(embedder.model)
        yield store


@contextmanager
def open_store_if_any(config: Config, *, embedder: Embedder) -> Iterator[PostgresStore | None]:
    """Open the store; None where nothing has been ingested yet."""
    with ExitStack() as stack:
        try:
            store = stack.enter_context(open_store(config, embedder=embedder))
        except NothingIngestedError:
            store = None
        yield store


@contextmanager
def open_or_create_store(
    config: Config, *, embedder: Embedder, lock_timeout: float | None = None
) -> Iterator[PostgresStore]:
    """Open the store; create the cluster, database, extension and table that are missing."""
    from ragpg.store.connection import connect
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.waits import announce_waits

    with raise_on_signal(), ExitStack() as stack:
        if uses_server(config):
            target = server_target(config)
        else:
            from ragpg.store.connection import ensure_database

            server = stack.enter_context(run_embedded(config))
            name = find_database_name(config)
            ensure_database(embedded_target(server, "postgres"), name)
            target = embedded_target(server, name)
        connection = stack.enter_context(connect(target))
        stack.enter_context(announce_waits(connection, limit=lock_timeout))
        yield PostgresStore.create(
            connection,
            config.table_name,
            model=embedder.model,
            language=config.retrieval.language,
            lock_timeout=lock_timeout,
            distributed=config.database.distributed,
        )


@contextmanager
def locate_database(config: Config) -> Iterator[Target]:
    """Yield where the database is; the embedded PostgreSQL runs meanwhile, if it is used."""
    from ragpg.server import is_initialised

    if uses_server(config):
        yield server_target(config)
        return
    if not is_initialised(find_data_dir(config)):
        raise NothingIngestedError(config.table_name)
    with run_embedded(config) as server:
        yield embedded_target(server, find_database_name(config))


def run_embedded(config: Config) -> AbstractContextManager[Server]:
    """Keep the embedded PostgreSQL running.

    In a directory that only a project's file names, it runs only if ragpg made it.
    """
    from ragpg.server import run_server

    data_dir = find_data_dir(config)
    logger.info("documents are kept in the embedded PostgreSQL in %s", data_dir)
    return run_server(data_dir, must_be_known="dataDir" in config.found_keys)


def connect_existing(config: Config, target: Target) -> Connection:
    """Connect to a database; one that the embedded PostgreSQL lacks counts as an empty one."""
    from ragpg.store.connection import connect

    try:
        return connect(target)
    except MissingDatabaseError:
        if uses_server(config):
            raise
        raise NothingIngestedError(config.table_name) from None


def uses_server(config: Config) -> bool:
    """Whether the documents are in a PostgreSQL server that the user runs."""
    from ragpg.config import names_a_server

    return names_a_server(config, os.environ)


def server_target(config: Config) -> Target:
    """Return the connection parameters of the user's server."""
    from ragpg.config import database_parameters
    from ragpg.store.connection import Target

    target = Target(database_parameters(config, os.environ))
    logger.info("documents are kept at %s", str(target))
    return target


def embedded_target(server: Server, name: str) -> Target:
    """Return the connection parameters of a database in the embedded PostgreSQL."""
    from ragpg.store.connection import Target

    # `user` and `sslmode` are given, or libpq would take the user's PGUSER and PGSSLMODE.
    parameters: dict[str, str | int] = {
        "host": server.host,
        "port": server.port,
        "dbname": name,
        "user": server.user,
        "sslmode": "disable",
    }
    if server.password is not None:
        parameters |= {"password": server.password, "require_auth": "scram-sha-256"}
    return Target(parameters, is_direct=True, embedded_data=str(server.data))


def find_data_dir(config: Config) -> Path:
    """Return the directory of the embedded PostgreSQL."""
    from ragpg.server import default_data_dir

    return config.data_dir or default_data_dir()


def find_database_name(config: Config) -> str:
    """Return the name of this project's database in the embedded PostgreSQL."""
    from ragpg.project import database_name, find_project

    return config.database.name or database_name(find_project(Path.cwd()))


def describe_location(config: Config) -> dict[str, str]:
    """Describe for people where the documents are kept; without passwords."""
    from ragpg.project import find_project

    if uses_server(config):
        return {"kind": "server", "at": str(server_target(config))}
    project = find_project(Path.cwd())
    return {
        "kind": "embedded PostgreSQL",
        "at": str(find_data_dir(config)),
        "database": find_database_name(config),
        "project": str(project) if project else "none: the personal database",
    }
