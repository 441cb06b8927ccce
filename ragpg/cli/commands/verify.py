"""`ragpg verify`: whether the documents support what texts state."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.acceptance import FILE_NAME
from ragpg.cli import batch, exit_codes
from ragpg.cli.accepting import Baseline
from ragpg.cli.checking import open_check, verify_files, verify_line
from ragpg.cli.exit_codes import ExitCode, FailOn
from ragpg.cli.progress import ProgressOption
from ragpg.cli.publishing import GithubOption, Publisher, SarifOption
from ragpg.cli.session import Session
from ragpg.cli.shared_options import FilterOption, JsonOption, SourceOption
from ragpg.cli.texts import STDIN, is_one_file, read_texts
from ragpg.display.progress import ProgressKind
from ragpg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ragpg.acceptance import AcceptedClaim
    from ragpg.types import CheckedFile, LocatedClaim
    from ragpg.types.annotations import Annotation


def verify(
    session: Session,
    files: Annotated[list[str] | None, typer.Argument(metavar="FILE...", hidden=True)] = None,
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
    accept: Annotated[
        bool, typer.Option("--accept", help="Accept the claims that fail, until they change.")
    ] = False,
    sarif: SarifOption = None,
    github: GithubOption = False,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Check texts against the documents, claim by claim.

    FILE is a file, a directory, a glob, or - for standard input. Exits with 4 when a claim has no
    support; with `--fail-on contradicted`, only when the documents say otherwise.
    """
    from ragpg.display.verification import summarise_files

    files = files or []
    publisher = Publisher(session, "verify", sarif, github)
    check_usage(files, batch_file, accept=accept, publisher=publisher, as_json=as_json)
    if batch_file is not None:
        with open_check(session, where=where) as check:
            answer = partial(verify_line, check=check, source=source, fail_on=fail_on)
            return batch.run(session, batch_file, answer, key="text")
    publisher.require_writable()
    files = files or [STDIN]
    texts, baseline = read_texts(files, session.config), Baseline.read()
    is_single = len(files) == 1 and is_one_file(files[0])
    if is_single and texts[0].error:
        raise texts[0].error
    fails = partial(exit_codes.fails, fail_on=fail_on)
    with publisher.shield():
        with open_check(session, where=where) as check:
            checked = verify_files(session, texts, partial(check, source=source), progress)
        if accept:
            baseline = baseline.accept(checked, fails=fails)
        checked = baseline.mark(checked)
        unmatched = baseline.find_unmatched(checked)
        annotations = annotate(checked, unmatched, path=baseline.path, fails=fails)
        publisher.write(annotations, heading=summarise_files(checked))
        if as_json:
            print_json(session, checked, unmatched, is_single=is_single)
        else:
            show(session, checked, is_single=is_single)
        report(session, checked, unmatched, accepted=baseline.entries if accept else ())
    publisher.annotate(annotations)
    return exit_codes.of_files(checked, fail_on=fail_on)


def check_usage(
    files: Sequence[str],
    batch_file: str | None,
    *,
    accept: bool,
    publisher: Publisher,
    as_json: bool,
) -> None:
    """Raise UsageError where arguments and options contradict each other."""
    is_missing = not files and batch_file is None
    if "" in files or (is_missing and sys.stdin.isatty()):
        raise UsageError("FILE is missing", hint="name a text to check, or - for standard input")
    if batch_file is not None:
        batch.check_usage(files[0] if files else None, batch_file, as_json=as_json, name="FILE")
        if accept or publisher.is_used:
            raise UsageError("--accept, --sarif and --github are about files: leave --batch out")
    if accept and (is_missing or STDIN in files):
        raise UsageError("--accept needs files: standard input has no name")


def annotate(
    files: Sequence[CheckedFile],
    unmatched: Sequence[AcceptedClaim],
    *,
    path: Path,
    fails: Callable[[LocatedClaim], bool],
) -> list[Annotation]:
    """Annotate what fails, and accepted claims without a match, at their lines."""
    from ragpg.cli.repository import RepositoryPaths
    from ragpg.display.annotations import annotate_files, annotate_unmatched

    paths = RepositoryPaths.from_cwd()
    return [
        *annotate_files(files, fails=fails, to_path=paths.of_file, to_document=paths.of_source),
        *annotate_unmatched(unmatched, path=paths.of_file(str(path))),
    ]


def print_json(
    session: Session,
    files: Sequence[CheckedFile],
    unmatched: Sequence[AcceptedClaim],
    *,
    is_single: bool,
) -> None:
    """Print the verdicts on one text, or on several, as JSON."""
    from ragpg.display import json_shapes

    shape = (
        json_shapes.shape_verification(files[0].verification)
        if is_single
        else json_shapes.shape_files(files)
    )
    session.print_json({**shape, **json_shapes.shape_unmatched(unmatched)})


def show(session: Session, files: Sequence[CheckedFile], *, is_single: bool) -> None:
    """Print the verdict on each claim for people."""
    from ragpg.display.verification import render_files, render_verification

    if not any(file.verification.claims or file.error for file in files):
        what = "the text states" if is_single else "the texts state"
        session.terminal.note(f"{what} nothing that could be checked")
    elif is_single:
        session.terminal.print(*render_verification(files[0].verification, places=session.places))
    else:
        session.terminal.print(*render_files(files, places=session.places))


def report(
    session: Session,
    files: Sequence[CheckedFile],
    unmatched: Sequence[AcceptedClaim],
    *,
    accepted: Sequence[AcceptedClaim],
) -> None:
    """Print which files were not read, what was accepted, and which entries match nothing."""
    for file in files:
        if file.error:
            session.terminal.failure(file.name, file.error.message)
    for entry in unmatched:
        session.terminal.warn(
            f"{FILE_NAME}:{entry.line}: no claim of {entry.file} matches any more: {entry.claim}"
        )
    if unmatched:
        session.terminal.hint("--accept removes such entries of the files that it is given")
    if accepted:
        from ragpg.display.text import count

        session.terminal.note(f"{FILE_NAME} has {count(len(accepted), 'accepted claim')}")
