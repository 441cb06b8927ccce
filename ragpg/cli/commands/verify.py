"""`ragpg verify`: whether the documents support what a text states."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli import batch, exit_codes
from ragpg.cli.exit_codes import ExitCode, FailOn
from ragpg.cli.files import read_text
from ragpg.cli.progress import ProgressOption, follow
from ragpg.cli.session import Session
from ragpg.cli.shared_options import FilterOption, JsonOption, SourceOption, parse_filter
from ragpg.display.progress import ProgressKind
from ragpg.errors import UsageError
from ragpg.text import utf8
from ragpg.types import Verification

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.types import Progress


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
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit with 4 for these claims.")
    ] = FailOn.UNSUPPORTED,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Check a text against the documents, claim by claim.

    Exits with 4 when a claim has no support; with `--fail-on contradicted`, only when the
    documents say otherwise.
    """
    if file == "" or (file is None and batch_file is None and sys.stdin.isatty()):
        raise UsageError("FILE is missing", hint="name a text to check, or - for standard input")
    if batch_file is None:
        file = file or "-"
    batch.check_usage(file, batch_file, as_json=as_json, name="FILE")
    text = read_text(file) if file is not None else ""
    from ragpg.api import database, factories
    from ragpg.api.paths import SourcePaths
    from ragpg.display import json_shapes
    from ragpg.pipeline import verify as pipeline

    expression = parse_filter(where)
    config, paths = session.config, SourcePaths.from_cwd()
    nli, reader = factories.make_nli_model(config), factories.make_reader()
    with database.open_searcher(config, sources=None, where=expression) as searcher:

        def check(text: str, sources: list[str] | None) -> Iterator[Progress | Verification]:
            return pipeline.verify(
                text,
                searcher=searcher.with_options(sources=paths.to_globs(sources)),
                resolve_path=lambda path: paths.to_globs([path]),
                nli=nli,
                reader=reader,
            )

        def answer(line: str) -> tuple[dict[str, Any], ExitCode]:
            events = check(*parse_line(line, default_sources=source))
            [verification] = (event for event in events if isinstance(event, Verification))
            code = exit_codes.of_verification(verification, fail_on=fail_on)
            return json_shapes.shape_verification(verification), code

        if batch_file is not None:
            return batch.run(session, batch_file, answer, key="text")
        [verification] = follow(session, check(text, source), progress=progress)
    if as_json:
        session.print_json(json_shapes.shape_verification(verification))
    else:
        show(session, verification)
    return exit_codes.of_verification(verification, fail_on=fail_on)


def parse_line(line: str, *, default_sources: list[str] | None) -> tuple[str, list[str] | None]:
    """Return text and sources of a batch's line, `{"text", "source"?}`; raises UsageError."""
    import json

    try:
        fields = json.loads(line)
    except ValueError as error:
        raise UsageError(f"not a JSON object: {line[:60]!r}") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
        raise UsageError(f'no "text" in {line[:60]!r}', hint='a line is {"text": "…"}')
    sources = fields.get("source", default_sources)
    sources = [sources] if isinstance(sources, str) else sources
    is_list = isinstance(sources, list) and all(isinstance(source, str) for source in sources)
    if sources is not None and not is_list:
        raise UsageError(f'"source" is no text in {line[:60]!r}')
    return utf8.sanitise(fields["text"]), sources


def show(session: Session, verification: Verification) -> None:
    """Print the verdict on each claim for people."""
    from ragpg.api.paths import SourcePaths
    from ragpg.display import render

    if not verification.claims:
        session.terminal.note("the text states nothing that could be checked")
        return
    to_path = SourcePaths.from_cwd().to_path
    session.terminal.print(*render.render_verification(verification, name=to_path))
