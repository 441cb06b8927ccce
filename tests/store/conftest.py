"""Tables in a database that the tests of a module share."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ragpg.store.connection import Target, connect
from tests.support.postgres import shared
from tests.support.store import new_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection


@pytest.fixture(scope="module")
def target() -> Target:
    """A database that the tests of this module share, each with its own table."""
    return Target(shared().new_database())


@pytest.fixture(scope="module")
def connection(target: Target) -> Iterator[Connection]:
    """A connection to it."""
    with closing(connect(target)) as connection:
        yield connection


@pytest.fixture
def store(connection: Connection) -> PostgresStore:
    """A new table."""
    return new_store(connection)
