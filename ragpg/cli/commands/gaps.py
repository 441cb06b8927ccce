"""`ragpg gaps`: the questions that the documents did not answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import check_writable, write_atomically
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption
from ragpg.display.escape import line
from ragpg.errors import DocumentError, NothingIngestedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.store.table import Table
    from ragpg.types.gaps import Gap


def gaps(
    session: Session,
    *,
    enable: Annotated[bool, typer.Option("--enable", help="Keep questions from now on.")] = False,
    disable: Annotated[
        bool, typer.Option("--disable", help="Keep none any more, and forget those kept.")
    ] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Forget the questions kept.")] = False,
    as_cases: Annotated[
        Path | None,
        typer.Option("--as-cases", metavar="FILE", help="Write cases for `ragpg eval`."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Forget without asking.")] = False,
    as_json: JsonOption = False,
) -> ExitCode:
    """Print the questions that the documents did not answer, those asked most often first.

    Questions are kept only after --enable, in a table beside the documents.
    """
    if enable + disable + clear + (as_cases is not None) > 1:
        raise UsageError("--enable, --disable, --clear and --as-cases exclude each other")
    if as_cases is not None:
        check_new(as_cases)
    from ragpg.api import database, factories
    from ragpg.pipeline.gaps import group_questions
    from ragpg.store import gap_log

    found: list[Gap] = []
    try:
        with database.open_store(session.config) as store:
            if enable or disable or clear:
                return change_log(
                    session, store.table, enable=enable, disable=disable, yes=yes, as_json=as_json
                )
            if gap_log.has_log(store.table):
                failed = gap_log.read_log(store.table)
                embedder = factories.make_embedder(session.config)
                found = group_questions(failed, embedder)
            else:
                session.terminal.note("no questions are kept: `ragpg gaps --enable` begins to")
    except NothingIngestedError as error:
        if enable:
            raise
        session.terminal.note(error.message)
    if as_cases is not None:
        write_atomically(as_cases, compose_cases(found).encode())
    if as_json:
        from ragpg.display import json_shapes

        session.print_json(json_shapes.shape_gaps(found))
    elif as_cases is None:
        session.terminal.print(*(describe(gap) for gap in found))
    return ExitCode.OK


def change_log(
    session: Session, table: Table, *, enable: bool, disable: bool, yes: bool, as_json: bool
) -> ExitCode:
    """Make, drop or clear the log, and say what is kept now."""
    from ragpg.store import gap_log

    name = gap_log.log_name(table)
    if enable:
        gap_log.create_log(table)
        session.terminal.note(
            f"from now on, {name} keeps each question of `ragpg ask` that is refused or whose "
            "claims fail, with its time, missing terms and best passage"
        )
    elif not yes and not confirm(name):
        session.terminal.note("nothing was forgotten")
        return ExitCode.FAILED
    elif disable:
        gap_log.drop_log(table)
        session.terminal.note("no questions are kept any more")
    else:
        gap_log.clear_log(table)
        session.terminal.note("the questions are forgotten")
    if as_json:
        session.print_json({"gaps": [], "table": name})
    return ExitCode.OK


def confirm(name: str) -> bool:
    """Ask before questions are forgotten; raises UsageError where nobody can answer."""
    if not sys.stdin.isatty():
        raise UsageError(
            f"the questions in {name} would be forgotten", hint="--yes forgets without asking"
        )
    return typer.confirm(f"Forget the questions in {line(name)}?", err=True)


def check_new(path: Path) -> None:
    """Raise DocumentError where a file cannot be written, or is there already."""
    check_writable(path)
    if path.exists():
        raise DocumentError(f"{str(path)!r} is there already", hint="name a new file")


def compose_cases(found: Sequence[Gap]) -> str:
    """Return a file of cases, which fail until they are answered; nearest passages are comments."""
    cases = []
    for number, gap in enumerate(found, start=1):
        place = describe_place(gap)
        comment = f"# nearest passage: {place}\n" if place else ""
        question = json.dumps(gap.questions[0], ensure_ascii=True)
        case = f'[[case]]\nid = "gap-{number}"\nquestion = {question}\nrefuses = false\n'
        cases.append(comment + case)
    return "\n".join(cases)


def describe(gap: Gap) -> str:
    """Describe a gap in a few lines for people."""
    lines = [f"{len(gap.asked)}x {line(gap.questions[0])}"]
    lines += [f"    also: {line(question)}" for question in gap.questions[1:]]
    if gap.missing:
        lines.append(f"    in no passage: {line(', '.join(gap.missing))}")
    if place := describe_place(gap):
        lines.append(f"    nearest: {place}")
    return "\n".join(lines)


def describe_place(gap: Gap) -> str:
    """Return source and lines of the best passage of the latest question; "" without one."""
    last = gap.asked[-1]
    return f"{line(last.source)}:{last.start_line}-{last.end_line}" if last.source else ""
