"""What is tormented: a project with an embedded PostgreSQL of its own, and what it should hold."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ragpg.server.pid_file import read_pid_file
from tests.support import tiny_model
from tests.support.command_line import Project, new_project
from tests.support.database_state import state
from tests.support.embedded import alive
from tests.support.processes import Nursery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.database_state import State
    from tests.support.processes import Run

EDITIONS = 3
DOCUMENTS = 16
BALLAST = "docs/ballast.md"
"""A document that makes a table so large that it has an index over vectors."""
CRATES = 4_200
NEXT_COMMAND = 10.0
"""Seconds that a command may take after whatever happened, on a machine that does nothing else."""


class FaultError(Exception):
    """Something that must not happen, with all that is known of it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All that a table holds of a document; vectors are lists of numbers."""

    document: tuple[Any, ...]
    chunks: list[Any]
    words: list[Any]
    passages: list[Any]
    vectors: Any


@dataclass
class World:
    """A temporary directory with a project, the data of its PostgreSQL, and a fork server.

    `limit` is the seconds that a command may take. `clean` has the rows of each document in each
    edition, by the digest of its text; `usual` is the seconds that an ingest of all takes.
    """

    rng: random.Random
    limit: float = NEXT_COMMAND
    nursery: Nursery = field(init=False)
    project: Project = field(init=False)
    clean: dict[bytes, Rows] = field(default_factory=dict)
    usual: float = 0.0

    def __enter__(self) -> Self:
        self.stack = ExitStack()
        home = Path(tempfile.mkdtemp(prefix="ragpg-torture-", dir="/tmp"))
        home.chmod(0o755)
        self.stack.callback(shutil.rmtree, home, ignore_errors=True)
        self.data_dir = home / "data"
        model = tiny_model.build(home / "tiny", dimension=32)
        made = new_project(home / "work", data_dir=self.data_dir)
        self.project = made.within({"RAGPG_EMBEDDING_MODEL": str(model), "HF_HUB_OFFLINE": "1"})
        self.nursery = self.stack.enter_context(Nursery())
        for edition in range(EDITIONS):
            self.publish(dict.fromkeys(sources(), edition) | ({} if edition else {BALLAST: 0}))
            clean = self.project.within({"RAGPG_DB_NAME": f"clean{edition}"})
            started = time.monotonic()
            self.command("ingest", "docs", project=clean)
            self.usual = time.monotonic() - started
            self.clean |= rows_by_digest(state(clean))
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def publish(self, editions: Mapping[str, int]) -> None:
        """Make the project's files these documents, each in an edition."""
        for path in (self.project.directory / "docs").glob("*"):
            path.unlink()
        for source, edition in editions.items():
            self.project.write(source, text_of(source, edition))

    def start(self, *arguments: str) -> Run:
        """Start a command in the background."""
        return self.nursery.start(self.project, *arguments)

    def command(self, *arguments: str, project: Project | None = None) -> str:
        """Run a command that must succeed in time; returns its output."""
        started = time.monotonic()
        result = self.nursery.start(project or self.project, *arguments).ended()
        seconds = time.monotonic() - started
        if result.code != 0 or seconds > self.limit:
            said = f"code {result.code} after {seconds:.1f} s\n{result.out}{result.err}"
            raise FaultError(f"`ragpg {' '.join(arguments)}`: {said}\n{self.log()}")
        return result.out

    def await_end(self) -> None:
        """Wait for the end of the server; raises FaultError where a process stays."""
        end = time.monotonic() + self.limit
        while alive(self.data_dir):
            if time.monotonic() > end:
                raise FaultError(f"the server lives on\n{self.log()}")
            time.sleep(0.01)

    def postmaster(self) -> int | None:
        """Return the server's process, if its PID file is there."""
        return read_pid_file(self.data_dir / "pg18").pid

    def log(self) -> str:
        """Return the end of the server's log."""
        path = self.data_dir / "pg18.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


def sources() -> list[str]:
    """The documents' names."""
    return [f"docs/{number:02}.md" for number in range(DOCUMENTS)]


def text_of(source: str, edition: int) -> str:
    """The text of a document in an edition: one to six sections, words that all others have too."""
    if source == BALLAST:
        return "\n".join(["# Ballast\n", *(crate(number, edition) for number in range(CRATES))])
    number = int(source[5:7])
    sections = (
        f"## Part {part}\n\n{f'Apples, pears, edition {edition} of plum {number}. ' * 12}\n\n"
        for part in range(1 + (number + edition) % 6)
    )
    return f"# Fruit {number}\n\nEdition {edition} begins.\n\n{''.join(sections)}"


def crate(number: int, edition: int) -> str:
    """A section of words by chance: the passages that are nearest to it are clear."""
    words = random.Random(number * EDITIONS + edition).choices(range(500), k=8)
    return f"## Crate {number}\n\n{' '.join(f'plum{word}' for word in words)}\n"


def rows_by_digest(found: State) -> dict[bytes, Rows]:
    """Divide the rows of a table by document."""
    divided = {}
    for document in found.documents:
        key = document[0]
        own = [n for n, row in enumerate(found.passages) if row[0] == key]
        divided[bytes(document[4])] = Rows(
            document,
            chunks=[row for row in found.chunks if row[0] == key],
            words=[row for row in found.words if row[0] == key],
            passages=[found.passages[n] for n in own],
            vectors=found.vectors[own] if own else [],
        )
    return divided
