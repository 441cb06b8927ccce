"""Fixtures of several packages: no network, directories that the server's user can reach."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from ragpg.operating_system import WINDOWS
from ragpg.optional import SENTENCE_TRANSFORMERS
from tests.support import forward_passes, tiny_bert, tls
from tests.support.command_line import Project, new_project
from tests.support.places import reachable_directory
from tests.support.postgres import shared
from tests.support.processes import Nursery

if TYPE_CHECKING:
    from collections.abc import Iterator

RENEW_SNAPSHOTS = bool(os.environ.get("RAGPG_RENEW_SNAPSHOTS"))
CITUS_DSN = os.environ.get("RAGPG_TEST_CITUS_DSN")
"""The URL of a database on a cluster's coordinator, in which Citus is installed."""
CITUS_WORKER = os.environ.get("RAGPG_TEST_CITUS_WORKER")
"""A shell command that, followed by "stop" or "start", stops or starts one of its workers."""

FRAMEWORK_FOLDERS = {"embedding", "llm", "providers"}
SERVER_FOLDERS = {"contract", "mcp_server", "other_servers", "platforms", "server", "store"}
SERVER_FIXTURES = {"connection", "data_dir", "front", "large", "nursery", "shared_data_dir"}
"""With these a test starts, or connects to, a server."""

collect_ignore = [] if SENTENCE_TRANSFORMERS.is_installed else sorted(FRAMEWORK_FOLDERS)
if not os.environ.get("OTHER_PLATFORMS"):
    collect_ignore.append("platforms")  # they take a minute or more
if WINDOWS:
    # These start servers of their own, and send signals, as POSIX has it.
    collect_ignore += sorted((SERVER_FOLDERS - {"platforms"}) | {"live_model"})

os.environ["HF_HUB_OFFLINE"] = "1"
for name in [name for name in os.environ if name.startswith(("RAGPG_", "PG"))]:
    del os.environ[name]
if "PYTEST_XDIST_WORKER" in os.environ:
    # A worker has a core: threads of BLAS that wait for each other would keep the others from it.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
os.environ.pop("COLUMNS", None)  # which pytest-xdist sets: a test's terminal has a width of its own


LONGEST_FIRST = (
    "contract/test_ask_with_model",
    "contract/test_crashes",
    "contract/test_watch",
    "contract/test_ingest",
    "server/test_lifecycle",
    "server/test_known_clusters",
    "embedding/test_bulk_encoder",
)
"""Modules that take longest begin first: the last ones decide how long a worker waits for another.
A module is one worker's, and by default the order is that of the number of tests."""

# How fast examples are made, and tried, says how busy the machine is.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")
EXAMPLES = int(os.environ.get("EXAMPLES", "1"))
"""How many times the usual number of random examples are tried."""


def multiply_examples(test: Any) -> None:
    """Let Hypothesis try more examples, also where a test says how many."""
    # The public profiles do not reach a test with a number of its own.
    name = "_hypothesis_internal_use_settings"
    usual: settings = getattr(test, name)
    more = settings(usual, max_examples=EXAMPLES * usual.max_examples)
    setattr(test, name, more)


def rank_module(item: pytest.Item) -> int:
    """Return the rank of a test's module, the first of which are run first."""
    module = item.path.relative_to(Path(__file__).parent).with_suffix("").as_posix()
    return LONGEST_FIRST.index(module) if module in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a server or a large library: `make unit` runs the others."""
    functions = [item for item in items if isinstance(item, pytest.Function)]
    if EXAMPLES > 1:
        for test in {f.obj for f in functions if getattr(f.obj, "is_hypothesis_test", False)}:
            multiply_examples(test)
    items.sort(key=rank_module)
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        fixtures = item.fixturenames if isinstance(item, pytest.Function) else ()
        if folder in SERVER_FOLDERS or SERVER_FIXTURES.intersection(fixtures):
            item.add_marker("server")
        if folder in FRAMEWORK_FOLDERS:
            item.add_marker("framework")


@pytest.fixture(scope="session", autouse=True)
def _states() -> Iterator[None]:
    """Compute a forward pass of the same model and tokens once."""
    with pytest.MonkeyPatch.context() as patch:
        forward_passes.compute_once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what ragpg remembers of its clusters out of the user's own directories."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory for an embedded PostgreSQL of this test's own."""
    path = reachable_directory()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_data_dir() -> Iterator[Path]:
    """A directory for an embedded PostgreSQL that keeps running while there are tests."""
    from ragpg.server import run_server

    path = reachable_directory()
    with run_server(path):
        yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def project(tmp_path: Path, shared_data_dir: Path) -> Project:
    """A project of this test's own."""
    return new_project(tmp_path, data_dir=shared_data_dir)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of an embedding model that is loaded, and embeds, in no time."""
    return tiny_bert.build(tmp_path_factory.mktemp("tiny"), dimension=32)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Starts ragpg in processes of their own."""
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Authority:
    """The certificates of the TLS front."""
    return tls.authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def front(certificates: tls.Authority) -> Iterator[int]:
    """The port of a TLS front before the server."""
    with tls.front(shared().port, certificates) as port:
        yield port
