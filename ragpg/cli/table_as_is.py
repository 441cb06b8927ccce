"""`ragpg search --table-as-is`: a table of another program, which is only read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragpg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ragpg.cli.session import Session
    from ragpg.pipeline.foreign_search import ForeignResult


def check_usage(foreign: str | None, **others: object) -> None:
    """Raise UsageError where options are given together that exclude each other."""
    if foreign is None:
        for name in ("collection", "columns"):
            if others[name] is not None:
                raise UsageError(f"--{name} goes with --table-as-is")
        return
    for name in ("source", "filter", "explain"):
        if others[name]:
            raise UsageError(
                f"--{name} does not go with --table-as-is",
                hint="`ragpg adopt` copies the table, and then all of it does",
            )
    if others["mode"] not in (None, "dense"):
        raise UsageError(
            f"--mode {others['mode']} does not go with --table-as-is",
            hint="its vectors alone are searched",
        )


@contextmanager
def open_search(
    session: Session, foreign: str, *, columns: str | None, collection: str | None
) -> Iterator[Callable[[str], ForeignResult]]:
    """Give a function that searches the table.

    Raises ModelMismatchError unless the model here made the table's vectors, as a sample tells.
    """
    from ragpg.adoption import presets
    from ragpg.api import database, factories
    from ragpg.api.paths import SourcePaths
    from ragpg.pipeline import adopt
    from ragpg.pipeline.foreign_search import make_hits
    from ragpg.store.foreign import find_collection, find_foreign_table, read_sample
    from ragpg.store.foreign_search import search_foreign

    config, root = session.config, SourcePaths.from_cwd().root
    if config.embedding.provider != "sentence-transformers":
        raise UsageError(
            "--table-as-is needs a model on this machine, and embedding.provider is "
            f'"{config.embedding.provider}"',
            hint="`ragpg adopt` copies the table",
        )
    embedder = factories.make_embedder(config)
    with database.open_foreign(config, url=None) as connection:
        table = find_foreign_table(connection, foreign)
        mapping = presets.map_columns(table, presets.parse_columns(columns))
        presets.require_vector(table, mapping)
        key = find_collection(connection, table, mapping, collection)
        sample = read_sample(connection, table, mapping, collection=key, count=adopt.SAMPLE_ROWS)
        adopt.check_sample(sample, embedder, table=foreign)

        def search(query: str) -> ForeignResult:
            vector = embedder.embed_query(query).vector
            found = search_foreign(
                connection, table, mapping, vector, collection=key, limit=config.retrieval.top_k
            )
            return make_hits(found, table, mapping, root=root)

        yield search
