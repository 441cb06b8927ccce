"""`ragpg search`: ranked passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli import batch
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.options import (
    BatchOption,
    FilterOption,
    JsonOption,
    SourceOption,
    TopOption,
    parse_filter,
)
from ragpg.cli.session import Session
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
) -> ExitCode:
    """Find passages and print them, best first.

    Exits with 3 when there is no hit at all.
    """
    batch.check_usage(query, batch_file, as_json=as_json, name="QUERY")
    session.override(retrieval__topK=top_k, retrieval__mode=mode.value if mode else None)
    from ragpg.cli import database

    expression = parse_filter(where)
    with database.open_retriever(session.config, sources=source, where=expression) as retriever:

        def answer(query: str) -> tuple[dict[str, Any], ExitCode]:
            retrieval = retriever.retrieve(query)
            return to_json(query, retrieval, explained=explain), to_exit_code(retrieval)

        if batch_file is not None:
            return batch.run(session, batch_file, answer, key="query")
        query = batch.sanitise(query)
        retrieval = retriever.retrieve(query)
    if as_json:
        session.print_json(to_json(query, retrieval, explained=explain))
    else:
        show(session, retrieval, explained=explain)
    return to_exit_code(retrieval)


def to_exit_code(retrieval: Retrieval) -> ExitCode:
    """Return the exit code of a search."""
    return ExitCode.OK if retrieval.hits else ExitCode.NOTHING_FOUND


def to_json(query: str, retrieval: Retrieval, *, explained: bool) -> dict[str, Any]:
    """Return the result of a search as JSON, with an explanation if it is wanted."""
    from ragpg.display import json_shapes

    result = json_shapes.shape_search(query, mode=retrieval.options.mode, hits=retrieval.hits)
    if not explained:
        return result
    from ragpg.display import explanation
    from ragpg.pipeline.explain import explain

    return explanation.add_to_search(result, explain(retrieval))


def show(session: Session, retrieval: Retrieval, *, explained: bool) -> None:
    """Print hits for people, with an explanation if it is wanted."""
    from ragpg.cli.paths import SourcePaths
    from ragpg.display import render

    terms, to_path = retrieval.candidates.idf, SourcePaths.from_cwd().to_path
    hits = [render.render_hits([hit], terms=terms, name=to_path) for hit in retrieval.hits]
    if explained:
        from ragpg.display import explanation
        from ragpg.pipeline.explain import explain

        search = explain(retrieval)
        for rendered, reasons in zip(hits, search.hits, strict=True):
            session.terminal.print(*rendered, explanation.render_hit(reasons, search=search), "")
        session.terminal.print(explanation.render_plan(search))
    else:
        session.terminal.print(*(part for rendered in hits for part in rendered))
    if not retrieval.hits:
        session.terminal.note("nothing found")
