"""`ragpg verify`: whether the documents say what a text says."""

from __future__ import annotations

import json as standard_json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli import batch
from ragpg.cli.exit_codes import Outcome
from ragpg.cli.session import FilterOption, JsonOption, Session, SourceOption
from ragpg.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from ragpg.types import Verification


def verify(
    session: Session,
    file: Annotated[str | None, typer.Argument(metavar="FILE", hidden=True)] = None,
    *,
    source: SourceOption = None,
    where: FilterOption = None,
    batch_file: Annotated[
        str | None,
        typer.Option(
            "--batch", metavar="FILE", help='Read {"text": …} a line; - is standard input.'
        ),
    ] = None,
    as_json: JsonOption = False,
) -> Outcome:
    """Check a text against the documents, claim by claim.

    Exits with 4 when a claim has no support.
    """
    if file == "" or (file is None and batch_file is None and sys.stdin.isatty()):
        raise UsageError("FILE is missing", hint="name a text to check, or - for standard input")
    if batch_file is None:
        file = file or "-"
    batch.check_usage(file, batch_file, as_json=as_json, name="FILE")
    text = read(file) if file is not None else ""
    from ragpg.cli import database, factories
    from ragpg.pipeline import verify as pipeline
    from ragpg.pipeline.retriever import Retriever

    expression = database.filtering(where)
    config = session.config
    embedder, nli = factories.embedder(config), factories.entailment(config)
    with database.reading(config, embedder=embedder) as store:

        def run(text: str, sources: list[str] | None) -> Verification:
            options = factories.search_options(
                config, sources=database.globs(sources), where=expression
            )
            return pipeline.verify(
                text,
                retriever=Retriever(store, embedder, options),
                resolve_path=lambda path: database.globs([path]),
                nli=nli,
            )

        def shape(line: str) -> tuple[dict[str, Any], Outcome]:
            from ragpg.display import json_shapes

            found = run(*asked(line, source))
            return json_shapes.verify(found), outcome(found)

        if batch_file is not None:
            return batch.run(session, batch_file, shape, key="text")
        result = run(text, source)
    show(session, result, as_json=as_json)
    return outcome(result)


def read(file: str) -> str:
    """Read a text; raises DocumentError."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode("utf-8-sig").replace("\0", " ")
    except OSError as error:
        raise DocumentError(f"{file!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{file!r} is not UTF-8: byte {error.start} is invalid") from error


def asked(line: str, source: list[str] | None) -> tuple[str, list[str] | None]:
    """Read a line of a batch: `{"text", "source"?}`; raises UsageError."""
    try:
        given = standard_json.loads(line)
    except ValueError as error:
        raise UsageError(f"not a JSON object: {line[:60]!r}") from error
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise UsageError(f'no "text" in {line[:60]!r}', hint='a line is {"text": "…"}')
    sources = given.get("source", source)
    sources = [sources] if isinstance(sources, str) else sources
    listed = isinstance(sources, list) and all(isinstance(each, str) for each in sources)
    if sources is not None and not listed:
        raise UsageError(f'"source" is no text in {line[:60]!r}')
    return batch.readable(given["text"]), sources


def outcome(found: Verification) -> Outcome:
    """Decide how a check ended."""
    return Outcome.CHECK_FAILED if found.unsupported else Outcome.DONE


def show(session: Session, found: Verification, *, as_json: bool) -> None:
    """Print what became of the claims."""
    from ragpg.cli.paths import Names
    from ragpg.display import json_shapes, render

    if as_json:
        session.emit(json_shapes.verify(found))
    elif not found.claims:
        session.terminal.note("the text states nothing that could be checked")
    else:
        session.terminal.print(*render.verified(found, name=Names.here().shown))
