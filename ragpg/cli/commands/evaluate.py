"""`ragpg eval`: retrieval measured and answers checked against a file of cases."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.cli import batch, exit_codes
from ragpg.cli.exit_codes import Outcome
from ragpg.cli.paths import Names
from ragpg.cli.session import JsonOption, Session
from ragpg.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.config import Config
    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import CaseResult
    from ragpg.pipeline.retriever import SearchOptions


def evaluate(
    session: Session,
    cases: Annotated[str, typer.Argument(metavar="CASES", hidden=True)],
    *,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the checks as JUnit's XML.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a report with plots.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Compare with what --json printed another time."),
    ] = None,
    minimum: Annotated[
        list[str] | None,
        typer.Option(
            "--min", metavar="METRIC=VALUE", help="Exit with 4 below this; may be repeated."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> Outcome:
    """Measure retrieval and check answers against a file of cases.

    CASES holds JSON Lines or TOML ([[case]]): a question each, with the passages that
    answer it (evidence, doc), or what the answer must be like (cites, contains,
    excludes, refuses). Exits with 4 when a check fails.
    """
    from ragpg.evaluation import case_file, comparison, report

    thresholds = [report.parse_threshold(written) for written in minimum or ()]
    wanted = case_file.parse_cases(batch.opened(cases).read(), name=cases)
    report.require_measurable(thresholds, wanted, name=cases)
    past = (
        comparison.parse_baseline(batch.opened(baseline).read(), name=baseline)
        if baseline
        else None
    )
    for path in (junit, html):
        refuse_unwritable(path)
    begun = time.perf_counter()
    done = run(session, wanted)
    compared = comparison.compare(done, past, name=baseline or "") if past is not None else None
    found = report.Report(
        name=cases,
        results=tuple(done),
        metrics=report.summarise(done),
        thresholds=tuple(thresholds),
        comparison=compared,
        about=about(session.config),
        seconds=time.perf_counter() - begun,
    )
    publish(session, found, junit=junit, html=html, as_json=as_json)
    return exit_codes.of_evaluation(found)


def run(session: Session, wanted: Sequence[Case]) -> list[CaseResult]:
    """Work through the cases; a terminal shows how far it is."""
    from ragpg.cli import database, factories
    from ragpg.evaluation import run
    from ragpg.evaluation.cases import resolve_documents
    from ragpg.pipeline.retriever import Retriever

    config = session.config
    embedder = factories.embedder(config)
    options = {case.id: search_options(config, case) for case in wanted}
    with database.reading(config, embedder=embedder) as store:
        sizes = {document.source: document.size for document in store.list_documents()}
        cases = resolve_documents(wanted, sizes=sizes, to_source=Names.here().source)
        results = run.evaluate(
            cases,
            retriever=lambda case: Retriever(store, embedder, options[case.id]),
            read_document=store.read_document,
            llm=factories.language_model(config),
        )
        return list(session.terminal.count(results, total=len(cases), what="cases"))


def search_options(config: Config, case: Case) -> SearchOptions:
    """Make the configured search options, restricted as a case says."""
    from ragpg.cli import database, factories

    if "" in case.sources:
        raise UsageError(f"{case.location}: source is empty")
    try:
        where = database.filtering(case.filter)
    except UsageError as error:
        raise UsageError(f"{case.location}: {error.message}", hint=error.hint) from error
    return factories.search_options(config, sources=database.globs(case.sources), where=where)


def about(config: Config) -> tuple[tuple[str, str], ...]:
    """What was measured, for people."""
    return (
        ("table", config.table_name),
        ("embedding model", config.embedding.model),
        ("retrieval", config.retrieval.mode),
        ("answers", config.llm.model or "quotations"),
    )


def publish(
    session: Session, report: Report, *, junit: Path | None, html: Path | None, as_json: bool
) -> None:
    """Write the files that were asked for, and print the rest."""
    if junit:
        from ragpg.display.junit import to_junit

        write(junit, to_junit(report))
    if html:
        from ragpg.display.report.page import render_page

        write(html, render_page(report).encode())
    if as_json:
        from ragpg.display import json_shapes

        session.emit(json_shapes.evaluation(report))
        return
    from ragpg.display import scores

    session.terminal.print(*scores.render_report(report))


def refuse_unwritable(path: Path | None) -> None:
    """Raise DocumentError before all the work where there is no place for its result."""
    if path and path.is_dir():
        raise DocumentError(f"{str(path)!r} cannot be written: it is a directory")
    if path and not path.absolute().parent.is_dir():
        raise DocumentError(f"{str(path)!r} cannot be written: there is no such directory")


def write(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all; raises DocumentError."""
    try:
        if path.exists() and not path.is_file():  # a pipe, a terminal
            path.write_bytes(content)
            return
        draft = path.with_name(f".{path.name}.part")
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise DocumentError(f"{str(path)!r} cannot be written: {error.strerror}") from error
