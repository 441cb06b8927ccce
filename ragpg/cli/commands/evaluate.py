"""`ragpg eval`: retrieval measured and answers checked against a file of cases."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.api.paths import SourcePaths
from ragpg.cli import exit_codes
from ragpg.cli.between import find_versions, ingested
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import check_writable, open_input, write_atomically
from ragpg.cli.progress import ProgressOption, count_results, follow
from ragpg.cli.publishing import GithubOption, Publisher, SarifOption
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption, parse_filter
from ragpg.display.progress import ProgressKind
from ragpg.errors import UsageError
from ragpg.types import Phase, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.cli.between import Version
    from ragpg.config import Config
    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import CaseResult
    from ragpg.pipeline.search import SearchOptions
    from ragpg.protocols import Embedder
    from ragpg.store.postgres import PostgresStore
    from ragpg.types.annotations import Annotation


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
    between: Annotated[
        str | None,
        typer.Option(
            "--between",
            metavar="A..B",
            help="Compare the documents of two commits of git, in temporary tables.",
        ),
    ] = None,
    paths: Annotated[
        list[str] | None,
        typer.Option(
            "--path", metavar="PATH", help="With --between: only these documents; may be repeated."
        ),
    ] = None,
    sarif: SarifOption = None,
    github: GithubOption = False,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Measure retrieval and check answers against a file of cases.

    CASES holds JSON Lines or TOML ([[case]]): a question each, with the passages that
    answer it (evidence, doc), or what the answer must be like (cites, contains,
    excludes, refuses). Exits with 4 when a check fails.
    """
    from ragpg.display.evaluation import summarise_cases
    from ragpg.evaluation import case_file, comparison, report

    thresholds = [report.parse_threshold(option) for option in minimum or ()]
    parsed = case_file.parse_cases(open_input(cases).read(), name=cases)
    report.require_measurable(thresholds, parsed, name=cases)
    past = (
        comparison.parse_baseline(open_input(baseline).read(), name=baseline) if baseline else None
    )
    check_usage(between=between, baseline=baseline, paths=paths)
    versions = find_versions(session, between, paths or [find_root()]) if between else None
    publisher = Publisher(session, "eval", sarif, github)
    publisher.require_writable()
    for path in filter(None, (junit, html)):
        check_writable(path)
    with publisher.shield():
        started = time.perf_counter()
        if versions:
            earlier, results = run_between(session, parsed, versions, progress=progress)
            past = comparison.to_baseline(earlier)
        else:
            results = run(session, parsed, progress=progress)
        name = versions[0].ref if versions else baseline or ""
        compared = comparison.compare(results, past, name=name) if past is not None else None
        evaluation = report.Report(
            name=cases,
            results=tuple(results),
            metrics=report.summarise(results),
            thresholds=tuple(thresholds),
            comparison=compared,
            about=describe(session.config),
            seconds=time.perf_counter() - started,
            between=tuple((version.ref, version.commit) for version in versions or ()),
        )
        annotations = annotate(evaluation)
        publisher.write(annotations, heading=summarise_cases(evaluation))
        write_reports(evaluation, junit=junit, html=html)
        show(session, evaluation, as_json=as_json)
    publisher.annotate(annotations)
    return exit_codes.of_evaluation(evaluation)


def check_usage(*, between: str | None, baseline: str | None, paths: list[str] | None) -> None:
    """Raise UsageError for options that do not go together."""
    if between and baseline:
        raise UsageError("--between and --baseline exclude each other")
    if paths and not between:
        raise UsageError("--path goes with --between")


def annotate(report: Report) -> list[Annotation]:
    """Annotate the failed cases at their lines."""
    from ragpg.cli.repository import RepositoryPaths
    from ragpg.display.annotations import annotate_report

    return list(annotate_report(report, to_path=RepositoryPaths.from_cwd().of_file))


def run(session: Session, cases: Sequence[Case], *, progress: ProgressKind) -> list[CaseResult]:
    """Evaluate the cases, and show the progress."""
    from ragpg.api import database, factories

    embedder = factories.make_embedder(session.config)
    with database.open_store(session.config, embedder=embedder) as store:
        cases = resolve(cases, measure_documents(store))
        return run_on(store, session, cases, embedder=embedder, progress=progress)


def run_between(
    session: Session,
    cases: Sequence[Case],
    versions: Sequence[Version],
    *,
    progress: ProgressKind,
) -> tuple[list[CaseResult], list[CaseResult]]:
    """Evaluate the cases on two versions, one after the other.

    What answers a case need not be in both: where it is missing, it is not found.
    """
    from ragpg.api import factories

    embedder = factories.make_embedder(session.config)
    before, after = versions
    with (
        ingested(session, before, embedder=embedder, progress=progress) as old,
        ingested(session, after, embedder=embedder, progress=progress) as new,
    ):
        sizes = measure_documents(old)
        for source, size in measure_documents(new).items():
            sizes[source] = max(size, sizes.get(source, 0))
        cases = resolve(cases, sizes)
        first, second = (
            run_on(store, session, cases, embedder=embedder, progress=progress)
            for store in (old, new)
        )
        return first, second


def run_on(
    store: PostgresStore,
    session: Session,
    cases: Sequence[Case],
    *,
    embedder: Embedder,
    progress: ProgressKind,
) -> list[CaseResult]:
    """Evaluate the cases on a store."""
    from ragpg.api import factories
    from ragpg.evaluation import run
    from ragpg.pipeline.search import Searcher

    config = session.config
    base = factories.make_search_options(config)
    options = {case.id: restrict(base, case) for case in cases}
    results = run.evaluate(
        cases,
        searcher=lambda case: Searcher(store, embedder, options[case.id]),
        read_document=store.read_document,
        llm=factories.make_language_model(config),
        reader=factories.make_reader(),
    )
    events = count_results(results, phase=Phase.EVALUATING, unit=Unit.CASES, total=len(cases))
    return follow(session, events, progress=progress)


def measure_documents(store: PostgresStore) -> dict[str, int]:
    """Return the documents of a store and their bytes."""
    return {document.source: document.size for document in store.list_documents()}


def resolve(cases: Sequence[Case], sizes: Mapping[str, int]) -> list[Case]:
    """Replace the paths of documents in cases by sources."""
    from ragpg.evaluation.cases import resolve_documents

    return resolve_documents(cases, sizes=sizes, to_source=SourcePaths.from_cwd().to_source)


def find_root() -> str:
    """Return the directory of the project, or the current one."""
    return str(SourcePaths.from_cwd().root or Path.cwd())


def restrict(options: SearchOptions, case: Case) -> SearchOptions:
    """Add the sources and the filter of a case to search options; raises UsageError."""
    if "" in case.sources:
        raise UsageError(f"{case.location}: source is empty")
    try:
        where = parse_filter(case.filter)
    except UsageError as error:
        raise UsageError(f"{case.location}: {error.message}", hint=error.hint) from error
    return replace(options, sources=SourcePaths.from_cwd().to_globs(case.sources), filter=where)


def describe(config: Config) -> tuple[tuple[str, str], ...]:
    """Describe for people what was measured."""
    return (
        ("table", config.table_name),
        ("embedding model", config.embedding.model),
        ("retrieval", config.retrieval.mode),
        ("answers", config.llm.model or "quotations"),
    )


def write_reports(report: Report, *, junit: Path | None, html: Path | None) -> None:
    """Write the files that --junit and --html name; raises DocumentError."""
    if junit:
        from ragpg.display.junit import to_junit

        write_atomically(junit, to_junit(report))
    if html:
        from ragpg.display.report.page import render_page

        write_atomically(html, render_page(report).encode())


def show(session: Session, report: Report, *, as_json: bool) -> None:
    """Print the report, as JSON or for people."""
    from ragpg.display import evaluation, json_shapes

    if as_json:
        session.print_json(json_shapes.shape_evaluation(report))
    else:
        session.terminal.print(*evaluation.render_report(report))
