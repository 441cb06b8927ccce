"""`ragpg conflicts`: where documents contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.progress import ProgressOption, follow
from ragpg.cli.publishing import GithubOption, Publisher, SarifOption
from ragpg.cli.session import Session
from ragpg.cli.shared_options import FilterOption, JsonOption, SourceOption, parse_filter
from ragpg.display.progress import ProgressKind

if TYPE_CHECKING:
    from ragpg.types import ConflictReport
    from ragpg.types.annotations import Annotation


def conflicts(
    session: Session,
    *,
    source: SourceOption = None,
    where: FilterOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 4 when there is a conflict.")
    ] = False,
    sarif: SarifOption = None,
    github: GithubOption = False,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Compare the documents with each other, and print what they contradict each other in.

    Prints both statements, best first: what differs is a figure, a date, a name, or what must, may
    or must not be. What stands under other versions, dates or regions is no conflict.
    """
    from ragpg.api import database
    from ragpg.api.paths import SourcePaths
    from ragpg.pipeline.conflicts import find_conflicts

    expression = parse_filter(where)
    globs = SourcePaths.from_cwd().to_globs(source)
    publisher = Publisher(session, "conflicts", sarif, github)
    publisher.require_writable()
    with publisher.shield():
        with database.open_store(session.config) as store:
            events = find_conflicts(store, sources=globs, where=expression)
            [report] = follow(session, events, progress=progress)
        annotations = annotate(report, is_checked=check)
        publisher.write(annotations, heading=summarise(report))
        show(session, report, as_json=as_json)
    publisher.annotate(annotations)
    return exit_codes.of_conflicts(report) if check else ExitCode.OK


def annotate(report: ConflictReport, *, is_checked: bool) -> list[Annotation]:
    """Annotate the conflicts: as errors where --check lets them fail."""
    from ragpg.cli.repository import RepositoryPaths
    from ragpg.display.annotations import annotate_conflicts
    from ragpg.types.annotations import Severity

    severity = Severity.ERROR if is_checked else Severity.WARNING
    to_document = RepositoryPaths.from_cwd().of_source
    return list(annotate_conflicts(report.conflicts, severity=severity, to_document=to_document))


def summarise(report: ConflictReport) -> str:
    """Say how many conflicts there are."""
    found = len(report.conflicts) or "no"
    noun = "conflict" if len(report.conflicts) <= 1 else "conflicts"
    return f"{found} {noun} among {report.documents} documents"


def show(session: Session, report: ConflictReport, *, as_json: bool) -> None:
    """Print conflicts, and warn if not all documents were compared."""
    from ragpg.display import json_shapes, render

    if report.skipped:
        session.terminal.warn(
            f"only {report.chunks} chunks were compared, and {report.skipped} were not: "
            "choose documents with --source or --filter"
        )
    if as_json:
        session.print_json(json_shapes.shape_conflicts(report))
        return
    session.terminal.print(*render.render_conflicts(report.conflicts, places=session.places))
    if not report.conflicts:
        session.terminal.note(summarise(report))
