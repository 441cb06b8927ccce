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
    from ragpg.pipeline.retriever import Retrieval


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
    from ragpg.pipeline.retriever import Retriever

    expression = database.filtering(where)
    config = session.config
    embedder = factories.embedder(config)
    with database.reading(config, embedder=embedder) as store:
        options = factories.search_options(config, sources=database.globs(source), where=expression)
        retriever = Retriever(store, embedder, options)

        def search_one(query: str) -> tuple[dict[str, Any], Outcome]:
            retrieval = retriever.retrieve(query)
            return shape(query, retrieval, explained=explain), outcome(retrieval)

        if batch_file is not None:
            return batch.run(session, batch_file, search_one, key="query")
        query = batch.readable(query)
        if as_json:
            result, ending = search_one(query)
            session.emit(result)
            return ending
        retrieval = retriever.retrieve(query)
    show(session, retrieval, explained=explain)
    return outcome(retrieval)


def outcome(retrieval: Retrieval) -> Outcome:
    """Decide how a search ended."""
    return Outcome.DONE if retrieval.hits else Outcome.NOTHING_FOUND


def shape(query: str, retrieval: Retrieval, *, explained: bool) -> dict[str, Any]:
    """Shape the result of a search, with an explanation if it is wanted."""
    from ragpg.display import explanation, json_shapes
    from ragpg.pipeline.explain import explain

    result = json_shapes.search(query, mode=retrieval.options.mode, hits=retrieval.hits)
    return explanation.add_to(result, explain(retrieval)) if explained else result


def show(session: Session, retrieval: Retrieval, *, explained: bool) -> None:
    """Print hits for a person, with an explanation if it is wanted."""
    from ragpg.cli.paths import Names
    from ragpg.display import explanation, render
    from ragpg.pipeline.explain import explain

    terms, name = retrieval.candidates.idf, Names.here().shown
    reasons = explain(retrieval) if explained else None
    for number, hit in enumerate(retrieval.hits):
        session.terminal.print(*render.hits([hit], terms=terms, name=name))
        if reasons:
            session.terminal.print(explanation.hit(reasons.hits[number], of=reasons), "")
    if reasons:
        session.terminal.print(explanation.plan(reasons))
    if not retrieval.hits:
        session.terminal.note("nothing found")
