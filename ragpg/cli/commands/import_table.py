"""`ragpg import`: a file into the table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.api.paths import SourcePaths
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import open_seekable
from ragpg.cli.progress import ProgressOption, follow
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption, LockTimeoutOption
from ragpg.display.progress import ProgressKind
from ragpg.types import Receipt

if TYPE_CHECKING:
    from ragpg.archive import ArchiveReader


def import_table(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", hidden=True)],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the documents there are.")
    ] = False,
    text_only: Annotated[
        bool, typer.Option("--text-only", help="Take the texts alone, and embed them anew.")
    ] = False,
    lock_timeout: LockTimeoutOption = None,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Fill the table from a file that `ragpg export` wrote, without embedding anything.

    FILE may be - for standard input. Either all of it is in the table at the end, or the table is
    as it was. A table that has documents is left alone without --replace.
    """
    from ragpg.archive import ArchiveReader
    from ragpg.display import json_shapes
    from ragpg.display.text import count

    started = time.perf_counter()
    name = "standard input" if file == "-" else repr(file)
    with open_seekable(file) as stream:
        limit = session.config.ingest.max_file_bytes
        reader = ArchiveReader(stream, name=name, max_text=limit)
        import_ = import_texts if text_only else import_rows
        documents, chunks, embedded = import_(
            session, reader, replaces=replace, lock_timeout=lock_timeout, progress=progress
        )
    if as_json:
        seconds = time.perf_counter() - started
        shape = json_shapes.shape_import(documents, chunks, embedded=embedded, seconds=seconds)
        session.print_json(shape)
    elif not session.quiet:
        counts = count(documents, "document"), count(chunks, "chunk")
        session.terminal.print(f"imported {', '.join(counts)}")
    return ExitCode.OK


def import_rows(
    session: Session,
    reader: ArchiveReader,
    *,
    replaces: bool,
    lock_timeout: float | None,
    progress: ProgressKind,
) -> tuple[int, int, int]:
    """Write the rows of a file as they are, and return the documents, chunks and embedded ones."""
    from ragpg.api import factories
    from ragpg.api.database import Database
    from ragpg.pipeline import transfer

    config, contents = session.config, reader.header.contents
    model = factories.find_model_offline(config, dimension=contents.model.dimension)
    transfer.check_fit(contents, model=model, language=config.retrieval.language)
    reader.check()
    groups = transfer.read_groups(reader, root=SourcePaths.from_cwd().root)
    with Database(config, lock_timeout=lock_timeout) as database:
        written = database.load(contents, groups, replaces=replaces)
        follow(session, transfer.measure_load(written, total=contents.chunks), progress=progress)
        database.open_store().vacuum()
    return contents.documents, contents.chunks, 0


def import_texts(
    session: Session,
    reader: ArchiveReader,
    *,
    replaces: bool,
    lock_timeout: float | None,
    progress: ProgressKind,
) -> tuple[int, int, int]:
    """Chunk and embed the texts of a file, and return the documents, chunks and embedded ones."""
    from ragpg.api import factories
    from ragpg.api.database import Database
    from ragpg.errors import NothingIngestedError
    from ragpg.pipeline import transfer

    config = session.config
    embedder, chunker = factories.make_embedder(config), factories.make_chunker(config)
    reader.check()
    with Database(config, lock_timeout=lock_timeout) as database:
        try:
            store = database.open_store()
        except NothingIngestedError:
            store = database.open_or_create_store(embedder=embedder)
        transfer.refuse_documents(store, replaces=replaces)
        events = transfer.import_texts(
            reader,
            store=store,
            embedder=embedder,
            chunker=chunker,
            root=SourcePaths.from_cwd().root,
        )
        results = follow(session, events, progress=progress)
        store.vacuum()
    receipts = [result for result in results if isinstance(result, Receipt)]
    counts = [(receipt.chunks, receipt.embedded) for receipt in receipts]
    return len(receipts), sum(c for c, _ in counts), sum(e for _, e in counts)
