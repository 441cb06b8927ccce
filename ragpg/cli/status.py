"""`ragpg status`: which store is in use, what it holds, and whether it is sound."""

from __future__ import annotations

from typing import Annotated

import typer

from ragpg.cli.outcome import Outcome
from ragpg.cli.shared import JsonOption, Session
from ragpg.errors import NothingIngestedError
from ragpg.types import Level


def status(
    session: Session,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 4 when something is wrong.")
    ] = False,
    as_json: JsonOption = False,
) -> Outcome:
    """Say which store is in use, what it holds, and whether it is sound."""
    from ragpg.cli import stores

    config = session.config
    place, table = stores.place(config), config.table_name
    try:
        with stores.reading(config) as store:
            found = store.status()
    except NothingIngestedError as nothing:
        found = None
        session.terminal.note(nothing.message)
    if as_json:
        from ragpg.display import json

        session.emit(json.status(place, table=table, found=found))
    else:
        from ragpg.display import render

        session.terminal.print(render.status(place, table=table, found=found))
        session.terminal.print(*render.checks(found.checks if found else ()))
    faults = found is not None and any(result.level is Level.FAULT for result in found.checks)
    return Outcome.CHECK_FAILED if check and faults else Outcome.DONE
