"""`ragpg list`: the documents in the table."""

from __future__ import annotations

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption
from ragpg.errors import NothingIngestedError


def list_documents(session: Session, *, as_json: JsonOption = False) -> ExitCode:
    """List the documents in the table."""
    from ragpg.api import database
    from ragpg.api.paths import SourcePaths
    from ragpg.display import json_shapes, render

    try:
        with database.open_store(session.config) as store:
            documents = store.list_documents()
    except NothingIngestedError as error:
        documents = []
        session.terminal.note(error.message)
    if as_json:
        session.print_json(json_shapes.shape_documents(documents))
    elif documents:
        to_path = SourcePaths.from_cwd().to_path
        session.terminal.print(render.render_documents(documents, name=to_path))
    return ExitCode.OK
