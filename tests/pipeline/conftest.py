"""A database for the tests of the pipeline."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ragpg.store.connection import Target, connect
from tests.support.pipeline import new_table
from tests.support.postgres import shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection


@pytest.fixture(scope="package")
def connection() -> Iterator[Connection]:
    """A connection to a database that the tests of this folder share."""
    with closing(connect(Target(shared().new_database()))) as connection:
        yield connection


@pytest.fixture
def table(connection: Connection) -> PostgresStore:
    """A new, empty table."""
    return new_table(connection)
