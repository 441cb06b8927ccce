"""`ragpg search`: ranked passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli import batch
from ragpg.cli.exit_codes import Outcome
from ragpg.cli.session import (
    BatchOption,
    FilterOption,
    JsonOption,
    Session,
    SourceOption,
    TopOption,
)
from ragpg.types import Mode

if TYPE_CHECKING:
    from ragpg.pipeline.explain import Explanation
    from ragpg.pipeline.retriever import Retrieved


def search(
    session: Session,
    query: Annotated[str | None, typer.Argument(metavar="QUERY", hidden=True)] = None,
    *,
    top_k: TopOption = None,
    mode: Annotated[
        Mode | None, typer.Option(help="Look by meaning and words, or by one of them.")
    ] = None,
    source: SourceOption = None,
    where: FilterOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each hit is there.")] = False,
    batch_file: BatchOption = None,
    as_json: JsonOption = False,
) -> Outcome:
    """Find passages and print them, best first.

    Exits with 3 when there is no hit at all.
    """
    batch.check_usage(query, batch_file, as_json=as_json, name="QUERY")
    session.override(retrieval__topK=top_k, retrieval__mode=mode.value if mode else None)
    from ragpg.cli import database, factories
    from ragpg.pipeline.explain import explain as reasons
    from ragpg.pipeline.retriever import search as find

    expression = database.filtering(where)
    config = session.config
    embedder = factories.embedder(config)
    with database.reading(config, embedder=embedder) as store:
        lookup = factories.lookup(config, sources=database.globs(source), where=expression)

        def shape(line: str) -> tuple[dict[str, Any], Outcome]:
            from ragpg.display import explanation, json_shapes

            found = find(line, store=store, embedder=embedder, lookup=lookup)
            result = json_shapes.search(line, mode=lookup.mode, hits=found.hits)
            if explain:
                result = explanation.added(result, reasons(found, lookup=lookup))
            return result, outcome(found)

        if batch_file is not None:
            return batch.run(session, batch_file, shape, key="query")
        typed = batch.readable(query)
        if as_json:
            result, ending = shape(typed)
            session.emit(result)
            return ending
        retrieved = find(typed, store=store, embedder=embedder, lookup=lookup)
    show(session, retrieved, reasons(retrieved, lookup=lookup) if explain else None)
    return outcome(retrieved)


def outcome(found: Retrieved) -> Outcome:
    """Decide how a search ended."""
    return Outcome.DONE if found.hits else Outcome.NOTHING_FOUND


def show(session: Session, found: Retrieved, reasons: Explanation | None) -> None:
    """Print hits for a person, and the reasons for them."""
    from ragpg.cli.paths import Names
    from ragpg.display import explanation, render

    terms, name = found.candidates.terms, Names.here().shown
    for number, hit in enumerate(found.hits):
        session.terminal.print(*render.hits([hit], terms=terms, name=name))
        if reasons:
            session.terminal.print(explanation.hit(reasons.hits[number], of=reasons), "")
    if reasons:
        session.terminal.print(explanation.plan(reasons))
    if not found.hits:
        session.terminal.note("nothing found")
