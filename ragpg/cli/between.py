"""Two versions of the documents, each in a table of its own for as long as cases are run on it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING

from ragpg.api.inputs import make_selection, select_commit
from ragpg.cli.progress import follow_ingest
from ragpg.errors import DocumentError, UsageError
from ragpg.types import DocumentStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.api.inputs import Inputs
    from ragpg.cli.session import Session
    from ragpg.display.progress import ProgressKind
    from ragpg.protocols import Embedder
    from ragpg.store.postgres import PostgresStore


@dataclass(frozen=True, slots=True)
class Version:
    """The documents of a commit; `ref` is what the user calls it."""

    ref: str
    commit: str
    inputs: Inputs


def find_versions(session: Session, option: str, paths: Sequence[str]) -> tuple[Version, Version]:
    """Find the documents of both commits of `A..B`; raises UsageError."""
    before, dots, after = option.partition("..")
    if not dots or not before or not after or after.startswith("."):
        raise UsageError(
            f"--between {option!r} does not name two commits",
            hint="ragpg eval cases.toml --between main..HEAD",
        )
    selection = make_selection(session.config, root=None, exclude=())
    first, second = (
        make_version(ref, select_commit(paths, selection, ref=ref)) for ref in (before, after)
    )
    if not (first.inputs.has_files or second.inputs.has_files):
        raise DocumentError(f"no document in {before!r} and none in {after!r}")
    return first, second


def make_version(ref: str, inputs: Inputs) -> Version:
    """Give the documents of a commit its name."""
    commit = inputs.tree.commit if inputs.tree else ""
    return Version(ref, commit, inputs)


@contextmanager
def ingested(
    session: Session, version: Version, *, embedder: Embedder, progress: ProgressKind
) -> Iterator[PostgresStore]:
    """Ingest a version into a table that is dropped at the end, whatever ends it.

    Embeddings are taken from the other tables of the database, as far as these have them.
    """
    from ragpg.api import database, factories
    from ragpg.pipeline import ingest as pipeline

    schema, dot, _ = session.config.table_name.rpartition(".")
    config = replace(session.config, table_name=f"{schema}{dot}ragpg_between_{token_hex(6)}")
    with database.open_or_create_store(config, embedder=embedder) as store:
        try:
            events = pipeline.ingest(
                version.inputs.files,
                work=version.inputs.work,
                store=store,
                embedder=embedder,
                chunker=factories.make_chunker(config),
                tree=version.inputs.tree,
            )
            for receipt in follow_ingest(session, events, progress=progress, rebuild=False):
                if receipt.status is DocumentStatus.FAILED:
                    session.terminal.failure(
                        f"{receipt.source} in {version.ref}", receipt.error or ""
                    )
            yield store
        finally:
            store.drop()
