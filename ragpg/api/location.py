"""Where the database of a configuration is: on a user's server, or in the embedded PostgreSQL."""

from __future__ import annotations

import logging
import os
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import NothingIngestedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.config import Config
    from ragpg.server import Server
    from ragpg.store.connection import Target

logger = logging.getLogger("ragpg")


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
