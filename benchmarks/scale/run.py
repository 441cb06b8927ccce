"""Measure how the store grows: `make scale`, or `python -m benchmarks.scale.run --help`."""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.server import run_server
from ragpg.store.connection import Target, connect, ensure_database
from ragpg.store.postgres import PostgresStore
from ragpg.types import EmbeddingModel

from benchmarks.run import machine, show
from benchmarks.scale import measuring
from benchmarks.scale.bulk import fill
from benchmarks.scale.corpus import CHUNKS_OF_DOCUMENT, DIMENSION, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = EmbeddingModel("made up", DIMENSION, b"made up")


def main() -> None:
    """Fill a table of each size and print how it answers; a column is a size."""
    options = parse()
    corpus = Corpus()
    columns = {}
    with tempfile.TemporaryDirectory(prefix="ragpg-scale-", dir=options.directory) as directory:
        # For root, the server runs as another user, who has to get there.
        Path(directory).chmod(0o755)
        for size in options.sizes:
            with open_store(Path(directory), f"chunks_{size}") as store:
                fill(store, corpus, range(size // CHUNKS_OF_DOCUMENT))
                columns[size] = measuring.measure(store, corpus, questions=options.questions)
    about = machine()
    options.out.write_text(json.dumps({"about": about, "sizes": columns}, indent=1) + "\n", "utf-8")
    print(about)
    show([["", *(f"{size:,}" for size in columns)]])
    show([[name, *(describe(c[name]) for c in columns.values())] for name in columns[size]])


def describe(values: list[float]) -> str:
    """Write the numbers of a figure."""
    return " / ".join(f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in values)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure tables of different sizes.")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[10_000, 100_000], help="in chunks, ascending"
    )
    parser.add_argument("--questions", type=int, default=50, help="questions of each kind")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/scale/results.json"))
    parser.add_argument("--directory", default="/tmp", help="where 4 GB a million chunks fit")
    return parser.parse_args()


@contextmanager
def open_store(directory: Path, database: str) -> Iterator[PostgresStore]:
    """Make a table in a database of its own, on a server that stops afterwards."""
    with run_server(directory / "data") as server:
        place = {"host": str(server.host), "user": server.user}
        ensure_database(Target({**place, "dbname": "postgres"}), database)
        with closing(connect(Target({**place, "dbname": database}))) as connection:
            yield PostgresStore.create(connection, "ragpg", model=MODEL, language="english")


if __name__ == "__main__":
    main()
