"""`ragpg search`: ranked passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli import batch, exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import (
    BatchOption,
    CollectionOption,
    ColumnsOption,
    FilterOption,
    JsonOption,
    PlainOption,
    SourceOption,
    TopOption,
    parse_filter,
)
from ragpg.cli.table_as_is import check_usage, open_search
from ragpg.text import utf8
from ragpg.types import Mode

if TYPE_CHECKING:
    from ragpg.pipeline.search import SearchResult


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
    table_as_is: Annotated[
        str | None,
        typer.Option("--table-as-is", metavar="TABLE", help="Search another program's table."),
    ] = None,
    columns: ColumnsOption = None,
    collection: CollectionOption = None,
    batch_file: BatchOption = None,
    plain: PlainOption = False,
    as_json: JsonOption = False,
) -> ExitCode:
    """Find passages and print them, best first.

    Exits with 3 when there is no hit at all.
    """
    session.plain = plain
    batch.check_usage(query, batch_file, as_json=as_json, name="QUERY")
    given = {"source": source, "filter": where, "explain": explain, "mode": mode}
    check_usage(table_as_is, columns=columns, collection=collection, **given)
    session.override(retrieval__topK=top_k, retrieval__mode=mode.value if mode else None)
    if table_as_is is not None:
        return search_as_is(
            session, query, batch_file, table_as_is, columns=columns, collection=collection
        )
    from ragpg.api import database

    expression = parse_filter(where)
    with database.open_searcher(session.config, sources=source, where=expression) as searcher:

        def answer(query: str) -> tuple[dict[str, Any], ExitCode]:
            result = searcher.search(query)
            return to_json(query, result, explained=explain), exit_codes.of_search(result)

        if batch_file is not None:
            return batch.run(session, batch_file, answer, key="query")
        query = utf8.sanitise(query or "")
        result = searcher.search(query)
    if as_json:
        session.print_json(to_json(query, result, explained=explain))
    else:
        show(session, result, explained=explain)
    return exit_codes.of_search(result)


def search_as_is(
    session: Session,
    query: str | None,
    batch_file: str | None,
    table: str,
    *,
    columns: str | None,
    collection: str | None,
) -> ExitCode:
    """Search a table of another program by its vectors, and print the hits."""
    from ragpg.api.paths import SourcePaths
    from ragpg.display import json_shapes, render
    from ragpg.display.links import Places

    with open_search(session, table, columns=columns, collection=collection) as find:

        def answer(query: str) -> tuple[dict[str, Any], ExitCode]:
            result = find(query)
            shape = json_shapes.shape_search(query, mode=Mode.DENSE, hits=result.hits)
            return shape, exit_codes.of_search(result)

        if batch_file is not None:
            return batch.run(session, batch_file, answer, key="query")
        query = utf8.sanitise(query or "")
        if session.as_json:
            shape, code = answer(query)
            session.print_json(shape)
            return code
        result = find(query)
    places = Places(SourcePaths.from_cwd().to_path)  # without links: lines are not those of a file
    session.terminal.print(*render.render_hits(result.hits, terms=(), places=places))
    if not result.hits:
        session.terminal.note("nothing found")
    return exit_codes.of_search(result)


def to_json(query: str, result: SearchResult, *, explained: bool) -> dict[str, Any]:
    """Return the result of a search as JSON, with an explanation if it is wanted."""
    from ragpg.display import json_shapes

    shape = json_shapes.shape_search(query, mode=result.options.mode, hits=result.hits)
    if not explained:
        return shape
    from ragpg.display import explanation
    from ragpg.pipeline.explain import explain

    return explanation.add_to_search(shape, explain(result))


def show(session: Session, result: SearchResult, *, explained: bool) -> None:
    """Print hits for people, with an explanation if it is wanted."""
    from ragpg.display import render

    terms, places = result.candidates.idf, session.places
    hits = [render.render_hits([hit], terms=terms, places=places) for hit in result.hits]
    if explained:
        from ragpg.display import explanation
        from ragpg.pipeline.explain import explain

        search = explain(result)
        for rendered, reasons in zip(hits, search.hits, strict=True):
            session.terminal.print(*rendered, explanation.render_hit(reasons, search=search), "")
        session.terminal.print(explanation.render_plan(search))
    else:
        session.terminal.print(*(part for rendered in hits for part in rendered))
    if not result.hits:
        session.terminal.note("nothing found")
