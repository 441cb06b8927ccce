"""Directories that the tests of the embedded PostgreSQL share."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ragpg.server import run_server
from tests.support.embedded import await_end
from tests.support.places import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A data directory that was used before, its server gone: one for all tests here."""
    path = reachable_directory()
    with run_server(path):
        pass
    await_end(path)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def cluster(used: Path) -> Path:
    """The cluster in it."""
    return used / "pg18"


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A directory for sockets, or to be in the way."""
    path = reachable_directory()
    yield path
    shutil.rmtree(path, ignore_errors=True)
