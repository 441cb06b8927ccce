"""`ragpg export`: the table into a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ragpg.api.paths import SourcePaths
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import check_writable, open_atomically, open_spooled_output
from ragpg.cli.progress import ProgressOption, follow
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption
from ragpg.display.progress import ProgressKind
from ragpg.errors import UsageError

MODE = 0o600
"""The documents were in a database that has rights of its own."""


def export(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", hidden=True)],
    *,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Write the table into one file, with all that a search needs.

    FILE is written as a whole or not at all; - is standard output. The same documents, model and
    settings give the same bytes. `ragpg import` reads it.
    """
    from ragpg.api import database
    from ragpg.display import json_shapes
    from ragpg.display.render import format_size
    from ragpg.display.text import count
    from ragpg.pipeline import transfer

    check_output(file, as_json=as_json)
    root = SourcePaths.from_cwd().root
    with database.open_store(session.config) as store, store.take_snapshot() as snapshot:
        output = open_spooled_output() if file == "-" else open_atomically(Path(file), mode=MODE)
        with output as stream:
            follow(session, transfer.export(snapshot, stream, root=root), progress=progress)
            size = stream.tell()
        contents = snapshot.contents
    if as_json:
        session.print_json(json_shapes.shape_export(contents, file=file, size=size))
    elif file != "-" and not session.quiet:
        documents, chunks = count(contents.documents, "document"), count(contents.chunks, "chunk")
        session.terminal.print(f"exported {documents}, {chunks}, {format_size(size)}")
    return ExitCode.OK


def check_output(file: str, *, as_json: bool) -> None:
    """Raise UsageError or DocumentError where the file cannot be written."""
    if file != "-":
        check_writable(Path(file))
    elif as_json:
        raise UsageError("--json and - both mean standard output", hint="name a file")
    elif sys.stdout.isatty():
        raise UsageError("an export is not for a terminal", hint="name a file, or use a pipe")
