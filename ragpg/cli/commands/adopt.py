"""`ragpg adopt`: a table of another program into the table."""

from __future__ import annotations

import time
from collections import Counter
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, BinaryIO, cast

import typer

from ragpg.api.paths import SourcePaths
from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.progress import ProgressOption, follow, follow_ingest
from ragpg.cli.session import Session
from ragpg.cli.shared_options import (
    CollectionOption,
    ColumnsOption,
    JsonOption,
    LockTimeoutOption,
)
from ragpg.display.escape import line
from ragpg.display.progress import ProgressKind
from ragpg.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from ragpg.adoption.assemble import Assembly
    from ragpg.pipeline.write import Chunker
    from ragpg.protocols import Embedder
    from ragpg.types import ColumnMapping, Receipt


def adopt(
    session: Session,
    foreign: Annotated[str, typer.Argument(metavar="TABLE", hidden=True)],
    *,
    url: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="Database that TABLE is in.")
    ] = None,
    columns: ColumnsOption = None,
    collection: CollectionOption = None,
    keep_vectors: Annotated[
        bool, typer.Option("--keep-vectors", help="Keep rows and vectors as they are.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be done, and do nothing.")
    ] = False,
    lock_timeout: LockTimeoutOption = None,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Copy a pgvector table of another program into the table.

    Tables of LangChain, LangChain4j, LlamaIndex, Haystack, Ballerina, Spring AI and Supabase's
    guide are known; for any other, --columns says which column has the text, the vector, the
    metadata and the source. Rows of one source become one document, which is chunked and embedded.
    TABLE itself is only read; it may also be milvus://HOST:PORT/COLLECTION.
    """
    from ragpg.cli.commands import ingest

    started = time.perf_counter()
    with TemporaryFile() as file:
        assembly = read_table(
            session,
            foreign,
            url=url,
            columns=columns,
            collection=collection,
            keeps_vectors=keep_vectors,
            progress=progress,
            file=cast("BinaryIO", file),
        )
        parts = (session, assembly, *make_parts(session, assembly, keeps_vectors=keep_vectors))
        if plan:
            receipts = preview_files(*parts, progress=progress)
        else:
            receipts = write_files(*parts, lock_timeout=lock_timeout, progress=progress)
    outcome = ingest.Outcome(receipts)
    if as_json:
        ingest.print_json(session, outcome, Counter(), seconds=time.perf_counter() - started)
    ingest.show(session, outcome, Counter(), plan=plan, as_json=as_json)
    return exit_codes.of_ingest(receipts, check=False)


def read_table(
    session: Session,
    foreign: str,
    *,
    url: str | None,
    columns: str | None,
    collection: str | None,
    keeps_vectors: bool,
    progress: ProgressKind,
    file: BinaryIO,
) -> Assembly:
    """Read all rows of a table into a file, and put them together by their sources."""
    from ragpg.adoption import presets
    from ragpg.adoption.assemble import Assembly
    from ragpg.api import factories
    from ragpg.api.foreign import open_source
    from ragpg.pipeline import adopt

    config, root = session.config, SourcePaths.from_cwd().root
    with open_source(config, foreign, url=url, columns=columns, collection=collection) as source:
        table, mapping = source.table, source.mapping
        session.terminal.note(line(presets.describe(table, mapping)))
        if mapping.is_altered:
            session.terminal.warn("its texts were altered when they were stored, words left out")
        if keeps_vectors:
            check_unaltered(str(table), mapping)
            presets.require_vector(table, mapping)
            sample = source.read_sample(adopt.SAMPLE_ROWS)
            adopt.check_sample(sample, factories.make_embedder(config), table=str(table))
        assembly = Assembly(table, mapping, root=root, file=file)
        events = adopt.collect(source.read_rows(keeps_vectors), assembly)
        follow(session, events, progress=progress)
    if not assembly.documents:
        raise DocumentError(f"{str(table)!r} has no row with a text")
    if assembly.skipped:
        session.terminal.note(f"rows without text: {assembly.skipped}")
    return assembly


def check_unaltered(table: str, mapping: ColumnMapping) -> None:
    """Raise UsageError where a table's vectors are not those of its texts."""
    if mapping.is_altered:
        raise UsageError(
            f"--keep-vectors is not for {table!r}: its vectors are those of other texts",
            hint="leave the option out, or better ingest the files that it was made from",
        )


def make_parts(
    session: Session, assembly: Assembly, *, keeps_vectors: bool
) -> tuple[Embedder, Chunker]:
    """Make what chunks and embeds the documents: as usual, or as their rows have it."""
    from ragpg.api import factories
    from ragpg.pipeline.adopt import KeptEmbedder, RowChunker

    embedder = factories.make_embedder(session.config)
    chunker = factories.make_chunker(session.config)
    if not keeps_vectors:
        return embedder, chunker
    parts = (chunker.tokenizer, chunker.limits, chunker.language)
    row_chunker = RowChunker(*parts, assembly)
    return KeptEmbedder(embedder, row_chunker), row_chunker


def write_files(
    session: Session,
    assembly: Assembly,
    embedder: Embedder,
    chunker: Chunker,
    *,
    lock_timeout: float | None,
    progress: ProgressKind,
) -> list[Receipt]:
    """Ingest the documents."""
    from ragpg.api import database
    from ragpg.pipeline import adopt
    from ragpg.pipeline import ingest as pipeline

    config = session.config
    files, work = adopt.make_files(assembly, chunker, limit=config.ingest.max_file_bytes)
    with database.open_or_create_store(
        config, embedder=embedder, lock_timeout=lock_timeout
    ) as store:
        events = adopt.recount(
            pipeline.ingest(files, work=work, store=store, embedder=embedder, chunker=chunker),
            assembly,
            dimension=embedder.model.dimension,
        )
        return follow_ingest(session, events, progress=progress, rebuild=False)


def preview_files(
    session: Session,
    assembly: Assembly,
    embedder: Embedder,
    chunker: Chunker,
    *,
    progress: ProgressKind,
) -> list[Receipt]:
    """Say what `write_files` would do."""
    from ragpg.api import database
    from ragpg.pipeline import adopt
    from ragpg.pipeline import ingest as pipeline

    config = session.config
    files, work = adopt.make_files(assembly, chunker, limit=config.ingest.max_file_bytes)
    with database.open_store_if_any(config, embedder=embedder) as store:
        events = pipeline.preview(files, work=work, store=store, chunker=chunker)
        return follow(session, events, progress=progress)
